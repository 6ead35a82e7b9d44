// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/sequences/fpmc_trainer.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

std::vector<std::string> names(const Dataset& dataset, const FpmcSteps& steps, const FpmcStep& step)
{
    std::vector<std::string> out;
    for (std::uint32_t n = 0; n < step.count; ++n)
        out.emplace_back(dataset.itemIds().name(steps.baskets[step.first + n]));
    return out;
}

/// 40 people who walk from a random letter on, each to the next but two; every item is as popular as the others.
std::shared_ptr<const Dataset> walks()
{
    DatasetBuilder builder;
    builder.implicit();
    for (int person = 0; person < 40; ++person) {
        std::string row;
        for (int step = 0; step < 4; ++step)
            row += fmt::format("{}@{} ", static_cast<char>('A' + (person + 3 * step) % 20), 100 + step);
        builder.row(fmt::format("p{}", person), row);
    }
    return builder.build();
}

} // namespace

class FpmcTest : public QObject {
    Q_OBJECT
private slots:
    void aBasketIsWhatCameBefore()
    {
        const auto dataset = DatasetBuilder{}.implicit().row("ann", "A@10 B@20 C@20 D@30").build();
        const HistoryWeigher all(*dataset, Weighting::Binary, Entries::All);
        const FpmcSteps steps = fpmcSteps(dataset->interactions(), all, 2);
        QCOMPARE(steps.steps.size(), std::size_t{4}); // newest first, of one moment the lower item first
        using Names = std::vector<std::string>;
        QCOMPARE(names(*dataset, steps, steps.steps[0]), (Names{"B", "C"})); // D: two at most
        QCOMPARE(names(*dataset, steps, steps.steps[1]), Names{"A"});        // B: not C, of the same moment
        QCOMPARE(names(*dataset, steps, steps.steps[2]), Names{"A"});
        QCOMPARE(names(*dataset, steps, steps.steps[3]), Names{});
    }

    /// One person, A and then B, and C that only a second person used: steps compare with C alone (by the first) or
    /// with A or B (by the second). The loss of the first epoch is that of the first vectors: ln 2 for each step,
    /// nearly.
    void theLossStartsAtChance()
    {
        struct Loss final : JobObserver {
            void measured(std::string_view series, double step, double value) override
            {
                if (series == "training loss" && step == 1)
                    first = value;
            }
            double first = 0;
        } loss;
        const auto dataset = DatasetBuilder{}.implicit().row("ann", "A@10 B@20").row("bob", "C@10").build();
        const HistoryWeigher all(*dataset, Weighting::Binary, Entries::All);
        const FpmcSteps steps = fpmcSteps(dataset->interactions(), all, 1);
        FpmcConfig config;
        config.learningRate = 1e-20F;
        QVERIFY(trainFpmc(dataset->interactions(), steps, config, JobContext({}, {}, &loss)).has_value());
        QVERIFY2(std::abs(loss.first - std::log(2)) < .1, qPrintable(QString::number(loss.first)));
    }

    void itLearnsWhatFollows()
    {
        const auto dataset = walks();
        const ModelPtr model = fitted(*findAlgorithm("fpmc"), dataset);
        std::size_t first = 0;
        for (char letter = 'A'; letter < 'A' + 20; ++letter) {
            const auto item = *dataset->findItem(std::string(1, letter));
            const auto scores = scoresOf(*model, queryFor(History{{item, 1, 100}}));
            const auto after = *dataset->findItem(std::string(1, static_cast<char>('A' + (letter - 'A' + 3) % 20)));
            const auto better = std::ranges::count_if(scores, [&](float s) { return s > scores[after.value]; });
            first += better <= 2 ? 1 : 0; // the item itself and one more may come before
        }
        QVERIFY2(first >= 16, qPrintable(QString::number(first))); // by chance 3 of 20
    }

    void orderMattersAndTheNewestIsTheBasket()
    {
        const auto dataset = walks();
        ParamSet params;
        params.set("basket", std::int64_t{1});
        const ModelPtr model = train(*findAlgorithm("fpmc"), {dataset}, params, JobContext{}).value();
        const auto a = *dataset->findItem("A"), b = *dataset->findItem("B"), next = *dataset->findItem("D");
        const Query aLast = queryFor(History{{a, 1, 200}, {b, 1, 100}}),
                    bLast = queryFor(History{{a, 1, 100}, {b, 1, 200}});
        QVERIFY(scoresOf(*model, aLast)[next.value] > scoresOf(*model, bLast)[next.value]); // D follows A
        const Explanation why = model->read(aLast)->explain(next);
        QCOMPARE(std::ranges::count(why.terms, TermKind::HistoryItem, &Term::kind), 1);
        const auto basket = std::ranges::find(why.terms, TermKind::HistoryItem, &Term::kind);
        QCOMPARE(basket->item, a);
        const auto taste = std::ranges::find(why.terms, TermKind::Part, &Term::kind);
        QCOMPARE(taste->inside.size(), std::size_t{2});
    }
};

QTEST_APPLESS_MAIN(FpmcTest)
#include "fpmc_test.moc"
