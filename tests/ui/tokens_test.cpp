// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using orrery::ui::Tokens;

namespace {

/// Relative luminance and contrast ratio as WCAG 2.1 defines them.
double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour)
{
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

constexpr double readable = 4.5;
constexpr double visible = 3; // for what is not text: WCAG 1.4.11

} // namespace

class TokensTest : public QObject {
    Q_OBJECT
private slots:
    void contrastIsThatOfTheStandard()
    {
        QVERIFY(std::abs(contrast(Qt::black, Qt::white) - 21) < 1e-6);
        QVERIFY(std::abs(contrast("#767676", Qt::white) - 4.54) < 0.005); // the known lightest readable grey
    }

    void allTextIsReadableOnAllGrounds_data()
    {
        QTest::addColumn<QColor>("text");
        QTest::addColumn<QColor>("ground");
        for (const Tokens* tokens : {&Tokens::light(), &Tokens::dark()}) {
            const QString theme = tokens == &Tokens::light() ? "light " : "dark ";
            const std::pair<const char*, QColor> texts[] = {
                {"text", tokens->text}, {"secondary", tokens->secondary}, {"accent", tokens->accent},
                {"good", tokens->good}, {"warn", tokens->warn},           {"bad", tokens->bad}};
            const std::pair<const char*, QColor> grounds[] = {{"window", tokens->window},
                                                              {"surface", tokens->surface},
                                                              {"raised", tokens->raised},
                                                              {"accent soft", tokens->accentSoft}};
            for (const auto& [name, text] : texts) {
                for (const auto& [groundName, ground] : grounds) {
                    QTest::newRow(qPrintable(theme + name + " on " + groundName)) << text << ground;
                }
            }
            QTest::newRow(qPrintable(theme + "primary button"))
                << (theme == "dark " ? tokens->window : tokens->surface) << tokens->accent;
        }
    }
    void allTextIsReadableOnAllGrounds()
    {
        QFETCH(QColor, text);
        QFETCH(QColor, ground);
        const double found = contrast(text, ground);
        QVERIFY2(found >= readable, qPrintable(QString::number(found)));
    }

    void theFocusRingCanBeSeen()
    {
        for (const Tokens* tokens : {&Tokens::light(), &Tokens::dark()}) {
            QVERIFY(contrast(tokens->accent, tokens->window) >= visible);
            QVERIFY(contrast(tokens->accent, tokens->surface) >= visible);
        }
    }

    void seriesColoursAreAllDifferent()
    {
        for (const Tokens* tokens : {&Tokens::light(), &Tokens::dark()}) {
            QSet<QRgb> seen;
            for (const QColor& colour : tokens->series) {
                QVERIFY(colour.isValid());
                seen.insert(colour.rgb());
            }
            QCOMPARE(seen.size(), static_cast<qsizetype>(tokens->series.size()));
        }
    }

    void darkSeriesKeepTheirHue()
    {
        for (std::size_t i = 0; i < Tokens::light().series.size(); ++i) {
            const QColor& light = Tokens::light().series[i];
            const QColor& dark = Tokens::dark().series[i];
            QVERIFY(dark.lightness() > light.lightness());
            QVERIFY(std::abs(dark.hslHue() - light.hslHue()) <= 2); // rounding to 8 bits a channel
        }
    }
};

QTEST_APPLESS_MAIN(TokensTest)
#include "tokens_test.moc"
