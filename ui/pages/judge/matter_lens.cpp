// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/judge/matter_lens.h"

#include "ui/charts/chart_view.h"
#include "ui/components/data_table.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/number_box.h"
#include "ui/pages/judge/matter_people.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/tokens.h"

#include <QHBoxLayout>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr double mostMoney = 1e12;

/// What a column of the window is called, and a table in it.
struct Pane {
    DataTable* table = nullptr;
    TableModel* model = nullptr;
};

Pane paneOf(const QString& name, QWidget* parent)
{
    Pane pane;
    pane.table = new DataTable(parent);
    pane.table->setObjectName(name);
    pane.table->setSearchVisible(false);
    pane.model = new TableModel(pane.table);
    pane.table->setModel(pane.model);
    return pane;
}

} // namespace

struct MatterLens::Impl {
    Impl(MatterLens& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    QWidget* buildQuestion();
    QWidget* buildAnswer();
    QWidget* buildTrust();
    void connectSession();

    void refresh();
    void checkData();
    void refreshQuestion();
    void ask();
    void take(Result<ValueAnswerPtr> found);
    void showAnswer();
    void showReasons();
    [[nodiscard]] ValueQuestion question() const;

    MatterLens& page;
    WorkspaceSession& session;
    std::shared_ptr<const Dataset> checked; // whose `cannot` it is
    QString cannot;                         // why this data cannot be asked; empty: it can
    ValueAnswerPtr answer;
    std::optional<JobId> running;
    Message failure; // of the last question; no text: none

    PageHeader* header = nullptr;
    QWidget* asking = nullptr;
    NumberBox* sum = nullptr;
    NumberBox* days = nullptr;
    QLabel* asOf = nullptr;
    QPushButton* find = nullptr;
    QStackedLayout* stack = nullptr;
    EmptyState* empty = nullptr;
    QLabel* sentence = nullptr;
    QLabel* judged = nullptr;
    Badge* leak = nullptr;
    Badge* stale = nullptr;
    ChartView* calibration = nullptr;
    ChartView* importance = nullptr;
    MatterPeople* people = nullptr;
    Card* trust = nullptr;
    SegmentedControl* tabs = nullptr;
    QStackedLayout* panes = nullptr;
    Pane reasons, quality, features;
};

MatterLens::MatterLens(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

MatterLens::~MatterLens() = default;

std::vector<PageAction> MatterLens::actions()
{
    return {{tr("Find out who will matter"), [this] { m_impl->ask(); }, {}}};
}

void MatterLens::shown() { m_impl->refresh(); }
void MatterLens::addLeading(QWidget* control) { m_impl->header->addLeading(control); }

void MatterLens::Impl::build()
{
    auto* layout = new QVBoxLayout(&page);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::md);
    header = new PageHeader({}, &page);
    layout->addWidget(header);
    layout->addWidget(buildQuestion());
    auto* area = new QWidget(&page);
    stack = new QStackedLayout(area);
    empty = new EmptyState({}, {}, area);
    stack->addWidget(empty);
    stack->addWidget(buildAnswer());
    layout->addWidget(area, 1);
    connectSession();
    refresh();
}

QWidget* MatterLens::Impl::buildQuestion()
{
    auto* card = new Card({}, &page);
    asking = new QWidget(card);
    auto* row = new QHBoxLayout(asking);
    row->setContentsMargins({});
    row->setSpacing(space::sm);
    const auto box = [&](const QString& name, const QString& spoken, double from, double to, double usual) {
        auto* number = new NumberBox(asking);
        number->setObjectName(name);
        number->setAccessibleName(spoken);
        number->setDecimals(0);
        number->setRange(from, to);
        number->setValue(usual);
        number->setFixedWidth(space::xxl * 3);
        connect(number, &QDoubleSpinBox::valueChanged, &page, [this] { refreshQuestion(); });
        return number;
    };
    const ValueLabel usual;
    sum = box(QStringLiteral("matter.sum"), tr("Sum"), 0, mostMoney, usual.moreThan);
    sum->setDecimals(2);
    sum->setToolTip(tr("In the currency of the data"));
    days = box(QStringLiteral("matter.days"), tr("Days"), 1, 3650, usual.days);
    asOf = secondaryLabel({}, asking);
    find = primaryButton(tr("Find out"), asking);
    find->setObjectName(QStringLiteral("matter.ask"));
    row->addWidget(new QLabel(tr("Who will spend more than"), asking));
    row->addWidget(sum);
    row->addWidget(new QLabel(tr("in the next"), asking));
    row->addWidget(days);
    row->addWidget(new QLabel(tr("days?"), asking));
    row->addWidget(asOf);
    row->addStretch(1);
    row->addWidget(find);
    card->body()->addWidget(asking);
    connect(find, &QPushButton::clicked, &page, [this] { running ? session.jobs().cancel(*running) : ask(); });
    return card;
}

QWidget* MatterLens::Impl::buildAnswer()
{
    auto* part = new QWidget(&page);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins({});
    column->setSpacing(space::md);
    sentence = sectionLabel({}, part);
    sentence->setObjectName(QStringLiteral("matter.sentence"));
    sentence->setWordWrap(true);
    column->addWidget(sentence);
    auto* line = new QHBoxLayout;
    judged = secondaryLabel({}, part);
    judged->setObjectName(QStringLiteral("matter.judged"));
    judged->setWordWrap(true);
    leak = new Badge({}, Badge::Tone::Good, part);
    leak->setObjectName(QStringLiteral("matter.leak"));
    stale = new Badge(tr("the question has changed"), Badge::Tone::Warning, part);
    stale->setObjectName(QStringLiteral("matter.stale"));
    line->addWidget(judged, 1);
    line->addWidget(stale);
    line->addWidget(leak);
    column->addLayout(line);
    auto* charts = new QHBoxLayout;
    charts->setSpacing(space::md);
    calibration = new ChartView(part);
    calibration->setObjectName(QStringLiteral("matter.calibration"));
    importance = new ChartView(part);
    importance->setObjectName(QStringLiteral("matter.importance"));
    charts->addWidget(calibration, 1);
    charts->addWidget(importance, 1);
    column->addLayout(charts, 1);
    auto* tables = new QHBoxLayout;
    tables->setSpacing(space::md);
    people = new MatterPeople(session, part);
    tables->addWidget(people, 1);
    tables->addWidget(buildTrust(), 1);
    column->addLayout(tables, 1);
    return part;
}

QWidget* MatterLens::Impl::buildTrust()
{
    trust = new Card({}, &page);
    trust->setFlush(true);
    tabs = new SegmentedControl({tr("Why"), tr("How good"), tr("Drift and leaks")}, trust);
    tabs->setObjectName(QStringLiteral("matter.tabs"));
    trust->addCorner(tabs);
    auto* area = new QWidget(trust);
    panes = new QStackedLayout(area);
    reasons = paneOf(QStringLiteral("matter.reasons"), area);
    quality = paneOf(QStringLiteral("matter.quality"), area);
    features = paneOf(QStringLiteral("matter.features"), area);
    for (const Pane& pane : {reasons, quality, features})
        panes->addWidget(pane.table);
    reasons.table->setEmptyText(tr("Choose somebody to see why"));
    trust->body()->addWidget(area, 1);
    connect(tabs, &SegmentedControl::currentChanged, &page, [this](int tab) { panes->setCurrentIndex(tab); });
    return trust;
}

void MatterLens::Impl::connectSession()
{
    connect(&session, &WorkspaceSession::datasetChanged, &page, [this] {
        if (running)
            session.jobs().cancel(*running);
        answer.reset();
        failure = {};
        refresh();
    });
    connect(&session, &WorkspaceSession::asOfChanged, &page, [this] { refreshQuestion(); });
    connect(&session, &WorkspaceSession::personChanged, &page, [this] { showReasons(); });
}

void MatterLens::Impl::refresh()
{
    stack->setCurrentIndex(answer ? 1 : 0);
    if (session.dataset() && session.dataset() != checked && page.isVisible())
        checkData();
    refreshQuestion();
}

// It looks at every event.
void MatterLens::Impl::checkData()
{
    session.jobs().startQuick<QString>(
        QStringLiteral("can spending be told"),
        [dataset = session.dataset()](const JobContext&) -> Result<QString> {
            return text(CustomerHistory::whyNot(*dataset));
        },
        &page,
        [this, dataset = session.dataset()](const Result<QString>& why) {
            if (dataset != session.dataset() || !why)
                return;
            checked = dataset;
            cannot = *why;
            refreshQuestion();
        });
}

void MatterLens::Impl::refreshQuestion()
{
    const bool known = session.dataset() && checked == session.dataset();
    const bool can = known && cannot.isEmpty();
    for (QWidget* part : {static_cast<QWidget*>(sum), static_cast<QWidget*>(days)})
        part->setEnabled(can && !running);
    find->setEnabled(can);
    find->setText(running ? tr("Cancel") : tr("Find out"));
    asOf->setText(session.asOf() == endOfTime ? tr("as of the last event") : tr("as of %1").arg(date(session.asOf())));
    if (!session.dataset())
        empty->setTexts(tr("No data yet"), tr("Open the sample shop on Home, or drop your own purchases anywhere."));
    else if (!known)
        empty->setTexts({}, {});
    else if (!can)
        empty->setTexts(tr("This data cannot tell who will spend"), cannot);
    else if (running)
        empty->setTexts(tr("Finding out"), tr("Trees learn from what people did at many moments of the past."));
    else if (!failure.text.isEmpty())
        empty->setTexts(failure.text, failure.hint);
    else
        empty->setTexts(tr("Who will matter?"),
                        tr("Say how much, and in how many days, and press Find out. Trees learn from the past, and are "
                           "judged on the newest days."));
    const ValueQuestion now = question();
    stale->setVisible(answer && !(now.label.moreThan == answer->question.label.moreThan &&
                                  now.label.days == answer->question.label.days && now.at == answer->question.at));
}

ValueQuestion MatterLens::Impl::question() const
{
    return {.label = {sum->value(), static_cast<int>(days->value())}, .at = session.asOf(), .trees = {}};
}

void MatterLens::Impl::ask()
{
    if (running || !find->isEnabled())
        return;
    failure = {};
    const ValueQuestion asked = question();
    running = session.jobs().start<ValueAnswerPtr>(
        tr("Finding out who will spend %1").arg(wordsOf(asked.label)), {},
        [asked, dataset = session.dataset()](const JobContext& job) -> Result<ValueAnswerPtr> {
            return whoWillMatter(dataset, asked, job).map([](ValueAnswer found) -> ValueAnswerPtr {
                return std::make_shared<const ValueAnswer>(std::move(found));
            });
        },
        &page,
        [this, dataset = session.dataset()](Result<ValueAnswerPtr> found) {
            running.reset();
            if (dataset == session.dataset())
                take(std::move(found));
            refresh();
        });
    refreshQuestion();
}

void MatterLens::Impl::take(Result<ValueAnswerPtr> found)
{
    if (found) {
        answer = std::move(*found);
        return showAnswer();
    }
    if (found.error().code == Code::Cancelled)
        return;
    failure = messageOf(found.error());
    if (answer) // which stays, so that the empty state is not there to say it
        session.raise(failure);
}

void MatterLens::Impl::showAnswer()
{
    sentence->setText(sentenceOf(*answer));
    judged->setText(judgedOn(*answer));
    const std::size_t doubtful = doubtfulFeatures(answer->report);
    leak->setText(
        doubtful == 0
            ? tr("✓ no leak found")
            : tr("%1 not to be trusted").arg(counted(static_cast<double>(doubtful), tr("feature"), tr("features"))));
    leak->setTone(doubtful == 0 ? Badge::Tone::Good : Badge::Tone::Bad);
    calibration->setSpec(calibrationChart(*answer));
    importance->setSpec(importanceChart(*answer));
    quality.model->reset(qualityRows, qualityColumns(answer));
    features.model->reset(static_cast<int>(answer->report.features.size()), featureColumns(answer));
    people->show(answer);
    showReasons();
}

// Of whoever is on screen; they stand in the table where they are among those chosen.
void MatterLens::Impl::showReasons()
{
    if (!answer)
        return;
    const auto user = session.person().user;
    const auto place = user ? std::ranges::find(answer->people, *user, &PersonChance::user) : answer->people.end();
    if (place == answer->people.end()) {
        trust->setTitle({});
        return reasons.model->reset(0, {});
    }
    people->selectPlace(static_cast<std::size_t>(place - answer->people.begin()));
    using Reasons = std::shared_ptr<const ValueAnswer::Reasons>;
    session.jobs().startQuick<Reasons>(
        QStringLiteral("why they will matter"),
        [answer = answer, user = *user](const JobContext&) -> Result<Reasons> {
            return std::make_shared<const ValueAnswer::Reasons>(answer->reasonsFor(user));
        },
        &page,
        [this, of = answer, one = *place](const Result<Reasons>& why) {
            if (!why || of != answer)
                return;
            trust->setTitle(tr("%1: %2").arg(text(answer->history->dataset().personName(one.user)),
                                             percent(static_cast<double>(one.probability), 1)));
            reasons.model->reset(static_cast<int>((*why)->reasons.size()), reasonColumns(*why));
        });
}

} // namespace orrery::ui
