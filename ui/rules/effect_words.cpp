// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/effect_words.h"

#include "ui/components/text.h"
#include "ui/rules/rule_words.h"

#include <QCoreApplication>

#include <algorithm>

namespace orrery::ui {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("EffectWords", words); }

std::size_t placeIn(const std::vector<Reranked>& list, ItemIndex item)
{
    const auto found = std::ranges::find(list, item, &Reranked::item);
    return found == list.end() ? 0 : static_cast<std::size_t>(found - list.begin()) + 1;
}

RowContent rowOf(const Dataset& dataset, const PersonEffect& effect, ItemIndex item, std::size_t place)
{
    RowContent row;
    row.item = item;
    row.rank = static_cast<int>(place);
    row.share = -1;
    row.title = text(dataset.title(item));
    if (std::ranges::binary_search(effect.later, item)) {
        row.chip = tr("✓ chosen");
        row.chipShort = tr("✓");
        row.chipGood = true;
    }
    return row;
}

void tellWhereItWent(RowContent& row, const PersonEffect& effect, const RuleSet& rules)
{
    const auto candidate = effect.trail.find(row.item);
    if (!candidate || placeIn(effect.after, row.item) > 0)
        return;
    row.chipGood = false;
    if (const auto rule = effect.trail.droppedBy(*candidate)) {
        row.chip = row.chipShort = tr("out: %1").arg(dropWord(rules.rules[*rule].action));
        return;
    }
    const std::size_t last = effect.trail.effects().size();
    const auto now = last > 0 ? effect.trail.placeAfter(last - 1, *candidate) : effect.trail.firstPlace(*candidate);
    row.chip = row.chipShort = tr("to %1").arg(now);
}

void tellHowItMoved(RowContent& row, const PersonEffect& effect)
{
    const std::size_t before = placeIn(effect.before, row.item);
    const int moved = static_cast<int>(before) - row.rank;
    if (before == 0) {
        row.change = tr("new");
        row.changeSign = 1;
    } else if (moved != 0) {
        row.change = moved > 0 ? QStringLiteral("+%1").arg(moved) : QStringLiteral("−%1").arg(-moved);
        row.changeSign = moved > 0 ? 1 : -1;
    }
}

} // namespace

std::vector<ColumnContent> effectColumns(const Dataset& dataset, const PersonEffect& effect, const RuleSet& rules,
                                         int colour, std::size_t rows)
{
    ColumnContent before, after;
    before.name = tr("Before");
    after.name = tr("After");
    before.colour = after.colour = colour;
    for (std::size_t i = 0; i < std::min(rows, effect.before.size()); ++i) {
        before.rows.push_back(rowOf(dataset, effect, effect.before[i].item, i + 1));
        tellWhereItWent(before.rows.back(), effect, rules);
    }
    for (std::size_t i = 0; i < std::min(rows, effect.after.size()); ++i) {
        after.rows.push_back(rowOf(dataset, effect, effect.after[i].item, i + 1));
        tellHowItMoved(after.rows.back(), effect);
    }
    if (before.rows.empty())
        before.instead = tr("Nothing to recommend");
    if (after.rows.empty())
        after.instead = effect.before.empty() ? tr("Nothing to recommend") : tr("The rules leave nothing");
    return {before, after};
}

QString effectInShort(const PersonEffect& effect)
{
    std::size_t entered = 0, moved = 0;
    for (std::size_t i = 0; i < effect.after.size(); ++i) {
        const std::size_t before = placeIn(effect.before, effect.after[i].item);
        entered += before == 0 ? 1 : 0;
        moved += before != 0 && before != i + 1 ? 1 : 0;
    }
    const auto left =
        std::ranges::count_if(effect.before, [&](const Reranked& one) { return placeIn(effect.after, one.item) == 0; });
    if (entered + moved == 0 && left == 0)
        return tr("Nothing changes in this list");
    return tr("%1 entered, %2 left, %3 moved").arg(entered).arg(left).arg(moved);
}

QStringList effectsOf(const Dataset& dataset, const PersonEffect& effect, const RuleSet& rules)
{
    QStringList lines;
    for (std::size_t rule = 0; rule < effect.trail.effects().size(); ++rule) {
        const RuleEffect& did = effect.trail.effects()[rule];
        QStringList parts;
        if (did.dropped > 0)
            parts << tr("%1 dropped").arg(did.dropped);
        if (did.moved > 0)
            parts << tr("%1 moved").arg(did.moved);
        if (!did.why.empty())
            parts << text(did.why);
        if (!parts.isEmpty())
            lines << tr("%1 – %2").arg(ruleTitle(rules.rules[rule], &dataset), parts.join(QStringLiteral(", ")));
    }
    return lines;
}

QStringList wayOf(const Dataset& dataset, ItemIndex item, const PersonEffect& effect, const RuleSet& rules)
{
    const auto candidate = effect.trail.find(item);
    if (!candidate)
        return {};
    QStringList lines;
    const auto first = effect.trail.firstPlace(*candidate);
    lines << (first > 0 ? tr("The ranker put it at place %1").arg(first) : tr("No source proposed it"));
    for (const RuleStep& step : effect.trail.stepsOf(*candidate)) {
        const QString rule = ruleTitle(rules.rules[step.rule], &dataset);
        if (step.placeAfter == 0)
            lines << tr("%1 – out, %2").arg(rule, text(step.why));
        else if (step.placeBefore == 0)
            lines << tr("%1 – in at place %2").arg(rule).arg(step.placeAfter);
        else if (step.placeBefore != step.placeAfter)
            lines << tr("%1 – place %2 to %3").arg(rule).arg(step.placeBefore).arg(step.placeAfter);
    }
    if (lines.size() == 1)
        lines << tr("No rule moved it");
    return lines;
}

} // namespace orrery::ui
