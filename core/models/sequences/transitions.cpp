// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/sequences/transitions.h"

#include "core/base/parallel.h"
#include "core/base/sparse_matrix.h"
#include "core/models/artifact.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/models/popular_fallback.h"
#include "core/models/sequences/recent_history.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

struct TransitionsConfig {
    int kept = 200;
    int window = 10;
    int recent = 10;
    PositionDecay decay = PositionDecay::Linear;
    float shrinkage = 5;
    Entries entries = Entries::Liked;
};

const ParamTable<TransitionsConfig>& table()
{
    static const auto declared =
        ParamTable<TransitionsConfig>{}
            .number("recent", "Recent entries", "How many of the newest entries of a history are looked at",
                    &TransitionsConfig::recent, 1, 200, ParamScale::Logarithmic)
            .choice("decay", "Decay", "How much less an entry counts for each newer one", &TransitionsConfig::decay,
                    {{"none", "None"}, {"linear", "Linear"}, {"quadratic", "Quadratic"}, {"halving", "Half each"}})
            .number("window", "Window", "How far ahead an entry speaks in training; 1 is the plain Markov chain",
                    &TransitionsConfig::window, 1, 100, ParamScale::Logarithmic)
            .number("shrinkage", "Shrinkage",
                    "Holds back items that were seldom followed by anything; 0 trusts all, 1 to 20 is usual",
                    &TransitionsConfig::shrinkage, 0, 1000)
            .choice("entries", "Entries that count", "Of ratings: what was liked, or whatever was rated",
                    &TransitionsConfig::entries, {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}})
            .number("kept", "Followers kept", "Likeliest items kept after each item; 50 to 500 is usual",
                    &TransitionsConfig::kept, 1, 10'000, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

struct TransitionsParts {
    SparseMatrix after; ///< [items x items] row j: probability of each item after j
    std::size_t recent = 1;
    PositionDecay decay = PositionDecay::Linear;
    HistoryWeigher weigher;
    PopularFallback fallback;
};

class Transitions final : public Model {
public:
    explicit Transitions(TransitionsParts parts) : m_parts(std::move(parts)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Similarity; }
    [[nodiscard]] Capabilities capabilities() const override { return transitionsAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.after.rowCount(); }
    /// The likeliest followers.
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const override;
    void save(Artifact& artifact) const override;

    [[nodiscard]] const TransitionsParts& parts() const { return m_parts; }

private:
    TransitionsParts m_parts;
};

class TransitionsReader final : public Reader {
public:
    TransitionsReader(const TransitionsParts& parts, const History& history)
        : m_parts(parts),
          m_recent(recentEntries(history, parts.after.rowCount(), parts.weigher, parts.recent, parts.decay)),
          m_sums(parts.after.rowCount(), 0.0)
    {
        for (const RecentEntry& entry : m_recent) {
            const auto row = parts.after.row(entry.item);
            for (std::size_t i = 0; i < row.size(); ++i)
                m_sums[row.columns[i]] += share(entry, row.values[i]);
            m_learnt = m_learnt || row.size() > 0;
        }
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        if (item.value >= m_sums.size() || m_sums[item.value] == 0)
            return m_parts.fallback.explain(item);
        Explanation why{{}, static_cast<double>(scoreOf(item))};
        for (const RecentEntry& entry : m_recent) {
            const auto row = m_parts.after.row(entry.item);
            const auto found = std::ranges::lower_bound(row.columns, item.value);
            if (found != row.columns.end() && *found == item.value)
                why.terms.push_back({TermKind::HistoryItem,
                                     ItemIndex{entry.item},
                                     {},
                                     share(entry, row.values[static_cast<std::size_t>(found - row.columns.begin())])});
        }
        return why;
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_learnt ? std::string() : PopularFallback::sentence();
    }

private:
    static double share(const RecentEntry& entry, float probability)
    {
        return static_cast<double>(entry.weight) * static_cast<double>(probability);
    }

    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        const bool known = item.value < m_sums.size() && m_sums[item.value] != 0;
        return known ? static_cast<float>(m_sums[item.value]) : m_parts.fallback.score(item);
    }

    const TransitionsParts& m_parts;
    std::vector<RecentEntry> m_recent;
    std::vector<double> m_sums;
    bool m_learnt = false;
};

std::unique_ptr<Reader> Transitions::read(const Query& query) const
{
    return std::make_unique<TransitionsReader>(m_parts, query.history);
}

Result<std::vector<Neighbour>> Transitions::similarItems(ItemIndex item, std::size_t n) const
{
    if (item.value >= itemCount())
        return error(Code::NotFound, "The model does not know this item", "Train it again with the item in the data");
    const auto row = m_parts.after.row(item.value);
    std::vector<Neighbour> all;
    for (std::size_t i = 0; i < row.size(); ++i)
        all.push_back({ItemIndex{row.columns[i]}, row.values[i]});
    std::ranges::stable_sort(all, std::ranges::greater{}, &Neighbour::similarity); // rows ascend: ties by index
    all.resize(std::min(n, all.size()));
    return all;
}

