// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/feature_person.h"

#include "core/data/sittings.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <string>

namespace orrery {
namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
constexpr double secondsPerDay = 86'400;
constexpr Timestamp hour = 3600, day = 86'400;

bool isShowing(EventKind kind) { return kind == EventKind::Impression || kind == EventKind::Skip; }

float share(std::size_t part, std::size_t whole)
{
    return whole == 0 ? unknown : static_cast<float>(part) / static_cast<float>(whole);
}

bool isPause(Timestamp from, Timestamp to)
{
    return static_cast<double>(to) - static_cast<double>(from) >= static_cast<double>(longestPause);
}

/// FeatureUnit::Device.
float deviceCode(const Facts& context)
{
    const auto told = std::ranges::find(context, nameOf(EventContext::Device), &Fact::name);
    if (told == context.end())
        return unknown;
    std::string word = told->value;
    std::ranges::transform(word, word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    const auto mentions = [&word](std::initializer_list<std::string_view> names) {
        return std::ranges::any_of(names, [&word](auto name) { return word.find(name) != std::string::npos; });
    };
    if (mentions({"tablet", "ipad"}))
        return 2;
    if (mentions({"phone", "mobile", "android", "ios"}))
        return 1;
    if (mentions({"desktop", "computer", "laptop", "pc", "web"}))
        return 3;
    return mentions({"tv", "television"}) ? 4 : 0;
}

Timestamp floorDiv(Timestamp x, Timestamp by) { return x / by - (x % by < 0 ? 1 : 0); }

} // namespace

// ---- uses by group ----

void GroupUses::add(std::uint32_t group, bool bought, Timestamp at)
{
    if (group != noGroup)
        m_uses.push_back({group, 1, bought ? 1U : 0U, at});
}

void GroupUses::close()
{
    std::ranges::sort(m_uses, {}, &GroupUse::group);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_uses.size(); ++i) {
        if (kept == 0 || m_uses[kept - 1].group != m_uses[i].group) {
            m_uses[kept++] = m_uses[i];
            continue;
        }
        GroupUse& one = m_uses[kept - 1];
        one.items += m_uses[i].items;
        one.bought += m_uses[i].bought;
        one.newest = std::max(one.newest, m_uses[i].newest);
    }
    m_uses.resize(kept);
}

const GroupUse* GroupUses::of(std::uint32_t group) const
{
    const auto found = std::ranges::lower_bound(m_uses, group, {}, &GroupUse::group);
    return found != m_uses.end() && found->group == group ? &*found : nullptr;
}

std::uint32_t GroupUses::most() const
{
    std::uint32_t most = 0;
    for (const GroupUse& use : m_uses)
        most = std::max(most, use.items);
    return most;
}

std::uint32_t GroupUses::all() const
{
    std::uint32_t all = 0;
    for (const GroupUse& use : m_uses)
        all += use.items;
    return all;
}

// ---- what is known before the moment ----

FeaturePerson::FeaturePerson(const FeatureTables& tables, const FeatureRequest& request)
    : m_tables(tables), m_device(deviceCode(request.query.context)), m_logPrice(unknown), m_priceSpread(unknown),
      m_popularity(unknown)
{
    takeMoment(request);
    takeHistory(request.query);
    takeSession(request);
    takeOwn(request);
    takeGroups();
    takeNewest();
    takePrices();
}

void FeaturePerson::takeMoment(const FeatureRequest& request)
{
    m_now = request.query.now;
    if (m_now != endOfTime)
        return;
    Timestamp newest = m_tables.events().last();
    for (const HistoryEntry& entry : request.query.history)
        newest = std::max(newest, entry.at);
    for (const VisitEvent& event : request.session)
        newest = std::max(newest, event.at);
    if (newest != noTime && newest != endOfTime)
        m_now = newest + 1;
}

void FeaturePerson::takeHistory(const Query& query)
{
    m_history.reserve(query.history.size());
    for (const HistoryEntry& entry : query.history)
        if (entry.at < m_now)
            m_history.push_back(entry);
    if (!std::ranges::is_sorted(m_history, {}, &HistoryEntry::item))
        std::ranges::sort(m_history, {}, &HistoryEntry::item);
}

