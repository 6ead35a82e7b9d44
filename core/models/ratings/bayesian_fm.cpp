// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/bayesian_fm.h"

#include "core/models/artifact.h"
#include "core/models/ratings/bayesian_fm_sampler.h"
#include "core/models/ratings/rated_history.h"
#include "core/models/ratings/rating_context.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace orrery {
namespace {

constexpr int mostFactors = 128, mostSamples = 200;
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

const ParamTable<BayesianFmConfig>& table()
{
    static const auto declared =
        ParamTable<BayesianFmConfig>{}
            .number("factors", "Factors", "Length of each vector; 8 to 32 is usual", &BayesianFmConfig::factors, 1,
                    mostFactors, ParamScale::Logarithmic)
            .number("iterations", "Iterations", "Steps of the chain; 200 to 500 is usual",
                    &BayesianFmConfig::iterations, 2, 5000, ParamScale::Logarithmic)
            .flag("history", "History as feature", "What a person rated says something, whatever the rating",
                  &BayesianFmConfig::history)
            .flag("audience", "Audience as feature", "Who rated an item says something, whatever the rating",
                  &BayesianFmConfig::audience)
            .flag("attributes", "Attributes as features", "Genres, years, and what is known of people",
                  &BayesianFmConfig::attributes)
            .flag("context", "Context as feature",
                  "The day of the week, the part of the day, the device and the place say something",
                  &BayesianFmConfig::context)
            .number("burn-in", "Burn-in", "Share of the iterations that is thrown away", &BayesianFmConfig::burnIn, 0,
                    .9)
            .advanced()
            .number("samples", "Samples", "States of the chain that are kept and averaged; 10 to 50 is usual",
                    &BayesianFmConfig::samples, 1, mostSamples, ParamScale::Logarithmic)
            .advanced()
            .number("init-spread", "Initial spread", "Standard deviation of the first random vectors",
                    &BayesianFmConfig::initSpread, .001, 1, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

/// What is kept of the chain. A row of a [n x samples (k + 1)] matrix holds, sample by sample, the linear weight and
/// then the vector; `items` holds totals, with the features of the items in them.
struct FmParts {
    std::size_t factors = 0;
    std::vector<double> bias;           ///< of each sample
    std::vector<double> noisePrecision; ///< of each sample
    Matrix priorMean;                   ///< [1 x samples (k + 1)] of people's own weights
    Matrix priorPrecision;              ///< same shape
    Matrix items;                       ///< [items x samples (k + 1)]
    Matrix rated;                    ///< [items x samples (k + 1)]: having rated the item; no rows without that feature
    Matrix facts;                    ///< [facts x samples (k + 1)]
    Matrix context;                  ///< [contextFeatures.count() x samples (k + 1)], against their average
    ContextFeatures contextFeatures; ///< none where they are not asked for
    std::vector<Fact> factNames;     ///< one a row of `facts`
    RatingRange range;

    [[nodiscard]] std::size_t samples() const { return bias.size(); }
    [[nodiscard]] std::size_t width() const { return factors + 1; }
};

using RowMap = Eigen::Map<const Eigen::RowVectorXf>;

/// Part of `row` that belongs to a sample.
RowMap sampleOf(std::span<const float> row, std::size_t sample, std::size_t width)
{
    return {row.data() + sample * width, static_cast<Eigen::Index>(width)};
}

class FmModel final : public Model {
public:
    explicit FmModel(FmParts parts);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    void scoreBatch(std::span<const Query> queries, MatrixRef out) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override
    {
        Capabilities can = bayesianFmAlgorithm().can;
        can.context = m_parts.context.rows() > 0;
        return can;
    }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.items.rows(); }
    [[nodiscard]] VectorSpace itemSpace() const override { return {m_vectors.view(), SpaceMetric::Cosine, m_bias}; }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const FmParts& parts() const { return m_parts; }
    /// Without the linear weights: what the vector of a person is multiplied with.
    [[nodiscard]] const Matrix& vectors() const { return m_vectors; }
    /// Mean linear weight of each item.
    [[nodiscard]] std::span<const float> bias() const { return m_bias; }

private:
    FmParts m_parts;
    Matrix m_vectors; ///< [items x samples k]
    std::vector<float> m_bias;
};

/// The person of a query under all samples.
class FmReader final : public Reader {
public:
    FmReader(const FmModel& model, const Query& query);

    void score(std::span<const ItemIndex> items, std::span<float> out) const override;
    [[nodiscard]] Explanation explain(ItemIndex item) const override;
    [[nodiscard]] std::span<const float> vector() const override { return m_vector; }
    [[nodiscard]] std::string fallback() const override;
    /// What every item gets: the bias, and the person's own weight.
    [[nodiscard]] double base() const { return m_base; }

private:
    /// The equations of one sample: the person's weights are `expected` plus the solution for the residuals.
    struct Sample {
        Eigen::RowVectorXd expected;            ///< what features and the prior say
        Eigen::MatrixXd design;                 ///< [entries x k + 1]: 1 and the vector of the item
        Eigen::VectorXd residuals;              ///< rating less what is expected
        Eigen::LLT<Eigen::MatrixXd> factorized; ///< of precision / noise + design' design
    };

    [[nodiscard]] Sample sampleAt(std::size_t sample) const;
    [[nodiscard]] Eigen::RowVectorXd featuresOf(std::size_t sample) const;
    /// What the circumstances add to an item: its weight, and its vector.
    [[nodiscard]] Eigen::RowVectorXd contextOf(std::size_t sample, std::span<const std::size_t> features) const;
    [[nodiscard]] Eigen::RowVectorXd target(std::size_t sample, ItemIndex item) const;
    void solve();
    [[nodiscard]] double ratedShare() const { return 1 / std::sqrt(static_cast<double>(m_history.size())); }

    const FmModel& m_model;
    const FmParts& m_parts;
    History m_history;
    std::vector<std::size_t> m_facts;                ///< rows of parts.facts
    std::vector<std::size_t> m_context;              ///< rows of parts.context
    std::vector<std::vector<std::size_t>> m_entries; ///< of each entry of the history, rows of parts.context
    double m_base = 0;
    std::vector<float> m_vector; ///< sample by sample, divided by the number of samples
};

FmReader::FmReader(const FmModel& model, const Query& query)
    : m_model(model), m_parts(model.parts()), m_history(ratedHistory(query.history, model.itemCount(), m_parts.range))
{
    for (const Fact& fact : query.who)
        if (const auto found = std::ranges::find(m_parts.factNames, fact); found != m_parts.factNames.end())
            m_facts.push_back(static_cast<std::size_t>(found - m_parts.factNames.begin()));
    m_entries.resize(m_history.size());
    if (m_parts.context.rows() > 0) {
        const ContextFeatures& features = m_parts.contextFeatures;
        m_context = features.of(query.context);
        std::ranges::transform(m_history, m_entries.begin(),
                               [&](const HistoryEntry& entry) { return features.of(contextAt(entry.at)); });
    }
    solve();
}

Eigen::RowVectorXd FmReader::featuresOf(std::size_t sample) const
{
    const std::size_t width = m_parts.width();
    Eigen::RowVectorXd sum = sampleOf(m_parts.priorMean.row(0), sample, width).cast<double>();
    for (const std::size_t fact : m_facts)
        sum += sampleOf(m_parts.facts.row(fact), sample, width).cast<double>();
    if (m_parts.rated.rows() > 0)
        for (const HistoryEntry& entry : m_history)
            sum += ratedShare() * sampleOf(m_parts.rated.row(entry.item.value), sample, width).cast<double>();
    return sum;
}

Eigen::RowVectorXd FmReader::contextOf(std::size_t sample, std::span<const std::size_t> features) const
{
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(static_cast<Eigen::Index>(m_parts.width()));
    for (const std::size_t feature : features)
        sum += sampleOf(m_parts.context.row(feature), sample, m_parts.width()).cast<double>();
    return sum;
}

/// 1 and the vector of an item.
Eigen::RowVectorXd FmReader::target(std::size_t sample, ItemIndex item) const
{
    Eigen::RowVectorXd row = sampleOf(m_parts.items.row(item.value), sample, m_parts.width()).cast<double>();
    row[0] = 1;
    return row;
}

FmReader::Sample FmReader::sampleAt(std::size_t sample) const
{
    const auto width = static_cast<Eigen::Index>(m_parts.width());
    const auto entries = static_cast<Eigen::Index>(m_history.size());
    Sample out{featuresOf(sample), Eigen::MatrixXd(entries, width), Eigen::VectorXd(entries), {}};
    for (Eigen::Index j = 0; j < entries; ++j) {
        const HistoryEntry& entry = m_history[static_cast<std::size_t>(j)];
        out.design.row(j) = target(sample, entry.item);
        double withoutPerson = m_parts.bias[sample] + static_cast<double>(sampleOf(m_parts.items.row(entry.item.value),
                                                                                   sample, m_parts.width())[0]);
        if (const auto& features = m_entries[static_cast<std::size_t>(j)]; !features.empty()) {
            const Eigen::RowVectorXd when = contextOf(sample, features);
            const auto k = width - 1;
            withoutPerson += when[0] + when.tail(k).dot(out.design.row(j).tail(k));
            out.design.row(j).tail(k) += when.tail(k);
        }
        out.residuals[j] = static_cast<double>(entry.value) - withoutPerson - out.expected.dot(out.design.row(j));
    }
    Eigen::MatrixXd system(width, width);
    system.setZero();
    system.selfadjointView<Eigen::Lower>().rankUpdate(out.design.transpose());
    system.diagonal() += sampleOf(m_parts.priorPrecision.row(0), sample, m_parts.width()).cast<double>().transpose() /
                         m_parts.noisePrecision[sample];
    out.factorized.compute(system);
    return out;
}

void FmReader::solve()
{
    const std::size_t samples = m_parts.samples();
    const double share = 1 / static_cast<double>(samples);
    m_vector.reserve(samples * m_parts.factors);
    for (std::size_t s = 0; s < samples; ++s) {
        const Sample sample = sampleAt(s);
        Eigen::VectorXd person = sample.expected.transpose();
        if (!m_history.empty())
            person += sample.factorized.solve(sample.design.transpose() * sample.residuals);
        m_base += share * (m_parts.bias[s] + person[0]);
        if (!m_context.empty()) {
            const Eigen::RowVectorXd when = contextOf(s, m_context);
            const auto k = when.size() - 1;
            m_base += share * (when[0] + when.tail(k).dot(person.tail(k)));
            person.tail(k) += when.tail(k).transpose();
        }
        for (Eigen::Index f = 1; f < person.size(); ++f)
            m_vector.push_back(static_cast<float>(share * person[f]));
    }
}

void FmReader::score(std::span<const ItemIndex> items, std::span<float> out) const
{
    const auto size = static_cast<Eigen::Index>(m_vector.size());
    const RowMap person(m_vector.data(), size);
    std::ranges::transform(items, out.begin(), [&](ItemIndex item) {
        if (item.value >= m_model.itemCount())
            return unknown;
        const RowMap vector(m_model.vectors().row(item.value).data(), size);
        return static_cast<float>(m_base + static_cast<double>(m_model.bias()[item.value]) +
                                  static_cast<double>(person.dot(vector)));
    });
}

Explanation FmReader::explain(ItemIndex item) const
{
    float scored = unknown;
    score({&item, 1}, {&scored, 1});
    Explanation why{{}, static_cast<double>(scored)};
    if (item.value >= m_model.itemCount())
        return why;
    const std::size_t width = m_parts.width();
    const double share = 1 / static_cast<double>(m_parts.samples());
    double mean = 0, ofItem = 0;
    std::vector<double> facts(m_facts.size()), context(m_context.size()), history(m_history.size());
    for (std::size_t s = 0; s < m_parts.samples(); ++s) {
        const Sample sample = sampleAt(s);
        const Eigen::RowVectorXd plain = target(s, item);
        const Eigen::RowVectorXd prior = sampleOf(m_parts.priorMean.row(0), s, width).cast<double>();
        mean += share * (m_parts.bias[s] + prior[0]);
        ofItem += share * (static_cast<double>(sampleOf(m_parts.items.row(item.value), s, width)[0]) +
                           plain.dot(prior) - prior[0]);
        Eigen::RowVectorXd asked = plain;
        for (std::size_t f = 0; f < context.size(); ++f) {
            const Eigen::RowVectorXd when = contextOf(s, std::span(m_context).subspan(f, 1));
            const auto k = when.size() - 1;
            context[f] += share * (when[0] + when.tail(k).dot(plain.tail(k) + prior.tail(k)));
            asked.tail(k) += when.tail(k);
        }
        for (std::size_t f = 0; f < facts.size(); ++f)
            facts[f] += share * asked.dot(sampleOf(m_parts.facts.row(m_facts[f]), s, width).cast<double>());
        if (m_history.empty())
            continue;
        // How alike the asked item and each of the history are in the eyes of this person.
        const Eigen::VectorXd alike = sample.design * sample.factorized.solve(asked.transpose());
        for (std::size_t j = 0; j < history.size(); ++j) {
            const auto row = static_cast<Eigen::Index>(j);
            history[j] += share * alike[row] * sample.residuals[row];
            if (m_parts.rated.rows() > 0)
                history[j] += share * ratedShare() *
                              asked.dot(sampleOf(m_parts.rated.row(m_history[j].item.value), s, width).cast<double>());
        }
    }
    why.terms = {{TermKind::GlobalMean, {}, "what is rated on average", mean},
                 {TermKind::ItemBias, {}, "how this item is rated, against the mean", ofItem}};
    for (std::size_t f = 0; f < facts.size(); ++f) {
        const Fact& fact = m_parts.factNames[m_facts[f]];
        why.terms.push_back({TermKind::Attribute, {}, fact.name + " " + fact.value, facts[f]});
    }
    for (std::size_t f = 0; f < context.size(); ++f)
        why.terms.push_back({TermKind::Context, {}, m_parts.contextFeatures.name(m_context[f]), context[f]});
    for (std::size_t j = 0; j < history.size(); ++j)
        why.terms.push_back({TermKind::HistoryItem, m_history[j].item, {}, history[j]});
    return why;
}

std::string FmReader::fallback() const
{
    if (!m_history.empty())
        return {};
    return m_facts.empty() ? "No ratings to learn from: items are ordered by what an average person gives them."
                           : "No ratings to learn from: items are ordered by what is known of the person.";
}

FmModel::FmModel(FmParts parts)
    : m_parts(std::move(parts)), m_vectors(m_parts.items.rows(), m_parts.samples() * m_parts.factors)
{
    for (std::size_t item = 0; item < m_parts.items.rows(); ++item) {
        auto to = m_vectors.row(item).begin();
        double weights = 0;
        for (std::size_t s = 0; s < m_parts.samples(); ++s) {
            const auto from = sampleOf(m_parts.items.row(item), s, m_parts.width());
            weights += static_cast<double>(from[0]);
            to = std::copy(from.data() + 1, from.data() + from.size(), to);
        }
        m_bias.push_back(static_cast<float>(weights / static_cast<double>(m_parts.samples())));
    }
}

std::unique_ptr<Reader> FmModel::read(const Query& query) const { return std::make_unique<FmReader>(*this, query); }

void FmModel::scoreBatch(std::span<const Query> queries, MatrixRef out) const
{
    using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto size = static_cast<Eigen::Index>(m_vectors.cols());
    const auto known = static_cast<Eigen::Index>(std::min(out.cols, itemCount()));
    FloatRows people(static_cast<Eigen::Index>(queries.size()), size);
    Eigen::VectorXf base(people.rows());
    for (Eigen::Index q = 0; q < people.rows(); ++q) {
        const FmReader reader(*this, queries[static_cast<std::size_t>(q)]);
        people.row(q) = RowMap(reader.vector().data(), size);
        base[q] = static_cast<float>(reader.base());
    }
    const Eigen::Map<const FloatRows> items(m_vectors.all().data(), known, size);
    Eigen::Map<FloatRows> scores(out.data, people.rows(), static_cast<Eigen::Index>(out.cols));
    scores.leftCols(known).noalias() = people * items.transpose();
    scores.leftCols(known).rowwise() += RowMap(m_bias.data(), known);
    scores.leftCols(known).colwise() += base;
    scores.rightCols(scores.cols() - known).setConstant(unknown);
}

void FmModel::save(Artifact& artifact) const
{
    const std::int64_t shape[] = {
        static_cast<std::int64_t>(m_parts.samples()), static_cast<std::int64_t>(m_parts.factors),
        static_cast<std::int64_t>(m_parts.items.rows()), static_cast<std::int64_t>(m_parts.rated.rows()),
        static_cast<std::int64_t>(m_parts.facts.rows())};
    artifact.put("shape", std::span<const std::int64_t>(shape));
    artifact.put("bias", std::span<const double>(m_parts.bias));
    artifact.put("noise-precision", std::span<const double>(m_parts.noisePrecision));
    artifact.put("prior-mean", m_parts.priorMean.view().all());
    artifact.put("prior-precision", m_parts.priorPrecision.view().all());
    artifact.put("items", m_parts.items.view().all());
    artifact.put("rated", m_parts.rated.view().all());
    artifact.put("facts", m_parts.facts.view().all());
    m_parts.contextFeatures.save(artifact);
    if (m_parts.context.rows() > 0)
        artifact.put("context", m_parts.context.view().all());
    artifact.put("range", std::span<const float>(std::array{m_parts.range.low, m_parts.range.high}));
    for (std::size_t f = 0; f < m_parts.factNames.size(); ++f) {
        artifact.putText("fact-name-" + std::to_string(f), m_parts.factNames[f].name);
        artifact.putText("fact-value-" + std::to_string(f), m_parts.factNames[f].value);
    }
}

/// Puts the columns of `from` [k + 1 x rows], of one state, where they belong in `to` [rows x samples (k + 1)].
void keepColumns(const Matrix& from, std::size_t first, std::size_t sample, Matrix& to)
{
    for (std::size_t c = 0; c < from.rows(); ++c)
        for (std::size_t row = 0; row < to.rows(); ++row)
            to.row(row)[sample * from.rows() + c] = from.row(c)[first + row];
}

class Keeper {
public:
    Keeper(const Dataset& dataset, const BayesianFmConfig& config, const RatingContext& context,
           std::vector<Fact> facts, std::size_t samples)
        : m_interactions(dataset.interactions()), m_contextShares(contextSharesOf(context))
    {
        const std::size_t width = samples * (static_cast<std::size_t>(config.factors) + 1);
        m_parts.factors = static_cast<std::size_t>(config.factors);
        m_parts.priorMean = Matrix(1, width);
        m_parts.priorPrecision = Matrix(1, width);
        m_parts.items = Matrix(dataset.itemCount(), width);
        m_parts.rated = Matrix(config.history ? dataset.itemCount() : 0, width);
        m_parts.facts = Matrix(facts.size(), width);
        m_parts.context = Matrix(context.features.count(), width);
        m_parts.contextFeatures = context.features;
        m_parts.factNames = std::move(facts);
        m_parts.range = ratingRangeOf(dataset);
        m_people.resize(dataset.itemCount());
        for (const ItemIndex item : m_interactions.allItems())
            ++m_people[item.value];
    }

    void keep(const FmState& state)
    {
        const std::size_t sample = m_parts.bias.size(), width = m_parts.width();
        m_parts.bias.push_back(state.bias);
        m_parts.noisePrecision.push_back(state.noisePrecision);
        for (std::size_t c = 0; c < width; ++c) {
            m_parts.priorMean.row(0)[sample * width + c] = state.people.mean.row(c)[0];
            m_parts.priorPrecision.row(0)[sample * width + c] = state.people.precision.row(c)[0];
        }
        keepColumns(state.items.total, 0, sample, m_parts.items);
        keepColumns(state.people.features, 0, sample, m_parts.facts);
        keepColumns(state.people.features, m_parts.facts.rows(), sample, m_parts.rated);
        keepColumns(state.context.features, 0, sample, m_parts.context);
        calmUnrated(state, sample);
        if (m_parts.context.rows() > 0)
            centreContext(sample);
    }

    [[nodiscard]] FmParts take() { return std::move(m_parts); }

private:
    // Nothing was learned of an item that nobody rated: it gets what its features expect, without the random draw.
    void calmUnrated(const FmState& state, std::size_t sample)
    {
        for (std::size_t item = 0; item < m_people.size(); ++item)
            for (std::size_t c = 0; c < m_parts.width() && m_people[item] == 0; ++c)
                m_parts.items.row(item)[sample * m_parts.width() + c] +=
                    state.items.mean.row(c)[0] - state.items.own.row(c)[item];
    }

    [[nodiscard]] Eigen::Map<Eigen::RowVectorXf> at(Matrix& matrix, std::size_t row, std::size_t sample) const
    {
        const std::size_t width = m_parts.width();
        return {matrix.row(row).data() + sample * width, static_cast<Eigen::Index>(width)};
    }

    /// Rewrites a sample so that circumstances nobody knows are the average ones, not none: with c the mean vector and
    /// w the mean weight of the circumstances of all ratings, people and items gain c, the bias w - |c|^2, and what is
    /// left of each circumstance, d = its vector - c, loses 2 d . c. Each kind of circumstance has a mean of its own,
    /// so that one alone may be known. Predictions stay as they are.
    void centreContext(std::size_t sample)
    {
        const auto k = static_cast<Eigen::Index>(m_parts.factors);
        Eigen::RowVectorXf mean = Eigen::RowVectorXf::Zero(k + 1);
        const ContextFeatures& features = m_parts.contextFeatures;
        for (std::size_t kind = 0; kind < features.kinds().size(); ++kind) {
            const std::size_t first = features.first(kind), last = features.first(kind + 1);
            Eigen::RowVectorXf own = Eigen::RowVectorXf::Zero(k + 1);
            for (std::size_t f = first; f < last; ++f)
                own += static_cast<float>(m_contextShares[f]) * at(m_parts.context, f, sample);
            for (std::size_t f = first; f < last; ++f)
                at(m_parts.context, f, sample) -= own;
            mean += own;
        }
        for (std::size_t f = 0; f < features.count(); ++f) {
            auto row = at(m_parts.context, f, sample);
            row[0] -= 2 * row.tail(k).dot(mean.tail(k));
        }
        m_parts.bias[sample] += static_cast<double>(mean[0] - mean.tail(k).squaredNorm());
        at(m_parts.priorMean, 0, sample).tail(k) += mean.tail(k);
        for (std::size_t item = 0; item < m_parts.items.rows(); ++item)
            at(m_parts.items, item, sample).tail(k) += mean.tail(k);
    }

    const Interactions& m_interactions;
    std::vector<std::uint32_t> m_people; ///< by item
    std::vector<double> m_contextShares; ///< by feature
    FmParts m_parts;
};

/// Who rated each item, in CSR form.
struct Audience {
    std::vector<std::uint64_t> starts{0};
    std::vector<std::uint32_t> people;
};

Audience audienceOf(const Interactions& interactions)
{
    Audience audience;
    for (std::uint32_t item = 0; item < interactions.items(); ++item) {
        for (const UserIndex user : interactions.column(ItemIndex{item}).users)
            audience.people.push_back(user.value);
        audience.starts.push_back(audience.people.size());
    }
    return audience;
}

std::vector<std::uint32_t> plain(std::span<const ItemIndex> items)
{
    std::vector<std::uint32_t> out;
    out.reserve(items.size());
    std::ranges::transform(items, std::back_inserter(out), &ItemIndex::value);
    return out;
}

FmFeatures featuresFor(const Dataset& dataset, const BayesianFmConfig& config, std::vector<Fact>& facts)
{
    const Interactions& interactions = dataset.interactions();
    FmFeatures features;
    if (config.attributes) {
        features.people = personFeatures(dataset, facts);
        features.items = itemFeatures(dataset);
    }
    if (config.history)
        addPartners(features.people, interactions.starts(), plain(interactions.allItems()), interactions.items());
    if (config.audience) {
        const Audience audience = audienceOf(interactions);
        addPartners(features.items, audience.starts, audience.people, interactions.users());
    }
    if (config.context)
        features.context = ratingContextOf(dataset);
    return features;
}

Result<ModelPtr> fitBayesianFm(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Interactions& interactions = input.train->interactions();
    std::vector<Fact> facts;
    const FmFeatures features = featuresFor(*input.train, *config, facts);
    const int left = config->iterations - static_cast<int>(config->burnIn * float(config->iterations));
    Keeper keeper(*input.train, *config, features.context, std::move(facts),
                  static_cast<std::size_t>(std::min(config->samples, std::max(1, left))));
    const auto done =
        sampleBayesianFm(interactions, features, *config, job, [&keeper](const FmState& state) { keeper.keep(state); });
    if (!done)
        return tl::unexpected(done.error());
    job.progress(1, "done");
    return std::make_shared<const FmModel>(keeper.take());
}

tl::unexpected<Error> corrupt(const std::string& where)
{
    return error(Code::Corrupt, "The stored model's '" + where + "' makes no sense", "Train the model again", where);
}

Status readMatrix(const Artifact& artifact, const std::string& name, std::size_t rows, std::size_t cols, Matrix& out)
{
    const auto values = artifact.floats(name, rows * cols);
    if (!values)
        return tl::unexpected(values.error());
    out = Matrix(rows, cols);
    std::ranges::copy(*values, out.all().begin());
    return {};
}

Status readNumbers(const Artifact& artifact, std::size_t samples, FmParts& parts)
{
    auto bias = artifact.doubles("bias", samples);
    auto noise = artifact.doubles("noise-precision", samples);
    const auto range = artifact.floats("range", 2);
    if (!bias)
        return tl::unexpected(bias.error());
    if (!noise)
        return tl::unexpected(noise.error());
    if (!range)
        return tl::unexpected(range.error());
    if (!std::ranges::all_of(*noise, [](double precision) { return precision > 1e-12 && precision < 1e12; }))
        return corrupt("noise-precision");
    parts.bias = std::move(*bias);
    parts.noisePrecision = std::move(*noise);
    parts.range = {(*range)[0], (*range)[1]};
    return {};
}

Status readFacts(const Artifact& artifact, std::size_t facts, FmParts& parts)
{
    for (std::size_t f = 0; f < facts; ++f) {
        auto name = artifact.text("fact-name-" + std::to_string(f));
        auto value = artifact.text("fact-value-" + std::to_string(f));
        if (!name)
            return tl::unexpected(name.error());
        if (!value)
            return tl::unexpected(value.error());
        parts.factNames.push_back({std::move(*name), std::move(*value)});
    }
    return {};
}

Result<ModelPtr> loadBayesianFm(const Artifact& artifact)
{
    const auto shape = artifact.integers("shape", 5);
    if (!shape)
        return tl::unexpected(shape.error());
    constexpr std::int64_t mostRows = std::numeric_limits<std::uint32_t>::max();
    const auto [samples, factors, items, rated, facts] =
        std::tuple{(*shape)[0], (*shape)[1], (*shape)[2], (*shape)[3], (*shape)[4]};
    if (samples < 1 || samples > mostSamples || factors < 1 || factors > mostFactors || items < 1 || items > mostRows ||
        (rated != 0 && rated != items) || facts < 0 || facts > mostRows)
        return corrupt("shape");
    FmParts parts;
    parts.factors = static_cast<std::size_t>(factors);
    const std::size_t width = static_cast<std::size_t>(samples) * parts.width();
    if (const auto done = readNumbers(artifact, static_cast<std::size_t>(samples), parts); !done)
        return tl::unexpected(done.error());
    for (const auto& [name, rows, matrix] : {std::tuple{"prior-mean", std::int64_t{1}, &parts.priorMean},
                                             {"prior-precision", 1, &parts.priorPrecision},
                                             {"items", items, &parts.items},
                                             {"rated", rated, &parts.rated},
                                             {"facts", facts, &parts.facts}})
        if (const auto done = readMatrix(artifact, name, static_cast<std::size_t>(rows), width, *matrix); !done)
            return tl::unexpected(done.error());
    auto features = ContextFeatures::load(artifact);
    if (!features)
        return tl::unexpected(features.error());
    parts.contextFeatures = std::move(*features);
    if (const std::size_t count = parts.contextFeatures.count(); count > 0)
        if (const auto done = readMatrix(artifact, "context", count, width, parts.context); !done)
            return tl::unexpected(done.error());
    if (!std::ranges::all_of(parts.priorPrecision.view().all(), [](float precision) { return precision > 1e-12F; }))
        return corrupt("prior-precision");
    if (const auto done = readFacts(artifact, static_cast<std::size_t>(facts), parts); !done)
        return tl::unexpected(done.error());
    return std::make_shared<const FmModel>(std::move(parts));
}

/// Measured on ratings in MovieLens layout: see the table of costs in CONTRIBUTING.
Cost estimateBayesianFm(const DatasetShape& shape, const ParamSet& params)
{
    const BayesianFmConfig config = table().read(params).value_or(BayesianFmConfig{});
    const double coordinates = config.factors + 1;
    const auto ratings = static_cast<double>(shape.interactions);
    const auto rows = static_cast<double>(shape.people + shape.items);
    const double sides = (config.history ? 1 : 0) + (config.audience ? 1 : 0);
    const double cells = ratings * (4e-9 + 3e-9 * sides) + rows * 6e-8;
    const double kept = static_cast<double>(shape.items) * config.samples * coordinates * (config.history ? 3 : 2);
    const double state = coordinates * (2 + sides) * rows;
    const double context = config.context ? 1 : 0;
    return {config.iterations * coordinates * (cells + context * ratings * 4e-9) + ratings * (1e-7 + context * 3e-7),
            static_cast<std::size_t>(4 * (kept + state) + ratings * (36 + 8 * sides + 38 * context) + 24 * rows)};
}

} // namespace

Algorithm bayesianFmAlgorithm()
{
    Algorithm a;
    a.id = "bayesian-fm";
    a.title = "Bayesian FM";
    a.family = "Matrix factorization";
    a.summary = "Averages many plausible factorization machines instead of choosing one, with the history, the "
                "audience and all "
                "attributes as features. It draws them by Gibbs sampling and finds its own regularization.";
    a.whenToUse = "To predict ratings as accurately as is known: there is little to tune, and it takes its time.";
    a.paper = "Freudenthaler, Schmidt-Thieme & Rendle: Bayesian Factorization Machines, NIPS workshop 2011; Rendle: "
              "Scaling Factorization Machines to Relational Data, VLDB 2013; Rendle, Zhang & Koren: On the Difficulty "
              "of Evaluating Baselines, 2019";
    a.fallback = "Items ordered by what an average person gives them, or people of whom the same is known.";
    a.can.ratings = true;
    a.needs = {Need::Ratings};
    a.seeded = true;
    a.params = table().specs();
    a.fit = fitBayesianFm;
    a.load = loadBayesianFm;
    a.estimate = estimateBayesianFm;
    return a;
}

} // namespace orrery
