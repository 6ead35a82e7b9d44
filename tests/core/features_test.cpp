// SPDX-License-Identifier: GPL-3.0-or-later
// Features worked out by hand, and that none of them sees what happens at its moment or later.
#include "core/base/rng.h"
#include "core/ranking/feature_view.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

constexpr Timestamp minute = 60, hour = 3600, day = 86'400;
constexpr Timestamp now = 1'700'000'000; // Tuesday, 14 November 2023, 22:13:20
const std::vector<std::string> noSources;

/// Events of people and items by name, on top of a catalog.
class ShopBuilder {
public:
    DatasetBuilder catalog;

    ShopBuilder& event(std::string_view person, std::string_view item, EventKind kind, Timestamp at,
                       float price = noPrice, float value = 1)
    {
        m_events.push_back({std::string(person), std::string(item), kind, at, price, value});
        return *this;
    }
    [[nodiscard]] std::shared_ptr<const Dataset> build(Feedback feedback = Feedback::Implicit) const
    {
        DatasetParts parts = catalog.build()->parts();
        parts.feedback = feedback;
        Vocabulary people = *parts.personIds, items = *parts.itemIds;
        EventLog log;
        for (const Told& told : m_events) {
            Event event;
            event.user = UserIndex{people.add(told.person)};
            event.item = ItemIndex{items.add(told.item)};
            event.kind = told.kind;
            event.at = told.at;
            event.price = told.price;
            event.value = told.value;
            log.append(event);
        }
        parts.log = std::make_shared<const EventLog>(std::move(log));
        parts.personIds = std::make_shared<const Vocabulary>(std::move(people));
        parts.itemIds = std::make_shared<const Vocabulary>(std::move(items));
        return std::make_shared<const Dataset>(std::move(parts));
    }

private:
    struct Told {
        std::string person, item;
        EventKind kind;
        Timestamp at;
        float price, value;
    };
    std::vector<Told> m_events;
};

Candidates candidatesOf(std::vector<ItemIndex> items)
{
    Candidates made;
    made.merged.assign(items.size(), 0);
    made.items = std::move(items);
    return made;
}

/// A dataset that can be asked for features by name.
class Asked {
public:
    explicit Asked(std::shared_ptr<const Dataset> data)
        : m_data(std::move(data)), m_events(EventIndex::open(m_data, {}).value()),
          m_view(FeatureView::open(m_events, noSources, {}).value())
    {
    }

    [[nodiscard]] ItemIndex item(std::string_view id) const { return *m_data->findItem(id); }
    [[nodiscard]] Query person(std::string_view id, Timestamp at = now) const
    {
        return m_events->queryAt(*m_data->findPerson(id), at);
    }
    [[nodiscard]] double operator()(std::string_view id, const Query& query, ItemIndex item,
                                    std::span<const VisitEvent> session = {}) const
    {
        Matrix out(1, m_view->width());
        m_view->fill({query, session}, candidatesOf({item}), out.ref());
        for (std::size_t column = 0; column < m_view->width(); ++column)
            if (m_view->features()[column].id == id)
                return static_cast<double>(out.row(0)[column]);
        throw std::invalid_argument(std::string(id));
    }

private:
    std::shared_ptr<const Dataset> m_data;
    std::shared_ptr<const EventIndex> m_events;
    std::shared_ptr<const FeatureView> m_view;
};

/// ann bought a headphone and a book and was shown a speaker twice; bob uses that speaker.
ShopBuilder shop()
{
    ShopBuilder made;
    made.catalog.implicit().row("ann", "a1 a2 b1 b2");
    made.catalog.tags("category", "a1", {"audio", "headphones"}).tags("category", "a2", {"audio", "speakers"});
    for (const char* book : {"b1", "b2"})
        made.catalog.tags("category", book, {"books"}).tags("brand", book, {"Beta"});
    for (const char* audio : {"a1", "a2"})
        made.catalog.tags("brand", audio, {"Acme"}).text("seller", audio, "Sound & Co");
    made.catalog.number("price", "a1", 100).number("price", "a2", 50).number("price", "b1", 10);
    made.catalog.number("margin", "a1", 3)
        .number("margin", "a2", 9)
        .number("margin", "b1", 1)
        .number("margin", "b2", 5);
    made.catalog.number("stock", "a1", 0).number("stock", "a2", 7).number("promoted", "a2", 1);
    made.catalog.number("added", "a1", static_cast<double>(now - 40 * day));
    made.catalog.number("added", "b2", static_cast<double>(now + 5 * day));
    using enum EventKind;
    made.event("ann", "a1", View, now - 20 * day).event("ann", "a1", Purchase, now - 20 * day + minute);
    made.event("ann", "b1", Purchase, now - 4 * day);
    made.event("ann", "a2", Impression, now - 3 * day).event("ann", "a2", Impression, now - 2 * day);
    made.event("ann", "b1", View, now);
    made.event("bob", "a2", Cart, now - 3 * day).event("bob", "a2", View, now - 2 * hour);
    made.event("bob", "a2", View, now - 10 * minute).event("bob", "a2", View, now);
    made.event("cat", "b1", Purchase, now - 8 * day);
    return made;
}

