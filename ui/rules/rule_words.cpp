// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/rule_words.h"

#include "core/data/catalog_columns.h"
#include "core/data/wishes.h"
#include "core/reranking/reranker.h"
#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace orrery::ui {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("RuleWords", words); }

constexpr double farPlace = 100;

QString capitalized(QString words)
{
    if (!words.isEmpty())
        words[0] = words[0].toUpper();
    return words;
}

/// Of boosts: their factor.
std::optional<double> factorOf(const RuleAction& action)
{
    return std::visit(
        [](const auto& rule) -> std::optional<double> {
            if constexpr (requires { rule.factor; })
                return rule.factor;
            else
                return std::nullopt;
        },
        action);
}

QString boosted(const RuleAction& action)
{
    if (const auto* boost = std::get_if<BoostRule>(&action))
        return text(boost->where);
    if (const auto* fresh = std::get_if<NewRule>(&action))
        return fresh->days == 7 ? tr("New this week") : tr("Newer than %1 days").arg(fresh->days);
    return text(kindOf(action).title);
}

QString placesMoved(double factor)
{
    const long moved = std::lround(readPlace - placeWithFactor(readPlace, factor));
    if (moved == 0)
        return tr("hardly moved");
    const QString places = counted(static_cast<double>(std::abs(moved)), tr("place"), tr("places"));
    return moved > 0 ? tr("about %1 up").arg(places) : tr("about %1 down").arg(places);
}

/// The first wish about a category, brand or anything else that items of the catalog have.
std::string usualWhere(const RuleCatalog& catalog)
{
    const Dataset& data = catalog.dataset();
    const CatalogColumns columns(data.items());
    std::vector<const AttributeColumn*> likely{columns[CatalogField::Category], columns[CatalogField::Brand]};
    for (const AttributeColumn& column : data.items().columns())
        if (std::holds_alternative<TagColumn>(column.data))
            likely.push_back(&column);
    for (const AttributeColumn* column : likely) {
        const auto* tags = column ? std::get_if<TagColumn>(&column->data) : nullptr;
        for (std::uint32_t tag = 0; tags && tag < tags->vocabulary.size(); ++tag) {
            const std::string where = column->name + " = " + std::string(tags->vocabulary.name(tag));
            const auto wishes = parseWishes(where);
            // Names with signs of the language of wishes are read as something else.
            if (wishes && wishes->size() == 1 && wishes->front().value == tags->vocabulary.name(tag) &&
                checkWishes(*wishes, data))
                return where;
        }
    }
    return {};
}

} // namespace

QString ruleTitle(const Rule& rule, const Dataset* dataset)
{
    if (!rule.name.empty())
        return text(rule.name);
    const auto* pin = std::get_if<PinRule>(&rule.action);
    if (const auto item = pin && dataset ? dataset->findItem(pin->item) : std::nullopt)
        return tr("%1 at place %2").arg(text(dataset->title(*item))).arg(pin->place);
    if (const auto factor = factorOf(rule.action))
        return tr("%1: %2").arg(capitalized(boosted(rule.action)), placesMoved(*factor));
    return capitalized(text(wordsOf(rule)));
}

QString ruleTip(const Rule& rule)
{
    QString tip = text(kindOf(rule.action).summary);
    if (const auto factor = factorOf(rule.action))
        tip += u'\n' + tr("Place %1 becomes about %2, place %3 about %4, where the others stay")
                           .arg(readPlace)
                           .arg(std::lround(placeWithFactor(readPlace, *factor)))
                           .arg(farPlace)
                           .arg(std::lround(placeWithFactor(farPlace, *factor)));
    if (const auto& paper = kindOf(rule.action).paper; !paper.empty())
        tip += u'\n' + text(paper);
    return tip;
}

