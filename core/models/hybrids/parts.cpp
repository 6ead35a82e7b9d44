// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/parts.h"

#include "core/models/artifact.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr std::size_t mostParts = 8;

/// Words separated by one of `separators`, without empty ones.
std::vector<std::string> split(std::string_view text, std::string_view separators)
{
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(separators), text.size());
        if (end > 0)
            words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

Result<const Algorithm*> requirePart(std::string_view id)
{
    auto algorithm = requireAlgorithm(id);
    if (!algorithm)
        return error(Code::InvalidArgument, algorithm.error().message, algorithm.error().hint);
    if ((*algorithm)->hybrid)
        return error(Code::InvalidArgument, fmt::format("'{}' is itself made of parts, so it cannot be one", id),
                     "Name the algorithms it is made of instead");
    return algorithm;
}

Result<PartPlan> parsePart(const std::string& text)
{
    const auto words = split(text, " ");
    if (words.empty())
        return error(Code::InvalidArgument, "There is nothing between two commas", "Name an algorithm there");
    const auto algorithm = requirePart(words.front());
    if (!algorithm)
        return tl::unexpected(algorithm.error());
    auto params = parseAssignments((*algorithm)->params, std::span(words).subspan(1));
    if (!params)
        return tl::unexpected(params.error());
    return PartPlan{*algorithm, std::move(*params)};
}

std::string nameOf(const Algorithm& algorithm, const ParamSet& params)
{
    std::vector<std::string> settings;
    for (const auto& [id, value] : params.values())
        settings.push_back(fmt::format("{} {}", id, toText(value)));
    return settings.empty() ? algorithm.title : fmt::format("{} ({})", algorithm.title, fmt::join(settings, ", "));
}

/// Tells which part is at work.
class PartObserver final : public JobObserver {
public:
    PartObserver(const JobContext& job, std::string name) : m_job(job), m_name(std::move(name)) {}

    void progressed(double fraction, std::string_view doing) override
    {
        if (JobObserver* outer = m_job.observer())
            outer->progressed(fraction, fmt::format("{}: {}", m_name, doing)); // already in the range of the whole job
    }
    void measured(std::string_view series, double step, double value) override
    {
        m_job.measure(fmt::format("{}: {}", m_name, series), step, value);
    }

private:
    const JobContext& m_job;
    std::string m_name;
};

Status haveOneCatalog(const std::vector<TrainedPart>& parts)
{
    for (const TrainedPart& part : parts)
        if (part.model->itemCount() != parts.front().model->itemCount())
            return error(Code::InvalidArgument,
                         fmt::format("{} knows {} items, and {} knows {}", nameOf(parts.front()),
                                     parts.front().model->itemCount(), nameOf(part), part.model->itemCount()),
                         "Give parts that were trained on the same catalog");
    return {};
}

std::string prefixOf(std::size_t part) { return fmt::format("part-{}/", part); }

Result<TrainedPart> loadPart(const Artifact& artifact, std::size_t n)
{
    const std::string prefix = prefixOf(n);
    const auto id = artifact.text(prefix + "algorithm");
    const auto settings = artifact.text(prefix + "parameters");
    if (!id)
        return tl::unexpected(id.error());
    if (!settings)
        return tl::unexpected(settings.error());
    const auto algorithm = requirePart(*id);
    if (!algorithm)
        return corruptHybrid(prefix + "algorithm");
    auto params = paramsFromJson((*algorithm)->params, *settings);
    if (!params)
        return corruptHybrid(prefix + "parameters");
    Artifact own;
    const std::string arrays = prefix + "model/";
    for (const auto& [name, array] : artifact.arrays())
        if (name.starts_with(arrays))
            own.putRaw(name.substr(arrays.size()), array);
    auto model = (*algorithm)->load(own);
    if (!model)
        return tl::unexpected(model.error());
    return TrainedPart{*algorithm, std::move(*params), std::move(*model)};
}

} // namespace

Result<std::vector<PartPlan>> parseParts(std::string_view text)
{
    std::vector<PartPlan> plans;
    for (const std::string& written : split(text, ",")) {
        auto plan = parsePart(written);
        if (!plan)
            return tl::unexpected(plan.error());
        plans.push_back(std::move(*plan));
    }
    if (plans.empty() || plans.size() > mostParts)
        return error(Code::InvalidArgument, fmt::format("There are {} parts", plans.size()),
                     fmt::format("Name 1 to {}, separated by commas", mostParts));
    return plans;
}

Status checkParts(std::string_view text)
{
    const auto plans = parseParts(text);
    return plans ? Status{} : tl::unexpected(plans.error());
}

Result<std::vector<PartPlan>> plansOf(const FitInput& input, std::string_view text, std::size_t least)
{
    std::vector<PartPlan> plans;
    for (const TrainedPart& part : input.parts) {
        if (part.algorithm->hybrid)
            return tl::unexpected(requirePart(part.algorithm->id).error());
        plans.push_back({part.algorithm, part.params});
    }
    if (input.parts.empty()) {
        auto written = parseParts(text);
        if (!written)
            return written;
        plans = std::move(*written);
    }
    if (plans.size() < least || plans.size() > mostParts)
        return error(Code::InvalidArgument, fmt::format("There are {} parts", plans.size()),
                     fmt::format("Name {} to {}", least, mostParts), "parts");
    return plans;
}

