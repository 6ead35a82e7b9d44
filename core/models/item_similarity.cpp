// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/item_similarity.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace orrery {
namespace {

/// What one column has in common with another.
struct Overlap {
    double dot = 0;
    std::uint32_t people = 0;
};

/// A dense row of overlaps, and which of them were touched.
class Scratch {
public:
    explicit Scratch(std::size_t columns) : m_overlaps(columns) {}

    /// For sums of at most `cells` cells: where that is few, touched columns are noted; else all are looked through.
    void begin(std::uint64_t cells) { m_noting = cells < m_overlaps.size(); }
    void add(SparseMatrix::Row row, float own) { m_noting ? addAndNote(row, own) : addOnly(row, own); }

    /// visit(column, overlap) for all that were touched, in any order; clears them.
    template <class Visit> void take(Visit visit)
    {
        const auto take = [&](std::size_t column) {
            if (m_overlaps[column].people > 0)
                visit(static_cast<std::uint32_t>(column), m_overlaps[column]);
            m_overlaps[column] = {};
        };
        if (m_noting)
            std::ranges::for_each(m_touched, take);
        else
            for (std::size_t column = 0; column < m_overlaps.size(); ++column)
                take(column);
        m_touched.clear();
    }

private:
    void addOnly(SparseMatrix::Row row, float own)
    {
        Overlap* const overlaps = m_overlaps.data();
        const auto weight = static_cast<double>(own);
        for (std::size_t cell = 0; cell < row.size(); ++cell) {
            Overlap& overlap = overlaps[row.columns[cell]];
            ++overlap.people;
            overlap.dot += weight * static_cast<double>(row.values[cell]);
        }
    }

    void addAndNote(SparseMatrix::Row row, float own)
    {
        for (const std::uint32_t column : row.columns)
            if (m_overlaps[column].people == 0)
                m_touched.push_back(column);
        addOnly(row, own);
    }

    std::vector<Overlap> m_overlaps;
    std::vector<std::uint32_t> m_touched;
    bool m_noting = false;
};

struct Candidate {
    std::uint32_t column = 0;
    float similarity = 0;
};

/// Keeps the best of many candidates; of equal ones the lower columns.
class Best {
public:
    explicit Best(std::size_t wanted) : m_wanted(wanted), m_room(4 * wanted + 64) {}

    void offer(std::uint32_t column, float similarity)
    {
        if (!(similarity > 0) || similarity < m_least)
            return;
        m_held.push_back({column, similarity});
        if (m_held.size() >= m_room)
            m_least = cut();
    }

    /// What was kept, by column.
    const std::vector<Candidate>& finish()
    {
        cut();
        std::ranges::sort(m_held, {}, &Candidate::column);
        return m_held;
    }

    void clear()
    {
        m_held.clear();
        m_least = 0;
    }

private:
    // The least similarity that is still among the best.
    float cut()
    {
        if (m_held.size() <= m_wanted)
            return 0;
        const auto better = [](const Candidate& a, const Candidate& b) {
            return a.similarity != b.similarity ? a.similarity > b.similarity : a.column < b.column;
        };
        const auto last = m_held.begin() + static_cast<std::ptrdiff_t>(m_wanted) - 1;
        std::nth_element(m_held.begin(), last, m_held.end(), better);
        m_held.erase(last + 1, m_held.end());
        return m_held.back().similarity;
    }

    std::size_t m_wanted;
    std::size_t m_room;
    std::vector<Candidate> m_held;
    float m_least = 0;
};

/// The finished rows of one chunk.
struct Part {
    std::vector<std::uint32_t> counts;
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
};

class Comparison {
public:
    Comparison(const SparseMatrix& matrix, const SimilarityConfig& config, const JobContext& job)
        : m_rows(matrix), m_columns(matrix.transposed()), m_config(config), m_job(job)
    {
        m_norms.reserve(m_columns.rowCount());
        for (std::size_t c = 0; c < m_columns.rowCount(); ++c) {
            double sum = 0;
            for (const float value : m_columns.row(c).values)
                sum += static_cast<double>(value) * static_cast<double>(value);
            m_norms.push_back(std::sqrt(sum));
        }
        for (std::size_t r = 0; r < matrix.rowCount(); ++r)
            m_work += matrix.row(r).size() * matrix.row(r).size();
    }

