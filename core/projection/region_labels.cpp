// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/region_labels.h"

#include "core/base/parallel.h"
#include "core/models/content/word_counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

namespace orrery {
namespace {

constexpr std::uint32_t none = DensityMap::none;
constexpr std::size_t mostWords = 3, itemsPerTerm = 20'000, itemsPerCheck = 1 << 16, itemsPerStretch = 1 << 17;
constexpr std::size_t fewestBytes = 3; // of a word: "la" and "du" slip in from titles in other languages
constexpr double chance = 3;           // standard errors
constexpr double leastItems = .05;     // share of the items of a region
constexpr double leastShare = .3;      // of the weight of the first term, below which a further one says too little

std::string inSmallLetters(std::string_view text)
{
    std::string small;
    const icu::StringPiece bytes(text.data(), static_cast<std::int32_t>(text.size()));
    icu::UnicodeString::fromUTF8(bytes).toLower(icu::Locale::getRoot()).toUTF8String(small);
    return small;
}

/// Terms while they are collected, of which those that are too rare go at the end.
struct Collected {
    Vocabulary words;
    std::vector<std::uint32_t> itemsWith;

    std::uint32_t add(std::string_view word)
    {
        const std::uint32_t term = words.add(word);
        itemsWith.resize(words.size(), 0);
        return term;
    }
};

TextParts textsOf(const Dataset& dataset)
{
    std::vector<const TextColumn*> texts;
    for (const AttributeColumn& column : dataset.items().columns())
        if (const auto* text = std::get_if<TextColumn>(&column.data))
            texts.push_back(text);
    return [texts](std::size_t item, const std::function<void(std::string_view)>& visit) {
        for (const TextColumn* column : texts)
            if (item < column->values.size())
                visit(column->values[item]);
    };
}

struct TaggedColumn {
    const TagColumn* column = nullptr;
    std::vector<std::uint32_t> termOf;
};

std::vector<TaggedColumn> tagsOf(const Dataset& dataset, Collected& collected)
{
    std::vector<TaggedColumn> tagged;
    for (const AttributeColumn& column : dataset.items().columns())
        if (const auto* tags = std::get_if<TagColumn>(&column.data)) {
            tagged.push_back({tags, {}});
            for (std::uint32_t tag = 0; tag < tags->vocabulary.size(); ++tag)
                tagged.back().termOf.push_back(collected.add(inSmallLetters(tags->vocabulary.name(tag))));
        }
    return tagged;
}

std::vector<std::uint32_t> usesOf(const Dataset& dataset)
{
    std::vector<std::uint32_t> uses(dataset.itemCount(), 0);
    for (const ItemIndex item : dataset.interactions().allItems())
        ++uses[item.value];
    return uses;
}

bool isUsedMore(std::uint32_t a, std::uint32_t b, const ItemTerms& terms)
{
    if (a == none || b == none)
        return b == none && a != none;
    return terms.uses(a) != terms.uses(b) ? terms.uses(a) > terms.uses(b) : a < b;
}

/// Items by region.
struct Members {
    std::vector<std::uint64_t> starts;
    std::vector<std::uint32_t> items;

    Members(std::span<const std::uint32_t> regionOf, std::size_t regions) : starts(regions + 1, 0)
    {
        for (const std::uint32_t region : regionOf)
            if (region != none)
                ++starts[region + 1];
        std::partial_sum(starts.begin(), starts.end(), starts.begin());
        items.resize(starts.back());
        std::vector<std::uint64_t> next(starts.begin(), starts.end() - 1);
        for (std::uint32_t item = 0; item < regionOf.size(); ++item)
            if (regionOf[item] != none)
                items[next[regionOf[item]]++] = item;
    }
};

/// Counts terms densely, gives them back sparsely, and is empty again.
class TermCounter {
public:
    explicit TermCounter(std::size_t terms) : m_counts(terms, 0) {}

    void add(std::uint32_t term, std::uint32_t count = 1)
    {
        if (m_counts[term] == 0)
            m_held.push_back(term);
        m_counts[term] += count;
    }
    void addRow(SparseMatrix& out)
    {
        if (m_held.size() * 16 < m_counts.size())
            std::ranges::sort(m_held);
        else
            holdAscending();
        for (const std::uint32_t term : m_held) {
            out.columns.push_back(term);
            out.values.push_back(static_cast<float>(m_counts[term]));
            m_counts[term] = 0;
        }
        m_held.clear();
        out.starts.push_back(out.columns.size());
    }

private:
    /// Of many terms it is quicker to look at all, without a jump, than to sort.
    void holdAscending()
    {
        m_held.resize(m_held.size() + 1);
        std::size_t held = 0;
        for (std::uint32_t term = 0; term < m_counts.size(); ++term) {
            m_held[held] = term;
            held += m_counts[term] > 0 ? 1 : 0;
        }
        m_held.resize(held);
    }

