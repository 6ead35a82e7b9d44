// SPDX-License-Identifier: GPL-3.0-or-later
// What new items inherit, worked by hand from the part's own scores.
#include "core/models/catalogue.h"
#include "core/models/content/content_neighbours.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

/// A and B are crime, C and D space; N is a crime nobody used, L a space film one person used, X is like nothing.
std::shared_ptr<const Dataset> films()
{
    DatasetBuilder builder;
    builder.implicit();
    for (int person = 0; person < 6; ++person)
        builder.row(fmt::format("p{}", person), person < 3 ? "A B" : person == 5 ? "C D L" : "C D");
    builder.row("nobody", "N X").row("nobody", "");
    for (const char* item : {"A", "B", "N"})
        builder.tags("genres", item, {"crime"});
    for (const char* item : {"C", "D", "L"})
        builder.tags("genres", item, {"space"});
    const auto all = builder.build();
    std::vector<std::uint32_t> used;
    for (std::uint32_t e = 0; e < all->log().size(); ++e)
        if (all->personName(all->log().users()[e]) != "nobody")
            used.push_back(e);
    return all->withLog(all->log().select(used));
}

ItemIndex named(const Dataset& dataset, const char* id) { return *dataset.findItem(id); }

struct Trained {
    std::shared_ptr<const Dataset> dataset = films();
    ModelPtr part, model;

    explicit Trained(const std::string& exploration = "0", const std::string& part_ = "item-knn")
    {
        const Algorithm& algorithm = *findAlgorithm("inherited");
        const auto params = parseAssignments(
            algorithm.params, std::vector<std::string>{"part=" + part_, "warm-from=2", "exploration=" + exploration});
        model = train(algorithm, {dataset}, params.value(), JobContext{}).value();
        part = fitted(*findAlgorithm(part_), dataset);
    }
    [[nodiscard]] Query fond(const char* item) const { return queryFor(History{{named(*dataset, item), 1}}); }
    [[nodiscard]] double own(const Query& query, const char* item) const
    {
        return static_cast<double>(scoresOf(*part, query)[named(*dataset, item).value]);
    }
    [[nodiscard]] double score(const Query& query, const char* item) const
    {
        return static_cast<double>(scoresOf(*model, query)[named(*dataset, item).value]);
    }
};

bool close(double a, double b) { return std::abs(a - b) < 1e-6; }

} // namespace

class InheritedTest : public QObject {
    Q_OBJECT
private slots:
    void aNewItemHasTheMeanOfTheUsedItemsItIsLike()
    {
        const Trained t;
        const Query query = t.fond("A");
        QVERIFY(t.own(query, "N") < 1e-9);                                                // nobody used it
        QVERIFY(close(t.score(query, "N"), (t.own(query, "A") + t.own(query, "B")) / 2)); // both cosines are 1
        QVERIFY(t.score(query, "N") > t.score(query, "C"));
    }

    void itsOwnShareGrowsWithItsPeople()
    {
        // One of two: half its own, half the mean of C and D.
        const Trained t;
        const Query query = t.fond("C");
        QVERIFY(close(t.score(query, "L"), .5 * t.own(query, "L") + .25 * (t.own(query, "C") + t.own(query, "D"))));
        QVERIFY(close(t.score(query, "D"), t.own(query, "D")));
    }

    void whatIsLikeNothingKeepsItsScore()
    {
        const Trained t;
        QVERIFY(close(t.score(t.fond("A"), "X"), t.own(t.fond("A"), "X")));
        QVERIFY(t.model->inheritsFrom(named(*t.dataset, "X")).empty());
    }

    void itSaysWhomItInheritsFrom()
    {
        const Trained t;
        const auto from = t.model->inheritsFrom(named(*t.dataset, "N"));
        QCOMPARE(from.size(), std::size_t{2});
        QVERIFY(from[0].item == named(*t.dataset, "A") && from[1].item == named(*t.dataset, "B"));
        QVERIFY(close(static_cast<double>(from[0].similarity), 1));
        QVERIFY(t.model->inheritsFrom(named(*t.dataset, "A")).empty());
        const auto why = t.model->read(t.fond("A"))->explain(named(*t.dataset, "N"));
        QCOMPARE(why.terms.size(), std::size_t{2});
        QCOMPARE(labelOf(*t.dataset, why.terms[1]), std::string("inherited (content alike 1.00) from B"));
        QVERIFY(close(why.terms[1].value, t.own(t.fond("A"), "B") / 2));
    }

    void theBonusFallsWithThePeople()
    {
        const Trained plain, eager("2");
        const Query query = plain.fond("A");
        const auto bonus = [&](const char* item) { return eager.score(query, item) - plain.score(query, item); };
        const double most = bonus("N");
        QVERIFY(most > 0);
        QVERIFY(close(bonus("L"), most / std::sqrt(2.)));
        QVERIFY(close(bonus("C"), most / std::sqrt(4.)));
        // In deviations of the part's list, without what is in the history.
        std::vector<double> listed;
        for (const char* item : {"B", "C", "D", "L", "N", "X"})
            listed.push_back(plain.own(query, item));
        double mean = 0, squares = 0;
        for (const double score : listed)
            mean += score / 6;
        for (const double score : listed)
            squares += (score - mean) * (score - mean) / 6;
        QVERIFY(std::abs(most - 2 * std::sqrt(squares)) < 1e-5);
        const auto why = eager.model->read(query)->explain(named(*eager.dataset, "N"));
        QCOMPARE(why.terms.back().label, std::string("exploration bonus: 0 people used it"));
        QVERIFY(close(why.terms.back().value, most));
    }

    void vectorsAreInheritedToo()
    {
        const Trained t("0", "implicit-als");
        const auto space = t.model->itemSpace().vectors, own = t.part->itemSpace().vectors;
        const auto row = [&](const MatrixView& vectors, const char* item) {
            return vectors.row(named(*t.dataset, item).value);
        };
        for (std::size_t d = 0; d < own.cols; ++d)
            QVERIFY(std::abs(row(space, "N")[d] - (row(own, "A")[d] + row(own, "B")[d]) / 2) < 1e-6F);
        QVERIFY(std::ranges::equal(row(space, "C"), row(own, "C")));
        // The dot product with the person's vector is the score.
        const auto reader = t.model->read(t.fond("A"));
        double dot = 0;
        for (std::size_t d = 0; d < own.cols; ++d)
            dot += static_cast<double>(reader->vector()[d]) * static_cast<double>(row(space, "N")[d]);
        QVERIFY(std::abs(dot - t.score(t.fond("A"), "N")) < 1e-5);
    }

    void neighboursAreAlikeInContent()
    {
        const auto dataset = films();
        const auto content = ContentNeighbours::of(*dataset, JobContext{}).value();
        const auto used = usedItems(dataset->interactions());
        const auto near = content.nearest(named(*dataset, "N"), 1, used);
        QCOMPARE(near.size(), std::size_t{1});
        QVERIFY(near[0].item == named(*dataset, "A")); // of equally alike ones the first
        QVERIFY(content.nearest(named(*dataset, "X"), 5, used).empty());
        QVERIFY(content.nearest(ItemIndex::none(), 5, used).empty());
        QVERIFY(usedItems(dataset->interactions(), 2)[named(*dataset, "L").value] == 0);
    }
};

QTEST_APPLESS_MAIN(InheritedTest)
#include "inherited_test.moc"
