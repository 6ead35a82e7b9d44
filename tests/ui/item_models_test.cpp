// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/testing/dataset_builder.h"
#include "ui/components/data_table.h"
#include "ui/itemmodels/catalog_model.h"
#include "ui/itemmodels/people_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

#include <cmath>
#include <limits>

using namespace orrery;
using namespace orrery::ui;
using orrery::testing::DatasetBuilder;

namespace {

TagColumn tags(const std::vector<std::vector<std::string>>& rows)
{
    TagColumn column;
    for (const auto& row : rows) {
        for (const auto& tag : row) {
            column.tags.push_back(column.vocabulary.add(tag));
        }
        column.starts.push_back(static_cast<std::uint32_t>(column.tags.size()));
    }
    return column;
}

/// Heat is rated by both, Fargo by one, Babe by nobody and nothing is known of it but its title.
std::shared_ptr<const Dataset> films()
{
    DatasetParts parts = DatasetBuilder{}.row("9", "heat:5 fargo:3").row("10", "heat:2").build()->parts();
    auto items = std::make_shared<AttributeTable>();
    auto ids = std::make_shared<Vocabulary>(*parts.itemIds);
    ids->add("babe");
    parts.itemIds = ids;
    items->add({"title", TextColumn{{"Heat (1995)", "Fargo (1996)", "Babe"}}});
    items->add({"year", NumberColumn{{1995, std::numeric_limits<double>::quiet_NaN()}}});
    items->add({"genres", tags({{"Crime", "Drama"}, {}})});
    items->add({"plot", TextColumn{{"Two men on opposite sides of the law have more in common than they like."}}});
    parts.items = items;
    auto people = std::make_shared<AttributeTable>();
    people->add({"age", NumberColumn{{24, 53}}});
    people->add({"occupation", tags({{"writer"}, {"other"}})});
    parts.people = people;
    return std::make_shared<const Dataset>(std::move(parts));
}

void show(CatalogModel& model, const std::shared_ptr<const Dataset>& dataset)
{
    model.setDataset(dataset, std::make_shared<const Tally>(tallyOfItems(*dataset)));
}

void show(PeopleModel& model, const std::shared_ptr<const Dataset>& dataset)
{
    model.setDataset(dataset, std::make_shared<const Tally>(tallyOfPeople(*dataset)));
}

QStringList titles(const QAbstractItemModel& model)
{
    QStringList out;
    for (int column = 0; column < model.columnCount(); ++column) {
        out += model.headerData(column, Qt::Horizontal).toString();
    }
    return out;
}

QStringList rowOf(const QAbstractItemModel& model, int row)
{
    QStringList out;
    for (int column = 0; column < model.columnCount(); ++column) {
        out += model.index(row, column).data().toString();
    }
    return out;
}

} // namespace

class ItemModelsTest : public QObject {
    Q_OBJECT
private slots:
    void theCatalogShowsWhatIsKnown()
    {
        CatalogModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        show(model, films());
        QCOMPARE(titles(model), (QStringList{"Title", "Year", "Genres", "Ratings", "Mean rating"}));
        QCOMPARE(rowOf(model, 0), (QStringList{"Heat (1995)", "1995", "Crime, Drama", "2", "3.50"}));
        QCOMPARE(rowOf(model, 1), (QStringList{"Fargo (1996)", "", "", "1", "3.00"}));
        QCOMPARE(rowOf(model, 2), (QStringList{"Babe", "", "", "0", "–"}));
    }

    void theCatalogShowsWhatWasWorkedOutToo()
    {
        CatalogModel model;
        const auto dataset = films();
        AttributeTable derived;
        derived.add({"clusters of SVD", tags({{"guns"}, {}, {"pigs"}})});
        model.setDataset(dataset, std::make_shared<const Tally>(tallyOfItems(*dataset)),
                         std::make_shared<const AttributeTable>(std::move(derived)));
        QCOMPARE(titles(model), (QStringList{"Title", "Year", "Genres", "Clusters of SVD", "Ratings", "Mean rating"}));
        QCOMPARE(rowOf(model, 2), (QStringList{"Babe", "", "", "pigs", "0", "–"}));
        QCOMPARE(rowOf(model, 1)[3], QString());
    }

    void numbersAreSortedAsNumbersAndShownAtTheRight()
    {
        CatalogModel model;
        show(model, films());
        const int mean = model.columnTitled("Mean rating");
        QCOMPARE(model.index(0, mean).data(SortRole).toDouble(), 3.5);
        QVERIFY(std::isnan(model.index(2, mean).data(SortRole).toDouble()));
        QVERIFY(model.index(0, mean).data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
        QVERIFY(model.headerData(mean, Qt::Horizontal, Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
        QVERIFY(model.index(0, 0).data(Qt::TextAlignmentRole).toInt() & Qt::AlignLeft);
    }

    void barsCompareToTheMostRated()
    {
        CatalogModel model;
        show(model, films());
        const int ratings = model.columnTitled("Ratings");
        QCOMPARE(model.index(0, ratings).data(BarRole).toDouble(), 1.0);
        QCOMPARE(model.index(1, ratings).data(BarRole).toDouble(), 0.5);
        QVERIFY(!model.index(0, 0).data(BarRole).isValid());
    }

    void peopleShowWhatIsKnown()
    {
        PeopleModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        show(model, films());
        QCOMPARE(titles(model), (QStringList{"Person", "Age", "Occupation", "Ratings", "Mean rating"}));
        QCOMPARE(rowOf(model, 0).mid(1), (QStringList{"24", "writer", "2", "4.00"}));
        QCOMPARE(rowOf(model, 1).mid(1), (QStringList{"53", "other", "1", "2.00"}));
        QVERIFY(model.index(0, 0).data(SortRole).toDouble() < model.index(1, 0).data(SortRole).toDouble()); // 9 < 10
    }

    void implicitFeedbackHasNoMeanRating()
    {
        CatalogModel model;
        show(model, DatasetBuilder{}.implicit().row("ann", "A:2 A:3 B").build());
        QCOMPARE(titles(model), (QStringList{"Title", "Interactions", "Strength"}));
        QCOMPARE(rowOf(model, 0).mid(1), (QStringList{"1", "5"}));
    }

    void aNewDatasetIsOneReset()
    {
        CatalogModel model;
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        show(model, films());
        QCOMPARE(reset.count(), 1);
        model.setDataset(nullptr, nullptr);
        QCOMPARE(reset.count(), 2);
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.columnCount(), 0);
    }

    void theModelKeepsItsSnapshot()
    {
        CatalogModel model;
        auto dataset = films();
        const std::weak_ptr<const Dataset> watched = dataset;
        show(model, dataset);
        dataset.reset();
        QVERIFY(!watched.expired());
        QCOMPARE(rowOf(model, 0)[0], "Heat (1995)");
        model.setDataset(nullptr, nullptr);
        QVERIFY(watched.expired());
    }
};

QTEST_MAIN(ItemModelsTest)
#include "item_models_test.moc"
