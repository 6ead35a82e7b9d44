// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/lightfm.h"

#include "core/models/artifact.h"
#include "core/models/first_error.h"
#include "core/models/hybrids/lightfm_trainer.h"
#include "core/models/implicit/liked_cells.h"
#include "core/models/implicit/ranking_fold_in.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/models/ratings/side_features.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

using implicit::ConfidenceRule;
using implicit::ItemFactors;
using implicit::RankingFoldIn;
constexpr std::size_t sampleSize = 256; ///< items that a fold-in compares the history with
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

struct LightFmSettings {
    LightFmLoss loss = LightFmConfig{}.loss;
    int factors = LightFmConfig{}.factors;
    int epochs = LightFmConfig{}.epochs;
    float learningRate = LightFmConfig{}.learningRate;
    float regularization = LightFmConfig{}.regularization;
    int draws = LightFmConfig{}.draws;
    bool identity = true; ///< each item has a vector of its own, beside those of its attributes
    float likedFrom = 4;
    float foldInRegularization = .05F;

    [[nodiscard]] LightFmConfig training() const
    {
        return {loss, factors, epochs, learningRate, regularization, draws};
    }
};

const ParamTable<LightFmSettings>& table()
{
    static const auto declared =
        ParamTable<LightFmSettings>{}
            .number("factors", "Factors", "Length of each vector; 16 to 64 is usual", &LightFmSettings::factors, 1, 512)
            .number("epochs", "Epochs", "Rounds over all that is liked; 10 to 60 is usual", &LightFmSettings::epochs, 1,
                    2000)
            .choice("loss", "Loss", "What a step does", &LightFmSettings::loss,
                    {{"warp", "WARP: the top of the list"}, {"bpr", "BPR: pairs"}, {"logistic", "Logistic: likes"}})
            .number("learning-rate", "Learning rate", "Size of the first steps; .01 to .1 is usual",
                    &LightFmSettings::learningRate, .0001, 1, ParamScale::Logarithmic)
            .number("regularization", "Regularization", "Higher is smoother; 0 to .001 is usual",
                    &LightFmSettings::regularization, 0, 1)
            .flag("identity", "Items of their own",
                  "Each item has a vector of its own, too; without, only its attributes count",
                  &LightFmSettings::identity)
            .number("liked-from", "Liked from",
                    "Smallest rating that counts as liked; lower ones count as unknown. Counts above 0 are all liked",
                    &LightFmSettings::likedFrom, 0, 100)
            .number("draws", "Draws",
                    "WARP: most draws in search of an item out of order; logistic: items for each liked one",
                    &LightFmSettings::draws, 1, 1000)
            .advanced()
            .number("fold-in-regularization", "Fold-in regularization",
                    "How strongly a history is held to what is known of the person; .01 to .2 is usual",
                    &LightFmSettings::foldInRegularization, .0001, 10, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

struct LightFmParts {
    Matrix items;                ///< [items x k]: sums of the vectors of their features
    Matrix people;               ///< [people x k], as trained: only to be looked at
    Matrix facts;                ///< [facts x k]
    std::vector<Fact> factNames; ///< one a row of `facts`
    std::vector<float> itemBias; ///< one an item
    ConfidenceRule liked;        ///< what of a history counts
    RankingFoldIn::Settings foldIn;
    std::vector<std::uint32_t> sample; ///< items that a history is compared with, ascending
};

class LightFm final : public Model {
public:
    explicit LightFm(LightFmParts parts) : m_parts(std::move(parts)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] Capabilities capabilities() const override { return lightFmAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.items.rows(); }
    [[nodiscard]] VectorSpace itemSpace() const override
    {
        return {m_parts.items.view(), SpaceMetric::Cosine, m_parts.itemBias};
    }
    [[nodiscard]] VectorSpace personSpace() const override { return {m_parts.people.view(), SpaceMetric::Cosine, {}}; }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const LightFmParts& parts() const { return m_parts; }

private:
    LightFmParts m_parts;
};

double product(std::span<const float> a, std::span<const float> b)
{
    return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>{},
                                 [](float x, float y) { return static_cast<double>(x) * static_cast<double>(y); });
}

class LightFmReader final : public Reader {
public:
    LightFmReader(const LightFmParts& parts, const Query& query) : m_parts(parts), m_vector(parts.items.cols())
    {
        gatherFacts(query.who);
        gatherLiked(query.history);
        if (m_liked.items.empty())
            return;
        const RankingFoldIn method({m_parts.items.view(), m_bias}, m_parts.foldIn, m_parts.sample);
        m_person = method.fit(m_liked);
        for (std::size_t d = 0; d < m_vector.size(); ++d)
            m_vector[d] += static_cast<float>(m_person->vector()[d]);
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation why{{}, static_cast<double>(scoreOf(item))};
        if (item.value >= m_parts.items.rows())
            return why;
        const auto vector = m_parts.items.row(item.value);
        why.terms.push_back(
            {TermKind::ItemBias, {}, "how it is liked by all", static_cast<double>(m_parts.itemBias[item.value])});
        for (const std::size_t fact : m_facts) {
            const auto& [name, value] = m_parts.factNames[fact];
            why.terms.push_back(
                {TermKind::Attribute, {}, name + " " + value, product(m_parts.facts.row(fact), vector)});
        }
        const auto adds = m_person ? m_person->contributions(item.value) : std::vector<double>{};
        for (std::size_t j = 0; j < adds.size(); ++j)
            why.terms.push_back({TermKind::HistoryItem, ItemIndex{m_liked.items[j]}, {}, adds[j]});
        return why;
    }

    [[nodiscard]] std::span<const float> vector() const override
    {
        return m_person || !m_facts.empty() ? std::span<const float>(m_vector) : std::span<const float>{};
    }

    [[nodiscard]] std::string fallback() const override
    {
        if (m_person)
            return {};
        return m_facts.empty() ? "Nothing in this history was liked: items are ordered by how they are liked by all."
                               : "Nothing in this history was liked: items are ordered by what is known of the person.";
    }

private:
    void gatherFacts(const Facts& who)
    {
        for (const Fact& fact : who)
            if (const auto found = std::ranges::find(m_parts.factNames, fact); found != m_parts.factNames.end()) {
                m_facts.push_back(static_cast<std::size_t>(found - m_parts.factNames.begin()));
                const auto row = m_parts.facts.row(m_facts.back());
                std::transform(row.begin(), row.end(), m_vector.begin(), m_vector.begin(), std::plus<>{});
            }
        m_bias = m_parts.itemBias;
        if (!m_facts.empty())
            for (std::size_t item = 0; item < m_bias.size(); ++item)
                m_bias[item] += static_cast<float>(product(m_vector, m_parts.items.row(item)));
    }

    void gatherLiked(const History& history)
    {
        for (const HistoryEntry& entry : history) {
            const float weight = m_parts.liked.weightOf(entry.value);
            if (entry.item.value < m_parts.items.rows() && weight > 0) {
                m_liked.items.push_back(entry.item.value);
                m_liked.weights.push_back(weight);
            }
        }
    }

    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        if (item.value >= m_parts.items.rows())
            return unknown;
        double folded = 0;
        if (m_person)
            for (std::size_t d = 0; d < m_vector.size(); ++d)
                folded += m_person->vector()[d] * static_cast<double>(m_parts.items.row(item.value)[d]);
        return static_cast<float>(static_cast<double>(m_bias[item.value]) + folded);
    }

    const LightFmParts& m_parts;
    std::vector<std::size_t> m_facts; ///< rows of parts.facts
    std::vector<float> m_bias;        ///< of the items, with what the facts say
    implicit::Liked m_liked;
    std::unique_ptr<const implicit::FoldedIn> m_person; ///< null: nothing was liked
    std::vector<float> m_vector;
};

