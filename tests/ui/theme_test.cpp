// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/components/widgets.h"

#include <QDir>
#include <QFontMetricsF>
#include <QSignalSpy>
#include <QtTest>

using namespace orrery::ui;

namespace {

/// Colour of the most opaque pixels: antialiased edges are mixed.
QSet<QRgb> solidColours(const QPixmap& pixmap)
{
    const QImage image = pixmap.toImage().convertToFormat(QImage::Format_ARGB32);
    QSet<QRgb> out;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (qAlpha(image.pixel(x, y)) == 255) {
                out.insert(image.pixel(x, y));
            }
        }
    }
    return out;
}

} // namespace

class ThemeTest : public QObject {
    Q_OBJECT
private slots:
    void cleanup() { m_theme.choose(ThemeChoice::Light); }

    void widgetsAreToldTheirTokens()
    {
        QWidget widget;
        widget.show();
        QCOMPARE(&tokensFor(&widget), &Tokens::light());
        m_theme.choose(ThemeChoice::Dark);
        QVERIFY(m_theme.isDark());
        QCOMPARE(&tokensFor(&widget), &Tokens::dark());
        QCOMPARE(&tokensFor(nullptr), &Tokens::dark());
    }

    void widgetsWithAGroundOfTheirOwnToo() // the style sheet writes such grounds into the palette
    {
        m_theme.choose(ThemeChoice::Dark);
        const std::unique_ptr<QPushButton> button(primaryButton("Report"));
        button->ensurePolished();
        QCOMPARE(&tokensFor(button.get()), &Tokens::dark());
    }

    void thePaletteAloneTellsTheThemeOfForeignWidgets()
    {
        QWidget widget;
        QPalette palette(Qt::black);
        palette.setColor(QPalette::Link, Qt::cyan);
        widget.setPalette(palette);
        QCOMPARE(&tokensFor(&widget), &Tokens::dark());
        widget.setPalette(paletteOf(Tokens::light()));
        QCOMPARE(&tokensFor(&widget), &Tokens::light());
    }

    void theSystemsThemeIsThatOfThePaletteBefore()
    {
        qApp->setStyleSheet({});
        qApp->setPalette(QPalette(QColor("#202020")));
        const Theme dark(*qApp);
        QVERIFY(dark.isDark());
        QCOMPARE(dark.choice(), ThemeChoice::System);
        QCOMPARE(qApp->palette().color(QPalette::Window), Tokens::dark().window);
        qApp->setStyleSheet({});
        qApp->setPalette(QPalette(QColor("#EFEFEF")));
        const Theme light(*qApp);
        QVERIFY(!light.isDark());
    }

    void choosingTellsOnce()
    {
        QSignalSpy spy(&m_theme, &Theme::changed);
        m_theme.choose(ThemeChoice::Dark);
        QCOMPARE(spy.count(), 1);
        QCOMPARE(m_theme.choice(), ThemeChoice::Dark);
    }

    void theStyleSheetHasNoNameLeft()
    {
        for (const Tokens* tokens : {&Tokens::light(), &Tokens::dark()}) {
            const QString sheet = styleSheetOf(*tokens);
            QVERIFY(sheet.contains(tokens->accent.name()));
            QVERIFY2(!sheet.contains(QRegularExpression("[:(-] *@")), "a name that is not a token");
        }
    }

    void everyMarkThatTheStyleSheetNamesExists()
    {
        static const QRegularExpression url("url\\(([^)]*)\\)");
        int found = 0;
        for (const Tokens* tokens : {&Tokens::light(), &Tokens::dark()}) {
            for (auto match = url.globalMatch(styleSheetOf(*tokens)); match.hasNext(); ++found) {
                const QString file = match.next().captured(1);
                QVERIFY2(QFile::exists(file), qPrintable(file));
            }
        }
        QVERIFY(found > 0);
    }

    void everyIconIsDrawn()
    {
        const QStringList files = QDir(":/icons").entryList({"*.svg"});
        QVERIFY(files.size() >= 34);
        for (const QString& file : files) {
            const QPixmap pixmap = iconPixmap(QFileInfo(file).completeBaseName(), Qt::black, 24, 1);
            QImage blank(pixmap.size(), pixmap.toImage().format());
            blank.fill(Qt::transparent);
            QVERIFY2(pixmap.toImage() != blank, qPrintable(file));
        }
    }

