// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/reranker.h"

#include "core/base/parallel.h"
#include "core/data/catalog_columns.h"
#include "core/data/import/fields.h"
#include "core/data/moments.h"
#include "core/data/wishes.h"
#include "core/reranking/calibration.h"
#include "core/reranking/mmr.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {

struct Reranker::Ready {
    std::vector<Wish> audience, context;
    std::vector<std::string> shelves;
    Timestamp from = noTime, until = endOfTime;
    std::string lacks;              ///< what it cannot do without; else empty
    std::vector<std::uint8_t> fits; ///< by item: `where` holds, or the rule is about it
    std::vector<float> factors;     ///< by item, of PositionBiasRule
    ItemIndex pin = {};
};

namespace {

using Ready = Reranker::Ready;

constexpr double secondsOfADay = 86'400;
constexpr double mostHalfLives = 60; // scores stay above 0

struct Entry {
    float score = 0;
    ItemIndex item;
    std::uint32_t candidate = 0;
};

bool better(const Entry& a, const Entry& b) { return a.score != b.score ? a.score > b.score : a.item < b.item; }

float discount(std::size_t place) { return static_cast<float>(1 / std::log2(1 + static_cast<double>(place))); }

/// Of entries in order: each gets the discount of the first place of its score.
void giveDiscounts(std::vector<Entry>& entries)
{
    float before = 0, given = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i == 0 || entries[i].score != before)
            given = discount(i + 1);
        before = std::exchange(entries[i].score, given);
    }
}

std::optional<double> numberIn(std::string_view text) { return reading::parseDouble(text); }

bool fits(const Wish& wish, const std::string& value)
{
    const auto held = numberIn(value), asked = numberIn(wish.value);
    switch (wish.relation) {
    case Wish::Relation::Is:
    case Wish::Relation::IsNot:
        return held && asked ? *held == *asked : reading::lowerCase(value) == reading::lowerCase(wish.value);
    case Wish::Relation::Mentions:
        return reading::lowerCase(value).find(reading::lowerCase(wish.value)) != std::string::npos;
    case Wish::Relation::Less: return held && *held < wish.number;
    case Wish::Relation::AtMost: return held && *held <= wish.number;
    case Wish::Relation::More: return held && *held > wish.number;
    case Wish::Relation::AtLeast: return held && *held >= wish.number;
    }
    return false;
}

bool holds(const Wish& wish, const Facts& facts)
{
    const bool any = std::ranges::any_of(facts, [&](const Fact& fact) {
        return reading::lowerCase(fact.name) == reading::lowerCase(wish.column) && fits(wish, fact.value);
    });
    return any != (wish.relation == Wish::Relation::IsNot);
}

Timestamp momentIn(const std::string& text, Timestamp none)
{
    return text.empty() ? none : momentOf(AttributeColumn{"", TextColumn{{text}}}, 0);
}

std::vector<std::string> listIn(std::string_view text)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        if (const auto part = reading::trimmed(text.substr(0, end)); !part.empty())
            parts.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

ItemGroup groupOf(CapRule::Of of)
{
    switch (of) {
    case CapRule::Of::Subcategory: return ItemGroup::Subcategory;
    case CapRule::Of::Brand: return ItemGroup::Brand;
    case CapRule::Of::Seller: return ItemGroup::Seller;
    default: return ItemGroup::Category;
    }
}

/// Makes one rule ready; an error is one of its conditions.
class Preparation {
public:
    Preparation(const RuleCatalog& catalog, Ready& ready) : m_catalog(catalog), m_ready(ready) {}

