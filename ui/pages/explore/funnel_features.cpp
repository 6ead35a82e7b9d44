// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/funnel_features.h"

#include "ui/components/data_table.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/table_model.h"
#include "ui/theme/tokens.h"

#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr std::size_t checkedQuestions = 100;

/// People with a history before `asOf`, spread evenly.
std::vector<Query> questionsOf(const Dataset& dataset, Timestamp asOf)
{
    std::vector<Query> queries;
    const std::size_t step = std::max<std::size_t>(1, dataset.personCount() / (2 * checkedQuestions));
    for (std::size_t user = 0; user < dataset.personCount() && queries.size() < checkedQuestions; user += step) {
        Query query = queryFor(dataset, UserIndex{static_cast<std::uint32_t>(user)}, asOf);
        if (!query.history.empty())
            queries.push_back(std::move(query));
    }
    return queries;
}

} // namespace

FunnelFeaturesPane::FunnelFeaturesPane(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_words(secondaryLabel({}, this)), m_table(new DataTable(this)),
      m_rows(new TableModel(m_table))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_words->setWordWrap(true);
    m_words->setContentsMargins(space::md, space::md, space::md, 0);
    m_words->setObjectName(QStringLiteral("funnel.features.words"));
    column->addWidget(m_words);
    m_table->setObjectName(QStringLiteral("funnel.features.table"));
    m_table->setTitle(tr("Features"));
    m_table->setEmptyText(tr("Choose “Learnt from features” as the ranker, and train it"));
    m_table->setModel(m_rows);
    column->addWidget(m_table, 1);
}

void FunnelFeaturesPane::setFunnel(const FunnelPtr& funnel)
{
    const bool learnt = funnel && funnel->learnt() && funnel->recipe().rankBy == RankBy::Learnt;
    m_words->setVisible(learnt);
    if (!learnt) {
        m_shown.reset();
        return m_rows->reset(0, {});
    }
    m_words->setText(text(funnel->learnt()->trainedBy));
    if (m_shown == funnel->learnt())
        return;
    m_shown = funnel->learnt();
    m_session.jobs().startBehind<std::vector<RankerFeature>>(
        QStringLiteral("features of the ranker"),
        [funnel, dataset = m_session.dataset(), asOf = m_session.asOf()](const JobContext& job) {
            return rankerFeatures(*funnel, questionsOf(*dataset, asOf), checkedQuestions, job);
        },
        this,
        [this, of = m_shown](const Result<std::vector<RankerFeature>>& features) {
            if (of != m_shown)
                return;
            if (features)
                show(*features);
            else
                m_words->setText(text(features.error().message));
        });
}

void FunnelFeaturesPane::show(const std::vector<RankerFeature>& features)
{
    const auto held = std::make_shared<const std::vector<RankerFeature>>(features);
    const auto at = [held](int row) -> const RankerFeature& { return (*held)[static_cast<std::size_t>(row)]; };
    const double most = features.empty() ? 1 : std::max(1e-9, features.front().gain);
    TableColumn gain{tr("Importance"), TableColumn::Kind::Number, [at](int row) { return percent(at(row).gain, 1); },
                     [at](int row) { return QVariant(at(row).gain); }};
    gain.bar = [at, most](int row) { return at(row).gain / most; };
    gain.help = tr("Share of what all splits of the trees gained");
    TableColumn psi{
        tr("Drift"), TableColumn::Kind::Number,
        [at](int row) { return std::isnan(at(row).finding.psi) ? QStringLiteral("–") : decimal(at(row).finding.psi); },
        [at](int row) { return QVariant(at(row).finding.psi); }};
    psi.help = tr("Population stability index against training: below 0.1 nothing moved, from 0.25 on it is different");
    TableColumn says{tr("Since training"), TableColumn::Kind::Text, [at](int row) {
                         return at(row).finding.says.empty() ? tr("as it was") : text(at(row).finding.says);
                     }};
    m_rows->reset(static_cast<int>(features.size()),
                  {{tr("Feature"), TableColumn::Kind::Text, [at](int row) { return text(at(row).feature.title); }},
                   {tr("Of"), TableColumn::Kind::Text,
                    [at](int row) { return text(std::string(nameOf(at(row).feature.group))); }},
                   std::move(gain),
                   std::move(psi),
                   std::move(says)});
    m_table->sortBy(2, Qt::DescendingOrder);
}

} // namespace orrery::ui