    void iconsAreOfOneColour()
    {
        const QColor red("#C5384B");
        const QSet<QRgb> colours = solidColours(iconPixmap("stop", red, 24, 2));
        QCOMPARE(colours, QSet<QRgb>{red.rgb()});
    }

    void aChangeOfTheSystemIsFollowed()
    {
        bool dark = false;
        Theme theme(*qApp, [&] { return dark; });
        QWidget window;
        window.show();
        QSignalSpy changed(&theme, &Theme::changed);
        const auto systemTurns = [&](bool to) {
            dark = to;
            // As Qt tells windows: each for itself.
            for (int i = 0; i < 3; ++i) {
                QEvent event(QEvent::ThemeChange);
                QCoreApplication::sendEvent(&window, &event);
            }
            QCoreApplication::processEvents();
        };
        systemTurns(true);
        QVERIFY(theme.isDark());
        QCOMPARE(tokensFor(&window).window, Tokens::dark().window);
        systemTurns(false);
        QVERIFY(!theme.isDark());
        QCOMPARE(tokensFor(&window).window, Tokens::light().window);
        theme.choose(ThemeChoice::Light); // a choice of one's own is kept
        systemTurns(true);
        QVERIFY(!theme.isDark());
        theme.choose(ThemeChoice::System); // and the system's is taken up again
        QVERIFY(theme.isDark());
        dark = false;
        theme.choose(ThemeChoice::System);
    }

    void askingTheSystemLeavesOurPaletteAlone()
    {
        m_theme.choose(ThemeChoice::System);
        const QPalette ours = QApplication::palette();
        QWidget window;
        QEvent event(QEvent::ThemeChange);
        QCoreApplication::sendEvent(&window, &event);
        QCoreApplication::processEvents();
        QCOMPARE(QApplication::palette(), ours);
    }

    void iconsAreCrispAtAnyRatio()
    {
        const QPixmap pixmap = iconPixmap("home", Qt::black, 20, 2.5);
        QCOMPARE(pixmap.size(), QSize(50, 50));
        QCOMPARE(pixmap.deviceIndependentSize(), QSizeF(20, 20));
    }

    void iconsFollowTheTheme()
    {
        QWidget widget;
        widget.show();
        const QIcon stop = icon("stop", &widget);
        QCOMPARE(solidColours(stop.pixmap(48)), QSet<QRgb>{Tokens::light().text.rgb()});
        QCOMPARE(solidColours(stop.pixmap(48, QIcon::Disabled)), QSet<QRgb>{Tokens::light().disabled.rgb()});
        m_theme.choose(ThemeChoice::Dark);
        QCOMPARE(solidColours(stop.pixmap(48)), QSet<QRgb>{Tokens::dark().text.rgb()});
        QCOMPARE(solidColours(stop.pixmap(48, QIcon::Normal, QIcon::On)), QSet<QRgb>{Tokens::dark().accent.rgb()});
    }

    void anIconOutlivesItsWidget()
    {
        QIcon kept;
        {
            QWidget widget;
            kept = icon("stop", &widget);
        }
        QVERIFY(!kept.pixmap(24).isNull());
    }

    void anUnknownIconIsNone() { QVERIFY(icon("no such icon", nullptr).isNull()); }

    void figuresOfNumbersAreOfOneWidth()
    {
        for (const auto weight : {QFont::Normal, QFont::DemiBold}) {
            const QFontMetricsF metrics(numberFont(type::body, weight));
            for (const QChar figure : QString("123456789")) {
                QCOMPARE(metrics.horizontalAdvance(figure), metrics.horizontalAdvance('0'));
            }
        }
    }

    void fontsHaveThePixelsAskedFor()
    {
        QCOMPARE(font(type::pageTitle, QFont::Bold).pixelSize(), 22);
        QCOMPARE(font(type::pageTitle, QFont::Bold).weight(), QFont::Bold);
        QCOMPARE(qApp->font().pixelSize(), 13);
    }

    void nothingMovesWhenAskedNotTo()
    {
        qputenv("ORRERY_NO_MOTION", "1");
        QCOMPARE(motionDuration(), 0);
        qunsetenv("ORRERY_NO_MOTION");
        QVERIFY(motionDuration() == 0 || (motionDuration() >= 150 && motionDuration() <= 250));
    }

private:
    Theme m_theme{*qApp};
};

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
