// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour.h"

#include "app/gui/hand.h"
#include "app/gui/tour_report.h"
#include "core/store/places.h"
#include "ui/session/workspace_session.h"
#include "ui/shell/main_window.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QMenu>
#include <QTableView>
#include <QTextStream>

namespace orrery::ui {
namespace {

constexpr double patience = 120; // seconds for any one step
constexpr QSize sizes[] = {{1280, 800}, {1920, 1080}};

class Tour {
public:
    Tour(MainWindow& window, WorkspaceSession& session, Theme& theme, QString folder)
        : m_window(window), m_session(session), m_theme(theme), m_hand(window), m_report(std::move(folder))
    {
    }

    int run()
    {
        const std::pair<const char*, bool (Tour::*)()> steps[] = {{"start", &Tour::start},
                                                                  {"load", &Tour::load},
                                                                  {"first answer", &Tour::firstAnswer},
                                                                  {"data", &Tour::data},
                                                                  {"train", &Tour::train},
                                                                  {"preview", &Tour::preview},
                                                                  {"explain", &Tour::explain},
                                                                  {"what if", &Tour::whatIf},
                                                                  {"guest", &Tour::guest},
                                                                  {"evaluate", &Tour::evaluate},
                                                                  {"find", &Tour::findAnything},
                                                                  {"map", &Tour::map},
                                                                  {"every look", &Tour::everyLook},
                                                                  {"rules", &Tour::rules},
                                                                  {"funnel", &Tour::funnel},
                                                                  {"who will matter", &Tour::whoMatters}};
        for (const auto& [name, step] : steps) {
            if (!(this->*step)()) {
                picture(QStringLiteral("stuck"), QStringLiteral("Where the tour got stuck"));
                QTextStream(stderr) << "The tour could not do this step: " << name << "\nIt saw:\n"
                                    << m_hand.visibleText().join(u'\n') << '\n';
                return 1;
            }
        }
        const QString report = m_report.write();
        QTextStream(stdout) << m_report.plainText() << "\nPictures and report: " << report << '\n';
        return report.isEmpty() ? 1 : 0;
    }

private:
    void picture(const QString& name, const QString& caption)
    {
        m_hand.settle();
        m_report.addPicture(name, caption, m_window.grab());
    }

    bool idle() const
    {
        return m_hand.waitUntil([this] { return !m_session.jobs().busy() && !m_session.jobs().quickBusy(); }, patience);
    }

    bool start()
    {
        m_window.resize(sizes[0]);
        const QString file = m_report.folder() + QStringLiteral("/tour.orrery");
        QFile::remove(file);
        m_session.openUntitled(file.toStdString());
        picture(QStringLiteral("01-home-empty"), QStringLiteral("Home before anything is open"));
        return m_session.isOpen();
    }

    bool load()
    {
        return m_hand.press(QStringLiteral("Open the sample films")) &&
               m_hand.waitFor(QStringLiteral("Sample films"), patience) && idle();
    }

    bool firstAnswer()
    {
        if (!m_hand.press(QStringLiteral("Get a first answer")))
            return false;
        if (!m_hand.waitUntil([this] { return m_hand.find(QStringLiteral("home.sentence")) != nullptr; }, patience) ||
            !idle())
            return false;
        for (const QString& text : m_hand.visibleText())
            if (text.size() > 60 && text.contains(u'.'))
                m_report.addLine(text);
        picture(QStringLiteral("02-home"), QStringLiteral("Home with a first answer"));
        return true;
    }

    bool data()
    {
        if (!m_hand.press(QStringLiteral("Data")) || !idle())
            return false;
        picture(QStringLiteral("03-data-profile"), QStringLiteral("Data: the profile"));
        const std::pair<const char*, const char*> tabs[] = {
            {"Catalog", "04-data-catalog"}, {"People", "05-data-people"}, {"Import report", "06-data-report"}};
        for (const auto& [tab, name] : tabs) {
            if (!m_hand.press(QString::fromLatin1(tab)))
                return false;
            picture(QString::fromLatin1(name), QStringLiteral("Data: %1").arg(QString::fromLatin1(tab).toLower()));
        }
        return m_hand.press(QStringLiteral("Profile"));
    }