void Transitions::save(Artifact& artifact) const
{
    std::vector<std::uint32_t> counts;
    for (std::size_t item = 0; item < itemCount(); ++item)
        counts.push_back(static_cast<std::uint32_t>(m_parts.after.row(item).size()));
    artifact.put("follower-counts", std::span<const std::uint32_t>(counts));
    artifact.put("followers", std::span<const std::uint32_t>(m_parts.after.columns));
    artifact.put("probabilities", std::span<const float>(m_parts.after.values));
    const std::int64_t settings[] = {static_cast<std::int64_t>(m_parts.recent),
                                     static_cast<std::int64_t>(m_parts.decay)};
    artifact.put("settings", std::span<const std::int64_t>(settings));
    m_parts.weigher.save(artifact);
    m_parts.fallback.save(artifact);
}

/// Everybody's entries that count, oldest first, in CSR form; and where each item stands in them.
struct Sequences {
    std::vector<std::uint32_t> items;
    std::vector<std::uint64_t> ends;        ///< of the sequence that a place belongs to, a place
    std::vector<std::uint64_t> placeStarts; ///< items + 1 entries
    std::vector<std::uint64_t> places;
};

Sequences sequencesOf(const Interactions& interactions, const HistoryWeigher& weigher)
{
    Sequences out;
    out.placeStarts.assign(interactions.items() + 1, 0);
    for (std::uint32_t user = 0; user < interactions.users(); ++user) {
        const auto row = interactions.row(UserIndex{user});
        std::vector<std::pair<Timestamp, std::uint32_t>> events;
        for (std::size_t i = 0; i < row.size(); ++i)
            if (row.values[i] >= weigher.from())
                events.emplace_back(row.times[i], row.items[i].value);
        std::ranges::sort(events);
        const auto end = out.items.size() + events.size();
        for (const auto& [at, item] : events) {
            out.items.push_back(item);
            out.ends.push_back(end);
            ++out.placeStarts[item + 1];
        }
    }
    for (std::size_t item = 0; item + 1 < out.placeStarts.size(); ++item)
        out.placeStarts[item + 1] += out.placeStarts[item];
    auto next = out.placeStarts;
    out.places.resize(out.items.size());
    for (std::size_t place = 0; place < out.items.size(); ++place)
        out.places[next[out.items[place]]++] = place;
    return out;
}

struct Follower {
    std::uint32_t item = 0;
    float probability = 0;
};

/// The likeliest items after one item, ascending by item. `sums` is scratch: all zeros before and after.
std::vector<Follower> followersOf(const Sequences& sequences, std::uint32_t item, const TransitionsConfig& config,
                                  std::vector<double>& sums)
{
    std::vector<std::uint32_t> seen;
    double all = static_cast<double>(config.shrinkage);
    for (auto p = sequences.placeStarts[item]; p < sequences.placeStarts[item + 1]; ++p) {
        const auto place = sequences.places[p];
        const auto last = std::min(sequences.ends[place], place + 1 + static_cast<std::uint64_t>(config.window));
        for (auto later = place + 1; later < last; ++later) {
            const double adds = 1 / static_cast<double>(later - place);
            if (sums[sequences.items[later]] == 0)
                seen.push_back(sequences.items[later]);
            sums[sequences.items[later]] += adds;
            all += adds;
        }
    }
    std::vector<Follower> followers;
    for (const std::uint32_t other : seen) {
        followers.push_back({other, static_cast<float>(sums[other] / all)});
        sums[other] = 0;
    }
    const auto likelier = [](const Follower& a, const Follower& b) {
        return a.probability != b.probability ? a.probability > b.probability : a.item < b.item;
    };
    const auto kept = std::min(followers.size(), static_cast<std::size_t>(config.kept));
    std::ranges::partial_sort(followers, followers.begin() + static_cast<std::ptrdiff_t>(kept), likelier);
    followers.resize(kept);
    std::ranges::sort(followers, {}, &Follower::item);
    followers.shrink_to_fit(); // there may have been many times as many
    return followers;
}

Result<SparseMatrix> transitionsOf(const Sequences& sequences, std::size_t items, const TransitionsConfig& config,
                                   const JobContext& job)
{
    constexpr std::size_t grain = 64;
    std::vector<std::vector<Follower>> rows(items);
    job.progress(0.1, "counting what follows what");
    const auto done = parallelFor(job, items, grain, [&](std::size_t first, std::size_t last) {
        std::vector<double> sums(items, 0.0);
        for (std::size_t item = first; item < last && !job.cancelled(); ++item)
            rows[item] = followersOf(sequences, static_cast<std::uint32_t>(item), config, sums);
    });
    if (!done)
        return tl::unexpected(done.error());
    SparseMatrix matrix;
    matrix.columnCount = items;
    std::size_t kept = 0;
    for (const auto& row : rows)
        kept += row.size();
    matrix.columns.reserve(kept);
    matrix.values.reserve(kept);
    matrix.starts.reserve(items + 1);
    for (const auto& row : rows) {
        for (const Follower& follower : row) {
            matrix.columns.push_back(follower.item);
            matrix.values.push_back(follower.probability);
        }
        matrix.starts.push_back(matrix.columns.size());
    }
    return matrix;
}