    Status operator()(const InStockRule&)
    {
        needs(CatalogField::Stock, "what is in stock");
        return {};
    }
    Status operator()(const UnseenRule&) { return {}; }
    Status operator()(const FilterRule& rule) { return look(rule.where); }
    Status operator()(const CapRule& rule)
    {
        static constexpr std::array fields{CatalogField::Category, CatalogField::Category, CatalogField::Category,
                                           CatalogField::Brand, CatalogField::Seller};
        static constexpr std::array names{"categories", "categories", "categories", "brands", "sellers"};
        needs(fields.at(static_cast<std::size_t>(rule.of)), names.at(static_cast<std::size_t>(rule.of)));
        return {};
    }
    Status operator()(const MarginRule& rule)
    {
        needs(CatalogField::Margin, "margins");
        mark([&](ItemIndex item) {
            return static_cast<double>(m_catalog.marginRank(item)) <= std::min(rule.share, .999);
        });
        return {};
    }
    Status operator()(const PromotedRule&)
    {
        needs(CatalogField::Promoted, "what is promoted");
        mark([&](ItemIndex item) { return m_catalog.promoted(item); });
        return {};
    }
    Status operator()(const NewRule&)
    {
        needsDates();
        return {};
    }
    Status operator()(const SessionRule&)
    {
        needs(CatalogField::Category, "categories");
        return {};
    }
    Status operator()(const BoostRule& rule) { return look(rule.where); }
    Status operator()(const BuryRule& rule) { return look(rule.where); }
    Status operator()(const PinRule& rule)
    {
        const auto item = m_catalog.dataset().findItem(rule.item);
        if (!item)
            return error(Code::InvalidArgument, fmt::format("There is no item '{}'", rule.item),
                         "Give the id of an item of this catalog");
        m_ready.pin = *item;
        return {};
    }
    Status operator()(const FreshnessRule&)
    {
        needsDates();
        return {};
    }
    Status operator()(const PositionBiasRule& rule)
    {
        if (m_catalog.dataset().log().positions().empty())
            m_ready.lacks = "events do not say at which place items were shown";
        m_ready.factors = m_catalog.positionWeights(rule.eta);
        const auto limit = static_cast<float>(rule.limit);
        for (float& factor : m_ready.factors)
            factor = std::clamp(factor, 1 / limit, limit);
        return {};
    }
    Status operator()(const DiversityRule& rule)
    {
        const bool byVectors = rule.by == DiversityRule::By::Vectors && m_catalog.hasVectors();
        if (!byVectors)
            needs(CatalogField::Category, "categories");
        return {};
    }
    Status operator()(const CalibrationRule&)
    {
        needs(CatalogField::Category, "categories");
        return {};
    }
    Status operator()(const ExposureRule&)
    {
        needs(CatalogField::Seller, "sellers");
        return {};
    }

private:
    void needs(CatalogField field, std::string_view what)
    {
        if (!CatalogColumns(m_catalog.dataset().items())[field])
            m_ready.lacks = fmt::format("the catalog does not tell {}", what);
    }
    void needsDates()
    {
        if (m_catalog.medianAdded() == noTime)
            m_ready.lacks = "nothing tells when items came";
    }
    template <class About> void mark(About about)
    {
        m_ready.fits.resize(m_catalog.size());
        for (std::uint32_t item = 0; item < m_ready.fits.size(); ++item)
            m_ready.fits[item] = about(ItemIndex{item}) ? 1 : 0;
    }
    Status look(const std::string& where)
    {
        const auto wishes = parseWishes(where);
        if (!wishes)
            return tl::unexpected(wishes.error());
        if (auto known = checkWishes(*wishes, m_catalog.dataset()); !known)
            return known;
        mark([&](ItemIndex item) {
            return std::ranges::all_of(*wishes,
                                       [&](const Wish& wish) { return wish.holdsFor(m_catalog.dataset(), item); });
        });
        return {};
    }

    const RuleCatalog& m_catalog;
    Ready& m_ready;
};

Status prepareConditions(const When& when, Ready& ready)
{
    auto audience = parseWishes(when.audience), context = parseWishes(when.context);
    if (!audience)
        return tl::unexpected(audience.error());
    if (!context)
        return tl::unexpected(context.error());
    ready.audience = std::move(*audience);
    ready.context = std::move(*context);
    ready.shelves = listIn(when.shelves);
    ready.from = momentIn(when.from, noTime);
    ready.until = momentIn(when.until, endOfTime);
    return {};
}

} // namespace

/// One list on its way through the rules.
class RuleRun {
public:
    RuleRun(const Reranker& owner, const RuleRequest& request, RuleTrail* trail)
        : m_owner(owner), m_catalog(owner.catalog()), m_request(request), m_trail(trail),
          m_now(request.query.now == endOfTime ? m_catalog.lastEvent() : request.query.now)
    {
    }

    void start(std::span<const Candidate> candidates);
    void act(std::size_t rule);
    [[nodiscard]] std::vector<Reranked> first(std::size_t k) const;

