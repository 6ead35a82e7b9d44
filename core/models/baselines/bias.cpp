// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/baselines/bias.h"

#include "core/models/ratings/baseline_part.h"
#include "core/params/param_table.h"

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

class BiasReader final : public Reader {
public:
    BiasReader(const BaselinePart& part, const Query& query) : m_part(part)
    {
        const History history = part.usable(query.history);
        m_hasRatings = !history.empty();
        m_personBias = part.baseline().personBias(history);
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            out[i] = static_cast<float>(m_part.predict(items[i], m_personBias));
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        if (item.value >= m_part.itemCount())
            return {};
        const auto score = static_cast<float>(m_part.predict(item, m_personBias));
        return {m_part.terms(item, m_personBias, m_hasRatings), static_cast<double>(score)};
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_hasRatings ? std::string() : BaselinePart::sentence();
    }

private:
    const BaselinePart& m_part;
    bool m_hasRatings = false;
    double m_personBias = 0;
};

class BiasModel final : public Model {
public:
    explicit BiasModel(BaselinePart part) : m_part(std::move(part)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override
    {
        return std::make_unique<BiasReader>(m_part, query);
    }
    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override { return biasAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_part.itemCount(); }
    void save(Artifact& artifact) const override { m_part.save(artifact); }

private:
    BaselinePart m_part;
};

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
    return std::make_shared<const BiasModel>(BaselinePart(std::move(*baseline), ratingRangeOf(*input.train)));
}

Result<ModelPtr> loadBias(const Artifact& artifact)
{
    auto part = BaselinePart::load(artifact);
    if (!part)
        return tl::unexpected(part.error());
    return std::make_shared<const BiasModel>(std::move(*part));
}

/// Measured on ratings in MovieLens layout: both half-steps of ALS together take 2.3 ns a rating, a step of SGD 7.
Cost estimateBias(const DatasetShape& shape, const ParamSet& params)
{
    const BiasConfig config = table().read(params).value_or(BiasConfig{});
    const auto ratings = static_cast<double>(shape.interactions);
    const std::size_t rows = shape.people + shape.items;
    if (config.method == Method::Descent)
        return {ratings * 7e-9 * config.descentEpochs, rows * (sizeof(double) + sizeof(float))};
    return {ratings * 2.3e-9 * config.epochs + ratings * 1e-8 + static_cast<double>(rows) * 8e-8,
            rows * 5 * sizeof(float) + shape.interactions * (sizeof(UserIndex) + sizeof(float))};
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
    a.fallback = BaselinePart::declaration();
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
