// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/sparse_matrix.h"
#include "core/data/dataset.h"
#include "core/projection/density.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// What is said of each item, as terms that regions can be named by: its tags (genres, keywords) and the words of its
/// texts without stop words and words of one or two letters. A word that is also a tag is the tag. Made once a dataset,
/// in a job; about 4 bytes a term of an item. Immutable, safe to ask from many threads.
class ORRERY_API ItemTerms {
public:
    /// Leaves out terms of fewer than two items, or than one in 20,000: none names a region. Errors: Unsupported
    /// (WordCutter), Cancelled.
    [[nodiscard]] static Result<ItemTerms> count(std::shared_ptr<const Dataset> dataset, const JobContext& job);

    [[nodiscard]] std::size_t itemCount() const { return m_starts.size() - 1; }
    [[nodiscard]] std::size_t termCount() const { return m_words.size(); }
    /// Of an item, each once, ascending.
    [[nodiscard]] std::span<const std::uint32_t> of(std::size_t item) const
    {
        return std::span(m_terms).subspan(m_starts[item], m_starts[item + 1] - m_starts[item]);
    }
    [[nodiscard]] const std::string& word(std::uint32_t term) const { return m_words[term]; } ///< in small letters
    [[nodiscard]] std::uint32_t itemsWith(std::uint32_t term) const { return m_itemsWith[term]; }
    [[nodiscard]] bool isTag(std::uint32_t term) const { return term < m_tags; } ///< else a word of texts only
    /// The terms of both, those of the fewest items first, ties by term.
    [[nodiscard]] std::vector<std::uint32_t> inCommon(std::size_t item, std::size_t other) const;
    [[nodiscard]] std::uint32_t uses(std::size_t item) const { return m_uses[item]; } ///< people with that item
    [[nodiscard]] std::string title(std::size_t item) const;

private:
    void keepCommon(std::span<const std::uint32_t> itemsWith, std::size_t fewest);

    std::shared_ptr<const Dataset> m_dataset;
    std::vector<std::uint64_t> m_starts{0}; ///< items + 1 entries into m_terms
    std::vector<std::uint32_t> m_terms, m_itemsWith, m_uses;
    std::vector<std::string> m_words;
    std::uint32_t m_tags = 0; ///< terms below are tags
};

/// What the items of each region have: counted once for the finest regions, added up for coarser ones.
struct ORRERY_API RegionTerms {
    SparseMatrix counts;                 ///< [regions x terms]: items of the region with the term
    std::vector<std::uint32_t> items;    ///< of each region
    std::vector<std::uint32_t> mostUsed; ///< item of each region, of equal ones the first; DensityMap::none if empty

    /// regionOf[i] is where region i goes, below `regions`, or DensityMap::none.
    [[nodiscard]] RegionTerms joined(std::span<const std::uint32_t> regionOf, std::size_t regions,
                                     const ItemTerms& terms) const;
};

/// regionOfItem: of items 0, 1, ..., below `regions`, or DensityMap::none. O(terms of the items). Errors:
/// InvalidArgument for more items than are known, Cancelled.
[[nodiscard]] ORRERY_API Result<RegionTerms> countRegionTerms(std::span<const std::uint32_t> regionOfItem,
                                                              std::size_t regions, const ItemTerms& terms,
                                                              const JobContext& job);

/// A name for each region, all different: at most three terms that its items have and others have not, most telling
/// first ("film-noir & crime"). A term of a region weighs f log(1 + A / F), where f is its share of the terms of the
/// region, F how often it occurs in all regions together and A how many terms a region has on average (class-based
/// TF-IDF: Grootendorst, "BERTopic", 2022). It tells when at least one item in 20 has it, and more have it than in all
/// regions by more than chance (three standard errors of a Poisson count). Where none tells, or all are taken, the
/// title of the most used item is the name. "" of a region without items. Regions are named in their order: the first
/// has the first choice.
[[nodiscard]] ORRERY_API std::vector<std::string> nameRegions(const RegionTerms& regions, const ItemTerms& terms);

/// A region of a map and its name.
struct RegionLabel {
    MapPoint at;              ///< its peak
    std::string words;        ///< for people
    float weight = 0;         ///< points in it
    float prominence = 0;     ///< of its peak: which to keep where labels would overlap
    std::uint32_t region = 0; ///< in DensityMap::regionsOf(points, regions)
};

/// The regions of one closeness: the more regions, the smaller.
struct RegionLevel {
    std::size_t regions = 0;
    std::vector<RegionLabel> labels; ///< by region, which is most prominent first
};

/// Names the regions of a layout of the items (point i is item i), for each of these numbers of regions; fewer where
/// there are not so many peaks. A region that appears at several levels may be named differently at each: its
/// neighbours are others. Errors: as countRegionTerms.
[[nodiscard]] ORRERY_API Result<std::vector<RegionLevel>> labelRegions(const DensityMap& density,
                                                                       std::span<const MapPoint> points,
                                                                       std::span<const std::size_t> regionCounts,
                                                                       const ItemTerms& terms, const JobContext& job);

} // namespace orrery
