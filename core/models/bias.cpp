// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/bias.h"

#include "core/base/parallel.h"
#include "core/models/artifact.h"
#include "core/models/rated_history.h"
#include "core/params/param_table.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t rowGrain = 256;

struct BiasConfig {
    int epochs = 10;
    float regPeople = 15;
    float regItems = 10;
};

const ParamTable<BiasConfig>& table()
{
    static const auto declared = ParamTable<BiasConfig>{}
                                     .number("epochs", "Epochs", "Passes over the ratings; 10 is plenty",
                                             &BiasConfig::epochs, 1, 1000, ParamScale::Logarithmic)
                                     .number("reg-people", "Shrinkage of people",
                                             "Pulls the bias of people with few ratings to zero; 5 to 20 is usual",
                                             &BiasConfig::regPeople, 0, 1000)
                                     .number("reg-items", "Shrinkage of items",
                                             "Pulls the bias of items with few ratings to zero; 5 to 20 is usual",
                                             &BiasConfig::regItems, 0, 1000);
    return declared;
}

/// All that a trained model holds.
struct Baseline {
    double mean = 0;
    double regPeople = 0;
    RatingRange range;
    std::vector<float> itemBias;
};

class BiasModel;

class BiasReader final : public Reader {
public:
    BiasReader(const BiasModel& model, const Query& query);
    void score(std::span<const ItemIndex> items, std::span<float> out) const override;
    [[nodiscard]] Explanation explain(ItemIndex item) const override;
    [[nodiscard]] std::string fallback() const override;

private:
    const BiasModel& m_model;
    std::size_t m_ratings = 0;
    double m_personBias = 0;
};

class BiasModel final : public Model {
public:
    explicit BiasModel(Baseline baseline) : m_baseline(std::move(baseline)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override
    {
        return std::make_unique<BiasReader>(*this, query);
    }
    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override { return biasAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_baseline.itemBias.size(); }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const Baseline& baseline() const { return m_baseline; }
    [[nodiscard]] double itemBias(ItemIndex item) const
    {
        return item.value < itemCount() ? static_cast<double>(m_baseline.itemBias[item.value])
                                        : std::numeric_limits<double>::quiet_NaN();
    }

private:
    Baseline m_baseline;
};

void BiasModel::save(Artifact& artifact) const
{
    artifact.putNumber("mean", m_baseline.mean);
    artifact.putNumber("reg-people", m_baseline.regPeople);
    artifact.put("range", std::span<const float>(std::array{m_baseline.range.low, m_baseline.range.high}));
    artifact.putNumber("items", static_cast<double>(itemCount()));
    artifact.put("item-bias", std::span<const float>(m_baseline.itemBias));
}

BiasReader::BiasReader(const BiasModel& model, const Query& query) : m_model(model)
{
    const Baseline& baseline = model.baseline();
    double sum = 0;
    for (const auto& entry : ratedHistory(query.history, model.itemCount(), baseline.range)) {
        sum += static_cast<double>(entry.value) - baseline.mean - model.itemBias(entry.item);
        ++m_ratings;
    }
    if (m_ratings > 0)
        m_personBias = sum / (baseline.regPeople + static_cast<double>(m_ratings));
}

void BiasReader::score(std::span<const ItemIndex> items, std::span<float> out) const
{
    const double base = m_model.baseline().mean + m_personBias;
    for (std::size_t i = 0; i < items.size(); ++i)
        out[i] = static_cast<float>(base + m_model.itemBias(items[i]));
}

Explanation BiasReader::explain(ItemIndex item) const
{
    Explanation explanation;
    explanation.terms = {{TermKind::GlobalMean, {}, "mean of all ratings", m_model.baseline().mean},
                         {TermKind::ItemBias, {}, "how this item is rated, against the mean", m_model.itemBias(item)}};
    if (m_ratings > 0)
        explanation.terms.push_back({TermKind::PersonBias, {}, "how this person rates, against others", m_personBias});
    float score = 0;
    this->score(std::span(&item, 1), std::span(&score, 1));
    explanation.score = static_cast<double>(score);
    return explanation;
}

std::string BiasReader::fallback() const
{
    return m_ratings > 0 ? "" : "No ratings to learn from: items are ordered by their average rating.";
}

/// Chunk sums, combined in order.
Result<double> sumOf(std::span<const float> values, const JobContext& job)
{
    constexpr std::size_t grain = 1 << 16;
    std::vector<double> sums(chunkCount(values.size(), grain));
    const auto done = parallelFor(job, values.size(), grain, [&](std::size_t first, std::size_t last) {
        sums[first / grain] = std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(first),
                                              values.begin() + static_cast<std::ptrdiff_t>(last), 0.0);
    });
    if (!done)
        return tl::unexpected(done.error());
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// Alternating least squares over one dataset.
class Alternation {
public:
    Alternation(const Interactions& interactions, const BiasConfig& config, double mean)
        : m_interactions(interactions), m_config(config), m_mean(mean), m_people(interactions.users()),
          m_items(interactions.items())
    {
    }

    [[nodiscard]] Status run(const JobContext& job)
    {
        for (int epoch = 1; epoch <= m_config.epochs; ++epoch) {
            job.progress((epoch - 1.0) / m_config.epochs, fmt::format("epoch {} of {}", epoch, m_config.epochs));
            if (const auto done = fitItems(job); !done)
                return done;
            const auto squares = fitPeople(job);
            if (!squares)
                return tl::unexpected(squares.error());
            job.measure("training RMSE", epoch, std::sqrt(*squares / static_cast<double>(m_interactions.size())));
        }
        job.progress(1, "done");
        return {};
    }

