// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/funnel_lens.h"

#include "core/pipeline/person_view.h"
#include "ui/components/data_table.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/number_box.h"
#include "ui/forms/param_form.h"
#include "ui/pages/explore/funnel_features.h"
#include "ui/pages/explore/funnel_flow.h"
#include "ui/pages/explore/funnel_front.h"
#include "ui/pages/explore/funnel_table.h"
#include "ui/pages/explore/funnel_worth.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/tokens.h"

#include <QComboBox>
#include <QLineEdit>
#include <QScrollArea>
#include <QStackedLayout>
#include <QTableView>

#include <algorithm>
#include <utility>

namespace orrery::ui {
namespace {

constexpr std::size_t shownItems = 20, usualModels = 3;
constexpr int nameWidth = 120, chooserWidth = 120, smallestTab = 180;

bool isFunnel(const ModelEntry& entry) { return funnelOf(entry.recommender.get()) != nullptr; }

/// Settings of a recipe that the flow itself does not show.
std::vector<ParamSpec> settingsShown()
{
    std::vector<ParamSpec> specs;
    std::ranges::copy_if(funnelParams(), std::back_inserter(specs),
                         [](const ParamSpec& spec) { return spec.id != "rank" && spec.id != "rank-model"; });
    return specs;
}

/// What the tabs show scrolls where it is low: words that break into lines never take height from the flow above.
class TabArea : public QWidget {
public:
    explicit TabArea(QWidget* parent) : QWidget(parent) { setMinimumHeight(smallestTab); }
    [[nodiscard]] bool hasHeightForWidth() const override { return false; }
};

struct Shown {
    FunnelPtr funnel;
    std::shared_ptr<const FunnelRun> run;
};

} // namespace

struct FunnelLens::Impl {
    Impl(FunnelLens& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    void buildHeader();
    QWidget* buildFunnel();
    QWidget* buildSettings();
    void connectSession();
    void refresh();
    void refreshEmpty();
    void refreshChooser();
    void load(ModelId id);
    void change(FunnelRecipe recipe);
    void refreshSaving();
    void run();
    void show(const Shown& shown);
    void save();
    void makeUsual();
    void askForRules();
    void train();
    void takeSaved(ModelId id);
    [[nodiscard]] const ModelEntry* stored() const { return of ? session.model(*of) : nullptr; }
    [[nodiscard]] QStringList modelNames() const;
    [[nodiscard]] std::optional<ModelId> preferred() const;
    [[nodiscard]] bool isOlder() const;

    FunnelLens& page;
    WorkspaceSession& session;
    std::optional<ModelId> of; ///< the stored funnel that is shown
    FunnelRecipe recipe;       ///< as changed here
    std::string savedJson;     ///< of the stored one
    std::string trainedJson;   ///< of the one that was last asked to be trained
    std::optional<JobId> training;
    bool awaitsSaved = false; ///< what is saved next was asked for here, and becomes B
    FunnelPtr funnel;
    std::shared_ptr<const FunnelRun> last;
    QStackedLayout* stack = nullptr;
    EmptyState* empty = nullptr;
    PageHeader* header = nullptr;
    QComboBox* chooser = nullptr;
    QLineEdit* name = nullptr;
    QPushButton* saveButton = nullptr;
    FunnelFlow* flow = nullptr;
    SegmentedControl* tabs = nullptr;
    QStackedLayout* below = nullptr;
    DataTable* table = nullptr;
    FunnelTable* rows = nullptr;
    ParamForm* settings = nullptr;
    FunnelWorthPane* worth = nullptr;
    FunnelFrontPane* front = nullptr;
    FunnelFeaturesPane* features = nullptr;
};

FunnelLens::FunnelLens(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

FunnelLens::~FunnelLens() = default;

std::vector<PageAction> FunnelLens::actions()
{
    return {{tr("Make a funnel of the models"), [this] { m_impl->makeUsual(); }, {}},
            {tr("Save the funnel"), [this] { m_impl->save(); }, {}}};
}

void FunnelLens::addLeading(QWidget* control) { m_impl->header->addLeading(control); }

void FunnelLens::shown() { m_impl->refresh(); }

void FunnelLens::Impl::build()
{
    auto* layout = new QVBoxLayout(&page);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::md);
    buildHeader();
    layout->addWidget(header);
    auto* area = new QWidget(&page);
    stack = new QStackedLayout(area);
    empty = new EmptyState({}, {}, area);
    empty->addButton(tr("Make a funnel of the models"), [this] { makeUsual(); });
    stack->addWidget(empty);
    stack->addWidget(buildFunnel());
    layout->addWidget(area, 1);
    connectSession();
}

void FunnelLens::Impl::buildHeader()
{
    header = new PageHeader({}, &page);
    header->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    chooser = new Unscrolled<QComboBox>(header);
    chooser->setObjectName(QStringLiteral("funnel.chooser"));
    chooser->setAccessibleName(tr("Which funnel is shown"));
    chooser->setFixedWidth(chooserWidth);
    name = new QLineEdit(header);
    name->setObjectName(QStringLiteral("funnel.name"));
    name->setAccessibleName(tr("Name of the funnel"));
    name->setPlaceholderText(tr("Name"));
    name->setToolTip(tr("Another name saves another funnel"));
    name->setFixedWidth(nameWidth);
    auto* another = plainButton(tr("New"), header);
    another->setObjectName(QStringLiteral("funnel.new"));
    another->setToolTip(tr("A funnel of the models that there are"));
    saveButton = primaryButton(tr("Save"), header);
    saveButton->setObjectName(QStringLiteral("funnel.save"));
    for (QWidget* tool : {static_cast<QWidget*>(chooser), static_cast<QWidget*>(another), static_cast<QWidget*>(name),
                          static_cast<QWidget*>(saveButton)})
        header->addAction(tool);
    QObject::connect(chooser, &QComboBox::activated, &page, [this](int) {
        load(chooser->currentData().toLongLong());
        run();
    });
    QObject::connect(another, &QPushButton::clicked, &page, [this] { makeUsual(); });
    QObject::connect(name, &QLineEdit::textChanged, &page, [this] { refreshSaving(); });
    QObject::connect(saveButton, &QPushButton::clicked, &page, [this] { save(); });
}

QWidget* FunnelLens::Impl::buildFunnel()
{
    auto* part = new QWidget(&page);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::md);
    flow = new FunnelFlow(part);
    column->addWidget(flow);
    tabs = new SegmentedControl({tr("Candidates"), tr("Merge, objectives and time"), tr("What sources bring"),
                                 tr("What objectives trade"), tr("Features")},
                                part);
    tabs->setObjectName(QStringLiteral("funnel.tabs"));
    column->addWidget(tabs, 0, Qt::AlignLeft);
    auto* area = new TabArea(part);
    below = new QStackedLayout(area);
    auto* card = new Card({}, area);
    card->setFlush(true);
    table = new DataTable(card);
    table->setObjectName(QStringLiteral("funnel.candidates"));
    table->setTitle(tr("Candidates"));
    table->setEmptyText(tr("No source found anything"));
    rows = new FunnelTable(table);
    table->setModel(rows);
    card->body()->addWidget(table);
    below->addWidget(card);
    below->addWidget(buildSettings());
    worth = new FunnelWorthPane(session, area);
    front = new FunnelFrontPane(session, area);
    auto* worthCard = new Card({}, area);
    worthCard->setFlush(true);
    worthCard->body()->addWidget(worth);
    below->addWidget(worthCard);
    below->addWidget(front);
    features = new FunnelFeaturesPane(area);
    auto* featuresCard = new Card({}, area);
    featuresCard->setFlush(true);
    featuresCard->body()->addWidget(features);
    below->addWidget(featuresCard);
    QObject::connect(front, &FunnelFrontPane::chosen, &page, [this](const Objectives& weights) {
        FunnelRecipe weighed = recipe;
        weighed.objectives = weights;
        const QSignalBlocker still(settings);
        settings->setValues(paramsOf(weighed));
        change(std::move(weighed));
    });
    column->addWidget(area, 1);
    QObject::connect(tabs, &SegmentedControl::currentChanged, below, &QStackedLayout::setCurrentIndex);
    QObject::connect(flow, &FunnelFlow::changed, &page, [this] {
        FunnelRecipe changed = recipe;
        changed.sources = flow->recipe().sources;
        changed.rankBy = flow->recipe().rankBy;
        changed.rankModel = flow->recipe().rankModel;
        change(std::move(changed));
    });
    QObject::connect(flow, &FunnelFlow::trainingAsked, &page, [this] { train(); });
    QObject::connect(flow, &FunnelFlow::rulesAsked, &page, [this] { askForRules(); });
    QObject::connect(table, &DataTable::rowActivated, &page, [this](int row) {
        if (last && row >= 0 && static_cast<std::size_t>(row) < last->trail.candidates())
            session.selectItem(last->trail.item(static_cast<std::size_t>(row)), of);
    });
    return part;
}

QWidget* FunnelLens::Impl::buildSettings()
{
    auto* card = new Card({}, &page);
    card->setFlush(true);
    auto* inside = new QWidget(card);
    auto* column = scrolledColumn(inside);
    column->setContentsMargins(space::lg, space::md, space::lg, space::md);
    settings = new ParamForm(inside);
    settings->setObjectName(QStringLiteral("funnel.settings"));
    settings->setSpecs(settingsShown());
    column->addWidget(settings);
    column->addStretch();
    card->body()->addWidget(inside);
    QObject::connect(settings, &ParamForm::changed, &page, [this] {
        ParamSet all = paramsOf(recipe);
        const ParamSet typed = complete(settingsShown(), settings->values());
        for (const auto& [id, value] : typed.values())
            all.set(id, value);
        if (auto changed = withParams(recipe, all))
            change(std::move(*changed));
    });
    return card;
}

void FunnelLens::Impl::connectSession()
{
    const auto again = [this] {
        if (page.isVisible())
            refresh();
    };
    QObject::connect(&session, &WorkspaceSession::modelsChanged, &page, again);
    QObject::connect(&session, &WorkspaceSession::comparisonChanged, &page, again);
    QObject::connect(&session, &WorkspaceSession::personChanged, &page, again);
    QObject::connect(&session, &WorkspaceSession::asOfChanged, &page, again);
    QObject::connect(&session, &WorkspaceSession::groundReady, &page, again);
    QObject::connect(&session, &WorkspaceSession::datasetChanged, &page, [this, again] {
        of.reset();
        funnel.reset();
        last.reset();
        rows->clear();
        again();
    });
    QObject::connect(&session, &WorkspaceSession::funnelSaved, &page, [this](ModelId id) { takeSaved(id); });
    QObject::connect(&session.jobs(), &JobRunner::jobFinished, &page, [this](const JobInfo& job) {
        if (training == job.id) {
            training.reset();
            flow->setTraining(false);
        }
    });
}

void FunnelLens::Impl::train()
{
    if (!of || training)
        return;
    trainedJson = toJson(recipe);
    session.trainRanker(*of, recipe);
    const std::vector<JobInfo> jobs = session.jobs().jobs();
    if (!jobs.empty())
        training = jobs.back().id;
    flow->setTraining(training.has_value());
}

// Training takes a while: who has chosen another B since, or edits on, keeps that.
void FunnelLens::Impl::takeSaved(ModelId id)
{
    const bool isWanted = std::exchange(awaitsSaved, false);
    const std::string now = toJson(recipe);
    const bool isEdited = !isWanted && of == id && now != savedJson && now != trainedJson;
    if (isWanted && session.a() && session.a()->row.id != id)
        session.setB(id);
    if (isEdited) {
        savedJson = trainedJson;
        refreshSaving();
    } else if (isWanted || of == id) {
        load(id);
    }
    refresh();
}

// B before A before any other.
std::optional<ModelId> FunnelLens::Impl::preferred() const
{
    for (const ModelEntry* entry : {session.b(), session.a()})
        if (entry && isFunnel(*entry))
            return entry->row.id;
    const auto any = std::ranges::find_if(session.models(), isFunnel);
    return any == session.models().end() ? std::nullopt : std::optional(any->row.id);
}

QStringList FunnelLens::Impl::modelNames() const
{
    QStringList names;
    for (const ModelEntry& entry : session.models())
        if (!isFunnel(entry) && entry.recommender->model())
            names << entry.name();
    return names;
}

// A model may have another name since: where nothing was changed here, what is stored is shown.
bool FunnelLens::Impl::isOlder() const
{
    const Funnel* found = funnelOf(stored()->recommender.get());
    if (!found || toJson(recipe) != savedJson)
        return false;
    FunnelRecipe now = found->recipe();
    now.name = stored()->row.name;
    return toJson(now) != savedJson;
}

void FunnelLens::Impl::refresh()
{
    refreshChooser();
    if (!stored()) {
        of.reset();
        if (const auto id = preferred())
            load(*id);
    } else if (isOlder()) {
        load(*of);
    }
    name->setVisible(of.has_value());
    saveButton->setVisible(of.has_value());
    chooser->setVisible(chooser->count() > 1);
    stack->setCurrentIndex(of ? 1 : 0);
    if (!of)
        return refreshEmpty();
    const auto& person = session.person();
    header->setTitle(person.user ? text(session.dataset()->personName(*person.user)) : tr("Guest"));
    header->setSubtitle({});
    flow->setRecipe(recipe, modelNames());
    run();
}

void FunnelLens::Impl::refreshEmpty()
{
    header->setTitle({});
    header->setSubtitle({});
    if (!session.dataset())
        empty->setTexts(tr("Nothing is open"), tr("Open data first: Home has samples to begin with."));
    else if (modelNames().isEmpty())
        empty->setTexts(tr("A funnel needs models"), tr("Get a first answer on Home, or train models under Recipes."));
    else
        empty->setTexts(tr("No funnel yet"),
                        tr("A funnel asks several sources for candidates, orders them with a ranker and applies rules. "
                           "Every step can be seen here, and changed."));
}

void FunnelLens::Impl::refreshChooser()
{
    const QSignalBlocker quiet(chooser);
    chooser->clear();
    for (const ModelEntry& entry : session.models())
        if (isFunnel(entry))
            chooser->addItem(entry.name(), QVariant::fromValue<qlonglong>(entry.row.id));
    if (of)
        chooser->setCurrentIndex(chooser->findData(QVariant::fromValue<qlonglong>(*of)));
}

void FunnelLens::Impl::load(ModelId id)
{
    const ModelEntry* entry = session.model(id);
    const Funnel* found = entry ? funnelOf(entry->recommender.get()) : nullptr;
    if (!found)
        return;
    of = id;
    recipe = found->recipe();
    recipe.name = entry->row.name;
    savedJson = toJson(recipe);
    const QSignalBlocker quiet(name);
    name->setText(entry->name());
    name->setCursorPosition(0);
    flow->setRecipe(recipe, modelNames());
    const QSignalBlocker still(settings);
    settings->setValues(paramsOf(recipe));
    refreshChooser();
    refreshSaving();
}

void FunnelLens::Impl::change(FunnelRecipe changed)
{
    recipe = std::move(changed);
    refreshSaving();
    run();
}

void FunnelLens::Impl::refreshSaving()
{
    worth->setRecipe(recipe);
    front->setRecipe(recipe);
    const bool isNew = name->text().trimmed() != text(recipe.name);
    const bool isChanged = toJson(recipe) != savedJson;
    saveButton->setText(isNew ? tr("Save as new") : tr("Save"));
    saveButton->setEnabled(!name->text().trimmed().isEmpty() && (isNew || isChanged));
}

void FunnelLens::Impl::run()
{
    const ModelEntry* entry = stored();
    if (!entry || !session.dataset())
        return;
    if (!session.ground())
        return session.needGround();
    const auto learning = funnelOf(entry->recommender.get())->learning();
    session.jobs().startQuick<Shown>(
        QStringLiteral("funnel"),
        [recipe = recipe, parts = session.funnelParts(), ground = session.ground(), learning,
         dataset = session.dataset(), question = session.question()](const JobContext& job) -> Result<Shown> {
            auto opened = Funnel::open(recipe, parts, ground, job, learning);
            if (!opened)
                return tl::unexpected(opened.error());
            auto run = (*opened)->run(queryOf(*dataset, question), shownItems, TrailLevel::Full, job);
            if (!run)
                return tl::unexpected(run.error());
            return Shown{std::move(*opened), std::make_shared<const FunnelRun>(std::move(*run))};
        },
        &page,
        [this, asked = of, dataset = session.dataset()](const Result<Shown>& shown) {
            if (asked != of || dataset != session.dataset())
                return;
            if (shown)
                show(*shown);
            else if (shown.error().code != Code::Cancelled)
                session.raise({Message::Kind::Warning, text(shown.error().message), text(shown.error().hint)});
        });
}

void FunnelLens::Impl::show(const Shown& shown)
{
    funnel = shown.funnel;
    last = shown.run;
    flow->show(*funnel, *last);
    features->setFunnel(funnel);
    rows->show(session.dataset(), funnel, last);
    table->sortBy(0, Qt::AscendingOrder);
}

void FunnelLens::Impl::save()
{
    if (!of || !saveButton->isEnabled())
        return;
    awaitsSaved = true;
    FunnelRecipe named = recipe;
    named.name = name->text().trimmed().toStdString();
    if (named.name == recipe.name)
        session.changeFunnel(*of, named);
    else
        session.saveFunnel(named);
}

void FunnelLens::Impl::makeUsual()
{
    std::vector<std::string> models;
    for (const QString& model : modelNames())
        if (models.size() < usualModels)
            models.push_back(model.toStdString());
    awaitsSaved = session.dataset() != nullptr;
    if (session.dataset())
        session.saveFunnel(usualFunnel(models));
}

void FunnelLens::Impl::askForRules()
{
    if (of && session.a() && session.a()->row.id != *of)
        session.setB(of);
    session.showRules(of);
}

} // namespace orrery::ui
