// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of rule, declared once.
#include "core/data/moments.h"
#include "core/data/wishes.h"
#include "core/params/param_table.h"
#include "core/reranking/rule.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace orrery {
namespace {

/// A ParamTable that can also be read backwards: from settings to values.
template <class Config> class Settings {
public:
    template <class T> Settings& number(std::string id, std::string title, std::string help, T Config::*field,
                                        double low, double high, ParamScale scale = ParamScale::Linear)
    {
        m_getters.emplace_back(id, [field](const Config& config) -> ParamValue {
            if constexpr (std::is_integral_v<T>)
                return static_cast<std::int64_t>(config.*field);
            else
                return config.*field;
        });
        m_table.number(std::move(id), std::move(title), std::move(help), field, low, high, scale);
        return *this;
    }
    template <class E> Settings& choice(std::string id, std::string title, std::string help, E Config::*field,
                                        std::vector<ParamChoice> choices)
    {
        m_getters.emplace_back(id, [field, choices](const Config& config) -> ParamValue {
            return choices.at(static_cast<std::size_t>(config.*field)).id;
        });
        m_table.choice(std::move(id), std::move(title), std::move(help), field, std::move(choices));
        return *this;
    }
    Settings& text(std::string id, std::string title, std::string help, std::string Config::*field, std::string format,
                   Status (*check)(std::string_view))
    {
        m_getters.emplace_back(id, [field](const Config& config) -> ParamValue { return config.*field; });
        m_table.text(std::move(id), std::move(title), std::move(help), field, std::move(format), check);
        return *this;
    }

    [[nodiscard]] const std::vector<ParamSpec>& specs() const { return m_table.specs(); }
    [[nodiscard]] Result<Config> read(const ParamSet& params) const { return m_table.read(params); }
    [[nodiscard]] ParamSet write(const Config& config) const
    {
        ParamSet params;
        for (const auto& [id, get] : m_getters)
            params.set(id, get(config));
        return params;
    }

private:
    ParamTable<Config> m_table;
    std::vector<std::pair<std::string, std::function<ParamValue(const Config&)>>> m_getters;
};

constexpr std::string_view wishForm = "wishes such as brand = Acme; price 10..20";

Status checkConditions(std::string_view text)
{
    const auto wishes = parseWishes(text);
    if (!wishes)
        return tl::unexpected(wishes.error());
    for (const Wish& wish : *wishes)
        if (!wish.hard)
            return error(Code::InvalidArgument, fmt::format("'{}' is a preference", wish.words),
                         "A rule needs what holds or does not: leave out 'prefer'");
    return {};
}

Status checkWhere(std::string_view text)
{
    const auto checked = checkConditions(text);
    if (checked && parseWishes(text)->empty())
        return error(Code::InvalidArgument, "It does not say which items it is about",
                     fmt::format("Write {}", wishForm));
    return checked;
}

Status checkItem(std::string_view text)
{
    return text.empty() ? Status(error(Code::InvalidArgument, "It does not say which item", "Give the item's id"))
                        : Status{};
}

Status checkMoment(std::string_view text)
{
    const AttributeColumn cell{"", TextColumn{{std::string(text)}}};
    if (!text.empty() && momentOf(cell, 0) == noTime)
        return error(Code::InvalidArgument, fmt::format("'{}' is not a day or a moment", text),
                     "Write such as 2026-12-01 or 2026-12-01T18:00:00");
    return {};
}

Status anyText(std::string_view) { return {}; }

constexpr double lowestFactor = .01, highestFactor = 100;

template <class Config> Settings<Config>& factor(Settings<Config>& settings)
{
    return settings.number("factor", "Factor",
                           "Above 1 lifts, below 1 lowers: place r becomes about (1 + r)^(1 / factor) - 1",
                           &Config::factor, lowestFactor, highestFactor, ParamScale::Logarithmic);
}
template <class Config> Settings<Config>& where(Settings<Config>& settings)
{
    return settings.text("where", "Which items", "What must hold of an item, as wishes", &Config::where,
                         std::string(wishForm), &checkWhere);
}
/// Declarations whose only setting is which items, or by how much.
template <class Config> struct OnlyWhere {
    static Settings<Config> settings()
    {
        Settings<Config> s;
        return where(s);
    }
};
template <class Config> struct OnlyFactor {
    static Settings<Config> settings()
    {
        Settings<Config> s;
        return factor(s);
    }
};
template <class Config> Settings<Config>& chosenPlaces(Settings<Config>& settings)
{
    return settings
        .number("places", "Places", "So many of the first places are chosen so; the length of the list is usual",
                &Config::places, 1, 1000)
        .number("pool", "Among", "So many of the best candidates are considered", &Config::pool, 2, 10'000);
}

template <class Config> struct Declared;

template <> struct Declared<InStockRule> {
    static constexpr std::string_view id = "in-stock", title = "In stock", paper{};
    static constexpr std::string_view summary = "Drops what the catalog says is sold out.";
    static Settings<InStockRule> settings() { return {}; }
    static std::string words(const InStockRule&) { return "in stock"; }
};
template <> struct Declared<UnseenRule> {
    static constexpr std::string_view id = "unseen", title = "Not seen, not purchased", paper{};
    static constexpr std::string_view summary = "Drops what the person has already.";
    static Settings<UnseenRule> settings()
    {
        Settings<UnseenRule> s;
        s.choice("what", "Drop what was", "Seen is anything in the history", &UnseenRule::what,
                 {{"seen", "seen"}, {"purchased", "purchased"}});
        return s;
    }
    static std::string words(const UnseenRule& rule)
    {
        return rule.what == UnseenRule::What::Seen ? "not seen" : "not purchased";
    }
};
template <> struct Declared<FilterRule> : OnlyWhere<FilterRule> {
    static constexpr std::string_view id = "filter", title = "Only", paper{};
    static constexpr std::string_view summary = "Keeps only items of which something holds.";
    static std::string words(const FilterRule& rule) { return "only " + rule.where; }
};
template <> struct Declared<CapRule> {
    static constexpr std::string_view id = "cap", title = "At most", paper{};
    static constexpr std::string_view summary = "Drops an item when enough of its category, brand or seller stand "
                                                "above it.";
    static Settings<CapRule> settings()
    {
        Settings<CapRule> s;
        return s
            .choice("of", "Of the same", "What is counted", &CapRule::of,
                    {{"category", "category (the widest)"},
                     {"subcategory", "category (the narrowest)"},
                     {"every-category", "category, each of several"},
                     {"brand", "brand"},
                     {"seller", "seller"}})
            .number("most", "At most", "3 of a category and 2 of a brand are usual", &CapRule::most, 1, 1000);
    }
    static std::string words(const CapRule& rule)
    {
        static constexpr std::array names{"category", "subcategory", "category", "brand", "seller"};
        return fmt::format("at most {} of a {}", rule.most, names.at(static_cast<std::size_t>(rule.of)));
    }
};
template <> struct Declared<MarginRule> {
    static constexpr std::string_view id = "margin", title = "High margin", paper{};
    static constexpr std::string_view summary = "Boosts the items with the highest margins of the catalog.";
    static Settings<MarginRule> settings()
    {
        Settings<MarginRule> s;
        return factor(s).number("share", "Share of the catalog", "A third is usual", &MarginRule::share, .001, 1);
    }
    static std::string words(const MarginRule& rule) { return fmt::format("high margin x {:g}", rule.factor); }
};
template <> struct Declared<PromotedRule> : OnlyFactor<PromotedRule> {
    static constexpr std::string_view id = "promoted", title = "Promoted", paper{};
    static constexpr std::string_view summary = "Boosts what the catalog says is promoted.";
    static std::string words(const PromotedRule& rule) { return fmt::format("promoted x {:g}", rule.factor); }
};
template <> struct Declared<NewRule> {
    static constexpr std::string_view id = "new", title = "New", paper{};
    static constexpr std::string_view summary = "Boosts what came to the catalog lately.";
    static Settings<NewRule> settings()
    {
        Settings<NewRule> s;
        return factor(s).number("days", "Days", "7 is usual", &NewRule::days, .01, 36'500, ParamScale::Logarithmic);
    }
    static std::string words(const NewRule& rule)
    {
        return fmt::format("newer than {:g} days x {:g}", rule.days, rule.factor);
    }
};
template <> struct Declared<SessionRule> : OnlyFactor<SessionRule> {
    static constexpr std::string_view id = "session-category", title = "Category of this session", paper{};
    static constexpr std::string_view summary = "Boosts items of the categories that were looked at in this session.";
    static std::string words(const SessionRule& rule)
    {
        return fmt::format("category of this session x {:g}", rule.factor);
    }
};
template <> struct Declared<BoostRule> {
    static constexpr std::string_view id = "boost", title = "Boost", paper{};
    static constexpr std::string_view summary = "Boosts items of which something holds.";
    static Settings<BoostRule> settings()
    {
        Settings<BoostRule> s;
        return factor(where(s));
    }
    static std::string words(const BoostRule& rule) { return fmt::format("{} x {:g}", rule.where, rule.factor); }
};
template <> struct Declared<BuryRule> : OnlyWhere<BuryRule> {
    static constexpr std::string_view id = "bury", title = "Bury", paper{};
    static constexpr std::string_view summary = "Moves items of which something holds to the end of the list.";
    static std::string words(const BuryRule& rule) { return "bury " + rule.where; }
};
template <> struct Declared<PinRule> {
    static constexpr std::string_view id = "pin", title = "Pin", paper{};
    static constexpr std::string_view summary = "Puts an item at a place, whatever later rules do to the order.";
    static Settings<PinRule> settings()
    {
        Settings<PinRule> s;
        return s.text("item", "Item", "Its id", &PinRule::item, "the id of an item", &checkItem)
            .number("place", "Place", "From 1", &PinRule::place, 1, 1000);
    }
    static std::string words(const PinRule& rule) { return fmt::format("{} at place {}", rule.item, rule.place); }
};
template <> struct Declared<FreshnessRule> {
    static constexpr std::string_view id = "freshness", title = "Freshness", paper{};
    static constexpr std::string_view summary = "Lets scores fall by half with every half-life of an item's age.";
    static Settings<FreshnessRule> settings()
    {
        Settings<FreshnessRule> s;
        return s.number("half-life", "Half-life in days", "1 to 7 for news, 30 to 365 for goods",
                        &FreshnessRule::halfLife, .01, 36'500, ParamScale::Logarithmic);
    }
    static std::string words(const FreshnessRule& rule)
    {
        return fmt::format("halved every {:g} days of age", rule.halfLife);
    }
};
template <> struct Declared<PositionBiasRule> {
    static constexpr std::string_view id = "position-bias", title = "Position bias";
    static constexpr std::string_view summary =
        "Lifts items that were clicked where hardly anybody looks, lowers those "
        "that were clicked because they stood on top.";
    static constexpr std::string_view paper = "Joachims, Swaminathan & Schnabel, Unbiased learning-to-rank with biased "
                                              "feedback, WSDM 2017";
    static Settings<PositionBiasRule> settings()
    {
        Settings<PositionBiasRule> s;
        return s
            .number("eta", "Decay of attention", "Place r is looked at r^-eta as often as place 1; .5 to 2 is usual",
                    &PositionBiasRule::eta, 0, 5)
            .number("limit", "Limit", "No score is changed by more than this factor", &PositionBiasRule::limit, 1, 100,
                    ParamScale::Logarithmic);
    }
    static std::string words(const PositionBiasRule& rule)
    {
        return fmt::format("position bias out, place^{:g}", rule.eta);
    }
};
template <> struct Declared<DiversityRule> {
    static constexpr std::string_view id = "diversity", title = "Diversity";
    static constexpr std::string_view summary = "Chooses place by place what scores high and is unlike what stands "
                                                "above it.";
    static constexpr std::string_view paper = "Carbonell & Goldstein, The use of MMR, SIGIR 1998";
    static Settings<DiversityRule> settings()
    {
        Settings<DiversityRule> s;
        s.number("lambda", "Relevance", "1 is the score alone, 0 unlikeness alone; .5 to .9 is usual",
                 &DiversityRule::lambda, 0, 1)
            .choice("by", "Alike by", "What makes items alike", &DiversityRule::by,
                    {{"vectors", "vectors"}, {"categories", "categories"}});
        return chosenPlaces(s);
    }
    static std::string words(const DiversityRule& rule) { return fmt::format("diversity, MMR {:g}", rule.lambda); }
};
template <> struct Declared<CalibrationRule> {
    static constexpr std::string_view id = "calibration", title = "Calibration";
    static constexpr std::string_view summary = "Gives each category about the share of the list that it has of the "
                                                "history.";
    static constexpr std::string_view paper = "Steck, Calibrated recommendations, RecSys 2018";
    static Settings<CalibrationRule> settings()
    {
        Settings<CalibrationRule> s;
        s.number("lambda", "Calibration", "0 is the score alone, 1 the shares alone", &CalibrationRule::lambda, 0, 1);
        return chosenPlaces(s);
    }
    static std::string words(const CalibrationRule& rule)
    {
        return fmt::format("calibrated to the history, {:g}", rule.lambda);
    }
};
template <> struct Declared<ExposureRule> {
    static constexpr std::string_view id = "exposure", title = "Sellers' exposure";
    static constexpr std::string_view summary =
        "Gives each seller, and new sellers together, a share of all places that "
        "are shown, at the least cost in scores.";
    static constexpr std::string_view paper = "Singh & Joachims, Fairness of exposure in rankings, KDD 2018 (aim)";
    static Settings<ExposureRule> settings()
    {
        Settings<ExposureRule> s;
        return s.number("share", "Each seller", "Of all places shown", &ExposureRule::share, 0, 1)
            .number("new-share", "New sellers together", "Of all places shown", &ExposureRule::newShare, 0, 1)
            .number("new-days", "New for", "Days since their first item came", &ExposureRule::newDays, 0, 36'500);
    }
    static std::string words(const ExposureRule& rule)
    {
        return rule.newShare > 0 ? fmt::format("sellers get {:g} % each, new ones {:g} % together", 100 * rule.share,
                                               100 * rule.newShare)
                                 : fmt::format("sellers get {:g} % each", 100 * rule.share);
    }
};

template <> struct Declared<ExploreRule> {
    static constexpr std::string_view id = "explore", title = "Room for the seldom used";
    static constexpr std::string_view summary =
        "Gives every so many places to an item that is seldom used, drawn by chance among the candidates below.";
    static constexpr std::string_view paper = "Efraimidis & Spirakis, Weighted random sampling with a reservoir, 2006";
    static Settings<ExploreRule> settings()
    {
        Settings<ExploreRule> s;
        return s.number("every", "Every", "Places: 5 is a fifth of the list", &ExploreRule::every, 1, 100)
            .number("within", "Within the first", "Places; later ones stay as they are", &ExploreRule::within, 1, 1000);
    }
    static std::string words(const ExploreRule& rule)
    {
        return fmt::format("every {}. place for the seldom used", rule.every);
    }
};

template <class Config> const Settings<Config>& settingsOf()
{
    static const Settings<Config> declared = Declared<Config>::settings();
    return declared;
}

template <class Config> RuleKind declare()
{
    using D = Declared<Config>;
    return {std::string(D::id),
            std::string(D::title),
            std::string(D::summary),
            std::string(D::paper),
            settingsOf<Config>().specs(),
            [](const ParamSet& params) -> Result<RuleAction> {
                auto read = settingsOf<Config>().read(params);
                if (!read)
                    return tl::unexpected(read.error());
                return RuleAction(std::move(*read));
            }};
}

template <class... Configs> std::vector<RuleKind> declareAll(const std::variant<Configs...>*)
{
    return {declare<Configs>()...};
}

const Settings<When>& whenSettings()
{
    static const auto declared = [] {
        Settings<When> s;
        s.text("audience", "For whom", "Facts of the person, segments among them, as wishes", &When::audience,
               "conditions such as gender = F; age >= 30", &checkConditions)
            .text("context", "In what circumstances", "As wishes: weekday = Saturday; device = phone", &When::context,
                  "conditions such as weekday = Saturday", &checkConditions)
            .text("shelves", "On which shelves", "Ids with commas between: for-you, similar", &When::shelves,
                  "ids of shelves", &anyText)
            .text("from", "From", "A day or a moment, UTC; inclusive", &When::from, "a day", &checkMoment)
            .text("until", "Until", "A day or a moment, UTC; exclusive", &When::until, "a day", &checkMoment);
        return s;
    }();
    return declared;
}

} // namespace

std::span<const RuleKind> ruleKinds()
{
    static const std::vector<RuleKind> kinds = declareAll(static_cast<const RuleAction*>(nullptr));
    return kinds;
}

const RuleKind& kindOf(const RuleAction& action) { return ruleKinds()[action.index()]; }

ParamSet paramsOf(const RuleAction& action)
{
    return std::visit([](const auto& held) { return settingsOf<std::decay_t<decltype(held)>>().write(held); }, action);
}

std::span<const ParamSpec> whenParams() { return whenSettings().specs(); }
Result<When> whenFrom(const ParamSet& params) { return whenSettings().read(params); }
ParamSet paramsOf(const When& when) { return whenSettings().write(when); }

std::string wordsOf(const Rule& rule)
{
    if (!rule.name.empty())
        return rule.name;
    return std::visit([](const auto& held) { return Declared<std::decay_t<decltype(held)>>::words(held); },
                      rule.action);
}

} // namespace orrery
