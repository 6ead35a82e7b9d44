// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/content_features.h"

#include "core/models/content/term_weights.h"
#include "core/models/content/word_counts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

/// Features of one kind and what they weigh.
struct Block {
    SparseMatrix rows;
    std::vector<std::string> labels;
    double weight = 1;
};

bool usesWords(const FeatureConfig& config) { return config.tags != TagUse::Attributes; }

/// All texts of an item, and its tags where they are read as words.
TextParts textsOf(const Dataset& dataset, const FeatureConfig& config)
{
    std::vector<const TextColumn*> texts;
    std::vector<const TagColumn*> tagged;
    for (const AttributeColumn& column : dataset.items().columns()) {
        if (const auto* text = std::get_if<TextColumn>(&column.data))
            texts.push_back(text);
        else if (const auto* tags = std::get_if<TagColumn>(&column.data); tags && usesWords(config))
            tagged.push_back(tags);
    }
    return [texts, tagged](std::size_t item, const std::function<void(std::string_view)>& visit) {
        for (const TextColumn* column : texts)
            if (item < column->values.size())
                visit(column->values[item]);
        for (const TagColumn* column : tagged)
            for (const std::uint32_t tag : column->row(item))
                visit(column->vocabulary.name(tag));
    };
}

void weighText(SparseMatrix& counts, const FeatureConfig& config)
{
    if (config.weighting == TermWeighting::Bm25)
        weighBm25(counts, {config.k1, config.b});
    else
        weighTfIdf(counts, config.logarithm);
}

Result<Block> textBlock(const Dataset& dataset, const FeatureConfig& config, const JobContext& job)
{
    const WordSettings settings{config.language, static_cast<std::size_t>(config.fewestItems),
                                static_cast<double>(config.mostItems)};
    auto words = countWords(dataset.itemCount(), textsOf(dataset, config), settings, job);
    if (!words)
        return tl::unexpected(words.error());
    weighText(words->counts, config);
    Block block{std::move(words->counts), {}, static_cast<double>(config.textWeight)};
    for (const std::string& label : words->labels)
        block.labels.push_back(fmt::format("\"{}\"", label));
    return block;
}

/// One spelling for tags that differ in case, accents and signs; the tag itself where it has no words.
std::string keyOf(std::string_view tag, WordCutter& cutter)
{
    std::string key;
    cutter.cut(tag, [&](std::string_view word) {
        if (!key.empty())
            key.push_back(' ');
        key += withoutAccents(word);
    });
    return key.empty() || std::ranges::any_of(tag, [](char c) { return c >= '0' && c <= '9'; }) ? std::string(tag)
                                                                                                : key;
}

/// Tags as numbers of features; of those that are one, the first to appear gives the name.
struct TagFeatures {
    std::vector<std::uint32_t> ofTag;
    std::vector<std::string> names;
};

TagFeatures numberTags(const Vocabulary& tags, WordCutter& cutter)
{
    TagFeatures features;
    Vocabulary keys;
    for (std::uint32_t tag = 0; tag < tags.size(); ++tag) {
        features.ofTag.push_back(keys.add(keyOf(tags.name(tag), cutter)));
        if (keys.size() > features.names.size())
            features.names.emplace_back(tags.name(tag));
    }
    return features;
}

/// Leaves out the columns that `keeps` does not name, and their labels.
void keepColumns(Block& block, const std::vector<std::uint8_t>& keeps)
{
    std::vector<std::uint32_t> place(keeps.size(), 0);
    std::exclusive_scan(keeps.begin(), keeps.end(), place.begin(), 0U);
    SparseMatrix kept;
    kept.columnCount = static_cast<std::size_t>(std::ranges::count(keeps, 1));
    for (std::size_t row = 0; row < block.rows.rowCount(); ++row) {
        const auto cells = block.rows.row(row);
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (keeps[cells.columns[i]] != 0) {
                kept.columns.push_back(place[cells.columns[i]]);
                kept.values.push_back(cells.values[i]);
            }
        kept.starts.push_back(kept.columns.size());
    }
    std::vector<std::string> labels;
    for (std::size_t column = 0; column < keeps.size(); ++column)
        if (keeps[column] != 0)
            labels.push_back(std::move(block.labels[column]));
    block.rows = std::move(kept);
    block.labels = std::move(labels);
}

void leaveOutRare(Block& block, std::size_t fewest)
{
    std::vector<std::size_t> items(block.rows.columnCount, 0);
    for (const std::uint32_t column : block.rows.columns)
        ++items[column];
    std::vector<std::uint8_t> keeps(items.size());
    std::ranges::transform(items, keeps.begin(), [fewest](std::size_t n) { return n >= fewest ? 1 : 0; });
    keepColumns(block, keeps);
}

Result<Block> tagBlock(const std::string& name, const TagColumn& column, std::size_t items, const FeatureConfig& config)
{
    auto cutter = WordCutter::create();
    if (!cutter)
        return tl::unexpected(cutter.error());
    const TagFeatures features = numberTags(column.vocabulary, *cutter);
    Block block{{}, {}, static_cast<double>(config.tagWeight)};
    block.rows.columnCount = features.names.size();
    for (const std::string& tag : features.names)
        block.labels.push_back(fmt::format("{} {}", name, tag));
    std::vector<std::uint32_t> held;
    for (std::size_t item = 0; item < items; ++item) {
        held.clear();
        for (const std::uint32_t tag : column.row(item))
            held.push_back(features.ofTag[tag]);
        std::ranges::sort(held);
        held.erase(std::unique(held.begin(), held.end()), held.end());
        block.rows.columns.insert(block.rows.columns.end(), held.begin(), held.end());
        block.rows.values.resize(block.rows.columns.size(), 1.F);
        block.rows.starts.push_back(block.rows.columns.size());
    }
    leaveOutRare(block, static_cast<std::size_t>(config.fewestItems));
    weighTfIdf(block.rows, false);
    return block;
}

