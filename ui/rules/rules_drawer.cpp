// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/rules_drawer.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/rules/cost_pane.h"
#include "ui/rules/effect_pane.h"
#include "ui/rules/findings_bar.h"
#include "ui/rules/rule_files.h"
#include "ui/rules/rule_help.h"
#include "ui/rules/rule_list.h"
#include "ui/rules/save_line.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPropertyAnimation>
#include <QShortcut>
#include <QStackedLayout>
#include <QTimer>
#include <QToolButton>

#include <cmath>
#include <utility>

namespace orrery::ui {
namespace {

constexpr int stackShare = 34, effectShare = 42, costShare = 24; // of the width
constexpr int smallestStack = 320, smallestCost = 236;
constexpr int draftPause = 500; // ms until an edit is kept in the workspace

} // namespace

struct RulesDrawer::Impl {
    Impl(RulesDrawer& owner, WorkspaceSession& openSession)
        : drawer(owner), session(openSession), engine(openSession), help(openSession),
          slide(new QPropertyAnimation(&owner, "pos", &owner))
    {
    }

    void build();
    void buildHeader(QVBoxLayout* layout);
    void buildBody(QVBoxLayout* layout);
    void connectEngine();
    void connectSession();
    [[nodiscard]] const ModelEntry* entry() const;
    void refreshSubject(bool anew);
    void refreshHeader();
    void takeRules();
    void keepDraft();
    void showPrice(const RuleChange& change, double milliseconds, bool agreementFollows);
    void refreshNote();
    void showFailure(const Error& failure);
    void askName();
    void save(const QString& name); ///< empty: in its place
    void offerComparison();
    void compareWith(const QString& title, const RuleSet& other);
    void popup(QMenu* menu, const QWidget* below) const;
    [[nodiscard]] std::string draftKey() const;

    RulesDrawer& drawer;
    WorkspaceSession& session;
    RulesEngine engine;
    RuleStack stack;
    RuleHelp help;
    QPropertyAnimation* slide;
    std::shared_ptr<const Dataset> dataset;
    DatasetId datasetId = 0;
    std::filesystem::path file; // of the workspace
    RecommenderPtr recommender; // of the subject
    std::optional<ModelId> model;
    QTimer draft;
    bool isOpen = false, ofA = false;
    QRect area;

    QStackedLayout* pages = nullptr;
    EmptyState* empty = nullptr;
    PageHeader* header = nullptr;
    QPushButton *undo = nullptr, *redo = nullptr, *compare = nullptr, *more = nullptr, *saveAs = nullptr;
    SaveLine* saving = nullptr;
    bool awaitsSaved = false;
    RuleList* list = nullptr;
    EffectPane* effect = nullptr;
    CostPane* cost = nullptr;
    FindingsBar* findings = nullptr;
    QLabel *status = nullptr, *counts = nullptr;
};

RulesDrawer::RulesDrawer(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    setObjectName(QStringLiteral("rules.drawer"));
    setFocusPolicy(Qt::StrongFocus);
    m_impl->build();
    hide();
}

RulesDrawer::~RulesDrawer() = default;

bool RulesDrawer::isOpen() const { return m_impl->isOpen; }

void RulesDrawer::setOfA(bool ofA) { m_impl->ofA = ofA; }

void RulesDrawer::open()
{
    if (m_impl->isOpen)
        return;
    m_impl->isOpen = true;
    m_impl->refreshSubject(false);
    m_impl->engine.setResting(false);
    m_impl->engine.refreshPerson();
    m_impl->slide->stop();
    const int duration = motionDuration();
    resize(m_impl->area.size());
    move(duration > 0 ? QPoint(m_impl->area.right(), m_impl->area.top()) : m_impl->area.topLeft());
    show();
    raise();
    setFocus();
    if (duration > 0) {
        m_impl->slide->setDuration(duration);
        m_impl->slide->setEasingCurve(QEasingCurve::OutCubic);
        m_impl->slide->setEndValue(m_impl->area.topLeft());
        m_impl->slide->start();
    }
}

void RulesDrawer::close()
{
    if (!m_impl->isOpen)
        return;
    m_impl->isOpen = false;
    m_impl->engine.setResting(true);
    if (m_impl->draft.isActive())
        m_impl->keepDraft();
    m_impl->slide->stop();
    hide();
    emit closed();
}

void RulesDrawer::cover(const QRect& area)
{
    m_impl->area = area;
    m_impl->slide->stop();
    if (m_impl->isOpen)
        setGeometry(area);
}

void RulesDrawer::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        return close();
    QWidget::keyPressEvent(event);
}

void RulesDrawer::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), tokensFor(this).window);
    painter.fillRect(0, 0, 1, height(), tokensFor(this).hairline);
}

