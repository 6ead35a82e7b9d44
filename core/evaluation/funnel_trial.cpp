// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/funnel_trial.h"

#include "core/evaluation/rule_sample.h"
#include "core/pipeline/funnel_training.h"

namespace orrery {

Result<FunnelTrial> tryFunnel(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                              const std::shared_ptr<const Dataset>& dataset, Timestamp asOf, std::size_t people,
                              const JobContext& job, const std::shared_ptr<const AttributeTable>& segments)
{
    FunnelTrial trial;
    trial.cut = usualCut(*dataset, asOf);
    if (trial.cut == endOfTime)
        return error(Code::InvalidArgument, "Nothing comes later: these events have no times",
                     "Take data whose events have times");
    auto funnel = trainFunnel(recipe, parts, dataset->before(trial.cut), job.part(0, .9), segments);
    if (!funnel)
        return tl::unexpected(funnel.error());
    trial.funnel = std::move(*funnel);
    const auto catalog = RuleCatalog::open(dataset, job);
    if (!catalog)
        return tl::unexpected(catalog.error());
    auto sample = drawRuleSample(**catalog, trial.cut, people, job.seed(), job.part(.9, 1));
    if (!sample)
        return tl::unexpected(sample.error());
    trial.people = std::move(sample->people);
    trial.later = std::move(sample->later);
    for (RuleRequest& request : sample->requests)
        trial.queries.push_back(std::move(request.query));
    return trial;
}

} // namespace orrery