/// Ascending, without repetitions: so many of the values, at equal distances in their order.
std::vector<double> quantilesOf(std::span<const double> values, std::size_t count)
{
    std::vector<double> sorted;
    std::ranges::copy_if(values, std::back_inserter(sorted), [](double value) { return std::isfinite(value); });
    std::ranges::sort(sorted);
    std::vector<double> quantiles;
    for (std::size_t q = 0; q < count && !sorted.empty(); ++q)
        quantiles.push_back(sorted[q * (sorted.size() - 1) / (count - 1)]);
    quantiles.erase(std::unique(quantiles.begin(), quantiles.end()), quantiles.end());
    return quantiles;
}

/// A value between two quantiles has a share in both; the squares of the shares sum to 1.
void addShares(SparseMatrix& rows, const std::vector<double>& quantiles, double value)
{
    const auto above = std::min<std::size_t>(
        static_cast<std::size_t>(std::ranges::upper_bound(quantiles, value) - quantiles.begin()), quantiles.size() - 1);
    const double low = quantiles[above - 1], high = quantiles[above];
    const double t = std::clamp((value - low) / (high - low), 0.0, 1.0);
    for (const auto& [column, share] : {std::pair(above - 1, 1 - t), std::pair(above, t)})
        if (share > 0) {
            rows.columns.push_back(static_cast<std::uint32_t>(column));
            rows.values.push_back(static_cast<float>(std::sqrt(share)));
        }
}

Block numberBlock(const std::string& name, const NumberColumn& column, std::size_t items, const FeatureConfig& config)
{
    Block block{{}, {}, static_cast<double>(config.numberWeight)};
    const auto quantiles = quantilesOf(column.values, static_cast<std::size_t>(config.ranges) + 1);
    const bool tells = quantiles.size() > 1;
    for (std::size_t item = 0; item < items; ++item) {
        if (tells && item < column.values.size() && std::isfinite(column.values[item]))
            addShares(block.rows, quantiles, column.values[item]);
        block.rows.starts.push_back(block.rows.columns.size());
    }
    if (tells)
        for (const double quantile : quantiles)
            block.labels.push_back(fmt::format("{} around {:.6g}", name, quantile));
    block.rows.columnCount = block.labels.size();
    return block;
}

void join(ContentFeatures& features, const std::vector<Block>& blocks, std::size_t items)
{
    for (std::size_t item = 0; item < items; ++item) {
        std::uint32_t base = 0;
        for (const Block& block : blocks) {
            const auto row = block.rows.row(item);
            for (std::size_t i = 0; i < row.size(); ++i) {
                features.rows.columns.push_back(base + row.columns[i]);
                features.rows.values.push_back(
                    static_cast<float>(std::sqrt(block.weight) * static_cast<double>(row.values[i])));
            }
            base += static_cast<std::uint32_t>(block.labels.size());
        }
        features.rows.starts.push_back(features.rows.columns.size());
    }
    for (const Block& block : blocks)
        features.labels.insert(features.labels.end(), block.labels.begin(), block.labels.end());
    for (std::string& label : features.labels)
        std::ranges::replace(label, '\n', ' '); // models store a label a line
    features.rows.columnCount = features.labels.size();
}

Result<std::vector<Block>> blocksOf(const Dataset& dataset, const FeatureConfig& config, const JobContext& job)
{
    std::vector<Block> blocks;
    const std::size_t items = dataset.itemCount();
    if (config.textWeight > 0) {
        auto text = textBlock(dataset, config, job.part(0, 0.8));
        if (!text)
            return tl::unexpected(text.error());
        blocks.push_back(std::move(*text));
    }
    job.progress(0.8, "reading attributes");
    for (const AttributeColumn& column : dataset.items().columns()) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        if (const auto* numbers = std::get_if<NumberColumn>(&column.data); numbers && config.numberWeight > 0)
            blocks.push_back(numberBlock(column.name, *numbers, items, config));
        const auto* tags = std::get_if<TagColumn>(&column.data);
        if (!tags || config.tags == TagUse::Words || config.tagWeight <= 0)
            continue;
        auto block = tagBlock(column.name, *tags, items, config);
        if (!block)
            return tl::unexpected(block.error());
        blocks.push_back(std::move(*block));
    }
    return blocks;
}

} // namespace

Result<ContentFeatures> contentFeatures(const Dataset& dataset, const FeatureConfig& config, const JobContext& job)
{
    auto blocks = blocksOf(dataset, config, job);
    if (!blocks)
        return tl::unexpected(blocks.error());
    const bool lengthOne = config.length == VectorLength::One;
    if (lengthOne)
        for (Block& block : *blocks)
            scaleToUnitLength(block.rows);
    ContentFeatures features;
    join(features, *blocks, dataset.itemCount());
    if (lengthOne)
        scaleToUnitLength(features.rows);
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    return features;
}

tl::unexpected<Error> nothingShared()
{
    return error(Code::InvalidArgument, "No word, tag or number is shared by two items",
                 "Lower fewest-items, or give texts, tags or numbers a weight", "fewest-items");
}

double writtenBytes(const DatasetShape& shape)
{
    constexpr double usual = 100; // of an item
    return shape.itemText > 0 ? shape.itemText : usual * static_cast<double>(shape.items);
}

Cost costOfFeatures(const DatasetShape& shape)
{
    constexpr double rules = 2.1e6; // of the language: how words are cut
    const double text = writtenBytes(shape);
    return {text * 9e-8 + static_cast<double>(shape.items) * 4e-7, static_cast<std::size_t>(rules + text * 7)};
}

} // namespace orrery