    Result<SparseMatrix> run()
    {
        const std::size_t n = m_columns.rowCount();
        // Few enough chunks that clearing their scratch rows is cheap, enough of them to share out.
        const std::size_t grain = std::max<std::size_t>(1, n / 256);
        std::vector<Part> parts(chunkCount(n, grain));
        const auto done = parallelFor(
            m_job, n, grain, [&](std::size_t first, std::size_t last) { parts[first / grain] = compare(first, last); });
        if (!done)
            return tl::unexpected(done.error());
        return joined(parts);
    }

private:
    Part compare(std::size_t first, std::size_t last)
    {
        Part part;
        Scratch scratch(m_columns.rowCount());
        Best best(m_config.neighbours);
        for (std::size_t column = first; column < last; ++column) {
            const std::uint64_t work = workOf(column);
            addUp(column, work, scratch);
            if (m_job.cancelled())
                return {};
            best.clear();
            scratch.take([&](std::uint32_t other, const Overlap& overlap) {
                if (other != column)
                    best.offer(other, static_cast<float>(similarity(column, other, overlap)));
            });
            append(part, best.finish());
            report(work);
        }
        return part;
    }

    [[nodiscard]] std::uint64_t workOf(std::size_t column) const
    {
        std::uint64_t work = 0;
        for (const std::uint32_t person : m_columns.row(column).columns)
            work += m_rows.row(person).size();
        return work;
    }

    // Checks for a cancel with every person: one popular column of a large dataset is a second of work.
    void addUp(std::size_t column, std::uint64_t work, Scratch& scratch) const
    {
        scratch.begin(work);
        const auto people = m_columns.row(column);
        for (std::size_t p = 0; p < people.size() && !m_job.cancelled(); ++p)
            scratch.add(m_rows.row(people.columns[p]), people.values[p]);
    }

    [[nodiscard]] double similarity(std::size_t a, std::size_t b, const Overlap& overlap) const
    {
        const auto together = static_cast<double>(overlap.people);
        const double shrunk = together + static_cast<double>(m_config.shrinkage);
        if (m_config.measure == Similarity::Jaccard) {
            const auto either = static_cast<double>(m_columns.row(a).size() + m_columns.row(b).size()) - together;
            return together * together / (either * shrunk);
        }
        const double lengths = m_norms[a] * m_norms[b];
        return lengths > 0 ? overlap.dot * together / (lengths * shrunk) : 0;
    }

    static void append(Part& part, const std::vector<Candidate>& candidates)
    {
        part.counts.push_back(static_cast<std::uint32_t>(candidates.size()));
        for (const auto& [column, similarity] : candidates) {
            part.columns.push_back(column);
            part.values.push_back(similarity);
        }
    }

    void report(std::uint64_t work)
    {
        const std::uint64_t before = m_done.fetch_add(work);
        const std::uint64_t step = m_work / 100 + 1;
        if (before / step != (before + work) / step)
            m_job.progress(static_cast<double>(before + work) / static_cast<double>(m_work), "comparing items");
    }

    [[nodiscard]] SparseMatrix joined(const std::vector<Part>& parts) const
    {
        SparseMatrix all;
        all.columnCount = m_columns.rowCount();
        for (const Part& part : parts) {
            for (const std::uint32_t count : part.counts)
                all.starts.push_back(all.starts.back() + count);
            all.columns.insert(all.columns.end(), part.columns.begin(), part.columns.end());
            all.values.insert(all.values.end(), part.values.begin(), part.values.end());
        }
        return all;
    }

    const SparseMatrix& m_rows;
    SparseMatrix m_columns; // transposed: row c is column c
    SimilarityConfig m_config;
    const JobContext& m_job;
    std::vector<double> m_norms;
    std::uint64_t m_work = 0;
    std::atomic<std::uint64_t> m_done{0};
};

} // namespace

SparseMatrix SparseMatrix::transposed() const
{
    SparseMatrix out;
    out.columnCount = rowCount();
    out.starts.assign(columnCount + 1, 0);
    for (const std::uint32_t column : columns)
        ++out.starts[column + 1];
    for (std::size_t c = 0; c < columnCount; ++c)
        out.starts[c + 1] += out.starts[c];
    out.columns.resize(size());
    out.values.resize(size());
    std::vector<std::uint64_t> next(out.starts.begin(), out.starts.end() - 1);
    for (std::size_t r = 0; r < rowCount(); ++r)
        for (auto cell = starts[r]; cell < starts[r + 1]; ++cell) {
            const auto to = next[columns[cell]]++;
            out.columns[to] = static_cast<std::uint32_t>(r);
            out.values[to] = values[cell];
        }
    return out;
}

Result<SparseMatrix> mostSimilarColumns(const SparseMatrix& matrix, const SimilarityConfig& config,
                                        const JobContext& job)
{
    return Comparison(matrix, config, job).run();
}

} // namespace orrery
