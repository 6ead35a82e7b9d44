// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulation/shop_world.h"

#include "core/base/rng.h"
#include "core/simulation/planted_people.h"
#include "core/simulation/weighted_pick.h"
#include "core/simulation/world_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr Timestamp day = 86'400, opening = 1'709'251'200; // 1 March 2024
constexpr double chooseByMatch = 1.5, promotedBoost = 1.3, newest = 3, newnessDays = 25, offMood = .08;

// ---- What is sold ----

/// A kind of item: where it stands, what it costs and what is said of it.
struct Shelf {
    std::string_view department, category, kind;
    double low, high;
    std::string_view says;
};

constexpr std::array shelves = {
    Shelf{"Kitchen", "Coffee", "coffee grinder", 25, 240, "Grinds beans evenly, from espresso to French press."},
    Shelf{"Kitchen", "Coffee", "moka pot", 15, 70, "Brews strong coffee on any stove in five minutes."},
    Shelf{"Kitchen", "Knives", "chef's knife", 20, 190, "Stays sharp through a year of onions."},
    Shelf{"Kitchen", "Knives", "bread knife", 15, 110, "Cuts crusts without crushing the crumb."},
    Shelf{"Kitchen", "Pots", "cast-iron pan", 25, 160, "Sears, bakes and braises, and lasts for decades."},
    Shelf{"Living", "Lamps", "desk lamp", 20, 210, "Lights the page and not the eyes."},
    Shelf{"Living", "Lamps", "floor lamp", 45, 390, "Turns a dark corner into a place to read."},
    Shelf{"Living", "Textiles", "wool blanket", 30, 220, "Warm without weight, for sofas and cold evenings."},
    Shelf{"Living", "Textiles", "cushion", 10, 65, "Keeps its shape when everybody leans on it."},
    Shelf{"Living", "Storage", "wall shelf", 25, 180, "Carries a row of heavy books without bending."},
    Shelf{"Outdoor", "Camping", "two-person tent", 70, 520, "Stands in ten minutes and stays dry in a storm."},
    Shelf{"Outdoor", "Camping", "sleeping bag", 40, 330, "Comfortable down to the first frost."},
    Shelf{"Outdoor", "Hiking", "backpack", 35, 260, "Sits close to the back, even when it is full."},
    Shelf{"Outdoor", "Hiking", "walking poles", 20, 140, "Take the load off the knees on the way down."},
    Shelf{"Outdoor", "Garden", "pruning shears", 12, 85, "Cut clean through green and dry wood."},
    Shelf{"Toys", "Building", "wooden blocks", 15, 90, "Towers, bridges and whole towns, without batteries."},
    Shelf{"Toys", "Building", "marble run", 20, 120, "A new track every afternoon."},
    Shelf{"Toys", "Games", "board game", 15, 75, "Explained in five minutes, played all evening."},
    Shelf{"Toys", "Games", "jigsaw puzzle", 8, 40, "A thousand pieces that fit exactly once."},
    Shelf{"Toys", "Soft toys", "plush fox", 10, 55, "Made to be carried everywhere and washed often."},
    Shelf{"Audio", "Headphones", "over-ear headphones", 35, 420, "Quiet on the train, open at home."},
    Shelf{"Audio", "Headphones", "sports earbuds", 20, 230, "Stay in place from the first mile to the last."},
    Shelf{"Audio", "Speakers", "portable speaker", 25, 280, "Fills a kitchen, or a picnic, with sound."},
    Shelf{"Audio", "Speakers", "bookshelf speakers", 80, 690, "Small boxes with a wide stage."},
    Shelf{"Audio", "Players", "turntable", 90, 640, "Plays records the way they were cut."},
    Shelf{"Care", "Bath", "bath towel", 9, 60, "Thick, soft, and dry again by the evening."},
    Shelf{"Care", "Bath", "soap set", 6, 38, "Three bars that smell of herbs and nothing else."},
    Shelf{"Care", "Shaving", "safety razor", 15, 110, "A close shave with blades that cost next to nothing."},
    Shelf{"Care", "Candles", "scented candle", 8, 55, "Burns evenly for forty hours."},
    Shelf{"Care", "Hair", "hair dryer", 20, 260, "Dries fast without scorching."},
};

