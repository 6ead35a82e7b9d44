// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/profile.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <numeric>
#include <unordered_map>

#include <fmt/format.h>

namespace orrery {
namespace {

using Counts = std::vector<std::size_t>;
constexpr std::size_t mostDistinctValues = 20, valueBins = 20, mostTags = 30;
constexpr int yearsShownByMonth = 20;
constexpr Timestamp secondsADay = 86'400, daysShownByHour = 3, daysShownByDay = 45;

Counts perPersonCounts(const Interactions& interactions)
{
    Counts counts(interactions.users());
    for (std::size_t u = 0; u < counts.size(); ++u)
        counts[u] = interactions.starts()[u + 1] - interactions.starts()[u];
    return counts;
}

Counts perItemCounts(const Interactions& interactions)
{
    Counts counts(interactions.items());
    for (const ItemIndex item : interactions.allItems())
        ++counts[item.value];
    return counts;
}

// Of those that have any: the mean of the two middle ones for an even number.
double medianOf(Counts counts)
{
    std::erase(counts, std::size_t{0});
    if (counts.empty())
        return 0;
    std::ranges::sort(counts);
    const std::size_t upper = counts.size() / 2;
    const std::size_t lower = (counts.size() - 1) / 2;
    return (static_cast<double>(counts[lower]) + static_cast<double>(counts[upper])) / 2;
}

std::vector<Bar> binnedValues(std::span<const float> values)
{
    const auto [low, high] = std::ranges::minmax(values);
    const double width = (static_cast<double>(high) - static_cast<double>(low)) / valueBins;
    std::vector<Bar> bars(valueBins);
    for (std::size_t b = 0; b < valueBins; ++b) {
        bars[b].from = low + width * static_cast<double>(b);
        bars[b].label = fmt::format("{:.4g}", bars[b].from);
    }
    for (const float value : values) {
        const double place = (static_cast<double>(value) - static_cast<double>(low)) / width;
        ++bars[std::min(valueBins - 1, static_cast<std::size_t>(place))].count;
    }
    return bars;
}

std::vector<Bar> valueHistogram(std::span<const float> values)
{
    std::unordered_map<float, double> distinct;
    for (const float value : values) {
        ++distinct[value];
        if (distinct.size() > mostDistinctValues)
            return binnedValues(values);
    }
    std::vector<Bar> bars;
    bars.reserve(distinct.size());
    for (const auto& [value, count] : distinct)
        bars.push_back({fmt::format("{}", value), value, count});
    std::ranges::sort(bars, {}, &Bar::from);
    return bars;
}

// Share of the first ceil(p %) of the sorted counts, for p = 1 ... 100.
std::vector<double> longTailOf(Counts counts, double total)
{
    std::vector<double> shares;
    if (counts.empty() || total == 0)
        return shares;
    std::ranges::sort(counts, std::greater());
    double sum = 0;
    std::size_t taken = 0;
    for (std::size_t percent = 1; percent <= 100; ++percent) {
        for (const std::size_t until = (counts.size() * percent + 99) / 100; taken < until; ++taken)
            sum += static_cast<double>(counts[taken]);
        shares.push_back(sum / total);
    }
    return shares;
}

std::chrono::year_month_day dayOf(Timestamp at)
{
    using namespace std::chrono;
    return floor<days>(sys_seconds(seconds(at)));
}

enum class Step { Hour, Day, Month, Year };

Step stepFor(Timestamp first, Timestamp last)
{
    if (last - first <= daysShownByHour * secondsADay)
        return Step::Hour;
    if (last - first <= daysShownByDay * secondsADay)
        return Step::Day;
    const auto years = static_cast<int>(dayOf(last).year()) - static_cast<int>(dayOf(first).year());
    return years < yearsShownByMonth ? Step::Month : Step::Year;
}

std::int64_t slotOf(Timestamp at, Step step)
{
    const auto floored = [at](std::int64_t by) { return (at - ((at % by) + by) % by) / by; };
    const auto day = dayOf(at);
    const int year = static_cast<int>(day.year());
    switch (step) {
    case Step::Hour: return floored(secondsADay / 24);
    case Step::Day: return floored(secondsADay);
    case Step::Month: return year * 12 + static_cast<int>(static_cast<unsigned>(day.month())) - 1;
    default: return year;
    }
}

std::string labelOf(std::int64_t slot, Step step)
{
    if (step == Step::Year)
        return fmt::format("{}", slot);
    if (step == Step::Month)
        return fmt::format("{}-{:02}", slot / 12, slot % 12 + 1);
    const Timestamp at = slot * (step == Step::Hour ? secondsADay / 24 : secondsADay);
    const auto day = dayOf(at);
    const std::string date =
        fmt::format("{:02}-{:02}", static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return step == Step::Day ? date : fmt::format("{} {:02}h", date, ((slot % 24) + 24) % 24);
}

// Every step from the first to the last, empty ones too.
std::vector<Bar> timeline(std::span<const Timestamp> times, Timestamp first, Timestamp last)
{
    const Step step = stepFor(first, last);
    std::map<std::int64_t, double> counts;
    for (const Timestamp at : times)
        if (at != noTime)
            ++counts[slotOf(at, step)];
    std::vector<Bar> bars;
    const std::int64_t begin = counts.begin()->first;
    // A few stray dates centuries away must not make a chart of thousands of empty bars.
    const bool gapsShown = counts.rbegin()->first - begin < 1'200;
    for (const auto& [slot, count] : counts) {
        if (gapsShown)
            for (auto empty = begin + static_cast<std::int64_t>(bars.size()); empty < slot; ++empty)
                bars.push_back({labelOf(empty, step), static_cast<double>(empty), 0});
        bars.push_back({labelOf(slot, step), static_cast<double>(slot), count});
    }
    return bars;
}

std::vector<Bar> binnedCounts(const Counts& counts)
{
    static constexpr std::array<std::size_t, 11> edges = {1, 10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000, 10'000};
    std::vector<Bar> bars;
    const std::size_t most = counts.empty() ? 0 : std::ranges::max(counts);
    for (std::size_t e = 0; e < edges.size() && edges[e] <= most; ++e) {
        const bool open = e + 1 == edges.size();
        const auto inside = [&](std::size_t count) { return count >= edges[e] && (open || count < edges[e + 1]); };
        bars.push_back({open ? fmt::format("{}+", edges[e]) : fmt::format("{}-{}", edges[e], edges[e + 1] - 1),
                        static_cast<double>(edges[e]), static_cast<double>(std::ranges::count_if(counts, inside))});
    }
    return bars;
}

const AttributeColumn* mainTagColumn(const AttributeTable& items)
{
    const AttributeColumn* first = nullptr;
    for (const AttributeColumn& column : items.columns()) {
        if (!std::holds_alternative<TagColumn>(column.data))
            continue;
        if (column.name == "genres")
            return &column;
        if (!first)
            first = &column;
    }
    return first;
}

std::vector<Bar> itemsByTag(const TagColumn& column)
{
    std::vector<Bar> bars;
    for (std::uint32_t tag = 0; tag < column.vocabulary.size(); ++tag)
        bars.push_back({std::string(column.vocabulary.name(tag)), static_cast<double>(tag), 0});
    for (const std::uint32_t tag : column.tags)
        ++bars[tag].count;
    std::ranges::stable_sort(bars, std::greater(), &Bar::count);
    bars.resize(std::min(bars.size(), mostTags));
    return bars;
}

void describeTimes(DatasetProfile& profile, std::span<const Timestamp> times)
{
    for (const Timestamp at : times) {
        if (at == noTime)
            continue;
        profile.first = profile.first == noTime ? at : std::min(profile.first, at);
        profile.last = profile.last == noTime ? at : std::max(profile.last, at);
    }
    if (profile.first != noTime)
        profile.overTime = timeline(times, profile.first, profile.last);
}

void describeCounts(DatasetProfile& profile, const Interactions& interactions)
{
    const Counts ofPeople = perPersonCounts(interactions);
    const Counts ofItems = perItemCounts(interactions);
    profile.peopleWithoutInteractions = static_cast<std::size_t>(std::ranges::count(ofPeople, std::size_t{0}));
    profile.itemsWithoutInteractions = static_cast<std::size_t>(std::ranges::count(ofItems, std::size_t{0}));
    profile.medianPerPerson = medianOf(ofPeople);
    profile.medianPerItem = medianOf(ofItems);
    profile.perPerson = binnedCounts(ofPeople);
    profile.perItem = binnedCounts(ofItems);
    profile.longTail = longTailOf(ofItems, static_cast<double>(interactions.size()));
    profile.shareOfTopTenth = profile.longTail.empty() ? 0 : profile.longTail[9];
}

std::vector<KindTally> talliesOf(const Dataset& dataset)
{
    const EventLog& log = dataset.log();
    const bool ratings = dataset.feedback() == Feedback::Explicit;
    std::array<KindTally, eventKindCount> all{};
    for (std::size_t event = 0; event < log.kinds().size(); ++event) {
        KindTally& tally = all[static_cast<std::size_t>(log.kinds()[event])];
        tally.kind = log.kinds()[event];
        ++tally.events;
        tally.amount += ratings ? 1 : static_cast<double>(log.values()[event]);
    }
    std::vector<KindTally> kinds(all.begin(), all.end());
    std::erase_if(kinds, [](const KindTally& tally) { return tally.events == 0; });
    return kinds;
}

} // namespace

std::vector<double> sharesOf(const std::vector<KindTally>& kinds, const KindWeights& weights)
{
    std::vector<double> shares;
    shares.reserve(kinds.size());
    for (const KindTally& tally : kinds)
        shares.push_back(tally.amount * static_cast<double>(weights[tally.kind]));
    const double whole = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (double& share : shares)
        share = whole > 0 ? std::max(0.0, share / whole) : 0;
    return shares;
}

DatasetProfile profileOf(const Dataset& dataset)
{
    const Interactions& interactions = dataset.interactions();
    DatasetProfile profile;
    profile.people = dataset.personCount();
    profile.items = dataset.itemCount();
    profile.events = dataset.log().size();
    profile.interactions = interactions.size();
    profile.duplicates = interactions.merged();
    profile.kinds = talliesOf(dataset);
    const auto values = interactions.allValues();
    if (!values.empty()) {
        profile.density = static_cast<double>(values.size()) /
                          (static_cast<double>(profile.people) * static_cast<double>(profile.items));
        profile.meanValue = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
        profile.values = valueHistogram(values);
    }
    describeCounts(profile, interactions);
    describeTimes(profile, dataset.log().times());
    if (const AttributeColumn* column = mainTagColumn(dataset.items())) {
        profile.tagColumn = column->name;
        profile.tags = itemsByTag(std::get<TagColumn>(column->data));
    }
    return profile;
}

} // namespace orrery