bool near(double value, double expected)
{
    return std::abs(value - expected) <= 1e-5 * std::max(1.0, std::abs(expected));
}

// ---- worlds for what must hold everywhere ----

struct World {
    bool kinds = true, eventPrices = true, vectors = false;
};

constexpr std::uint32_t people = 12, items = 25;
constexpr Timestamp begin = 1'700'000'000;

Event someEvent(Rng& rng, const World& world, Timestamp from, Timestamp to)
{
    static constexpr std::array kinds{EventKind::View,     EventKind::View,       EventKind::Cart,
                                      EventKind::Purchase, EventKind::Impression, EventKind::Skip};
    Event event;
    event.user = UserIndex{static_cast<std::uint32_t>(rng.below(people))};
    event.item = ItemIndex{static_cast<std::uint32_t>(rng.below(items))};
    event.at = from + static_cast<Timestamp>(rng.below(static_cast<std::uint64_t>(to - from)));
    event.value = static_cast<float>(1 + rng.below(5));
    if (world.kinds)
        event.kind = kinds.at(rng.below(kinds.size()));
    if (world.eventPrices && rng.below(2) == 0)
        event.price = static_cast<float>(1 + rng.below(100));
    return event;
}

/// Half of the events within two days, so that windows and visits have something in them; some without a time. Two of
/// them lie before everything and fix which columns and kinds there are: those count as told.
std::vector<Event> someEvents(Rng& rng, const World& world)
{
    std::vector<Event> events;
    for (const EventKind kind : {EventKind::View, EventKind::Purchase}) {
        Event first = someEvent(rng, world, begin, begin + 1);
        first.at = noTime;
        first.kind = world.kinds ? kind : EventKind::Rating;
        first.price = world.eventPrices ? 7 : noPrice;
        events.push_back(first);
    }
    for (std::size_t i = 0; i < 600; ++i) {
        events.push_back(i % 2 == 0 ? someEvent(rng, world, begin, begin + 40 * day)
                                    : someEvent(rng, world, begin + 18 * day, begin + 20 * day));
        if (i % 60 == 0)
            events.back().at = noTime;
        // A visit goes on.
        for (std::size_t more = rng.below(3); i % 5 == 0 && events.back().at != noTime && more > 0; --more) {
            Event next = someEvent(rng, world, events.back().at, events.back().at + 20 * minute);
            next.user = events.back().user;
            events.push_back(next);
        }
    }
    return events;
}

std::shared_ptr<const AttributeTable> someCatalog(const World& world, std::span<const double> added)
{
    Rng rng(7);
    TagColumn categories, brands, sellers;
    NumberColumn price, stock, margin, promoted, dates;
    VectorColumn vectors{"text", 20, {}};
    for (std::uint32_t i = 0; i < items; ++i) {
        const auto add = [&](TagColumn& column, const std::string& name) {
            if (rng.below(8) > 0)
                column.tags.push_back(column.vocabulary.add(name));
        };
        add(categories, fmt::format("wide {}", rng.below(3)));
        add(categories, fmt::format("narrow {}", rng.below(7)));
        add(brands, fmt::format("brand {}", rng.below(5)));
        add(sellers, fmt::format("seller {}", rng.below(4)));
        for (TagColumn* column : {&categories, &brands, &sellers})
            column->starts.push_back(static_cast<std::uint32_t>(column->tags.size()));
        price.values.push_back(1 + 99 * rng.uniform());
        stock.values.push_back(static_cast<double>(rng.below(3)));
        margin.values.push_back(rng.uniform());
        promoted.values.push_back(static_cast<double>(rng.below(2)));
        dates.values.push_back(added[i]);
        for (std::size_t c = 0; c < vectors.length; ++c)
            vectors.values.push_back(i == 3 ? 0 : static_cast<float>(rng.normal()));
    }
    AttributeTable table;
    table.add({"category", std::move(categories)});
    table.add({"brand", std::move(brands)});
    table.add({"seller", std::move(sellers)});
    table.add({"price", std::move(price)});
    table.add({"stock", std::move(stock)});
    table.add({"margin", std::move(margin)});
    table.add({"promoted", std::move(promoted)});
    table.add({"added", std::move(dates)});
    if (world.vectors)
        table.set(std::move(vectors));
    return std::make_shared<const AttributeTable>(std::move(table));
}

