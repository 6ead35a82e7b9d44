// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/kinds_view.h"

#include "ui/components/share_bar.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/number_box.h"
#include "ui/theme/tokens.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int widest = 720, weightWidth = 104, decimals = 4;
constexpr double most = 100, step = 0.5;

QString kindName(EventKind kind) { return text(std::string(orrery::nameOf(kind))); }

double defaultOf(EventKind kind) { return static_cast<double>(KindWeights()[kind]); }

} // namespace

KindsView::KindsView(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_card(new Card(tr("What an event counts"), this)), m_grid(new QGridLayout),
      m_ratings(
          secondaryLabel(tr("Here events are ratings: above 0 a kind counts as it is, whatever the number."), this)),
      m_verdict(secondaryLabel({}, this)), m_apply(primaryButton(tr("Apply"), this)),
      m_default(plainButton(tr("Default weights"), this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    auto* across = new QHBoxLayout;
    across->addWidget(m_card, 1);
    across->addStretch();
    layout->addLayout(across);
    layout->addStretch(1);
    m_card->setMaximumWidth(widest);
    buildCard();
    connect(&session, &WorkspaceSession::datasetChanged, this, &KindsView::refresh);
    connect(&session, &WorkspaceSession::digestReady, this, &KindsView::refresh);
    refresh();
}

void KindsView::buildCard()
{
    m_card->body()->setSpacing(space::md);
    auto* meaning =
        secondaryLabel(tr("The more one counts, the stronger it says that a person wants an item; with 0 it "
                          "says nothing and is no interaction. Where events of one kind alone count, each "
                          "counts 1. Bars show the share of each kind in all that counts."),
                       m_card);
    for (QLabel* label : {meaning, m_ratings, m_verdict})
        label->setWordWrap(true);
    m_card->body()->addWidget(meaning);
    m_card->body()->addWidget(m_ratings);
    m_grid->setHorizontalSpacing(space::lg);
    m_grid->setVerticalSpacing(space::md);
    m_grid->setColumnStretch(0, 1);
    m_card->body()->addLayout(m_grid);
    buildFoot();
}

void KindsView::buildFoot()
{
    m_apply->setObjectName(QStringLiteral("kinds.apply"));
    m_default->setObjectName(QStringLiteral("kinds.default"));
    m_verdict->setObjectName(QStringLiteral("kinds.verdict"));
    auto* foot = new QHBoxLayout;
    foot->setSpacing(space::sm);
    foot->addWidget(m_apply);
    foot->addWidget(m_default);
    foot->addWidget(m_verdict, 1);
    m_card->body()->addLayout(foot);
    connect(m_apply, &QPushButton::clicked, this, [this] { m_session.weighKinds(chosen()); });
    connect(m_default, &QPushButton::clicked, this, [this] {
        showWeights({});
        m_session.weighKinds({});
    });
}

// Kinds are counted behind the window: until then those of the same dataset stay, to be looked at only.
void KindsView::refresh()
{
    const auto& digest = m_session.digest();
    const std::pair of(m_session.file(), m_session.datasetId());
    setEnabled(digest != nullptr);
    if (!digest && m_of == of)
        return;
    m_of = of;
    setKinds(digest ? digest->profile.kinds : std::vector<KindTally>());
    if (!digest)
        return;
    m_ratings->setVisible(digest->dataset->feedback() == Feedback::Explicit);
    showWeights(digest->dataset->parts().kindWeights);
}

void KindsView::setKinds(const std::vector<KindTally>& kinds)
{
    const bool same = std::ranges::equal(m_kinds, kinds, {}, &KindTally::kind, &KindTally::kind);
    m_kinds = kinds;
    if (same)
        return;
    for (const Row& row : m_rows)
        for (QWidget* widget : std::initializer_list<QWidget*>{row.share, row.weight, row.reset})
            widget->deleteLater();
    m_rows.clear();
    for (const KindTally& tally : m_kinds)
        m_rows.push_back(addRow(tally, static_cast<int>(m_rows.size())));
}

KindsView::Row KindsView::addRow(const KindTally& tally, int line)
{
    const QString name = kindName(tally.kind);
    auto* weight = new NumberBox(m_card);
    weight->setObjectName("kinds.weight." + name);
    weight->setAccessibleName(tr("What an event of the kind %1 counts").arg(name));
    weight->setDecimals(decimals);
    weight->setRange(0, most);
    weight->setSingleStep(step);
    weight->setFixedWidth(weightWidth);
    auto* reset = linkButton(tr("reset"), m_card);
    reset->setObjectName("kinds.reset." + name);
    reset->setToolTip(tr("Back to %1").arg(weight->textFromValue(defaultOf(tally.kind))));
    // Keeps its place, so that nothing jumps.
    QSizePolicy policy = reset->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    reset->setSizePolicy(policy);
    const Row row{new ShareBar(m_card), weight, reset};
    row.share->setObjectName("kinds.share." + name);
    m_grid->addWidget(row.share, line, 0);
    m_grid->addWidget(weight, line, 1);
    m_grid->addWidget(reset, line, 2);
    connect(weight, &QDoubleSpinBox::valueChanged, this, &KindsView::refreshShares);
    connect(reset, &QPushButton::clicked, weight, [weight, kind = tally.kind] { weight->setValue(defaultOf(kind)); });
    return row;
}

void KindsView::showWeights(const KindWeights& weights)
{
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        QDoubleSpinBox& box = *m_rows[i].weight;
        const QSignalBlocker quiet(box);
        const auto weight = static_cast<double>(weights[m_kinds[i].kind]);
        box.setMaximum(std::max(most, weight)); // a script may have said more
        box.setValue(weight);
    }
    refreshShares();
}

void KindsView::refreshShares()
{
    const auto& dataset = m_session.dataset();
    if (!dataset)
        return;
    const KindWeights weights = chosen();
    const auto shares = sharesOf(m_kinds, dataset->feedback() == Feedback::Explicit ? weights.whole() : weights);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const KindTally& tally = m_kinds[i];
        m_rows[i].share->show(tr("%1: %2").arg(kindName(tally.kind),
                                               counted(static_cast<double>(tally.events), tr("event"), tr("events"))),
                              shares[i]);
        m_rows[i].reset->setVisible(m_rows[i].weight->value() != defaultOf(tally.kind));
    }
    const bool counts = std::ranges::any_of(m_kinds, [&](const KindTally& tally) { return weights[tally.kind] > 0; });
    m_apply->setEnabled(counts && weights != dataset->parts().kindWeights);
    m_default->setEnabled(dataset->parts().kindWeights != KindWeights());
    m_verdict->setText(verdict(counts));
    setTone(m_verdict, counts ? QStringLiteral("secondary") : QStringLiteral("bad"));
}

QString KindsView::verdict(bool counts) const
{
    if (!counts)
        return tr("Nothing would count: give one kind more than 0.");
    return m_apply->isEnabled() ? tr("Not applied yet. Models that were trained before are then of other data.")
                                : tr("These weights are in use.");
}

// What was not changed by hand stays as it is, to the last digit.
KindWeights KindsView::chosen() const
{
    KindWeights weights = m_session.dataset()->parts().kindWeights;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        float& weight = weights[m_kinds[i].kind];
        const double shown = m_rows[i].weight->value();
        if (std::abs(shown - static_cast<double>(weight)) > std::pow(10.0, -decimals))
            weight = static_cast<float>(shown);
    }
    return weights;
}

} // namespace orrery::ui
