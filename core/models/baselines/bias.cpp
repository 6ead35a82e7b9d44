// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/baselines/bias.h"

#include "core/models/artifact.h"
#include "core/models/ratings/rated_history.h"
#include "core/models/ratings/rating_baseline.h"
#include "core/params/param_table.h"

#include <array>
#include <limits>

namespace orrery {
namespace {

enum class Method { Alternation, Descent };

struct BiasConfig {
    Method method = Method::Alternation;
    int epochs = AlternationConfig{}.epochs;
    float regPeople = AlternationConfig{}.regPeople;
    float regItems = AlternationConfig{}.regItems;
    int descentEpochs = DescentConfig{}.epochs;
    float learningRate = DescentConfig{}.rate;
    float regularization = DescentConfig{}.regularization;
};

const ParamTable<BiasConfig>& table()
{
    static const auto declared =
        ParamTable<BiasConfig>{}
            .choice("method", "Method", "How the biases are found; both come out nearly alike, ALS is quicker",
                    &BiasConfig::method, {{"als", "Alternating least squares"}, {"sgd", "Stochastic gradient descent"}})
            .number("epochs", "Epochs", "Of ALS: passes over the ratings; 10 is plenty", &BiasConfig::epochs, 1, 1000,
                    ParamScale::Logarithmic)
            .number("reg-people", "Shrinkage of people",
                    "Pulls the bias of people with few ratings to zero; 5 to 20 is usual", &BiasConfig::regPeople, 0,
                    1000)
            .number("reg-items", "Shrinkage of items",
                    "Of ALS: pulls the bias of items with few ratings to zero; 5 to 20 is usual", &BiasConfig::regItems,
                    0, 1000)
            .number("descent-epochs", "Epochs of SGD", "Passes over the ratings; 10 to 40 is usual",
                    &BiasConfig::descentEpochs, 1, 1000, ParamScale::Logarithmic)
            .advanced()
            .number("learning-rate", "Learning rate", "Of SGD: size of a step; 0.002 to 0.01 is usual",
                    &BiasConfig::learningRate, 1e-5, 1, ParamScale::Logarithmic)
            .advanced()
            .number("regularization", "Regularization", "Of SGD: keeps the biases small; 0.02 to 0.1 is usual",
                    &BiasConfig::regularization, 0, 1)
            .advanced();
    return declared;
}

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
    BiasModel(RatingBaseline baseline, RatingRange range) : m_baseline(std::move(baseline)), m_range(range) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override
    {
        return std::make_unique<BiasReader>(*this, query);
    }
    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override { return biasAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_baseline.items.size(); }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const RatingBaseline& baseline() const { return m_baseline; }
    [[nodiscard]] History usable(const Query& query) const { return ratedHistory(query.history, itemCount(), m_range); }
    [[nodiscard]] double itemBias(ItemIndex item) const
    {
        return item.value < itemCount() ? static_cast<double>(m_baseline.items[item.value])
                                        : std::numeric_limits<double>::quiet_NaN();
    }

private:
    RatingBaseline m_baseline;
    RatingRange m_range;
};

void BiasModel::save(Artifact& artifact) const
{
    artifact.putNumber("mean", m_baseline.mean);
    artifact.putNumber("reg-people", m_baseline.regPeople);
    artifact.put("range", std::span<const float>(std::array{m_range.low, m_range.high}));
    artifact.putNumber("items", static_cast<double>(itemCount()));
    artifact.put("item-bias", std::span<const float>(m_baseline.items));
}

BiasReader::BiasReader(const BiasModel& model, const Query& query) : m_model(model)
{
    const History history = model.usable(query);
    m_ratings = history.size();
    m_personBias = model.baseline().personBias(history);
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

Result<RatingBaseline> trained(const Interactions& interactions, const BiasConfig& config, const JobContext& job)
{
    if (config.method == Method::Descent)
        return descendedBaseline(
            interactions, {config.descentEpochs, config.learningRate, config.regularization, config.regPeople}, job);
    return alternatedBaseline(interactions, {config.epochs, config.regPeople, config.regItems}, job);
}

Result<ModelPtr> fitBias(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    auto baseline = trained(input.train->interactions(), *config, job);
    if (!baseline)
        return tl::unexpected(baseline.error());
    baseline->people = {}; // everybody is folded in
    return std::make_shared<const BiasModel>(std::move(*baseline), ratingRangeOf(*input.train));
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
    return std::make_shared<const BiasModel>(RatingBaseline{*mean, *reg, {}, std::move(*items)},
                                             RatingRange{(*range)[0], (*range)[1]});
}

/// Measured on ratings in MovieLens layout: both half-steps of ALS together take 2.3 ns a rating, a step of SGD 7.
Cost estimateBias(const DatasetShape& shape, const ParamSet& params)
{
    const BiasConfig config = table().read(params).value_or(BiasConfig{});
    const auto ratings = static_cast<double>(shape.interactions);
    const std::size_t rows = shape.people + shape.items;
    if (config.method == Method::Descent)
        return {ratings * 7e-9 * config.descentEpochs, rows * (sizeof(double) + sizeof(float))};
    return {ratings * 2.3e-9 * config.epochs + ratings * 1e-8,
            rows * sizeof(float) + shape.interactions * (sizeof(UserIndex) + sizeof(float))};
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
    a.needs = {Need::Ratings};
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "The bias baseline has no notion of similar items.";
    a.starter = true;
    a.params = table().specs();
    a.fit = fitBias;
    a.load = loadBias;
    a.estimate = estimateBias;
    return a;
}

} // namespace orrery