    std::vector<std::uint32_t> m_counts, m_held;
};

/// What a stretch of items adds to the regions that it has items of.
struct Stretch {
    RegionTerms counted;                ///< a row for each of these regions
    std::vector<std::uint32_t> regions; ///< ascending
};

/// Region by region within the stretch, so that what is read lies near and what is counted is one region's.
Stretch countStretch(std::span<const std::uint32_t> regionOf, std::uint32_t firstItem, std::size_t regions,
                     const ItemTerms& terms)
{
    Stretch stretch;
    const Members members(regionOf, regions);
    TermCounter counter(terms.termCount());
    for (std::uint32_t region = 0; region < regions; ++region) {
        const auto first = members.starts[region], last = members.starts[region + 1];
        if (first == last)
            continue;
        std::uint32_t best = none;
        for (auto m = first; m < last; ++m) {
            const std::uint32_t item = firstItem + members.items[m];
            for (const std::uint32_t term : terms.of(item))
                counter.add(term);
            best = isUsedMore(item, best, terms) ? item : best;
        }
        counter.addRow(stretch.counted.counts);
        stretch.counted.items.push_back(static_cast<std::uint32_t>(last - first));
        stretch.counted.mostUsed.push_back(best);
        stretch.regions.push_back(region);
    }
    return stretch;
}

/// Sums of rows, of which rowOf(i) tells the part and the place, by regionOf[i].
template <class RowOf> RegionTerms added(std::size_t rows, std::span<const std::uint32_t> regionOf, std::size_t regions,
                                         const ItemTerms& terms, RowOf rowOf)
{
    RegionTerms sum;
    sum.counts.columnCount = terms.termCount();
    sum.items.assign(regions, 0);
    sum.mostUsed.assign(regions, none);
    const Members members(regionOf.first(rows), regions);
    TermCounter counter(terms.termCount());
    for (std::size_t region = 0; region < regions; ++region) {
        for (std::uint64_t m = members.starts[region]; m < members.starts[region + 1]; ++m) {
            const auto [part, row] = rowOf(members.items[m]);
            const auto cells = part->counts.row(row);
            for (std::size_t i = 0; i < cells.size(); ++i)
                counter.add(cells.columns[i], static_cast<std::uint32_t>(cells.values[i]));
            sum.items[region] += part->items[row];
            if (isUsedMore(part->mostUsed[row], sum.mostUsed[region], terms))
                sum.mostUsed[region] = part->mostUsed[row];
        }
        counter.addRow(sum.counts);
    }
    return sum;
}

/// Of all regions together.
struct Totals {
    std::vector<double> ofTerm; ///< F
    double items = 0, termsOfRegion = 0;

    explicit Totals(const RegionTerms& regions) : ofTerm(regions.counts.columnCount, 0)
    {
        double all = 0;
        for (std::size_t i = 0; i < regions.counts.size(); ++i) {
            ofTerm[regions.counts.columns[i]] += static_cast<double>(regions.counts.values[i]);
            all += static_cast<double>(regions.counts.values[i]);
        }
        const auto filled = regions.items.size() - std::ranges::count(regions.items, 0U);
        termsOfRegion = filled > 0 ? all / static_cast<double>(filled) : 0;
        items = std::accumulate(regions.items.begin(), regions.items.end(), 0.0);
    }
};

struct WeighedTerm {
    std::uint32_t term = 0;
    double weight = 0;
};

/// Those that tell, most telling first.
std::vector<WeighedTerm> tellingTerms(const RegionTerms& regions, std::size_t region, const Totals& totals)
{
    const auto cells = regions.counts.row(region);
    const double terms = std::accumulate(cells.values.begin(), cells.values.end(), 0.0);
    const double share = regions.items[region] / totals.items;
    std::vector<WeighedTerm> telling;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto count = static_cast<double>(cells.values[i]);
        const double all = totals.ofTerm[cells.columns[i]], expected = all * share;
        if (count >= 2 && count >= leastItems * regions.items[region] &&
            count > expected + chance * std::sqrt(expected))
            telling.push_back({cells.columns[i], count / terms * std::log(1 + totals.termsOfRegion / all)});
    }
    std::ranges::sort(telling, [](const WeighedTerm& a, const WeighedTerm& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.term < b.term;
    });
    return telling;
}

std::string joinWords(const std::vector<std::string>& words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " & " : ", ") + words[i];
    return text;
}

