// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/storefront.h"

#include "core/base/words.h"
#include "core/data/catalog_columns.h"
#include "core/data/moments.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>
#include <set>
#include <unordered_set>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr Timestamp shortestHalfLife = 3600;
constexpr Timestamp halfLivesKept = 10; // what is older counts less than a thousandth
constexpr int partsOfTime = 50;
constexpr std::size_t spareItems = 3; // asked for, as a multiple of what is shown: others may stand on the page already

std::string lengthOf(Timestamp seconds)
{
    const auto said = [](double number, const char* one, const char* many) {
        return fmt::format("{:.0f} {}", number, std::lround(number) == 1 ? one : many);
    };
    const auto s = static_cast<double>(seconds);
    return s < 2 * 86'400 ? said(s / 3600, "hour", "hours") : said(s / 86'400, "day", "days");
}

std::vector<bool> soldOutOf(const Dataset& dataset)
{
    std::vector<bool> soldOut(dataset.itemCount(), false);
    const AttributeColumn* stock = CatalogColumns(dataset.items())[CatalogField::Stock];
    if (const auto* numbers = stock ? std::get_if<NumberColumn>(&stock->data) : nullptr)
        for (std::size_t item = 0; item < std::min(soldOut.size(), numbers->values.size()); ++item)
            soldOut[item] = numbers->values[item] <= 0;
    return soldOut;
}

} // namespace

std::string_view idOf(ShelfKind kind)
{
    switch (kind) {
    case ShelfKind::ForYou: return "for-you";
    case ShelfKind::BecauseYouViewed: return "because-you-viewed";
    case ShelfKind::BoughtTogether: return "bought-together";
    case ShelfKind::Similar: return "similar";
    case ShelfKind::Trending: return "trending";
    case ShelfKind::NewArrivals: break;
    }
    return "new";
}

/// Fills the shelves of one page.
class Storefront::Filler {
public:
    Filler(const Storefront& owner, const ShopPage& asked, const Recommender& source, const JobContext& context)
        : m_shop(owner), m_page(asked), m_recommender(source), m_job(context)
    {
        for (const ItemIndex item : asked.visit.hidden(asked.now))
            m_taken.insert(item.value);
        for (const ItemIndex item : asked.visit.cart(asked.now))
            m_taken.insert(item.value);
        if (asked.kind == ShopPage::Kind::Product && asked.product)
            m_taken.insert(asked.product->value);
    }

    [[nodiscard]] Result<std::vector<Shelf>> fill();

private:
    [[nodiscard]] Result<Shelf> forYou();
    [[nodiscard]] Shelf becauseYouViewed(ItemIndex item);
    [[nodiscard]] Shelf boughtTogether();
    [[nodiscard]] Shelf similar(ItemIndex item);
    [[nodiscard]] Shelf trending();
    [[nodiscard]] Shelf newArrivals();
    [[nodiscard]] std::optional<ItemIndex> lastViewed() const;
    [[nodiscard]] std::string title(ItemIndex item) const { return m_shop.m_dataset->title(item); }
    /// False when the shelf is full.
    bool put(Shelf& shelf, ItemIndex item, std::string why)
    {
        if (shelf.items.size() < m_page.each && !m_shop.soldOut(item) && m_taken.insert(item.value).second)
            shelf.items.push_back({item, std::move(why)});
        return shelf.items.size() < m_page.each;
    }
    void putTogether(Shelf& shelf, const std::vector<Together>& found, std::string_view baskets, bool namesPartner);

    const Storefront& m_shop;
    const ShopPage& m_page;
    const Recommender& m_recommender;
    const JobContext& m_job;
    std::unordered_set<std::uint32_t> m_taken;
};

void Storefront::Filler::putTogether(Shelf& shelf, const std::vector<Together>& found, std::string_view baskets,
                                     bool namesPartner)
{
    for (const Together& one : found) {
        std::string why = fmt::format("in {} {} together, {:.1f} times chance", one.both, baskets, one.lift);
        if (namesPartner)
            why = fmt::format("with {}: {}", title(one.with), why);
        if (!put(shelf, one.item, std::move(why)))
            return;
    }
    if (shelf.items.empty())
        shelf.note = "Nothing goes along with it more often than by chance";
}

