// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/person_columns.h"

#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace orrery::ui {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("PersonColumns", words); }

std::size_t shownOf(const PersonList& list, std::size_t rows) { return std::min(rows, list.list.items.size()); }

std::uint32_t placeIn(const PersonList& list, ItemIndex item)
{
    const auto& items = list.list.items;
    const auto found = std::ranges::find(items, item, &Recommendation::item);
    return found == items.end() ? 0 : static_cast<std::uint32_t>(found - items.begin()) + 1;
}

void setChange(RowContent& row, std::uint32_t before, std::uint32_t now)
{
    if (before == 0) {
        row.change = tr("new");
        row.changeSign = 1;
    } else if (before != now) {
        const int moved = static_cast<int>(before) - static_cast<int>(now);
        row.change = moved > 0 ? QStringLiteral("+%1").arg(moved) : QStringLiteral("−%1").arg(-moved);
        row.changeSign = moved > 0 ? 1 : -1;
    }
}

// Bars compare within a list: from its first score down to just below its last shown one.
double barShare(const PersonList& list, std::size_t place, std::size_t rows)
{
    const float best = list.list.items.front().score;
    const float last = list.list.items[shownOf(list, rows) - 1].score;
    const float floor = last > 0 ? 0 : last - (best - last) * 0.1F;
    return best > floor ? static_cast<double>((list.list.items[place].score - floor) / (best - floor)) : 1;
}

void setBadge(ColumnContent& column, const ModelEntry& model, Timestamp asOf)
{
    if (model.row.algorithm == "imported-list") {
        column.badge = tr("imported");
        column.badgeHelp = tr("These lists were computed elsewhere; what they were trained on is not known");
    } else if (asOf != endOfTime && model.row.asOf <= asOf) {
        column.badge = tr("held out");
        column.badgeHelp =
            tr("Trained only on what happened before %1: later choices are a fair test").arg(date(model.row.asOf));
    } else {
        const bool dated = model.row.heldOut && model.row.asOf != endOfTime;
        column.badge = dated               ? tr("before %1").arg(date(model.row.asOf))
                       : model.row.heldOut ? tr("trained on a part")
                                           : tr("trained on all data");
        column.badgeHelp = tr("It has seen what happened after the as-of date: later choices are no fair test of it");
        column.badgeWarns = asOf != endOfTime;
    }
}

RowContent rowOf(const Dataset& dataset, const PersonView& view, const ModelEntry& model, std::size_t listIndex,
                 std::size_t place, std::size_t rows)
{
    const PersonList& list = view.lists[listIndex];
    const Recommendation& entry = list.list.items[place];
    RowContent row;
    row.item = entry.item;
    row.rank = static_cast<int>(place) + 1;
    row.title = text(dataset.title(entry.item));
    row.share = barShare(list, place, rows);
    row.colour = model.row.colour;
    row.score = decimal(static_cast<double>(entry.score), 3);
    const bool chosen = std::ranges::any_of(view.next, [&](const NextChoice& next) { return next.item == entry.item; });
    if (chosen) {
        row.chip = tr("✓ chosen");
        row.chipShort = tr("✓");
        row.chipGood = true;
    }
    return row;
}

void compareWithA(RowContent& row, const PersonView& view, std::size_t listIndex, std::size_t rows)
{
    if (listIndex > 0) {
        const auto place = placeIn(view.lists[0], row.item);
        return setChange(row, place > rows ? 0 : place, static_cast<std::uint32_t>(row.rank));
    }
    if (view.lists.size() < 2 || view.lists[1].failure || !row.chip.isEmpty())
        return;
    const auto place = placeIn(view.lists[1], row.item);
    if (place == 0 || place > rows)
        row.chip = tr("A only");
}

/// "62 % Session kNN · 38 % Implicit ALS"; those without a share are left out.
QString servedText(const std::vector<SourceShare>& sources)
{
    QStringList parts;
    for (const SourceShare& source : sources)
        if (source.share >= .005)
            parts << QStringLiteral("%1 %2").arg(percent(source.share), text(source.name));
    return parts.join(QStringLiteral(" · "));
}

