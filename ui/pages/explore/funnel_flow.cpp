// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/funnel_flow.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/number_box.h"
#include "ui/pages/explore/funnel_nodes.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int gap = 28, thickest = 28, thinnest = 2;
constexpr int sourcesStretch = 11, mergeStretch = 5, rankStretch = 10, rulesStretch = 9, listStretch = 4;
constexpr std::size_t mostRuleLines = 5;

} // namespace

FunnelFlow::FunnelFlow(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto* across = new QHBoxLayout(this);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(gap);
    buildSources();
    buildStages();
    across->addLayout(m_sources, sourcesStretch);
    const std::pair<StageNode*, int> stages[] = {
        {m_merge, mergeStretch}, {m_rank, rankStretch}, {m_rules, rulesStretch}, {m_list, listStretch}};
    for (const auto& [stage, stretch] : stages)
        across->addWidget(stage, stretch);
}

void FunnelFlow::buildSources()
{
    m_sources = new QVBoxLayout;
    m_sources->setSpacing(space::xs);
    m_addSource = linkButton(tr("+ add a source"), this);
    m_addSource->setObjectName(QStringLiteral("funnel.add"));
    m_addMenu = new QMenu(this);
    connect(m_addSource, &QPushButton::clicked, this,
            [this] { m_addMenu->popup(m_addSource->mapToGlobal(QPoint(0, m_addSource->height()))); });
    m_sources->addWidget(m_addSource);
    m_sources->addStretch();
}

void FunnelFlow::buildStages()
{
    m_merge = new StageNode(tr("Merge"), this);
    m_rank = new StageNode(tr("Ranker"), this);
    m_rules = new StageNode(tr("Rules"), this);
    m_list = new StageNode(tr("List"), this);
    m_ranker = new Unscrolled<QComboBox>(this);
    m_ranker->setObjectName(QStringLiteral("funnel.ranker"));
    m_ranker->setAccessibleName(tr("What orders the candidates"));
    m_ranker->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_rank->addControl(m_ranker);
    m_train = linkButton(tr("Train the ranker"), this);
    m_train->setObjectName(QStringLiteral("funnel.train"));
    m_rank->addControl(m_train);
    m_learn = linkButton(tr("Learn the merge"), this);
    m_learn->setObjectName(QStringLiteral("funnel.learn"));
    m_learn->setToolTip(tr("Counts how often items at each place of each source's list were used later"));
    m_merge->addControl(m_learn);
    auto* rules = linkButton(tr("Change the rules…"), this);
    rules->setObjectName(QStringLiteral("funnel.rules"));
    m_rules->addControl(rules);
    connect(m_ranker, &QComboBox::activated, this, &FunnelFlow::takeRanker);
    connect(m_train, &QPushButton::clicked, this, &FunnelFlow::trainingAsked);
    connect(m_learn, &QPushButton::clicked, this, &FunnelFlow::trainingAsked);
    connect(rules, &QPushButton::clicked, this, &FunnelFlow::rulesAsked);
}

void FunnelFlow::setRecipe(const FunnelRecipe& recipe, const QStringList& models)
{
    const bool sameSources = recipe.sources == m_recipe.sources && !m_nodes.empty();
    m_recipe = recipe;
    m_models = models;
    if (!sameSources)
        fillSources();
    fillAddMenu();
    fillRankers();
    m_learn->setVisible(m_recipe.mergeBy == MergeBy::Chance);
    update();
}

void FunnelFlow::fillSources()
{
    for (SourceNode* node : std::exchange(m_nodes, {})) {
        node->hide();
        node->deleteLater();
    }
    m_reports.clear();
    for (std::size_t i = 0; i < m_recipe.sources.size(); ++i) {
        auto* node = new SourceNode(m_recipe.sources[i], this);
        node->setObjectName(QStringLiteral("funnel.source.%1").arg(i));
        m_sources->insertWidget(static_cast<int>(i), node);
        m_nodes.push_back(node);
        connect(node, &SourceNode::changed, this, [this, i, node] {
            m_recipe.sources[i] = node->choice();
            emit changed();
        });
        connect(node, &SourceNode::removed, this, [this, i] {
            if (m_recipe.sources.size() == 1)
                return; // a funnel without a source is none
            m_recipe.sources.erase(m_recipe.sources.begin() + static_cast<std::ptrdiff_t>(i));
            fillSources();
            emit changed();
        });
    }
    m_addSource->setVisible(m_recipe.sources.size() < FunnelRecipe::mostSources);
}

void FunnelFlow::fillAddMenu()
{
    using Kind = SourceChoice::Kind;
    m_addMenu->clear();
    for (const QString& model : m_models)
        m_addMenu->addAction(model, this, [this, model] { add({Kind::Model, model.toStdString()}); });
    auto* newest = m_addMenu->addMenu(tr("By the newest entries of the history"));
    for (const QString& model : m_models)
        newest->addAction(model, this, [this, model] { add({Kind::Recent, model.toStdString()}); });
    m_addMenu->addSeparator();
    m_addMenu->addAction(tr("Most used"), this, [this] { add({Kind::Popular}); });
    m_addMenu->addAction(tr("Trending"), this, [this] { add({Kind::Trending}); });
    m_addMenu->addAction(tr("Seldom used, by chance"), this, [this] { add({Kind::Exploring}); });
}

void FunnelFlow::add(const SourceChoice& choice)
{
    m_recipe.sources.push_back(choice);
    fillSources();
    emit changed();
}

