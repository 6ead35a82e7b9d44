// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/person_lens.h"

#include "core/models/context/segments.h"
#include "core/pipeline/person_view.h"
#include "ui/components/picker.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/item_search.h"
#include "ui/lists/list_board.h"
#include "ui/pages/explore/history_card.h"
#include "ui/pages/explore/next_card.h"
#include "ui/pages/explore/person_columns.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QRandomGenerator>
#include <QStackedLayout>
#include <QTimer>
#include <QToolButton>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int historyWidth = 232;
constexpr int patience = 30; // ms that the history waits for its lists, so that all is painted in one go
constexpr std::size_t comparedPlaces = 10;
constexpr std::size_t comparedPeople = 1000;
constexpr std::size_t changedShown = 10;
constexpr std::size_t circumstanceWords = 24; // of a device or a place, in the menu

} // namespace

struct PersonLens::Impl {
    Impl(PersonLens& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    void buildHeader();
    void buildPerson(QVBoxLayout* layout);
    void connectSession();
    void refreshPeople();
    void refreshHeader();
    void refreshPerson();
    void ask();
    void askAboutPerson();
    void showView(const PersonView& view);
    void redraw();
    void shuffle();
    void offerMostChanged();
    void offerCircumstances();
    void refreshCircumstances();
    void offerWho();
    void refreshWho();
    void offer(QPushButton& button, const std::vector<Circumstance>& known, const Facts& told,
               const std::function<void(const Fact&)>& tell);
    static void showTold(QPushButton& button, const Facts& facts, const QString& nothing);
    void showMostChanged(const std::vector<Changed>& changed);
    [[nodiscard]] std::vector<ModelEntry> columns() const;

    PersonLens& page;
    WorkspaceSession& session;
    QStackedLayout* stack = nullptr;
    EmptyState* empty = nullptr;
    PageHeader* header = nullptr;
    Picker* picker = nullptr;
    QPushButton* mostChanged = nullptr;
    QPushButton* columnsButton = nullptr;
    QPushButton* context = nullptr; // only where a list depends on the circumstances
    QPushButton* about = nullptr;   // only of guests, where something is known of people
    HistoryCard* history = nullptr;
    ListBoard* board = nullptr;
    NextCard* next = nullptr;
    QLabel* summary = nullptr;
    PersonView view;
    std::vector<ModelEntry> shown;
    QTimer personTimer; // runs while the person on screen is behind the session's
    bool stale = true;
};

PersonLens::PersonLens(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

PersonLens::~PersonLens() = default;

std::vector<PageAction> PersonLens::actions()
{
    return {{tr("Shuffle to another person"), [this] { m_impl->shuffle(); }, {}},
            {tr("Start a guest with an empty history"), [this] { m_impl->session.selectGuest(); }, {}},
            {tr("Undo all changes of the history"), [this] { m_impl->session.resetHistory(); }, {}},
            {tr("People whose lists differ most between A and B"), [this] { m_impl->offerMostChanged(); }, {}}};
}

void PersonLens::shown()
{
    if (m_impl->stale)
        m_impl->ask();
}

void PersonLens::addLeading(QWidget* control) { m_impl->header->addLeading(control); }

void PersonLens::Impl::build()
{
    stack = new QStackedLayout(&page);
    empty = new EmptyState({}, {}, &page);
    auto* person = new QWidget(&page);
    stack->addWidget(empty);
    stack->addWidget(person);
    auto* layout = new QVBoxLayout(person);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::md);
    buildHeader();
    layout->addWidget(header);
    buildPerson(layout);
    connectSession();
    refreshPeople();
    refreshHeader();
}

void PersonLens::Impl::buildHeader()
{
    header = new PageHeader(tr("Person"), &page);
    picker = new Picker(tr("Find a person"), header);
    picker->setObjectName(QStringLiteral("explore.person"));
    picker->setFixedWidth(130);
    auto* shuffleButton = iconButton(QStringLiteral("shuffle"), tr("Shuffle to another person"), header);
    shuffleButton->setObjectName(QStringLiteral("explore.shuffle"));
    auto* guest = plainButton(tr("Guest"), header);
    guest->setObjectName(QStringLiteral("explore.guest"));
    guest->setToolTip(tr("Somebody new: start with an empty history and add to it"));
    mostChanged = plainButton(tr("Most changed ▾"), header);
    mostChanged->setObjectName(QStringLiteral("explore.mostChanged"));
    mostChanged->setToolTip(tr("People whose lists differ most between A and B"));
    columnsButton = plainButton(tr("Lists ▾"), header);
    columnsButton->setObjectName(QStringLiteral("explore.columns"));
    columnsButton->setToolTip(tr("Show more lists beside A and B"));
    for (QWidget* tool :
         {static_cast<QWidget*>(picker), static_cast<QWidget*>(shuffleButton), static_cast<QWidget*>(guest),
          static_cast<QWidget*>(mostChanged), static_cast<QWidget*>(columnsButton)})
        header->addAction(tool);
    QObject::connect(shuffleButton, &QToolButton::clicked, &page, [this] { shuffle(); });
    QObject::connect(guest, &QPushButton::clicked, &session, &WorkspaceSession::selectGuest);
    QObject::connect(mostChanged, &QPushButton::clicked, &page, [this] { offerMostChanged(); });
    QObject::connect(picker, &Picker::picked, &page, [this](int id) {
        picker->clear();
        session.selectPerson(UserIndex{static_cast<std::uint32_t>(id)});
    });
    QObject::connect(columnsButton, &QPushButton::clicked, &page, [this] {
        auto* menu = new QMenu(&page);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        for (const ModelEntry& entry : session.models()) {
            const ModelId id = entry.row.id;
            if ((session.a() && session.a()->row.id == id) || (session.b() && session.b()->row.id == id))
                continue;
            QAction* action = menu->addAction(entry.name());
            action->setCheckable(true);
            action->setChecked(std::ranges::count(session.extraColumns(), id) > 0);
            QObject::connect(action, &QAction::toggled, &page, [this, id](bool on) {
                std::vector<ModelId> extra = session.extraColumns();
                std::erase(extra, id);
                if (on)
                    extra.push_back(id);
                session.setExtraColumns(extra);
            });
        }
        if (menu->isEmpty())
            menu->addAction(tr("Train more models under Recipes"))->setEnabled(false);
        menu->popup(columnsButton->mapToGlobal(QPoint(0, columnsButton->height() + space::xs)));
    });
}

void PersonLens::Impl::buildPerson(QVBoxLayout* layout)
{
    auto* middle = new QHBoxLayout;
    middle->setSpacing(space::md);
    history = new HistoryCard(session, &page);
    history->setFixedWidth(historyWidth);
    context = plainButton({}, &page);
    context->setObjectName(QStringLiteral("explore.context"));
    context->setToolTip(tr("When, on what and where the person asks: these lists depend on it"));
    context->setFixedWidth(historyWidth);
    QObject::connect(context, &QPushButton::clicked, &page, [this] { offerCircumstances(); });
    about = plainButton({}, &page);
    about->setObjectName(QStringLiteral("explore.about"));
    about->setToolTip(tr("Who the guest is: models that know of people alike answer by it"));
    about->setFixedWidth(historyWidth);
    QObject::connect(about, &QPushButton::clicked, &page, [this] { offerWho(); });
    auto* asking = new QVBoxLayout;
    asking->setSpacing(space::sm);
    asking->addWidget(history, 1);
    asking->addWidget(about);
    asking->addWidget(context);
    middle->addLayout(asking);
    board = new ListBoard(&page);
    middle->addWidget(board, 1);
    layout->addLayout(middle, 1);
    next = new NextCard(&page);
    layout->addWidget(next);
    auto* inShortCard = new QFrame(&page);
    inShortCard->setProperty("role", "card");
    auto* line = new QHBoxLayout(inShortCard);
    line->setContentsMargins(space::md, space::sm, space::md, space::sm);
    auto* title = new QLabel(tr("In short."), inShortCard);
    title->setFont(ui::font(type::body, QFont::DemiBold));
    line->addWidget(title, 0, Qt::AlignTop);
    summary = new QLabel(inShortCard);
    summary->setTextFormat(Qt::PlainText);
    summary->setObjectName(QStringLiteral("explore.inShort"));
    summary->setWordWrap(true);
    line->addWidget(summary, 1);
    layout->addWidget(inShortCard);
    QObject::connect(board, &ListBoard::clicked, &page, [this](int column, ItemIndex item) {
        session.selectItem(item, shown[static_cast<std::size_t>(column)].row.id);
    });
    QObject::connect(board, &ListBoard::roomChanged, &page, [this] { redraw(); });
}

void PersonLens::Impl::connectSession()
{
    const auto askAgain = [this] {
        stale = true;
        refreshHeader();
        if (page.isVisible())
            ask();
    };
    QObject::connect(&session, &WorkspaceSession::personChanged, &page, [this] { askAboutPerson(); });
    personTimer.setSingleShot(true);
    QObject::connect(&personTimer, &QTimer::timeout, &page, [this] { refreshPerson(); });
    QObject::connect(&session, &WorkspaceSession::comparisonChanged, &page, askAgain);
    QObject::connect(&session, &WorkspaceSession::modelsChanged, &page, askAgain);
    QObject::connect(&session, &WorkspaceSession::datasetChanged, &page, [this, askAgain] {
        view = {};
        shown.clear();
        refreshPeople();
        askAgain();
    });
    QObject::connect(&session, &WorkspaceSession::digestReady, &page, [this] { refreshPeople(); });
    QObject::connect(&session, &WorkspaceSession::itemSelected, &page,
                     [this] { board->setSelectedItem(session.item()); });
}

void PersonLens::Impl::refreshPeople() { picker->setSearch(personSearch(session.digest())); }

void PersonLens::Impl::refreshHeader()
{
    const bool hasData = session.dataset() != nullptr;
    const bool ready = hasData && !columns().empty();
    stack->setCurrentIndex(ready ? 1 : 0);
    if (!hasData)
        empty->setTexts(tr("No data yet"), tr("Open the sample films on Home, or drop your own file anywhere."));
    else if (!ready)
        empty->setTexts(tr("No recommender yet"), tr("Get a first answer on Home, or train a model under Recipes."));
    if (!ready)
        return;
    mostChanged->setEnabled(session.a() && session.b());
    refreshCircumstances();
    refreshWho();
    const Query query = session.query();
    QStringList likes;
    for (const std::string& tag : favouriteTags(*session.dataset(), query.history, 3))
        likes << text(tag).toLower();
    const auto user = session.person().user;
    header->setTitle(user ? tr("Person %1").arg(text(session.dataset()->personName(*user))) : tr("Guest"));
    const bool rated = session.dataset()->feedback() == Feedback::Explicit;
    QString line = counted(static_cast<double>(query.history.size()), rated ? tr("rating") : tr("event"),
                           rated ? tr("ratings") : tr("events"));
    if (!likes.isEmpty())
        line += tr(" · mostly %1").arg(likes.join(QStringLiteral(", ")));
    header->setSubtitle(line);
}

void PersonLens::Impl::refreshPerson()
{
    personTimer.stop();
    history->refresh();
    refreshHeader();
}

std::vector<ModelEntry> PersonLens::Impl::columns() const
{
    std::vector<ModelEntry> all;
    for (const ModelEntry* entry : {session.a(), session.b()})
        if (entry)
            all.push_back(*entry);
    for (const ModelId id : session.extraColumns())
        if (const ModelEntry* entry = session.model(id); entry && entry != session.a() && entry != session.b())
            all.push_back(*entry);
    return all;
}

// The question goes out first; what the window itself has to do for an edit waits for the answer.
void PersonLens::Impl::askAboutPerson()
{
    stale = true;
    if (!page.isVisible() || columns().empty())
        return refreshPerson();
    ask();
    if (!personTimer.isActive())
        personTimer.start(patience);
}

void PersonLens::Impl::ask()
{
    const std::vector<ModelEntry> models = columns();
    if (!session.dataset() || models.empty())
        return;
    stale = false;
    std::vector<RecommenderPtr> recommenders;
    recommenders.reserve(models.size());
    for (const ModelEntry& entry : models)
        recommenders.push_back(entry.recommender);
    const PersonQuestion question = session.question();
    session.jobs().startQuick<PersonView>(
        QStringLiteral("person"),
        [dataset = session.dataset(), recommenders, question](const JobContext& job) {
            return viewPerson(*dataset, recommenders, question, job);
        },
        &page,
        [this, models, dataset = session.dataset()](Result<PersonView> answer) {
            if (dataset != session.dataset())
                return; // people and items of another dataset
            if (!answer)
                return session.raise({Message::Kind::Error, text(answer.error().text()), {}});
            if (personTimer.isActive())
                refreshPerson();
            shown = models;
            showView(*answer);
        });
}

void PersonLens::Impl::showView(const PersonView& answer)
{
    view = answer;
    redraw();
}

void PersonLens::Impl::redraw()
{
    if (!session.dataset() || view.lists.empty() || view.lists.size() != shown.size())
        return;
    const auto rows = static_cast<std::size_t>(board->visibleRows());
    auto contents = columnsOf(*session.dataset(), view, shown, !session.person().edits.empty(), session.asOf(), rows);
    const auto fit = static_cast<std::size_t>(board->columnsThatFit());
    if (contents.size() > fit)
        contents.resize(fit);
    board->setColumns(contents);
    next->show(*session.dataset(), view, shown, session.asOf());
    const QString words = inShort(view, shown, rows);
    summary->setText(words.isEmpty() ? tr("Choose B in the header to compare two lists.") : words);
}

void PersonLens::Impl::shuffle()
{
    if (session.dataset() && session.dataset()->personCount() > 0)
        session.selectPerson(
            UserIndex{QRandomGenerator::global()->bounded(static_cast<quint32>(session.dataset()->personCount()))});
}

void PersonLens::Impl::offerMostChanged()
{
    if (!session.a() || !session.b())
        return;
    session.jobs().startQuick<std::vector<Changed>>(
        QStringLiteral("most changed"),
        [dataset = session.dataset(), a = session.a()->recommender, b = session.b()->recommender,
         asOf = session.asOf()](const JobContext& job) {
            return orrery::mostChanged(*dataset, *a, *b, asOf, comparedPlaces, comparedPeople, job);
        },
        &page,
        [this, dataset = session.dataset()](Result<std::vector<Changed>> changed) {
            if (changed && dataset == session.dataset())
                showMostChanged(*changed);
        });
}

void PersonLens::Impl::refreshCircumstances()
{
    const auto shownLists = columns();
    context->setVisible(std::ranges::any_of(
        shownLists, [](const ModelEntry& entry) { return entry.recommender->capabilities().context; }));
    showTold(*context, session.person().context, tr("Any circumstances"));
}

void PersonLens::Impl::showTold(QPushButton& button, const Facts& facts, const QString& nothing)
{
    QStringList told;
    for (const Fact& fact : facts)
        told << text(fact.value);
    const QString words = told.isEmpty() ? nothing : told.join(QStringLiteral(", "));
    const int room = historyWidth - 2 * space::lg - button.fontMetrics().horizontalAdvance(tr(" ▾"));
    button.setText(tr("%1 ▾").arg(button.fontMetrics().elidedText(words, Qt::ElideRight, room)));
}

void PersonLens::Impl::refreshWho()
{
    const auto tags = session.dataset()->people().columns();
    about->setVisible(!session.person().user && std::ranges::any_of(tags, [](const AttributeColumn& column) {
        return std::holds_alternative<TagColumn>(column.data);
    }));
    showTold(*about, session.person().who, tr("Nothing known of them"));
}

void PersonLens::Impl::offerWho()
{
    std::vector<Circumstance> known;
    for (const AttributeColumn& column : session.dataset()->people().columns())
        if (const auto* tags = std::get_if<TagColumn>(&column.data)) {
            Circumstance one{column.name, {}};
            for (std::uint32_t tag = 0; tag < tags->vocabulary.size(); ++tag)
                one.words.emplace_back(tags->vocabulary.name(tag));
            known.push_back(std::move(one));
        }
    offer(*about, known, session.person().who, [this](const Fact& fact) { session.tellWho(fact); });
}

void PersonLens::Impl::offerCircumstances()
{
    offer(*context, circumstancesOf(session.dataset()->log()), session.person().context,
          [this](const Fact& fact) { session.tellContext(fact); });
}

/// A menu of facts that can be told, below the button.
void PersonLens::Impl::offer(QPushButton& button, const std::vector<Circumstance>& known, const Facts& told,
                             const std::function<void(const Fact&)>& tell)
{
    auto* menu = new QMenu(&page);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const Circumstance& one : known) {
        QMenu* words = menu->addMenu(columnTitle(one.name));
        const auto now = std::ranges::find(told, one.name, &Fact::name);
        const auto add = [&](const QString& label, const std::string& value) {
            QAction* action = words->addAction(label);
            action->setCheckable(true);
            action->setChecked(now == told.end() ? value.empty() : now->value == value);
            QObject::connect(action, &QAction::triggered, &page, [tell, fact = Fact{one.name, value}] { tell(fact); });
        };
        add(tr("Any"), {});
        words->addSeparator();
        for (std::size_t i = 0; i < std::min(one.words.size(), circumstanceWords); ++i)
            add(text(one.words[i]), one.words[i]);
    }
    menu->popup(button.mapToGlobal(QPoint(0, button.height() + space::xs)));
}

void PersonLens::Impl::showMostChanged(const std::vector<Changed>& changed)
{
    auto* menu = new QMenu(&page);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (std::size_t i = 0; i < std::min(changed.size(), changedShown); ++i) {
        const Changed& person = changed[i];
        const QString title = tr("Person %1: %2 of the first %3 in common")
                                  .arg(text(session.dataset()->personName(person.user)))
                                  .arg(person.shared)
                                  .arg(comparedPlaces);
        QObject::connect(menu->addAction(title), &QAction::triggered, &page,
                         [this, user = person.user] { session.selectPerson(user); });
    }
    menu->popup(mostChanged->mapToGlobal(QPoint(0, mostChanged->height() + space::xs)));
}

} // namespace orrery::ui