    void operator()(const InStockRule&)
    {
        keep([&](ItemIndex item) { return !m_catalog.soldOut(item); }, "sold out");
    }
    void operator()(const UnseenRule& rule);
    void operator()(const FilterRule& rule)
    {
        keep([&](ItemIndex item) { return fits(item); }, fmt::format("not {}", rule.where));
    }
    void operator()(const CapRule& rule);
    void operator()(const MarginRule& rule) { boostFitting(rule.factor); }
    void operator()(const PromotedRule& rule) { boostFitting(rule.factor); }
    void operator()(const NewRule& rule);
    void operator()(const SessionRule& rule);
    void operator()(const BoostRule& rule) { boostFitting(rule.factor); }
    void operator()(const BuryRule&);
    void operator()(const PinRule& rule);
    void operator()(const FreshnessRule& rule);
    void operator()(const PositionBiasRule&);
    void operator()(const DiversityRule& rule);
    void operator()(const CalibrationRule& rule);
    void operator()(const ExposureRule&) {}

private:
    struct Pin {
        Entry entry;
        std::size_t place = 1;
    };

    [[nodiscard]] bool fits(ItemIndex item) const
    {
        return item.value < m_ready->fits.size() && m_ready->fits[item.value] != 0;
    }
    [[nodiscard]] bool isFirst(ItemIndex item);
    [[nodiscard]] bool wasGiven(ItemIndex item) const;
    void drop(const Entry& entry, const std::string& why);
    template <class Keep> void keep(Keep keeps, const std::string& why);
    template <class About> void boost(About about, double factor);
    void boostFitting(double factor)
    {
        boost([&](ItemIndex item) { return fits(item); }, factor);
    }
    template <class Factor> void scale(Factor factor);
    void sortFree();
    /// The first of what is free in this order of their places, the rest as it was; scores are given out anew.
    void reorder(std::span<const std::uint32_t> first, std::size_t pool);
    void giveOut(std::vector<Entry> order);
    [[nodiscard]] std::vector<ItemIndex> pinnedItems() const;
    [[nodiscard]] std::vector<ItemIndex> poolItems(int pool);
    void nothing(std::string why);
    [[nodiscard]] std::vector<Reranked> combined(std::size_t most) const;
    void startTrail(std::span<const Candidate> candidates, const std::vector<std::uint8_t>& part);
    void record();
    void recordEffect();

    const Reranker& m_owner;
    const RuleCatalog& m_catalog;
    const RuleRequest& m_request;
    RuleTrail* m_trail;
    Timestamp m_now;
    const Ready* m_ready = nullptr;
    std::size_t m_rule = 0;
    std::uint32_t m_given = 0;
    std::vector<Entry> m_free;          ///< in the order of better(), always
    std::vector<Pin> m_pins;            ///< by place; of equal places in the order of their rules
    std::vector<std::uint64_t> m_items; ///< bits of what was given
    std::vector<Entry> m_buffer;
    std::vector<float> m_relevance; ///< of the pool
};

bool RuleRun::wasGiven(ItemIndex item) const
{
    const std::size_t word = item.value / 64;
    return word < m_items.size() && (m_items[word] >> (item.value % 64) & 1) != 0;
}

bool RuleRun::isFirst(ItemIndex item)
{
    if (wasGiven(item))
        return false;
    const std::size_t word = item.value / 64;
    if (word >= m_items.size())
        m_items.resize(word + 1, 0);
    m_items[word] |= std::uint64_t{1} << (item.value % 64);
    return true;
}

void RuleRun::start(std::span<const Candidate> candidates)
{
    m_given = static_cast<std::uint32_t>(candidates.size());
    m_items.assign(m_catalog.size() / 64 + 1, 0);
    m_free.reserve(candidates.size());
    std::vector<std::uint8_t> part(m_trail ? candidates.size() : 0, 0);
    for (std::uint32_t i = 0; i < m_given; ++i)
        if (candidates[i].item.valid() && !std::isnan(candidates[i].score) && isFirst(candidates[i].item)) {
            m_free.push_back({candidates[i].score, candidates[i].item, i});
            if (m_trail)
                part[i] = 1;
        }
    sortFree();
    giveDiscounts(m_free);
    if (m_trail)
        startTrail(candidates, part);
}

void RuleRun::sortFree()
{
    if (!std::ranges::is_sorted(m_free, better))
        std::ranges::sort(m_free, better);
}

void RuleRun::drop(const Entry& entry, const std::string& why)
{
    if (m_trail)
        m_trail->m_whyDropped[entry.candidate] = why;
}