    bool train()
    {
        for (const char* words : {"Recipes", "SVD", "Train"})
            if (!m_hand.press(QString::fromLatin1(words)))
                return false;
        if (!idle())
            return false;
        picture(QStringLiteral("07-recipes"), QStringLiteral("Recipes: SVD trained, with its curve"));
        return m_hand.sees(QStringLiteral("4 models"));
    }

    bool preview()
    {
        if (!m_hand.press(QStringLiteral("Explore")) || !idle())
            return false;
        picture(QStringLiteral("08-explore"), QStringLiteral("Explore: one person under A and B"));
        for (const QString& text : m_hand.visibleText())
            if (text.startsWith(QStringLiteral("In short.")))
                m_report.addLine(text);
        return m_hand.sees(QStringLiteral("Person"));
    }

    // The first row of B's list.
    bool explain()
    {
        QWidget* row = nullptr;
        for (QWidget* widget : m_window.findChildren<QWidget*>())
            if (widget->isVisible() && widget->inherits("orrery::ui::ListRow") &&
                widget->accessibleName().startsWith(QStringLiteral("1 ")))
                row = widget;
        if (!row)
            return false;
        m_hand.pressAt(row, row->rect().center());
        if (!idle())
            return false;
        m_hand.settle();
        for (const QString& name : {QStringLiteral("inspector.title"), QStringLiteral("inspector.because"),
                                    QStringLiteral("inspector.without"), QStringLiteral("inspector.bars")})
            if (QWidget* widget = m_hand.find(name))
                m_report.addLine(m_hand.textIn(widget));
        picture(QStringLiteral("09-why"), QStringLiteral("Why it is there: bars that sum to the score"));
        if (!m_hand.press(QStringLiteral("Why not")))
            return false;
        picture(QStringLiteral("10-why-not"), QStringLiteral("Where it stands, or was lost, under A and B"));
        if (!m_hand.press(QStringLiteral("Neighbours")))
            return false;
        picture(QStringLiteral("11-neighbours"), QStringLiteral("What is like it"));
        return m_hand.press(QStringLiteral("Why"));
    }

    bool whatIf()
    {
        auto* history = qobject_cast<QAbstractItemView*>(m_hand.find(QStringLiteral("history.list")));
        if (!history)
            return false;
        // The cross of the first entry, and then a star of what is now the first.
        const QRect first = history->visualRect(history->model()->index(0, 0));
        m_hand.pressAt(history->viewport(), QPoint(first.right() - 10, first.center().y()));
        if (!idle() || !m_hand.waitFor(QStringLiteral("1 change"), patience))
            return false;
        picture(QStringLiteral("12-what-if"), QStringLiteral("What if: without the newest film of the history"));
        return m_hand.press(QStringLiteral("reset")) && idle();
    }

    bool guest()
    {
        if (!m_hand.press(QStringLiteral("Guest")) || !idle())
            return false;
        picture(QStringLiteral("13-guest"), QStringLiteral("A guest: the fallback, and it says so"));
        return m_hand.press(QStringLiteral("Shuffle")) && idle();
    }

    bool evaluate()
    {
        if (!m_hand.press(QStringLiteral("Judge")))
            return false;
        if (!m_hand.sees(QStringLiteral("Relevant from")) && !m_hand.press(QStringLiteral("Change protocol")))
            return false;
        m_hand.settle();
        picture(QStringLiteral("14-protocol"), QStringLiteral("Judge: the protocol"));
        if (!m_hand.press(QStringLiteral("Evaluate 4 models")) || !idle())
            return false;
        if (m_hand.sees(QStringLiteral("Relevant from")) && !m_hand.press(QStringLiteral("Change protocol")))
            return false;
        picture(QStringLiteral("15-judge"), QStringLiteral("Judge: who ranks best, at what breadth"));
        return readLeaderboard();
    }

    bool readLeaderboard()
    {
        QWidget* table = m_hand.find(QStringLiteral("judge.table"));
        const auto* view = table ? table->findChild<QTableView*>() : nullptr;
        if (!view || view->model()->rowCount() == 0)
            return false;
        const auto* model = view->model();
        for (int row = -1; row < model->rowCount(); ++row) {
            QString line;
            for (int column = 0; column < model->columnCount(); ++column) {
                const QString cell =
                    (row < 0 ? model->headerData(column, Qt::Horizontal) : model->index(row, column).data()).toString();
                line += column == 0 ? cell.leftJustified(20) : cell.rightJustified(22);
            }
            m_report.addTableLine(line);
        }
        return true;
    }

