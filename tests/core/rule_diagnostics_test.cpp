// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that do nothing, undo each other or empty lists, planted and found.
#include "core/reranking/rule_diagnostics.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

/// 20 people who get the same 30 goods, the odd ones of Acme, the first three sold out.
struct Sample {
    std::shared_ptr<const RuleCatalog> catalog;
    std::vector<std::vector<Candidate>> candidates{20};
    std::vector<RuleRequest> requests{20};

    Sample()
    {
        DatasetBuilder shop;
        std::string all;
        for (int i = 0; i < 30; ++i)
            all += fmt::format(" i{}", i);
        shop.implicit().row("everybody", all);
        for (int i = 0; i < 30; ++i)
            shop.tags("brand", fmt::format("i{}", i), {i % 2 == 1 ? "Acme" : "Beta"})
                .number("stock", fmt::format("i{}", i), i < 3 ? 0 : 1)
                .number("price", fmt::format("i{}", i), i);
        catalog = RuleCatalog::open(shop.build(), {}).value();
        for (auto& own : candidates)
            for (std::uint32_t i = 0; i < 30; ++i)
                own.push_back({ItemIndex{i}, -float(i)});
    }
    [[nodiscard]] RuleReport report(std::vector<Rule> rules) const
    {
        const auto reranker = Reranker::make({"", std::move(rules)}, catalog).value();
        return diagnose(*reranker, catalog, candidates, requests, 5, {}).value();
    }
};

} // namespace

class RuleDiagnosticsTest : public QObject {
    Q_OBJECT
private slots:
    void aSoundSetHasNoFindings()
    {
        const auto report = Sample{}.report({{InStockRule{}}, {BoostRule{"brand = Acme", 2}}});
        QVERIFY(report.findings.empty());
        QCOMPARE(report.rules[0].changed, std::size_t{20});
        QCOMPARE(report.rules[1].held, std::size_t{20});
    }

    void deadRulesAreNamedWithTheReason()
    {
        const auto report = Sample{}.report({{InStockRule{}},
                                             {FilterRule{"price < 100"}},                           // all are
                                             {BuryRule{"price > 25"}},                              // far below
                                             {PromotedRule{}},                                      // no such column
                                             {BoostRule{"brand = Acme"}, true, {.shelves = "new"}}, // never holds
                                             {BuryRule{"brand = Acme"}, false}});                   // off is not dead
        QCOMPARE(report.findings.size(), std::size_t{4});
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(report.findings[i].kind == RuleFinding::Kind::Dead);
            QCOMPARE(report.findings[i].rule, i + 1);
        }
        QCOMPARE(QString::fromStdString(report.findings[1].text),
                 QString("'bury price > 25' changes nobody's list: it acts for 20 people, but the first 5 places stay "
                         "as they are"));
        QVERIFY(report.findings[2].text.ends_with("the catalog does not tell what is promoted"));
        QVERIFY(report.findings[3].text.ends_with("only on new"));
    }

    void rulesThatUndoEachOtherAreFound()
    {
        const auto report =
            Sample{}.report({{BoostRule{"brand = Acme", 2}}, {InStockRule{}}, {BoostRule{"brand = Acme", .5}}});
        QCOMPARE(report.findings.size(), std::size_t{1});
        QVERIFY(report.findings[0].kind == RuleFinding::Kind::Undoes);
        QCOMPARE(report.findings[0].rule, std::size_t{0});
        QCOMPARE(report.findings[0].other, std::size_t{2});
        QCOMPARE(report.findings[0].people, std::size_t{20});
    }

    void rulesThatEmptyListsAreFound()
    {
        const auto report = Sample{}.report({{InStockRule{}}, {CapRule{CapRule::Of::Brand, 2}}});
        QCOMPARE(report.findings.size(), std::size_t{1});
        QVERIFY(report.findings[0].kind == RuleFinding::Kind::Empties);
        QCOMPARE(report.findings[0].rule, std::size_t{1});
        QCOMPARE(QString::fromStdString(report.findings[0].text),
                 QString("'at most 2 of a brand' leaves fewer than 5 items for 20 of 20 people"));
    }
};

QTEST_APPLESS_MAIN(RuleDiagnosticsTest)
#include "rule_diagnostics_test.moc"