template <class Keep> void RuleRun::keep(Keep keeps, const std::string& why)
{
    const auto goes = [&](const Entry& entry) {
        const bool stays = keeps(entry.item);
        if (!stays)
            drop(entry, why);
        return !stays;
    };
    std::erase_if(m_free, goes);
    std::erase_if(m_pins, [&](const Pin& pin) { return goes(pin.entry); });
}

void RuleRun::operator()(const UnseenRule& rule)
{
    if (rule.what == UnseenRule::What::Purchased)
        keep([&](ItemIndex item) { return !std::ranges::binary_search(m_request.purchased, item); }, "purchased");
    else
        keep(
            [&](ItemIndex item) {
                return !std::ranges::binary_search(m_request.query.history, item, {}, &HistoryEntry::item);
            },
            "already seen");
}

// Pinned items are shown whatever comes, so they count first.
void RuleRun::operator()(const CapRule& rule)
{
    const ItemGroup group = groupOf(rule.of);
    std::vector<int> counts(m_catalog.groupCount(group), 0);
    std::uint32_t one = noGroup;
    const auto groupsOf = [&](ItemIndex item) -> std::span<const std::uint32_t> {
        if (rule.of == CapRule::Of::EveryCategory)
            return m_catalog.categoriesOf(item);
        one = m_catalog.groupOf(group, item);
        return {&one, one == noGroup ? 0U : 1U};
    };
    for (const Pin& pin : m_pins)
        for (const std::uint32_t index : groupsOf(pin.entry.item))
            ++counts[index];
    std::erase_if(m_free, [&](const Entry& entry) {
        const auto groups = groupsOf(entry.item);
        const auto full = std::ranges::find_if(groups, [&](std::uint32_t index) { return counts[index] >= rule.most; });
        if (full == groups.end()) {
            for (const std::uint32_t index : groups)
                ++counts[index];
            return false;
        }
        if (m_trail)
            drop(entry, fmt::format("{} of '{}' stand before it", rule.most, m_catalog.nameOf(group, *full)));
        return true;
    });
}

// What is boosted keeps its order, as does what is not: two sorted lists are merged.
template <class About> void RuleRun::boost(About about, double factor)
{
    const auto by = static_cast<float>(factor);
    m_buffer.clear();
    std::vector<Entry> others;
    others.reserve(m_free.size());
    for (const Entry& entry : m_free)
        if (about(entry.item))
            m_buffer.push_back({entry.score * by, entry.item, entry.candidate});
        else
            others.push_back(entry);
    if (m_buffer.empty())
        return;
    std::ranges::merge(m_buffer, others, m_free.begin(), better);
    sortFree(); // two scores may have been rounded to one
}

template <class Factor> void RuleRun::scale(Factor factor)
{
    for (Entry& entry : m_free)
        entry.score *= factor(entry.item);
    sortFree();
}

void RuleRun::operator()(const NewRule& rule)
{
    const double most = rule.days * secondsOfADay;
    boost(
        [&](ItemIndex item) {
            const Timestamp added = m_catalog.added(item);
            return added != noTime && m_now != noTime && added <= m_now && static_cast<double>(m_now - added) <= most;
        },
        rule.factor);
}

void RuleRun::operator()(const SessionRule& rule)
{
    std::vector<std::uint32_t> categories;
    for (const ItemIndex item : m_request.session)
        if (const auto category = m_catalog.groupOf(ItemGroup::Category, item); category != noGroup)
            categories.push_back(category);
    if (categories.empty())
        return nothing("nothing of a known category was looked at in this session");
    std::ranges::sort(categories);
    boost(
        [&](ItemIndex item) {
            return std::ranges::binary_search(categories, m_catalog.groupOf(ItemGroup::Category, item));
        },
        rule.factor);
}

void RuleRun::operator()(const BuryRule&)
{
    std::vector<Entry> order = m_free;
    std::stable_partition(order.begin(), order.end(), [&](const Entry& entry) { return !fits(entry.item); });
    giveOut(std::move(order));
}