std::unique_ptr<Reader> LightFm::read(const Query& query) const
{
    return std::make_unique<LightFmReader>(m_parts, query);
}

void LightFm::save(Artifact& artifact) const
{
    const std::int64_t shape[] = {
        static_cast<std::int64_t>(m_parts.items.rows()), static_cast<std::int64_t>(m_parts.people.rows()),
        static_cast<std::int64_t>(m_parts.facts.rows()), static_cast<std::int64_t>(m_parts.items.cols()),
        static_cast<std::int64_t>(m_parts.sample.size())};
    artifact.put("shape", std::span<const std::int64_t>(shape));
    artifact.put("items", m_parts.items.all());
    artifact.put("people", m_parts.people.all());
    artifact.put("facts", m_parts.facts.all());
    for (std::size_t f = 0; f < m_parts.factNames.size(); ++f) {
        artifact.putText(fmt::format("fact-name-{}", f), m_parts.factNames[f].name);
        artifact.putText(fmt::format("fact-value-{}", f), m_parts.factNames[f].value);
    }
    artifact.put("item-bias", std::span<const float>(m_parts.itemBias));
    artifact.putNumber("liked-from", static_cast<double>(m_parts.liked.likedFrom));
    artifact.putNumber("fold-in", static_cast<double>(m_parts.foldIn.strength));
    artifact.put("sample", std::span<const std::uint32_t>(m_parts.sample));
}