    bool findAnything()
    {
        m_hand.key(Qt::Key_K, Qt::ControlModifier);
        if (!m_hand.find(QStringLiteral("palette")) && !m_hand.press(QStringLiteral("Ctrl K")))
            return false;
        m_hand.settle();
        m_hand.type(QStringLiteral("god"));
        picture(QStringLiteral("16-find"), QStringLiteral("Find anything: pages, actions, models, films, people"));
        m_hand.key(Qt::Key_Escape);
        m_hand.key(Qt::Key_Escape);
        return true;
    }

    bool map()
    {
        if (!m_hand.press(QStringLiteral("Explore")) || !m_hand.press(QStringLiteral("Map")) || !idle())
            return false;
        if (!m_hand.waitFor(QStringLiteral("trust"), patience) || !pressNamed(QStringLiteral("map.person")))
            return false;
        picture(QStringLiteral("17-map"), QStringLiteral("The map: alike films together, the person among them"));
        if (!pressNamed(QStringLiteral("map.person")) || !pressNamed(QStringLiteral("map.side.0")))
            return false;
        picture(QStringLiteral("18-map-filter"), QStringLiteral("Attributes narrow the map down"));
        if (!pressNamed(QStringLiteral("map.side.1")))
            return false;
        picture(QStringLiteral("19-map-axes"), QStringLiteral("What a factor means: who lies at its ends"));
        if (!pressNamed(QStringLiteral("map.side.2")) || !pressNamed(QStringLiteral("map.oddities.misplaced")))
            return false;
        picture(QStringLiteral("20-map-oddities"), QStringLiteral("Which films lie among others than their kind"));
        if (!pressNamed(QStringLiteral("map.side.3")) || !pressNamed(QStringLiteral("map.epochs.watch")))
            return false;
        picture(QStringLiteral("21-map-epochs"), QStringLiteral("How the map came about while the model learned"));
        if (!pressNamed(QStringLiteral("map.side.4")) || !pressNamed(QStringLiteral("map.settings.measure")))
            return false;
        picture(QStringLiteral("22-map-settings"), QStringLiteral("How it is made, and what an index would find"));
        if (!pressNamed(QStringLiteral("map.side.4")) || !pressNamed(QStringLiteral("map.two")))
            return false;
        picture(QStringLiteral("23-two-maps"), QStringLiteral("Two models side by side"));
        if (!pressNamed(QStringLiteral("map.two")))
            return false;
        m_hand.find(QStringLiteral("map.vectors"))->setFocus();
        m_hand.key(Qt::Key_End);
        if (!idle() || !m_hand.waitFor(QStringLiteral("trust"), patience))
            return false;
        picture(QStringLiteral("24-people"), QStringLiteral("People on the map: alike tastes together"));
        m_hand.key(Qt::Key_Home);
        return idle() && shelves() && m_hand.press(QStringLiteral("Person"));
    }

    bool shelves()
    {
        if (!m_hand.press(QStringLiteral("Shelves")) || !m_hand.waitFor(QStringLiteral("For you"), patience))
            return false;
        picture(QStringLiteral("25-shelves"), QStringLiteral("The home page of a shop, for this person"));
        if (!pressNamed(QStringLiteral("shelves.1.card.1")) ||
            !m_hand.waitFor(QStringLiteral("Similar items"), patience))
            return false;
        picture(QStringLiteral("26-product"), QStringLiteral("A card was clicked: its page, and the visit so far"));
        if (!m_hand.press(QStringLiteral("Home page")) || !m_hand.press(QStringLiteral("Item")) ||
            !m_hand.waitFor(QStringLiteral("Shown and chosen"), patience))
            return false;
        picture(QStringLiteral("27-item"),
                QStringLiteral("Who gets this item, and what share of what is shown it has"));
        if (!pressNamed(QStringLiteral("item.new")))
            return false;
        picture(QStringLiteral("28-new-item"), QStringLiteral("A new item is written down, to see where it lands"));
        return pressNamed(QStringLiteral("item.new"));
    }