void RuleRun::operator()(const PinRule& rule)
{
    const ItemIndex item = m_ready->pin;
    Pin pin{{0, item, m_given}, static_cast<std::size_t>(rule.place)};
    const auto pinned = std::ranges::find(m_pins, item, [](const Pin& held) { return held.entry.item; });
    const auto free = std::ranges::find(m_free, item, &Entry::item);
    if (pinned != m_pins.end()) {
        pin.entry = pinned->entry;
        m_pins.erase(pinned);
    } else if (free != m_free.end()) {
        pin.entry = *free;
        m_free.erase(free);
    } else if (wasGiven(item)) {
        return nothing("an earlier rule dropped the item");
    } else if (m_trail) {
        pin.entry.candidate = static_cast<std::uint32_t>(m_trail->m_items.size());
        m_trail->m_items.push_back(item);
        m_trail->m_whyDropped.emplace_back();
        for (auto& places : m_trail->m_places)
            places.push_back(0);
        for (auto& scores : m_trail->m_scores)
            scores.push_back(0);
        for (auto& moved : m_trail->m_movedBy)
            moved.push_back(0);
    }
    (void)isFirst(item);
    m_pins.insert(std::ranges::upper_bound(m_pins, pin.place, {}, &Pin::place), pin);
}

void RuleRun::operator()(const FreshnessRule& rule)
{
    if (m_now == noTime)
        return nothing("no date is known");
    scale([&](ItemIndex item) {
        Timestamp added = m_catalog.added(item);
        if (added == noTime)
            added = m_catalog.medianAdded();
        const double age = std::max(0.0, static_cast<double>(m_now - added)) / (rule.halfLife * secondsOfADay);
        return static_cast<float>(std::exp2(-std::min(age, mostHalfLives)));
    });
}

void RuleRun::operator()(const PositionBiasRule&)
{
    scale([&](ItemIndex item) { return item.value < m_ready->factors.size() ? m_ready->factors[item.value] : 1; });
}

std::vector<ItemIndex> RuleRun::pinnedItems() const
{
    std::vector<ItemIndex> items;
    for (const Pin& pin : m_pins)
        items.push_back(pin.entry.item);
    return items;
}

std::vector<ItemIndex> RuleRun::poolItems(int pool)
{
    const std::size_t n = std::min(m_free.size(), static_cast<std::size_t>(pool));
    std::vector<ItemIndex> items(n);
    m_relevance.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        items[i] = m_free[i].item;
        m_relevance[i] = m_free[i].score / m_free.front().score;
    }
    return items;
}

void RuleRun::operator()(const DiversityRule& rule)
{
    const auto items = poolItems(rule.pool);
    reorder(mmrOrder(m_catalog, rule.by, items, m_relevance, rule.lambda, static_cast<std::size_t>(rule.places),
                     pinnedItems()),
            items.size());
}

void RuleRun::operator()(const CalibrationRule& rule)
{
    const auto wanted = sharesOf(m_catalog, m_request.query.history);
    if (wanted.empty())
        return nothing("the history tells of no categories");
    const auto items = poolItems(rule.pool);
    reorder(calibratedOrder(m_catalog, wanted, items, m_relevance, rule.lambda, static_cast<std::size_t>(rule.places),
                            pinnedItems()),
            items.size());
}

void RuleRun::reorder(std::span<const std::uint32_t> first, std::size_t pool)
{
    std::vector<Entry> order;
    order.reserve(m_free.size());
    std::vector<std::uint8_t> chosen(pool, 0);
    for (const std::uint32_t place : first) {
        order.push_back(m_free[place]);
        chosen[place] = 1;
    }
    for (std::size_t place = 0; place < m_free.size(); ++place)
        if (place >= pool || chosen[place] == 0)
            order.push_back(m_free[place]);
    giveOut(std::move(order));
}

// Where two have the same score and the order is not that of the items, the second gets a hair less: the order holds.
void RuleRun::giveOut(std::vector<Entry> order)
{
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i].score = m_free[i].score;
        if (i > 0 && !better(order[i - 1], order[i]))
            order[i].score = std::nextafter(order[i - 1].score, -1.F);
    }
    m_free = std::move(order);
}

void RuleRun::nothing(std::string why)
{
    if (m_trail)
        m_trail->m_effects.back() = {RuleEffect::State::NothingToDo, std::move(why), 0, 0};
}

std::vector<Reranked> RuleRun::combined(std::size_t most) const
{
    std::vector<Reranked> list;
    const std::size_t n = std::min(most, m_free.size() + m_pins.size());
    list.reserve(n);
    auto free = m_free.begin();
    auto pin = m_pins.begin();
    while (list.size() < n) {
        const bool pinned = pin != m_pins.end() && (pin->place <= list.size() + 1 || free == m_free.end());
        const Entry& entry = pinned ? (pin++)->entry : *free++;
        list.push_back({entry.item, entry.score, entry.candidate, pinned});
    }
    return list;
}