std::shared_ptr<const Dataset> datasetOf(const World& world, std::span<const Event> events,
                                         std::span<const double> added)
{
    DatasetParts parts{"world", world.kinds ? Feedback::Implicit : Feedback::Explicit, 1, 5, {}, {}, {}, {}, {}, {}};
    Vocabulary personIds, itemIds;
    for (std::uint32_t p = 0; p < people; ++p)
        personIds.add(fmt::format("p{}", p));
    for (std::uint32_t i = 0; i < items; ++i)
        itemIds.add(fmt::format("i{}", i));
    EventLog log;
    for (const Event& event : events)
        log.append(event);
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = std::make_shared<const Vocabulary>(std::move(personIds));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(itemIds));
    parts.items = someCatalog(world, added);
    return std::make_shared<const Dataset>(std::move(parts));
}

/// One moment of a person, a list that two sources found together, and what the query tells of the circumstances.
struct Moment {
    UserIndex user;
    Timestamp at = 0;
    Candidates candidates;
};

const std::vector<std::string> twoSources{"als", "popular"};

Candidates someCandidates(Rng& rng)
{
    std::vector<std::vector<Found>> lists(2);
    for (auto& list : lists) {
        std::vector<std::uint32_t> order(items + 2); // two beyond the catalog
        for (std::uint32_t i = 0; i < order.size(); ++i)
            order[i] = i;
        rng.shuffle(std::span(order));
        for (std::size_t i = 0; i < 18; ++i)
            list.push_back({ItemIndex{order[i]}, static_cast<float>(18 - i)});
    }
    const std::vector<float> weights{1, 1};
    return merge(lists, weights, MergeBy::ReciprocalRank, items + 2);
}

Matrix filled(const std::shared_ptr<const Dataset>& data, const Moment& moment)
{
    const auto events = EventIndex::open(data, {}).value();
    const auto view = FeatureView::open(events, twoSources, {}).value();
    Query query = events->queryAt(moment.user, moment.at);
    query.context.push_back({"device", moment.user.value % 2 == 0 ? "phone" : "desktop"});
    Matrix out(moment.candidates.size(), view->width());
    view->fill({query}, moment.candidates, out.ref());
    return out;
}

/// The ids of features that differ in any bit.
QStringList differences(const Matrix& a, const Matrix& b)
{
    QStringList ids;
    const auto declared = features(twoSources);
    for (std::size_t column = 0; column < declared.size(); ++column)
        for (std::size_t row = 0; row < a.rows(); ++row)
            if (std::bit_cast<std::uint32_t>(a.row(row)[column]) != std::bit_cast<std::uint32_t>(b.row(row)[column])) {
                ids << QString::fromStdString(declared[column].id);
                break;
            }
    return ids;
}

std::vector<Event> without(std::span<const Event> events, Timestamp from)
{
    std::vector<Event> kept;
    std::ranges::copy_if(events, std::back_inserter(kept), [from](const Event& event) { return event.at < from; });
    return kept;
}

std::vector<Event> withMore(Rng& rng, const World& world, std::vector<Event> events, const Moment& moment)
{
    for (std::size_t i = 0; i < 60; ++i) {
        Event event = someEvent(rng, world, moment.at, moment.at + 3 * day);
        event.at = i < 10 ? moment.at : event.at; // the boundary
        if (i % 3 == 0)
            event.user = moment.user;
        events.insert(events.begin() + static_cast<std::ptrdiff_t>(rng.below(events.size() + 1)), event);
    }
    return events;
}

/// Events from the moment on change places and times among themselves.
std::vector<Event> shuffled(Rng& rng, std::vector<Event> events, Timestamp from)
{
    std::vector<std::size_t> later;
    for (std::size_t i = 0; i < events.size(); ++i)
        if (events[i].at >= from)
            later.push_back(i);
    std::vector<std::size_t> order = later;
    rng.shuffle(std::span(order));
    const std::vector<Event> before = events;
    for (std::size_t i = 0; i < later.size(); ++i) {
        events[later[i]] = before[order[i]];
        events[later[i]].at = before[later[i]].at;
        events[later[i]].user = before[order[later.size() - 1 - i]].user;
    }
    return events;
}

} // namespace

