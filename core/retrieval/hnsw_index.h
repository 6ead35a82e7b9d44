// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/retrieval/vector_search.h"

#include <memory>

namespace orrery {

/// Of the graph that an index is. More of each finds more of the true neighbours and takes longer.
struct HnswConfig {
    int links = 16;            ///< M: of each vector to others, 4 to 64
    int buildCandidates = 100; ///< efConstruction: looked at when a vector is linked, links to 2000
    int candidates = 64;       ///< ef: looked at when neighbours are searched, 1 to 10000
};

/// Approximately nearest rows, without looking at each: hierarchical navigable small worlds (Malkov & Yashunin, IEEE
/// TPAMI 2020; hnswlib). Holds a copy of the vectors.
///
/// What is added after building lies in a tail that is searched exactly, so that it is found at once; an index with a
/// long tail is worth building again. Searching is safe from many threads, adding is not.
class ORRERY_API HnswIndex {
public:
    /// One after the other, so that the same vectors make the same graph. Errors: InvalidArgument for a config out of
    /// range or a vector that is not finite, OutOfMemory, Cancelled.
    [[nodiscard]] static Result<HnswIndex> build(MatrixView vectors, SpaceMetric metric, const HnswConfig& config,
                                                 const JobContext& job);
    HnswIndex(HnswIndex&&) noexcept;
    HnswIndex& operator=(HnswIndex&&) noexcept;
    ~HnswIndex();

    [[nodiscard]] std::size_t size() const; ///< with the tail
    [[nodiscard]] std::size_t tail() const;
    /// The next row. Errors: InvalidArgument for another length, or a vector that is not finite.
    [[nodiscard]] Status add(std::span<const float> vector);
    /// The n nearest that it finds, nearest first, without `except`; similarities as ExactSearch has them. `candidates`
    /// replaces that of the config, and is raised to n.
    [[nodiscard]] std::vector<Near> nearest(std::span<const float> vector, std::size_t n,
                                            std::optional<std::uint32_t> except = {},
                                            std::optional<int> candidates = {}) const;
    /// A row as it was given. Of Cosine its direction only.
    [[nodiscard]] std::vector<float> row(std::uint32_t row) const;

    /// What an index of so many vectors of this length takes.
    [[nodiscard]] static std::size_t bytesFor(std::size_t rows, std::size_t length, const HnswConfig& config);

private:
    struct Impl;
    explicit HnswIndex(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery
