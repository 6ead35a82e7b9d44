// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/hnsw_index.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <stdexcept>

#include <fmt/format.h>

#if defined(__SANITIZE_ADDRESS__)
#define NO_MANUAL_VECTORIZATION
#endif
#include <hnswlib/hnswlib.h> // here only: it defines functions that are not inline

namespace orrery {
namespace {

/// hnswlib's own search takes the number of candidates from a member, which threads would have to share.
class Graph : public hnswlib::HierarchicalNSW<float> {
public:
    using HierarchicalNSW::HierarchicalNSW;

    /// The `wanted` nearest of `candidates`, farthest first.
    [[nodiscard]] auto search(const float* query, std::size_t wanted, std::size_t candidates) const
    {
        auto found = searchBaseLayerST<false>(entranceFor(query), query, std::max(wanted, candidates));
        while (found.size() > wanted)
            found.pop();
        return found;
    }

private:
    /// Where to enter the ground floor: the nearest vector that the floors above lead to.
    [[nodiscard]] hnswlib::tableint entranceFor(const float* query) const
    {
        hnswlib::tableint nearest = enterpoint_node_;
        float distance = fstdistfunc_(query, getDataByInternalId(nearest), dist_func_param_);
        for (int floor = maxlevel_; floor > 0; --floor)
            for (bool moved = true; moved;) {
                moved = false;
                hnswlib::linklistsizeint* list = get_linklist(nearest, floor);
                for (int link = 1; link <= getListCount(list); ++link) {
                    const float other = fstdistfunc_(query, getDataByInternalId(list[link]), dist_func_param_);
                    if (other < distance) {
                        distance = other;
                        nearest = list[link];
                        moved = true;
                    }
                }
            }
        return nearest;
    }
};

using Buffer = std::vector<float, AlignedAllocator<float>>;

constexpr std::size_t padding = 16; // hnswlib's kernels for lengths that are no multiple are slower
constexpr std::size_t graphSeed = 1;

bool isFinite(std::span<const float> vector)
{
    return std::ranges::all_of(vector, [](float value) { return std::isfinite(value); });
}

double squareOf(std::span<const float> vector)
{
    double sum = 0;
    for (const float value : vector)
        sum += static_cast<double>(value) * static_cast<double>(value);
    return sum;
}

Status check(const HnswConfig& config)
{
    const auto outside = [](std::string_view name, int value, int low, int high) {
        return error(Code::InvalidArgument, fmt::format("{} is {}, not {} to {}", name, value, low, high));
    };
    if (config.links < 4 || config.links > 64)
        return outside("links", config.links, 4, 64);
    if (config.buildCandidates < config.links || config.buildCandidates > 2000)
        return outside("build candidates", config.buildCandidates, config.links, 2000);
    if (config.candidates < 1 || config.candidates > 10'000)
        return outside("candidates", config.candidates, 1, 10'000);
    return {};
}

} // namespace

struct HnswIndex::Impl {
    Impl(std::size_t vectorLength, SpaceMetric spaceMetric, const HnswConfig& chosen)
        : metric(spaceMetric), config(chosen), length(vectorLength),
          stride((vectorLength + padding - 1) / padding * padding), inner(stride), euclidean(stride)
    {
    }

    [[nodiscard]] hnswlib::SpaceInterface<float>& space()
    {
        return metric == SpaceMetric::Euclidean ? static_cast<hnswlib::SpaceInterface<float>&>(euclidean) : inner;
    }
    /// As the graph compares it.
    void put(std::span<const float> vector, Buffer& out) const;
    [[nodiscard]] const float* stored(std::size_t row) const
    {
        return reinterpret_cast<const float*>(graph->getDataByInternalId(static_cast<hnswlib::tableint>(row)));
    }

    SpaceMetric metric;
    HnswConfig config;
    std::size_t length, stride;
    hnswlib::InnerProductSpace inner;
    hnswlib::L2Space euclidean;
    std::unique_ptr<Graph> graph;
    std::size_t inGraph = 0;
    std::vector<float> tail; ///< rows of `length`
};

void HnswIndex::Impl::put(std::span<const float> vector, Buffer& out) const
{
    out.assign(stride, 0.F);
    std::ranges::copy(vector, out.begin());
    if (metric != SpaceMetric::Cosine)
        return;
    const double square = squareOf(vector);
    const auto scale = static_cast<float>(square > 0 ? 1 / std::sqrt(square) : 0);
    for (float& value : out)
        value *= scale;
}

HnswIndex::HnswIndex(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
HnswIndex::HnswIndex(HnswIndex&&) noexcept = default;
HnswIndex& HnswIndex::operator=(HnswIndex&&) noexcept = default;
HnswIndex::~HnswIndex() = default;

Result<HnswIndex> HnswIndex::build(MatrixView vectors, SpaceMetric metric, const HnswConfig& config,
                                   const JobContext& job)
{
    if (const auto fine = check(config); !fine)
        return tl::unexpected(fine.error());
    for (std::size_t row = 0; row < vectors.rows; ++row)
        if (!isFinite(vectors.row(row)))
            return error(Code::InvalidArgument, "A vector is not finite", "Train the model again, or mend the file",
                         fmt::format("row {}", row + 1));
    auto impl = std::make_unique<Impl>(vectors.cols, metric, config);
    try {
        impl->graph = std::make_unique<Graph>(&impl->space(), std::max<std::size_t>(1, vectors.rows),
                                              static_cast<std::size_t>(config.links),
                                              static_cast<std::size_t>(config.buildCandidates), graphSeed);
        Buffer buffer;
        for (std::size_t row = 0; row < vectors.rows; ++row) {
            if (row % 64 == 0) {
                if (const auto alive = job.check(); !alive)
                    return tl::unexpected(alive.error());
                job.progress(static_cast<double>(row) / static_cast<double>(vectors.rows), "linking neighbours");
            }
            impl->put(vectors.row(row), buffer);
            impl->graph->addPoint(buffer.data(), row);
        }
    } catch (const std::exception&) {
        return error(Code::OutOfMemory, "There is not enough memory for an index of all vectors",
                     "Close other models, or use exact search");
    }
    impl->inGraph = vectors.rows;
    return HnswIndex(std::move(impl));
}

std::size_t HnswIndex::size() const { return m_impl->inGraph + tail(); }

std::size_t HnswIndex::tail() const { return m_impl->length == 0 ? 0 : m_impl->tail.size() / m_impl->length; }

Status HnswIndex::add(std::span<const float> vector)
{
    if (vector.size() != m_impl->length)
        return error(Code::InvalidArgument,
                     fmt::format("A vector has {} numbers, not {}", vector.size(), m_impl->length));
    if (!isFinite(vector))
        return error(Code::InvalidArgument, "A vector is not finite");
    m_impl->tail.insert(m_impl->tail.end(), vector.begin(), vector.end());
    return {};
}

std::vector<Near> HnswIndex::nearest(std::span<const float> vector, std::size_t n, std::optional<std::uint32_t> except,
                                     std::optional<int> candidates) const
{
    const Impl& impl = *m_impl;
    std::vector<Near> found;
    Buffer query;
    impl.put(vector, query);
    const std::size_t wanted = n + (except ? 1 : 0);
    const auto looked = static_cast<std::size_t>(std::max(1, candidates.value_or(impl.config.candidates)));
    if (impl.inGraph > 0)
        for (auto nearest = impl.graph->search(query.data(), wanted, looked); !nearest.empty(); nearest.pop())
            if (const std::uint32_t row = nearest.top().second; row != except)
                found.push_back({row, similarityOf(vector, std::span(impl.stored(row), impl.length), impl.metric)});
    for (std::size_t added = 0; added < tail(); ++added)
        if (const auto row = static_cast<std::uint32_t>(impl.inGraph + added); row != except)
            found.push_back({row, similarityOf(vector, std::span(impl.tail).subspan(added * impl.length, impl.length),
                                               impl.metric)});
    std::ranges::sort(found, isNearer);
    found.resize(std::min(found.size(), n));
    return found;
}

std::vector<float> HnswIndex::row(std::uint32_t row) const
{
    const float* from =
        row < m_impl->inGraph ? m_impl->stored(row) : m_impl->tail.data() + (row - m_impl->inGraph) * m_impl->length;
    return {from, from + m_impl->length};
}

std::size_t HnswIndex::bytesFor(std::size_t rows, std::size_t length, const HnswConfig& config)
{
    const auto links = static_cast<std::size_t>(config.links);
    const std::size_t stride = (length + padding - 1) / padding * padding;
    const std::size_t base = (2 * links + 1) * 4 + stride * 4 + 8; // links and vector on the ground floor, label
    const std::size_t above = 8 + (links * 4 + 4 + 16) / std::max<std::size_t>(1, links - 1); // a few live higher up
    const std::size_t books = 40 /* lock */ + 4 + 32 /* where a label is */ + 2 /* visited */;
    return rows * (base + above + books) + 65'536 * 40;
}

} // namespace orrery