/// [rows x features]: with `identity` the row itself first, then what is known of it.
SparseMatrix featureRows(const SideFeatures& features, std::size_t rows, bool identity)
{
    SparseMatrix byFeature;
    byFeature.columnCount = rows;
    const auto add = [&](std::span<const std::uint32_t> members, std::span<const float> values) {
        byFeature.columns.insert(byFeature.columns.end(), members.begin(), members.end());
        byFeature.values.insert(byFeature.values.end(), values.begin(), values.end());
        byFeature.starts.push_back(byFeature.columns.size());
    };
    const float one = 1;
    if (identity)
        for (std::uint32_t row = 0; row < rows; ++row)
            add({&row, 1}, {&one, 1});
    for (std::size_t f = 0; f < features.count(); ++f)
        add(features.column(f).rows, features.column(f).values);
    return byFeature.transposed();
}

/// Items that somebody used: what nobody met was not passed over.
std::vector<std::uint32_t> usedItems(const Interactions& interactions)
{
    std::vector<std::uint32_t> items;
    for (std::uint32_t item = 0; item < interactions.items(); ++item)
        if (!interactions.column(ItemIndex{item}).users.empty())
            items.push_back(item);
    return items;
}

std::vector<float> sumsOfBiases(const SparseMatrix& rows, std::span<const float> biases)
{
    std::vector<float> sums(rows.rowCount());
    for (std::size_t row = 0; row < sums.size(); ++row)
        for (std::size_t f = 0; f < rows.row(row).size(); ++f)
            sums[row] += rows.row(row).values[f] * biases[rows.row(row).columns[f]];
    return sums;
}

/// The rows of the features that are no identities.
Matrix lastRows(const Matrix& vectors, std::size_t count)
{
    Matrix out(count, vectors.cols());
    std::ranges::copy(vectors.all().last(count * vectors.cols()), out.all().begin());
    return out;
}

Result<ModelPtr> fitLightFm(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Dataset& dataset = *input.train;
    LightFmParts parts;
    parts.liked = implicit::confidenceFor(dataset, {ConfidenceRule::Mapping::Above, config->likedFrom, 1, 1});
    parts.foldIn.strength = config->foldInRegularization;
    auto liked = implicit::likedCells(dataset.interactions(), parts.liked);
    if (!liked)
        return tl::unexpected(liked.error());
    const SideFeatures people = personFeatures(dataset, parts.factNames);
    const LightFmInput cells{std::move(*liked), featureRows(people, dataset.personCount(), true),
                             featureRows(itemFeatures(dataset), dataset.itemCount(), config->identity),
                             usedItems(dataset.interactions())};
    const auto factors = trainLightFm(cells, config->training(), job);
    if (!factors)
        return tl::unexpected(factors.error());
    parts.items = sumsOfFeatures(cells.items, factors->items);
    parts.itemBias = sumsOfBiases(cells.items, factors->itemBias);
    parts.people = sumsOfFeatures(cells.people, factors->people);
    parts.facts = lastRows(factors->people, people.count());
    parts.sample = RankingFoldIn::sampleOf(dataset.itemCount(), sampleSize, job.rng("lightfm.sample"));
    return std::make_shared<const LightFm>(std::move(parts));
}