Result<ModelPtr> fitTransitions(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Interactions& interactions = input.train->interactions();
    const HistoryWeigher weigher(*input.train, Weighting::Binary, config->entries);
    job.progress(0, "putting histories in order");
    const Sequences sequences = sequencesOf(interactions, weigher);
    if (sequences.items.empty())
        return error(Code::InvalidArgument, fmt::format("No rating is {:g} or higher", weigher.from()),
                     "Set entries to all, so that every rating counts", "entries");
    auto after = transitionsOf(sequences, interactions.items(), *config, job);
    if (!after)
        return tl::unexpected(after.error());
    return std::make_shared<const Transitions>(TransitionsParts{std::move(*after),
                                                                static_cast<std::size_t>(config->recent), config->decay,
                                                                weigher, PopularFallback(interactions)});
}

tl::unexpected<Error> corrupt(const std::string& where)
{
    return error(Code::Corrupt, "The stored model's '" + where + "' makes no sense", "Train the model again", where);
}

Status readFollowers(const Artifact& artifact, SparseMatrix& after)
{
    const auto counts = artifact.indices("follower-counts", Artifact::anyLength, std::uint64_t{1} << 32);
    if (!counts)
        return tl::unexpected(counts.error());
    after.columnCount = counts->size();
    for (const std::uint32_t count : *counts)
        after.starts.push_back(after.starts.back() + count);
    auto columns = artifact.indices("followers", after.starts.back(), counts->size());
    auto values = artifact.floats("probabilities", after.starts.back());
    if (!columns)
        return tl::unexpected(columns.error());
    if (!values)
        return tl::unexpected(values.error());
    after.columns = std::move(*columns);
    after.values = std::move(*values);
    for (std::size_t item = 0; item < after.rowCount(); ++item)
        if (std::ranges::adjacent_find(after.row(item).columns, std::ranges::greater_equal{}) !=
                after.row(item).columns.end() ||
            std::ranges::binary_search(after.row(item).columns, static_cast<std::uint32_t>(item)))
            return corrupt("followers");
    return {};
}

Result<ModelPtr> loadTransitions(const Artifact& artifact)
{
    const auto settings = artifact.integers("settings", 2);
    if (!settings)
        return tl::unexpected(settings.error());
    if ((*settings)[0] < 1 || (*settings)[0] > 1'000'000 || (*settings)[1] < 0 || (*settings)[1] > 3)
        return corrupt("settings");
    TransitionsParts parts;
    if (const auto done = readFollowers(artifact, parts.after); !done)
        return tl::unexpected(done.error());
    const auto weigher = HistoryWeigher::load(artifact);
    if (!weigher)
        return tl::unexpected(weigher.error());
    auto fallback = PopularFallback::load(artifact, parts.after.rowCount());
    if (!fallback)
        return tl::unexpected(fallback.error());
    parts.recent = static_cast<std::size_t>((*settings)[0]);
    parts.decay = static_cast<PositionDecay>((*settings)[1]);
    parts.weigher = *weigher;
    parts.fallback = std::move(*fallback);
    return std::make_shared<const Transitions>(std::move(parts));
}

Cost estimateTransitions(const DatasetShape& shape, const ParamSet& params)
{
    const auto config = table().read(params).value_or(TransitionsConfig{});
    const double events = overlaps::cellsOf(shape, config.entries);
    const auto items = static_cast<double>(shape.items);
    const double pairs = events * config.window;
    // Pairs that are the same are kept once: as many as places get one of so many thrown at random.
    const double places = std::max(1.0, items * std::min(items, static_cast<double>(config.kept)));
    const double kept = places * (1 - std::exp(-pairs / places));
    // Followers as rows and as a matrix, 8 bytes each; a row has its own memory.
    return {events * 2.4e-7 + pairs * 1.7e-8 + kept * 8.5e-8 + items * items * 6e-11,
            static_cast<std::size_t>(events * 22 + kept * 16 + items * 64 + 100'000)};
}

} // namespace

Algorithm transitionsAlgorithm()
{
    Algorithm a;
    a.id = "transitions";
    a.title = "Item transitions";
    a.family = "Sequences and sessions";
    a.summary = "Counts what follows what in the histories, and offers what usually comes after the last things the "
                "person did. It knows the order of events and nothing of the person's older past.";
    a.whenToUse = "Where order matters: the next episode, the next article, the accessory after the phone.";
    a.paper = "Rendle, Freudenthaler & Schmidt-Thieme: Factorizing personalized Markov chains for next-basket "
              "recommendation, WWW 2010 (the chain that is not personal)";
    a.fallback = PopularFallback::declaration();
    a.needs = {Need::Times};
    a.params = table().specs();
    a.fit = fitTransitions;
    a.load = loadTransitions;
    a.estimate = estimateTransitions;
    return a;
}

} // namespace orrery