class FeaturesTest : public QObject {
    Q_OBJECT

private slots:
    void declarationsAreComplete()
    {
        const auto all = features(twoSources);
        QCOMPARE(all.size(), commonFeatureCount() + 4);
        QVERIFY(commonFeatureCount() >= 30);
        std::set<std::string> ids, titles;
        for (const Feature& feature : all) {
            QVERIFY2(ids.insert(feature.id).second, feature.id.c_str());
            QVERIFY2(titles.insert(feature.title).second, feature.title.c_str());
            QVERIFY2(!feature.about.empty() && feature.low < feature.high, feature.id.c_str());
        }
        QCOMPARE(all.back().id, std::string("score.popular"));
    }

    void versionTellsDeclarationsApart()
    {
        QCOMPARE(featureVersion(twoSources), featureVersion(twoSources));
        QVERIFY(featureVersion(twoSources) != featureVersion());
        const std::vector<std::string> swapped{"popular", "als"};
        QVERIFY(featureVersion(twoSources) != featureVersion(swapped));
        QVERIFY(featureVersion().starts_with("1-"));
    }

    void personByHand()
    {
        const Asked value(shop().build());
        const Query ann = value.person("ann");
        const ItemIndex any = value.item("b2");
        QCOMPARE(value("person.history_size", ann, any), 2.0);
        QVERIFY(near(value("person.days_since_last", ann, any), 4));
        const double first = 20 - double(minute) / double(day);
        QVERIFY(near(value("person.days_since_first", ann, any), first));
        QVERIFY(near(value("person.mean_gap", ann, any), first - 4));
        QCOMPARE(value("person.categories", ann, any), 3.0); // audio, headphones, books
        QCOMPARE(value("person.top_category", ann, any), .5);
        QCOMPARE(value("person.top_brand", ann, any), .5);
        QVERIFY(near(value("person.usual_price", ann, any), std::sqrt(100.0 * 10)));
        QVERIFY(near(value("person.price_spread", ann, any), std::log(100.0 / 10) / 2));
        QCOMPARE(value("person.mean_value", ann, any), (1 + 5 + 5) / 2.0);      // a view and a purchase; a purchase
        QVERIFY(near(value("person.usual_popularity", ann, any), std::log(3))); // two uses of each
        QCOMPARE(value("person.bought_share", ann, any), 1.0);
        QCOMPARE(value("person.bought_share", value.person("bob"), any), 0.0);
    }

    void itemByHand()
    {
        const Asked value(shop().build());
        const Query ann = value.person("ann");
        const ItemIndex speaker = value.item("a2"), book = value.item("b1"), phones = value.item("a1");
        QVERIFY(near(value("item.popularity", ann, speaker), std::log(4)));
        QVERIFY(near(value("item.popularity_1h", ann, speaker), std::log(2)));
        QVERIFY(near(value("item.popularity_24h", ann, speaker), std::log(3)));
        QVERIFY(near(value("item.popularity_7d", ann, speaker), std::log(4)));
        QVERIFY(near(value("item.trend", ann, speaker), std::log(3) - std::log(1 + 3 / 7.0)));
        QVERIFY(near(value("item.days_since_used", ann, speaker), 10.0 / 24 / 60));
        QCOMPARE(value("item.purchases", ann, speaker), 0.0);
        QVERIFY(near(value("item.purchases", ann, book), std::log(3)));
        QCOMPARE(value("item.conversion", ann, phones), .5);
        QVERIFY(near(value("item.use_rate", ann, speaker), 3.0 / 5));
        QVERIFY(std::isnan(value("item.use_rate", ann, book)));
        QVERIFY(near(value("item.age", ann, phones), 40)); // by the catalog
        QVERIFY(near(value("item.age", ann, speaker), 3)); // by its first use
        QVERIFY(std::isnan(value("item.age", ann, value.item("b2"))));
        QCOMPARE(value("item.price", ann, speaker), 50.0);
        QCOMPARE(value("item.margin", ann, speaker), .75); // three of four have a smaller one
        QCOMPARE(value("item.promoted", ann, speaker), 1.0);
        QCOMPARE(value("item.promoted", ann, book), 0.0);
        QCOMPARE(value("item.in_stock", ann, phones), 0.0);
        QCOMPARE(value("item.in_stock", ann, speaker), 1.0);
        QCOMPARE(value("item.mean_value", ann, speaker), 1.0);
        QCOMPARE(value("item.categories", ann, speaker), 2.0);
        QVERIFY(near(value("item.brand_popularity", ann, speaker), std::log(6))); // 2 of a1, 3 of a2
    }

