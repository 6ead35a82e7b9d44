// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/svd.h"

#include "core/models/artifact.h"
#include "core/models/svd_fold_in.h"
#include "core/models/svd_trainer.h"
#include "core/params/param_table.h"

#include <cmath>
#include <limits>
#include <new>

#include <Eigen/Core>

namespace orrery {
namespace {

constexpr int mostFactors = 1024;
constexpr double smallestRidge = .1;

const ParamTable<SvdConfig>& table()
{
    static const auto declared =
        ParamTable<SvdConfig>{}
            .number("factors", "Factors", "Length of each vector; 20 to 200 is usual", &SvdConfig::factors, 1,
                    mostFactors, ParamScale::Logarithmic)
            .number("epochs", "Epochs", "Passes over the ratings; 20 to 60 is usual", &SvdConfig::epochs, 1, 1000,
                    ParamScale::Logarithmic)
            .number("learning-rate", "Learning rate", "Size of a step; too large and training diverges",
                    &SvdConfig::learningRate, 1e-5, 1, ParamScale::Logarithmic)
            .number("regularization", "Regularization", "Keeps vectors and biases small; 0.02 to 0.1 is usual",
                    &SvdConfig::regularization, 0, 10)
            .number("init-spread", "Initial spread",
                    "Standard deviation of the first random vectors; 0.02 with more epochs is often more accurate",
                    &SvdConfig::initSpread, 0, 1)
            .advanced()
            .flag("tune-fold-in", "Tune the fold-in",
                  "Holds back a few ratings of up to 64 people and chooses the fold-in shrinkage that predicts them "
                  "best",
                  &SvdConfig::tuneFoldIn)
            .advanced()
            .number("fold-in-reg", "Fold-in shrinkage",
                    "How strongly a history's taste is held to the average; used where it is not tuned",
                    &SvdConfig::foldInReg, smallestRidge, 1000, ParamScale::Logarithmic)
            .advanced()
            .number("fold-in-bias-reg", "Fold-in shrinkage of the bias",
                    "How strongly a history's generosity is held to the average; 3 to 10 is usual",
                    &SvdConfig::foldInBiasReg, smallestRidge, 1000, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

/// All that a trained model holds.
struct SvdState {
    SvdFactors factors;
    RatingRange range;
    Ridge ridge;
};

class SvdModel;

class SvdReader final : public Reader {
public:
    SvdReader(const SvdModel& model, const Query& query);
    void score(std::span<const ItemIndex> items, std::span<float> out) const override;
    void scoreAll(std::span<float> out) const override;
    [[nodiscard]] Explanation explain(ItemIndex item) const override;
    [[nodiscard]] std::span<const float> vector() const override { return m_person.vector; }
    [[nodiscard]] std::string fallback() const override;

private:
    [[nodiscard]] float scoreOf(ItemIndex item) const;

    const SvdModel& m_model;
    History m_history;
    PersonFit m_person;
};

class SvdModel final : public Model {
public:
    explicit SvdModel(SvdState state) : m_state(std::move(state)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override
    {
        return std::make_unique<SvdReader>(*this, query);
    }
    void scoreBatch(std::span<const Query> queries, MatrixRef out) const override;
    /// Writes scores of items 0 .. out.cols - 1; row n of `out` for the person fitted in people[n].
    void scoreAll(std::span<const PersonFit> people, MatrixRef out) const;

    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override { return svdAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return factors().itemBias.size(); }
    [[nodiscard]] VectorSpace itemSpace() const override
    {
        return {factors().items.view(), SpaceMetric::Cosine, factors().itemBias};
    }
    [[nodiscard]] VectorSpace personSpace() const override
    {
        return {factors().people.view(), SpaceMetric::Cosine, factors().personBias};
    }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const SvdFactors& factors() const { return m_state.factors; }
    [[nodiscard]] FoldIn foldIn() const
    {
        return {factors().items.view(), factors().itemBias, factors().mean, m_state.ridge};
    }
    [[nodiscard]] History usable(const Query& query) const
    {
        return ratedHistory(query.history, itemCount(), m_state.range);
    }

private:
    SvdState m_state;
};

using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void SvdModel::scoreBatch(std::span<const Query> queries, MatrixRef out) const
{
    std::vector<PersonFit> people;
    people.reserve(queries.size());
    for (const auto& query : queries)
        people.push_back(foldIn().fit(usable(query)));
    scoreAll(people, out);
}

void SvdModel::scoreAll(std::span<const PersonFit> people, MatrixRef out) const
{
    const auto known = static_cast<Eigen::Index>(std::min(out.cols, itemCount()));
    const auto rank = static_cast<Eigen::Index>(factors().items.cols());
    FloatRows vectors(static_cast<Eigen::Index>(people.size()), rank);
    Eigen::VectorXf base(vectors.rows());
    for (Eigen::Index n = 0; n < vectors.rows(); ++n) {
        const PersonFit& person = people[static_cast<std::size_t>(n)];
        vectors.row(n) = Eigen::Map<const Eigen::RowVectorXf>(person.vector.data(), rank);
        base[n] = static_cast<float>(factors().mean + static_cast<double>(person.bias));
    }
    const Eigen::Map<const FloatRows> items(factors().items.all().data(), known, rank);
    const Eigen::Map<const Eigen::RowVectorXf> itemBias(factors().itemBias.data(), known);
    Eigen::Map<FloatRows> scores(out.data, vectors.rows(), static_cast<Eigen::Index>(out.cols));
    auto scored = scores.leftCols(known);
    scored.noalias() = vectors * items.transpose();
    scored.rowwise() += itemBias;
    scored.colwise() += base;
    scores.rightCols(scores.cols() - known).setConstant(std::numeric_limits<float>::quiet_NaN());
}

void SvdModel::save(Artifact& artifact) const
{
    artifact.putNumber("factors", static_cast<double>(factors().items.cols()));
    artifact.putNumber("mean", factors().mean);
    artifact.put("range", std::span<const float>(std::array{m_state.range.low, m_state.range.high}));
    artifact.put("fold-in", std::span<const double>(std::array{m_state.ridge.vector, m_state.ridge.bias}));
    artifact.put("items", factors().items.all());
    artifact.put("item-bias", std::span<const float>(factors().itemBias));
    artifact.put("people", factors().people.all());
    artifact.put("person-bias", std::span<const float>(factors().personBias));
}

SvdReader::SvdReader(const SvdModel& model, const Query& query)
    : m_model(model), m_history(model.usable(query)), m_person(model.foldIn().fit(m_history))
{
}

float SvdReader::scoreOf(ItemIndex item) const
{
    return item.value < m_model.itemCount() ? m_model.foldIn().score(m_person, item)
                                            : std::numeric_limits<float>::quiet_NaN();
}

void SvdReader::score(std::span<const ItemIndex> items, std::span<float> out) const
{
    for (std::size_t i = 0; i < items.size(); ++i)
        out[i] = scoreOf(items[i]);
}

void SvdReader::scoreAll(std::span<float> out) const
{
    m_model.scoreAll(std::span(&m_person, 1), {out.data(), 1, out.size()});
}

Explanation SvdReader::explain(ItemIndex item) const
{
    Explanation explanation;
    explanation.score = static_cast<double>(scoreOf(item));
    if (item.value >= m_model.itemCount())
        return explanation;
    auto& terms = explanation.terms;
    terms.push_back({TermKind::GlobalMean, {}, "mean of all ratings", m_model.factors().mean});
    terms.push_back({TermKind::ItemBias,
                     {},
                     "how this item is rated, against the mean",
                     static_cast<double>(m_model.factors().itemBias[item.value])});
    if (m_history.empty())
        return explanation;
    terms.push_back(
        {TermKind::PersonBias, {}, "how this person rates, against others", static_cast<double>(m_person.bias)});
    const auto contributions = m_model.foldIn().contributions(m_history, item);
    for (std::size_t j = 0; j < m_history.size(); ++j)
        terms.push_back({TermKind::HistoryItem, m_history[j].item, {}, contributions[j]});
    return explanation;
}

std::string SvdReader::fallback() const
{
    return m_history.empty() ? "No ratings to learn from: items are ordered by their average rating." : "";
}

Result<ModelPtr> train(const Dataset& dataset, const SvdConfig& config, const JobContext& job)
{
    const Interactions& interactions = dataset.interactions();
    const HeldBack held = config.tuneFoldIn ? holdBack(interactions, job) : HeldBack{};
    auto factors = trainSvd(interactions, held.cells, config, job.part(0, .9));
    if (!factors)
        return tl::unexpected(factors.error());
    SvdState state{std::move(*factors),
                   ratingRangeOf(dataset),
                   {static_cast<double>(config.foldInReg), static_cast<double>(config.foldInBiasReg)}};
    if (!held.people.empty()) {
        job.progress(.9, "choosing the fold-in shrinkage");
        const auto ridge = tunedRidge(interactions, held, state.factors.items.view(), state.factors.itemBias,
                                      state.factors.mean, state.ridge.bias, job);
        if (!ridge)
            return tl::unexpected(ridge.error());
        state.ridge.vector = *ridge;
    }
    job.progress(1, "done");
    return std::make_shared<const SvdModel>(std::move(state));
}

Result<ModelPtr> fitSvd(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    try {
        return train(*input.train, *config, job);
    } catch (const std::bad_alloc&) {
        return error(Code::OutOfMemory, "There is not enough memory to train this model", "Ask for fewer factors");
    }
}

tl::unexpected<Error> corrupt(const std::string& name, std::string what)
{
    return error(Code::Corrupt, "The stored model's '" + name + "' " + std::move(what), "Train the model again", name);
}

Status loadNumbers(const Artifact& artifact, SvdState& state)
{
    const auto mean = artifact.number("mean");
    const auto range = artifact.floats("range", 2);
    const auto ridge = artifact.doubles("fold-in", 2);
    if (!mean)
        return tl::unexpected(mean.error());
    if (!range)
        return tl::unexpected(range.error());
    if (!ridge)
        return tl::unexpected(ridge.error());
    if ((*ridge)[0] < .5 * smallestRidge || (*ridge)[1] < .5 * smallestRidge)
        return corrupt("fold-in", "is out of range");
    state.factors.mean = *mean;
    state.range = {(*range)[0], (*range)[1]};
    state.ridge = {(*ridge)[0], (*ridge)[1]};
    return {};
}

/// One vector of `rank` for each bias.
Status loadSide(const Artifact& artifact, const std::string& vectors, const std::string& bias, std::size_t rank,
                Matrix& matrix, std::vector<float>& biases)
{
    auto loadedBias = artifact.floats(bias);
    if (!loadedBias)
        return tl::unexpected(loadedBias.error());
    const auto values = artifact.floats(vectors, loadedBias->size() * rank);
    if (!values)
        return tl::unexpected(values.error());
    biases = std::move(*loadedBias);
    matrix = Matrix(biases.size(), rank);
    std::ranges::copy(*values, matrix.all().begin());
    return {};
}

Result<ModelPtr> loadSvd(const Artifact& artifact)
{
    const auto factors = artifact.number("factors");
    if (!factors)
        return tl::unexpected(factors.error());
    if (*factors < 1 || *factors > mostFactors || *factors != std::floor(*factors))
        return corrupt("factors", "is not a number of factors");
    const auto rank = static_cast<std::size_t>(*factors);
    SvdState state;
    auto& read = state.factors;
    if (const auto done = loadNumbers(artifact, state); !done)
        return tl::unexpected(done.error());
    if (const auto done = loadSide(artifact, "items", "item-bias", rank, read.items, read.itemBias); !done)
        return tl::unexpected(done.error());
    if (const auto done = loadSide(artifact, "people", "person-bias", rank, read.people, read.personBias); !done)
        return tl::unexpected(done.error());
    return std::make_shared<const SvdModel>(std::move(state));
}

/// Measured on ratings in MovieLens layout: 28 ns an update at 100 factors, 21 at 64; the tuning takes as long as 576
/// fold-ins, whatever the dataset.
Cost estimateSvd(const DatasetShape& shape, const ParamSet& params)
{
    const SvdConfig config = table().read(params).value_or(SvdConfig{});
    const double ratings = static_cast<double>(shape.interactions);
    const double rank = static_cast<double>(config.factors);
    const double rows = static_cast<double>(shape.people + shape.items);
    const double epochs = ratings * config.epochs * (8e-9 + 2e-10 * rank);
    const double tuning = config.tuneFoldIn && shape.interactions >= leastRatingsToTune ? 4.5e-6 * rank * rank : 0;
    const std::size_t bytesOfRow = (2 * static_cast<std::size_t>(config.factors) + 8) * sizeof(float);
    return {epochs + ratings * 5e-8 + rows * rank * 2e-8 + tuning,
            (shape.people + shape.items) * bytesOfRow + shape.interactions * 16};
}

} // namespace

Algorithm svdAlgorithm()
{
    Algorithm a;
    a.id = "svd";
    a.title = "SVD";
    a.family = "Matrix factorization";
    a.summary = "Gives every person and every item a short vector, so that their product, on top of a bias for each, "
                "comes close to the ratings. It is trained by gradient descent, one rating at a time.";
    a.whenToUse = "With explicit ratings, to predict stars accurately. For ranking, implicit ALS is often better.";
    a.paper = "Koren, Bell & Volinsky: Matrix Factorization Techniques for Recommender Systems, IEEE Computer 2009 "
              "(after Funk 2006)";
    a.fallback = "Items ordered by their average rating.";
    a.can.ratings = true;
    a.seeded = true;
    a.params = table().specs();
    a.fit = fitSvd;
    a.load = loadSvd;
    a.estimate = estimateSvd;
    return a;
}

} // namespace orrery
