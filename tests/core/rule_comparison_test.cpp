// SPDX-License-Identifier: GPL-3.0-or-later
// What differs between two stacks of rules, in words.
#include "core/reranking/rule_comparison.h"

#include <QtTest>

using namespace orrery;

namespace {

const Rule inStock{InStockRule{}}, unseen{UnseenRule{}}, promoted{PromotedRule{}};

QStringList words(std::vector<Rule> a, std::vector<Rule> b)
{
    QStringList texts;
    for (const auto& difference : compareRules({"a", std::move(a)}, {"b", std::move(b)}))
        texts << QString::fromStdString(difference.text);
    return texts;
}

} // namespace

class RuleComparisonTest : public QObject {
    Q_OBJECT
private slots:
    void equalSetsDifferInNothing() { QVERIFY(words({inStock, unseen}, {inStock, unseen}).isEmpty()); }

    void whatIsAddedAndRemovedIsNamed()
    {
        QCOMPARE(words({inStock, unseen}, {unseen, promoted}),
                 QStringList({"'promoted x 1.2' is added", "'in stock' is removed"}));
    }

    // in stock stays where it is; unseen and promoted change places: the longest order that both share keeps one.
    void whatMovesIsNamedOnce()
    {
        const auto found = compareRules({"", {inStock, unseen, promoted}}, {"", {inStock, promoted, unseen}});
        QCOMPARE(found.size(), std::size_t{1});
        QVERIFY(found[0].kind == RuleDifference::Kind::Moved);
        QVERIFY(found[0].text.find("moves from place") != std::string::npos);
    }

    void whatChangesIsToldSettingBySetting()
    {
        Rule less{PromotedRule{1.5}};
        less.on = false;
        less.when.audience = "gender = F";
        QCOMPARE(
            words({promoted}, {less}),
            QStringList(u"'promoted x 1.2': factor 1.2 \u2192 1.5; for whom any \u2192 gender = F; switched off"_qs));
        QCOMPARE(words({{UnseenRule{}}}, {{UnseenRule{UnseenRule::What::Purchased}}}),
                 QStringList(u"'not seen': drop what was seen \u2192 purchased"_qs));
    }

    // Of two caps each is compared with the one that counts the same.
    void rulesOfOneKindArePairedByWhatTheyShare()
    {
        const auto found = compareRules({"", {{CapRule{CapRule::Of::Category, 3}}, {CapRule{CapRule::Of::Brand, 2}}}},
                                        {"", {{CapRule{CapRule::Of::Brand, 4}}, {CapRule{CapRule::Of::Category, 5}}}});
        QCOMPARE(found.size(), std::size_t{2});
        QCOMPARE(*found[0].inA, std::size_t{1});
        QCOMPARE(QString::fromStdString(found[0].text), QString(u"'at most 2 of a brand': at most 2 \u2192 4"_qs));
        QCOMPARE(*found[1].inA, std::size_t{0});
    }
};

QTEST_APPLESS_MAIN(RuleComparisonTest)
#include "rule_comparison_test.moc"
