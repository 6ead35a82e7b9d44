// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/rating_factor_model.h"

#include "core/models/artifact.h"
#include "core/models/ratings/sgd_kernels.h"

#include <array>
#include <cmath>
#include <limits>

#include <Eigen/Core>

namespace orrery {
namespace {

constexpr double noBias = -1; ///< stands in an artifact for a model without a bias of people
constexpr double leastRidge = 1e-4;

class RatingFactorModel;

class FoldInReader final : public Reader {
public:
    FoldInReader(const RatingFactorModel& model, const Query& query);
    void score(std::span<const ItemIndex> items, std::span<float> out) const override;
    void scoreAll(std::span<float> out) const override;
    [[nodiscard]] Explanation explain(ItemIndex item) const override;
    [[nodiscard]] std::span<const float> vector() const override { return m_person.vector; }
    [[nodiscard]] std::string fallback() const override;

private:
    [[nodiscard]] float scoreOf(ItemIndex item) const;

    const RatingFactorModel& m_model;
    History m_history;
    PersonFit m_person;
};

class RatingFactorModel final : public Model {
public:
    explicit RatingFactorModel(RatingFactorState state) : m_state(std::move(state)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override
    {
        return std::make_unique<FoldInReader>(*this, query);
    }
    void scoreBatch(std::span<const Query> queries, MatrixRef out) const override;
    /// Writes scores of items 0 .. out.cols - 1; row n of `out` for the person fitted in people[n].
    void scoreAll(std::span<const PersonFit> people, MatrixRef out) const;

    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override { return ratingFactorization().can; }
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

    [[nodiscard]] const RatingFactors& factors() const { return m_state.factors; }
    [[nodiscard]] const Ridge& ridge() const { return m_state.ridge; }
    [[nodiscard]] FoldIn foldIn() const { return {factors(), m_state.ridge}; }
    [[nodiscard]] bool hasImplicit() const { return !factors().implicit.view().empty(); }
    [[nodiscard]] bool hasPersonBias() const { return m_state.ridge.bias.has_value(); }
    [[nodiscard]] History usable(const Query& query) const
    {
        return ratedHistory(query.history, itemCount(), m_state.range);
    }

private:
    RatingFactorState m_state;
};

using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void RatingFactorModel::scoreBatch(std::span<const Query> queries, MatrixRef out) const
{
    std::vector<PersonFit> people;
    people.reserve(queries.size());
    for (const auto& query : queries)
        people.push_back(foldIn().fit(usable(query)));
    scoreAll(people, out);
}

void RatingFactorModel::scoreAll(std::span<const PersonFit> people, MatrixRef out) const
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

void RatingFactorModel::save(Artifact& artifact) const
{
    artifact.putNumber("factors", static_cast<double>(factors().items.cols()));
    artifact.putNumber("mean", factors().mean);
    artifact.put("range", std::span<const float>(std::array{m_state.range.low, m_state.range.high}));
    const Ridge& ridge = m_state.ridge;
    artifact.put("fold-in",
                 std::span<const double>(std::array{ridge.vector, ridge.bias.value_or(noBias), ridge.perRating}));
    artifact.put("items", factors().items.all());
    artifact.put("item-bias", std::span<const float>(factors().itemBias));
    artifact.put("people", factors().people.all());
    artifact.put("person-bias", std::span<const float>(factors().personBias));
    artifact.putNumber("has-implicit", hasImplicit() ? 1 : 0);
    if (hasImplicit())
        artifact.put("implicit", factors().implicit.all());
}

FoldInReader::FoldInReader(const RatingFactorModel& model, const Query& query)
    : m_model(model), m_history(model.usable(query)), m_person(model.foldIn().fit(m_history))
{
}

float FoldInReader::scoreOf(ItemIndex item) const
{
    return item.value < m_model.itemCount() ? m_model.foldIn().score(m_person, item)
                                            : std::numeric_limits<float>::quiet_NaN();
}

void FoldInReader::score(std::span<const ItemIndex> items, std::span<float> out) const
{
    for (std::size_t i = 0; i < items.size(); ++i)
        out[i] = scoreOf(items[i]);
}

void FoldInReader::scoreAll(std::span<float> out) const
{
    m_model.scoreAll(std::span(&m_person, 1), {out.data(), 1, out.size()});
}

Explanation FoldInReader::explain(ItemIndex item) const
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
    if (m_model.hasPersonBias())
        terms.push_back(
            {TermKind::PersonBias, {}, "how this person rates, against others", static_cast<double>(m_person.bias)});
    const auto contributions = m_model.foldIn().contributions(m_history, item);
    for (std::size_t j = 0; j < m_history.size(); ++j)
        terms.push_back({TermKind::HistoryItem, m_history[j].item, {}, contributions[j]});
    return explanation;
}

std::string FoldInReader::fallback() const
{
    if (!m_history.empty())
        return "";
    return m_model.hasPersonBias() ? "No ratings to learn from: items are ordered by their average rating."
                                   : "No ratings to learn from: items are ordered as for the average person.";
}

tl::unexpected<Error> corrupt(const std::string& name, std::string what)
{
    return error(Code::Corrupt, "The stored model's '" + name + "' " + std::move(what), "Train the model again", name);
}

Status loadRidge(const Artifact& artifact, Ridge& ridge)
{
    const auto numbers = artifact.doubles("fold-in", 3);
    if (!numbers)
        return tl::unexpected(numbers.error());
    const double vector = (*numbers)[0], bias = (*numbers)[1], perRating = (*numbers)[2];
    const bool biased = bias != noBias;
    if (vector < 0 || perRating < 0 || vector + perRating < leastRidge || (biased && bias + perRating < leastRidge))
        return corrupt("fold-in", "is out of range");
    ridge = {vector, biased ? std::optional(bias) : std::nullopt, perRating};
    return {};
}

Status loadNumbers(const Artifact& artifact, RatingFactorState& state)
{
    const auto mean = artifact.number("mean");
    const auto range = artifact.floats("range", 2);
    if (!mean)
        return tl::unexpected(mean.error());
    if (!range)
        return tl::unexpected(range.error());
    state.factors.mean = *mean;
    state.range = {(*range)[0], (*range)[1]};
    return loadRidge(artifact, state.ridge);
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

Status loadImplicit(const Artifact& artifact, RatingFactors& factors)
{
    const auto has = artifact.number("has-implicit");
    if (!has)
        return tl::unexpected(has.error());
    if (*has == 0)
        return {};
    const auto values = artifact.floats("implicit", factors.items.all().size());
    if (!values)
        return tl::unexpected(values.error());
    factors.implicit = Matrix(factors.items.rows(), factors.items.cols());
    std::ranges::copy(*values, factors.implicit.all().begin());
    return {};
}

Status loadVectors(const Artifact& artifact, std::size_t rank, RatingFactors& factors)
{
    if (const auto done = loadSide(artifact, "items", "item-bias", rank, factors.items, factors.itemBias); !done)
        return done;
    if (const auto done = loadSide(artifact, "people", "person-bias", rank, factors.people, factors.personBias); !done)
        return done;
    return loadImplicit(artifact, factors);
}

} // namespace

ModelPtr ratingFactorModel(RatingFactorState state)
{
    return std::make_shared<const RatingFactorModel>(std::move(state));
}

std::optional<Ridge> ridgeOf(const Model& model)
{
    const auto* const factors = dynamic_cast<const RatingFactorModel*>(&model);
    return factors ? std::optional(factors->ridge()) : std::nullopt;
}

Result<ModelPtr> loadRatingFactors(const Artifact& artifact)
{
    const auto factors = artifact.number("factors");
    if (!factors)
        return tl::unexpected(factors.error());
    if (*factors < 1 || *factors > mostFactors || *factors != std::floor(*factors))
        return corrupt("factors", "is not a number of factors");
    RatingFactorState state;
    if (const auto done = loadNumbers(artifact, state); !done)
        return tl::unexpected(done.error());
    if (const auto done = loadVectors(artifact, static_cast<std::size_t>(*factors), state.factors); !done)
        return tl::unexpected(done.error());
    return ratingFactorModel(std::move(state));
}

FoldInPlan planOf(const FoldInConfig& config, PersonBias bias)
{
    FoldInPlan plan{{static_cast<double>(config.foldInReg), {}}, config.tuneFoldIn};
    if (bias == PersonBias::Learnt)
        plan.ridge.bias = static_cast<double>(config.foldInBiasReg);
    return plan;
}

Result<ModelPtr> fittedRatingFactors(const Dataset& dataset, const FoldInPlan& plan, const RatingTrainer& trainer,
                                     const JobContext& job)
{
    const Interactions& interactions = dataset.interactions();
    const HeldBack held = plan.tune ? holdBack(interactions, job) : HeldBack{};
    auto factors = trainer(interactions, held.cells, job.part(0, .9));
    if (!factors)
        return tl::unexpected(factors.error());
    RatingFactorState state{std::move(*factors), ratingRangeOf(dataset), plan.ridge};
    if (!held.people.empty()) {
        job.progress(.9, "choosing the fold-in shrinkage");
        const auto ridge = tunedRidge(interactions, held, state.factors, state.ridge, job);
        if (!ridge)
            return tl::unexpected(ridge.error());
        state.ridge = *ridge;
    }
    job.progress(1, "done");
    return ratingFactorModel(std::move(state));
}

std::size_t paddedAndKept(int factors)
{
    constexpr std::size_t beside = 6; // biases, counts and places
    const auto k = static_cast<std::size_t>(factors);
    return sgd::strideOf(k) + k + beside;
}

/// Measured on ratings in MovieLens layout: the tuning takes as long as 576 fold-ins, whatever the dataset.
Cost costOfRatingFactors(const DatasetShape& shape, int factors, bool tune)
{
    const double rank = static_cast<double>(factors);
    const double rows = static_cast<double>(shape.people + shape.items);
    const double tuning = tune && shape.interactions >= leastRatingsToTune ? 4.5e-6 * rank * rank : 0;
    return {static_cast<double>(shape.interactions) * 5e-8 + rows * rank * 2e-8 + tuning,
            (shape.people + shape.items) * paddedAndKept(factors) * sizeof(float) + shape.interactions + 100'000};
}

Algorithm ratingFactorization()
{
    Algorithm a;
    a.family = "Matrix factorization";
    a.fallback = "Items ordered by their average rating.";
    a.can.ratings = true;
    a.can.similarPeople = true;
    a.needs = {Need::Ratings};
    a.seeded = true;
    a.load = loadRatingFactors;
    return a;
}

} // namespace orrery
