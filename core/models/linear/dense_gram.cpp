// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/linear/dense_gram.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

namespace orrery {
namespace {

/// Adds the part of a person's cells that lies in the columns 0 to `item`.
void addUpTo(SparseMatrix::Row row, std::uint32_t item, double own, std::vector<double>& sums)
{
    for (std::size_t cell = 0; cell < row.size() && row.columns[cell] <= item; ++cell)
        sums[row.columns[cell]] += own * static_cast<double>(row.values[cell]);
}

} // namespace

Result<Matrix> denseGram(const SparseMatrix& matrix, const JobContext& job)
{
    const SparseMatrix columns = matrix.transposed();
    const std::size_t n = columns.rowCount();
    const std::size_t grain = std::max<std::size_t>(1, n / 256);
    Matrix gram = Matrix::unset(n, n);
    std::atomic<std::size_t> finished{0};
    const auto done = parallelFor(job, n, grain, [&](std::size_t first, std::size_t last) {
        std::vector<double> sums(n);
        for (std::size_t item = first; item < last; ++item) {
            const auto people = columns.row(item);
            for (std::size_t p = 0; p < people.size() && !job.cancelled(); ++p)
                addUpTo(matrix.row(people.columns[p]), static_cast<std::uint32_t>(item),
                        static_cast<double>(people.values[p]), sums);
            for (std::size_t other = 0; other <= item; ++other)
                gram.row(item)[other] = static_cast<float>(std::exchange(sums[other], 0));
        }
        const std::size_t before = finished.fetch_add(last - first);
        job.progress(static_cast<double>(before + last - first) / static_cast<double>(n), "comparing items");
    });
    return done ? Result<Matrix>(std::move(gram)) : tl::unexpected(done.error());
}

} // namespace orrery
