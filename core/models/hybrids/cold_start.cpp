// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/cold_start.h"

#include "core/base/words.h"
#include "core/models/artifact.h"
#include "core/models/first_error.h"
#include "core/models/hybrids/list_scale.h"
#include "core/models/hybrids/part_term.h"
#include "core/models/hybrids/parts.h"
#include "core/models/hybrids/source_gates.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double mostDays = 36'500;
constexpr auto scaling = ListScaling::ZScore;

struct ColdStartConfig {
    std::string parts = "popularity, trending half-life=14, demographic, session-knn, implicit-als";
    double recent = 30;
};

const ParamTable<ColdStartConfig>& table()
{
    static const auto declared =
        ParamTable<ColdStartConfig>{}
            .text("parts", "Sources",
                  "The most general first, the most personal last: popular, people alike, what goes with recent "
                  "entries, what "
                  "fits the history. What "
                  "needs something that the data lacks is left out",
                  &ColdStartConfig::parts, partsFormat, checkParts)
            .number("recent", "Half-life of what is recent, in days",
                    "An entry so old counts half of a new one for sources that go by what is recent",
                    &ColdStartConfig::recent, .01, mostDays, ParamScale::Logarithmic);
    return declared;
}

class ColdStart final : public HybridModel {
public:
    /// One gate a part.
    ColdStart(std::vector<TrainedPart> parts, std::vector<Gate> gates, double recent)
        : HybridModel(std::move(parts)), m_gates(std::move(gates)), m_recent(recent)
    {
        for (const TrainedPart& part : this->parts())
            m_kinds.push_back(evidenceOf(*part.algorithm));
    }

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Capabilities capabilities() const override
    {
        Capabilities can = HybridModel::capabilities();
        can.facts = std::ranges::count(m_kinds, Evidence::Person) > 0;
        return can;
    }
    void save(Artifact& artifact) const override
    {
        HybridModel::save(artifact);
        std::vector<double> gates;
        for (const Gate& gate : m_gates) {
            gates.push_back(gate.most);
            gates.push_back(gate.half);
        }
        artifact.put("gates", std::span<const double>(gates));
        artifact.putNumber("recent", m_recent);
    }

    [[nodiscard]] const std::vector<Evidence>& kinds() const { return m_kinds; }
    [[nodiscard]] const std::vector<Gate>& gates() const { return m_gates; }
    [[nodiscard]] double recent() const { return m_recent; } ///< half-life in days

private:
    std::vector<Gate> m_gates;
    std::vector<Evidence> m_kinds;
    double m_recent;
};

/// "3 events", "1.5 recent events".
std::string reasonOf(Evidence kind, double evidence)
{
    const auto count = static_cast<std::uint64_t>(evidence);
    switch (kind) {
    case Evidence::Always: return "for everybody";
    case Evidence::Person: return count > 0 ? "what is known of the person" : "nothing is known of the person";
    case Evidence::Recent: return fmt::format("{:.3g} recent events", evidence);
    case Evidence::Entries: return counted(count, "event");
    }
    return {};
}

class ColdStartReader final : public Reader {
public:
    ColdStartReader(const ColdStart& model, const Query& query)
        : m_model(model), m_readers(readParts(model.parts(), query)), m_sums(model.itemCount(), 0.0)
    {
        m_evidence = evidenceFor(query, model.kinds(), m_readers, model.itemCount(), model.recent());
        m_shares = sharesOf(model.kinds(), model.gates(), m_evidence);
        std::vector<float> scores(model.itemCount());
        for (std::size_t p = 0; p < m_shares.size(); ++p) {
            m_readers[p]->scoreAll(scores);
            m_scales.emplace_back(scaling, scores, query.history);
            if (m_shares[p] > 0)
                for (std::size_t item = 0; item < scores.size(); ++item)
                    m_sums[item] += m_shares[p] * m_scales[p].of(scores[item]);
        }
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation why{{}, static_cast<double>(scoreOf(item))};
        if (item.value >= m_sums.size())
            return why;
        for (std::size_t p = 0; p < m_shares.size(); ++p)
            if (m_shares[p] > 0)
                why.terms.push_back(partTerm(*m_readers[p], m_scales[p], m_shares[p], item, labelOf(p)));
        return why;
    }

    [[nodiscard]] std::string fallback() const override
    {
        for (std::size_t p = 0; p < m_shares.size(); ++p)
            if (m_model.parts()[p].model->capabilities().personal && m_readers[p]->fallback().empty())
                return {};
        return "Nothing in this history tells of this person's taste. " + sentenceOf(sources());
    }

    [[nodiscard]] std::vector<SourceShare> sources() const override
    {
        std::vector<SourceShare> out;
        for (std::size_t p = 0; p < m_shares.size(); ++p)
            out.push_back({nameOf(m_model.parts()[p]), m_shares[p], reasonOf(m_model.kinds()[p], m_evidence[p])});
        return out;
    }

private:
    /// "Session kNN (38 %: 2 recent events)".
    [[nodiscard]] std::string labelOf(std::size_t part) const
    {
        return fmt::format("{} ({:.0f} %: {})", nameOf(m_model.parts()[part]), 100 * m_shares[part],
                           reasonOf(m_model.kinds()[part], m_evidence[part]));
    }
    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        return item.value < m_sums.size() ? static_cast<float>(m_sums[item.value])
                                          : std::numeric_limits<float>::quiet_NaN();
    }

    const ColdStart& m_model;
    PartReaders m_readers;
    std::vector<double> m_evidence, m_shares;
    std::vector<ListScale> m_scales;
    std::vector<double> m_sums;
};