void FeaturePerson::takeSession(const FeatureRequest& request)
{
    for (const VisitEvent& event : request.session) {
        if (event.at >= m_now || isShowing(event.kind))
            continue;
        m_session.push_back(event.item);
        if (m_sessionStart == noTime)
            m_sessionStart = event.at;
    }
    if (!request.session.empty() || m_now == endOfTime)
        return;
    if (request.query.user)
        takeLoggedSession(*request.query.user);
    if (m_session.empty())
        takeSessionOfHistory();
}

void FeaturePerson::takeLoggedSession(UserIndex user)
{
    const EventLog& log = m_tables.dataset().log();
    const KindWeights& weights = m_tables.dataset().kindWeights();
    if (!log.hasTimes())
        return;
    const auto events = m_tables.events().eventsBefore(user, m_now);
    Timestamp next = m_now;
    for (std::size_t i = events.size(); i-- > 0;) {
        const Timestamp at = log.times()[events[i]];
        if (weights[log.kindOf(events[i])] <= 0)
            continue;
        if (at == noTime || isPause(at, next))
            break;
        m_session.push_back(log.items()[events[i]]);
        m_sessionStart = next = at;
    }
    std::ranges::reverse(m_session);
}

// A visit that the log does not hold stands in the history.
void FeaturePerson::takeSessionOfHistory()
{
    std::vector<HistoryEntry> newest;
    std::ranges::copy_if(m_history, std::back_inserter(newest), [](const auto& entry) { return entry.at != noTime; });
    std::ranges::stable_sort(newest, std::ranges::greater(), &HistoryEntry::at);
    Timestamp next = m_now;
    for (const HistoryEntry& entry : newest) {
        if (isPause(entry.at, next))
            break;
        m_session.push_back(entry.item);
        m_sessionStart = next = entry.at;
    }
    std::ranges::reverse(m_session);
}

void FeaturePerson::takeOwn(const FeatureRequest& request)
{
    const EventLog& log = m_tables.dataset().log();
    const KindWeights& weights = m_tables.dataset().kindWeights();
    if (request.query.user)
        for (const std::uint32_t event : m_tables.events().eventsBefore(*request.query.user, m_now)) {
            const EventKind kind = log.kindOf(event);
            const bool counts = weights[kind] > 0;
            if (counts || isShowing(kind))
                m_own.push_back({log.items()[event], counts ? 1U : 0U, isShowing(kind) ? 1U : 0U,
                                 counts && kind == EventKind::Purchase});
        }
    for (const VisitEvent& event : request.session)
        if (event.at < m_now && event.kind == EventKind::Purchase)
            m_own.push_back({event.item, 0, 0, true});
    std::ranges::sort(m_own, {}, &OwnItem::item);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_own.size(); ++i) {
        if (kept == 0 || m_own[kept - 1].item != m_own[i].item) {
            m_own[kept++] = m_own[i];
            continue;
        }
        m_own[kept - 1].uses += m_own[i].uses;
        m_own[kept - 1].shown += m_own[i].shown;
        m_own[kept - 1].bought |= m_own[i].bought;
    }
    m_own.resize(kept);
}

bool FeaturePerson::bought(ItemIndex item) const
{
    if (!m_tables.kindsTold(m_now))
        return true;
    const OwnItem* own = ownOf(item);
    return own && own->bought;
}

void FeaturePerson::takeGroups()
{
    for (const HistoryEntry& entry : m_history) {
        const ItemFacts& facts = m_tables.facts()[entry.item];
        const bool wasBought = bought(entry.item);
        for (const ItemGroup group : {ItemGroup::Subcategory, ItemGroup::Brand, ItemGroup::Seller})
            m_uses[static_cast<std::size_t>(group)].add(facts[group], wasBought, entry.at);
        const auto categories = m_tables.facts().categoriesOf(entry.item);
        for (const std::uint32_t category : categories)
            m_uses[static_cast<std::size_t>(ItemGroup::Category)].add(category, wasBought, entry.at);
        m_inCategories += categories.empty() ? 0 : 1;
    }
    for (GroupUses& uses : m_uses)
        uses.close();
}

void FeaturePerson::takeNewest()
{
    std::vector<HistoryEntry> newest(std::min(newestCount, m_history.size()));
    std::ranges::partial_sort_copy(m_history, newest, [](const HistoryEntry& a, const HistoryEntry& b) {
        if (a.at != b.at)
            return a.at > b.at;
        return a.value != b.value ? a.value > b.value : a.item < b.item;
    });
    double sum = 0;
    for (const HistoryEntry& entry : newest) {
        m_newest.push_back(entry.item);
        sum += std::log1p(static_cast<double>(m_tables.pastOf(entry.item, m_now).uses()));
    }
    if (!newest.empty())
        m_popularity = static_cast<float>(sum / static_cast<double>(newest.size()));
}