    bool pressNamed(const QString& name)
    {
        QWidget* button = m_hand.find(name);
        if (!button)
            return false;
        m_hand.pressAt(button, button->rect().center());
        return idle();
    }

    bool everyLook()
    {
        for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
            m_theme.choose(choice);
            for (const QSize size : sizes) {
                m_window.resize(size);
                for (const char* place : {"Home", "Data", "Recipes", "Explore", "Item", "Shelves", "Map", "Judge"}) {
                    if (!m_hand.press(QString::fromLatin1(place)) || !idle())
                        return false;
                    picture(QStringLiteral("look-%1-%2-%3")
                                .arg(QString::fromLatin1(place).toLower())
                                .arg(size.width())
                                .arg(choice == ThemeChoice::Dark ? QStringLiteral("dark") : QStringLiteral("light")),
                            QStringLiteral("%1, %2 x %3")
                                .arg(QString::fromLatin1(place))
                                .arg(size.width())
                                .arg(size.height()));
                    // Back to where Explore is looked at.
                    if (QLatin1String(place) == QLatin1String("Map") && !m_hand.press(QStringLiteral("Person")))
                        return false;
                }
            }
        }
        return true;
    }

    // The sample shop: stock, margins, promotions and sellers are what rules are about.
    bool rules()
    {
        m_theme.choose(ThemeChoice::Light);
        m_window.resize(sizes[0]);
        m_session.openSample(samples()[1]);
        if (!idle() || !m_hand.press(QStringLiteral("Home")) || !m_hand.press(QStringLiteral("Get a first answer")) ||
            !idle() || !m_hand.press(QStringLiteral("Explore")) || !m_hand.press(QStringLiteral("Rules")) ||
            !m_hand.waitFor(QStringLiteral("Preview updated"), patience) || !idle())
            return false;
        picture(QStringLiteral("29-rules-none"), QStringLiteral("Rules: none yet"));
        if (!pressNamed(QStringLiteral("rules.more")) || !chooseInMenu(QStringLiteral("usual rules")) || !priced())
            return false;
        picture(QStringLiteral("30-rules"), QStringLiteral("The usual rules of a shop, and what they cost"));
        m_report.addLine(m_hand.textIn(m_hand.find(QStringLiteral("rules.affected"))));
        m_report.addLine(m_hand.textIn(m_hand.find(QStringLiteral("rules.better"))));
        if (!pressNamed(QStringLiteral("rules.row.6.open")))
            return false;
        picture(QStringLiteral("31-rule-form"), QStringLiteral("All settings of a rule, and when it holds"));
        if (!pressNamed(QStringLiteral("rules.row.6.open")) || !pressNamed(QStringLiteral("rules.example.0")))
            return false;
        picture(QStringLiteral("32-most-changed"), QStringLiteral("The person whose list is changed most"));
        if (!pressNamed(QStringLiteral("rules.compare")) || !chooseInMenu(QStringLiteral("stands now")))
            return false;
        picture(QStringLiteral("33-rules-compared"),
                QStringLiteral("What differs from the rules that stand, in words"));
        if (!m_hand.press(QStringLiteral("Lists")))
            return false;
        for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark})
            for (const QSize size : sizes) {
                m_theme.choose(choice);
                m_window.resize(size);
                picture(QStringLiteral("look-rules-%1-%2")
                            .arg(size.width())
                            .arg(choice == ThemeChoice::Dark ? QStringLiteral("dark") : QStringLiteral("light")),
                        QStringLiteral("Rules, %1 x %2").arg(size.width()).arg(size.height()));
            }
        return pressNamed(QStringLiteral("rules.close"));
    }

    // The shop of the step before, with its models.
    bool funnel()
    {
        m_theme.choose(ThemeChoice::Light);
        m_window.resize(sizes[0]);
        if (!m_hand.press(QStringLiteral("Funnel")) || !idle() ||
            !m_hand.press(QStringLiteral("Make a funnel of the models")) || !idle() ||
            !m_hand.waitFor(QStringLiteral("by it alone"), patience))
            return false;
        FunnelRecipe recipe = funnelOf(m_session.models().back().recommender.get())->recipe();
        recipe.rankBy = RankBy::Learnt;
        recipe.rules = usualRules();
        m_session.trainRanker(m_session.models().back().row.id, recipe);
        if (!idle())
            return false;
        picture(QStringLiteral("34-funnel"),
                QStringLiteral("A funnel: what each source, the ranker and rules let through"));
        if (!m_hand.press(QStringLiteral("What sources bring")) ||
            !pressNamed(QStringLiteral("funnel.worth.measure")) ||
            !m_hand.waitFor(QStringLiteral("later choices of"), patience))
            return false;
        picture(QStringLiteral("35-sources"), QStringLiteral("What each source brings, and what is lost without it"));
        if (!m_hand.press(QStringLiteral("What objectives trade")) ||
            !pressNamed(QStringLiteral("funnel.front.measure")) || !idle())
            return false;
        picture(QStringLiteral("36-objectives"),
                QStringLiteral("What weights of the objectives trade for one another"));
        if (!m_hand.press(QStringLiteral("Merge, objectives and time")))
            return false;
        picture(QStringLiteral("37-funnel-settings"), QStringLiteral("How sources are merged, and what counts"));
        if (!m_hand.press(QStringLiteral("Candidates")))
            return false;
        for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark})
            for (const QSize size : sizes) {
                m_theme.choose(choice);
                m_window.resize(size);
                picture(QStringLiteral("look-funnel-%1-%2")
                            .arg(size.width())
                            .arg(choice == ThemeChoice::Dark ? QStringLiteral("dark") : QStringLiteral("light")),
                        QStringLiteral("Funnel, %1 x %2").arg(size.width()).arg(size.height()));
            }
        m_theme.choose(ThemeChoice::Light);
        m_window.resize(sizes[0]);
        m_session.selectItem(ItemIndex{0});
        return idle() && m_hand.press(QStringLiteral("Item")) &&
               m_hand.waitFor(QStringLiteral("Where Funnel loses it"), patience) && idle() &&
               (picture(QStringLiteral("38-item-lost"), QStringLiteral("Where an item is lost on its way to people")),
                true);
    }

    bool priced()
    {
        m_hand.settle();
        return idle() && m_hand.waitFor(QStringLiteral("Preview updated"), patience) && idle();
    }

    bool chooseInMenu(const QString& words)
    {
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        if (!menu)
            return false;
        for (QAction* action : menu->actions())
            if (action->text().contains(words) && action->isEnabled()) {
                m_hand.pressAt(menu, menu->actionGeometry(action).center());
                return true;
            }
        return false;
    }

    // Of the sample shop: films tell nothing of money.
    bool whoMatters()
    {
        if (!m_hand.press(QStringLiteral("Judge")) || !m_hand.press(QStringLiteral("Who will matter")) || !idle())
            return false;
        picture(QStringLiteral("39-who-asks"), QStringLiteral("Who will spend more than a sum in the next days?"));
        if (!pressNamed(QStringLiteral("matter.ask")) ||
            !m_hand.waitFor(QStringLiteral("will probably spend"), patience))
            return false;
        if (const QWidget* sentence = m_hand.find(QStringLiteral("matter.sentence")))
            m_report.addLine(m_hand.textIn(sentence));
        for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
            m_theme.choose(choice);
            for (const QSize size : sizes) {
                m_window.resize(size);
                const QString look =
                    QStringLiteral("%1-%2")
                        .arg(size.width())
                        .arg(choice == ThemeChoice::Dark ? QStringLiteral("dark") : QStringLiteral("light"));
                picture(QStringLiteral("40-who-matters-") + look,
                        QStringLiteral("Who will matter, how well that is told, and why"));
                if (!m_hand.press(QStringLiteral("Drift and leaks")))
                    return false;
                picture(QStringLiteral("41-who-drifts-") + look,
                        QStringLiteral("Which features moved since training, or tell too much"));
                if (!m_hand.press(QStringLiteral("Why")))
                    return false;
            }
        }
        return true;
    }

    MainWindow& m_window;
    WorkspaceSession& m_session;
    Theme& m_theme;
    Hand m_hand;
    TourReport m_report;
};

} // namespace

int runTour(QApplication&, MainWindow& window, WorkspaceSession& session, Theme& theme, const QString& folder)
{
    if (!QDir().mkpath(folder)) {
        QTextStream(stderr) << "Cannot make the folder " << folder << '\n';
        return 1;
    }
    return Tour(window, session, theme, folder).run();
}

} // namespace orrery::ui