    void pairByHand()
    {
        const Asked value(shop().build());
        const Query ann = value.person("ann");
        const ItemIndex speaker = value.item("a2"), phones = value.item("a1"), book = value.item("b2");
        QCOMPARE(value("pair.seen_count", ann, phones), 2.0);
        QVERIFY(near(value("pair.days_since_seen", ann, phones), 20 - double(minute) / double(day)));
        QCOMPARE(value("pair.seen_count", ann, speaker), 0.0);
        QCOMPARE(value("pair.shown_unused", ann, speaker), 2.0);
        QCOMPARE(value("pair.shown_unused", value.person("bob"), speaker), 0.0);
        QCOMPARE(value("pair.brand_bought", ann, speaker), 1.0);
        QCOMPARE(value("pair.brand_bought", value.person("bob"), speaker), 0.0); // looked at, not bought
        QCOMPARE(value("pair.brand_share", ann, speaker), .5);
        QCOMPARE(value("pair.category_share", ann, speaker), .25); // audio 1 of 2, speakers 0 of 2
        QCOMPARE(value("pair.subcategory_share", ann, book), .5);
        QVERIFY(near(value("pair.days_since_category", ann, book), 4));
        QVERIFY(near(value("pair.price_against_usual", ann, speaker), std::log(50 / std::sqrt(1000.0))));
        QVERIFY(near(value("pair.popularity_against_usual", ann, speaker), std::log(4) - std::log(3)));
        // audio and Acme of audio, headphones, speakers, Acme; nothing in common with the book.
        QVERIFY(near(value("pair.similarity_most", ann, speaker), 2.0 / 4));
        QVERIFY(near(value("pair.similarity_mean", ann, speaker), (2.0 / 4 + 0) / 2));
        QCOMPARE(value("pair.seller_seen", ann, speaker), 1.0);
        QVERIFY(std::isnan(value("pair.seller_seen", ann, book)));
    }

    void circumstancesByHand()
    {
        const Asked value(shop().build());
        Query ann = value.person("ann");
        const ItemIndex speaker = value.item("a2");
        QCOMPARE(value("context.hour", ann, speaker), 22.0);
        QCOMPARE(value("context.weekday", ann, speaker), 2.0);
        QVERIFY(std::isnan(value("context.device", ann, speaker)));
        ann.context.push_back({"device", "Smartphone"});
        QCOMPARE(value("context.device", ann, speaker), 1.0);
        QCOMPARE(value("context.session_depth", ann, speaker), 0.0);
        QVERIFY(std::isnan(value("context.session_seconds", ann, speaker)));
        const std::vector<VisitEvent> visit{{value.item("a1"), EventKind::View, now - 90},
                                            {value.item("b1"), EventKind::View, now - 30},
                                            {speaker, EventKind::View, now}}; // not yet
        QCOMPARE(value("context.session_depth", ann, speaker, visit), 2.0);
        QCOMPARE(value("context.session_seconds", ann, speaker, visit), 90.0);
        QCOMPARE(value("pair.session_category", ann, speaker, visit), .5);
    }

    void visitsAreFoundInTheLog()
    {
        ShopBuilder made = shop();
        for (const Timestamp before : {70 * minute, 40 * minute, 20 * minute})
            made.event("dan", before == 20 * minute ? "b1" : "a1", EventKind::View, now - before);
        const Asked value(made.build());
        // 20 minutes ago and, 20 minutes earlier, another; half an hour before that is another visit.
        QCOMPARE(value("context.session_depth", value.person("dan"), value.item("a2")), 2.0);
        QVERIFY(near(value("context.session_seconds", value.person("dan"), value.item("a2")), 2400));
        QCOMPARE(value("pair.session_category", value.person("dan"), value.item("a2")), .5);
        QCOMPARE(value("context.session_depth", value.person("dan", now + 10 * minute), value.item("a2")), 0.0);
    }

    void visitsOfGuestsAreFoundInTheirHistory()
    {
        const Asked value(shop().build());
        const ItemIndex phones = value.item("a1"), book = value.item("b1"), speaker = value.item("a2");
        const Query guest = queryFor(
            {{phones, 1, now - 40 * minute}, {book, 1, now - 20 * minute}, {value.item("b2"), 1, now - day}}, {}, now);
        QCOMPARE(value("context.session_depth", guest, speaker), 2.0);
        QCOMPARE(value("context.session_seconds", guest, speaker), 2400.0);
        QCOMPARE(value("pair.session_category", guest, speaker), .5);
        const Query untimed = queryFor({{phones, 1, noTime}}, {}, now);
        QCOMPARE(value("context.session_depth", untimed, speaker), 0.0);
    }