void RulesDrawer::Impl::build()
{
    pages = new QStackedLayout(&drawer);
    empty = new EmptyState(tr("No recommender yet"),
                           tr("Rules act on what a recommender gives. Choose B in the header, or train a model under "
                              "Recipes."),
                           &drawer);
    empty->addButton(tr("Close"), [this] { drawer.close(); });
    pages->addWidget(empty);
    auto* page = new QWidget(&drawer);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::sm);
    layout->setSpacing(space::md);
    pages->addWidget(page);
    buildHeader(layout);
    buildBody(layout);
    connectEngine();
    connectSession();
    draft.setSingleShot(true);
    draft.setInterval(draftPause);
    QObject::connect(&draft, &QTimer::timeout, &drawer, [this] { keepDraft(); });
    QObject::connect(&stack, &RuleStack::changed, &drawer, [this] { takeRules(); });
    refreshHeader();
}

void RulesDrawer::Impl::buildHeader(QVBoxLayout* layout)
{
    header = new PageHeader(tr("Rules"), &drawer);
    const auto button = [this](QPushButton* made, const char* name, const QString& tip) {
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        header->addAction(made);
        return made;
    };
    undo = button(plainButton(tr("Undo"), header), "rules.undo", tr("Take the last edit back (Ctrl+Z)"));
    redo = button(plainButton(tr("Redo"), header), "rules.redo", tr("Do it again (Ctrl+Shift+Z)"));
    compare =
        button(plainButton(tr("Compare ▾"), header), "rules.compare", tr("What differs from other rules, in words"));
    more = button(plainButton(tr("More ▾"), header), "rules.more", tr("Usual rules, files"));
    saveAs = button(primaryButton(tr("Save as…"), header), "rules.save", {});
    auto* shut = iconButton(QStringLiteral("close"), tr("Close the rules (Esc)"), header);
    shut->setObjectName(QStringLiteral("rules.close"));
    header->addAction(shut);
    layout->addWidget(header);
    saving = new SaveLine(&drawer);
    layout->addWidget(saving);
    QObject::connect(saving, &SaveLine::nameChosen, &drawer, [this](const QString& name) {
        if (!name.isEmpty())
            save(name);
    });
    QObject::connect(saving, &SaveLine::changeChosen, &drawer, [this] { save({}); });
    QObject::connect(saveAs, &QPushButton::clicked, &drawer, [this] { askName(); });
    QObject::connect(undo, &QPushButton::clicked, &drawer, [this] { stack.undo(); });
    QObject::connect(redo, &QPushButton::clicked, &drawer, [this] { stack.redo(); });
    QObject::connect(compare, &QPushButton::clicked, &drawer, [this] { offerComparison(); });
    QObject::connect(more, &QPushButton::clicked, &drawer,
                     [this] { popup(wholeSetsMenu(stack, session, &drawer), more); });
    QObject::connect(shut, &QToolButton::clicked, &drawer, &RulesDrawer::close);
    const auto shortcut = [this](const QKeySequence& keys, void (RuleStack::*step)()) {
        auto* made = new QShortcut(keys, &drawer);
        made->setContext(Qt::WidgetWithChildrenShortcut);
        QObject::connect(made, &QShortcut::activated, &stack, step);
    };
    shortcut(QKeySequence(QStringLiteral("Ctrl+Z")), &RuleStack::undo);
    shortcut(QKeySequence(QStringLiteral("Ctrl+Shift+Z")), &RuleStack::redo);
}

void RulesDrawer::Impl::askName()
{
    const ModelEntry* now = entry();
    const auto recipe = now && engine.subject() ? engine.subject()->recipe({}) : std::nullopt;
    if (recipe)
        saving->ask(text(recipe->name), now->row.algorithm == funnelAlgorithm ? now->name() : QString());
}

// What is saved takes the place of what was edited: its rules are those that stand from then on.
void RulesDrawer::Impl::save(const QString& name)
{
    auto recipe = engine.subject()->recipe(stack.rules());
    if (!recipe || !model)
        return;
    draft.stop();
    session.remember(draftKey(), {});
    if (name.isEmpty())
        return session.changeFunnel(*model, *recipe);
    recipe->name = name.toStdString();
    awaitsSaved = true;
    session.saveFunnel(*recipe);
}

