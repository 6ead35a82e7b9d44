// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/value_features.h"

#include "core/data/catalog_columns.h"
#include "core/data/time_distance.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

namespace orrery {
namespace {

constexpr Timestamp minute = 60, hour = 60 * minute, day = 24 * hour;
constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr float money = 1e12F, many = 1e9F, longAgo = 1e5F, logs = 50; // days: 270 years

// The columns, in the order of valueFeatures().
// clang-format off
enum Column : std::size_t {
    Spend1, Spend7, Spend30, Spend90, SpendEver, SpendTrend,
    Orders7, Orders30, Orders90, OrdersEver, UnitsEver, ItemsEver,
    SinceLast, SinceFirst, SinceEvent, Gap, Overdue,
    BasketMean, BasketLast, BasketLargest, CategoryTop, CategoryCount,
    Views7, Views30, Carts7, Returned, Weekend, Evening, columnCount
};
// clang-format on

std::vector<Feature> declared()
{
    using Unit = FeatureUnit;
    std::vector<Feature> features;
    const auto always = [&](const char* id, const char* title, const char* about, Unit unit, float low, float high) {
        features.push_back({id, title, about, FeatureGroup::Person, unit, low, high, false});
    };
    const auto maybe = [&](const char* id, const char* title, const char* about, Unit unit, float low, float high) {
        features.push_back({id, title, about, FeatureGroup::Person, unit, low, high, true});
    };
    const char* const net = "Price x units, less what was given back.";
    always("spend.1d", "Spent in the last day", net, Unit::Money, -money, money);
    always("spend.7d", "Spent in 7 days", net, Unit::Money, -money, money);
    always("spend.30d", "Spent in 30 days", net, Unit::Money, -money, money);
    always("spend.90d", "Spent in 90 days", net, Unit::Money, -money, money);
    always("spend.ever", "Spent ever", net, Unit::Money, -money, money);
    always("spend.trend", "Spending against the month before", "1 + spent in 30 days, to 1 + spent in the 30 before.",
           Unit::LogRatio, -logs, logs);
    const char* const order = "What was bought in one session, or within half an hour of each other.";
    always("orders.7d", "Orders in 7 days", order, Unit::Count, 0, many);
    always("orders.30d", "Orders in 30 days", order, Unit::Count, 0, many);
    always("orders.90d", "Orders in 90 days", order, Unit::Count, 0, many);
    always("orders.ever", "Orders ever", order, Unit::Count, 0, many);
    always("units.ever", "Units bought ever", "Of all items.", Unit::Count, 0, money);
    always("items.ever", "Different items bought", "Ever.", Unit::Count, 0, many);
    maybe("days.since_order", "Since the last purchase", "Not known of who never bought.", Unit::Days, 0, longAgo);
    maybe("days.since_first", "Since the first purchase", "Not known of who never bought.", Unit::Days, 0, longAgo);
    maybe("days.since_event", "Since anything was done", "Events of any kind.", Unit::Days, 0, longAgo);
    maybe("days.between", "Between two orders", "The mean; not known before the second order.", Unit::Days, 0, longAgo);
    maybe("days.overdue", "Since the last order, against what is usual",
          "1 hour + the time since, to 1 hour + the mean time between orders.", Unit::LogRatio, -logs, logs);
    maybe("basket.mean", "Spent on an order, on average", order, Unit::Money, 0, money);
    maybe("basket.last", "Spent on the last order", order, Unit::Money, 0, money);
    maybe("basket.largest", "Spent on the largest order", order, Unit::Money, 0, money);
    maybe("category.top_share", "Share of the favourite category", "Of what was paid; the widest category of an item.",
          Unit::Share, 0, 1);
    maybe("category.count", "Categories bought from", "The widest of each item.", Unit::Count, 0, many);
    always("views.7d", "Looked at in 7 days", "Views and clicks.", Unit::Count, 0, many);
    always("views.30d", "Looked at in 30 days", "Views and clicks.", Unit::Count, 0, many);
    always("carts.7d", "Put into the cart in 7 days", "Events.", Unit::Count, 0, many);
    maybe("returned.share", "Share given back", "Of what was paid.", Unit::Share, 0, 1);
    maybe("weekend.share", "Orders on Saturday and Sunday", "Share of the orders, in UTC.", Unit::Share, 0, 1);
    maybe("evening.share", "Orders from 18 to 24 h", "Share of the orders, in UTC.", Unit::Share, 0, 1);
    return features;
}

struct Order {
    Timestamp at = 0;
    double spent = 0;
};

float ratio(double part, double whole) { return whole > 0 ? static_cast<float>(part / whole) : missing; }

float daysOf(double seconds) { return static_cast<float>(seconds / static_cast<double>(day)); }

/// What a person's events before `now` add up to, taken one after the other in the order of time.
class Ledger {
public:
    explicit Ledger(Timestamp now) : m_now(now) {}

    void saw(Timestamp at, EventKind kind)
    {
        m_newest = at;
        if (kind == EventKind::View || kind == EventKind::Click) {
            m_views7 += within(at, 7);
            m_views30 += within(at, 30);
        }
        m_carts7 += kind == EventKind::Cart ? within(at, 7) : 0;
    }

