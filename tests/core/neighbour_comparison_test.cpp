// SPDX-License-Identifier: GPL-3.0-or-later
// What two models make of the same neighbourhood, by hand.
#include "core/retrieval/neighbour_comparison.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::testing;

namespace {

/// Says what it was given: of every item, and of whoever asks.
class Told final : public Model {
public:
    std::vector<Neighbour> items;
    std::vector<SimilarPerson> people;

    [[nodiscard]] std::unique_ptr<Reader> read(const Query&) const override { return nullptr; }
    [[nodiscard]] Scale scale() const override { return Scale::Rank; }
    [[nodiscard]] std::size_t itemCount() const override { return items.size(); }
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex, std::size_t n) const override
    {
        return std::vector(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(std::min(n, items.size())));
    }
    [[nodiscard]] Result<std::vector<SimilarPerson>> similarPeople(const Query&, std::size_t n) const override
    {
        return std::vector(people.begin(), people.begin() + static_cast<std::ptrdiff_t>(std::min(n, people.size())));
    }
    void save(Artifact&) const override {}
};

template <class Index>
void verifyPlaces(const ComparedNeighbour<Index>& one, std::uint32_t who, std::size_t first, std::size_t second)
{
    QCOMPARE(one.who.value, who);
    QCOMPARE(one.first.rank, first);
    QCOMPARE(one.second.rank, second);
}

} // namespace

class NeighbourComparisonTest : public QObject {
    Q_OBJECT
private slots:
    void tellsSharedGainedAndLostWithTheirPlaces()
    {
        Told first, second;
        first.items = {{{5}, .9F}, {{7}, .8F}, {{2}, .7F}, {{9}, .6F}};
        second.items = {{{2}, 30}, {{9}, 20}, {{5}, 10}, {{4}, 5}};
        const auto compared = compareSimilarItems(first, second, ItemIndex{0}, 3).value();
        QCOMPARE(compared.shared.size(), std::size_t{2});
        verifyPlaces(compared.shared[0], 5, 1, 3);
        verifyPlaces(compared.shared[1], 2, 3, 1);
        QCOMPARE(compared.shared[0].first.similarity, .9F);
        QCOMPARE(compared.shared[0].second.similarity, 10.F);
        QCOMPARE(compared.gained.size(), std::size_t{1}); // 9 was fourth
        verifyPlaces(compared.gained[0], 9, 4, 2);
        QCOMPARE(compared.lost.size(), std::size_t{1}); // the second does not know 7 at all
        verifyPlaces(compared.lost[0], 7, 2, 0);
        QVERIFY(std::isnan(compared.lost[0].second.similarity));
        QCOMPARE(compared.jaccard(), .5);
    }

    void peopleAreComparedAlike()
    {
        Told first, second;
        first.people = {{{1}, .5F}, {{2}, .4F}};
        second.people = {{{3}, 2}, {{1}, 1}};
        const auto compared = compareSimilarPeople(first, second, {}, 1).value();
        QVERIFY(compared.shared.empty());
        verifyPlaces(compared.gained.at(0), 3, 0, 1);
        verifyPlaces(compared.lost.at(0), 1, 1, 2);
        QCOMPARE(compared.jaccard(), 0.);
    }

    void nobodyIsTheSameAsNobody() { QCOMPARE(compareSimilarItems(Told(), Told(), {0}, 5)->jaccard(), 1.); }

    void modelsWithoutVectorsCount()
    {
        const auto dataset = plantedWorld(Feedback::Implicit).dataset;
        const auto knn = fitted(*findAlgorithm("item-knn"), dataset),
                   als = fitted(*findAlgorithm("implicit-als"), dataset);
        QVERIFY(knn->itemSpace().vectors.empty());
        const auto compared = compareSimilarItems(*knn, *als, ItemIndex{3}, 10).value();
        QCOMPARE(compared.shared.size() + compared.lost.size(), std::size_t{10});
        QCOMPARE(compared.shared.size() + compared.gained.size(), std::size_t{10});
        const auto truth = knn->similarItems(ItemIndex{3}, 10).value();
        for (const auto& one : compared.shared)
            QCOMPARE(truth[one.first.rank - 1].item, one.who);
        // Both find the same block.
        QVERIFY(compared.jaccard() > 0);
    }

    void whatAModelCannotSayIsItsError()
    {
        const auto dataset = plantedWorld(Feedback::Implicit).dataset;
        const auto knn = fitted(*findAlgorithm("item-knn"), dataset);
        const auto popular = fitted(*findAlgorithm("popularity"), dataset);
        QCOMPARE(compareSimilarItems(*knn, *popular, ItemIndex{3}, 10).error().code, Code::Unsupported);
        QCOMPARE(compareSimilarItems(*knn, *knn, ItemIndex{70'000}, 10).error().code, Code::NotFound);
    }
};

QTEST_GUILESS_MAIN(NeighbourComparisonTest)
#include "neighbour_comparison_test.moc"