Status readMatrix(const Artifact& artifact, const std::string& name, std::int64_t rows, std::int64_t cols, Matrix& to)
{
    const auto values = artifact.floats(name, static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
    if (!values)
        return tl::unexpected(values.error());
    to = Matrix(static_cast<std::size_t>(rows), static_cast<std::size_t>(cols));
    std::ranges::copy(*values, to.all().begin());
    return {};
}

Status readFacts(const Artifact& artifact, std::vector<Fact>& facts, std::int64_t count)
{
    for (std::int64_t f = 0; f < count; ++f) {
        auto name = artifact.text(fmt::format("fact-name-{}", f));
        auto value = artifact.text(fmt::format("fact-value-{}", f));
        if (!name)
            return tl::unexpected(name.error());
        if (!value)
            return tl::unexpected(value.error());
        facts.push_back({std::move(*name), std::move(*value)});
    }
    return {};
}

Status readSettings(const Artifact& artifact, std::size_t items, std::size_t samples, LightFmParts& parts)
{
    auto bias = artifact.floats("item-bias", items);
    auto sample = artifact.indices("sample", samples, items);
    const auto likedFrom = artifact.number("liked-from");
    const auto strength = artifact.number("fold-in");
    if (const Error* failed = firstError(bias, sample, likedFrom, strength))
        return tl::unexpected(*failed);
    if (!(*likedFrom >= 0 && *likedFrom <= 1e6))
        return implicit::corruptSettings("liked-from");
    if (!implicit::isPositiveFloat(*strength))
        return implicit::corruptSettings("fold-in");
    if (std::ranges::adjacent_find(*sample, std::greater_equal{}) != sample->end())
        return implicit::corruptSettings("sample");
    parts.itemBias = std::move(*bias);
    parts.sample = std::move(*sample);
    parts.liked = {ConfidenceRule::Mapping::Above, static_cast<float>(*likedFrom), 1, 1};
    parts.foldIn.strength = static_cast<float>(*strength);
    return {};
}

Result<ModelPtr> loadLightFm(const Artifact& artifact)
{
    const auto shape = artifact.integers("shape", 5);
    if (!shape)
        return tl::unexpected(shape.error());
    constexpr std::int64_t mostRows = std::numeric_limits<std::uint32_t>::max();
    const auto& s = *shape;
    const auto within = [](std::int64_t value, std::int64_t low, std::int64_t high) {
        return value >= low && value <= high;
    };
    if (!within(s[0], 1, mostRows) || !within(s[1], 0, mostRows) || !within(s[2], 0, mostRows) ||
        !within(s[3], 1, 4096) || !within(s[4], 1, s[0]))
        return implicit::corruptSettings("shape");
    LightFmParts parts;
    for (const auto& [name, rows, to] :
         {std::tuple{"items", s[0], &parts.items}, {"people", s[1], &parts.people}, {"facts", s[2], &parts.facts}})
        if (const auto read = readMatrix(artifact, name, rows, s[3], *to); !read)
            return tl::unexpected(read.error());
    if (const auto read = readFacts(artifact, parts.factNames, s[2]); !read)
        return tl::unexpected(read.error());
    if (const auto read = readSettings(artifact, parts.items.rows(), static_cast<std::size_t>(s[4]), parts); !read)
        return tl::unexpected(read.error());
    return std::make_shared<const LightFm>(std::move(parts));
}

Cost estimateLightFm(const DatasetShape& shape, const ParamSet& params)
{
    const LightFmSettings config = table().read(params).value_or(LightFmSettings{});
    constexpr double usualFeatures = 4; // of an item: itself, some tags, a year
    const double k = config.factors;
    const bool warp = config.loss == LightFmLoss::Warp;
    const double gathered = config.loss == LightFmLoss::Logistic ? 1.0 + config.draws : 3;
    const double moves = config.loss == LightFmLoss::Logistic ? gathered : 3;
    const double looks = warp ? config.draws * .3 : 0; // at sums that are kept
    const double cells = overlaps::cellsOf(shape, Entries::Liked);
    const auto rows = static_cast<double>(shape.people + shape.items);
    const double sums = warp ? static_cast<double>(shape.items) * (k + 1) * sizeof(float) : 0;
    return {config.epochs * cells *
                    (usualFeatures * (gathered + moves) * (1.8e-8 + k * 4.2e-10) + looks * (8.4e-9 + k * 1.4e-10)) +
                rows * 1e-7,
            shape.interactions * (2 * (sizeof(float) + sizeof(std::uint32_t)) + 4) +
                static_cast<std::size_t>(sums + rows * (k * 3 + usualFeatures * 4 + 4) * sizeof(float))};
}

} // namespace

Algorithm lightFmAlgorithm()
{
    Algorithm a;
    a.id = "lightfm";
    a.title = "LightFM";
    a.family = "Hybrid";
    a.summary =
        "Gives every attribute a vector; an item is the sum of the vectors of its attributes and one of its "
        "own, and so is a person. New items and new people have a place at once, through what is known of them.";
    a.whenToUse = "When items or people are often new and something is known of them: genres, years, occupations.";
    a.paper = "Kula: Metadata embeddings for user and item cold-start recommendations, CBRecSys 2015";
    a.fallback = "Items ordered by how they are liked by all, or by what is known of the person.";
    a.can.similarPeople = true;
    a.seeded = true;
    a.params = table().specs();
    a.fit = fitLightFm;
    a.load = loadLightFm;
    a.estimate = estimateLightFm;
    return a;
}

} // namespace orrery
