// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/explanation.h"

#include <QtTest>

#include <numeric>

using namespace orrery;

class ExplanationTest : public QObject {
    Q_OBJECT
private slots:
    void reasonsInsidePartsComeOutAndSumToTheSame()
    {
        const Term heat{TermKind::HistoryItem, ItemIndex{4}, {}, .5};
        const Term alien{TermKind::HistoryItem, ItemIndex{7}, {}, .25};
        Term first{TermKind::Part, {}, "first", .75, {}, {heat, alien}};
        Term second{TermKind::Part, {}, "second", .5, {}, {heat}};
        const Term plain{TermKind::Part, {}, "by place", 2};
        const auto flat = flattened({first, plain, second});
        QCOMPARE(flat.size(), std::size_t{3});
        QCOMPARE(flat[0].item, ItemIndex{4});
        QCOMPARE(flat[0].value, 1.0); // said by both parts
        QCOMPARE(flat[1].value, .25);
        QCOMPARE(flat[2].label, std::string("by place"));
        QCOMPARE(
            std::accumulate(flat.begin(), flat.end(), 0.0, [](double sum, const Term& t) { return sum + t.value; }),
            3.25);
    }
};

QTEST_APPLESS_MAIN(ExplanationTest)
#include "explanation_test.moc"