constexpr std::array<std::string_view, 6> departments = {"Kitchen", "Living", "Outdoor", "Toys", "Audio", "Care"};
constexpr std::array<std::string_view, 3> styles = {"plain", "playful", "technical"};

struct Brand {
    std::string_view name;
    std::uint32_t style;
};
constexpr std::array brands = {Brand{"Nordhus", 0}, Brand{"Pipkin", 1},     Brand{"Tekra", 2},  Brand{"Alder & Ash", 0},
                               Brand{"Luma", 1},    Brand{"Ferrox", 2},     Brand{"Marrow", 0}, Brand{"Bright Owl", 1},
                               Brand{"Vantor", 2},  Brand{"Hearthwick", 0}, Brand{"Zazu", 1},   Brand{"Kestrel", 2}};
constexpr std::array<std::array<std::string_view, 4>, 3> seriesOf = {{{"Classic", "Calm", "Everyday", "Old Mill"},
                                                                      {"Confetti", "Jolly", "Sunny", "Humbug"},
                                                                      {"Pro", "X2", "Precision", "Mark IV"}}};
constexpr std::array<std::string_view, 3> styleSays = {"A plain shape in honest materials.",
                                                       "Cheerful colours that nobody overlooks.",
                                                       "Measured, tested and adjustable."};
constexpr std::array<std::string_view, 3> priceSays = {"A good start at a small price.", "Solid for daily use.",
                                                       "For those who want the best of its kind."};
constexpr std::array<std::string_view, 8> colours = {"black",     "white",    "oak",  "moss green",
                                                     "brick red", "sky blue", "sand", "steel"};
constexpr std::array<std::string_view, 5> sellers = {"Own shop", "Own shop", "Fairfield Trading", "Harbour Goods",
                                                     "Little Warehouse"};
constexpr std::array<std::string_view, 6> cities = {"Ashford", "Brindle", "Corran", "Dunmoor", "Eastwick", "Fenley"};

constexpr std::size_t styleAt = departments.size(), priceAt = styleAt + styles.size(), dimensionCount = priceAt + 1;

// ---- Who buys ----

struct Segment {
    std::string_view name;
    double share;
    std::array<double, departments.size()> tastes;
    std::uint32_t style;
    double price; ///< above 0: dear items are liked
    double age, phones;
};
constexpr std::array segments = {
    Segment{"home cooks", .24, {1.1, .5, .1, 0, 0, .3}, 0, .4, 44, .45},
    Segment{"young families", .24, {.2, .4, .3, 1.1, 0, .3}, 1, -.6, 35, .7},
    Segment{"hikers", .18, {.2, 0, 1.2, .1, .3, .1}, 2, .2, 38, .55},
    Segment{"music lovers", .16, {.1, .3, .1, .1, 1.2, .1}, 2, .8, 31, .4},
    Segment{"gift hunters", .18, {.2, .8, 0, .4, .1, 1.}, 1, -.8, 29, .8},
};

struct Item {
    std::size_t shelf = 0, brand = 0;
    double dearness = 0; ///< about -1.7 to 1.7 among its like
    float price = 0;
    double appeal = 0, quality = 0, margin = 0;
    bool promoted = false;
    std::uint32_t stock = 0;
    std::string_view seller;
    Timestamp added = 0, soldOut = endOfTime;
    std::string title;
};

struct Buyer {
    std::size_t segment = 0, city = 0;
    int age = 0;
    double phones = 0;
    std::array<double, dimensionCount> tastes{};
    Timestamp joined = 0;
};

std::size_t departmentOf(const Item& item)
{
    return static_cast<std::size_t>(std::ranges::find(departments, shelves[item.shelf].department) -
                                    departments.begin());
}

class Shop {
public:
    explicit Shop(const ShopPlan& plan) : m_plan(plan), m_end(opening + plan.days * day)
    {
        Rng rng(seedFor(plan.seed, "shop.items"));
        for (std::size_t i = 0; i < plan.items; ++i)
            m_items.push_back(drawItem(i, rng));
        for (std::size_t p = 0; p < plan.people; ++p)
            m_buyers.push_back(drawBuyer(p));
        m_visits = visitsOf(plan.people, plan.visits, 1.1, seedFor(plan.seed, "shop.visits"));
    }