std::optional<ItemIndex> Storefront::Filler::lastViewed() const
{
    for (const ItemIndex item : m_page.visit.viewed(m_page.now))
        if (m_page.kind != ShopPage::Kind::Product || m_page.product != item)
            return item;
    return {};
}

Result<Shelf> Storefront::Filler::forYou()
{
    Shelf shelf{ShelfKind::ForYou, "For you", m_recommender.name(), {}, {}};
    const Query query = m_page.visit.asked(m_page.visitor, *m_shop.m_dataset, m_page.now);
    const auto list =
        m_recommender.recommend(query, spareItems * m_page.each + m_taken.size(), TrailLevel::None, m_job);
    if (!list) {
        if (list.error().code == Code::Cancelled)
            return tl::unexpected(list.error());
        shelf.note = list.error().message;
        return shelf;
    }
    shelf.note = list->fallback.empty() ? sentenceOf(list->sources) : list->fallback;
    for (const Recommendation& one : list->items)
        if (!put(shelf, one.item, {}))
            break;
    return shelf;
}

Shelf Storefront::Filler::becauseYouViewed(ItemIndex item)
{
    Shelf shelf{ShelfKind::BecauseYouViewed, fmt::format("Because you viewed {}", title(item)), "sittings", {}, {}};
    putTogether(shelf, m_shop.m_seen->with(item, spareItems * m_page.each), "sittings", false);
    return shelf;
}

Shelf Storefront::Filler::boughtTogether()
{
    const bool isCart = m_page.kind == ShopPage::Kind::Cart;
    const Baskets& baskets = *m_shop.m_bought;
    const bool bought = baskets.kind() != EventKind::Rating;
    const std::string_view what = bought ? "baskets" : "sittings";
    Shelf shelf{ShelfKind::BoughtTogether,
                bought ? "Frequently bought together" : "Often chosen together",
                fmt::format("{} {}", grouped(baskets.size()), what),
                {},
                {}};
    const std::vector<ItemIndex> cart = m_page.visit.cart(m_page.now);
    if (isCart && cart.empty())
        shelf.note = "The cart is empty";
    else if (isCart)
        putTogether(shelf, baskets.withAll(cart, spareItems * m_page.each), what, true);
    else
        putTogether(shelf, baskets.with(*m_page.product, spareItems * m_page.each), what, false);
    return shelf;
}

Shelf Storefront::Filler::similar(ItemIndex item)
{
    Shelf shelf{ShelfKind::Similar, "Similar items", m_recommender.name(), {}, {}};
    const ModelPtr model = m_recommender.model();
    const auto found = model ? model->similarItems(item, spareItems * m_page.each)
                             : error(Code::Unsupported, "This list does not know what is similar");
    if (!found) {
        shelf.source = "sittings";
        putTogether(shelf, m_shop.m_seen->with(item, spareItems * m_page.each), "sittings", false);
        return shelf;
    }
    for (const Neighbour& one : *found)
        if (!put(shelf, one.item, fmt::format("similarity {:.2f}", one.similarity)))
            break;
    if (shelf.items.empty())
        shelf.note = "Nothing is similar to it";
    return shelf;
}

Shelf Storefront::Filler::trending()
{
    Shelf shelf{ShelfKind::Trending, "Trending now", fmt::format("half-life {}", lengthOf(m_shop.m_halfLife)), {}, {}};
    const std::vector<Trend> trends = m_shop.trendsAt(m_page.now, m_page.visit);
    std::vector<std::uint32_t> order;
    for (std::uint32_t item = 0; item < trends.size(); ++item)
        if (trends[item].above > 0)
            order.push_back(item);
    const auto most = std::min(order.size(), spareItems * m_page.each + m_taken.size());
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(most), [&](auto a, auto b) {
        return trends[a].above != trends[b].above ? trends[a].above > trends[b].above : a < b;
    });
    for (std::size_t i = 0; i < most; ++i)
        if (!put(shelf, ItemIndex{order[i]}, fmt::format("{:.1f} times its usual use", trends[order[i]].times)))
            break;
    if (shelf.items.empty())
        shelf.note = m_shop.m_byTime.empty() ? "Events have no times" : "Nothing is used more than usually";
    return shelf;
}

