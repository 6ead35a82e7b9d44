// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/losses_pane.h"

#include "core/pipeline/item_audience.h"
#include "ui/components/share_bar.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/tokens.h"

#include <QVBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr std::size_t askedPeople = 400;

/// People with a history, spread evenly.
std::vector<Query> queriesOf(const Dataset& dataset, Timestamp asOf)
{
    std::vector<Query> queries;
    const std::size_t step = std::max<std::size_t>(1, dataset.personCount() / askedPeople);
    for (std::size_t user = 0; user < dataset.personCount() && queries.size() < askedPeople; user += step) {
        Query query = queryFor(dataset, UserIndex{static_cast<std::uint32_t>(user)}, asOf);
        if (!query.history.empty())
            queries.push_back(std::move(query));
    }
    return queries;
}

} // namespace

LossesPane::LossesPane(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_bars(new QVBoxLayout(this))
{
    m_bars->setContentsMargins({});
    m_bars->setSpacing(space::sm);
    hide();
}

void LossesPane::refresh()
{
    struct Asked {
        QString name;
        RecommenderPtr recommender;
    };
    std::vector<Asked> asked;
    for (const ModelEntry* entry : {m_session.a(), m_session.b()})
        if (entry && funnelOf(entry->recommender.get()))
            asked.push_back({entry->name(), entry->recommender});
    if (asked.empty() || !m_session.item() || !m_session.dataset())
        return hide();
    m_session.jobs().startBehind<std::vector<Side>>(
        QStringLiteral("where an item is lost"),
        [asked, dataset = m_session.dataset(), asOf = m_session.asOf(),
         item = *m_session.item()](const JobContext& job) -> Result<std::vector<Side>> {
            const std::vector<Query> queries = queriesOf(*dataset, asOf);
            std::vector<Side> sides;
            for (const Asked& one : asked) {
                const Funnel& funnel = *funnelOf(one.recommender.get());
                auto losses = lossesOf(funnel, queries, item, ItemAudience::top, job);
                if (!losses)
                    return tl::unexpected(losses.error());
                Side side{one.name, std::move(*losses), {}};
                for (const SourceChoice& source : funnel.recipe().sources)
                    side.sources.push_back(text(titleOf(source)));
                sides.push_back(std::move(side));
            }
            return sides;
        },
        this,
        [this, item = m_session.item(), dataset = m_session.dataset()](const Result<std::vector<Side>>& sides) {
            if (sides && item == m_session.item() && dataset == m_session.dataset())
                show(*sides);
        });
}

void LossesPane::addBar(const QString& words, std::size_t people, std::size_t all)
{
    auto* bar = new ShareBar(this);
    bar->show(words, static_cast<double>(people) / static_cast<double>(std::max<std::size_t>(1, all)));
    m_bars->addWidget(bar);
    bar->QWidget::show();
}

void LossesPane::show(const std::vector<Side>& sides)
{
    clearLayout(m_bars);
    for (const Side& side : sides) {
        const ItemLosses& losses = side.losses;
        m_bars->addWidget(sectionLabel(tr("Where %1 loses it").arg(side.name), this));
        auto* asked = secondaryLabel(tr("Of %1 people asked:").arg(count(static_cast<double>(losses.people))), this);
        m_bars->addWidget(asked);
        addBar(tr("in the first %1").arg(ItemAudience::top), losses.listed, losses.people);
        addBar(tr("have it already"), losses.seen, losses.people);
        addBar(tr("retrieval: no source proposes it"), losses.notFound, losses.people);
        addBar(tr("ranking: lower than that"), losses.ranked, losses.people);
        for (const ItemLosses::ByRule& rule : losses.rules) {
            if (rule.dropped > 0)
                addBar(tr("dropped by: %1").arg(text(rule.rule)), rule.dropped, losses.people);
            if (rule.pushed > 0)
                addBar(tr("pushed down by: %1").arg(text(rule.rule)), rule.pushed, losses.people);
        }
        QStringList found;
        for (std::size_t source = 0; source < side.sources.size(); ++source)
            if (losses.foundBy[source] > 0)
                found << tr("%1 to %2").arg(side.sources[source], count(static_cast<double>(losses.foundBy[source])));
        auto* by = secondaryLabel(found.isEmpty() ? tr("No source proposes it to anybody.")
                                                  : tr("Proposed by %1.").arg(found.join(QStringLiteral(", "))),
                                  this);
        by->setWordWrap(true);
        m_bars->addWidget(by);
    }
    QWidget::show();
}

} // namespace orrery::ui
