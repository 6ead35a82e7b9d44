// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/content/text_analyzer.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace orrery {

/// Whether a word (as WordCutter gives it) is one of the commonest of its language, which say nothing of what a text is
/// about: articles, pronouns, prepositions, conjunctions, auxiliary verbs. No word is one of Language::None.
[[nodiscard]] bool isStopWord(std::string_view word, Language language);

/// The language whose stop words make up the largest share of the words that `each` visits, each so many times; None
/// where that is less than one word in 50. Of equal ones, the first in Language.
[[nodiscard]] Language detectLanguage(
    const std::function<void(const std::function<void(std::string_view word, std::uint64_t times)>& visit)>& each);

} // namespace orrery
