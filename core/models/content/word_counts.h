// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/models/content/text_analyzer.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

struct WordSettings {
    Language language = Language::Detected;
    std::size_t fewestTexts = 2; ///< a stem in fewer texts ties none to another: it is left out
    double mostTexts = 0.5;      ///< a stem in a larger share of the texts says nothing of any: it is left out
};

/// How often each text has each stem.
struct WordCounts {
    SparseMatrix counts;             ///< [texts x stems], stems in the order of their bytes
    std::vector<std::string> stems;  ///< without stop words and accents
    std::vector<std::string> labels; ///< for people: the commonest word of each stem, of equal ones the first
    Language language = Language::None;
};

/// Visits the parts of a text, in UTF-8. Called from many threads at once.
using TextParts = std::function<void(std::size_t text, const std::function<void(std::string_view part)>& visit)>;

/// Cuts `texts` texts into words, leaves out stop words and counts stems. The same on any number of threads.
/// Errors: Unsupported (WordCutter), Cancelled.
[[nodiscard]] Result<WordCounts> countWords(std::size_t texts, const TextParts& partsOf, const WordSettings& settings,
                                            const JobContext& job);

} // namespace orrery
