// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/popularity.h"

#include "core/models/artifact.h"
#include "core/params/param_table.h"

#include <cmath>
#include <limits>

namespace orrery {
namespace {

enum class Counting { People, Liked, Sum };

struct PopularityConfig {
    Counting count = Counting::People;
    float likedFrom = 4;
};

const ParamTable<PopularityConfig>& table()
{
    static const auto declared =
        ParamTable<PopularityConfig>{}
            .choice("count", "Count", "What makes an item popular", &PopularityConfig::count,
                    {{"people", "People who used it"}, {"liked", "People who liked it"}, {"sum", "Sum of values"}})
            .number("liked-from", "Liked from", "Smallest value that counts as liked; 4 of 5 stars is usual",
                    &PopularityConfig::likedFrom, 0, 100);
    return declared;
}

class Popularity;

class PopularityReader final : public Reader {
public:
    explicit PopularityReader(const Popularity& model) : m_model(model) {}
    void score(std::span<const ItemIndex> items, std::span<float> out) const override;
    [[nodiscard]] Explanation explain(ItemIndex item) const override;

private:
    const Popularity& m_model;
};

class Popularity final : public Model {
public:
    explicit Popularity(std::vector<float> counts) : m_counts(std::move(counts)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query&) const override
    {
        return std::make_unique<PopularityReader>(*this);
    }
    [[nodiscard]] Scale scale() const override { return Scale::Count; }
    [[nodiscard]] Capabilities capabilities() const override { return popularityAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_counts.size(); }
    void save(Artifact& artifact) const override
    {
        artifact.putNumber("items", static_cast<double>(m_counts.size()));
        artifact.put("counts", std::span<const float>(m_counts));
    }

    [[nodiscard]] float count(ItemIndex item) const
    {
        return item.value < m_counts.size() ? m_counts[item.value] : std::numeric_limits<float>::quiet_NaN();
    }

private:
    std::vector<float> m_counts;
};

void PopularityReader::score(std::span<const ItemIndex> items, std::span<float> out) const
{
    for (std::size_t i = 0; i < items.size(); ++i)
        out[i] = m_model.count(items[i]);
}

Explanation PopularityReader::explain(ItemIndex item) const
{
    const double count = static_cast<double>(m_model.count(item));
    return {{{TermKind::Popularity, {}, "how many people used it", count}}, count};
}

float weightOf(const PopularityConfig& config, float value)
{
    switch (config.count) {
    case Counting::People: return 1;
    case Counting::Liked: return value >= config.likedFrom ? 1.F : 0.F;
    case Counting::Sum: return value;
    }
    return 0;
}

Result<ModelPtr> fitPopularity(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Interactions& interactions = input.train->interactions();
    if (interactions.size() == 0)
        return error(Code::InvalidArgument, "There are no interactions to learn from", "Import ratings first");
    std::vector<double> sums(interactions.items(), 0.0);
    for (std::size_t cell = 0; cell < interactions.size(); ++cell)
        sums[interactions.allItems()[cell].value] +=
            static_cast<double>(weightOf(*config, interactions.allValues()[cell]));
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    return std::make_shared<const Popularity>(std::vector<float>(sums.begin(), sums.end()));
}

Result<ModelPtr> loadPopularity(const Artifact& artifact)
{
    const auto items = artifact.number("items");
    if (!items)
        return tl::unexpected(items.error());
    auto counts = artifact.floats("counts");
    if (!counts)
        return tl::unexpected(counts.error());
    if (static_cast<double>(counts->size()) != *items)
        return error(Code::Corrupt, "The stored model does not have one count for each item", "Train the model again");
    return std::make_shared<const Popularity>(std::move(*counts));
}

Cost estimatePopularity(const DatasetShape& shape, const ParamSet&)
{
    return {static_cast<double>(shape.interactions) * 2e-9, shape.items * (sizeof(double) + sizeof(float))};
}

} // namespace

Algorithm popularityAlgorithm()
{
    Algorithm a;
    a.id = "popularity";
    a.title = "Popularity";
    a.family = "Non-personal";
    a.summary = "Counts how many people used each item and offers everybody the most used ones they have not seen. "
                "It knows nothing about the person.";
    a.whenToUse = "As the bar that every personal model must pass, and for people nothing is known about.";
    a.paper = "Cremonesi, Koren & Turrin: Performance of recommender algorithms on top-N recommendation tasks, "
              "RecSys 2010 (TopPop)";
    a.fallback = "The same list as for everybody: the most popular items.";
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "Popularity has no notion of similar items.";
    a.params = table().specs();
    a.fit = fitPopularity;
    a.load = loadPopularity;
    a.estimate = estimatePopularity;
    return a;
}

} // namespace orrery