    void sourcesByHand()
    {
        const auto events = EventIndex::open(shop().build(), {}).value();
        const auto view = FeatureView::open(events, twoSources, {}).value();
        const std::vector<std::vector<Found>> lists{{{ItemIndex{0}, 7}, {ItemIndex{1}, 5}}, {{ItemIndex{1}, .5F}}};
        const std::vector<float> weights{1, 1};
        const Candidates candidates = merge(lists, weights, MergeBy::ReciprocalRank, 10);
        Matrix out(2, view->width());
        view->fill({events->queryAt(UserIndex{0}, now)}, candidates, out.ref());
        const auto own = out.row(0).subspan(commonFeatureCount());
        QCOMPARE(candidates.items.front(), ItemIndex{1});
        QCOMPARE(std::vector<float>(own.begin(), own.end()), (std::vector<float>{.5F, 5, 1, .5F}));
        QCOMPARE(out.row(0)[commonFeatureCount() - 2], 2.F); // sources
        QCOMPARE(out.row(0)[commonFeatureCount() - 1], candidates.merged[0]);
        const auto other = out.row(1).subspan(commonFeatureCount());
        QCOMPARE(other[0], 1.F);
        QCOMPARE(other[2], 0.F);
        QVERIFY(std::isnan(other[3]));
    }

    void whatHappensNowIsNotSeen()
    {
        const Asked value(shop().build());
        const ItemIndex book = value.item("b1");
        QVERIFY(near(value("item.popularity", value.person("cat"), book), std::log(3)));
        QVERIFY(near(value("item.popularity", value.person("cat", now + 1), book), std::log(4)));
        QVERIFY(near(value("pair.days_since_seen", value.person("ann"), book), 4));
        QVERIFY(near(value("pair.days_since_seen", value.person("ann", now + 1), book), 1.0 / double(day)));
        // A window of an hour begins at its first second.
        QVERIFY(
            near(value("item.popularity_1h", value.person("cat", now + 50 * minute), value.item("a2")), std::log(3)));
        QVERIFY(near(value("item.popularity_1h", value.person("cat", now + 50 * minute + 1), value.item("a2")),
                     std::log(2)));
        // The date of the catalog counts once it has passed.
        QVERIFY(std::isnan(value("item.age", value.person("ann", now + 5 * day), value.item("b2"))));
        QVERIFY(near(value("item.age", value.person("ann", now + 6 * day), value.item("b2")), 1));
    }

    void withoutAMomentItIsTheOneAfterTheLastEvent()
    {
        const Asked value(shop().build());
        for (const char* id : {"item.popularity_1h", "context.hour", "person.days_since_last", "pair.seen_count"})
            QCOMPARE(value(id, value.person("ann", endOfTime), value.item("a1")),
                     value(id, value.person("ann", now + 1), value.item("a1")));
    }

    void guestsAreTheirHistory()
    {
        const Asked value(shop().build());
        const Query guest = queryFor({{value.item("a1"), 5, now - 2 * day}}, {}, now);
        const ItemIndex speaker = value.item("a2");
        QCOMPARE(value("person.history_size", guest, speaker), 1.0);
        QVERIFY(near(value("person.days_since_last", guest, speaker), 2));
        QCOMPARE(value("pair.seen_count", guest, value.item("a1")), 1.0);
        QCOMPARE(value("pair.brand_share", guest, speaker), 1.0);
        QCOMPARE(value("pair.brand_bought", guest, speaker), 0.0); // nothing tells that it was bought
        QCOMPARE(value("pair.shown_unused", guest, speaker), 0.0);
        const std::vector<VisitEvent> visit{{value.item("a1"), EventKind::Purchase, now - 60}};
        QCOMPARE(value("pair.brand_bought", guest, speaker, visit), 1.0);

        const Query nobody = queryFor({}, {}, now);
        QCOMPARE(value("person.history_size", nobody, speaker), 0.0);
        for (const char* id :
             {"person.days_since_last", "person.usual_price", "person.mean_value", "person.top_category",
              "pair.category_share", "pair.similarity_most", "pair.price_against_usual", "person.bought_share"})
            QVERIFY2(std::isnan(value(id, nobody, speaker)), id);
    }

    void itemsBeyondTheCatalogAreUnknown()
    {
        const Asked value(shop().build());
        const Query ann = value.person("ann");
        for (const ItemIndex beyond : {ItemIndex{4}, ItemIndex::none()}) {
            QCOMPARE(value("item.popularity", ann, beyond), 0.0);
            for (const char* id : {"item.price", "item.age", "item.promoted", "item.in_stock", "item.brand_popularity",
                                   "pair.brand_bought", "pair.similarity_most", "item.margin"})
                QVERIFY2(std::isnan(value(id, ann, beyond)), id);
        }
    }