Shelf Storefront::Filler::newArrivals()
{
    Shelf shelf{ShelfKind::NewArrivals, "New arrivals", "the catalog", {}, {}};
    for (const std::uint32_t item : m_shop.m_byAge)
        if (m_shop.m_added[item] <= m_page.now &&
            !put(shelf, ItemIndex{item}, fmt::format("since {}", dayOf(m_shop.m_added[item]))))
            break;
    if (shelf.items.empty())
        shelf.note = "Nothing tells when items came";
    return shelf;
}

Result<std::vector<Shelf>> Storefront::Filler::fill()
{
    std::vector<Shelf> shelves;
    const auto last = lastViewed();
    const bool isHome = m_page.kind == ShopPage::Kind::Home;
    if (!isHome)
        shelves.push_back(boughtTogether());
    if (m_page.kind == ShopPage::Kind::Product)
        shelves.push_back(similar(*m_page.product));
    if (last && m_page.kind != ShopPage::Kind::Cart)
        shelves.push_back(becauseYouViewed(*last));
    if (m_page.kind != ShopPage::Kind::Product) {
        auto mine = forYou();
        if (!mine)
            return tl::unexpected(mine.error());
        shelves.push_back(std::move(*mine));
    }
    if (isHome) {
        shelves.push_back(trending());
        shelves.push_back(newArrivals());
    }
    return shelves;
}

Result<std::shared_ptr<const Storefront>> Storefront::open(std::shared_ptr<const Dataset> dataset,
                                                           const JobContext& job)
{
    auto shop = std::make_shared<Storefront>();
    auto bought = Baskets::collect(*dataset, Baskets::What::Bought, job.part(0, .4));
    if (!bought)
        return tl::unexpected(bought.error());
    shop->m_bought = std::make_shared<const Baskets>(std::move(*bought));
    auto seen = Baskets::collect(*dataset, Baskets::What::Seen, job.part(.4, .8));
    if (!seen)
        return tl::unexpected(seen.error());
    shop->m_seen = std::make_shared<const Baskets>(std::move(*seen));
    shop->m_dataset = std::move(dataset);
    shop->takeEvents();
    shop->takeCatalog();
    return shop;
}

void Storefront::takeEvents()
{
    const EventLog& log = m_dataset->log();
    m_first.assign(m_dataset->itemCount(), noTime);
    for (std::uint32_t event = 0; event < log.times().size(); ++event) {
        const Timestamp at = log.times()[event];
        if (at == noTime || m_dataset->kindWeights()[log.kindOf(event)] <= 0)
            continue;
        m_byTime.push_back(event);
        Timestamp& first = m_first[log.items()[event].value];
        first = first == noTime ? at : std::min(first, at);
    }
    std::ranges::stable_sort(m_byTime, {}, [&log](std::uint32_t event) { return log.times()[event]; });
    if (!m_byTime.empty()) {
        m_firstEvent = log.times()[m_byTime.front()];
        m_lastEvent = log.times()[m_byTime.back()];
        m_halfLife = std::max(shortestHalfLife, (m_lastEvent - m_firstEvent) / partsOfTime);
    }
    m_itemStarts.assign(m_dataset->itemCount() + 1, 0);
    for (const std::uint32_t event : m_byTime)
        ++m_itemStarts[log.items()[event].value + 1];
    std::partial_sum(m_itemStarts.begin(), m_itemStarts.end(), m_itemStarts.begin());
    m_places.resize(m_byTime.size());
    std::vector<std::uint64_t> next(m_itemStarts.begin(), m_itemStarts.end() - 1);
    for (std::uint32_t place = 0; place < m_byTime.size(); ++place)
        m_places[next[log.items()[m_byTime[place]].value]++] = place;
}