    [[nodiscard]] DrawnLife live(std::size_t person) const;
    [[nodiscard]] EventWorld world(const std::vector<DrawnLife>& lives) const;

private:
    Item drawItem(std::size_t index, Rng& rng);
    std::string drawTitle(const Item& item, Rng& rng);
    [[nodiscard]] Buyer drawBuyer(std::size_t index) const;
    [[nodiscard]] static double match(const Buyer& buyer, const Item& item);
    [[nodiscard]] std::vector<Timestamp> drawTimes(const Buyer& buyer, std::size_t visits, Rng& rng) const;
    [[nodiscard]] double newness(const Item& item, Timestamp at) const;
    /// How likely each item is looked at in a visit that is about one department.
    [[nodiscard]] std::vector<double> weights(std::span<const double> liking, std::size_t mood, Timestamp at) const;
    void visit(const Buyer& buyer, std::span<const double> liking, Timestamp at, std::uint32_t number, Rng& rng,
               DrawnLife& life) const;
    [[nodiscard]] std::string describe(const Item& item) const;
    [[nodiscard]] AttributeTable itemTable() const;
    [[nodiscard]] AttributeTable peopleTable() const;

    ShopPlan m_plan;
    Timestamp m_end;
    std::vector<Item> m_items;
    std::vector<Buyer> m_buyers;
    std::vector<std::size_t> m_visits;
    std::set<std::string> m_titles;
};

Item Shop::drawItem(std::size_t index, Rng& rng)
{
    Item item;
    item.shelf = index % shelves.size();
    item.brand = rng.below(brands.size());
    const double u = rng.uniform();
    item.dearness = (u - .5) * std::sqrt(12.);
    const Shelf& shelf = shelves[item.shelf];
    item.price = static_cast<float>(std::floor(shelf.low * std::pow(shelf.high / shelf.low, u))) + .9F;
    item.appeal = .8 * rng.normal();
    item.quality = .5 * rng.normal();
    item.margin = .12 + .4 * rng.uniform();
    item.promoted = rng.uniform() < .12;
    item.stock = static_cast<std::uint32_t>(1 + 60 * rng.uniform() * rng.uniform());
    item.seller = sellers[rng.below(sellers.size())];
    const bool isNew = static_cast<double>(index % 100) < 100 * m_plan.newShare && index >= shelves.size();
    const double when = rng.uniform();
    const auto span = static_cast<double>(m_end - opening);
    item.added = opening + static_cast<Timestamp>(isNew ? when * .97 * span : -when * 700 * day);
    if (!isNew && rng.uniform() < .06) {
        item.stock = 0;
        item.soldOut = opening + static_cast<Timestamp>((.8 + .2 * rng.uniform()) * span);
    }
    item.title = drawTitle(item, rng);
    return item;
}

std::string Shop::drawTitle(const Item& item, Rng& rng)
{
    const Brand& brand = brands[item.brand];
    std::string title;
    for (int attempt = 0; attempt < 50; ++attempt) {
        const auto& series = seriesOf[brand.style];
        title = fmt::format("{} {} {}, {}", brand.name, series[rng.below(series.size())], shelves[item.shelf].kind,
                            colours[rng.below(colours.size())]);
        if (m_titles.insert(title).second)
            return title;
    }
    title += fmt::format(" no. {}", m_titles.size());
    m_titles.insert(title);
    return title;
}

Buyer Shop::drawBuyer(std::size_t index) const
{
    Rng rng(seedFor(m_plan.seed + index, "shop.person"));
    std::array<double, segments.size()> shares{};
    std::ranges::transform(segments, shares.begin(), &Segment::share);
    Buyer buyer;
    buyer.segment = WeightedPick(shares)(rng);
    const Segment& segment = segments[buyer.segment];
    for (std::size_t d = 0; d < departments.size(); ++d)
        buyer.tastes[d] = segment.tastes[d] + .2 * rng.normal();
    for (std::size_t s = 0; s < styles.size(); ++s)
        buyer.tastes[styleAt + s] = (s == segment.style ? .9 : 0) + .2 * rng.normal();
    buyer.tastes[priceAt] = segment.price + .3 * rng.normal();
    buyer.age = std::clamp(static_cast<int>(segment.age + 9 * rng.normal()), 18, 85);
    buyer.phones = std::clamp(segment.phones + .15 * rng.normal(), .05, .9);
    buyer.city = rng.below(cities.size());
    const auto span = static_cast<double>(m_end - opening);
    buyer.joined = opening + (rng.uniform() < .5 ? 0 : static_cast<Timestamp>(.8 * rng.uniform() * span));
    return buyer;
}

