// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/alignment.h"
#include "core/projection/epochs.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace orrery;
using namespace orrery::testing;

namespace {

struct Trained {
    ModelPtr model;
    std::vector<Checkpoint> checkpoints;
    Curves curves;
};

Trained trained(const char* id, const std::vector<std::string>& settings, const std::shared_ptr<const Dataset>& data,
                std::size_t most)
{
    const Algorithm& algorithm = *findAlgorithm(id);
    CheckpointKeeper keeper(JobContext{}, most);
    const ModelPtr model =
        train(algorithm, {data}, parseAssignments(algorithm.params, settings).value(), keeper.job()).value();
    return {model, keeper.take(), keeper.curves()};
}

std::vector<double> stepsOf(const std::vector<Checkpoint>& checkpoints)
{
    std::vector<double> steps;
    std::ranges::transform(checkpoints, std::back_inserter(steps), &Checkpoint::step);
    return steps;
}

bool isSame(const Matrix& a, const MatrixView& b) { return std::ranges::equal(a.all(), b.all()); }

} // namespace

class EpochsTest : public QObject {
    Q_OBJECT
private slots:
    void everyModelThatLearnsBySteps_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("steps");
        for (const auto& [id, steps] : {std::pair{"implicit-als", "iterations"},
                                        {"bpr", "epochs"},
                                        {"warp", "epochs"},
                                        {"logistic-mf", "epochs"},
                                        {"svd", "epochs"},
                                        {"svdpp", "epochs"},
                                        {"nmf", "epochs"},
                                        {"als-wr", "epochs"},
                                        {"pmf", "epochs"}})
            QTest::newRow(id) << id << steps;
    }
    /// Watched or not, the same model comes out, and the last step is the model.
    void everyModelThatLearnsBySteps()
    {
        QFETCH(QString, id);
        QFETCH(QString, steps);
        const Algorithm& algorithm = *findAlgorithm(id.toStdString());
        const std::vector<std::string> settings{"factors=4", steps.toStdString() + "=5"};
        const Trained found = trained(algorithm.id.c_str(), settings, data(), 12);
        QCOMPARE(stepsOf(found.checkpoints), (std::vector<double>{1, 2, 3, 4, 5}));
        QVERIFY(!found.curves.empty());
        const ModelPtr unwatched =
            train(algorithm, {data()}, parseAssignments(algorithm.params, settings).value(), JobContext{}).value();
        QVERIFY(std::ranges::equal(unwatched->itemSpace().vectors.all(), found.model->itemSpace().vectors.all()));
        QVERIFY(isSame(found.checkpoints.back().vectors, found.model->itemSpace().vectors));
        QVERIFY(!isSame(found.checkpoints.front().vectors, found.model->itemSpace().vectors));
    }

    void tooManyAreThinnedEvenly()
    {
        const Trained found = trained("implicit-als", {"factors=4", "iterations=15"}, data(), 8);
        QCOMPARE(stepsOf(found.checkpoints), (std::vector<double>{1, 3, 5, 7, 9, 11, 13, 15}));
    }

    void whatDidNotChangeStays()
    {
        Trained found = trained("implicit-als", {"factors=6", "iterations=4"}, data(), 8);
        const auto umap = requireProjection("umap").value();
        const Matrix vectors = vectorsOf(mappedItems(found.model));
        const auto layout = project(*umap, {vectors.view(), SpaceMetric::Cosine}, {}, JobContext{});
        const ItemMap shown = placed(mappedItems(found.model), *layout);
        // Twice the second.
        found.checkpoints[0].vectors = found.checkpoints[1].vectors;
        const auto epochs = layOutEpochs(shown, found.checkpoints, *umap, {}, JobContext{});
        QVERIFY2(epochs.has_value(), epochs ? "" : epochs.error().text().c_str());
        QCOMPARE(epochs->size(), std::size_t{4});
        QCOMPARE(epochs->back().layout, layoutOf(shown)); // the model itself
        QCOMPARE((*epochs)[0].layout, (*epochs)[1].layout);
        QVERIFY((*epochs)[1].layout != (*epochs)[2].layout);
        QCOMPARE((*epochs)[2].step, 3.0);

        const Layout half = between({{0, 0}, {4, 2}}, {{2, 0}, {4, 4}}, .5);
        QCOMPARE(half, (Layout{{1, 0}, {4, 3}}));
        found.checkpoints[1].vectors = Matrix(3, 6);
        QCOMPARE(layOutEpochs(shown, found.checkpoints, *umap, {}, JobContext{}).error().code, Code::InvalidArgument);
    }

private:
    static const std::shared_ptr<const Dataset>& data()
    {
        static const auto made = blockDataset(3, 20, 20);
        return made;
    }
};

QTEST_APPLESS_MAIN(EpochsTest)
#include "epochs_test.moc"
