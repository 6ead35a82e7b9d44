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

/// "moved somewhat: median 3 → 5, missing 2 % → 30 %"
QString driftText(const RankerFeature& one)
{
    if (!one.drift)
        return QStringLiteral("–");
    const FeatureDrift& drift = *one.drift;
    if (drift.inWords() == FeatureDrift{}.inWords())
        return FunnelFeaturesPane::tr("stable");
    QStringList words;
    if (drift.medianBefore != drift.medianAfter && !std::isnan(drift.medianBefore) && !std::isnan(drift.medianAfter))
        words << FunnelFeaturesPane::tr("median %1 → %2")
                     .arg(text(inWords(one.feature.unit, drift.medianBefore)),
                          text(inWords(one.feature.unit, drift.medianAfter)));
    if (std::abs(drift.missingBefore - drift.missingAfter) >= .01)
        words
            << FunnelFeaturesPane::tr("missing %1 → %2").arg(percent(drift.missingBefore), percent(drift.missingAfter));
    const QString verdict = drift.psi - drift.byChance < driftedFrom ? FunnelFeaturesPane::tr("moved somewhat")
                                                                     : FunnelFeaturesPane::tr("drifted");
    return words.isEmpty() ? verdict : QStringLiteral("%1: %2").arg(verdict, words.join(QStringLiteral(", ")));
}

} // namespace

FunnelFeaturesPane::FunnelFeaturesPane(QWidget* parent)
    : QWidget(parent), m_words(secondaryLabel({}, this)), m_table(new DataTable(this)), m_rows(new TableModel(m_table))
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
    if (m_shown == funnel->learnt())
        return;
    m_shown = funnel->learnt();
    const LearntRanker& ranker = *m_shown;
    const QString compared = ranker.drifted.empty()
                                 ? tr("Whether its features drifted is not known; train the ranker again.")
                                 : tr("Drift compares %1; all found by the same models.").arg(text(ranker.drifted));
    m_words->setText(text(ranker.trainedBy) + QStringLiteral("\n") + compared);
    const auto features = rankerFeatures(*funnel);
    if (features)
        show(*features);
    else
        m_words->setText(text(features.error().message));
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
    const auto driftOf = [at](int row) { return at(row).drift ? at(row).drift->psi : 0; };
    TableColumn psi{tr("Drift"), TableColumn::Kind::Number,
                    [at, driftOf](int row) { return at(row).drift ? decimal(driftOf(row)) : QStringLiteral("–"); },
                    [driftOf](int row) { return QVariant(driftOf(row)); }};
    psi.help = tr("Population stability index between the candidates of earlier and of later questions: below 0.1 "
                  "nothing moved, from 0.25 on it is different");
    TableColumn says{tr("Between the two times"), TableColumn::Kind::Text,
                     [at](int row) { return driftText(at(row)); }};
    says.help = tr("Medians are the upper edges of the tenths that they lie in");
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