Result<std::vector<TrainedPart>> trainParts(const std::vector<PartPlan>& plans,
                                            const std::shared_ptr<const Dataset>& train, const JobContext& job)
{
    std::vector<TrainedPart> parts;
    for (const PartPlan& plan : plans) {
        PartObserver observer(job, nameOf(*plan.algorithm, plan.params));
        const auto place = static_cast<double>(parts.size()), count = static_cast<double>(plans.size());
        auto model = orrery::train(*plan.algorithm, {train, {}}, plan.params,
                                   job.part(place / count, (place + 1) / count).observedBy(observer));
        if (!model)
            return tl::unexpected(model.error());
        parts.push_back({plan.algorithm, plan.params, std::move(*model)});
    }
    return parts;
}

Result<std::vector<TrainedPart>> partsFor(const FitInput& input, const std::vector<PartPlan>& plans,
                                          const JobContext& job)
{
    auto parts = input.parts.empty() ? trainParts(plans, input.train, job) : input.parts;
    if (!parts)
        return parts;
    if (const auto fit = haveOneCatalog(*parts); !fit)
        return tl::unexpected(fit.error());
    return parts;
}

Cost costOfParts(const DatasetShape& shape, std::string_view text, std::string_view fallback)
{
    auto plans = parseParts(text);
    if (!plans)
        plans = parseParts(fallback);
    Cost sum;
    for (const PartPlan& plan : *plans) {
        const Cost cost = plan.algorithm->estimate(shape, plan.params);
        sum.seconds += cost.seconds;
        sum.bytes += cost.bytes;
    }
    return sum;
}

std::string nameOf(const TrainedPart& part) { return nameOf(*part.algorithm, part.params); }

Capabilities HybridModel::capabilities() const
{
    Capabilities all;
    all.similarItems = all.personal = false;
    for (const TrainedPart& part : m_parts) {
        const Capabilities can = part.model->capabilities();
        all.whatIf = all.whatIf && can.whatIf;
        all.explains = all.explains && can.explains;
        all.similarItems = all.similarItems || can.similarItems;
        all.similarPeople = all.similarPeople || can.similarPeople;
        all.personal = all.personal || can.personal;
        all.context = all.context || can.context;
    }
    if (!all.whatIf || !all.explains)
        all.reason = "One of the parts cannot.";
    else if (!all.similarItems)
        all.reason = "None of the parts has a notion of similar items.";
    return all;
}

Result<std::vector<Neighbour>> HybridModel::similarItems(ItemIndex item, std::size_t n) const
{
    for (const TrainedPart& part : m_parts)
        if (part.model->capabilities().similarItems)
            return part.model->similarItems(item, n);
    return Model::similarItems(item, n);
}

Result<std::vector<SimilarPerson>> HybridModel::similarPeople(const Query& query, std::size_t n) const
{
    for (const TrainedPart& part : m_parts)
        if (part.model->capabilities().similarPeople)
            return part.model->similarPeople(query, n);
    return Model::similarPeople(query, n);
}

void HybridModel::save(Artifact& artifact) const
{
    artifact.putNumber("parts", static_cast<double>(m_parts.size()));
    for (std::size_t n = 0; n < m_parts.size(); ++n) {
        const std::string prefix = prefixOf(n);
        artifact.putText(prefix + "algorithm", m_parts[n].algorithm->id);
        artifact.putText(prefix + "parameters", toJson(m_parts[n].params));
        Artifact own;
        m_parts[n].model->save(own);
        for (const auto& [name, array] : own.arrays())
            artifact.putRaw(fmt::format("{}model/{}", prefix, name), array);
    }
}

Result<std::vector<TrainedPart>> loadParts(const Artifact& artifact, std::size_t least)
{
    const auto count = artifact.number("parts");
    if (!count)
        return tl::unexpected(count.error());
    if (!(*count >= static_cast<double>(least) && *count <= static_cast<double>(mostParts)))
        return corruptHybrid("parts");
    std::vector<TrainedPart> parts;
    for (std::size_t n = 0; static_cast<double>(n) < *count; ++n) {
        auto part = loadPart(artifact, n);
        if (!part)
            return tl::unexpected(part.error());
        parts.push_back(std::move(*part));
    }
    if (!haveOneCatalog(parts))
        return corruptHybrid("parts");
    return parts;
}

tl::unexpected<Error> corruptHybrid(const std::string& where)
{
    return error(Code::Corrupt, "The stored hybrid makes no sense", "Train the model again", where);
}

std::vector<Term> scaled(std::vector<Term> terms, double factor)
{
    for (Term& term : terms) {
        term.value *= factor;
        term.inside = scaled(std::move(term.inside), factor);
    }
    return terms;
}

PartReaders readParts(const std::vector<TrainedPart>& parts, const Query& query)
{
    PartReaders readers;
    for (const TrainedPart& part : parts)
        readers.push_back(part.model->read(query));
    return readers;
}

std::string fallbackOf(const std::vector<TrainedPart>& parts, const PartReaders& readers)
{
    std::string first;
    for (std::size_t p = 0; p < parts.size(); ++p) {
        if (!parts[p].model->capabilities().personal)
            continue;
        const std::string sentence = readers[p]->fallback();
        if (sentence.empty())
            return {};
        if (first.empty())
            first = sentence;
    }
    return first;
}

} // namespace orrery