void FeaturePerson::takePrices()
{
    double sum = 0, squares = 0;
    std::size_t known = 0;
    for (const HistoryEntry& entry : m_history) {
        const float price = m_tables.priceOf(entry.item, m_tables.pastOf(entry.item, m_now));
        if (std::isnan(price))
            continue;
        const double logPrice = std::log(static_cast<double>(price));
        sum += logPrice;
        squares += logPrice * logPrice;
        ++known;
    }
    const auto n = static_cast<double>(known);
    if (known > 0)
        m_logPrice = static_cast<float>(sum / n);
    if (known > 1)
        m_priceSpread = static_cast<float>(std::sqrt(std::max(0.0, squares / n - sum / n * sum / n)));
}

// ---- what is asked ----

double FeaturePerson::secondsSince(Timestamp at) const
{
    if (at == noTime || m_now == endOfTime)
        return std::numeric_limits<double>::quiet_NaN();
    // Moments of strangers may be too far apart for whole numbers.
    return static_cast<double>(m_now) - static_cast<double>(at);
}

float FeaturePerson::daysSince(Timestamp at) const { return static_cast<float>(secondsSince(at) / secondsPerDay); }

const HistoryEntry* FeaturePerson::entryOf(ItemIndex item) const
{
    const auto found = std::ranges::lower_bound(m_history, item, {}, &HistoryEntry::item);
    return found != m_history.end() && found->item == item ? &*found : nullptr;
}

const OwnItem* FeaturePerson::ownOf(ItemIndex item) const
{
    const auto found = std::ranges::lower_bound(m_own, item, {}, &OwnItem::item);
    return found != m_own.end() && found->item == item ? &*found : nullptr;
}

void FeaturePerson::write(FeatureRow row) const
{
    writePerson(row);
    writeCircumstances(row);
}

void FeaturePerson::writePerson(FeatureRow row) const
{
    using enum FeatureColumn;
    Timestamp newest = noTime, oldest = noTime;
    double values = 0;
    std::size_t timed = 0, itemsBought = 0;
    for (const HistoryEntry& entry : m_history) {
        values += static_cast<double>(entry.value);
        itemsBought += bought(entry.item) ? 1 : 0;
        if (entry.at == noTime)
            continue;
        newest = std::max(newest, entry.at);
        oldest = timed++ == 0 ? entry.at : std::min(oldest, entry.at);
    }
    row[HistorySize] = static_cast<float>(m_history.size());
    row[DaysSinceLast] = daysSince(newest);
    row[DaysSinceFirst] = daysSince(oldest);
    row[MeanGap] = timed > 1 ? (daysSince(oldest) - daysSince(newest)) / static_cast<float>(timed - 1) : unknown;
    row[Categories] = static_cast<float>(uses(ItemGroup::Category).size());
    row[TopCategory] = share(uses(ItemGroup::Category).most(), m_inCategories);
    row[TopBrand] = share(uses(ItemGroup::Brand).most(), uses(ItemGroup::Brand).all());
    row[UsualPrice] = std::exp(m_logPrice);
    row[PriceSpread] = m_priceSpread;
    row[MeanValue] = m_history.empty() ? unknown : static_cast<float>(values / static_cast<double>(m_history.size()));
    row[UsualPopularity] = m_popularity;
    row[BoughtShare] = m_tables.kindsTold(m_now) ? share(itemsBought, m_history.size()) : unknown;
}

void FeaturePerson::writeCircumstances(FeatureRow row) const
{
    using enum FeatureColumn;
    const bool known = m_now != endOfTime && m_now != noTime;
    const Timestamp days = floorDiv(m_now, day);
    // The first of January 1970 was a Thursday.
    row[Weekday] = known ? static_cast<float>(((days + 4) % 7 + 7) % 7) : unknown;
    row[Hour] = known ? static_cast<float>(floorDiv(m_now, hour) - 24 * days) : unknown;
    row[Device] = m_device;
    row[SessionDepth] = static_cast<float>(m_session.size());
    row[SessionSeconds] = static_cast<float>(secondsSince(m_sessionStart));
}

} // namespace orrery
