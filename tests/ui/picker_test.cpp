// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/picker.h"

#include "ui/theme/theme.h"

#include <QListView>
#include <QSignalSpy>
#include <QVBoxLayout>
#include <QtTest>

using namespace orrery::ui;

namespace {

const std::vector<QString> films = {
    "Heat (1995)", "Body Heat (1981)",         "Amélie (2001)",          "Wheat Fields (1999)", "The Heat (2013)",
    "Møde (2004)", "L.A. Confidential (1997)", "Schindler’s List (1993)"};

/// A window with a picker over `films` and another field to go to.
struct Window : QWidget {
    Window() : picker(new Picker("Find a film", this)), other(new QLineEdit(this)), index(films)
    {
        picker->setSearch([this](const QString& typed, int most) {
            std::vector<Picker::Choice> out;
            for (const int i : index.find(typed, most)) {
                out.push_back({films[static_cast<std::size_t>(i)], "note", i});
            }
            return out;
        });
        auto* layout = new QVBoxLayout(this);
        layout->addWidget(picker);
        layout->addWidget(other);
        layout->addStretch(1);
        resize(600, 400);
        show();
        activateWindow();
        picker->setFocus();
    }
    [[nodiscard]] QListView* list() const { return findChild<QListView*>(); }

    Picker* picker;
    QLineEdit* other;
    NameIndex index;
};

} // namespace

class PickerTest : public QObject {
    Q_OBJECT
private slots:
    void wordStartsComeFirst() { QCOMPARE(NameIndex(films).find("hea", 9), (std::vector<int>{0, 1, 4, 3})); }

    void thenTheHeavier()
    {
        const NameIndex index(films, {1, 3, 0, 9, 2});
        QCOMPARE(index.find("heat", 9), (std::vector<int>{1, 4, 0, 3}));
        QCOMPARE(index.find("heat", 2), (std::vector<int>{1, 4}));
        QCOMPARE(index.find("", 3), (std::vector<int>{3, 1, 4}));
    }

    void everyWordMustOccur()
    {
        QCOMPARE(NameIndex(films).find("heat body", 9), std::vector<int>{1});
        QVERIFY(NameIndex(films).find("heat fargo", 9).empty());
    }

    void accentsCaseAndPunctuationDoNotMatter()
    {
        const NameIndex index(films);
        QCOMPARE(index.find("amelie", 9), std::vector<int>{2});
        QCOMPARE(index.find("AMÉLIE", 9), std::vector<int>{2});
        QCOMPARE(index.find("mode", 9), std::vector<int>{5});
        QCOMPARE(index.find("la conf", 9), std::vector<int>{6});
        QCOMPARE(index.find("schindlers", 9), std::vector<int>{7});
        QCOMPARE(foldedForSearch("Straße, Œuvre & ﬁn"), "strasse oeuvre fin");
    }

    void aLaterWordStartCountsAsOne()
    {
        QCOMPARE(NameIndex({"Aheat", "Wheat heat"}).find("heat", 9), (std::vector<int>{1, 0}));
    }

    void typingOpensAndEnterPicks()
    {
        Window window;
        QSignalSpy picked(window.picker, &Picker::picked);
        QTest::keyClicks(window.picker, "heat");
        QVERIFY(window.picker->isOpen());
        QTest::keyClick(window.picker, Qt::Key_Down);
        QTest::keyClick(window.picker, Qt::Key_Return);
        QCOMPARE(picked.count(), 1);
        QCOMPARE(picked[0][0].toInt(), 1); // the second match
        QVERIFY(!window.picker->isOpen());
        QVERIFY(window.picker->text().isEmpty());
    }

    void aClickPicks()
    {
        Window window;
        QSignalSpy picked(window.picker, &Picker::picked);
        QTest::keyClicks(window.picker, "heat");
        const QRect third = window.list()->visualRect(window.list()->model()->index(2, 0));
        QTest::mouseClick(window.list()->viewport(), Qt::LeftButton, {}, third.center());
        QCOMPARE(picked.count(), 1);
        QCOMPARE(picked[0][0].toInt(), 4);
    }

    void aClickIntoTheFieldShowsTheFirst()
    {
        Window window;
        QTest::mouseClick(window.picker, Qt::LeftButton);
        QVERIFY(window.picker->isOpen());
        QCOMPARE(window.list()->model()->rowCount(), static_cast<int>(films.size()));
        QVERIFY(!window.list()->currentIndex().isValid()); // Enter must not pick what nobody chose
    }

    void escapeClosesAndKeepsTheText()
    {
        Window window;
        QTest::keyClicks(window.picker, "heat");
        QTest::keyClick(window.picker, Qt::Key_Escape);
        QVERIFY(!window.picker->isOpen());
        QCOMPARE(window.picker->text(), "heat");
    }

    void leavingTheFieldCloses()
    {
        Window window;
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClicks(window.picker, "heat");
        window.other->setFocus();
        QTRY_VERIFY(!window.picker->isOpen());
    }

    void noMatchSaysSoAndCannotBePicked()
    {
        Window window;
        QSignalSpy picked(window.picker, &Picker::picked);
        QTest::keyClicks(window.picker, "zzz");
        QVERIFY(window.picker->isOpen());
        QCOMPARE(window.list()->model()->index(0, 0).data().toString(), "No matches");
        QTest::keyClick(window.picker, Qt::Key_Down);
        QTest::keyClick(window.picker, Qt::Key_Return);
        QCOMPARE(picked.count(), 0);
    }

    void theListStaysInsideTheWindow()
    {
        Window window;
        window.resize(300, 300);
        static_cast<QVBoxLayout*>(window.layout())->insertStretch(0, 50); // the field at the bottom
        window.layout()->activate();
        QTest::keyClicks(window.picker, "a");
        QVERIFY(window.picker->isOpen());
        const QRect list = window.list()->parentWidget()->geometry();
        QVERIFY(window.rect().contains(list));
        QVERIFY(!list.intersects(window.picker->geometry()));
    }

private:
    Theme m_theme{*qApp};
};

QTEST_MAIN(PickerTest)
#include "picker_test.moc"
