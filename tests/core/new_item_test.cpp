// SPDX-License-Identifier: GPL-3.0-or-later
// An item that was just written down: into the catalog, beside what it is like, and into an index without retraining.
#include "core/models/catalogue.h"
#include "core/retrieval/hnsw_index.h"
#include "core/retrieval/new_item.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace orrery;
using namespace orrery::testing;

namespace {

std::shared_ptr<const Dataset> catalog()
{
    return DatasetBuilder{}
        .implicit()
        .row("ann", "A B")
        .row("bob", "A B C")
        .row("cat", "C D")
        .row("dan", "C D")
        .text("title", "A", "Night train")
        .text("title", "C", "Blue moon")
        .tags("genres", "A", {"crime"})
        .tags("genres", "B", {"crime", "noir"})
        .tags("genres", "C", {"space"})
        .tags("genres", "D", {"space"})
        .number("year", "A", 1990)
        .build();
}

ItemRecord crime() { return {"N", {{"title", std::string("Quiet")}, {"genres", std::vector<std::string>{"crime"}}}}; }

ItemIndex named(const Dataset& dataset, const char* id) { return *dataset.findItem(id); }

} // namespace

class NewItemTest : public QObject {
    Q_OBJECT
private slots:
    void itStandsAtTheEndOfTheCatalog()
    {
        const auto before = catalog();
        const auto after = withItem(*before, crime()).value();
        QCOMPARE(after->itemCount(), before->itemCount() + 1);
        QCOMPARE(named(*after, "N").value, std::uint32_t{4});
        QCOMPARE(after->title(named(*after, "N")), std::string("Quiet"));
        QCOMPARE(after->items().show("genres", 4), std::string("crime"));
        QCOMPARE(after->items().show("year", 4), std::string());
        QCOMPARE(after->items().show("genres", 1), std::string("crime, noir"));
        QCOMPARE(after->log().size(), before->log().size());
        QCOMPARE(before->itemCount(), std::size_t{4}); // a snapshot
    }

    void whatDoesNotFitTheCatalogIsRefused()
    {
        const auto dataset = catalog();
        for (const ItemRecord& record :
             {ItemRecord{"", {}}, ItemRecord{"A", {}}, ItemRecord{"N", {{"colour", std::string("red")}}},
              ItemRecord{"N", {{"year", std::string("1990")}}}})
            QCOMPARE(withItem(*dataset, record).error().code, Code::InvalidArgument);
    }

    void itInheritsFromWhatItIsLike()
    {
        const auto dataset = catalog();
        const auto after = withItem(*dataset, crime()).value();
        const auto model = fitted(*findAlgorithm("item-knn"), dataset); // older than the item
        const auto placed = placeItem(*after, named(*after, "N"), *model, 5, JobContext{}).value();
        QCOMPARE(placed.from.size(), std::size_t{2});
        QVERIFY(placed.from[0].item == named(*after, "A")); // the same tags; B has another beside
        QVERIFY(placed.vector.empty());                     // item kNN has no vectors
        const auto reader = model->read(queryFor(History{{named(*after, "A"), 1}}));
        const std::vector<ItemIndex> from{placed.from[0].item, placed.from[1].item};
        std::vector<float> own(2);
        reader->score(from, own);
        const double a = static_cast<double>(placed.from[0].similarity),
                     b = static_cast<double>(placed.from[1].similarity);
        const double expected = (a * static_cast<double>(own[0]) + b * static_cast<double>(own[1])) / (a + b);
        QVERIFY(std::abs(static_cast<double>(*placed.score(*reader)) - expected) < 1e-6);
        const auto why = placed.explain(*reader);
        QCOMPARE(why.terms.size(), std::size_t{2});
        QVERIFY(std::abs(why.terms[0].value + why.terms[1].value - expected) < 1e-6);
    }

    void likeNothingItLandsNowhere()
    {
        const auto dataset = catalog();
        const auto after = withItem(*dataset, {"N", {{"title", std::string("Zebra")}}}).value();
        const auto model = fitted(*findAlgorithm("implicit-als"), dataset);
        const auto placed = placeItem(*after, named(*after, "N"), *model, 5, JobContext{}).value();
        QVERIFY(placed.from.empty() && placed.vector.empty());
        QVERIFY(!placed.score(*model->read(Query{})).has_value());
        QCOMPARE(placeItem(*after, ItemIndex::none(), *model, 5, JobContext{}).error().code, Code::NotFound);
    }

    void anIndexFindsItWithoutBeingBuiltAgain()
    {
        const auto world = plantedWorld(Feedback::Explicit);
        const auto model = fitted(*findAlgorithm("implicit-als"), world.dataset);
        const auto space = model->itemSpace();
        auto index = HnswIndex::build(space.vectors, SpaceMetric::Cosine, {}, JobContext{}).value();
        // A new item with the words and tags of item 0, of the first planted block.
        ItemRecord record{"new", {}};
        for (const AttributeColumn& column : world.dataset->items().columns()) {
            if (const auto* text = std::get_if<TextColumn>(&column.data))
                record.values.emplace_back(column.name, text->values[0]);
            const auto* tags = std::get_if<TagColumn>(&column.data);
            std::vector<std::string> own;
            for (const std::uint32_t tag : tags ? tags->row(0) : std::span<const std::uint32_t>{})
                own.emplace_back(tags->vocabulary.name(tag));
            if (tags)
                record.values.emplace_back(column.name, own);
        }
        const auto after = withItem(*world.dataset, record).value();
        const auto placed = placeItem(*after, named(*after, "new"), *model, 10, JobContext{}).value();
        QCOMPARE(placed.vector.size(), space.vectors.cols);
        QVERIFY(index.add(placed.vector).has_value());
        QCOMPARE(index.tail(), std::size_t{1});
        // Somebody of the block finds it among what is nearest to them.
        const auto reader = model->read(queryFor(*world.dataset, UserIndex{0}));
        const auto near = index.nearest(reader->vector(), PlantedWorld::itemsPerBlock + 1);
        QVERIFY(std::ranges::find(near, static_cast<std::uint32_t>(space.vectors.rows), &Near::row) != near.end());
        const auto stranger = model->read(queryFor(*world.dataset, UserIndex{199}));
        const auto far = index.nearest(stranger->vector(), PlantedWorld::itemsPerBlock + 1);
        QVERIFY(std::ranges::find(far, static_cast<std::uint32_t>(space.vectors.rows), &Near::row) == far.end());
    }
};

QTEST_APPLESS_MAIN(NewItemTest)
#include "new_item_test.moc"
