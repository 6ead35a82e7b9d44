// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/epochs.h"

#include "core/projection/alignment.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

Matrix rowsOf(const ItemMap& map, const Matrix& vectors)
{
    Matrix rows(map.items.size(), vectors.cols());
    for (std::size_t point = 0; point < map.items.size(); ++point)
        std::ranges::copy(vectors.row(map.items[point].value), rows.row(point).begin());
    return rows;
}

} // namespace

CheckpointKeeper::CheckpointKeeper(const JobContext& job, std::size_t most)
    : m_recorder(job), m_most(std::max<std::size_t>(most, 2))
{
}

void CheckpointKeeper::progressed(double fraction, std::string_view doing) { m_recorder.progressed(fraction, doing); }

void CheckpointKeeper::measured(std::string_view series, double step, double value)
{
    m_recorder.measured(series, step, value);
}

bool CheckpointKeeper::wantsVectors(double step)
{
    const std::scoped_lock lock(m_mutex);
    return std::fmod(step - 1, m_stride) == 0;
}

void CheckpointKeeper::keepVectors(double step, Matrix&& vectors)
{
    const std::scoped_lock lock(m_mutex);
    m_kept.push_back({step, std::move(vectors)});
    if (m_kept.size() <= m_most)
        return;
    m_stride *= 2;
    std::erase_if(m_kept, [this](const Checkpoint& kept) { return std::fmod(kept.step - 1, m_stride) != 0; });
}

std::vector<Checkpoint> CheckpointKeeper::take()
{
    const std::scoped_lock lock(m_mutex);
    return std::move(m_kept);
}

Result<WatchedTraining> trainAgain(const Algorithm& algorithm, const FitInput& input, const ParamSet& params,
                                   const Model& known, std::size_t most, const JobContext& job)
{
    CheckpointKeeper keeper(job, most);
    const auto model = train(algorithm, input, params, keeper.job());
    if (!model)
        return tl::unexpected(model.error());
    WatchedTraining watched{keeper.take(), keeper.curves()};
    if (watched.checkpoints.empty())
        return error(Code::Unsupported, fmt::format("{} has no vectors on its way", algorithm.title),
                     "Choose one that learns by epochs, such as implicit ALS, BPR or SVD");
    if (!std::ranges::equal((*model)->itemSpace().vectors.all(), known.itemSpace().vectors.all()))
        return error(Code::InvalidArgument, "Another model came out than the one that is shown",
                     "Train it anew under Recipes, and look at that one");
    return watched;
}

Result<std::vector<EpochLayout>> layOutEpochs(const ItemMap& shown, std::span<const Checkpoint> checkpoints,
                                              const ProjectionMethod& method, const ParamSet& params,
                                              const JobContext& job)
{
    const VectorSpace& space = shown.space;
    SamePoints same;
    for (std::uint32_t point = 0; point < shown.items.size(); ++point)
        same.emplace_back(point, point);
    std::vector<EpochLayout> epochs(checkpoints.size());
    Matrix later = vectorsOf(shown);
    Layout next = layoutOf(shown);
    for (std::size_t left = checkpoints.size(); left-- > 0;) {
        const Checkpoint& checkpoint = checkpoints[left];
        if (checkpoint.vectors.rows() != space.vectors.rows)
            return error(Code::InvalidArgument, "The checkpoints are of another catalog", "Train the model again");
        Matrix rows = rowsOf(shown, checkpoint.vectors);
        if (!std::ranges::equal(rows.all(), later.all())) {
            const double done = static_cast<double>(checkpoints.size() - left - 1);
            const double from = done / static_cast<double>(checkpoints.size());
            ProjectionInput input{rows.view(), space.metric};
            if (method.optimizes)
                input.start = next;
            const auto layout =
                project(method, input, params, job.part(from, from + 1 / static_cast<double>(checkpoints.size())));
            if (!layout)
                return tl::unexpected(layout.error());
            next = aligned(*layout, next, same);
            later = std::move(rows);
        }
        epochs[left] = {checkpoint.step, next};
        job.progress(static_cast<double>(checkpoints.size() - left) / static_cast<double>(checkpoints.size()),
                     fmt::format("epoch {}", checkpoint.step));
    }
    return epochs;
}

Layout between(const Layout& from, const Layout& to, double share)
{
    const auto part = static_cast<float>(share);
    Layout out(from.size());
    for (std::size_t point = 0; point < out.size(); ++point)
        out[point] = {from[point].x + part * (to[point].x - from[point].x),
                      from[point].y + part * (to[point].y - from[point].y)};
    return out;
}

} // namespace orrery