double Shop::match(const Buyer& buyer, const Item& item)
{
    return buyer.tastes[departmentOf(item)] + .8 * buyer.tastes[styleAt + brands[item.brand].style] +
           .5 * buyer.tastes[priceAt] * item.dearness;
}

std::vector<Timestamp> Shop::drawTimes(const Buyer& buyer, std::size_t visits, Rng& rng) const
{
    std::vector<Timestamp> times;
    const auto span = static_cast<double>(m_end - day - buyer.joined);
    for (std::size_t v = 0; v < visits; ++v) {
        const auto moment = buyer.joined + static_cast<Timestamp>(rng.uniform() * span);
        times.push_back(moment / day * day + drawHour(rng) * 3600 + static_cast<Timestamp>(rng.below(3600)));
    }
    std::ranges::sort(times);
    return times;
}

double Shop::newness(const Item& item, Timestamp at) const
{
    if (item.added < opening)
        return 1;
    return 1 + (newest - 1) * std::exp(-static_cast<double>(at - item.added) / (newnessDays * day));
}

std::vector<double> Shop::weights(std::span<const double> liking, std::size_t mood, Timestamp at) const
{
    std::vector<double> weights(m_items.size());
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        const Item& item = m_items[i];
        if (item.added > at || at + day > item.soldOut) // a visit ends within the day
            continue;
        weights[i] = liking[i] * newness(item, at) * (item.promoted ? promotedBoost : 1) *
                     (departmentOf(item) == mood ? 1 : offMood);
    }
    return weights;
}

void Shop::visit(const Buyer& buyer, std::span<const double> liking, Timestamp at, std::uint32_t number, Rng& rng,
                 DrawnLife& life) const
{
    std::array<double, departments.size()> moods{};
    for (std::size_t d = 0; d < departments.size(); ++d)
        moods[d] = std::exp(1.5 * buyer.tastes[d]);
    const WeightedPick pick(weights(liking, WeightedPick(moods)(rng), at));
    const std::uint8_t device = drawDevice(static_cast<int>(at % day / 3600), buyer.phones, rng);
    const auto add = [&](std::uint32_t item, EventKind kind) {
        life.push_back({item, kind, at, number, 0, m_items[item].price, device, 0});
        at += 5 + static_cast<Timestamp>(rng.below(85));
    };
    std::vector<std::uint32_t> cart;
    std::size_t left = 1;
    while (left < 16 && rng.uniform() < .8)
        ++left;
    for (; left > 0; --left) {
        const std::uint32_t item = pick(rng);
        add(item, EventKind::View);
        const double chance = chanceOf(-3.5 + 1.5 * match(buyer, m_items[item]) + m_items[item].quality);
        if (rng.uniform() < chance && std::ranges::find(cart, item) == cart.end()) {
            add(item, EventKind::Cart);
            cart.push_back(item);
        }
    }
    for (const std::uint32_t item : cart)
        if (rng.uniform() < chanceOf(-1.2 + .6 * match(buyer, m_items[item])))
            add(item, EventKind::Purchase);
}

DrawnLife Shop::live(std::size_t person) const
{
    Rng rng(seedFor(m_plan.seed + person, "shop.life"));
    const Buyer& buyer = m_buyers[person];
    std::vector<double> liking;
    for (const Item& item : m_items)
        liking.push_back(std::exp(item.appeal + chooseByMatch * match(buyer, item)));
    DrawnLife life;
    std::uint32_t number = 0;
    for (const Timestamp at : drawTimes(buyer, m_visits[person], rng))
        visit(buyer, liking, at, number++, rng, life);
    return life;
}

std::string Shop::describe(const Item& item) const
{
    const std::size_t tier = item.dearness < -.6 ? 0 : item.dearness < .6 ? 1 : 2;
    return fmt::format("{} {} {}", shelves[item.shelf].says, styleSays[brands[item.brand].style], priceSays[tier]);
}

