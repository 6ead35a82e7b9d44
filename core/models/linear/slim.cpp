// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/linear/slim.h"

#include "core/base/parallel.h"
#include "core/models/item_to_item.h"
#include "core/models/linear/slim_solver.h"
#include "core/models/neighbours/overlap_walk.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

struct SlimConfig {
    float l1 = 1;
    float l2 = 50;
    Weighting weighting = Weighting::Binary;
    Entries entries = Entries::Liked;
};

const ParamTable<SlimConfig>& table()
{
    static const auto declared =
        ParamTable<SlimConfig>{}
            .number("l1", "Sparsity",
                    "L1 strength: higher leaves fewer items to speak for each; .5 to 10 is usual, more for more people",
                    &SlimConfig::l1, .001, 1e5, ParamScale::Logarithmic)
            .number("l2", "Regularization", "L2 strength: higher is smoother; 10 to 500 is usual, more for more people",
                    &SlimConfig::l2, .001, 1e6, ParamScale::Logarithmic)
            .choice("weighting", "Weight of an entry", "What one entry of a history counts", &SlimConfig::weighting,
                    {{"binary", "Used it"}, {"value", "Value"}})
            .choice("entries", "Entries that count",
                    "Of ratings: what was liked, or whatever was rated. Counts always count", &SlimConfig::entries,
                    {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}});
    return declared;
}

Result<slim::Gram> gramOf(const SparseMatrix& matrix, const JobContext& job)
{
    if (std::ranges::any_of(matrix.values, [](float value) { return value < 0; }))
        return error(Code::InvalidArgument, "SLIM cannot learn from values below 0",
                     "Set weighting to binary, or entries to liked", "weighting");
    const SparseMatrix items = matrix.transposed();
    auto others = overlaps::best(
        matrix, items, items.rowCount(), job,
        [](std::size_t, std::uint32_t, const overlaps::Overlap& both) { return static_cast<float>(both.dot); });
    if (!others)
        return tl::unexpected(others.error());
    slim::Gram gram{std::move(*others), std::vector<double>(items.rowCount())};
    for (std::size_t i = 0; i < items.rowCount(); ++i)
        for (const float value : items.row(i).values)
            gram.diagonals[i] += static_cast<double>(value) * static_cast<double>(value);
    return gram;
}

/// Column j of W as row j, and what it leaves unexplained.
struct Column {
    std::vector<std::uint32_t> items;
    std::vector<float> weights;
    double residual = 0;
};

class Training {
public:
    Training(const slim::Gram& gram, slim::Penalty penalty, const JobContext& job)
        : m_gram(gram), m_penalty(penalty), m_job(job), m_columns(gram.diagonals.size())
    {
    }

    Result<SparseMatrix> run()
    {
        constexpr std::size_t slices = 20;
        const std::size_t n = m_columns.size();
        const std::size_t size = chunkCount(n, slices);
        for (std::size_t first = 0; first < n; first += size) {
            const std::size_t last = std::min(n, first + size);
            if (const auto done = solve(first, last); !done)
                return tl::unexpected(done.error());
            report(first, last);
        }
        return joined();
    }

private:
    Status solve(std::size_t from, std::size_t to)
    {
        const std::size_t grain = std::max<std::size_t>(1, (to - from) / 32);
        return parallelFor(m_job, to - from, grain, [&](std::size_t first, std::size_t last) {
            slim::ColumnSolver solver(m_gram, m_penalty);
            for (std::size_t j = from + first; j < from + last && !m_job.cancelled(); ++j) {
                solver.solve(static_cast<std::uint32_t>(j));
                m_columns[j] = {{solver.items().begin(), solver.items().end()},
                                {solver.weights().begin(), solver.weights().end()},
                                solver.residual()};
            }
        });
    }

    void report(std::size_t first, std::size_t last)
    {
        for (std::size_t j = first; j < last; ++j) {
            m_left += m_columns[j].residual;
            m_whole += m_gram.diagonals[j];
        }
        const auto done = static_cast<double>(last);
        m_job.measure("training loss", done, m_whole > 0 ? m_left / m_whole : 0);
        m_job.progress(done / static_cast<double>(m_columns.size()),
                       fmt::format("solved {} of {} items", last, m_columns.size()));
    }

    [[nodiscard]] SparseMatrix joined() const
    {
        SparseMatrix weights;
        weights.columnCount = m_columns.size();
        for (const Column& column : m_columns) {
            weights.columns.insert(weights.columns.end(), column.items.begin(), column.items.end());
            weights.values.insert(weights.values.end(), column.weights.begin(), column.weights.end());
            weights.starts.push_back(weights.columns.size());
        }
        return weights;
    }

    const slim::Gram& m_gram;
    slim::Penalty m_penalty;
    const JobContext& m_job;
    std::vector<Column> m_columns;
    double m_left = 0, m_whole = 0;
};

Result<SparseMatrix> learn(const SparseMatrix& matrix, const SlimConfig& config, const JobContext& job)
{
    const auto gram = gramOf(matrix, job.part(0, .2));
    if (!gram)
        return tl::unexpected(gram.error());
    const JobContext rest = job.part(.2, 1);
    return Training(*gram, {static_cast<double>(config.l1), static_cast<double>(config.l2)}, rest).run();
}

Result<ModelPtr> fitSlim(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const HistoryWeigher weigher(*input.train, config->weighting, config->entries);
    const auto matrix = weightedMatrix(input.train->interactions(), weigher);
    if (!matrix)
        return tl::unexpected(matrix.error());
    auto weights = learn(*matrix, *config, job);
    if (!weights)
        return tl::unexpected(weights.error());
    return std::make_shared<const ItemToItem>(
        ItemToItemParts{std::move(*weights), weigher, PopularFallback(input.train->interactions())},
        slimAlgorithm().can);
}

Result<ModelPtr> loadSlim(const Artifact& artifact) { return ItemToItem::load(artifact, slimAlgorithm().can); }

Cost estimateSlim(const DatasetShape& shape, const ParamSet& params)
{
    const SlimConfig config = table().read(params).value_or(SlimConfig{});
    const auto work = overlaps::Work::of(shape, config.entries);
    const auto n = static_cast<double>(shape.items);
    // One person in common earns no weight; each candidate brings slopes of all items up to date.
    const double solving = work.meeting(2) * (1.2e-6 + n * 1.8e-10);
    return {work.seconds(3.2e-9) + solving + n * 2e-5,
            static_cast<std::size_t>(work.cells * 22 + work.compared * 8 + n * 1200) + overlaps::bytesOfRows(shape)};
}

} // namespace

Algorithm slimAlgorithm()
{
    Algorithm a;
    a.id = "slim";
    a.title = "SLIM";
    a.family = "Linear";
    a.summary =
        "Learns for each item the few items whose users also use it, with weights that are never negative. Every "
        "recommendation is a sum over a handful of items of the history.";
    a.whenToUse = "For ranking with short, plausible reasons; close to EASE in accuracy, with a far smaller model.";
    a.paper = "Ning & Karypis: SLIM: Sparse linear methods for top-N recommender systems, ICDM 2011";
    a.fallback = PopularFallback::declaration();
    a.params = table().specs();
    a.fit = fitSlim;
    a.load = loadSlim;
    a.estimate = estimateSlim;
    return a;
}

} // namespace orrery