std::vector<Reranked> RuleRun::first(std::size_t k) const
{
    auto list = combined(k);
    for (Reranked& one : list)
        one.candidate = std::min(one.candidate, m_given);
    return list;
}

void RuleRun::startTrail(std::span<const Candidate> candidates, const std::vector<std::uint8_t>& part)
{
    *m_trail = {};
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        m_trail->m_items.push_back(candidates[i].item);
        m_trail->m_whyDropped.emplace_back(part[i] != 0                      ? ""
                                           : std::isnan(candidates[i].score) ? "cannot be scored"
                                                                             : "named twice");
    }
    record();
}

void RuleRun::record()
{
    auto& places = m_trail->m_places.emplace_back(m_trail->m_items.size(), 0);
    auto& scores = m_trail->m_scores.emplace_back(m_trail->m_items.size(), 0.F);
    std::uint32_t place = 0;
    for (const Reranked& one : combined(Reranker::all)) {
        places[one.candidate] = ++place;
        scores[one.candidate] = one.score;
    }
}

// Moved is what stands at another place among those that are there before and after.
void RuleRun::recordEffect()
{
    record();
    const auto& after = m_trail->m_places.back();
    const auto& before = m_trail->m_places[m_trail->m_places.size() - 2];
    RuleEffect& effect = m_trail->m_effects.back();
    const auto orderBy = [&](const std::vector<std::uint32_t>& places) {
        std::vector<std::uint32_t> order;
        for (std::uint32_t i = 0; i < after.size(); ++i)
            if (before[i] > 0 && after[i] > 0)
                order.push_back(i);
        std::ranges::sort(order, {}, [&](std::uint32_t i) { return places[i]; });
        return order;
    };
    std::vector<std::uint8_t> moved(after.size(), 0);
    const auto was = orderBy(before), is = orderBy(after);
    std::vector<std::uint32_t> placeWas(after.size(), 0);
    for (std::uint32_t i = 0; i < was.size(); ++i)
        placeWas[was[i]] = i;
    for (std::uint32_t i = 0; i < is.size(); ++i)
        if (placeWas[is[i]] != i) {
            moved[is[i]] = 1;
            ++effect.moved;
        }
    for (std::size_t i = 0; i < after.size(); ++i)
        effect.dropped += before[i] > 0 && after[i] == 0 ? 1 : 0;
    m_trail->m_movedBy.push_back(std::move(moved));
}

void RuleRun::act(std::size_t rule)
{
    m_rule = rule;
    m_ready = &m_owner.m_ready[rule];
    const Rule& held = m_owner.rules().rules[rule];
    if (m_trail) {
        m_trail->m_words.push_back(wordsOf(held));
        m_trail->m_effects.emplace_back();
    }
    const std::string why = held.on && m_ready->lacks.empty() ? m_owner.whyNot(rule, m_request) : std::string{};
    if (!held.on) {
        if (m_trail)
            m_trail->m_effects.back().state = RuleEffect::State::Off;
    } else if (!m_ready->lacks.empty()) {
        nothing(m_ready->lacks);
    } else if (!why.empty()) {
        if (m_trail)
            m_trail->m_effects.back() = {RuleEffect::State::NotNow, why, 0, 0};
    } else if (std::holds_alternative<ExposureRule>(held.action)) {
        if (m_trail)
            m_trail->m_effects.back() = {RuleEffect::State::NotForOne, "acts over many people at once", 0, 0};
    } else {
        std::visit(*this, held.action);
    }
    if (m_trail)
        recordEffect();
}

std::vector<float> placeScores(std::span<const Candidate> candidates)
{
    std::vector<Entry> entries;
    for (std::uint32_t i = 0; i < candidates.size(); ++i)
        if (!std::isnan(candidates[i].score))
            entries.push_back({candidates[i].score, candidates[i].item, i});
    std::ranges::sort(entries, better);
    giveDiscounts(entries);
    std::vector<float> scores(candidates.size(), 0);
    for (const Entry& entry : entries)
        scores[entry.candidate] = entry.score;
    return scores;
}

std::optional<std::size_t> RuleTrail::find(ItemIndex item) const
{
    const auto found = std::ranges::find(m_items, item);
    return found == m_items.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - m_items.begin()));
}

