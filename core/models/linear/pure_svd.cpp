// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/linear/pure_svd.h"

#include "core/base/parallel.h"
#include "core/models/artifact.h"
#include "core/models/history_weigher.h"
#include "core/models/linear/truncated_svd.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

struct PureSvdConfig {
    int factors = 0;
    Weighting weighting = Weighting::Binary;
    Entries entries = Entries::Liked;
};

const ParamTable<PureSvdConfig>& table()
{
    static const auto declared =
        ParamTable<PureSvdConfig>{}
            .number(
                "factors", "Factors",
                "Length of each vector; fewer are smoother; 20 to 150 is usual. 0: half the square root of the items",
                &PureSvdConfig::factors, 0, 512)
            .choice("weighting", "Weight of an entry",
                    "What one entry of a history counts: that it is there, its value, or its value against the "
                    "person's mean",
                    &PureSvdConfig::weighting,
                    {{"binary", "Used it"}, {"value", "Value"}, {"centred", "Value minus the person's mean"}})
            .choice("entries", "Entries that count",
                    "Of ratings: what was liked, or whatever was rated. Counts always count", &PureSvdConfig::entries,
                    {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}});
    return declared;
}

/// A small catalog has few directions, and with as many factors as items a history would only be given back.
std::size_t factorsOf(const PureSvdConfig& config, std::size_t items)
{
    if (config.factors > 0)
        return static_cast<std::size_t>(config.factors);
    return std::clamp<std::size_t>(static_cast<std::size_t>(std::sqrt(static_cast<double>(items)) / 2), 1, 512);
}

struct PureSvdParts {
    Matrix vectors; ///< V [items x factors]
    std::vector<double> values;
    Matrix people; ///< X V [people x factors]; only to be looked at: read() always folds in
    HistoryWeigher weigher;
    PopularFallback fallback;
};

double dot(std::span<const float> a, std::span<const float> b)
{
    double sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d)
        sum += static_cast<double>(a[d]) * static_cast<double>(b[d]);
    return sum;
}

class PureSvd final : public Model {
public:
    explicit PureSvd(PureSvdParts parts) : m_parts(std::move(parts)), m_places(m_parts.vectors)
    {
        for (std::size_t item = 0; item < m_places.rows(); ++item)
            for (std::size_t d = 0; d < m_places.cols(); ++d)
                m_places.row(item)[d] *= static_cast<float>(m_parts.values[d]);
    }

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] Capabilities capabilities() const override { return pureSvdAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.vectors.rows(); }
    [[nodiscard]] VectorSpace itemSpace() const override { return {m_places.view(), SpaceMetric::Cosine, {}}; }
    [[nodiscard]] VectorSpace personSpace() const override { return {m_parts.people.view(), SpaceMetric::Cosine, {}}; }
    void save(Artifact& artifact) const override;
    static Result<ModelPtr> load(const Artifact& artifact);

    [[nodiscard]] const PureSvdParts& parts() const { return m_parts; }

private:
    PureSvdParts m_parts;
    Matrix m_places; ///< V diag(values)
};