    void ratingsWithoutTimesPricesAndKinds()
    {
        const auto data =
            DatasetBuilder{}.row("ann", "A:5 B:3").row("bob", "A:2").tags("genres", "A", {"Crime"}).build();
        const Asked value(data);
        for (const Timestamp at : {endOfTime, now}) {
            const Query ann = value.person("ann", at);
            const ItemIndex item = value.item("A");
            QVERIFY(near(value("item.popularity", ann, item), std::log(3)));
            QCOMPARE(value("item.mean_value", ann, item), 3.5);
            QCOMPARE(value("person.mean_value", ann, item), 4.0);
            QCOMPARE(value("pair.seen_count", ann, item), 1.0);
            for (const char* id :
                 {"item.popularity_1h", "item.trend", "item.purchases", "item.conversion", "item.price", "item.age",
                  "person.days_since_last", "person.usual_price", "person.bought_share", "item.promoted",
                  "item.in_stock", "item.margin", "pair.brand_bought"})
                QVERIFY2(std::isnan(value(id, ann, item)), id);
        }
        QVERIFY(std::isnan(value("context.hour", value.person("ann", endOfTime), ItemIndex{0})));
        QCOMPARE(value("context.hour", value.person("ann", now), ItemIndex{0}), 22.0);
    }

    void pricesAreTheLastOnesTold()
    {
        ShopBuilder made = shop();
        made.event("bob", "b1", EventKind::Purchase, now - 2 * day, 12)
            .event("bob", "b1", EventKind::Purchase, now, 99);
        const Asked value(made.build());
        QCOMPARE(value("item.price", value.person("ann"), value.item("b1")), 12.0);
        QCOMPARE(value("item.price", value.person("ann", now + 1), value.item("b1")), 99.0);
        // The catalog's may be a mean of what was paid later: it does not count where events tell prices.
        QVERIFY(std::isnan(value("item.price", value.person("ann"), value.item("a2"))));
        QVERIFY(std::isnan(value("item.price", value.person("ann", now - 3 * day), value.item("b1"))));
    }

    void vectorsAreComparedByCosine()
    {
        DatasetBuilder made;
        made.row("ann", "A@100 B@200").row("bob", "C@100");
        made.vector("text", "A", {3, 0}).vector("text", "B", {0, 2}).vector("text", "C", {1, 1});
        const Asked value(made.build());
        const Query ann = value.person("ann", 300);
        QVERIFY(near(value("pair.similarity_most", ann, value.item("C")), std::sqrt(.5)));
        QVERIFY(near(value("pair.similarity_mean", ann, value.item("C")), std::sqrt(.5)));
        QVERIFY(near(value("pair.similarity_most", ann, value.item("A")), 0)); // to B, not to itself
    }

    void noFeatureSeesTheFuture_data()
    {
        QTest::addColumn<bool>("kinds");
        QTest::addColumn<bool>("eventPrices");
        QTest::addColumn<bool>("vectors");
        QTest::newRow("shop") << true << true << false;
        QTest::newRow("shop with vectors, prices of the catalog") << true << false << true;
        QTest::newRow("ratings") << false << false << false;
    }

