// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/recipes/model_state.h"

#include "core/store/freshness.h"
#include "ui/components/text.h"
#include "ui/pages/recipes/models_card.h"

namespace orrery::ui {
namespace {

QString tr(const char* words) { return ModelsCard::tr(words); }

QString events(std::size_t number) { return counted(static_cast<double>(number), tr("event"), tr("events")); }

QString newer(std::size_t number)
{
    return counted(static_cast<double>(number), tr("newer event"), tr("newer events"));
}

QString since(const ModelRow& row, const Dataset& dataset)
{
    const auto came = eventsSince(row, dataset);
    if (came && *came > 0)
        return tr("%1 came since").arg(events(*came));
    if (isUpToDate(row, dataset))
        return tr("nothing came since");
    return came ? tr("no event came since, but the items or the weights are others") : tr("the data is another by now");
}

QString trainedOn(const ModelRow& row)
{
    if (row.upTo != noTime)
        return tr("Trained on data up to %1").arg(date(row.upTo));
    return row.events ? tr("Trained on %1").arg(events(*row.events)) : tr("Trained on %1").arg(text(row.trainedOn));
}

// Why the lists are not what the model would answer now; empty when they are.
QString staleness(const KeptLists& kept, const Dataset& dataset, Timestamp asOf)
{
    if (kept.current(dataset, asOf))
        return {};
    if (kept.datasetHash != dataset.hash())
        return dataset.log().size() > kept.events ? tr(", before %1").arg(newer(dataset.log().size() - kept.events))
                                                  : tr(", of other data");
    return kept.ofThisModel ? tr(", as of %1").arg(date(kept.asOf)) : tr(", before it was trained again");
}

} // namespace

QString dataOf(const ModelRow& row, const Dataset& dataset)
{
    if (const std::string why = whyNotRefreshed(row); !why.empty())
        return text(why);
    return QStringLiteral("%1; %2.").arg(trainedOn(row), since(row, dataset));
}

QString listsOf(const KeptLists* kept, const Dataset& dataset, Timestamp asOf, const QDateTime& now)
{
    if (!kept)
        return tr("No lists of everybody are kept: an export makes them first.");
    const QString people = counted(static_cast<double>(kept->people), tr("person"), tr("people"));
    const QString stale = staleness(*kept, dataset, asOf);
    return tr("Lists for %1, made %2%3.").arg(people, age(kept->madeAt, now), stale) +
           (stale.isEmpty() ? QString() : tr(" An export makes new ones."));
}

QString age(const std::string& madeAt, const QDateTime& now)
{
    const qint64 seconds = QDateTime::fromString(text(madeAt), Qt::ISODate).secsTo(now);
    if (seconds < 60)
        return tr("just now");
    if (seconds < 3600)
        return tr("%1 min ago").arg(seconds / 60);
    if (seconds < 2 * 86'400)
        return tr("%1 h ago").arg(seconds / 3600);
    return tr("%1 days ago").arg(seconds / 86'400);
}

} // namespace orrery::ui