// As merged, learnt, then the models.
void FunnelFlow::fillRankers()
{
    const QSignalBlocker quiet(m_ranker);
    m_ranker->clear();
    m_ranker->addItem(tr("As merged"));
    m_ranker->addItem(tr("Learnt from features"));
    for (const QString& model : m_models)
        m_ranker->addItem(tr("By %1").arg(model), model);
    int current = m_recipe.rankBy == RankBy::Learnt ? 1 : 0;
    if (m_recipe.rankBy == RankBy::Model)
        current = std::max(0, m_ranker->findData(text(m_recipe.rankModel)));
    m_ranker->setCurrentIndex(current);
    m_train->setVisible(m_recipe.rankBy == RankBy::Learnt);
}

void FunnelFlow::takeRanker(int index)
{
    m_recipe.rankBy = index == 0 ? RankBy::Merged : index == 1 ? RankBy::Learnt : RankBy::Model;
    m_recipe.rankModel = index > 1 ? m_ranker->itemData(index).toString().toStdString() : std::string();
    m_train->setVisible(m_recipe.rankBy == RankBy::Learnt);
    emit changed();
}

void FunnelFlow::show(const Funnel& funnel, const FunnelRun& run)
{
    m_reports = run.sources;
    m_candidates = static_cast<double>(run.candidates.size());
    for (std::size_t i = 0; i < std::min(m_nodes.size(), m_reports.size()); ++i)
        m_nodes[i]->show(m_reports[i]);
    m_merge->setCount(count(m_candidates), tr("candidates"));
    QStringList lines{tr("%1 ms").arg(decimal(run.retrieveMs, 1))};
    if (run.candidates.dropped > 0)
        lines.prepend(tr("%1 cut off").arg(count(static_cast<double>(run.candidates.dropped))));
    if (!run.mergeFallback.empty())
        lines << tr("By places: %1").arg(text(run.mergeFallback));
    m_merge->setLines(lines);
    m_learn->setText(funnel.learning().merge ? tr("Learn the merge again") : tr("Learn the merge"));
    m_learn->setVisible(funnel.recipe().mergeBy == MergeBy::Chance);
    showRanker(funnel, run);
    showRules(funnel, run);
    m_list->setCount(count(static_cast<double>(run.list.size())), tr("items shown"));
    update();
}

void FunnelFlow::setTraining(bool training)
{
    m_train->setEnabled(!training);
    m_learn->setEnabled(!training);
}

void FunnelFlow::showRanker(const Funnel& funnel, const FunnelRun& run)
{
    const auto ordered = std::ranges::count_if(run.rankPlaces, [](std::uint32_t place) { return place > 0; });
    m_rank->setCount(count(static_cast<double>(ordered)), tr("ordered"));
    QStringList lines{tr("%1 ms").arg(decimal(run.rankMs, 1))};
    if (ordered < static_cast<std::ptrdiff_t>(run.candidates.size()))
        lines << tr("%1 cannot be scored").arg(count(m_candidates - static_cast<double>(ordered)));
    if (!run.ranked.fallback.empty())
        lines.prepend(tr("As merged: %1").arg(text(run.ranked.fallback)));
    for (const std::string& warning : run.ranked.warnings)
        lines << text(warning);
    m_rank->setLines(lines);
    m_train->setText(funnel.learnt() ? tr("Train the ranker again") : tr("Train the ranker"));
}

void FunnelFlow::showRules(const Funnel& funnel, const FunnelRun& run)
{
    const auto& effects = run.trail.effects();
    std::size_t dropped = 0;
    QStringList lines;
    for (std::size_t rule = 0; rule < effects.size(); ++rule) {
        dropped += effects[rule].dropped;
        const QString words = text(wordsOf(funnel.recipe().rules.rules[rule]));
        if (effects[rule].dropped > 0)
            lines << tr("%1 dropped: %2").arg(count(static_cast<double>(effects[rule].dropped)), words);
        else if (effects[rule].moved > 0)
            lines << tr("%1 moved: %2").arg(count(static_cast<double>(effects[rule].moved)), words);
    }
    const auto more = lines.size() - static_cast<qsizetype>(mostRuleLines);
    if (more > 0) {
        lines.resize(static_cast<qsizetype>(mostRuleLines));
        lines << tr("and %1 more").arg(more);
    }
    m_left = m_candidates - static_cast<double>(dropped);
    m_rules->setCount(count(m_left), effects.empty() ? tr("left: there are no rules") : tr("left"));
    lines << tr("%1 ms").arg(decimal(run.rulesMs, 1));
    m_rules->setLines(lines);
}

void FunnelFlow::drawRibbon(QPainter& painter, const QWidget* from, const QWidget* to, double share) const
{
    const double width = thinnest + share * (thickest - thinnest);
    const QPointF start(from->geometry().right() + 1, from->geometry().center().y());
    const double reach = to->height() / 2.0 - width;
    const QPointF end(to->geometry().left(),
                      std::clamp(start.y(), to->geometry().center().y() - reach, to->geometry().center().y() + reach));
    QPainterPath path(start);
    const double middle = (start.x() + end.x()) / 2;
    path.cubicTo({middle, start.y()}, {middle, end.y()}, end);
    painter.setPen(QPen(tokensFor(this).accentSoft, width, Qt::SolidLine, Qt::FlatCap));
    painter.drawPath(path);
}

void FunnelFlow::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double most = std::max(1.0, m_candidates);
    for (std::size_t i = 0; i < std::min(m_nodes.size(), m_reports.size()); ++i)
        if (m_reports[i].kept > 0)
            drawRibbon(painter, m_nodes[i], m_merge, m_reports[i].kept / most);
    if (m_candidates <= 0)
        return;
    drawRibbon(painter, m_merge, m_rank, 1);
    drawRibbon(painter, m_rank, m_rules, 1);
    drawRibbon(painter, m_rules, m_list, m_left / most);
}

} // namespace orrery::ui