    void noFeatureSeesTheFuture()
    {
        QFETCH(const bool, kinds);
        QFETCH(const bool, eventPrices);
        QFETCH(const bool, vectors);
        const World world{kinds, eventPrices, vectors};
        Rng rng(seedFor(11, QTest::currentDataTag()));
        const std::vector<Event> events = someEvents(rng, world);
        std::vector<double> added(items);
        for (double& date : added)
            date = static_cast<double>(begin + static_cast<Timestamp>(rng.below(40 * day)));
        std::vector<std::set<float>> seen(features(twoSources).size());
        for (int round = 0; round < 60; ++round) {
            Moment moment;
            moment.user = UserIndex{static_cast<std::uint32_t>(rng.below(people))};
            // Often just at an event, mostly where there are many.
            moment.at = round % 2 == 0 ? begin + 18 * day + static_cast<Timestamp>(rng.below(3 * day))
                                       : std::max(begin, events[2 + rng.below(events.size() - 2)].at);
            moment.candidates = someCandidates(rng);
            const Matrix whole = filled(datasetOf(world, events, added), moment);
            for (std::size_t column = 0; column < seen.size(); ++column)
                for (std::size_t row = 0; row < whole.rows(); ++row)
                    if (const float value = whole.row(row)[column]; !std::isnan(value))
                        seen[column].insert(value);

            const auto past = without(events, moment.at);
            std::vector<double> moved = added;
            for (double& date : moved)
                if (static_cast<Timestamp>(date) >= moment.at)
                    date = static_cast<double>(moment.at + static_cast<Timestamp>(rng.below(90 * day)));
            QCOMPARE(differences(whole, filled(datasetOf(world, past, added), moment)), QStringList{});
            QCOMPARE(differences(whole, filled(datasetOf(world, withMore(rng, world, events, moment), added), moment)),
                     QStringList{});
            QCOMPARE(differences(whole, filled(datasetOf(world, withMore(rng, world, past, moment), moved), moment)),
                     QStringList{});
            QCOMPARE(differences(whole, filled(datasetOf(world, shuffled(rng, events, moment.at), added), moment)),
                     QStringList{});
        }
        // A feature that never has a value could not have been caught.
        const auto declared = features(twoSources);
        for (std::size_t column = 0; column < seen.size(); ++column) {
            const bool ofKinds = QStringList{"person.bought_share", "item.purchases", "item.conversion",
                                             "item.use_rate", "pair.shown_unused"}
                                     .contains(QString::fromStdString(declared[column].id));
            if (kinds || !ofKinds)
                QVERIFY2(seen[column].size() > 1, declared[column].id.c_str());
        }
    }

    void whatWasBeforeIsSeen()
    {
        const World world;
        Rng rng(5);
        const std::vector<Event> events = someEvents(rng, world);
        const std::vector<double> added(items, static_cast<double>(begin));
        const Moment moment{UserIndex{0}, begin + 20 * day, someCandidates(rng)};
        const Matrix whole = filled(datasetOf(world, events, added), moment);
        const auto changed =
            differences(whole, filled(datasetOf(world, without(events, begin + 15 * day), added), moment));
        for (const char* id : {"item.popularity", "item.popularity_7d", "person.days_since_last", "item.price"})
            QVERIFY2(changed.contains(id), id);
    }

    void valuesLieInTheirRangeAndAreMissingOnlyWhereDeclared()
    {
        for (const World world : {World{true, true, false}, World{true, false, true}, World{false, false, false}}) {
            Rng rng(3);
            const auto data = datasetOf(world, someEvents(rng, world), std::vector<double>(items, double(begin)));
            const auto declared = features(twoSources);
            for (int round = 0; round < 40; ++round) {
                const Moment moment{UserIndex{static_cast<std::uint32_t>(rng.below(people + 1))},
                                    begin + static_cast<Timestamp>(rng.below(41 * day)), someCandidates(rng)};
                const Matrix out = filled(data, moment);
                for (std::size_t row = 0; row < out.rows(); ++row)
                    for (std::size_t column = 0; column < declared.size(); ++column) {
                        const float value = out.row(row)[column];
                        const bool right = std::isnan(value)
                                               ? declared[column].mayBeMissing
                                               : value >= declared[column].low && value <= declared[column].high;
                        QVERIFY2(right, fmt::format("{}: {}", declared[column].id, value).c_str());
                    }
            }
        }
    }

    void crazyMomentsAreSurvived()
    {
        ShopBuilder made = shop();
        made.event("eve", "a1", EventKind::View, noTime + 1).event("eve", "a2", EventKind::View, endOfTime - 1);
        const Asked value(made.build());
        for (const Timestamp at : {noTime, noTime + 1, noTime + 2, endOfTime - 1, endOfTime})
            for (const char* id : {"item.popularity_1h", "context.hour", "person.days_since_first", "item.age"})
                QVERIFY2(!std::isinf(value(id, value.person("eve", at), value.item("a1"))), id);
    }

    void wordsForValues()
    {
        QCOMPARE(inWords(FeatureUnit::LogCount, std::log1p(41.F)), std::string("41"));
        QCOMPARE(inWords(FeatureUnit::Share, .125F), std::string("12 %"));
        QCOMPARE(inWords(FeatureUnit::Weekday, 6), std::string("Saturday"));
        QCOMPARE(inWords(FeatureUnit::Weekday, 9), std::string("9"));
        QCOMPARE(inWords(FeatureUnit::Days, 3), std::string("3 days"));
        QCOMPARE(inWords(FeatureUnit::Money, std::numeric_limits<float>::quiet_NaN()), std::string("not known"));
    }
};

QTEST_GUILESS_MAIN(FeaturesTest)
#include "features_test.moc"
