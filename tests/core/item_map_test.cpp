// SPDX-License-Identifier: GPL-3.0-or-later
// The items of a model as the points of a map, by hand.
#include "core/projection/item_map.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Scores item i with i, or with nothing.
class CountingReader final : public Reader {
public:
    CountingReader(std::vector<float> vector, bool silent) : m_vector(std::move(vector)), m_silent(silent) {}
    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            out[i] = m_silent ? nan : static_cast<float>(items[i].value);
    }
    [[nodiscard]] Explanation explain(ItemIndex) const override { return {}; }
    [[nodiscard]] std::span<const float> vector() const override { return m_vector; }

private:
    std::vector<float> m_vector;
    bool m_silent;
};

/// Of given vectors.
class Told final : public Model {
public:
    Matrix items;
    SpaceMetric metric = SpaceMetric::Euclidean;
    std::vector<float> person;
    bool silent = false;

    [[nodiscard]] std::unique_ptr<Reader> read(const Query&) const override
    {
        return std::make_unique<CountingReader>(person, silent);
    }
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] std::size_t itemCount() const override { return items.rows(); }
    [[nodiscard]] VectorSpace itemSpace() const override { return {items.view(), metric, {}}; }
    void save(Artifact&) const override {}
};

std::shared_ptr<Told> modelOf(Matrix items)
{
    auto model = std::make_shared<Told>();
    model->items = std::move(items);
    return model;
}

/// Rows of one number.
std::shared_ptr<Told> modelOnLine(const std::vector<float>& at)
{
    Matrix items(at.size(), 1);
    std::ranges::copy(at, items.all().begin());
    return modelOf(std::move(items));
}

Layout lineLayout(const std::vector<float>& at)
{
    Layout layout;
    for (const float x : at)
        layout.push_back({x, 0});
    return layout;
}

/// Two groups of eleven, far apart: the ten nearest of each are the rest of its
/// group.
std::vector<float> twoGroups()
{
    std::vector<float> at;
    for (int i = 0; i < 22; ++i)
        at.push_back(static_cast<float>(i < 11 ? 1 + i : 1000 + i));
    return at;
}

/// Item i of twenty lies at (i, 0) on the map; those below fifteen have a
/// vector like the person's, the others none like it.
std::shared_ptr<Told> fifteenLikeThePerson()
{
    Matrix items(20, 2);
    for (std::size_t item = 0; item < 20; ++item)
        items.row(item)[item < 15 ? 0 : 1] = 1;
    auto model = modelOf(std::move(items));
    model->person = {2, 0};
    return model;
}

ItemMap onLine(const std::shared_ptr<Told>& model)
{
    std::vector<float> at(model->items.rows());
    std::iota(at.begin(), at.end(), 0.F);
    ItemMap map = mappedItems(model);
    at.resize(map.items.size());
    return placed(std::move(map), lineLayout(at));
}

PersonOnMap personOn(const std::shared_ptr<Told>& model)
{
    return personOnMap(onLine(model), *makeModelRecommender("told", model), {}, {}).value();
}

} // namespace

class ItemMapTest : public QObject {
    Q_OBJECT
private slots:
    void itemsOfZerosAreNotOnIt()
    {
        const ItemMap map = mappedItems(modelOnLine({3, 0, -1, 0, 2}));
        QVERIFY(map.items == (std::vector<ItemIndex>{{0}, {2}, {4}}));
        QVERIFY(map.pointOf({0}) == 0U);
        QVERIFY(map.pointOf({2}) == 1U);
        QVERIFY(map.pointOf({4}) == 2U);
        QVERIFY(!map.pointOf({1}) && !map.pointOf({3}));
        QVERIFY(!map.pointOf({5})); // newer than the model
        QVERIFY(!map.grid);
        QVERIFY(mappedItems(modelOnLine({})).items.empty());
    }

    void vectorsAreInTheOrderOfTheItems()
    {
        const Matrix vectors = vectorsOf(mappedItems(modelOnLine({3, 0, -1, 0, 2})));
        QCOMPARE(vectors.rows(), std::size_t{3});
        QCOMPARE(vectors.row(0)[0], 3.F);
        QCOMPARE(vectors.row(1)[0], -1.F);
        QCOMPARE(vectors.row(2)[0], 2.F);
    }

    void pointsLieWhereTheLayoutSays()
    {
        const ItemMap map = placed(mappedItems(modelOnLine({3, 0, 2})), {{7, 8}, {-1, 5}});
        QVERIFY(map.grid->point(*map.pointOf({0})) == (MapPoint{7, 8}));
        QVERIFY(map.grid->point(*map.pointOf({2})) == (MapPoint{-1, 5}));
    }

    void aMapThatIsTheVectorsIsTrusted()
    {
        std::vector<float> at;
        for (int i = 1; i <= 30; ++i)
            at.push_back(static_cast<float>(i * i)); // no two distances from one are equal
        const ItemMap map = mappedItems(modelOnLine(at));
        QCOMPARE(trustOf(placed(map, lineLayout(at)), {}).value(), 1.);
        std::swap(at[0], at[29]);
        const double swapped = trustOf(placed(map, lineLayout(at)), {}).value();
        QVERIFY2(swapped < .95 && swapped > .5, qPrintable(QString::number(swapped)));
    }