/// Names that are given away; the order of their words makes no difference.
class NamesTaken {
public:
    bool take(std::vector<std::string> words)
    {
        std::ranges::sort(words);
        return m_taken.insert(std::move(words)).second;
    }

private:
    std::set<std::vector<std::string>> m_taken;
};

/// Whether a text has a word, or words, as a whole.
bool hasWords(std::string_view text, std::string_view words)
{
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c < 0; };
    for (std::size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
        const std::size_t end = at + words.size();
        if ((at == 0 || !isLetter(text[at - 1])) && (end == text.size() || !isLetter(text[end])))
            return true;
    }
    return false;
}

/// "space" says nothing beside "outer space".
bool isSaid(const std::string& word, const std::vector<std::string>& words)
{
    return std::ranges::any_of(words,
                               [&](const std::string& said) { return hasWords(said, word) || hasWords(word, said); });
}

/// The first terms, as many as tell enough; when that name is taken, the next term takes the place of the last.
std::optional<std::string> nameByTerms(const std::vector<WeighedTerm>& telling, const ItemTerms& terms,
                                       NamesTaken& taken)
{
    std::vector<std::string> words;
    std::size_t next = 0;
    for (; next < telling.size() && words.size() < mostWords; ++next)
        if (telling[next].weight < leastShare * telling[0].weight)
            break;
        else if (!isSaid(terms.word(telling[next].term), words))
            words.push_back(terms.word(telling[next].term));
    if (words.empty())
        return {};
    for (bool first = true; !taken.take(words); first = false) {
        while (next < telling.size() && isSaid(terms.word(telling[next].term), words))
            ++next;
        if (next == telling.size())
            return {};
        if (!first || words.size() == mostWords)
            words.pop_back();
        words.push_back(terms.word(telling[next++].term));
    }
    return joinWords(words);
}

std::string nameByTitle(std::uint32_t mostUsed, const ItemTerms& terms, NamesTaken& taken)
{
    const std::string title = terms.title(mostUsed);
    for (int n = 1;; ++n) { // of films of one title
        const std::string name = n == 1 ? title : fmt::format("{} ({})", title, n);
        if (taken.take({name}))
            return name;
    }
}

RegionLevel levelOf(const DensityMap& density, const RegionTerms& counted, std::size_t regions, const ItemTerms& terms)
{
    const auto joined = counted.joined(density.regionsOfPeaks(regions), regions, terms);
    const auto names = nameRegions(joined, terms);
    RegionLevel level{regions, {}};
    for (std::uint32_t region = 0; region < regions; ++region) {
        const DensityPeak& peak = density.peaks()[region];
        level.labels.push_back(
            {peak.at, names[region], static_cast<float>(joined.items[region]), peak.prominence, region});
    }
    return level;
}

} // namespace

Result<ItemTerms> ItemTerms::count(std::shared_ptr<const Dataset> dataset, const JobContext& job)
{
    const std::size_t items = dataset->itemCount(), fewest = std::max<std::size_t>(2, items / itemsPerTerm);
    auto texts = countWords(items, textsOf(*dataset), {Language::Detected, fewest, .5}, job.part(0, .8));
    if (!texts)
        return tl::unexpected(texts.error());
    Collected collected;
    const auto tagged = tagsOf(*dataset, collected);
    const std::size_t tags = collected.words.size();
    std::vector<std::uint32_t> termOfStem;
    for (const std::string& label : texts->labels)
        termOfStem.push_back(label.size() < fewestBytes ? none : collected.add(label));

    ItemTerms made;
    std::vector<std::uint32_t> held;
    for (std::size_t item = 0; item < items; ++item) {
        if (item % itemsPerCheck == 0)
            if (auto go = job.check(); !go)
                return tl::unexpected(go.error());
        held.clear();
        for (const TaggedColumn& tagColumn : tagged)
            for (const std::uint32_t tag : tagColumn.column->row(item))
                held.push_back(tagColumn.termOf[tag]);
        for (const std::uint32_t stem : texts->counts.row(item).columns)
            if (termOfStem[stem] != none)
                held.push_back(termOfStem[stem]);
        std::ranges::sort(held);
        held.erase(std::unique(held.begin(), held.end()), held.end());
        for (const std::uint32_t term : held)
            ++collected.itemsWith[term];
        made.m_terms.insert(made.m_terms.end(), held.begin(), held.end());
        made.m_starts.push_back(made.m_terms.size());
    }
    made.keepCommon(collected.itemsWith, fewest);
    std::uint32_t term = 0;
    for (const std::uint32_t with : collected.itemsWith) {
        if (with >= fewest) {
            made.m_words.emplace_back(collected.words.name(term));
            made.m_tags += term < tags ? 1 : 0;
        }
        ++term;
    }
    made.m_uses = usesOf(*dataset);
    made.m_dataset = std::move(dataset);
    return made;
}

