// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/judge/protocol_card.h"

#include "ui/components/text.h"
#include "ui/theme/tokens.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QSpinBox>

#include <algorithm>
#include <cmath>
#include <vector>

namespace orrery::ui {
namespace {

/// A split as this card offers it.
struct OfferedSplit {
    SplitKind kind;
    QString title, help;
    bool byTime = false;   ///< needs times
    bool hasShare = false; ///< how much is held out can be chosen
    bool hasSeed = false;  ///< it is drawn
    bool hasFolds = false; ///< each of several parts can be held out in turn
};

enum class Ranked { All, Drawn, FromFile };
constexpr std::size_t drawnItems = 99; // as He et al. (WWW 2017) and those who compare with them

std::vector<OfferedSplit> offeredSplits()
{
    return {
        {SplitKind::GlobalTemporal, ProtocolCard::tr("by time: the last part"),
         ProtocolCard::tr("Trains on what came before one moment and asks about what came after: nothing leaks from "
                          "the future."),
         true, true, false},
        {SplitKind::LeaveLastOut, ProtocolCard::tr("last one of each person"),
         ProtocolCard::tr("Asks for each person's newest choice. Other people's later ratings are in training, so "
                          "some of the future leaks."),
         true, false, false},
        {SplitKind::Random, ProtocolCard::tr("random"),
         ProtocolCard::tr("Holds out ratings by chance. Simple and common, but training sees the future. With "
                          "folds, each of so many parts is held out in turn, and the scores are the mean."),
         false, true, true, true},
        {SplitKind::PerPerson, ProtocolCard::tr("random, of each person"),
         ProtocolCard::tr("Holds out the same share of what each person did, by chance: everybody is asked about, "
                          "but training sees the future."),
         false, true, true},
        {SplitKind::NewPeople, ProtocolCard::tr("new people"),
         ProtocolCard::tr("Trains without a share of the people. Of each of them four fifths are told, and the rest "
                          "is asked for: how well a model serves somebody it has never met."),
         false, true, true},
        {SplitKind::Predefined, ProtocolCard::tr("as the two files say"),
         ProtocolCard::tr("The first file trains, the second asks."), false, false, false}};
}

OfferedSplit offered(SplitKind kind)
{
    const auto all = offeredSplits();
    const auto found = std::ranges::find(all, kind, &OfferedSplit::kind);
    return found == all.end() ? OfferedSplit{kind, {}, {}} : *found;
}

} // namespace

ProtocolCard::ProtocolCard(WorkspaceSession& session, QWidget* parent)
    : Card(tr("Protocol"), parent), m_session(session), m_split(new QComboBox(this)), m_share(new QSpinBox(this)),
      m_folds(new QSpinBox(this)), m_seed(new QSpinBox(this)), m_candidates(new QComboBox(this)),
      m_relevant(new QDoubleSpinBox(this)), m_cut(new QSpinBox(this)), m_help(secondaryLabel({}, this)),
      m_models(plainButton(tr("All ▾"), this)), m_start(primaryButton(tr("Evaluate"), this))
{
    setNote(tr("asked of every model alike"));
    buildControls();
    connect(&session, &WorkspaceSession::datasetChanged, this, &ProtocolCard::refreshDataset);
    connect(&session, &WorkspaceSession::digestReady, this, &ProtocolCard::refreshDigest);
    connect(&session, &WorkspaceSession::modelsChanged, this, &ProtocolCard::refreshHelp);
    connect(m_split, &QComboBox::currentIndexChanged, this, &ProtocolCard::refreshHelp);
    connect(m_folds, &QSpinBox::valueChanged, this, &ProtocolCard::refreshHelp);
    connect(m_candidates, &QComboBox::activated, this, &ProtocolCard::chooseCandidates);
    connect(m_candidates, &QComboBox::currentIndexChanged, this, &ProtocolCard::refreshHelp);
    connect(m_start, &QPushButton::clicked, this, &ProtocolCard::start);
    refreshDataset();
    refreshDigest();
}

void ProtocolCard::addControl(const QString& title, QWidget* control, const QString& help)
{
    auto* label = new QLabel(title, this);
    label->setBuddy(control);
    control->setToolTip(help);
    control->setAccessibleName(title);
    m_grid->addWidget(label, 2 * m_row, m_column);
    m_grid->addWidget(control, 2 * m_row + 1, m_column++);
}

void ProtocolCard::buildControls()
{
    m_grid = new QGridLayout;
    m_grid->setContentsMargins({});
    m_grid->setHorizontalSpacing(space::lg);
    m_grid->setVerticalSpacing(space::xs);
    buildSplitControls();
    ++m_row;
    m_column = 0;
    buildListControls();
    m_start->setObjectName(QStringLiteral("judge.evaluate"));
    m_grid->addWidget(m_start, 2 * m_row + 1, m_column++);
    m_grid->setColumnStretch(m_column, 1);
    body()->addLayout(m_grid);
    m_help->setContentsMargins(0, space::sm, 0, 0);
    m_help->setWordWrap(true);
    body()->addWidget(m_help);
}

void ProtocolCard::buildSplitControls()
{
    m_split->setObjectName(QStringLiteral("judge.split"));
    m_share->setRange(1, 90);
    m_share->setValue(20);
    m_share->setSuffix(tr(" %"));
    m_folds->setObjectName(QStringLiteral("judge.folds"));
    m_folds->setRange(1, 20);
    m_folds->setSpecialValueText(tr("none"));
    m_seed->setRange(0, 1'000'000);
    m_seed->setValue(1);
    addControl(tr("Split"), m_split, tr("Which part is held out"));
    addControl(tr("Held out"), m_share, tr("Share of the ratings that are held out"));
    addControl(tr("Folds"), m_folds, tr("Cut into so many parts, and hold out each in turn; published tables have 5"));
    addControl(tr("Seed"), m_seed, tr("Of everything that is drawn"));
}

void ProtocolCard::buildListControls()
{
    m_candidates->setObjectName(QStringLiteral("judge.candidates"));
    m_candidates->addItem(tr("all unseen items"), static_cast<int>(Ranked::All));
    m_candidates->addItem(tr("%1 drawn items").arg(drawnItems), static_cast<int>(Ranked::Drawn));
    m_candidates->addItem(tr("items of a file …"), static_cast<int>(Ranked::FromFile));
    m_relevant->setDecimals(1);
    m_relevant->setSingleStep(0.5);
    m_cut->setRange(1, 100);
    m_cut->setValue(10);
    addControl(tr("Ranked"), m_candidates,
               tr("What stands in the lists beside what was held out. Drawn and stored items are for comparing with "
                  "published tables; they do not agree with ranking all (Krichene & Rendle, KDD 2020)"));
    addControl(tr("Relevant from"), m_relevant,
               tr("A held-out rating of at least this is a hit when it is recommended"));
    addControl(tr("List length"), m_cut, tr("Ranking metrics look at the first so many places"));
    m_models->setObjectName(QStringLiteral("judge.models"));
    addControl(tr("Models"), m_models, tr("Which models are judged"));
    connect(m_models, &QPushButton::clicked, this, &ProtocolCard::offerModels);
}

// A file is asked for when it is chosen; without one all items are ranked.
void ProtocolCard::chooseCandidates()
{
    if (static_cast<Ranked>(m_candidates->currentData().toInt()) != Ranked::FromFile)
        return;
    m_candidatesFile =
        QFileDialog::getOpenFileName(this, tr("Stored candidates: a line for each held-out pair: (person,item), a tab, "
                                              "and the other items"));
    if (m_candidatesFile.isEmpty())
        m_candidates->setCurrentIndex(m_candidates->findData(static_cast<int>(Ranked::All)));
    refreshHelp();
}

void ProtocolCard::refreshDataset()
{
    const auto& dataset = m_session.dataset();
    m_split->clear();
    if (dataset) {
        for (const OfferedSplit& one : offeredSplits())
            if ((dataset->log().hasTimes() || !one.byTime) &&
                (m_session.trainEvents() || one.kind != SplitKind::Predefined))
                m_split->addItem(one.title, static_cast<int>(one.kind));
        m_relevant->setRange(static_cast<double>(dataset->ratingLow()), static_cast<double>(dataset->ratingHigh()));
        m_relevant->setEnabled(dataset->feedback() == Feedback::Explicit);
    }
    refreshHelp();
}

void ProtocolCard::refreshDigest()
{
    if (const auto& digest = m_session.digest()) {
        m_relevant->setValue(static_cast<double>(digest->protocol.relevantFrom));
        m_share->setValue(static_cast<int>(std::lround(100 * digest->split.testShare)));
    }
    refreshHelp();
}

void ProtocolCard::refreshHelp()
{
    const OfferedSplit split = offered(static_cast<SplitKind>(m_split->currentData().toInt()));
    const bool folds = split.hasFolds && m_folds->value() > 1;
    const auto ranked = static_cast<Ranked>(m_candidates->currentData().toInt());
    m_share->setEnabled(split.hasShare && !folds);
    m_folds->setEnabled(split.hasFolds);
    m_seed->setEnabled(split.hasSeed || ranked == Ranked::Drawn);
    const std::size_t chosen = chosenModels().size();
    const bool all = chosen == m_session.models().size();
    m_models->setText(all ? tr("All %1 ▾").arg(chosen) : tr("%1 of %2 ▾").arg(chosen).arg(m_session.models().size()));
    m_start->setText(tr("Evaluate %1").arg(counted(static_cast<double>(chosen), tr("model"), tr("models"))));
    m_start->setEnabled(m_session.digest() && chosen > 0);
    const QString stored =
        ranked == Ranked::FromFile && !m_candidatesFile.isEmpty()
            ? tr("Ranked are the items that %1 stores for each. ").arg(QFileInfo(m_candidatesFile).fileName())
            : QString();
    m_help->setText(split.help + u' ' + stored +
                    tr("Models that saw the held-out part are trained again without it, and not kept."));
}

SplitPlan ProtocolCard::plan() const
{
    SplitPlan plan;
    plan.kind = static_cast<SplitKind>(m_split->currentData().toInt());
    plan.testShare = m_share->value() / 100.0;
    plan.seed = static_cast<std::uint64_t>(m_seed->value());
    if (offered(plan.kind).hasFolds && m_folds->value() > 1)
        plan.folds = m_folds->value();
    return plan;
}

CandidatePlan ProtocolCard::candidates() const
{
    switch (static_cast<Ranked>(m_candidates->currentData().toInt())) {
    case Ranked::Drawn: return {drawnItems, {}};
    case Ranked::FromFile: return {0, m_candidatesFile.toStdString()};
    case Ranked::All: break;
    }
    return {};
}

Protocol ProtocolCard::protocol() const
{
    Protocol protocol = m_session.digest()->protocol;
    protocol.relevantFrom = static_cast<float>(m_relevant->value());
    for (MetricChoice& choice : protocol.metrics)
        if (choice.metric->hasCut)
            choice.k = static_cast<std::size_t>(m_cut->value());
    return protocol;
}

std::vector<ModelId> ProtocolCard::chosenModels() const
{
    std::vector<ModelId> ids;
    for (const ModelEntry& entry : m_session.models())
        if (!m_left.contains(entry.row.id))
            ids.push_back(entry.row.id);
    return ids;
}

void ProtocolCard::offerModels()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const ModelEntry& entry : m_session.models()) {
        QAction* action = menu->addAction(entry.name());
        action->setCheckable(true);
        action->setChecked(!m_left.contains(entry.row.id));
        connect(action, &QAction::toggled, this, [this, id = entry.row.id](bool judged) {
            if (judged)
                m_left.erase(id);
            else
                m_left.insert(id);
            refreshHelp();
        });
    }
    menu->popup(m_models->mapToGlobal(QPoint(0, m_models->height() + space::xs)));
}

void ProtocolCard::start()
{
    m_session.evaluate(chosenModels(), {plan(), candidates(), protocol()});
    emit evaluationStarted();
}

} // namespace orrery::ui
