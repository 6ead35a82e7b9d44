// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/models/implicit/implicit_als.h"
#include "tests/testing/als_fixtures.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <algorithm>

#include <QtTest>

using namespace orrery;
using namespace orrery::testing;

namespace {

bool isCorrupt(const Artifact& artifact)
{
    const auto model = implicitAlsAlgorithm().load(artifact);
    return !model && model.error().code == Code::Corrupt;
}

} // namespace

/// A stored model answers as before, or is refused.
class ImplicitAlsStorageTest : public QObject {
    Q_OBJECT
private slots:
    void savedModelsAnswerTheSame()
    {
        const auto dataset = blockDataset(3, 12, 10);
        const auto model = fittedAls(dataset, {"factors=5", "exponent=0.5", "unknown-weight=0.5", "unknown=everywhere",
                                               "confidence=log", "alpha=2.5"});
        Artifact artifact;
        model->save(artifact);
        const auto loaded = implicitAlsAlgorithm().load(artifact);
        QVERIFY(loaded);
        for (const Query& query : {queryFor(*dataset, UserIndex{4}), queryFor(History{})})
            QVERIFY(scoresOf(*model, query) == scoresOf(**loaded, query));
        QVERIFY(std::ranges::equal(model->personSpace().vectors.all(), (*loaded)->personSpace().vectors.all()));
    }

    void damagedModelsAreRefused()
    {
        Artifact whole;
        fittedAls(fiveFilms(), {"factors=3"})->save(whole);
        for (const auto& [name, array] : whole.arrays()) {
            Artifact missing;
            for (const auto& [other, kept] : whole.arrays())
                if (other != name)
                    missing.putRaw(other, kept);
            QVERIFY2(isCorrupt(missing), name.c_str());
            Artifact shortened = whole;
            Artifact::Array cut = array;
            cut.bytes.resize(cut.bytes.size() - 8);
            shortened.putRaw(name, cut);
            QVERIFY2(isCorrupt(shortened), name.c_str());
        }
    }

    void nonsensicalSettingsAreRefused()
    {
        Artifact whole;
        fittedAls(fiveFilms(), {"factors=3"})->save(whole);
        const auto refuses = [&](const std::string& name, auto values) {
            Artifact changed = whole;
            changed.put(name, std::span<const typename decltype(values)::value_type>(values));
            return isCorrupt(changed);
        };
        using Doubles = std::vector<double>;
        using Integers = std::vector<std::int64_t>;
        QVERIFY(refuses("confidence-rule", Doubles{3, 4, 1, 1})); // no such mapping
        QVERIFY(refuses("confidence-rule", Doubles{0.5, 4, 1, 1}));
        QVERIFY(refuses("confidence-rule", Doubles{0, 4, -1, 1})); // alpha
        QVERIFY(refuses("confidence-rule", Doubles{2, 4, 1, 0}));  // epsilon
        QVERIFY(refuses("confidence-rule", Doubles{0, 4, 1e300, 1}));
        QVERIFY(refuses("penalty-rule", Doubles{0, 0, 1})); // lambda
        QVERIFY(refuses("penalty-rule", Doubles{1, 2, 1})); // exponent
        QVERIFY(refuses("penalty-rule", Doubles{1, 1, 0})); // norm
        QVERIFY(refuses("objective", Doubles{0, 0}));       // weight of unknown cells
        QVERIFY(refuses("objective", Doubles{1, 0.5}));
        QVERIFY(refuses("shape", Integers{5, 4, 0}));
        QVERIFY(refuses("shape", Integers{-5, 4, 3}));
        QVERIFY(refuses("shape", Integers{5, 4, std::int64_t{1} << 62})); // the product overflows
    }
};

QTEST_APPLESS_MAIN(ImplicitAlsStorageTest)
#include "implicit_als_storage_test.moc"
