// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/person_view.h"
#include "tests/ui/workbench.h"
#include "ui/components/picker.h"
#include "ui/components/text.h"
#include "ui/inspector/contribution_bars.h"
#include "ui/inspector/reasons.h"
#include "ui/lists/list_board.h"
#include "ui/pages/explore/history_list.h"

#include <QSlider>

#include <cmath>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// Explore with two trained models and person 0 on screen.
struct Explored : Workbench {
    Explored()
    {
        ParamSet svd;
        svd.set("factors", std::int64_t{4});
        ready = importClub() && train("item-knn") && train("svd", svd);
        session.selectPerson(UserIndex{0});
        window().resize(1280, 800);
        ready = ready && go("explore");
    }

    ListBoard& board() { return *window().findChild<ListBoard*>(); }
    HistoryList& history() { return *find<HistoryList>("history.list"); }

    [[nodiscard]] QStringList rows(std::size_t column)
    {
        QStringList out;
        for (const RowContent& row : board().column(column)->rows())
            out << row.title;
        return out;
    }
    [[nodiscard]] std::vector<std::vector<RowContent>> all()
    {
        std::vector<std::vector<RowContent>> out;
        for (std::size_t i = 0; i < board().columnCount(); ++i)
            out.push_back(board().column(i)->rows());
        return out;
    }
    bool clickHistory(QRect at)
    {
        QTest::mouseClick(history().viewport(), Qt::LeftButton, {}, at.center());
        return idle();
    }
    /// The middle of each row stands at the same height in its column as the place says.
    [[nodiscard]] bool aligned()
    {
        for (std::size_t c = 0; c < board().columnCount(); ++c) {
            const ListColumn* column = board().column(c);
            int place = 0;
            for (const RowContent& row : column->rows()) {
                const auto centre = column->rowCentre(row.item);
                const auto first = column->rowCentre(column->rows().front().item);
                if (!centre || !first || *centre != *first + place++ * space::rowHeight)
                    return false;
            }
        }
        return true;
    }
    bool ready = false;
};

QRect starOf(const HistoryList& list, int row, int star)
{
    QRect stars = list.starsRect(row);
    const int width = stars.width() / 5;
    return {stars.left() + (star - 1) * width, stars.top(), width, stars.height()};
}

} // namespace

class ExploreTest : public QObject {
    Q_OBJECT
private slots:
    void bothListsAppear()
    {
        Explored bench;
        QVERIFY(bench.ready);
        QCOMPARE(bench.board().columnCount(), std::size_t{2});
        for (std::size_t c = 0; c < 2; ++c) {
            const auto list = (c == 0 ? bench.session.a() : bench.session.b())
                                  ->recommender->recommend(bench.session.query(), 100, TrailLevel::None, {});
            const auto& rows = bench.board().column(c)->rows();
            QVERIFY(rows.size() >= 5);
            for (std::size_t i = 0; i < rows.size(); ++i)
                QVERIFY(rows[i].item == list->items[i].item);
        }
        QVERIFY(bench.says("explore.inShort").contains("A and B share"));
    }

    void theHistoryIsNewestFirst()
    {
        Explored bench;
        const HistoryModel& history = bench.history().history();
        QCOMPARE(static_cast<std::size_t>(history.rowCount()), bench.session.query().history.size());
        for (int row = 1; row < history.rowCount(); ++row)
            QVERIFY(history.entry(row - 1).at >= history.entry(row).at);
    }

    void aClickedRowIsSelectedEverywhere()
    {
        Explored bench;
        ListRow* row = bench.board().column(1)->rowAt(0);
        const ItemIndex item = row->content().item;
        QTest::mouseClick(row, Qt::LeftButton);
        QVERIFY(bench.idle());
        QVERIFY(bench.session.item() == item);
        QCOMPARE(*bench.session.itemList(), bench.session.b()->row.id);
        QCOMPARE(bench.says("inspector.title"), row->content().title);
        QVERIFY(bench.window().findChild<QLabel*>("inspector.because")->isVisible());
        // In the other column as well: its row is drawn on the accent.
        const QColor ground = tokensFor(&bench.window()).accentSoft;
        for (std::size_t c = 0; c < 2; ++c)
            for (std::size_t place = 0; place < bench.board().column(c)->rows().size(); ++place) {
                ListRow* other = bench.board().column(c)->rowAt(place);
                const bool marked = other->grab().toImage().pixelColor(2, 2) == ground;
                QCOMPARE(marked, other->content().item == item);
            }
    }

