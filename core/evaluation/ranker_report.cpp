// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/ranker_report.h"

#include "core/base/parallel.h"

#include <algorithm>

namespace orrery {
namespace {

/// The features of all candidates, question after question.
struct AskedRows {
    Matrix rows;
    std::vector<std::uint32_t> starts{0};
};

Result<AskedRows> rowsOf(const Funnel& funnel, std::span<const Query> queries, const JobContext& job)
{
    std::vector<Matrix> parts(queries.size());
    const JobContext single({job.seed(), 1});
    const auto done = parallelFor(job, queries.size(), 1, [&](std::size_t first, std::size_t) {
        if (auto run = funnel.run(queries[first], 1, TrailLevel::None, single))
            parts[first] = std::move(run->ranked.features);
    });
    if (!done)
        return tl::unexpected(done.error());
    AskedRows asked;
    std::size_t width = 0, count = 0;
    for (const Matrix& part : parts) {
        width = std::max(width, part.cols());
        count += part.rows();
    }
    asked.rows = Matrix(count, width);
    std::size_t at = 0;
    for (const Matrix& part : parts) {
        if (part.rows() == 0)
            continue;
        std::ranges::copy(part.all(), asked.rows.row(at).data());
        at += part.rows();
        asked.starts.push_back(static_cast<std::uint32_t>(at));
    }
    return asked;
}

} // namespace

Result<std::vector<RankerFeature>> rankerFeatures(const Funnel& funnel, std::span<const Query> queries,
                                                  std::size_t most, const JobContext& job)
{
    if (!funnel.learnt() || funnel.recipe().rankBy != RankBy::Learnt)
        return error(Code::Unsupported, "The funnel has no ranker that was learnt from features",
                     "Choose 'learnt from features' and train it");
    const LearntRanker& ranker = *funnel.learnt();
    const auto view = funnel.ground()->features(ranker.sources, job);
    if (!view)
        return tl::unexpected(view.error());
    const auto asked = rowsOf(funnel, queries.first(std::min(most, queries.size())), job);
    if (!asked)
        return tl::unexpected(asked.error());
    if (asked->rows.rows() == 0)
        return error(Code::Unsupported, "The ranker was asked nothing: candidates stand as they were merged",
                     "Train the ranker again");
    const FeatureReport report = check((*view)->version(), (*view)->features(), ranker.training,
                                       {asked->rows.view(), asked->starts}, CheckFor::Drift);
    const std::vector<FeatureUse> uses = ranker.relevance.importance();
    double all = 0;
    for (const FeatureUse& use : uses)
        all += use.gain;
    std::vector<RankerFeature> features;
    for (std::size_t i = 0; i < (*view)->features().size() && i < report.findings.size(); ++i)
        features.push_back(
            {(*view)->features()[i], all > 0 ? uses[i].gain / all : 0, uses[i].splits, report.findings[i]});
    std::ranges::stable_sort(features, std::greater<>(), &RankerFeature::gain);
    return features;
}

} // namespace orrery
