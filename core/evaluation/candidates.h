// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/evaluation/split.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace orrery {

/// The items that are ranked for each person beside what is relevant for them: stored, so that every model meets the
/// same ones. Sampled metrics do not agree with full ranking (Krichene & Rendle, KDD 2020): they are here to be
/// compared with published tables.
struct CandidateLists {
    std::vector<ItemIndex> among;         ///< ascending: all these but the items of the person; empty: these items
    std::vector<std::uint64_t> starts{0}; ///< people + 1 entries
    std::vector<ItemIndex> items;         ///< ascending for each person
    std::string hash;                     ///< of all three, 32 hex digits

    /// What is ranked for somebody with something in the test part, ascending.
    [[nodiscard]] ORRERY_API std::vector<ItemIndex> of(UserIndex user) const;
    /// Fills in the hash.
    [[nodiscard]] static std::shared_ptr<const CandidateLists> hashed(CandidateLists lists);
};

/// For everybody with something in the test part, `count` different items (or as many as there are) that are neither
/// known of them nor in their test part, each with the same chance.
[[nodiscard]] ORRERY_API std::shared_ptr<const CandidateLists> drawCandidates(const Split& split, std::size_t count,
                                                                              std::uint64_t seed);
/// Reads what He et al. (WWW 2017) publish: a line a test interaction, `(person,item)` and the other items, separated
/// by tabs. Errors: Io, BadRow with its line for what is not of that form or names somebody or something unknown.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const CandidateLists>> readCandidates(const std::filesystem::path& file,
                                                                                      const Split& split);
/// Writes the same form. Errors: Io.
[[nodiscard]] ORRERY_API Status writeCandidates(const std::filesystem::path& file, const Split& split,
                                                const CandidateLists& lists);

/// What is ranked beside what is relevant: all there is, so many drawn items, or the stored ones of a file.
struct CandidatePlan {
    std::size_t drawn = 0;           ///< 0: all
    std::filesystem::path file = {}; ///< empty: not from a file
};
/// Gives the split its candidates; with all of them it stays as it is. Errors: those of readCandidates.
[[nodiscard]] ORRERY_API Status giveCandidates(Split& split, const CandidatePlan& plan, std::uint64_t seed);

/// "all catalog items unseen in training", or that there are stored ones, with their hash: for hashes and reports.
[[nodiscard]] ORRERY_API std::string candidatesText(const Split& split);

} // namespace orrery