std::unique_ptr<Reader> ColdStart::read(const Query& query) const
{
    return std::make_unique<ColdStartReader>(*this, query);
}

/// What the data can carry; what was given stays.
Result<std::vector<PartPlan>> sourcesOf(const FitInput& input, const std::string& text)
{
    auto plans = plansOf(input, text, 1);
    if (!plans || !input.parts.empty())
        return plans;
    const auto first = *plans->front().algorithm;
    std::erase_if(*plans, [&](const PartPlan& plan) { return !whyNot(*plan.algorithm, *input.train).empty(); });
    if (plans->empty())
        return error(Code::InvalidArgument, whyNot(first, *input.train), "Name sources that the data can carry",
                     "parts");
    return plans;
}

Result<std::vector<Gate>> learntGates(const FitInput& input, const std::vector<PartPlan>& plans, double recent,
                                      const JobContext& job)
{
    const auto lessons = gateLessons(*input.train, job);
    if (!lessons)
        return tl::unexpected(lessons.error());
    std::vector<Evidence> kinds;
    std::ranges::transform(plans, std::back_inserter(kinds),
                           [](const PartPlan& plan) { return evidenceOf(*plan.algorithm); });
    if (lessons->rest->interactions().size() == 0 || lessons->questions.empty())
        return std::vector<Gate>(plans.size());
    const auto parts = trainParts(plans, lessons->rest, job.part(0, .8));
    if (!parts) // the rest may lack what the whole has, such as anything liked
        return parts.error().code == Code::InvalidArgument ? Result<std::vector<Gate>>(std::vector<Gate>(plans.size()))
                                                           : tl::unexpected(parts.error());
    return searchGates(*lessons, *parts, kinds, recent, scaling, job.part(.8, 1));
}

Result<ModelPtr> fitColdStart(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto plans = sourcesOf(input, config->parts);
    if (!plans)
        return tl::unexpected(plans.error());
    auto gates = learntGates(input, *plans, config->recent, job.part(0, .6));
    if (!gates)
        return tl::unexpected(gates.error());
    auto parts = partsFor(input, *plans, job.part(.6, 1));
    if (!parts)
        return tl::unexpected(parts.error());
    return std::make_shared<const ColdStart>(std::move(*parts), std::move(*gates), config->recent);
}

Result<ModelPtr> loadColdStart(const Artifact& artifact)
{
    auto parts = loadParts(artifact, 1);
    if (!parts)
        return tl::unexpected(parts.error());
    const auto values = artifact.doubles("gates", 2 * parts->size());
    const auto recent = artifact.number("recent");
    if (const Error* failed = firstError(values, recent))
        return tl::unexpected(*failed);
    std::vector<Gate> gates;
    for (std::size_t p = 0; p < parts->size(); ++p) {
        gates.push_back({(*values)[2 * p], (*values)[2 * p + 1]});
        if (!(gates.back().most >= 0 && gates.back().most <= 1 && gates.back().half > 0 && gates.back().half <= 1e9))
            return corruptHybrid("gates");
    }
    if (!(*recent > 0 && *recent <= mostDays))
        return corruptHybrid("recent");
    return std::make_shared<const ColdStart>(std::move(*parts), std::move(gates), *recent);
}

/// The parts twice, on most of the data and on all; questions asked of each; and the search.
Cost estimateColdStart(const DatasetShape& shape, const ParamSet& params)
{
    const ColdStartConfig config = table().read(params).value_or(ColdStartConfig{});
    const Cost once = costOfParts(shape, config.parts, ColdStartConfig{}.parts);
    const auto parts = parseParts(config.parts).value_or(std::vector<PartPlan>(4)).size();
    const Cost asking = costOfHeldOut(shape, parts);
    const double lessons = std::min(static_cast<double>(shape.people), 1200.0) * static_cast<double>(parts);
    return {1.8 * once.seconds + .3 * asking.seconds + lessons * 6e-4, once.bytes + asking.bytes};
}

} // namespace

Algorithm coldStartAlgorithm()
{
    Algorithm a;
    a.id = "cold-start";
    a.title = "Cold start";
    a.family = "Hybrid";
    a.summary =
        "Serves everybody from the sources that know enough of them: what is popular, what people alike use, "
        "what goes with recent entries, what fits the history. How much each counts rises with what it goes by, and "
        "is learnt from people whose histories were cut short.";
    a.whenToUse = "When many who ask are new, or have done little yet.";
    a.paper = "Burke: Hybrid recommender systems: survey and experiments, User Modeling and User-Adapted Interaction "
              "2002 (switching, made gradual)";
    a.fallback = "What is popular, or what people alike use where something is known of the person.";
    a.can.similarPeople = true;
    a.can.facts = true;
    a.hybrid = true;
    a.seeded = true;
    a.params = table().specs();
    a.fit = fitColdStart;
    a.load = loadColdStart;
    a.estimate = estimateColdStart;
    return a;
}

} // namespace orrery
