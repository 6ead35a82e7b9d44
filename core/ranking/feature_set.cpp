// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/feature_set.h"

#include "core/base/hash.h"
#include "core/ranking/feature_columns.h"

#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr int methodVersion = 1; ///< to be raised whenever a value is worked out in another way

constexpr float anyNumber = std::numeric_limits<float>::infinity();
constexpr float mostCount = 1e9F, mostLogCount = 25, mostDays = 100'000, mostMoney = 1e12F, mostLogRatio = 60;

struct Declared {
    FeatureColumn column;
    std::string_view id, title, about;
    FeatureGroup group;
    FeatureUnit unit;
    float low, high;
    bool mayBeMissing;
};

using enum FeatureColumn;
using G = FeatureGroup;
using U = FeatureUnit;

constexpr std::array declared = {
    Declared{HistorySize, "person.history_size", "Items in the history", "How many different items they used.",
             G::Person, U::Count, 0, mostCount, false},
    Declared{DaysSinceLast, "person.days_since_last", "Days since the last use", "Since they last used any item.",
             G::Person, U::Days, 0, mostDays, true},
    Declared{DaysSinceFirst, "person.days_since_first", "Days since the oldest use",
             "Since the item of the history that they used longest ago.", G::Person, U::Days, 0, mostDays, true},
    Declared{MeanGap, "person.mean_gap", "Days between items", "From one item of the history to the next, on average.",
             G::Person, U::Days, 0, mostDays, true},
    Declared{Categories, "person.categories", "Categories used", "Different categories of the items of the history.",
             G::Person, U::Count, 0, mostCount, false},
    Declared{TopCategory, "person.top_category", "Share of the favourite category",
             "Of the items of the history with a category.", G::Person, U::Share, 0, 1, true},
    Declared{TopBrand, "person.top_brand", "Share of the favourite brand", "Of the items of the history with a brand.",
             G::Person, U::Share, 0, 1, true},
    Declared{UsualPrice, "person.usual_price", "Usual price", "Geometric mean of the prices of the history's items.",
             G::Person, U::Money, 0, mostMoney, true},
    Declared{PriceSpread, "person.price_spread", "Spread of prices",
             "Standard deviation of the logarithms of these prices.", G::Person, U::LogRatio, 0, mostLogRatio, true},
    Declared{MeanValue, "person.mean_value", "Mean value of the history",
             "Stars that they give, or strength of what they do.", G::Person, U::Value, -anyNumber, anyNumber, true},
    Declared{UsualPopularity, "person.usual_popularity", "Usual popularity",
             "Mean of ln(1 + uses by all) over the newest 20 items of the history.", G::Person, U::LogCount, 0,
             mostLogCount, true},
    Declared{BoughtShare, "person.bought_share", "Share of items bought",
             "Of the items of the history; where kinds of events are told.", G::Person, U::Share, 0, 1, true},

    Declared{Popularity, "item.popularity", "Popularity", "Uses by all people so far.", G::Item, U::LogCount, 0,
             mostLogCount, false},
    Declared{PopularityHour, "item.popularity_1h", "Popularity in the last hour", "Uses by all people.", G::Item,
             U::LogCount, 0, mostLogCount, true},
    Declared{PopularityDay, "item.popularity_24h", "Popularity in the last 24 hours", "Uses by all people.", G::Item,
             U::LogCount, 0, mostLogCount, true},
    Declared{PopularityWeek, "item.popularity_7d", "Popularity in the last 7 days", "Uses by all people.", G::Item,
             U::LogCount, 0, mostLogCount, true},
    Declared{Trend, "item.trend", "Trend",
             "Uses in the last 24 hours against a day of the last 7: ln((a + 1) / (b + 1)).", G::Item, U::LogRatio,
             -mostLogCount, mostLogCount, true},
    Declared{DaysSinceUsed, "item.days_since_used", "Days since anybody used it", "Since the newest use.", G::Item,
             U::Days, 0, mostDays, true},
    Declared{Purchases, "item.purchases", "Purchases", "By all people so far; where kinds of events are told.", G::Item,
             U::LogCount, 0, mostLogCount, true},
    Declared{Conversion, "item.conversion", "Conversion", "Share of its uses that are purchases.", G::Item, U::Share, 0,
             1, true},
    Declared{UseRate, "item.use_rate", "Use when shown", "Uses / (uses + times shown), where it was shown.", G::Item,
             U::Share, 0, 1, true},
    Declared{Age, "item.age", "Age",
             "Since it came by the catalog's date; without one that has passed, since its first use.", G::Item, U::Days,
             0, mostDays, true},
    Declared{Price, "item.price", "Price",
             "The last one told by an event; where events tell none at all, the catalog's.", G::Item, U::Money, 0,
             mostMoney, true},
    Declared{Margin, "item.margin", "Margin", "Share of the items whose margin is smaller.", G::Item, U::Share, 0, 1,
             true},
    Declared{Promoted, "item.promoted", "Promoted", "By the catalog.", G::Item, U::YesNo, 0, 1, true},
    Declared{InStock, "item.in_stock", "In stock", "By the catalog.", G::Item, U::YesNo, 0, 1, true},
    Declared{ItemValue, "item.mean_value", "Mean value of its uses", "Stars that it got, or strengths.", G::Item,
             U::Value, -anyNumber, anyNumber, true},
    Declared{ItemCategories, "item.categories", "Number of categories", "That the catalog puts it in.", G::Item,
             U::Count, 0, mostCount, false},
    Declared{BrandPopularity, "item.brand_popularity", "Popularity of the brand", "Uses of all its items so far.",
             G::Item, U::LogCount, 0, mostLogCount, true},

    Declared{SeenCount, "pair.seen_count", "Times used before", "This item, by this person.", G::Pair, U::Count, 0,
             mostCount, false},
    Declared{DaysSinceSeen, "pair.days_since_seen", "Days since they used it", "This item, by this person.", G::Pair,
             U::Days, 0, mostDays, true},
    Declared{ShownUnused, "pair.shown_unused", "Times shown and not used", "To this person, who never used it.",
             G::Pair, U::Count, 0, mostCount, false},
    Declared{BrandBought, "pair.brand_bought", "Bought this brand before",
             "Items of this brand that they bought; where kinds are not told, used.", G::Pair, U::Count, 0, mostCount,
             true},
    Declared{BrandShare, "pair.brand_share", "Share of this brand", "In the history.", G::Pair, U::Share, 0, 1, true},
    Declared{CategoryShare, "pair.category_share", "Share of these categories",
             "In the history; the mean over the categories of the item.", G::Pair, U::Share, 0, 1, true},
    Declared{SubcategoryShare, "pair.subcategory_share", "Share of this subcategory",
             "In the history; the narrowest category of the item.", G::Pair, U::Share, 0, 1, true},
    Declared{DaysSinceCategory, "pair.days_since_category", "Days since they used this subcategory",
             "The narrowest category of the item.", G::Pair, U::Days, 0, mostDays, true},
    Declared{PriceAgainstUsual, "pair.price_against_usual", "Price against usual",
             "Against the person's usual price: ln(price / usual).", G::Pair, U::LogRatio, -mostLogRatio, mostLogRatio,
             true},
    Declared{PopularityAgainstUsual, "pair.popularity_against_usual", "Popularity against usual",
             "Against the usual popularity of what the person uses.", G::Pair, U::LogRatio, -mostLogCount, mostLogCount,
             true},
    Declared{
        SimilarityMost, "pair.similarity_most", "Content similarity, nearest",
        "To the nearest of the newest 20 items of the history: cosine of vectors, else common categories and brand.",
        G::Pair, U::Score, -1.001F, 1.001F, true},
    Declared{SimilarityMean, "pair.similarity_mean", "Content similarity, mean",
             "To the newest 20 items of the history.", G::Pair, U::Score, -1.001F, 1.001F, true},
    Declared{SessionCategory, "pair.session_category", "Same category in this visit",
             "Share of what was looked at in this visit that has a category in common.", G::Pair, U::Share, 0, 1, true},
    Declared{SellerSeen, "pair.seller_seen", "Used this seller before", "Items of the history from this seller.",
             G::Pair, U::Count, 0, mostCount, true},

    Declared{Hour, "context.hour", "Hour of the day", "In UTC.", G::Context, U::Hour, 0, 23, true},
    Declared{Weekday, "context.weekday", "Day of the week", "In UTC.", G::Context, U::Weekday, 0, 6, true},
    Declared{Device, "context.device", "Device", "As the question tells it.", G::Context, U::Device, 0, 4, true},
    Declared{SessionDepth, "context.session_depth", "Events in this visit", "So far.", G::Context, U::Count, 0,
             mostCount, false},
    Declared{SessionSeconds, "context.session_seconds", "Time in this visit", "Since its first event.", G::Context,
             U::Seconds, 0, mostDays * 86'400, true},

    Declared{SourceCount, "retrieval.sources", "Sources that found it", "Of those of the funnel.", G::Retrieval,
             U::Count, 0, 65'535, false},
    Declared{Merged, "retrieval.merged", "Merged score", "By which the lists of the sources were merged.", G::Retrieval,
             U::Score, -anyNumber, anyNumber, false},
};
static_assert(declared.size() == commonColumns);
static_assert([] {
    for (std::size_t i = 0; i < declared.size(); ++i)
        if (static_cast<std::size_t>(declared[i].column) != i)
            return false;
    return true;
}());

Feature featureOf(const Declared& one)
{
    return {std::string(one.id), std::string(one.title), std::string(one.about), one.group, one.unit, one.low, one.high,
            one.mayBeMissing};
}

} // namespace

std::string_view nameOf(FeatureGroup group)
{
    static constexpr std::array<std::string_view, featureGroupCount> names = {"Person", "Item", "Person and item",
                                                                              "Circumstances", "Sources"};
    return names.at(static_cast<std::size_t>(group));
}

std::vector<Feature> features(std::span<const std::string> sourceNames)
{
    std::vector<Feature> all;
    all.reserve(commonColumns + columnsPerSource * sourceNames.size());
    for (const Declared& one : declared)
        all.push_back(featureOf(one));
    for (const std::string& name : sourceNames) {
        all.push_back({"place." + name, "1 / place by " + name,
                       "1 / its place in the list of this source; 0: not in it.", FeatureGroup::Retrieval,
                       FeatureUnit::Score, 0, 1, false});
        all.push_back({"score." + name, "Score by " + name,
                       "On the scale of this source; not known where it is not in its list.", FeatureGroup::Retrieval,
                       FeatureUnit::Score, -anyNumber, anyNumber, true});
    }
    return all;
}

std::size_t commonFeatureCount() { return commonColumns; }

std::string featureVersion(std::span<const std::string> sourceNames)
{
    Hasher hasher;
    for (const Feature& feature : features(sourceNames)) {
        hasher.text(feature.id).number(static_cast<std::uint64_t>(feature.group));
        hasher.number(static_cast<std::uint64_t>(feature.unit)).number(feature.mayBeMissing ? 1 : 0);
        const std::array range{feature.low, feature.high};
        hasher.values(std::span<const float>(range));
    }
    return fmt::format("{}-{}", methodVersion, hasher.hex().substr(0, 16));
}

std::string inWords(FeatureUnit unit, float value)
{
    static constexpr std::array weekdays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    static constexpr std::array devices{"other", "phone", "tablet", "computer", "television"};
    if (std::isnan(value))
        return "not known";
    const auto named = [value](const auto& names) {
        return value >= 0 && value < static_cast<float>(names.size())
                   ? std::string(names.at(static_cast<std::size_t>(value)))
                   : fmt::format("{:g}", value);
    };
    switch (unit) {
    case FeatureUnit::Count: return fmt::format("{:.0f}", value);
    case FeatureUnit::LogCount: return fmt::format("{:.0f}", std::expm1(value));
    case FeatureUnit::Days: return fmt::format("{:.3g} {}", value, value == 1 ? "day" : "days");
    case FeatureUnit::Seconds: return fmt::format("{:.0f} s", value);
    case FeatureUnit::Share: return fmt::format("{:.0f} %", 100 * value);
    case FeatureUnit::YesNo: return value > 0 ? "yes" : "no";
    case FeatureUnit::Money: return fmt::format("{:.2f}", value);
    case FeatureUnit::LogRatio: return fmt::format("{:.2g} times", std::exp(value));
    case FeatureUnit::Hour: return fmt::format("{:.0f}:00", value);
    case FeatureUnit::Weekday: return named(weekdays);
    case FeatureUnit::Device: return named(devices);
    default: return fmt::format("{:.3g}", value);
    }
}

} // namespace orrery