class PureSvdReader final : public Reader {
public:
    PureSvdReader(const PureSvdParts& parts, const History& history) : m_parts(parts), m_sums(parts.values.size())
    {
        std::vector<float> values;
        for (const HistoryEntry& entry : history)
            if (entry.item.value < parts.vectors.rows()) {
                m_items.push_back(entry.item.value);
                values.push_back(entry.value);
            }
        for (const auto& weight : parts.weigher.weigh(values))
            m_weights.push_back(static_cast<double>(weight.value_or(0)));
        for (std::size_t j = 0; j < m_items.size(); ++j)
            for (std::size_t d = 0; d < m_sums.size(); ++d)
                m_sums[d] += m_weights[j] * static_cast<double>(parts.vectors.row(m_items[j])[d]);
        m_vector.assign(m_sums.begin(), m_sums.end());
        m_silent = std::ranges::all_of(m_sums, [](double sum) { return sum == 0; });
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        if (m_silent)
            return m_parts.fallback.score(items, out);
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) {
            return item.value < m_parts.vectors.rows() ? static_cast<float>(scoreOf(item.value))
                                                       : std::numeric_limits<float>::quiet_NaN();
        });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        if (m_silent || item.value >= m_parts.vectors.rows())
            return m_parts.fallback.explain(item);
        Explanation why{{}, scoreOf(item.value)};
        for (std::size_t j = 0; j < m_items.size(); ++j)
            if (m_weights[j] != 0)
                why.terms.push_back({TermKind::HistoryItem,
                                     ItemIndex{m_items[j]},
                                     {},
                                     m_weights[j] * likeness(m_items[j], item.value)});
        return why;
    }

    [[nodiscard]] std::span<const float> vector() const override { return m_vector; }
    [[nodiscard]] std::string fallback() const override
    {
        return m_silent ? PopularFallback::sentence() : std::string();
    }

private:
    [[nodiscard]] double scoreOf(std::size_t item) const
    {
        const auto row = m_parts.vectors.row(item);
        double sum = 0;
        for (std::size_t d = 0; d < m_sums.size(); ++d)
            sum += m_sums[d] * static_cast<double>(row[d]);
        return sum;
    }

    [[nodiscard]] double likeness(std::size_t a, std::size_t b) const
    {
        return dot(m_parts.vectors.row(a), m_parts.vectors.row(b));
    }

    const PureSvdParts& m_parts;
    std::vector<std::uint32_t> m_items; // of the history, known ones
    std::vector<double> m_weights;      // of each; 0 where it does not count
    std::vector<double> m_sums;         // x V
    std::vector<float> m_vector;        // the same, to be looked at
    bool m_silent = false;
};

std::unique_ptr<Reader> PureSvd::read(const Query& query) const
{
    return std::make_unique<PureSvdReader>(m_parts, query.history);
}

void PureSvd::save(Artifact& artifact) const
{
    artifact.put("singular-values", std::span<const double>(m_parts.values));
    artifact.put("item-vectors", m_parts.vectors.all());
    artifact.put("person-vectors", m_parts.people.all());
    artifact.putNumber("items", static_cast<double>(m_parts.vectors.rows()));
    artifact.putNumber("people", static_cast<double>(m_parts.people.rows()));
    m_parts.weigher.save(artifact);
    m_parts.fallback.save(artifact);
}

/// `count` rows of `cols` values; the count is stored beside them.
Result<Matrix> loadRows(const Artifact& artifact, const std::string& name, const std::string& count, std::size_t cols)
{
    const auto rows = artifact.number(count);
    if (!rows)
        return tl::unexpected(rows.error());
    if (!(*rows >= 0 && *rows <= std::numeric_limits<std::uint32_t>::max()) || *rows != std::floor(*rows))
        return error(Code::Corrupt, "The stored model's size makes no sense", "Train the model again", count);
    const auto values = artifact.floats(name, static_cast<std::size_t>(*rows) * cols);
    if (!values)
        return tl::unexpected(values.error());
    Matrix matrix = Matrix::unset(static_cast<std::size_t>(*rows), cols);
    std::ranges::copy(*values, matrix.all().begin());
    return matrix;
}

Result<ModelPtr> PureSvd::load(const Artifact& artifact)
{
    const auto values = artifact.doubles("singular-values");
    if (!values)
        return tl::unexpected(values.error());
    if (values->empty() || values->size() > 4096 || values->back() <= 0 ||
        !std::ranges::is_sorted(*values, std::greater{}))
        return error(Code::Corrupt, "The stored singular values make no sense", "Train the model again",
                     "singular-values");
    auto vectors = loadRows(artifact, "item-vectors", "items", values->size());
    if (!vectors)
        return tl::unexpected(vectors.error());
    auto people = loadRows(artifact, "person-vectors", "people", values->size());
    if (!people)
        return tl::unexpected(people.error());
    const auto weigher = HistoryWeigher::load(artifact);
    if (!weigher)
        return tl::unexpected(weigher.error());
    auto fallback = PopularFallback::load(artifact, vectors->rows());
    if (!fallback)
        return tl::unexpected(fallback.error());
    return std::make_shared<const PureSvd>(
        PureSvdParts{std::move(*vectors), *values, std::move(*people), *weigher, std::move(*fallback)});
}

