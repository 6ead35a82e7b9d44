// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/word_counts.h"

#include "core/base/parallel.h"
#include "core/data/vocabulary.h"
#include "core/models/content/stop_words.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

namespace orrery {
namespace {

constexpr std::size_t textsAtOnce = 128;
constexpr std::size_t wordsAtOnce = 4096;
constexpr std::uint32_t noStem = std::numeric_limits<std::uint32_t>::max();

/// Texts as numbers of words, in the order of the texts.
struct CutTexts {
    Vocabulary words;
    std::vector<std::uint32_t> sequence;
    std::vector<std::uint64_t> starts{0}; ///< texts + 1 entries into `sequence`

    void close() { starts.push_back(sequence.size()); }
};

void cutOne(WordCutter& cutter, std::size_t text, const TextParts& partsOf, CutTexts& out)
{
    partsOf(text, [&](std::string_view part) {
        cutter.cut(part, [&](std::string_view word) { out.sequence.push_back(out.words.add(word)); });
    });
    out.close();
}

/// Appends a chunk of texts, with the words renumbered.
void append(CutTexts& all, const CutTexts& chunk)
{
    std::vector<std::uint32_t> place(chunk.words.size());
    for (std::uint32_t w = 0; w < chunk.words.size(); ++w)
        place[w] = all.words.add(chunk.words.name(w));
    const std::uint64_t base = all.sequence.size();
    for (const std::uint32_t word : chunk.sequence)
        all.sequence.push_back(place[word]);
    for (std::size_t t = 1; t < chunk.starts.size(); ++t)
        all.starts.push_back(base + chunk.starts[t]);
}

Result<CutTexts> cutAll(std::size_t texts, const TextParts& partsOf, const JobContext& job)
{
    const auto usable = WordCutter::create();
    if (!usable)
        return tl::unexpected(usable.error());
    std::vector<CutTexts> chunks(chunkCount(texts, textsAtOnce));
    const auto done = parallelFor(job, texts, textsAtOnce, [&](std::size_t first, std::size_t last) {
        auto cutter = WordCutter::create();
        for (std::size_t text = first; cutter && text < last; ++text)
            cutOne(*cutter, text, partsOf, chunks[first / textsAtOnce]);
    });
    if (!done)
        return tl::unexpected(done.error());
    CutTexts all;
    for (CutTexts& chunk : chunks) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        append(all, chunk);
        chunk = {};
    }
    return all;
}

std::vector<std::uint64_t> timesOf(const CutTexts& texts)
{
    std::vector<std::uint64_t> times(texts.words.size(), 0);
    for (const std::uint32_t word : texts.sequence)
        ++times[word];
    return times;
}

Language languageOf(const CutTexts& texts, const std::vector<std::uint64_t>& times, Language asked)
{
    if (asked != Language::Detected)
        return asked;
    return detectLanguage([&](const auto& visit) {
        for (std::uint32_t word = 0; word < texts.words.size(); ++word)
            visit(texts.words.name(word), times[word]);
    });
}

/// The stem of each word; "" of stop words.
Result<std::vector<std::string>> stemsOf(const Vocabulary& words, Language language, const JobContext& job)
{
    std::vector<std::string> stems(words.size());
    const auto done = parallelFor(job, words.size(), wordsAtOnce, [&](std::size_t first, std::size_t last) {
        Stemmer stemmer(language);
        for (auto word = static_cast<std::uint32_t>(first); word < last; ++word)
            if (!isStopWord(words.name(word), language))
                stems[word] = stemmer.stem(words.name(word));
    });
    return done ? Result<std::vector<std::string>>(std::move(stems)) : tl::unexpected(done.error());
}

/// Words as numbers of stems.
struct Stems {
    std::vector<std::uint32_t> ofWord; ///< noStem: none
    std::vector<std::string> names, labels;
};

/// Keeps the stems for which `keeps` says so, in the order of their bytes.
Stems sortedStems(const Stems& found, const std::vector<std::uint8_t>& keeps)
{
    std::vector<std::uint32_t> order;
    for (std::uint32_t stem = 0; stem < found.names.size(); ++stem)
        if (keeps[stem] != 0)
            order.push_back(stem);
    std::ranges::sort(order, {}, [&](std::uint32_t stem) -> const std::string& { return found.names[stem]; });
    Stems sorted;
    std::vector<std::uint32_t> place(found.names.size(), noStem);
    for (const std::uint32_t stem : order) {
        place[stem] = static_cast<std::uint32_t>(sorted.names.size());
        sorted.names.push_back(found.names[stem]);
        sorted.labels.push_back(found.labels[stem]);
    }
    for (const std::uint32_t stem : found.ofWord)
        sorted.ofWord.push_back(stem == noStem ? noStem : place[stem]);
    return sorted;
}

Stems numberStems(const Vocabulary& words, const std::vector<std::string>& stemOfWord,
                  const std::vector<std::uint64_t>& times)
{
    Stems stems;
    Vocabulary names;
    std::vector<std::uint64_t> most;
    for (std::uint32_t word = 0; word < words.size(); ++word) {
        stems.ofWord.push_back(stemOfWord[word].empty() ? noStem : names.add(stemOfWord[word]));
        const std::uint32_t stem = stems.ofWord.back();
        if (stem == noStem)
            continue;
        most.resize(names.size(), 0);
        stems.labels.resize(names.size());
        if (times[word] > most[stem] || (times[word] == most[stem] && words.name(word) < stems.labels[stem])) {
            most[stem] = times[word];
            stems.labels[stem] = words.name(word);
        }
    }
    for (std::uint32_t stem = 0; stem < names.size(); ++stem)
        stems.names.emplace_back(names.name(stem));
    return stems;
}

/// visit(stem, times) for each stem of a text, ascending.
template <class Visit> void forStems(const CutTexts& texts, const Stems& stems, std::size_t text,
                                     std::vector<std::uint32_t>& held, Visit visit)
{
    held.clear();
    for (auto at = texts.starts[text]; at < texts.starts[text + 1]; ++at)
        if (const std::uint32_t stem = stems.ofWord[texts.sequence[at]]; stem != noStem)
            held.push_back(stem);
    std::ranges::sort(held);
    for (std::size_t i = 0; i < held.size();) {
        std::size_t end = i;
        while (end < held.size() && held[end] == held[i])
            ++end;
        visit(held[i], end - i);
        i = end;
    }
}

std::vector<std::uint8_t> kept(const CutTexts& texts, const Stems& stems, const WordSettings& settings)
{
    const std::size_t count = texts.starts.size() - 1;
    std::vector<std::uint32_t> having(stems.names.size(), 0), held;
    for (std::size_t text = 0; text < count; ++text)
        forStems(texts, stems, text, held, [&](std::uint32_t stem, std::size_t) { ++having[stem]; });
    const double most = settings.mostTexts * static_cast<double>(count);
    std::vector<std::uint8_t> keeps(having.size());
    std::ranges::transform(having, keeps.begin(),
                           [&](std::uint32_t n) { return n >= settings.fewestTexts && n <= most ? 1 : 0; });
    return keeps;
}

SparseMatrix countsOf(const CutTexts& texts, const Stems& stems)
{
    SparseMatrix counts;
    counts.columnCount = stems.names.size();
    std::vector<std::uint32_t> held;
    for (std::size_t text = 0; text + 1 < texts.starts.size(); ++text) {
        forStems(texts, stems, text, held, [&](std::uint32_t stem, std::size_t times) {
            counts.columns.push_back(stem);
            counts.values.push_back(static_cast<float>(times));
        });
        counts.starts.push_back(counts.columns.size());
    }
    return counts;
}

} // namespace

Result<WordCounts> countWords(std::size_t texts, const TextParts& partsOf, const WordSettings& settings,
                              const JobContext& job)
{
    job.progress(0, "cutting texts into words");
    const auto cut = cutAll(texts, partsOf, job);
    if (!cut)
        return tl::unexpected(cut.error());
    job.progress(0.6, "reducing words to their stems");
    const auto times = timesOf(*cut);
    const Language language = languageOf(*cut, times, settings.language);
    const auto stemOfWord = stemsOf(cut->words, language, job);
    if (!stemOfWord)
        return tl::unexpected(stemOfWord.error());
    const Stems all = numberStems(cut->words, *stemOfWord, times);
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    job.progress(0.8, "counting stems");
    Stems stems = sortedStems(all, kept(*cut, all, settings));
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    WordCounts counted{countsOf(*cut, stems), std::move(stems.names), std::move(stems.labels), language};
    return counted;
}

} // namespace orrery