    void ofTooFewItemsNoTrustIsMeasured()
    {
        const std::vector<float> at{1, 2, 3};
        const ItemMap map = placed(mappedItems(modelOnLine(at)), lineLayout(at));
        QCOMPARE(trustOf(map, {}).error().code, Code::InvalidArgument);
    }

    void keptNeighboursAreToldByItem()
    {
        // The map swaps the first of either group: these keep nobody, the others
        // nine of ten.
        std::vector<float> at = twoGroups(), drawn = at;
        std::swap(drawn[0], drawn[11]);
        at.insert(at.begin() + 1, 0); // an item that is not on the map
        const ItemMap map = placed(mappedItems(modelOnLine(at)), lineLayout(drawn));
        const auto kept = keptOf(map, {}).value();
        QCOMPARE(kept.size(), std::size_t{23});
        for (std::size_t item = 0; item < kept.size(); ++item) {
            if (item == 1)
                QVERIFY(std::isnan(kept[item]));
            else
                QCOMPARE(kept[item], item == 0 || item == 12 ? 0.F : .9F);
        }
    }

    void aPersonLiesInTheMiddleOfTheNearestItems()
    {
        const PersonOnMap person = personOn(fifteenLikeThePerson());
        QVERIFY(person.at == (MapPoint{7, 0})); // of 0 to 14
        QVERIFY(person.recommended == (std::vector<std::uint32_t>{19, 18, 17, 16, 15, 14, 13, 12, 11, 10}));
    }

    void aPersonWithoutVectorLiesAmongWhatIsRecommended()
    {
        const auto model = fifteenLikeThePerson();
        model->person = {};
        QVERIFY(personOn(model).at == (MapPoint{15, 0})); // of 10 to 19, the upper of the two in the middle
        model->person = {1, 2, 3};                        // of another space
        QVERIFY(personOn(model).at == (MapPoint{15, 0}));
    }

    void whatIsNotOnTheMapIsLeftOut()
    {
        const auto model = fifteenLikeThePerson();
        model->items.row(18)[1] = 0; // recommended second; the last item moves to point 18
        model->person = {};
        const PersonOnMap person = personOn(model);
        QVERIFY(person.recommended == (std::vector<std::uint32_t>{18, 17, 16, 15, 14, 13, 12, 11, 10}));
        QVERIFY(person.at == (MapPoint{14, 0}));
    }

    void aPersonOfWhomNothingIsKnownLiesNowhere()
    {
        const auto model = fifteenLikeThePerson();
        model->person = {};
        model->silent = true;
        const PersonOnMap person = personOn(model);
        QVERIFY(!person.at);
        QVERIFY(person.recommended.empty());
    }

    void regionsAreNamedByTheirItems()
    {
        DatasetBuilder builder;
        Layout layout;
        Matrix items(100, 1);
        for (int i = 0; i < 100; ++i) {
            const std::string id = fmt::format("i{}", i);
            builder.row("everybody", id).title(id, id).tags("genres", id, {i < 60 ? "Western" : "Film-Noir"});
            items.row(static_cast<std::size_t>(i))[0] = 1;
            const auto beside = static_cast<float>(i % 10) * .01F, above = static_cast<float>(i % 7) * .01F;
            layout.push_back(i < 60 ? MapPoint{beside, above} : MapPoint{10 + beside, 10 + above});
        }
        const ItemMap map = placed(mappedItems(modelOf(std::move(items))), layout);
        const ItemTerms terms = ItemTerms::count(builder.build(), {}).value();
        const auto regions = namedRegions(map, terms, 5, {}).value();
        QCOMPARE(regions.size(), std::size_t{2});
        QCOMPARE(regions[0].words,
                 std::string("western")); // more items: more prominent
        QCOMPARE(regions[1].words, std::string("film-noir"));
        QVERIFY(regions[0].prominence > regions[1].prominence);
        QVERIFY(std::abs(regions[0].at.x) < 1 && std::abs(regions[1].at.x - 10) < 1);
        QCOMPARE(namedRegions(map, terms, 1, {})->size(), std::size_t{1});
        QVERIFY(namedRegions(map, terms, 0, {})->empty());
    }

    void aCancelIsHeard()
    {
        const std::vector<float> at = twoGroups();
        const auto model = modelOnLine(at);
        const ItemMap map = placed(mappedItems(model), lineLayout(at));
        CancelToken token;
        token.cancel();
        const JobContext job({}, token);
        QCOMPARE(keptOf(map, job).error().code, Code::Cancelled);
        QCOMPARE(trustOf(map, job).error().code, Code::Cancelled);
        QCOMPARE(personOnMap(map, *makeModelRecommender("told", model), {}, job).error().code, Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(ItemMapTest)
#include "item_map_test.moc"
