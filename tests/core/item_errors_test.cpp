// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/item_errors.h"
#include "core/models/catalogue.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>
#include <cstring>

using namespace orrery;
using namespace orrery::testing;

namespace {

ModelPtr trainedBefore(std::string_view id, const Dataset& dataset, Timestamp asOf)
{
    return train(*findAlgorithm(id), {dataset.before(asOf)}, {}, JobContext{}).value();
}

} // namespace

/// Worked by hand.
class ItemErrorsTest : public QObject {
    Q_OBJECT
private slots:
    /// Popularity of the past: A 3, B 2, C 1, D 0. Dan, who has A, comes to C and then D.
    void placesAmongWhatWasNotUsedYet()
    {
        const auto dataset = DatasetBuilder{}
                                 .implicit()
                                 .row("ann", "A@1 B@2 C@3")
                                 .row("bob", "A@1 B@2")
                                 .row("dan", "A@4 C@11 D@12")
                                 .row("eve", "B@12")
                                 .build();
        const auto errors = heldOutErrors(*trainedBefore("popularity", *dataset, 10), *dataset, 10, JobContext{});
        QVERIFY(errors.has_value());
        const auto of = [&](const char* item) { return double((*errors)[dataset->findItem(item)->value]); };
        QVERIFY(std::isnan(of("A")));                // nobody came to it
        QVERIFY(std::abs(of("B") - 1.0 / 3) < 1e-6); // of A, C, D one is before it
        QVERIFY(std::abs(of("C") - 1.0 / 2) < 1e-6); // of B and D one is
        QVERIFY(std::abs(of("D") - 1) < 1e-6);
    }

    void equalScoresCountHalf()
    {
        const auto dataset = DatasetBuilder{}.implicit().row("ann", "A@1 B@1 C@1").row("bob", "A@11").build();
        const auto errors = heldOutErrors(*trainedBefore("popularity", *dataset, 10), *dataset, 10, JobContext{});
        QVERIFY(std::abs(double((*errors)[0]) - .5) < 1e-6);
    }

    void ratingsAreOffByStars()
    {
        const auto dataset =
            DatasetBuilder{}.row("ann", "A:4@1 B:4@1").row("bob", "A:4@1 B:4@1").row("eve", "B:4@2 A:1@11").build();
        const ModelPtr model = trainedBefore("rating-mean", *dataset, 10);
        QCOMPARE(model->scale(), Scale::Rating);
        const auto errors = heldOutErrors(*model, *dataset, 10, JobContext{});
        QVERIFY(std::abs(double((*errors)[0]) - 3) < 1e-5);
        QVERIFY(std::isnan((*errors)[1]));
        const auto onFour = heldOutErrors(*model, *dataset, 10, JobContext({1, 4}));
        QVERIFY(std::memcmp(onFour->data(), errors->data(), errors->size() * sizeof(float)) == 0);
    }

    void withoutLaterEventsItSaysSo()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:4@1 B:4@1").row("bob", "A:4@1").build();
        const auto none = heldOutErrors(*trainedBefore("rating-mean", *dataset, 10), *dataset, 10, JobContext{});
        QCOMPARE(none.error().code, Code::InvalidArgument);
        const CancelToken token;
        token.cancel();
        const auto late = DatasetBuilder{}.row("ann", "A:4@1 B:4@11").row("bob", "A:4@1").build();
        QCOMPARE(
            heldOutErrors(*trainedBefore("rating-mean", *late, 10), *late, 10, JobContext({1, 1}, token)).error().code,
            Code::Cancelled);
    }
};

QTEST_APPLESS_MAIN(ItemErrorsTest)
#include "item_errors_test.moc"