/// X V
Result<Matrix> placesOf(const SparseMatrix& matrix, const Matrix& vectors, const JobContext& job)
{
    Matrix places = Matrix::unset(matrix.rowCount(), vectors.cols());
    const auto done = parallelFor(job, matrix.rowCount(), 256, [&](std::size_t first, std::size_t last) {
        std::vector<double> sums(vectors.cols());
        for (std::size_t person = first; person < last; ++person) {
            std::ranges::fill(sums, 0.0);
            const auto row = matrix.row(person);
            for (std::size_t i = 0; i < row.size(); ++i)
                for (std::size_t d = 0; d < sums.size(); ++d)
                    sums[d] += static_cast<double>(row.values[i]) * static_cast<double>(vectors.row(row.columns[i])[d]);
            std::ranges::transform(sums, places.row(person).begin(), [](double v) { return static_cast<float>(v); });
        }
    });
    return done ? Result<Matrix>(std::move(places)) : tl::unexpected(done.error());
}

Result<ModelPtr> fitPureSvd(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const HistoryWeigher weigher(*input.train, config->weighting, config->entries);
    const auto matrix = weightedMatrix(input.train->interactions(), weigher);
    if (!matrix)
        return tl::unexpected(matrix.error());
    auto svd = truncatedSvd(*matrix, {.rank = factorsOf(*config, matrix->columnCount)}, job);
    if (!svd)
        return tl::unexpected(svd.error());
    if (svd->values.empty())
        return error(Code::Numeric, "All interactions weigh 0, so there is nothing to tell items apart by",
                     "Set weighting to binary", "weighting");
    auto people = placesOf(*matrix, svd->right, job);
    if (!people)
        return tl::unexpected(people.error());
    return std::make_shared<const PureSvd>(PureSvdParts{std::move(svd->right), std::move(svd->values),
                                                        std::move(*people), weigher,
                                                        PopularFallback(input.train->interactions())});
}

Cost estimatePureSvd(const DatasetShape& shape, const ParamSet& params)
{
    const PureSvdConfig config = table().read(params).value_or(PureSvdConfig{});
    const double cells = overlaps::cellsOf(shape, config.entries);
    const auto people = static_cast<double>(shape.people), items = static_cast<double>(shape.items);
    const auto factors = static_cast<double>(factorsOf(config, shape.items));
    const double width = std::min(items, 1.5 * factors + 10);
    constexpr double applications = 40; // of X^T X to the block
    const double seconds = applications * 2 * cells * width * 2.4e-10 + 12 * 6 * items * width * width * 7e-11;
    return {seconds, static_cast<std::size_t>(cells * 16 + width * 8 * (4 * items + people) +
                                              4 * factors * (2 * items + people))};
}

} // namespace

Algorithm pureSvdAlgorithm()
{
    Algorithm a;
    a.id = "pure-svd";
    a.title = "PureSVD";
    a.family = "Linear";
    a.summary =
        "Keeps the few directions in which the matrix of interactions varies most, and reads what is missing as "
        "0. A history is projected onto them, so that anybody is answered at once.";
    a.whenToUse = "For quick, smooth rankings and a map of the items from plain linear algebra, without tuning.";
    a.paper = "Cremonesi, Koren & Turrin: Performance of recommender algorithms on top-n recommendation tasks, "
              "RecSys 2010";
    a.fallback = PopularFallback::declaration();
    a.can.similarPeople = true;
    a.params = table().specs();
    a.fit = fitPureSvd;
    a.load = PureSvd::load;
    a.estimate = estimatePureSvd;
    return a;
}

} // namespace orrery