    void itemKnnIsBecauseOfWhatTheyLiked()
    {
        Explored bench;
        QTest::mouseClick(bench.board().column(0)->rowAt(0), Qt::LeftButton);
        QVERIFY(bench.idle());
        QVERIFY2(bench.says("inspector.because").startsWith("Because of <b>"),
                 qPrintable(bench.says("inspector.because")));
    }

    void theBarsSumToTheScore()
    {
        Explored bench;
        for (std::size_t c = 0; c < 2; ++c) {
            ListRow* row = bench.board().column(c)->rowAt(1);
            QTest::mouseClick(row, Qt::LeftButton);
            QVERIFY(bench.idle());
            const auto* bars = bench.find<ContributionBars>("inspector.bars");
            QVERIFY(bars);
            double sum = 0;
            double size = 0;
            for (const ContributionBars::Line& line : bars->lines()) {
                sum += line.value;
                size += std::abs(line.value);
            }
            const ModelEntry& model = c == 0 ? *bench.session.a() : *bench.session.b();
            const auto why = model.recommender->explain(bench.session.query(), row->content().item);
            const double shown = shownSum(*bench.session.dataset(), *why, model.recommender->scale());
            QVERIFY(std::abs(sum - shown) <= 1e-4 * size);
            QVERIFY(std::abs(row->content().score.toDouble() - why->score) < 0.001);
        }
    }

    void withoutTheCrossedOutFilmTheListsDiffer()
    {
        Explored bench;
        const auto before = bench.all();
        const ItemIndex removed = bench.history().history().entry(0).item;
        QVERIFY(bench.clickHistory(bench.history().crossRect(0)));
        QVERIFY(bench.session.person().edits == std::vector<HistoryEdit>({{removed, std::nullopt}}));
        QVERIFY(bench.says("history.changes").startsWith("1 change"));
        QVERIFY(bench.all() != before);
        QVERIFY(bench.find("history.reset"));
        QVERIFY(bench.click("history.reset"));
        QVERIFY(bench.idle());
        QVERIFY(bench.all() == before);
        QVERIFY(!bench.find("history.reset"));
    }

    void aStarRatesAgain()
    {
        Explored bench;
        const auto before = bench.all();
        const HistoryEntry entry = bench.history().history().entry(1);
        const int other = entry.value > 3 ? 1 : 5;
        QVERIFY(bench.clickHistory(starOf(bench.history(), 1, other)));
        QVERIFY(bench.session.person().edits == std::vector<HistoryEdit>({{entry.item, static_cast<float>(other)}}));
        QVERIFY(bench.says("history.changes").startsWith("1 change"));
        QVERIFY(bench.all() != before);
        // What was changed stands first now; by keys it is changed again, still as one change.
        QVERIFY(bench.history().history().entry(0).item == entry.item);
        bench.history().setCurrentIndex(bench.history().model()->index(0, 0));
        QTest::keyClick(&bench.history(), Qt::Key_3);
        QVERIFY(bench.idle());
        QVERIFY(bench.session.person().edits == std::vector<HistoryEdit>({{entry.item, 3.F}}));
    }

    void theSameStarAgainChangesNoList()
    {
        Explored bench;
        const auto before = bench.all();
        const HistoryEntry entry = bench.history().history().entry(0);
        QVERIFY(bench.clickHistory(starOf(bench.history(), 0, static_cast<int>(entry.value))));
        for (std::size_t c = 0; c < 2; ++c)
            for (std::size_t i = 0; i < before[c].size(); ++i)
                QCOMPARE(bench.all()[c][i].title, before[c][i].title);
    }

    void anAddedFilmLeavesTheLists()
    {
        Explored bench;
        const QString title = bench.rows(0).front();
        auto* add = bench.find<Picker>("history.add");
        QTest::keyClicks(add, title);
        QTest::keyClick(add, Qt::Key_Return);
        QVERIFY(bench.idle());
        QVERIFY(!bench.rows(0).contains(title));
        QVERIFY(!bench.rows(1).contains(title));
        QCOMPARE(bench.session.person().edits.size(), std::size_t{1});
        QVERIFY(*bench.session.person().edits[0].value >= 4);
    }

    void aGuestGetsTheFallbackAndIsTold()
    {
        Explored bench;
        QVERIFY(bench.click("explore.guest"));
        QVERIFY(bench.idle());
        QCOMPARE(bench.history().history().rowCount(), 0);
        const auto list = bench.session.a()->recommender->recommend({}, 5, TrailLevel::Counts, {});
        QVERIFY(!list->fallback.empty());
        const QString sentence = QString::fromStdString(list->fallback).toHtmlEscaped();
        QVERIFY2(bench.says("explore.inShort").contains(sentence), qPrintable(bench.says("explore.inShort")));
        QVERIFY(!bench.rows(0).isEmpty());
    }