void RulesDrawer::Impl::buildBody(QVBoxLayout* layout)
{
    auto* across = new QHBoxLayout;
    across->setSpacing(space::md);
    list = new RuleList(stack, help, &drawer);
    list->setMinimumWidth(smallestStack);
    effect = new EffectPane(&drawer);
    cost = new CostPane(&drawer);
    cost->setMinimumWidth(smallestCost);
    across->addWidget(list, stackShare);
    across->addWidget(effect, effectShare);
    across->addWidget(cost, costShare);
    layout->addLayout(across, 1);
    findings = new FindingsBar(&drawer);
    layout->addWidget(findings);
    auto* foot = new QHBoxLayout;
    status = secondaryLabel({}, &drawer);
    status->setObjectName(QStringLiteral("rules.status"));
    counts = secondaryLabel({}, &drawer);
    foot->addWidget(status);
    foot->addStretch(1);
    foot->addWidget(counts);
    layout->addLayout(foot);
    QObject::connect(findings, &FindingsBar::ruleAsked, &drawer,
                     [this](int rule) { list->mark(static_cast<std::size_t>(rule)); });
    QObject::connect(effect, &EffectPane::itemChosen, &drawer, [this](ItemIndex item) {
        list->setPinned(item);
        session.selectItem(item, model);
    });
    QObject::connect(cost, &CostPane::exampleChosen, &drawer, [this](int person) {
        if (static_cast<std::size_t>(person) < engine.people().size())
            session.selectPerson(engine.people()[static_cast<std::size_t>(person)]);
    });
}

void RulesDrawer::Impl::connectEngine()
{
    QObject::connect(&engine, &RulesEngine::opened, &drawer,
                     [this](const std::vector<QString>& whyNot) { list->setCatalog(engine.catalog(), whyNot); });
    QObject::connect(&engine, &RulesEngine::personReady, &drawer, [this](const PersonEffect& done) {
        effect->show(dataset, done, stack.rules(), entry() ? entry()->row.colour : 0);
        list->setEffects(done.trail.effects());
    });
    QObject::connect(&engine, &RulesEngine::sampled, &drawer, [this] { refreshHeader(); });
    QObject::connect(&engine, &RulesEngine::priced, &drawer,
                     [this](const RuleChange& change, double milliseconds, bool agreementFollows) {
                         showPrice(change, milliseconds, agreementFollows);
                     });
    QObject::connect(cost, &CostPane::twinWanted, &drawer, [this] { engine.twin().train(); });
    QObject::connect(&engine, &RulesEngine::diagnosed, &drawer, [this](const RuleReport& report) {
        if (!report.rules.empty())
            findings->show(report);
    });
    QObject::connect(&engine, &RulesEngine::failed, &drawer, [this](const Error& failure) { showFailure(failure); });
}

void RulesDrawer::Impl::connectSession()
{
    const auto again = [this] {
        if (isOpen)
            refreshSubject(false);
    };
    QObject::connect(&session, &WorkspaceSession::comparisonChanged, &drawer, again);
    QObject::connect(&session, &WorkspaceSession::modelsChanged, &drawer, again);
    QObject::connect(&session, &WorkspaceSession::datasetChanged, &drawer, [this, again] {
        if (!isOpen) { // what is under way is of people who are not here any more
            engine.setSubject(nullptr);
            recommender.reset();
        }
        again();
    });
    QObject::connect(&session, &WorkspaceSession::funnelSaved, &drawer, [this](ModelId id) {
        if (std::exchange(awaitsSaved, false))
            ofA ? session.setA(id) : session.setB(id);
    });
    QObject::connect(&session, &WorkspaceSession::asOfChanged, &drawer, [this] {
        if (isOpen)
            refreshSubject(true);
        else
            recommender.reset(); // the sample is of another moment
    });
    QObject::connect(&session, &WorkspaceSession::personChanged, &drawer, [this] {
        refreshHeader();
        if (isOpen)
            engine.refreshPerson();
    });
}

const ModelEntry* RulesDrawer::Impl::entry() const { return session.b() && !ofA ? session.b() : session.a(); }

std::string RulesDrawer::Impl::draftKey() const
{
    return "rules/" + std::to_string(datasetId) + "/" + std::to_string(model.value_or(0));
}

void RulesDrawer::Impl::refreshSubject(bool anew)
{
    const ModelEntry* now = session.dataset() ? entry() : nullptr;
    pages->setCurrentIndex(now ? 1 : 0);
    if (!now) {
        engine.setSubject(nullptr);
        recommender.reset();
        model.reset();
        return;
    }
    if (!anew && now->recommender == recommender && session.dataset() == dataset)
        return refreshHeader();
    if (draft.isActive())
        keepDraft();
    const bool isSame = model == now->row.id && dataset == session.dataset();
    dataset = session.dataset();
    datasetId = session.datasetId();
    file = session.file();
    recommender = now->recommender;
    model = now->row.id;
    list->setCatalog(nullptr, {});
    cost->say(tr("Asking for the lists of %1 people…").arg(RulesEngine::samplePeople));
    findings->say({});
    status->setText({});
    effect->clear({});
    engine.setSubject(now);
    if (!isSame) {
        const auto kept = session.remembered(draftKey());
        const auto rules = kept && !kept->empty() ? rulesFromJson(*kept) : Result<RuleSet>(engine.subject()->rules());
        stack.reset(rules ? *rules : engine.subject()->rules());
        draft.stop();
    } else {
        engine.setRules(stack.rules());
    }
    refreshHeader();
}

