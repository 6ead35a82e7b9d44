// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/widgets.h"

#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QSignalSpy>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtTest>

#include <cmath>

using namespace orrery::ui;

namespace {

QLabel* labelWith(const QWidget& parent, const QString& text)
{
    for (auto* label : parent.findChildren<QLabel*>()) {
        if (label->text() == text) {
            return label;
        }
    }
    return nullptr;
}

QPushButton* buttonWith(const QWidget& parent, const QString& text)
{
    for (auto* button : parent.findChildren<QPushButton*>()) {
        if (button->text() == text) {
            return button;
        }
    }
    return nullptr;
}

int baselineOf(const QLabel& label, const QWidget& in)
{
    const QRect inside = label.contentsRect();
    const QFontMetrics metrics(label.font());
    const int top = inside.top() + (inside.height() - metrics.height()) / 2; // labels centre their line
    return label.mapTo(&in, QPoint(0, top + metrics.ascent())).y();
}

} // namespace

class WidgetsTest : public QObject {
    Q_OBJECT
private slots:
    void aCardWithoutTitleHasNoHeader()
    {
        Card card;
        card.show();
        const auto* header = card.findChild<QWidget*>("cardHeader");
        QVERIFY(!header->isVisible());
        card.setTitle("History");
        QVERIFY(header->isVisible());
        QCOMPARE(header->height(), 40);
        card.setNote("128, newest first");
        QVERIFY(labelWith(card, "128, newest first")->isVisible());
        card.setTitle({});
        card.setNote({});
        QVERIFY(!header->isVisible());
    }

    void whatIsInACornerKeepsTheHeader()
    {
        Card card;
        auto* badge = new Badge("held out");
        card.addCorner(badge);
        card.show();
        card.setTitle({});
        QVERIFY(badge->isVisible());
    }

    void aCardIsASurfaceWithAHairline()
    {
        Card card("Who ranks best");
        card.resize(200, 120);
        card.show();
        const QImage image = card.grab().toImage();
        QCOMPARE(image.pixelColor(100, 80), Tokens::light().surface);
        QCOMPARE(image.pixelColor(100, 0), Tokens::light().hairline);
        QCOMPARE(image.pixelColor(100, 40), Tokens::light().hairline); // under the header
        QCOMPARE(image.pixelColor(100, 119), Tokens::light().hairline);
    }

    void titleAndSubtitleStandOnOneLine()
    {
        PageHeader header("Person 42");
        header.setSubtitle("128 ratings");
        header.resize(600, 40);
        header.show();
        QCOMPARE(header.title(), "Person 42");
        const int title = baselineOf(*labelWith(header, "Person 42"), header);
        const int subtitle = baselineOf(*labelWith(header, "128 ratings"), header);
        QVERIFY2(std::abs(title - subtitle) <= 1, qPrintable(QString("%1 %2").arg(title).arg(subtitle)));
    }

    void aLongTextIsCutAndComesBack()
    {
        QWidget parent;
        auto* row = new QHBoxLayout(&parent);
        auto* label = new ElidedLabel("The Shawshank Redemption (1994)");
        row->addWidget(label);
        parent.resize(100, 40);
        parent.show();
        QVERIFY(label->text().endsWith("…"));
        QCOMPARE(label->toolTip(), "The Shawshank Redemption (1994)");
        QCOMPARE(label->fullText(), "The Shawshank Redemption (1994)");
        parent.resize(600, 40);
        QTRY_COMPARE(label->text(), "The Shawshank Redemption (1994)");
        QVERIFY(label->toolTip().isEmpty());
    }

    void aCutTextStillAsksForItsWholeWidth()
    {
        ElidedLabel label("The Shawshank Redemption (1994)");
        const int wanted = label.sizeHint().width();
        label.resize(60, 20);
        label.show();
        QCOMPARE(label.sizeHint().width(), wanted);
        QVERIFY(label.minimumSizeHint().width() < wanted / 2);
    }

