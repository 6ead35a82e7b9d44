// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/switch.h"

#include "core/models/artifact.h"
#include "core/models/hybrids/numbers_text.h"
#include "core/models/hybrids/part_term.h"
#include "core/models/hybrids/parts.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double longest = 1'000'000'000; // history that a gate may ask for

struct SwitchConfig {
    std::string parts = "item-knn, implicit-als";
    std::string from = "10";
};

Status checkGates(std::string_view text)
{
    const auto gates = parseNumbers(text);
    if (!gates)
        return tl::unexpected(gates.error());
    const auto fine = [](double gate) { return gate >= 1 && gate <= longest && gate == std::floor(gate); };
    if (!std::ranges::all_of(*gates, fine) || std::ranges::adjacent_find(*gates, std::greater_equal{}) != gates->end())
        return error(Code::InvalidArgument, fmt::format("'{}' are not ascending lengths of a history", text),
                     "Write whole numbers from 1, each larger than the one before: 5, 20");
    return {};
}

const ParamTable<SwitchConfig>& table()
{
    static const auto declared =
        ParamTable<SwitchConfig>{}
            .text("parts", "Parts", "The algorithm for the shortest histories first, separated by commas",
                  &SwitchConfig::parts, partsFormat, checkParts)
            .text("from", "From how many entries",
                  "How long a history must be for the second part, the third, and so on; 5 to 20 is usual",
                  &SwitchConfig::from, "ascending lengths, one less than there are parts: 5, 20", checkGates);
    return declared;
}

class Switch final : public HybridModel {
public:
    Switch(std::vector<TrainedPart> parts, std::vector<double> from)
        : HybridModel(std::move(parts)), m_from(std::move(from))
    {
    }

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override
    {
        const Scale first = parts().front().model->scale();
        const bool all =
            std::ranges::all_of(parts(), [first](const TrainedPart& part) { return part.model->scale() == first; });
        return all ? first : Scale::Rank;
    }
    [[nodiscard]] Capabilities capabilities() const override
    {
        Capabilities can = HybridModel::capabilities();
        can.ratings = scale() == Scale::Rating;
        return can;
    }
    void save(Artifact& artifact) const override
    {
        HybridModel::save(artifact);
        artifact.put("from", std::span<const double>(m_from));
    }

    /// Entries that the parts know of.
    [[nodiscard]] std::size_t lengthOf(const History& history) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(
            history, [this](const HistoryEntry& entry) { return entry.item.value < itemCount(); }));
    }
    [[nodiscard]] std::size_t gateFor(std::size_t length) const
    {
        return static_cast<std::size_t>(std::ranges::upper_bound(m_from, static_cast<double>(length)) - m_from.begin());
    }
    /// "Item kNN answers: the history has fewer than 10 entries".
    [[nodiscard]] std::string sentenceOf(std::size_t gate) const
    {
        const std::string span = gate == 0               ? fmt::format("fewer than {}", m_from.front())
                                 : gate == m_from.size() ? fmt::format("{} or more", m_from.back())
                                                         : fmt::format("{} to {}", m_from[gate - 1], m_from[gate] - 1);
        return fmt::format("{} answers: the history has {} entries", nameOf(parts()[gate]), span);
    }

private:
    std::vector<double> m_from; ///< ascending; one less than parts
};

std::unique_ptr<Reader> Switch::read(const Query& query) const
{
    const std::size_t gate = gateFor(lengthOf(query.history));
    const Model& chosen = *parts()[gate].model;
    const std::string reason = sentenceOf(gate);
    return std::make_unique<PassingReader>(chosen.read(query), TermKind::Part, reason,
                                           chosen.capabilities().personal ? "" : reason + ".");
}

Result<ModelPtr> fitSwitch(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto plans = plansOf(input, config->parts, 2);
    if (!plans)
        return tl::unexpected(plans.error());
    auto from = parseNumbers(config->from);
    if (from->size() + 1 != plans->size())
        return error(Code::InvalidArgument,
                     fmt::format("There are {} lengths for {} parts", from->size(), plans->size()),
                     "Give one length less than there are parts", "from");
    auto parts = partsFor(input, *plans, job);
    if (!parts)
        return tl::unexpected(parts.error());
    return std::make_shared<const Switch>(std::move(*parts), std::move(*from));
}

Result<ModelPtr> loadSwitch(const Artifact& artifact)
{
    auto parts = loadParts(artifact, 2);
    if (!parts)
        return tl::unexpected(parts.error());
    auto from = artifact.doubles("from", parts->size() - 1);
    if (!from)
        return tl::unexpected(from.error());
    if (std::ranges::adjacent_find(*from, std::greater_equal{}) != from->end() || from->front() < 1 ||
        from->back() > longest)
        return corruptHybrid("from");
    return std::make_shared<const Switch>(std::move(*parts), std::move(*from));
}

Cost estimateSwitch(const DatasetShape& shape, const ParamSet& params)
{
    return costOfParts(shape, table().read(params).value_or(SwitchConfig{}).parts, SwitchConfig{}.parts);
}

} // namespace

Algorithm switchAlgorithm()
{
    Algorithm a;
    a.id = "switch";
    a.title = "Switch by history length";
    a.family = "Hybrid";
    a.summary = "Asks one model for short histories and another for long ones. The list is that model's own.";
    a.whenToUse = "When one model is better for newcomers and another for people who are known well.";
    a.paper = "Burke: Hybrid recommender systems: survey and experiments, User Modeling and User-Adapted Interaction "
              "2002 (switching)";
    a.fallback = "What the first part answers: by default the items most people used.";
    a.can.similarPeople = true;
    a.hybrid = true;
    a.seeded = true;
    a.params = table().specs();
    a.fit = fitSwitch;
    a.load = loadSwitch;
    a.estimate = estimateSwitch;
    return a;
}

} // namespace orrery
