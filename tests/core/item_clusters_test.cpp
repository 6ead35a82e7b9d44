// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/catalogue.h"
#include "core/projection/item_clusters.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <map>
#include <set>

using namespace orrery;
using namespace orrery::testing;

/// Items of one block are used by the same people, and have the same genres.
class ItemClustersTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_data = blockDataset(4, 20, 25);
        ParamSet params;
        params.set("factors", std::int64_t{8});
        m_map = mappedItems(train(*findAlgorithm("implicit-als"), {m_data}, params, JobContext{}).value());
        m_terms = std::make_unique<ItemTerms>(ItemTerms::count(m_data, JobContext{}).value());
    }

    void clustersAreTagsWithNames_data()
    {
        QTest::addColumn<int>("by");
        QTest::newRow("k-means") << static_cast<int>(ClusterPlan::By::KMeans);
        QTest::newRow("density") << static_cast<int>(ClusterPlan::By::Density);
    }
    void clustersAreTagsWithNames()
    {
        QFETCH(int, by);
        ClusterPlan plan;
        plan.by = static_cast<ClusterPlan::By>(by);
        plan.clusters = 4;
        plan.fewestItems = 10;
        const auto column = clusterColumn(m_map, *m_terms, plan, "clusters", JobContext{});
        QVERIFY2(column.has_value(), column ? "" : column.error().text().c_str());
        QCOMPARE(column->name, std::string("clusters"));
        const auto& tags = std::get<TagColumn>(column->data);
        QCOMPARE(tags.starts.size(), m_data->itemCount() + 1);
        QCOMPARE(tags.vocabulary.size(), 4U);
        std::map<std::uint32_t, std::set<std::size_t>> blocksOf; // by cluster
        std::size_t tagged = 0;
        for (std::uint32_t item = 0; item < m_data->itemCount(); ++item)
            for (const std::uint32_t tag : tags.row(item)) {
                const std::string id(m_data->itemIds().name(item));
                blocksOf[tag].insert(std::stoul(id.substr(1)) / 25);
                ++tagged;
            }
        QVERIFY(tagged >= 95);
        for (const auto& [tag, blocks] : blocksOf) {
            QCOMPARE(blocks.size(), std::size_t{1});
            QVERIFY(!tags.vocabulary.name(tag).empty());
        }
    }

    void whatCannotBeIsAnError()
    {
        ClusterPlan plan;
        plan.clusters = 1000;
        QCOMPARE(clusterColumn(m_map, *m_terms, plan, "clusters", JobContext{}).error().code, Code::InvalidArgument);
        const CancelToken token;
        token.cancel();
        plan.clusters = 4;
        QCOMPARE(clusterColumn(m_map, *m_terms, plan, "clusters", JobContext({1, 1}, token)).error().code,
                 Code::Cancelled);
    }

private:
    std::shared_ptr<const Dataset> m_data;
    ItemMap m_map;
    std::unique_ptr<ItemTerms> m_terms;
};

QTEST_APPLESS_MAIN(ItemClustersTest)
#include "item_clusters_test.moc"
