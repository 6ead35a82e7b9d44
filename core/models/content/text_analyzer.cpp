// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/text_analyzer.h"

#include <algorithm>
#include <array>
#include <limits>

#include <libstemmer.h>
#include <unicode/brkiter.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

namespace orrery {
namespace {

constexpr char16_t typographicApostrophe = 0x2019;

std::string utf8(const icu::UnicodeString& text)
{
    std::string out;
    text.toUTF8String(out);
    return out;
}

icu::UnicodeString unicode(std::string_view text)
{
    constexpr auto longest = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()) / 4;
    return icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(std::min(text.size(), longest))));
}

bool isPlain(std::string_view word)
{
    return std::ranges::all_of(word, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Snowball's name of a language; null where there is none.
const char* algorithmOf(Language language)
{
    static constexpr std::array<const char*, 11> names{nullptr,  nullptr,   "english", "german",
                                                       "french", "spanish", "italian", "portuguese",
                                                       "dutch",  "swedish", "russian"};
    return names.at(static_cast<std::size_t>(language));
}

} // namespace

struct WordCutter::Parts {
    std::unique_ptr<icu::BreakIterator> boundaries;
    const icu::Normalizer2* folding = nullptr; ///< ICU's own; never deleted
};

WordCutter::WordCutter(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}
WordCutter::WordCutter(WordCutter&&) noexcept = default;
WordCutter& WordCutter::operator=(WordCutter&&) noexcept = default;
WordCutter::~WordCutter() = default;

Result<WordCutter> WordCutter::create()
{
    UErrorCode status = U_ZERO_ERROR;
    auto parts = std::make_unique<Parts>();
    parts->boundaries.reset(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    parts->folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
    if (U_FAILURE(status) != 0)
        return error(Code::Unsupported, "This system's Unicode library cannot cut texts into words",
                     "Install the data of ICU", u_errorName(status));
    return WordCutter(std::move(parts));
}

void WordCutter::cut(std::string_view text, const std::function<void(std::string_view)>& visit)
{
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString folded = m_parts->folding->normalize(unicode(text), status);
    if (U_FAILURE(status) != 0)
        return;
    folded.findAndReplace(icu::UnicodeString(typographicApostrophe), icu::UnicodeString(u'\''));
    icu::BreakIterator& boundaries = *m_parts->boundaries;
    boundaries.setText(folded);
    std::string word;
    std::int32_t begin = boundaries.first();
    for (std::int32_t end = boundaries.next(); end != icu::BreakIterator::DONE; begin = end, end = boundaries.next()) {
        if (boundaries.getRuleStatus() < UBRK_WORD_LETTER)
            continue; // spaces and signs, or a number
        word.clear();
        folded.tempSubStringBetween(begin, end).toUTF8String(word);
        visit(word);
    }
}

struct Stemmer::Parts {
    struct Delete {
        void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
    };
    std::unique_ptr<sb_stemmer, Delete> snowball; ///< null: nothing to stem
    bool elides = false;                          ///< "l'amour"
};

Stemmer::Stemmer(Language language) : m_parts(std::make_unique<Parts>())
{
    if (const char* algorithm = algorithmOf(language))
        m_parts->snowball.reset(sb_stemmer_new(algorithm, nullptr));
    m_parts->elides = language == Language::French || language == Language::Italian;
}
Stemmer::Stemmer(Stemmer&&) noexcept = default;
Stemmer& Stemmer::operator=(Stemmer&&) noexcept = default;
Stemmer::~Stemmer() = default;

std::string Stemmer::stem(std::string_view word)
{
    constexpr std::size_t longestWord = 1000; // bytes; what is longer is none
    if (const auto tie = word.find('\''); m_parts->elides && tie + 1 < word.size() && tie != std::string_view::npos)
        word.remove_prefix(tie + 1);
    if (!m_parts->snowball || word.size() > longestWord)
        return withoutAccents(word);
    const auto* symbols = reinterpret_cast<const sb_symbol*>(word.data());
    const sb_symbol* stem = sb_stemmer_stem(m_parts->snowball.get(), symbols, static_cast<int>(word.size()));
    if (stem == nullptr) // out of memory
        return withoutAccents(word);
    const auto length = static_cast<std::size_t>(sb_stemmer_length(m_parts->snowball.get()));
    return withoutAccents({reinterpret_cast<const char*>(stem), length});
}

std::string withoutAccents(std::string_view word)
{
    if (isPlain(word))
        return std::string(word);
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* apart = icu::Normalizer2::getNFDInstance(status);
    const icu::Normalizer2* together = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status) != 0)
        return std::string(word);
    const icu::UnicodeString marked = apart->normalize(unicode(word), status);
    icu::UnicodeString bare;
    for (std::int32_t i = 0; i < marked.length(); ++i)
        if (const char16_t unit = marked[i]; unit < 0x300 || unit > 0x36F) // the marks of European scripts
            bare.append(unit);
    return utf8(together->normalize(bare, status));
}

} // namespace orrery