    [[nodiscard]] std::vector<float> takeItems() { return std::move(m_items); }

private:
    [[nodiscard]] Status fitItems(const JobContext& job)
    {
        return parallelFor(job, m_items.size(), rowGrain, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) {
                const auto column = m_interactions.column(ItemIndex{static_cast<std::uint32_t>(i)});
                double sum = 0;
                for (std::size_t n = 0; n < column.users.size(); ++n)
                    sum += residual(column.values[n], m_people[column.users[n].value]);
                m_items[i] = shrunk(sum, column.users.size(), m_config.regItems);
            }
        });
    }

    /// Gives the sum of the squared errors after the step.
    [[nodiscard]] Result<double> fitPeople(const JobContext& job)
    {
        std::vector<double> squares(chunkCount(m_people.size(), rowGrain));
        const auto done = parallelFor(job, m_people.size(), rowGrain, [&](std::size_t first, std::size_t last) {
            for (std::size_t u = first; u < last; ++u)
                squares[first / rowGrain] += fitPerson(u);
        });
        if (!done)
            return tl::unexpected(done.error());
        return std::accumulate(squares.begin(), squares.end(), 0.0);
    }

    [[nodiscard]] double fitPerson(std::size_t person)
    {
        const auto row = m_interactions.row(UserIndex{static_cast<std::uint32_t>(person)});
        double sum = 0;
        double squares = 0;
        for (std::size_t n = 0; n < row.size(); ++n) {
            const double rest = residual(row.values[n], m_items[row.items[n].value]);
            sum += rest;
            squares += rest * rest;
        }
        m_people[person] = shrunk(sum, row.size(), m_config.regPeople);
        // Sum of (rest - b)^2, without a second pass over the ratings.
        const double b = static_cast<double>(m_people[person]);
        return squares - 2 * b * sum + static_cast<double>(row.size()) * b * b;
    }

    [[nodiscard]] double residual(float value, float otherBias) const
    {
        return static_cast<double>(value) - m_mean - static_cast<double>(otherBias);
    }

    static float shrunk(double sum, std::size_t count, float reg)
    {
        return count == 0 ? 0.F : static_cast<float>(sum / (static_cast<double>(reg) + static_cast<double>(count)));
    }

    const Interactions& m_interactions;
    BiasConfig m_config;
    double m_mean;
    std::vector<float> m_people, m_items;
};

Result<ModelPtr> fitBias(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Interactions& interactions = input.train->interactions();
    if (interactions.size() == 0)
        return error(Code::InvalidArgument, "There are no ratings to learn from", "Import ratings first");
    const auto sum = sumOf(interactions.allValues(), job);
    if (!sum)
        return tl::unexpected(sum.error());
    Baseline baseline{*sum / static_cast<double>(interactions.size()),
                      static_cast<double>(config->regPeople),
                      ratingRangeOf(*input.train),
                      {}};
    Alternation alternation(interactions, *config, baseline.mean);
    if (const auto done = alternation.run(job); !done)
        return tl::unexpected(done.error());
    baseline.itemBias = alternation.takeItems();
    return std::make_shared<const BiasModel>(std::move(baseline));
}

Result<ModelPtr> loadBias(const Artifact& artifact)
{
    const auto mean = artifact.number("mean");
    if (!mean)
        return tl::unexpected(mean.error());
    const auto reg = artifact.number("reg-people");
    if (!reg)
        return tl::unexpected(reg.error());
    if (*reg < 0)
        return error(Code::Corrupt, "The stored model's 'reg-people' is negative", "Train the model again");
    const auto range = artifact.floats("range", 2);
    if (!range)
        return tl::unexpected(range.error());
    const auto count = artifact.number("items");
    if (!count)
        return tl::unexpected(count.error());
    auto items = artifact.floats("item-bias");
    if (!items)
        return tl::unexpected(items.error());
    if (static_cast<double>(items->size()) != *count)
        return error(Code::Corrupt, "The stored model does not have one bias for each item", "Train the model again");
    return std::make_shared<const BiasModel>(Baseline{*mean, *reg, {(*range)[0], (*range)[1]}, std::move(*items)});
}

/// Measured on ratings in MovieLens layout: both half-steps together take 2.3 ns a rating.
Cost estimateBias(const DatasetShape& shape, const ParamSet& params)
{
    const int epochs = table().read(params).value_or(BiasConfig{}).epochs;
    const auto ratings = static_cast<double>(shape.interactions);
    return {ratings * 2.3e-9 * epochs + ratings * 1e-8,
            (shape.people + shape.items) * sizeof(float) + shape.interactions * (sizeof(UserIndex) + sizeof(float))};
}

} // namespace

Algorithm biasAlgorithm()
{
    Algorithm a;
    a.id = "bias";
    a.title = "Bias baseline";
    a.family = "Non-personal";
    a.summary = "Predicts a rating as the mean of all ratings, plus how much better or worse the item is rated, plus "
                "how generous the person is. Everybody gets the same order of items.";
    a.whenToUse = "As the bar for predicted ratings: a personal model must have a lower error than this.";
    a.paper = "Koren: Factor in the Neighbors: Scalable and Accurate Collaborative Filtering, ACM TKDD 2010";
    a.fallback = "Items ordered by their average rating.";
    a.can.ratings = true;
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "The bias baseline has no notion of similar items.";
    a.params = table().specs();
    a.fit = fitBias;
    a.load = loadBias;
    a.estimate = estimateBias;
    return a;
}

} // namespace orrery
