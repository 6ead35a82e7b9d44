// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/recipes/recipes_page.h"

#include "ui/charts/chart_view.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/param_form.h"
#include "ui/pages/recipes/algorithm_help.h"
#include "ui/pages/recipes/algorithm_list.h"
#include "ui/pages/recipes/models_card.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QSpinBox>
#include <QTextBrowser>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace orrery::ui {
namespace {

constexpr int listWidth = 200;
constexpr int formWidth = 350;

QString costText(const Cost& cost)
{
    return RecipesPage::tr("about %1, %2 of memory")
        .arg(duration(cost.seconds), bytes(static_cast<double>(cost.bytes)));
}

} // namespace

struct RecipesPage::Impl {
    Impl(RecipesPage& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    QWidget* buildForm();
    QWidget* buildRight();
    void buildHelpCard(QWidget* parent);
    void showHelp(bool shown);
    void choose(const std::string& id);
    void refreshEstimate();
    [[nodiscard]] std::vector<std::pair<JobId, const WorkspaceSession::Training*>> growing() const;
    void refreshSeries();
    void refreshCurves();
    void addCurves(ChartSpec& spec, const QString& name, int colour, const Curves& curves) const;
    void train();
    [[nodiscard]] const Algorithm& algorithm() const { return *findAlgorithm(list->current()); }

    RecipesPage& page;
    WorkspaceSession& session;
    PageHeader* header = nullptr;
    AlgorithmList* list = nullptr;
    Card* formCard = nullptr;
    QLabel* help = nullptr;
    QPushButton* moreHelp = nullptr;
    Card* helpCard = nullptr; ///< in the place of the curves while it is read
    QTextBrowser* helpPageView = nullptr;
    ParamForm* form = nullptr;
    QSpinBox* seed = nullptr;
    QLabel* estimate = nullptr;
    QPushButton* trainButton = nullptr;
    ModelsCard* models = nullptr;
    ChartView* chart = nullptr;
    QComboBox* series = nullptr;
    JobId followed = 0; // the newest training whose curve has been shown
};

RecipesPage::RecipesPage(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

RecipesPage::~RecipesPage() = default;

std::vector<PageAction> RecipesPage::actions()
{
    std::vector<PageAction> all{
        {tr("Refresh all models"), [this] { m_impl->models->refreshAll(); }, {}},
        {tr("Export everybody's lists…"), [this] { m_impl->models->exportLists(); }, {}},
    };
    for (const Algorithm& algorithm : catalogue())
        all.push_back({tr("Set up %1").arg(text(algorithm.title)),
                       [this, id = algorithm.id] {
                           m_impl->list->setCurrent(id);
                           m_impl->choose(id);
                       },
                       {}});
    return all;
}

void RecipesPage::shown()
{
    m_impl->refreshEstimate();
    m_impl->refreshCurves();
}

void RecipesPage::Impl::build()
{
    auto* layout = new QVBoxLayout(&page);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::md);
    header = new PageHeader(tr("Recipes"), &page);
    header->setSubtitle(tr("choose an algorithm, set it up, train it, and make it A or B"));
    layout->addWidget(header);
    auto* across = new QHBoxLayout;
    across->setSpacing(space::md);
    list = new AlgorithmList(&page);
    list->setFixedWidth(listWidth);
    across->addWidget(list);
    QWidget* formPart = buildForm();
    across->addWidget(formPart);
    across->addWidget(buildRight(), 1);
    layout->addLayout(across, 1);
    connect(list, &AlgorithmList::chosen, &page, [this](const QString& id) { choose(id.toStdString()); });
    connect(form, &ParamForm::changed, &page, [this] { refreshEstimate(); });
    connect(&session, &WorkspaceSession::datasetChanged, list, [this] { list->setDataset(session.dataset()); });
    list->setDataset(session.dataset());
    for (const auto signal : {&WorkspaceSession::datasetChanged, &WorkspaceSession::asOfChanged})
        connect(&session, signal, &page, [this] { refreshEstimate(); });
    connect(&session, &WorkspaceSession::curvesChanged, &page, [this] { refreshCurves(); });
    connect(&session, &WorkspaceSession::modelsChanged, &page, [this] { refreshCurves(); });
    choose(list->current());
}

QWidget* RecipesPage::Impl::buildForm()
{
    formCard = new Card({}, &page);
    formCard->setFixedWidth(formWidth);
    auto* scroll = new QScrollArea(formCard);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inside = new QWidget(scroll);
    inside->setObjectName(QStringLiteral("qt_scrollarea_content")); // takes the ground of the card
    auto* layout = new QVBoxLayout(inside);
    layout->setContentsMargins(space::lg, space::md, space::lg, space::lg);
    layout->setSpacing(space::lg);
    help = secondaryLabel({}, inside);
    help->setWordWrap(true);
    help->setTextFormat(Qt::RichText);
    layout->addWidget(help);
    moreHelp = linkButton(tr("More about it…"), inside);
    moreHelp->setObjectName(QStringLiteral("recipes.help"));
    layout->addWidget(moreHelp, 0, Qt::AlignLeft);
    connect(moreHelp, &QPushButton::clicked, &page, [this] { showHelp(helpCard->isHidden()); });
    form = new ParamForm(inside);
    layout->addWidget(form);
    layout->addStretch();
    scroll->setWidget(inside);
    formCard->body()->addWidget(scroll, 1);

    auto* foot = new QVBoxLayout;
    foot->setContentsMargins(space::lg, space::sm, space::lg, space::md);
    foot->setSpacing(space::sm);
    estimate = secondaryLabel({}, formCard);
    estimate->setObjectName(QStringLiteral("recipes.estimate"));
    estimate->setWordWrap(true);
    foot->addWidget(estimate);
    auto* row = new QHBoxLayout;
    trainButton = primaryButton(tr("Train"), formCard);
    trainButton->setObjectName(QStringLiteral("recipes.train"));
    seed = new QSpinBox(formCard);
    seed->setRange(0, 1'000'000);
    seed->setValue(1);
    seed->setPrefix(tr("seed "));
    seed->setToolTip(tr("The same data, settings and seed give the same model, bit by bit"));
    auto* reset = linkButton(tr("Reset all"), formCard);
    row->addWidget(trainButton);
    row->addWidget(seed);
    row->addStretch();
    row->addWidget(reset);
    foot->addLayout(row);
    formCard->body()->addLayout(foot);
    connect(trainButton, &QPushButton::clicked, &page, [this] { train(); });
    connect(reset, &QPushButton::clicked, form, &ParamForm::resetAll);
    return formCard;
}

QWidget* RecipesPage::Impl::buildRight()
{
    auto* right = new QWidget(&page);
    auto* layout = new QVBoxLayout(right);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    chart = new ChartView(right);
    chart->setObjectName(QStringLiteral("recipes.curve"));
    series = new QComboBox(chart);
    series->setAccessibleName(tr("Which curve"));
    chart->setCornerWidget(series);
    connect(series, &QComboBox::currentIndexChanged, &page, [this] { refreshCurves(); });
    layout->addWidget(chart, 2);
    buildHelpCard(right);
    layout->addWidget(helpCard, 2);
    models = new ModelsCard(session, right);
    layout->addWidget(models, 3);
    connect(models, &ModelsCard::settingsRequested, &page, [this](const QString& id, const QString& json) {
        list->setCurrent(id.toStdString());
        choose(id.toStdString());
        if (const auto params = paramsFromJson(algorithm().params, json.toStdString()))
            form->setValues(*params);
    });
    return right;
}

void RecipesPage::Impl::buildHelpCard(QWidget* parent)
{
    helpCard = new Card({}, parent);
    helpCard->setFlush(true);
    auto* close = linkButton(tr("Close"), helpCard);
    helpCard->addCorner(close);
    helpPageView = new QTextBrowser(helpCard);
    helpPageView->setObjectName(QStringLiteral("recipes.helpPage"));
    helpPageView->setFrameShape(QFrame::NoFrame);
    helpPageView->document()->setDocumentMargin(space::lg);
    helpCard->body()->addWidget(helpPageView, 1);
    helpCard->hide();
    connect(close, &QPushButton::clicked, &page, [this] { showHelp(false); });
}

void RecipesPage::Impl::showHelp(bool shown)
{
    helpCard->setVisible(shown);
    chart->setVisible(!shown);
    moreHelp->setText(shown ? tr("Back to the curves") : tr("More about it…"));
}

void RecipesPage::Impl::choose(const std::string& id)
{
    const Algorithm& chosen = *findAlgorithm(id);
    formCard->setTitle(text(chosen.title));
    formCard->setNote(text(chosen.family));
    help->setText(QStringLiteral("%1<br><br><b>%2</b> %3")
                      .arg(text(chosen.summary).toHtmlEscaped(), tr("When:"), text(chosen.whenToUse).toHtmlEscaped()));
    helpCard->setTitle(text(chosen.title));
    helpPageView->setHtml(helpPage(chosen));
    form->setSpecs(chosen.params);
    refreshEstimate();
}

void RecipesPage::Impl::refreshEstimate()
{
    const auto& dataset = session.dataset();
    trainButton->setEnabled(dataset != nullptr);
    if (!dataset)
        return estimate->setText(tr("Open data first: on Home, or by dropping a file."));
    if (const std::string why = whyNot(algorithm(), *dataset); !why.empty()) {
        trainButton->setEnabled(false);
        return estimate->setText(text(why));
    }
    const Cost cost = expectedCost(algorithm(), dataset->shape(), form->values());
    const QString what =
        session.asOf() == endOfTime ? tr("on all data") : tr("on what is before %1").arg(date(session.asOf()));
    estimate->setText(tr("%1: %2").arg(what, costText(cost)));
}

void RecipesPage::Impl::train()
{
    TrainingOrder order;
    order.algorithm = list->current();
    order.params = form->values();
    order.seed = static_cast<std::uint64_t>(seed->value());
    (void)session.train(order);
    refreshCurves();
}

void RecipesPage::Impl::addCurves(ChartSpec& spec, const QString& name, int colour, const Curves& curves) const
{
    const auto found = curves.find(series->currentData().toString().toStdString());
    if (found == curves.end())
        return;
    ChartSeries line{name, colour, {}};
    for (const auto& [step, value] : found->second)
        line.points.push_back({step, value, {}, {}, name});
    spec.series.push_back(std::move(line));
}

// What is training now on the dataset shown.
std::vector<std::pair<JobId, const WorkspaceSession::Training*>> RecipesPage::Impl::growing() const
{
    std::vector<std::pair<JobId, const WorkspaceSession::Training*>> all;
    for (const auto& [id, training] : session.trainings())
        if (training.dataset == session.datasetId())
            all.emplace_back(id, &training);
    return all;
}

// Algorithms measure different things: one series is shown at a time, that of a training once its curve begins.
void RecipesPage::Impl::refreshSeries()
{
    std::set<QString> names;
    const auto collect = [&](const Curves& curves) {
        for (const auto& [name, points] : curves)
            names.insert(text(name));
    };
    for (const auto& [id, curves] : session.curves())
        collect(curves);
    QString wanted = series->currentData().toString();
    for (const auto& [id, training] : growing()) {
        collect(training->curves);
        if (!training->curves.empty() && id > followed) {
            followed = id;
            wanted = text(training->curves.begin()->first);
        }
    }
    QStringList held;
    for (int i = 0; i < series->count(); ++i)
        held << series->itemText(i);
    const QSignalBlocker quiet(series);
    if (held != QStringList(names.begin(), names.end())) {
        series->clear();
        for (const QString& name : names)
            series->addItem(name, name);
    }
    series->setCurrentIndex(series->count() == 0 ? -1 : std::max(0, series->findData(wanted)));
}

void RecipesPage::Impl::refreshCurves()
{
    refreshSeries();
    series->setVisible(series->count() > 1);
    ChartSpec spec;
    spec.title = tr("Training curves");
    spec.kind = ChartKind::Lines;
    spec.x = {tr("epoch")};
    spec.x.decimals = 0;
    spec.y = {series->currentText()};
    spec.empty = tr("Train a model that learns step by step, such as SVD or implicit ALS, to see it learn.");
    for (const ModelEntry& entry : session.models())
        if (const auto found = session.curves().find(entry.row.id); found != session.curves().end())
            addCurves(spec, entry.name(), entry.row.colour, found->second);
    int colour = static_cast<int>(session.models().size());
    for (const auto& [id, training] : growing())
        addCurves(spec, training->name, colour++, training->curves);
    if (session.dataset())
        spec.provenance = tr("Orrery %1; dataset %2").arg(text(buildName()), text(session.dataset()->hash()));
    chart->setSpec(spec);
}

} // namespace orrery::ui