    /// Two films, of which each is watched on another device.
    void theDialTakesTheHistoryAway()
    {
        Explored bench;
        QVERIFY(bench.ready);
        auto* dial = bench.find<QSlider>("history.newest");
        QVERIFY(dial);
        const std::size_t all = bench.session.query().history.size();
        QCOMPARE(dial->maximum(), static_cast<int>(all));
        const auto before = bench.rows(0);
        dial->setValue(2);
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.query().history.size(), std::size_t{2});
        QVERIFY(bench.rows(0) != before);
        QVERIFY(bench.sees("newest 2"));
        dial->setValue(0);
        QVERIFY(bench.idle());
        QVERIFY(bench.sees("fallback: the popular items"));
        dial->setValue(dial->maximum());
        QVERIFY(bench.idle());
        QCOMPARE(bench.rows(0), before);
        QVERIFY(!bench.session.person().newest);
    }

    void aGuestCanSayWhoTheyAre()
    {
        Workbench bench;
        bench.session.openSample();
        QVERIFY(bench.idle() && bench.train("demographic") && bench.go("explore"));
        QVERIFY(!bench.find("explore.about")); // of a stored person it is known
        bench.session.selectGuest();
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.find("explore.about"));
        const auto& people = bench.session.dataset()->people();
        const AttributeColumn& column = *std::ranges::find_if(
            people.columns(), [](const AttributeColumn& one) { return std::holds_alternative<TagColumn>(one.data); });
        const auto& tags = std::get<TagColumn>(column.data);
        QVERIFY(bench.click("explore.about"));
        const QString word = text(std::string(tags.vocabulary.name(0)));
        QAction* chosen = nullptr;
        for (QMenu* menu : bench.window().findChildren<QMenu*>())
            for (QAction* action : menu->actions())
                chosen = !chosen && action->isCheckable() && action->text() == word ? action : chosen;
        QVERIFY(chosen);
        chosen->trigger();
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.query().who.size(), std::size_t{1});
        QCOMPARE(bench.session.query().who[0].name, column.name);
        bench.session.selectPerson(UserIndex{3});
        QVERIFY(bench.session.person().who.empty());
    }

    void sourcesSayWhatTheyServe()
    {
        Workbench bench;
        QVERIFY(bench.importClub() && bench.train("cold-start"));
        bench.session.selectPerson(UserIndex{0});
        QVERIFY(bench.go("explore"));
        QTRY_VERIFY(bench.sees("Served "));
        bench.find<QSlider>("history.newest")->setValue(0);
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.sees("100 % Trending"));
    }

    void theCircumstancesThatAreToldChangeTheList()
    {
        Explored bench;
        QVERIFY(!bench.find("explore.context")); // neither list depends on them
        QByteArray csv = "person,item,device\n";
        for (int p = 0; p < 40; ++p)
            csv += QStringLiteral("p%1,%2,phone\np%1,%3,tv\np%1,Rest %1,tv\n")
                       .arg(p)
                       .arg(p < 30 ? "Short" : "Long", p < 30 ? "Long" : "Short")
                       .toUtf8();
        QVERIFY(bench.importFile(bench.write("devices.csv", csv)));
        ParamSet params;
        params.set("part", std::string("popularity"));
        params.set("by", std::string("device"));
        params.set("least", std::int64_t{2});
        const ModelId trained = bench.train("context-filter", params);
        QVERIFY(trained != 0);
        bench.session.setA(trained);
        bench.session.selectGuest();
        QVERIFY(bench.go("explore"));
        QVERIFY(bench.idle());
        auto* button = bench.find<QAbstractButton>("explore.context");
        QVERIFY(button);
        QCOMPARE(button->text(), QString("Any circumstances ▾"));
        const auto choose = [&](const QString& word) {
            bench.click("explore.context");
            for (QMenu* menu : bench.window().findChildren<QMenu*>())
                for (QAction* action : menu->actions())
                    if (action->text() == word) {
                        action->trigger();
                        menu->close();
                        return bench.idle();
                    }
            return false;
        };
        QVERIFY(choose("phone"));
        QVERIFY(bench.board().columnCount() > 0 && !bench.rows(0).isEmpty());
        QCOMPARE(button->text(), QString("phone ▾"));
        QCOMPARE(bench.rows(0).front(), QString("Short"));
        QVERIFY(choose("tv"));
        QCOMPARE(bench.rows(0).front(), QString("Long"));
    }

    void shuffleGoesToSomebodyElse()
    {
        Explored bench;
        QSignalSpy changed(&bench.session, &WorkspaceSession::personChanged);
        QVERIFY(bench.click("explore.shuffle"));
        QVERIFY(bench.idle());
        QCOMPARE(changed.count(), 1);
        QVERIFY(bench.session.person().user.has_value());
    }

    void aPersonIsFoundByName()
    {
        Explored bench;
        auto* picker = bench.find<Picker>("explore.person");
        QTest::keyClicks(picker, "p41");
        QTest::keyClick(picker, Qt::Key_Return);
        QVERIFY(bench.idle());
        QVERIFY(bench.sees("Person p41"));
    }

    void importedListsSayWhyTheyCannotFollowAnEdit()
    {
        Explored bench;
        bench.session.importLists(
            bench.write("theirs.csv", "person,item,rank\np0,Film 21,1\np0,Film 02,2\np1,Film 01,1\n").toStdString());
        QVERIFY(bench.idle());
        bench.session.setB(bench.session.models().back().row.id);
        QVERIFY(bench.idle());
        QCOMPARE(bench.rows(1), QStringList({"Film 21", "Film 02"}));
        QVERIFY(bench.clickHistory(bench.history().crossRect(0)));
        QVERIFY(bench.rows(1).isEmpty());
        QVERIFY(bench.sees("computed elsewhere"));
        QVERIFY(!bench.rows(0).isEmpty());
        QVERIFY(bench.click("history.reset"));
        QVERIFY(bench.idle());
        QCOMPARE(bench.rows(1), QStringList({"Film 21", "Film 02"}));
    }

    void theMostChangedAreOffered()
    {
        Explored bench;
        QVERIFY(bench.click("explore.mostChanged"));
        QVERIFY(bench.choose("in common"));
        QVERIFY(bench.idle());
        const auto changed = mostChanged(*bench.session.dataset(), *bench.session.a()->recommender,
                                         *bench.session.b()->recommender, endOfTime, 10, 1000, {});
        QVERIFY(bench.session.person().user == changed->front().user);
    }

    void anotherListStandsBeside()
    {
        Explored bench;
        const ModelId third = bench.train("popularity");
        QVERIFY(bench.click("explore.columns"));
        QVERIFY(bench.choose(bench.session.model(third)->name()));
        QVERIFY(bench.idle());
        QCOMPARE(bench.board().columnCount(), std::size_t{3});
        QVERIFY(!bench.rows(2).isEmpty());
        QTest::mouseClick(bench.board().column(2)->rowAt(0), Qt::LeftButton);
        QVERIFY(bench.idle());
        QCOMPARE(*bench.session.itemList(), third);
        bench.session.removeModel(third);
        QVERIFY(bench.idle());
        QCOMPARE(bench.board().columnCount(), std::size_t{2});
    }

    void rowsStandWhereTheRibbonsEnd()
    {
        Explored bench;
        QTRY_VERIFY(bench.aligned()); // once the gliding has ended
        bench.window().resize(1920, 1080);
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.aligned());
        QVERIFY(bench.clickHistory(bench.history().crossRect(0)));
        QTRY_VERIFY(bench.aligned());
        QCOMPARE(bench.board().column(0)->y(), bench.board().column(1)->y());
        QVERIFY(std::abs(bench.board().column(0)->width() - bench.board().column(1)->width()) <= 1);
    }

    void whatTheyDidNextIsShownUnderADate()
    {
        Explored bench;
        QVERIFY(bench.says("next.when").contains("as-of date"));
        bench.session.setAsOf(bench.session.dataset()->timeOfShare(0.5));
        QVERIFY(bench.idle());
        QVERIFY2(bench.says("next.when").startsWith("after"), qPrintable(bench.says("next.when")));
        bool chosen = false;
        for (const auto& column : bench.all())
            for (const RowContent& row : column)
                chosen = chosen || row.chip == "✓ chosen";
        QVERIFY(chosen);
        QVERIFY(bench.sees("trained on all data")); // both were, so later choices are no fair test
    }

    void withoutAModelItSaysWhereToGetOne()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("explore"));
        QVERIFY(bench.sees("No recommender yet"));
    }
};

QTEST_MAIN(ExploreTest)
#include "explore_test.moc"