void ItemTerms::keepCommon(std::span<const std::uint32_t> itemsWith, std::size_t fewest)
{
    std::vector<std::uint32_t> place(itemsWith.size(), none);
    for (std::size_t term = 0; term < itemsWith.size(); ++term)
        if (itemsWith[term] >= fewest) {
            place[term] = static_cast<std::uint32_t>(m_itemsWith.size());
            m_itemsWith.push_back(itemsWith[term]);
        }
    std::size_t kept = 0, first = 0;
    for (std::size_t item = 0; item + 1 < m_starts.size(); ++item) {
        const std::size_t last = m_starts[item + 1];
        for (; first < last; ++first)
            if (place[m_terms[first]] != none)
                m_terms[kept++] = place[m_terms[first]];
        m_starts[item + 1] = kept;
    }
    m_terms.resize(kept);
    m_terms.shrink_to_fit();
}

std::vector<std::uint32_t> ItemTerms::inCommon(std::size_t item, std::size_t other) const
{
    std::vector<std::uint32_t> common;
    std::ranges::set_intersection(of(item), of(other), std::back_inserter(common));
    std::ranges::stable_sort(common, {}, [this](std::uint32_t term) { return m_itemsWith[term]; });
    return common;
}

std::string ItemTerms::title(std::size_t item) const
{
    return m_dataset->title(ItemIndex{static_cast<std::uint32_t>(item)});
}

Result<RegionTerms> countRegionTerms(std::span<const std::uint32_t> regionOfItem, std::size_t regions,
                                     const ItemTerms& terms, const JobContext& job)
{
    if (regionOfItem.size() > terms.itemCount())
        return error(Code::InvalidArgument,
                     fmt::format("{} points cannot be named by {} items", regionOfItem.size(), terms.itemCount()));
    std::vector<Stretch> stretches(chunkCount(regionOfItem.size(), itemsPerStretch));
    const auto done = parallelFor(job, regionOfItem.size(), itemsPerStretch, [&](std::size_t first, std::size_t last) {
        stretches[first / itemsPerStretch] =
            countStretch(regionOfItem.subspan(first, last - first), static_cast<std::uint32_t>(first), regions, terms);
    });
    if (!done)
        return tl::unexpected(done.error());
    std::vector<std::uint32_t> regionOfRow;
    std::vector<std::pair<const RegionTerms*, std::size_t>> rows;
    for (const Stretch& stretch : stretches)
        for (std::size_t row = 0; row < stretch.regions.size(); ++row) {
            regionOfRow.push_back(stretch.regions[row]);
            rows.emplace_back(&stretch.counted, row);
        }
    return added(rows.size(), regionOfRow, regions, terms, [&](std::size_t row) { return rows[row]; });
}

RegionTerms RegionTerms::joined(std::span<const std::uint32_t> regionOf, std::size_t regions,
                                const ItemTerms& terms) const
{
    return added(items.size(), regionOf, regions, terms, [this](std::size_t row) { return std::pair(this, row); });
}

std::vector<std::string> nameRegions(const RegionTerms& regions, const ItemTerms& terms)
{
    const Totals totals(regions);
    NamesTaken taken;
    std::vector<std::string> names(regions.items.size());
    for (std::size_t region = 0; region < names.size(); ++region) {
        if (regions.items[region] == 0)
            continue;
        const auto name = nameByTerms(tellingTerms(regions, region, totals), terms, taken);
        names[region] = name ? *name : nameByTitle(regions.mostUsed[region], terms, taken);
    }
    return names;
}

Result<std::vector<RegionLevel>> labelRegions(const DensityMap& density, std::span<const MapPoint> points,
                                              std::span<const std::size_t> regionCounts, const ItemTerms& terms,
                                              const JobContext& job)
{
    const std::size_t peaks = density.peaks().size();
    const auto counted = countRegionTerms(density.regionsOf(points, peaks), peaks, terms, job);
    if (!counted)
        return tl::unexpected(counted.error());
    std::vector<RegionLevel> levels;
    for (const std::size_t regions : regionCounts)
        levels.push_back(levelOf(density, *counted, std::min(regions, peaks), terms));
    return levels;
}

} // namespace orrery