Storefront::Traffic Storefront::traffic(Timestamp from, Timestamp to) const
{
    const EventLog& log = m_dataset->log();
    const auto timeOf = [&log](std::uint32_t event) { return log.times()[event]; };
    const auto begin = std::ranges::lower_bound(m_byTime, from, {}, timeOf);
    const auto end = std::ranges::lower_bound(begin, m_byTime.end(), to, {}, timeOf);
    std::set<UserIndex> people;
    std::map<ItemIndex, std::size_t> items;
    for (auto event = begin; event != end; ++event) {
        people.insert(log.users()[*event]);
        ++items[log.items()[*event]];
    }
    const auto busiest = std::ranges::max_element(items, {}, &std::pair<const ItemIndex, std::size_t>::second);
    return {static_cast<std::size_t>(end - begin), people.size(),
            busiest == items.end() ? std::nullopt : std::optional(busiest->first)};
}

void Storefront::takeCatalog()
{
    m_soldOut = soldOutOf(*m_dataset);
    m_added = m_first;
    if (const AttributeColumn* dates = CatalogColumns(m_dataset->items())[CatalogField::Added])
        for (std::uint32_t item = 0; item < m_dataset->itemCount(); ++item)
            if (const Timestamp at = momentOf(*dates, item); at != noTime)
                m_added[item] = at;
    for (std::uint32_t item = 0; item < m_dataset->itemCount(); ++item)
        if (m_added[item] != noTime)
            m_byAge.push_back(item);
    std::ranges::stable_sort(m_byAge, std::greater{}, [this](std::uint32_t item) { return m_added[item]; });
}

// Only what was used lately can be above its usual use: of that alone it is counted how often it was used before.
std::vector<Storefront::Trend> Storefront::trendsAt(Timestamp now, const Visit& visit) const
{
    const auto times = m_dataset->log().times();
    const auto timeOf = [times](std::uint32_t event) { return times[event]; };
    std::vector<Trend> trends(m_dataset->itemCount());
    if (m_byTime.empty())
        return trends;
    const Timestamp last = now == endOfTime ? m_lastEvent : now;
    const double perSecond = std::numbers::ln2 / static_cast<double>(m_halfLife);
    const auto decayed = [&](Timestamp at) { return std::exp(-perSecond * static_cast<double>(last - at)); };
    const auto end = std::ranges::upper_bound(m_byTime, now, {}, timeOf);
    const auto begin = std::ranges::lower_bound(m_byTime.begin(), end, last - halfLivesKept * m_halfLife, {}, timeOf);
    std::vector<double> recent(trends.size(), 0);
    for (auto event = begin; event != end; ++event)
        recent[m_dataset->log().items()[*event].value] += decayed(times[*event]);
    for (const VisitEvent& event : visit.at(now))
        if (m_dataset->kindWeights()[event.kind] > 0)
            recent[event.item.value] += decayed(std::min(event.at, last));
    const auto known = static_cast<std::uint32_t>(end - m_byTime.begin());
    for (std::size_t item = 0; item < trends.size(); ++item) {
        const auto places =
            std::span(m_places).subspan(m_itemStarts[item], m_itemStarts[item + 1] - m_itemStarts[item]);
        const auto before = recent[item] > 0 ? std::ranges::lower_bound(places, known) - places.begin() : 0;
        if (before == 0)
            continue;
        // n events spread evenly over a life of x half-lives' e-foldings leave n / x (1 - e^-x).
        const double life = std::max(1.0, static_cast<double>(last - m_first[item]) * perSecond);
        const double expected = static_cast<double>(before) / life * -std::expm1(-life);
        trends[item] = {(recent[item] - expected) / std::sqrt(expected + 1), recent[item] / expected};
    }
    return trends;
}

Result<std::vector<Shelf>> Storefront::shelves(const ShopPage& page, const Recommender& recommender,
                                               const JobContext& job) const
{
    if (page.kind == ShopPage::Kind::Product && (!page.product || page.product->value >= m_dataset->itemCount()))
        return error(Code::InvalidArgument, "A product page is of a product", "Choose an item");
    return Filler(*this, page, recommender, job).fill();
}

} // namespace orrery