    void aBadgeShowsItsToneInBothThemes()
    {
        Badge badge("✓ no leak found", Badge::Tone::Good);
        badge.ensurePolished();
        QCOMPARE(badge.palette().color(QPalette::WindowText), Tokens::light().good);
        badge.setTone(Badge::Tone::Bad);
        QCOMPARE(badge.palette().color(QPalette::WindowText), Tokens::light().bad);
        m_theme.choose(ThemeChoice::Dark);
        QCOMPARE(badge.palette().color(QPalette::WindowText), Tokens::dark().bad);
        m_theme.choose(ThemeChoice::Light);
    }

    void oneSegmentIsChosen()
    {
        SegmentedControl control({"Why", "Why not", "Neighbours"});
        control.show();
        QSignalSpy changed(&control, &SegmentedControl::currentChanged);
        QCOMPARE(control.current(), 0);
        QTest::mouseClick(buttonWith(control, "Neighbours"), Qt::LeftButton);
        QCOMPARE(control.current(), 2);
        QCOMPARE(changed.count(), 1);
        QTest::mouseClick(buttonWith(control, "Neighbours"), Qt::LeftButton); // again: no news
        QCOMPARE(changed.count(), 1);
        QVERIFY(!buttonWith(control, "Why")->isChecked());
    }

    void segmentsFollowTheArrowKeys()
    {
        SegmentedControl control({"Why", "Why not", "Neighbours"});
        control.show();
        control.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&control));
        buttonWith(control, "Why")->setFocus();
        QTest::keyClick(buttonWith(control, "Why"), Qt::Key_Right);
        QCOMPARE(control.current(), 1);
    }

    void segmentsCanBeSet()
    {
        SegmentedControl control({"Why", "Why not"});
        QSignalSpy changed(&control, &SegmentedControl::currentChanged);
        control.setCurrent(1);
        QCOMPARE(control.current(), 1);
        QCOMPARE(changed.count(), 1);
        control.setCurrent(7);
        QCOMPARE(control.current(), 1);
    }

    void theButtonOfAnEmptyStateHelps()
    {
        EmptyState empty("No model yet", "Train one to see what it recommends.");
        int runs = 0;
        empty.addButton("Train a model", [&] { ++runs; });
        empty.show();
        QTest::mouseClick(buttonWith(empty, "Train a model"), Qt::LeftButton);
        QCOMPARE(runs, 1);
        empty.setTexts("No person", "Pick one.");
        QVERIFY(labelWith(empty, "No person"));
        QVERIFY(labelWith(empty, "Pick one."));
    }

    void iconButtonsHaveAName()
    {
        const std::unique_ptr<QToolButton> button(iconButton("close", "Remove"));
        QCOMPARE(button->accessibleName(), "Remove");
        QCOMPARE(button->toolTip(), "Remove");
        QVERIFY(!button->icon().isNull());
    }

    void keyboardUsersSeeTheFocus()
    {
        QWidget window;
        auto* row = new QHBoxLayout(&window);
        auto* button = plainButton("Shuffle", &window);
        auto* other = plainButton("Guest", &window);
        row->addWidget(button);
        row->addWidget(other);
        window.show();
        window.activateWindow();
        button->setFocus(Qt::TabFocusReason);
        QTRY_VERIFY(button->hasFocus());
        QCOMPARE(button->grab().toImage().pixelColor(button->width() / 2, 0), Tokens::light().accent);
        QCOMPARE(other->grab().toImage().pixelColor(other->width() / 2, 0), Tokens::light().hairline);
    }

    void clearingALayoutRemovesAllOfIt()
    {
        QWidget parent;
        auto* column = new QVBoxLayout(&parent);
        auto* row = new QHBoxLayout;
        QPointer<QLabel> outer = new QLabel("outer"), inner = new QLabel("inner");
        column->addWidget(outer);
        column->addLayout(row);
        row->addWidget(inner);
        column->addStretch(1);
        clearLayout(column);
        QCOMPARE(column->count(), 0);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QVERIFY(!outer);
        QVERIFY(!inner);
    }

private:
    Theme m_theme{*qApp};
};

QTEST_MAIN(WidgetsTest)
#include "widgets_test.moc"