QString whenWords(const When& when)
{
    QStringList parts{when.audience.empty() ? tr("everyone") : text(when.audience)};
    for (const std::string& told : {when.shelves, when.context})
        if (!told.empty())
            parts << text(told);
    const QString from = text(when.from), until = text(when.until);
    parts << (from.isEmpty() && until.isEmpty() ? tr("always")
              : until.isEmpty()                 ? tr("from %1").arg(from)
              : from.isEmpty()                  ? tr("until %1").arg(until)
                                                : tr("%1 to %2").arg(from, until));
    return parts.join(QStringLiteral(" · "));
}

QString dropWord(const RuleAction& action)
{
    if (std::holds_alternative<InStockRule>(action))
        return tr("sold out");
    if (const auto* unseen = std::get_if<UnseenRule>(&action))
        return unseen->what == UnseenRule::What::Seen ? tr("seen") : tr("purchased");
    if (std::holds_alternative<CapRule>(action))
        return tr("cap");
    return tr("filter");
}

std::optional<MainSetting> mainSetting(const RuleAction& action)
{
    struct Range {
        std::string_view kind, setting;
        double low, high;
        ParamScale scale;
    };
    // Where sliders end that a hand can still set finely; the whole range is in the form.
    static constexpr std::array ranges{Range{"cap", "most", 1, 12, ParamScale::Linear},
                                       Range{"pin", "place", 1, 10, ParamScale::Linear},
                                       Range{"freshness", "half-life", 1, 365, ParamScale::Logarithmic},
                                       Range{"position-bias", "eta", 0, 2, ParamScale::Linear},
                                       Range{"diversity", "lambda", 0, 1, ParamScale::Linear},
                                       Range{"calibration", "lambda", 0, 1, ParamScale::Linear},
                                       Range{"exposure", "share", 0, .1, ParamScale::Linear},
                                       Range{"", "factor", .5, 3, ParamScale::Logarithmic}};
    const RuleKind& kind = kindOf(action);
    for (const Range& range : ranges)
        if (range.kind.empty() || range.kind == kind.id)
            for (const ParamSpec& spec : kind.params)
                if (spec.id == range.setting)
                    return MainSetting{spec, range.low, range.high, range.scale};
    return {};
}

double numberOf(const RuleAction& action, const std::string& setting)
{
    const ParamSet params = paramsOf(action);
    const ParamValue& value = *params.find(setting);
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*whole);
    return std::get<double>(value);
}

RuleAction withNumber(const RuleAction& action, const MainSetting& setting, double number)
{
    ParamSet params = paramsOf(action);
    if (setting.spec.type == ParamType::Integer)
        params.set(setting.spec.id, static_cast<std::int64_t>(std::llround(number)));
    else
        params.set(setting.spec.id, number);
    const auto made = kindOf(action).make(params);
    return made ? *made : action;
}

std::optional<Rule> firstRule(std::size_t kind, const RuleCatalog& catalog, std::optional<ItemIndex> item)
{
    ParamSet params;
    for (const ParamSpec& spec : ruleKinds()[kind].params)
        if (spec.id == "where")
            params.set(spec.id, usualWhere(catalog));
        else if (spec.id == "item")
            params.set(spec.id, item ? std::string(catalog.dataset().itemIds().name(item->value)) : std::string());
    auto made = ruleKinds()[kind].make(params);
    if (!made)
        return {};
    return Rule{std::move(*made)};
}

QString whyNoUse(std::size_t kind, const RuleCatalog& catalog)
{
    const auto rule = firstRule(kind, catalog, ItemIndex{0});
    if (!rule)
        return tr("items have no categories or other tags");
    if (std::holds_alternative<CapRule>(rule->action)) // of brands, where there are no categories
        for (const auto of : {CapRule::Of::Category, CapRule::Of::Brand, CapRule::Of::Seller})
            if (missingFor(CapRule{of, 1}, catalog).empty())
                return {};
    return text(missingFor(rule->action, catalog));
}

} // namespace orrery::ui