QString reasonText(const Dropped& dropped)
{
    switch (dropped.reason) {
    case DropReason::Seen: return tr("already seen");
    case DropReason::NotScorable: return tr("unknown to the model");
    case DropReason::Unlisted: return tr("not in the imported list");
    case DropReason::NotFound: return tr("found by no source");
    case DropReason::NotKept: return tr("beyond the candidates");
    case DropReason::Rule: break;
    }
    return text(dropped.by);
}

} // namespace

QString droppedText(const RecommendationList& list)
{
    QStringList parts;
    std::size_t total = 0;
    for (const Dropped& dropped : list.dropped) {
        if (dropped.count == 0)
            continue;
        total += dropped.count;
        parts << QStringLiteral("%1 %2").arg(count(static_cast<double>(dropped.count)), reasonText(dropped));
    }
    return total == 0 ? tr("nothing dropped") : tr("dropped: %1").arg(parts.join(QStringLiteral(", ")));
}

std::vector<ColumnContent> columnsOf(const Dataset& dataset, const PersonView& view,
                                     const std::vector<ModelEntry>& models, bool edited, Timestamp asOf,
                                     std::size_t rows)
{
    std::vector<ColumnContent> columns;
    for (std::size_t i = 0; i < view.lists.size(); ++i) {
        const PersonList& list = view.lists[i];
        ColumnContent column;
        column.name = models[i].name();
        column.colour = models[i].row.colour;
        setBadge(column, models[i], asOf);
        for (std::size_t place = 0; place < shownOf(list, rows); ++place) {
            RowContent row = rowOf(dataset, view, models[i], i, place, rows);
            if (edited)
                setChange(row, list.rankBefore[place], static_cast<std::uint32_t>(row.rank));
            else
                compareWithA(row, view, i, rows);
            column.rows.push_back(row);
        }
        if (list.failure)
            column.instead = text(list.failure->message + ". " + list.failure->hint);
        else if (list.list.items.empty())
            column.instead = tr("Nothing left to recommend");
        column.footer = list.failure                  ? QString()
                        : !list.list.sources.empty()  ? servedText(list.list.sources)
                        : !list.list.fallback.empty() ? tr("fallback: the popular items")
                                                      : droppedText(list.list);
        columns.push_back(std::move(column));
    }
    return columns;
}

QString inShort(const PersonView& view, const std::vector<ModelEntry>& models, std::size_t rows)
{
    QStringList sentences;
    for (std::size_t i = 0; i < view.lists.size(); ++i)
        if (!view.lists[i].list.sources.empty())
            sentences << QStringLiteral("%1: %2").arg(models[i].name(), text(sentenceOf(view.lists[i].list.sources)));
        else if (!view.lists[i].list.fallback.empty())
            sentences << QStringLiteral("%1: %2").arg(models[i].name(), text(view.lists[i].list.fallback));
    if (view.lists.size() > 1 && !view.lists[0].failure && !view.lists[1].failure) {
        std::size_t shared = 0;
        const std::size_t shown = std::min(shownOf(view.lists[0], rows), shownOf(view.lists[1], rows));
        for (std::size_t place = 0; place < shown; ++place) {
            const auto other = placeIn(view.lists[1], view.lists[0].list.items[place].item);
            shared += other > 0 && other <= shown ? 1 : 0;
        }
        sentences << tr("A and B share %1 of their first %2.").arg(shared).arg(shown);
    }
    if (!view.next.empty()) {
        QStringList found;
        for (std::size_t i = 0; i < view.lists.size(); ++i) {
            const auto hits = std::ranges::count_if(
                view.next, [&](const NextChoice& next) { return next.ranks[i] > 0 && next.ranks[i] <= rows; });
            found << tr("%1 finds %2").arg(models[i].name()).arg(hits);
        }
        sentences << tr("Of %1 later choices, %2 in its first %3.")
                         .arg(view.next.size())
                         .arg(found.join(QStringLiteral(", ")))
                         .arg(rows);
    }
    return sentences.join(QStringLiteral(" "));
}

} // namespace orrery::ui
