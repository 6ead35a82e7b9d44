// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/source_gates.h"

#include "core/base/parallel.h"
#include "core/models/hybrids/weight_search.h"
#include "core/models/sequences/recent_history.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostLessons = 1200, leastLessons = 10, lessonsPerChunk = 4, searchedPerChunk = 16;
constexpr double doneShare = .8, secondsOfADay = 86'400;
constexpr int mostRounds = 3, steps = 10;
constexpr std::array<std::size_t, 10> lengths{0, 1, 2, 3, 4, 6, 9, 13, 20, 32};
constexpr std::array<double, 7> halves{.5, 1, 2, 4, 8, 16, 32};

/// The newest `count` entries; of one moment those of the higher items.
History newest(History history, std::size_t count)
{
    std::ranges::stable_sort(history, {}, [](const HistoryEntry& entry) { return momentOf(entry); });
    if (history.size() > count)
        history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(count));
    return history;
}

History historyOf(const Interactions& interactions, UserIndex user)
{
    const auto row = interactions.row(user);
    History history;
    for (std::size_t n = 0; n < row.size(); ++n)
        history.push_back({row.items[n], row.values[n], row.times.empty() ? noTime : row.times[n]});
    return history;
}

/// A seeded choice of the lengths up to that of the history, and its own.
std::size_t someLength(std::size_t whole, Rng& rng)
{
    const auto shorter = static_cast<std::size_t>(std::ranges::lower_bound(lengths, whole) - lengths.begin());
    const std::size_t drawn = rng.below(shorter + 1);
    return drawn < shorter ? lengths[drawn] : whole;
}

/// What somebody did after what is known, oldest first: new items only, one entry each.
std::vector<HistoryEntry> doneAfter(const Interactions& all, const Interactions& rest, UserIndex user)
{
    const auto known = rest.row(user).items;
    History later = historyOf(all, user);
    std::erase_if(later, [&](const HistoryEntry& e) { return std::ranges::binary_search(known, e.item); });
    std::ranges::stable_sort(later, {}, &HistoryEntry::at);
    return later;
}

std::vector<ItemIndex> likedOf(std::span<const HistoryEntry> entries, float from)
{
    std::vector<ItemIndex> liked;
    for (const HistoryEntry& entry : entries)
        if (entry.value >= from && entry.value > 0)
            liked.push_back(entry.item);
    std::ranges::sort(liked);
    return liked;
}

/// A question about one person; nothing liked: there is none.
Question questionOf(const Dataset& dataset, const Interactions& rest, UserIndex user, Timestamp cut, bool midway,
                    Rng& rng)
{
    const auto later = doneAfter(dataset.interactions(), rest, user);
    const History before = historyOf(rest, user);
    History history = newest(before, someLength(before.size(), rng));
    std::size_t told = 0;
    if (midway && later.size() > 1) {
        told = 1 + rng.below(std::min<std::size_t>(later.size() - 1, 8));
        history.insert(history.end(), later.begin(), later.begin() + static_cast<std::ptrdiff_t>(told));
    }
    auto liked = likedOf(std::span(later).subspan(told), dataset.likedFrom());
    return {queryFor(std::move(history), {}, told > 0 ? endOfTime : cut, factsOf(dataset, user)), std::move(liked)};
}

/// Whoever did something that is not in `rest`, at most so many, a seeded choice in ascending order.
std::vector<UserIndex> someWithMore(const Interactions& all, const Interactions& rest, Rng rng)
{
    std::vector<UserIndex> people;
    for (std::uint32_t user = 0; user < all.users(); ++user)
        if (all.row(UserIndex{user}).size() > rest.row(UserIndex{user}).size())
            people.push_back(UserIndex{user});
    rng.shuffle(std::span(people));
    people.resize(std::min(people.size(), mostLessons));
    std::ranges::sort(people);
    return people;
}

/// Of each question what the parts say, and how much evidence they have.
struct Lesson {
    PersonRows rows;
    std::vector<double> evidence;
};

double reachedBy(const std::vector<Lesson>& lessons, std::span<const Evidence> kinds, std::span<const Gate> gates,
                 const JobContext& job, Status& status)
{
    std::vector<double> sums(chunkCount(lessons.size(), searchedPerChunk), 0.0);
    const auto done = parallelFor(job, lessons.size(), searchedPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t n = first; n < last; ++n)
            sums[first / searchedPerChunk] += ndcgOf(lessons[n].rows, sharesOf(kinds, gates, lessons[n].evidence));
    });
    if (!done)
        status = tl::unexpected(done.error());
    return std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(lessons.size());
}

/// Every gate that is tried for a source.
std::vector<Gate> triedFor(Evidence evidence)
{
    std::vector<Gate> tried;
    const bool counted = evidence == Evidence::Recent || evidence == Evidence::Entries;
    for (int step = 0; step <= steps; ++step)
        for (const double half : halves)
            if (counted ? step > 0 || half == halves[0] : half == halves[0])
                tried.push_back({static_cast<double>(step) / steps, half});
    return tried;
}

} // namespace

