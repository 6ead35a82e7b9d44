// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/lsa.h"

#include "core/models/content/content_features.h"
#include "core/models/content/vector_profile.h"
#include "core/models/linear/truncated_svd.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

struct LsaConfig : FeatureConfig, ProfileConfig {
    int factors = 100;
};

const ParamTable<LsaConfig>& table()
{
    static const auto declared = [] {
        auto table = featureTable<LsaConfig>();
        return addProfile(table).number("factors", "Factors",
                                        "Length of each vector: how many directions of meaning are kept; 50 to 300 is "
                                        "usual",
                                        &LsaConfig::factors, 1, 1024, ParamScale::Logarithmic);
    }();
    return declared;
}

/// U S of the largest singular values of X; X^T is decomposed, so that its right vectors are those of the items.
Result<Matrix> latentVectors(const SparseMatrix& rows, std::size_t factors, const JobContext& job)
{
    auto svd = truncatedSvd(rows.transposed(), {.rank = factors}, job);
    if (!svd)
        return tl::unexpected(svd.error());
    for (std::size_t item = 0; item < svd->right.rows(); ++item)
        for (std::size_t d = 0; d < svd->values.size(); ++d)
            svd->right.row(item)[d] *= static_cast<float>(svd->values[d]);
    return std::move(svd->right);
}

Result<ModelPtr> fitLsa(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto features = contentFeatures(*input.train, *config, job.part(0, 0.3));
    if (!features)
        return tl::unexpected(features.error());
    if (features->rows.size() == 0)
        return nothingShared();
    auto vectors = latentVectors(features->rows, static_cast<std::size_t>(config->factors), job.part(0.3, 1));
    if (!vectors)
        return tl::unexpected(vectors.error());
    if (config->length == VectorLength::One)
        scaleToUnitLength(*vectors);
    return std::make_shared<const VectorProfile>(VectorProfileParts{std::move(*vectors),
                                                                    ProfileWeigher(*input.train, *config),
                                                                    PopularFallback(input.train->interactions())},
                                                 lsaAlgorithm().can);
}

Result<ModelPtr> loadLsa(const Artifact& artifact) { return VectorProfile::load(artifact, lsaAlgorithm().can); }

Cost estimateLsa(const DatasetShape& shape, const ParamSet& params)
{
    const LsaConfig config = table().read(params).value_or(LsaConfig{});
    const auto items = static_cast<double>(shape.items);
    const double width = std::min(items, 1.5 * static_cast<double>(config.factors) + 10);
    const double text = writtenBytes(shape);
    const double features = 4 * std::sqrt(text), cells = text / 9; // words that two items share, and where they stand
    const double seconds = 40 * 2 * cells * width * 2.4e-10 + 12 * 6 * items * width * width * 7e-11;
    const Cost words = costOfFeatures(shape);
    return {words.seconds + seconds + static_cast<double>(shape.interactions) * 2e-9,
            words.bytes + static_cast<std::size_t>(8 * width * (4 * items + features + 5 * width))};
}

} // namespace

Algorithm lsaAlgorithm()
{
    Algorithm a;
    a.id = "lsa";
    a.title = "LSA";
    a.family = "Content";
    a.summary = "Folds the words, tags and numbers of the items into a few directions of meaning, in which words that "
                "occur together lie close. It recommends what lies in the direction of the history.";
    a.whenToUse = "Where items share few words, and for a map of the catalog by what items are about.";
    a.paper = "Deerwester, Dumais, Furnas, Landauer & Harshman: Indexing by latent semantic analysis, Journal of the "
              "American Society for Information Science 1990";
    a.fallback = PopularFallback::declaration();
    a.needs = {Need::ItemContent};
    a.params = table().specs();
    a.fit = fitLsa;
    a.load = loadLsa;
    a.estimate = estimateLsa;
    return a;
}

} // namespace orrery