    void bought(const Event& event, double spent, std::uint32_t category)
    {
        if (spent < 0 || event.value < 0)
            m_returned -= std::min(spent, 0.);
        else
            takePurchase(event, spent, category);
        for (std::size_t w = 0; w < windows.size(); ++w)
            m_spent[w] += within(event.at, windows[w]) * spent;
        m_ever += spent;
    }

    void write(std::span<float> out)
    {
        std::ranges::fill(out, missing);
        writeSpending(out);
        writeOrders(out);
        writeTimes(out);
        writeCategories(out);
        out[Views7] = static_cast<float>(m_views7);
        out[Views30] = static_cast<float>(m_views30);
        out[Carts7] = static_cast<float>(m_carts7);
        out[Returned] = m_paid > 0 ? static_cast<float>(std::min(m_returned / m_paid, 1.)) : missing;
    }

private:
    static constexpr std::array<int, 5> windows{1, 7, 30, 60, 90}; // days

    [[nodiscard]] double within(Timestamp at, int days) const
    {
        return secondsBetween(at, m_now) <= static_cast<double>(days * day) ? 1 : 0;
    }

    void takePurchase(const Event& event, double spent, std::uint32_t category)
    {
        const bool goesOn = !m_orders.empty() && (event.session != noSession || m_session != noSession
                                                      ? event.session == m_session
                                                      : secondsBetween(m_bought, event.at) < hour / 2.0);
        if (goesOn)
            m_orders.back().spent += spent;
        else
            m_orders.push_back({event.at, spent});
        m_session = event.session;
        m_bought = event.at;
        m_paid += spent;
        m_units += static_cast<double>(event.value);
        m_items.push_back(event.item.value);
        m_categories.emplace_back(category, spent);
    }

    void writeSpending(std::span<float> out) const
    {
        out[Spend1] = static_cast<float>(m_spent[0]);
        out[Spend7] = static_cast<float>(m_spent[1]);
        out[Spend30] = static_cast<float>(m_spent[2]);
        out[Spend90] = static_cast<float>(m_spent[4]);
        out[SpendEver] = static_cast<float>(m_ever);
        const double now = std::max(m_spent[2], 0.), before = std::max(m_spent[3] - m_spent[2], 0.);
        out[SpendTrend] = static_cast<float>(std::log((1 + now) / (1 + before)));
    }

    void writeOrders(std::span<float> out)
    {
        double weekend = 0, evening = 0, sum = 0, largest = 0;
        std::array<double, 3> counts{};
        for (const Order& order : m_orders) {
            counts[0] += within(order.at, 7);
            counts[1] += within(order.at, 30);
            counts[2] += within(order.at, 90);
            const Timestamp ofDay = (order.at % day + day) % day; // seconds, also before 1970
            const Timestamp days = order.at / day - (order.at % day < 0 ? 1 : 0);
            const Timestamp weekday = ((days + 4) % 7 + 7) % 7; // 1 January 1970 was a Thursday
            weekend += weekday == 0 || weekday == 6 ? 1 : 0;
            evening += ofDay >= 18 * hour ? 1 : 0;
            sum += order.spent;
            largest = std::max(largest, order.spent);
        }
        const auto orders = static_cast<double>(m_orders.size());
        out[Orders7] = static_cast<float>(counts[0]);
        out[Orders30] = static_cast<float>(counts[1]);
        out[Orders90] = static_cast<float>(counts[2]);
        out[OrdersEver] = static_cast<float>(orders);
        out[UnitsEver] = static_cast<float>(m_units);
        std::ranges::sort(m_items);
        out[ItemsEver] = static_cast<float>(std::unique(m_items.begin(), m_items.end()) - m_items.begin());
        out[BasketMean] = ratio(sum, orders);
        out[Weekend] = ratio(weekend, orders);
        out[Evening] = ratio(evening, orders);
        if (m_orders.empty())
            return;
        out[BasketLast] = static_cast<float>(m_orders.back().spent);
        out[BasketLargest] = static_cast<float>(largest);
    }

    void writeTimes(std::span<float> out) const
    {
        if (m_newest != noTime)
            out[SinceEvent] = daysOf(secondsBetween(m_newest, m_now));
        if (m_orders.empty())
            return;
        const double since = secondsBetween(m_bought, m_now);
        const double reach = secondsBetween(m_orders.front().at, m_orders.back().at);
        out[SinceLast] = daysOf(since);
        out[SinceFirst] = daysOf(secondsBetween(m_orders.front().at, m_now));
        if (m_orders.size() < 2)
            return;
        out[Gap] = daysOf(reach) / static_cast<float>(m_orders.size() - 1);
        constexpr float anHour = 1.F / 24;
        out[Overdue] = std::log((daysOf(since) + anHour) / (out[Gap] + anHour));
    }