std::optional<std::size_t> RuleTrail::droppedBy(std::size_t candidate) const
{
    for (std::size_t rule = 0; rule < m_effects.size(); ++rule)
        if (m_places[rule][candidate] > 0 && m_places[rule + 1][candidate] == 0)
            return rule;
    return {};
}

std::vector<RuleStep> RuleTrail::stepsOf(std::size_t candidate) const
{
    std::vector<RuleStep> steps;
    for (std::size_t rule = 0; rule < m_effects.size(); ++rule) {
        const RuleStep step{rule,
                            m_places[rule][candidate],
                            m_places[rule + 1][candidate],
                            m_scores[rule][candidate],
                            m_scores[rule + 1][candidate],
                            {}};
        const bool isHere = step.placeAfter > 0, wasHere = step.placeBefore > 0;
        if (isHere == wasHere && step.scoreBefore == step.scoreAfter && m_movedBy[rule][candidate] == 0)
            continue;
        steps.push_back(step);
        steps.back().why = wasHere && !isHere ? m_whyDropped[candidate] : m_words[rule];
    }
    return steps;
}

Reranker::Reranker(RuleSet rules, std::shared_ptr<const RuleCatalog> catalog)
    : m_rules(std::move(rules)), m_catalog(std::move(catalog)), m_ready(m_rules.rules.size())
{
}

Reranker::~Reranker() = default;

Result<std::shared_ptr<const Reranker>> Reranker::make(RuleSet rules, std::shared_ptr<const RuleCatalog> catalog)
{
    auto made = std::make_shared<Reranker>(std::move(rules), std::move(catalog));
    for (std::size_t i = 0; i < made->m_ready.size(); ++i) {
        const Rule& rule = made->m_rules.rules[i];
        Ready& ready = made->m_ready[i];
        auto prepared = prepareConditions(rule.when, ready);
        if (prepared && rule.on)
            prepared = std::visit(Preparation(*made->m_catalog, ready), rule.action);
        if (!prepared) {
            prepared.error().where = fmt::format("rule {} ({})", i + 1, wordsOf(rule));
            return tl::unexpected(prepared.error());
        }
    }
    return made;
}

std::string Reranker::whyNot(std::size_t rule, const RuleRequest& request) const
{
    const Ready& ready = m_ready[rule];
    const Timestamp now = request.query.now == endOfTime ? m_catalog->lastEvent() : request.query.now;
    for (const Wish& wish : ready.audience)
        if (!holds(wish, request.query.who))
            return fmt::format("only for people with {}", wish.words);
    for (const Wish& wish : ready.context)
        if (!holds(wish, request.query.context))
            return fmt::format("only when {}", wish.words);
    if (!ready.shelves.empty() && std::ranges::count(ready.shelves, request.shelf) == 0)
        return fmt::format("only on {}", m_rules.rules[rule].when.shelves);
    if (ready.from != noTime && (now == noTime || now < ready.from))
        return fmt::format("only from {}", m_rules.rules[rule].when.from);
    if (ready.until != endOfTime && (now == noTime || now >= ready.until))
        return fmt::format("only until {}", m_rules.rules[rule].when.until);
    return {};
}

std::vector<Reranked> Reranker::rerank(std::span<const Candidate> candidates, const RuleRequest& request, std::size_t k,
                                       RuleTrail* trail, std::size_t rules) const
{
    RuleRun run(*this, request, trail);
    run.start(candidates);
    for (std::size_t rule = 0; rule < std::min(rules, m_rules.rules.size()); ++rule)
        run.act(rule);
    return run.first(k);
}

Result<std::vector<std::vector<Reranked>>> rerankAll(const Reranker& reranker,
                                                     std::span<const std::vector<Candidate>> candidates,
                                                     std::span<const RuleRequest> requests, std::size_t k,
                                                     const JobContext& job)
{
    constexpr std::size_t peopleAtOnce = 16;
    std::vector<std::vector<Reranked>> lists(requests.size());
    const auto done = parallelFor(job, requests.size(), peopleAtOnce, [&](std::size_t first, std::size_t last) {
        for (std::size_t person = first; person < last; ++person)
            lists[person] = reranker.rerank(candidates[person], requests[person], k);
    });
    if (!done)
        return tl::unexpected(done.error());
    return lists;
}

} // namespace orrery
