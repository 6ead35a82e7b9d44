// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/funnel_table.h"

#include "ui/components/text.h"

#include <algorithm>
#include <limits>
#include <span>

namespace orrery::ui {
namespace {

constexpr double noPlace = std::numeric_limits<double>::infinity(); ///< sorted after all places

/// A place, or nothing where there is none.
TableColumn placeColumn(const QString& title, const QString& help, std::function<std::uint32_t(int)> placeOf)
{
    TableColumn column{title, TableColumn::Kind::Number,
                       [placeOf](int row) { return placeOf(row) > 0 ? count(placeOf(row)) : QStringLiteral("–"); }};
    column.sort = [placeOf](int row) -> QVariant { return placeOf(row) > 0 ? double(placeOf(row)) : noPlace; };
    column.help = help;
    return column;
}

/// What the rules did to a row of the trail, in words.
QString rulesText(const Funnel& funnel, const RuleTrail& trail, std::size_t row)
{
    QStringList words;
    for (const RuleStep& step : trail.stepsOf(row)) {
        const QString rule = text(wordsOf(funnel.recipe().rules.rules[step.rule]));
        if (step.placeAfter == 0)
            words << FunnelTable::tr("dropped: %1").arg(text(step.why.empty() ? rule.toStdString() : step.why));
        else if (step.placeBefore != step.placeAfter)
            words << FunnelTable::tr("%1 → %2: %3").arg(count(step.placeBefore), count(step.placeAfter), rule);
    }
    return words.join(QStringLiteral(" · "));
}

/// "Item kNN 24 · Implicit ALS 49"
QString foundText(const FunnelRun& run, std::size_t candidate)
{
    QStringList words;
    const auto places = run.candidates.placesOf(candidate);
    for (std::size_t source = 0; source < places.size(); ++source)
        if (places[source] > 0)
            words << QStringLiteral("%1 %2").arg(text(run.sources[source].title), count(places[source]));
    return words.join(QStringLiteral(" · "));
}

} // namespace

void FunnelTable::show(const std::shared_ptr<const Dataset>& dataset, const std::shared_ptr<const Funnel>& funnel,
                       const std::shared_ptr<const FunnelRun>& run)
{
    const RuleTrail& trail = run->trail; // its rows: candidates that could be scored, then what rules added
    const std::size_t rules = trail.effects().size();
    const auto rowIn = [run](int row) { return static_cast<std::size_t>(row); };
    const auto finalPlace = [run, rules, rowIn](int row) {
        return rules == 0 ? run->trail.firstPlace(rowIn(row)) : run->trail.placeAfter(rules - 1, rowIn(row));
    };
    const auto isCandidate = [run](int row) { return static_cast<std::size_t>(row) < run->candidates.size(); };
    std::vector<TableColumn> columns{
        placeColumn(tr("Place"), tr("In the final list"), finalPlace),
        {tr("Item"), TableColumn::Kind::Text,
         [dataset, run, rowIn](int row) { return text(dataset->title(run->trail.item(rowIn(row)))); }},
        placeColumn(tr("Merged"), tr("Place as the sources' lists were merged"),
                    [isCandidate](int row) { return isCandidate(row) ? static_cast<std::uint32_t>(row) + 1 : 0U; }),
        placeColumn(tr("Ranked"), tr("Place by the ranker and the objectives"),
                    [run, isCandidate, rowIn](int row) { return isCandidate(row) ? run->rankPlaces[rowIn(row)] : 0U; }),
        {tr("What rules did"), TableColumn::Kind::Text,
         [funnel, run, rowIn](int row) { return rulesText(*funnel, run->trail, rowIn(row)); }}};
    TableColumn found{tr("Found by"), TableColumn::Kind::Text, [run, isCandidate, rowIn](int row) {
                          return isCandidate(row) ? foundText(*run, rowIn(row)) : tr("a rule");
                      }};
    found.sort = [run, isCandidate, rowIn](int row) -> QVariant {
        const auto places = isCandidate(row) ? run->candidates.placesOf(rowIn(row)) : std::span<const std::uint16_t>();
        return double(std::ranges::count_if(places, [](std::uint16_t place) { return place > 0; }));
    };
    found.help = tr("Sources, with the place in their lists; sorted by how many they are");
    columns.push_back(std::move(found));
    reset(static_cast<int>(trail.candidates()), std::move(columns));
}

} // namespace orrery::ui