void RulesDrawer::Impl::refreshHeader()
{
    undo->setEnabled(stack.canUndo());
    redo->setEnabled(stack.canRedo());
    const auto count = static_cast<double>(stack.rules().rules.size());
    counts->setText(tr("%1   seed 1").arg(counted(count, tr("rule"), tr("rules"))));
    const ModelEntry* now = session.dataset() ? entry() : nullptr;
    if (!now)
        return;
    const bool canSave = engine.subject() && engine.subject()->recipe({}).has_value();
    saveAs->setEnabled(canSave);
    saveAs->setToolTip(canSave ? tr("Keeps what ranks and these rules as a recipe, which takes their place")
                               : tr("Imported lists cannot be asked for more than they hold: no recipe can be made of "
                                    "them"));
    header->setTitle(now == session.b() ? tr("Rules of B") : tr("Rules of A"));
    const auto user = session.person().user;
    const QString who = user ? tr("person %1").arg(text(session.dataset()->personName(*user))) : tr("a guest");
    const std::size_t people = engine.people().size();
    header->setSubtitle(people == 0 ? tr("%1 · effect on %2").arg(now->name(), who)
                                    : tr("%1 · effect on %2 and on %3 sample people")
                                          .arg(now->name(), who, ui::count(static_cast<double>(people))));
}

void RulesDrawer::Impl::takeRules()
{
    engine.setRules(stack.rules());
    status->setText(tr("Working out what it costs…"));
    draft.start();
    list->mark(std::nullopt);
    effect->showLists();
    compare->setText(tr("Compare ▾"));
    refreshHeader();
}

void RulesDrawer::Impl::keepDraft()
{
    draft.stop();
    if (model && session.file() == file) // not into another workspace that was opened meanwhile
        session.remember(draftKey(), toJson(stack.rules()));
}

void RulesDrawer::Impl::showPrice(const RuleChange& change, double milliseconds, bool agreementFollows)
{
    if (change.people.empty())
        return cost->say(tr("Nobody has a history that rules could be counted on."));
    cost->show(engine.catalog(), change, agreementFollows);
    refreshNote();
    status->setText(tr("Preview updated in %1 ms").arg(std::lround(milliseconds)));
    if (stack.rules().rules.empty())
        findings->say(tr("No rules yet: both lists are the ranker's."));
    else
        findings->say(tr("Looking for rules that do nothing…"));
}

void RulesDrawer::Impl::refreshNote()
{
    if (const ModelEntry* now = entry())
        cost->showSample(now->name(), engine.cut(), engine.twin());
}

void RulesDrawer::Impl::showFailure(const Error& failure)
{
    status->setText({});
    findings->sayError(text(failure.text()));
    if (engine.people().empty())
        cost->say(text(failure.text()));
}

void RulesDrawer::Impl::popup(QMenu* menu, const QWidget* below) const
{
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(below->mapToGlobal(QPoint(0, below->height() + space::xs)));
}

void RulesDrawer::importFrom(const QString& file) { importRules(m_impl->stack, file, m_impl->session); }

void RulesDrawer::exportTo(const QString& file) { exportRules(m_impl->stack, file, this); }

void RulesDrawer::Impl::offerComparison()
{
    if (!effect->showsLists()) {
        compare->setText(tr("Compare ▾"));
        return effect->showLists();
    }
    auto* menu = new QMenu(&drawer);
    QObject::connect(menu->addAction(tr("With what stands now")), &QAction::triggered, &drawer,
                     [this] { compareWith(tr("What becomes of the rules that stand"), engine.subject()->rules()); });
    const ModelEntry* a = session.a();
    QAction* withA = menu->addAction(a ? tr("With A, %1").arg(a->name()) : tr("With A"));
    withA->setEnabled(a && a != entry());
    QObject::connect(withA, &QAction::triggered, &drawer, [this] {
        if (const ModelEntry* other = session.a())
            compareWith(tr("From the rules of A, %1, to these").arg(other->name()), subjectOf(*other)->rules());
    });
    popup(menu, compare);
}

void RulesDrawer::Impl::compareWith(const QString& title, const RuleSet& other)
{
    effect->showDifferences(title, compareRules(other, stack.rules()));
    compare->setText(tr("Lists"));
}

} // namespace orrery::ui