    void writeCategories(std::span<float> out)
    {
        std::ranges::sort(m_categories);
        double largest = 0, known = 0;
        std::size_t count = 0;
        for (std::size_t first = 0; first < m_categories.size();) {
            double sum = 0;
            std::size_t last = first;
            for (; last < m_categories.size() && m_categories[last].first == m_categories[first].first; ++last)
                sum += m_categories[last].second;
            if (m_categories[first].first != std::numeric_limits<std::uint32_t>::max()) {
                ++count;
                known += sum;
                largest = std::max(largest, sum);
            }
            first = last;
        }
        if (count == 0)
            return;
        out[CategoryCount] = static_cast<float>(count);
        out[CategoryTop] = ratio(largest, known);
    }

    Timestamp m_now, m_newest = noTime, m_bought = noTime;
    std::uint32_t m_session = noSession;
    std::array<double, windows.size()> m_spent{};
    double m_ever = 0, m_paid = 0, m_returned = 0, m_units = 0, m_views7 = 0, m_views30 = 0, m_carts7 = 0;
    std::vector<Order> m_orders;
    std::vector<std::uint32_t> m_items;
    std::vector<std::pair<std::uint32_t, double>> m_categories; ///< and what was paid, by purchase
};

template <class Column> const Column* columnOf(const AttributeColumn* column)
{
    return column ? std::get_if<Column>(&column->data) : nullptr;
}

} // namespace

std::span<const Feature> valueFeatures()
{
    static const std::vector<Feature> features = declared();
    return features;
}

std::string CustomerHistory::whyNot(const Dataset& dataset)
{
    const EventLog& log = dataset.log();
    if (!log.hasTimes())
        return "Its events have no times, so there is no before and after: read it with a column of times";
    if (std::ranges::find(log.kinds(), EventKind::Purchase) == log.kinds().end())
        return "None of its events is a purchase: read it with a column that tells the kinds of events";
    const bool hasPrices = std::ranges::any_of(log.prices(), [](float price) { return !std::isnan(price); }) ||
                           columnOf<NumberColumn>(CatalogColumns(dataset.items())[CatalogField::Price]);
    return hasPrices ? "" : "Neither its events nor its items have prices: read it with a column of prices";
}

Result<CustomerHistory> CustomerHistory::open(const std::shared_ptr<const Dataset>& dataset, const JobContext& job)
{
    if (const auto why = whyNot(*dataset); !why.empty())
        return error(Code::InvalidArgument, "What people spend cannot be told from this dataset", why, dataset->name());
    auto index = EventIndex::open(dataset, job);
    if (!index)
        return tl::unexpected(index.error());
    return CustomerHistory(std::move(*index));
}

CustomerHistory::CustomerHistory(std::shared_ptr<const EventIndex> index) : m_index(std::move(index))
{
    const CatalogColumns columns(m_index->dataset().items());
    // Readers fill what a catalog does not tell from all that was paid, also later.
    if (m_index->dataset().log().prices().empty())
        m_prices = columnOf<NumberColumn>(columns[CatalogField::Price]);
    m_categories = columnOf<TagColumn>(columns[CatalogField::Category]);
}

Timestamp CustomerHistory::firstOf(UserIndex user) const
{
    const auto events = m_index->eventsBefore(user, endOfTime);
    const auto times = dataset().log().times();
    const auto timed = std::ranges::find_if(events, [&](std::uint32_t event) { return times[event] != noTime; });
    return timed == events.end() ? endOfTime : times[*timed];
}

double CustomerHistory::moneyOf(std::uint32_t event) const
{
    const EventLog& log = dataset().log();
    const std::size_t item = log.items()[event].value;
    double price = std::numeric_limits<double>::quiet_NaN();
    if (!log.prices().empty())
        price = static_cast<double>(log.prices()[event]);
    else if (m_prices && item < m_prices->values.size())
        price = m_prices->values[item];
    return std::isfinite(price) ? price * static_cast<double>(log.values()[event]) : 0;
}

std::uint32_t CustomerHistory::categoryOf(ItemIndex item) const
{
    const auto tags = m_categories ? m_categories->row(item.value) : std::span<const std::uint32_t>();
    return tags.empty() ? noCategory : tags.front();
}

void CustomerHistory::fill(UserIndex user, Timestamp now, std::span<float> out) const
{
    const auto features = valueFeatures();
    assert(out.size() == features.size() && features.size() == columnCount);
    const EventLog& log = dataset().log();
    Ledger ledger(now);
    for (const std::uint32_t event : m_index->eventsBefore(user, now)) {
        const Event one = log.at(event);
        if (one.at == noTime)
            continue;
        ledger.saw(one.at, one.kind);
        if (one.kind == EventKind::Purchase)
            ledger.bought(one, moneyOf(event), categoryOf(one.item));
    }
    ledger.write(out);
    for (std::size_t f = 0; f < out.size(); ++f)
        out[f] = std::clamp(out[f], features[f].low, features[f].high); // NaN stays
}

double CustomerHistory::spent(UserIndex user, Timestamp from, Timestamp to) const
{
    const EventLog& log = dataset().log();
    const auto events = m_index->eventsBefore(user, to).subspan(m_index->eventsBefore(user, from).size());
    double sum = 0;
    for (const std::uint32_t event : events)
        if (log.kindOf(event) == EventKind::Purchase)
            sum += moneyOf(event);
    return sum;
}

} // namespace orrery