AttributeTable Shop::itemTable() const
{
    TextColumn titles, descriptions;
    TagColumn categories;
    OneTag brand, tier, seller;
    NumberColumn price, stock, margin, promoted, added;
    for (const Item& item : m_items) {
        const Shelf& shelf = shelves[item.shelf];
        titles.values.push_back(item.title);
        descriptions.values.push_back(describe(item));
        for (const std::string_view level : {shelf.department, shelf.category, shelf.kind})
            categories.tags.push_back(categories.vocabulary.add(level));
        categories.starts.push_back(static_cast<std::uint32_t>(categories.tags.size()));
        brand.add(brands[item.brand].name);
        price.values.push_back(std::round(static_cast<double>(item.price) * 100) / 100);
        stock.values.push_back(item.stock);
        margin.values.push_back(std::round(item.margin * 100) / 100);
        tier.add(item.margin < .25 ? "low" : item.margin < .39 ? "medium" : "high");
        promoted.values.push_back(item.promoted ? 1 : 0);
        seller.add(item.seller);
        added.values.push_back(static_cast<double>(item.added));
    }
    AttributeTable table;
    table.add({"title", std::move(titles)});
    table.add({"description", std::move(descriptions)});
    table.add({"category", std::move(categories)});
    table.add({"brand", brand.take()});
    table.add({"price", std::move(price)});
    table.add({"stock", std::move(stock)});
    table.add({"margin", std::move(margin)});
    table.add({"margin tier", tier.take()});
    table.add({"promoted", std::move(promoted)});
    table.add({"seller", seller.take()});
    table.add({"added", std::move(added)});
    return table;
}

AttributeTable Shop::peopleTable() const
{
    NumberColumn ages;
    OneTag city;
    for (const Buyer& buyer : m_buyers) {
        ages.values.push_back(buyer.age);
        city.add(cities[buyer.city]);
    }
    AttributeTable table;
    table.add({"age", std::move(ages)});
    table.add({"city", city.take()});
    return table;
}

EventWorld Shop::world(const std::vector<DrawnLife>& lives) const
{
    EventWorld world;
    for (const auto& names :
         {std::span<const std::string_view>(departments), std::span<const std::string_view>(styles)})
        world.items.dimensions.insert(world.items.dimensions.end(), names.begin(), names.end());
    world.items.dimensions.emplace_back("dear");
    world.people.dimensions = world.items.dimensions;
    Vocabulary itemIds, personIds;
    for (const Item& item : m_items) {
        itemIds.add(fmt::format("i{}", itemIds.size() + 1));
        std::array<float, dimensionCount> row{};
        row[departmentOf(item)] = row[styleAt + brands[item.brand].style] = 1;
        row[priceAt] = static_cast<float>(item.dearness);
        world.items.values.insert(world.items.values.end(), row.begin(), row.end());
        world.released.push_back(item.added);
        world.appeal.push_back(item.appeal);
        world.quality.push_back(item.quality);
    }
    for (const Buyer& buyer : m_buyers) {
        personIds.add(fmt::format("c{}", personIds.size() + 1));
        for (const double taste : buyer.tastes)
            world.people.values.push_back(static_cast<float>(taste));
    }
    DatasetParts parts;
    parts.name = "Sample shop";
    parts.feedback = Feedback::Implicit;
    parts.ratingLow = parts.ratingHigh = 1;
    parts.log = std::make_shared<const EventLog>(logOf(lives, deviceWords, {}));
    parts.personIds = std::make_shared<const Vocabulary>(std::move(personIds));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(itemIds));
    parts.people = std::make_shared<const AttributeTable>(peopleTable());
    parts.items = std::make_shared<const AttributeTable>(itemTable());
    parts.from = {"generator", "Generated", fmt::format("made with seed {}", m_plan.seed), "events are synthetic"};
    world.dataset = std::make_shared<const Dataset>(std::move(parts));
    return world;
}

} // namespace

ShopPlan shopSamplePlan()
{
    ShopPlan plan;
    plan.seed = 1852; // the year of the first department store
    return plan;
}

Result<EventWorld> generateShop(const ShopPlan& plan, const JobContext& job)
{
    if (plan.people == 0 || plan.items < shelves.size() || plan.days < 7 ||
        !(plan.newShare >= 0 && plan.newShare <= .9))
        return error(Code::InvalidArgument, "Such a shop cannot be made",
                     fmt::format("It needs people, {} items or more, a week or more, and at most 90 % new items",
                                 shelves.size()));
    const Shop shop(plan);
    return drawLives(plan.people, job, [&](std::size_t person) { return shop.live(person); })
        .map([&](const std::vector<DrawnLife>& lives) { return shop.world(lives); });
}

} // namespace orrery
