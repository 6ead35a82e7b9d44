// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace orrery {

/// Languages whose words can be reduced to stems.
enum class Language {
    Detected, ///< to be found out: detectLanguage()
    None,     ///< words stay as they are
    English,
    German,
    French,
    Spanish,
    Italian,
    Portuguese,
    Dutch,
    Swedish,
    Russian,
};

/// Cuts texts into words. Not to be shared by threads.
class WordCutter {
public:
    /// Errors: Unsupported when the system's ICU lacks its data.
    [[nodiscard]] static Result<WordCutter> create();
    WordCutter(WordCutter&&) noexcept;
    WordCutter& operator=(WordCutter&&) noexcept;
    ~WordCutter();

    /// Visits the words of a UTF-8 text in order: what lies between the boundaries of Unicode's UAX 29 and has a letter
    /// (languages without spaces by ICU's dictionaries), without regard to case and with one form for each letter
    /// (NFKC_Casefold). Numbers are no words. Apostrophes are "'".
    void cut(std::string_view text, const std::function<void(std::string_view word)>& visit);

private:
    struct Parts;
    explicit WordCutter(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

/// Reduces words to their stems by Snowball's algorithms (Porter: Snowball, 2001). Not to be shared by threads.
class Stemmer {
public:
    /// Language::None and Detected: words keep their endings.
    explicit Stemmer(Language language);
    Stemmer(Stemmer&&) noexcept;
    Stemmer& operator=(Stemmer&&) noexcept;
    ~Stemmer();

    /// Of a word as WordCutter gives it. In French and Italian without the article that an apostrophe ties to it
    /// ("l'amour"); at last without accents ("amélie" and "amelie" are one).
    [[nodiscard]] std::string stem(std::string_view word);

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// The word without the marks above and below its letters: "amélie" becomes "amelie".
[[nodiscard]] std::string withoutAccents(std::string_view word);

} // namespace orrery
