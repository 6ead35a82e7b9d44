// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/models/popular_fallback.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

// A is used by three people, B by one, C by two.
PopularFallback threeTwoOne()
{
    const auto dataset = DatasetBuilder{}.row("ann", "A B C").row("bob", "A:2 C").row("cat", "A").build();
    return PopularFallback(dataset->interactions());
}

} // namespace

class PopularFallbackTest : public QObject {
    Q_OBJECT
private slots:
    void theMostUsedItemComesFirst()
    {
        std::vector<float> scores(3);
        threeTwoOne().scoreAll(scores);
        QCOMPARE(scores[0], 1e-3F);
        QCOMPARE(scores[1], static_cast<float>(1e-3 / 3));
        QCOMPARE(scores[2], static_cast<float>(2e-3 / 3));
    }

    void anUnknownItemCannotBeScored()
    {
        std::vector<float> scores(4, 0.F);
        threeTwoOne().scoreAll(scores);
        QVERIFY(std::isnan(scores[3]));
        QVERIFY(std::isnan(threeTwoOne().score(ItemIndex::none())));
    }

    void itsOnlyReasonIsTheFallback()
    {
        const auto why = threeTwoOne().explain(ItemIndex{2});
        QCOMPARE(why.terms.size(), std::size_t{1});
        QCOMPARE(why.terms[0].kind, TermKind::Fallback);
        QCOMPARE(static_cast<float>(why.terms[0].value), threeTwoOne().score(ItemIndex{2}));
        QCOMPARE(why.score, why.terms[0].value);
    }

    void isReadBackAsItWasSaved()
    {
        Artifact artifact;
        threeTwoOne().save(artifact);
        const auto loaded = PopularFallback::load(artifact, 3);
        QVERIFY(loaded.has_value());
        for (std::uint32_t i = 0; i < 3; ++i)
            QCOMPARE(loaded->score(ItemIndex{i}), threeTwoOne().score(ItemIndex{i}));
        QCOMPARE(PopularFallback::load(artifact, 4).error().code, Code::Corrupt);
    }
};

QTEST_APPLESS_MAIN(PopularFallbackTest)
#include "popular_fallback_test.moc"