Evidence evidenceOf(const Algorithm& algorithm)
{
    if (!algorithm.can.personal)
        return algorithm.can.facts ? Evidence::Person : Evidence::Always;
    return algorithm.family == "Sequences and sessions" ? Evidence::Recent : Evidence::Entries;
}

double openness(Evidence evidence, const Gate& gate, double x)
{
    if (evidence == Evidence::Recent || evidence == Evidence::Entries)
        return gate.most * x / (x + gate.half);
    return gate.most * x;
}

std::vector<double> sharesOf(std::span<const Evidence> kinds, std::span<const Gate> gates,
                             std::span<const double> evidence)
{
    std::vector<double> shares(kinds.size(), 0.0);
    double left = 1;
    for (std::size_t p = kinds.size(); p-- > 1;) {
        shares[p] = left * openness(kinds[p], gates[p], evidence[p]);
        left -= shares[p];
    }
    shares.front() = left;
    return shares;
}

double recentEvidence(const Query& query, std::size_t items, double halfLifeInDays)
{
    Timestamp now = query.now;
    if (now == endOfTime) {
        now = noTime;
        for (const HistoryEntry& entry : query.history)
            now = entry.item.value < items ? std::max(now, entry.at) : now;
    }
    double sum = 0;
    for (const HistoryEntry& entry : query.history)
        if (entry.item.value < items)
            sum += entry.at == noTime
                       ? 1
                       : std::exp2(-static_cast<double>(now - entry.at) / secondsOfADay / halfLifeInDays);
    return sum;
}

std::vector<double> evidenceFor(const Query& query, std::span<const Evidence> kinds, const PartReaders& readers,
                                std::size_t items, double halfLifeInDays)
{
    const auto known = static_cast<double>(
        std::ranges::count_if(query.history, [items](const HistoryEntry& entry) { return entry.item.value < items; }));
    std::vector<double> evidence;
    for (std::size_t p = 0; p < kinds.size(); ++p) {
        const bool silent = kinds[p] != Evidence::Always && !readers[p]->fallback().empty();
        const double x = kinds[p] == Evidence::Entries  ? known
                         : kinds[p] == Evidence::Recent ? recentEvidence(query, items, halfLifeInDays)
                                                        : 1;
        evidence.push_back(silent ? 0 : x);
    }
    return evidence;
}

Result<GateLessons> gateLessons(const Dataset& dataset, const JobContext& job)
{
    GateLessons lessons;
    Timestamp cut = dataset.timeOfShare(doneShare);
    if (cut != noTime)
        lessons.rest = dataset.before(cut);
    if (cut == noTime || lessons.rest->interactions().size() == 0) {
        auto heldOut = holdOut(dataset, HeldOutKind::Random, job);
        if (!heldOut)
            return tl::unexpected(heldOut.error());
        lessons.rest = heldOut->rest;
        cut = endOfTime;
    }
    const Interactions& rest = lessons.rest->interactions();
    Rng rng = job.rng("cold-start.lessons");
    const auto people = someWithMore(dataset.interactions(), rest, job.rng("cold-start.people"));
    for (std::size_t n = 0; n < people.size(); ++n) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        auto question = questionOf(dataset, rest, people[n], cut, n % 2 == 1, rng);
        if (!question.liked.empty())
            lessons.questions.push_back(std::move(question));
    }
    return lessons;
}

Result<std::vector<Gate>> searchGates(const GateLessons& lessons, const std::vector<TrainedPart>& parts,
                                      std::span<const Evidence> kinds, double halfLifeInDays, ListScaling scaling,
                                      const JobContext& job)
{
    std::vector<Gate> best(parts.size());
    if (lessons.questions.size() < leastLessons)
        return best;
    const std::size_t items = parts.front().model->itemCount();
    std::vector<Lesson> learnt(lessons.questions.size());
    const auto asked = parallelFor(job, learnt.size(), lessonsPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t n = first; n < last && !job.cancelled(); ++n) {
            const Question& question = lessons.questions[n];
            const PartReaders readers = readParts(parts, question.query);
            learnt[n] = {
                contendersOf(question, readers, items, scaling, job.rng(fmt::format("cold-start.others.{}", n))),
                evidenceFor(question.query, kinds, readers, items, halfLifeInDays)};
        }
    });
    if (!asked)
        return tl::unexpected(asked.error());
    Status status;
    double reached = reachedBy(learnt, kinds, best, job, status);
    job.measure("held-out NDCG@10", 0, reached);
    bool moved = true;
    for (int round = 0; round < mostRounds && moved && status; ++round) {
        moved = false;
        for (std::size_t p = parts.size(); p-- > 1 && status;) {
            auto gates = best;
            for (const Gate& tried : triedFor(kinds[p])) {
                gates[p] = tried;
                if (const double found = reachedBy(learnt, kinds, gates, job, status); status && found > reached) {
                    reached = found;
                    best[p] = tried;
                    moved = true;
                }
            }
            job.measure("held-out NDCG@10", static_cast<double>(round) + 1 - static_cast<double>(p) / 10, reached);
        }
    }
    if (!status)
        return tl::unexpected(status.error());
    return best;
}

} // namespace orrery
