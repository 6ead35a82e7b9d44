// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/item_knn.h"

#include "core/models/artifact.h"
#include "core/models/item_similarity.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace orrery {
namespace {

enum class Weighting { Binary, Value, Centred };
enum class Entries { Liked, All };

struct ItemKnnConfig {
    int neighbours = 50;
    Similarity similarity = Similarity::Cosine;
    float shrinkage = 10;
    Weighting weighting = Weighting::Value;
    Entries entries = Entries::Liked;
};

const ParamTable<ItemKnnConfig>& table()
{
    static const auto declared =
        ParamTable<ItemKnnConfig>{}
            .number("neighbours", "Neighbours", "Similar items kept for each item; 20 to 200 is usual",
                    &ItemKnnConfig::neighbours, 1, 2000, ParamScale::Logarithmic)
            .choice("similarity", "Similarity",
                    "When two items count as alike: cosine uses the weights below, Jaccard only who used both",
                    &ItemKnnConfig::similarity, {{"cosine", "Cosine"}, {"jaccard", "Jaccard"}})
            .number("shrinkage", "Shrinkage",
                    "Holds back similarities that few people vouch for; 0 trusts all, 10 to 100 is usual",
                    &ItemKnnConfig::shrinkage, 0, 1000)
            .choice("weighting", "Weight of an entry",
                    "What one entry of a history counts: that it is there, its value, or its value against the "
                    "person's mean",
                    &ItemKnnConfig::weighting,
                    {{"binary", "Used it"}, {"value", "Value"}, {"centred", "Value minus the person's mean"}})
            .choice("entries", "Entries that count",
                    "Of ratings: what was liked, or whatever was rated. Counts always count", &ItemKnnConfig::entries,
                    {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}});
    return declared;
}

/// What a history entry weighs: the same for training and for answering.
class Weigher {
public:
    /// Values below `from` are left out; `mean` is that of all values.
    Weigher(Weighting weighting, float from, double mean) : m_weighting(weighting), m_from(from), m_mean(mean) {}

    /// Weights of one person's values; nothing for values that are left out.
    [[nodiscard]] std::vector<std::optional<float>> weigh(std::span<const float> values) const
    {
        const double centre = m_weighting == Weighting::Centred ? centreOf(values) : 0;
        std::vector<std::optional<float>> weights;
        weights.reserve(values.size());
        for (const float value : values)
            weights.push_back(kept(value) ? std::optional(weightOf(value, centre)) : std::nullopt);
        return weights;
    }

    void save(Artifact& artifact) const
    {
        artifact.putNumber("weighting", static_cast<double>(m_weighting));
        artifact.putNumber("from", static_cast<double>(m_from));
        artifact.putNumber("mean", m_mean);
    }

    static Result<Weigher> load(const Artifact& artifact)
    {
        const auto weighting = artifact.number("weighting");
        const auto from = artifact.number("from");
        const auto mean = artifact.number("mean");
        for (const auto* number : {&weighting, &from, &mean})
            if (!*number)
                return tl::unexpected(number->error());
        if (*weighting != 0 && *weighting != 1 && *weighting != 2)
            return error(Code::Corrupt, fmt::format("The stored model has an unknown weighting {}", *weighting),
                         "Train the model again", "weighting");
        return Weigher(static_cast<Weighting>(static_cast<int>(*weighting)), static_cast<float>(*from), *mean);
    }

private:
    // As though everybody had five more ratings at the mean of all: one single rating says something, too.
    static constexpr double damping = 5;

    [[nodiscard]] bool kept(float value) const { return value >= m_from; }

    [[nodiscard]] float weightOf(float value, double centre) const
    {
        return m_weighting == Weighting::Binary ? 1 : static_cast<float>(static_cast<double>(value) - centre);
    }

    [[nodiscard]] double centreOf(std::span<const float> values) const
    {
        double sum = damping * m_mean;
        for (const float value : values)
            sum += static_cast<double>(value);
        return sum / (damping + static_cast<double>(values.size()));
    }

    Weighting m_weighting;
    float m_from;
    double m_mean;
};

class ItemKnn final : public Model {
public:
    ItemKnn(SparseMatrix neighbours, Weigher weigher, PopularFallback fallback)
        : m_neighbours(std::move(neighbours)), m_used(m_neighbours.transposed()), m_weigher(weigher),
          m_fallback(std::move(fallback))
    {
    }

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Similarity; }
    [[nodiscard]] Capabilities capabilities() const override { return itemKnnAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_neighbours.rowCount(); }
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const override;
    void save(Artifact& artifact) const override;

    /// Row i: the neighbours of item i.
    [[nodiscard]] const SparseMatrix& neighbours() const { return m_neighbours; }
    /// Row j: the items that have j among their neighbours.
    [[nodiscard]] const SparseMatrix& usedBy() const { return m_used; }
    [[nodiscard]] const Weigher& weigher() const { return m_weigher; }
    [[nodiscard]] const PopularFallback& fallback() const { return m_fallback; }

private:
    SparseMatrix m_neighbours;
    SparseMatrix m_used;
    Weigher m_weigher;
    PopularFallback m_fallback;
};

/// Sums go over the history in ascending order everywhere, so score, scoreAll and explain agree bit by bit. Where the
/// history says nothing of an item (a sum of 0), its popularity stands in: behind what the history speaks for, and in
/// a better order than that of the catalog.
class ItemKnnReader final : public Reader {
public:
    ItemKnnReader(const ItemKnn& model, const History& history) : m_model(model)
    {
        std::vector<std::uint32_t> items;
        std::vector<float> values;
        for (const HistoryEntry& entry : history)
            if (entry.item.value < model.itemCount()) {
                items.push_back(entry.item.value);
                values.push_back(entry.value);
            }
        const auto weights = model.weigher().weigh(values);
        for (std::size_t i = 0; i < items.size(); ++i)
            if (weights[i].value_or(0) != 0 && model.usedBy().row(items[i]).size() > 0)
                m_entries.push_back({items[i], *weights[i]});
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) {
            double sum = 0;
            forEachTerm(item, [&](std::uint32_t, double value) { sum += value; });
            return scoreOf(item, sum);
        });
    }

    void scoreAll(std::span<float> out) const override
    {
        std::vector<double> sums(std::max(out.size(), m_model.itemCount()), 0.0);
        for (const auto [item, weight] : m_entries) {
            const auto row = m_model.usedBy().row(item);
            for (std::size_t i = 0; i < row.size(); ++i)
                sums[row.columns[i]] += static_cast<double>(row.values[i]) * static_cast<double>(weight);
        }
        for (std::uint32_t i = 0; i < out.size(); ++i)
            out[i] = scoreOf(ItemIndex{i}, sums[i]);
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation why;
        forEachTerm(item, [&](std::uint32_t entry, double value) {
            why.terms.push_back({TermKind::HistoryItem, ItemIndex{entry}, {}, value});
            why.score += value;
        });
        return why.score != 0 ? why : m_model.fallback().explain(item);
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_entries.empty() ? PopularFallback::sentence() : std::string();
    }

private:
    struct Entry {
        std::uint32_t item = 0;
        float weight = 0;
    };

    /// NaN for an item newer than the model.
    [[nodiscard]] float scoreOf(ItemIndex item, double sum) const
    {
        return sum != 0 ? static_cast<float>(sum) : m_model.fallback().score(item);
    }

    /// Entries of the history that are neighbours of `item`, ascending, with similarity * weight.
    template <class Visit> void forEachTerm(ItemIndex item, Visit visit) const
    {
        if (item.value >= m_model.itemCount())
            return;
        const auto row = m_model.neighbours().row(item.value);
        auto entry = m_entries.begin();
        for (std::size_t i = 0; i < row.size() && entry != m_entries.end(); ++i) {
            while (entry != m_entries.end() && entry->item < row.columns[i])
                ++entry;
            if (entry != m_entries.end() && entry->item == row.columns[i])
                visit(entry->item, static_cast<double>(row.values[i]) * static_cast<double>(entry->weight));
        }
    }

    const ItemKnn& m_model;
    std::vector<Entry> m_entries; // ascending by item; only those that are a neighbour of some item
};

std::unique_ptr<Reader> ItemKnn::read(const Query& query) const
{
    return std::make_unique<ItemKnnReader>(*this, query.history);
}

Result<std::vector<Neighbour>> ItemKnn::similarItems(ItemIndex item, std::size_t n) const
{
    if (item.value >= itemCount())
        return error(Code::NotFound, "The model does not know this item", "Train it again with the item in the data");
    const auto row = m_neighbours.row(item.value);
    std::vector<Neighbour> all;
    for (std::size_t i = 0; i < row.size(); ++i)
        all.push_back({ItemIndex{row.columns[i]}, row.values[i]});
    std::ranges::stable_sort(all, std::ranges::greater{}, &Neighbour::similarity); // rows ascend: ties by index
    all.resize(std::min(n, all.size()));
    return all;
}

void ItemKnn::save(Artifact& artifact) const
{
    std::vector<std::uint32_t> counts;
    for (std::size_t i = 0; i < itemCount(); ++i)
        counts.push_back(static_cast<std::uint32_t>(m_neighbours.row(i).size()));
    artifact.put("neighbour-counts", std::span<const std::uint32_t>(counts));
    artifact.put("neighbours", std::span<const std::uint32_t>(m_neighbours.columns));
    artifact.put("similarities", std::span<const float>(m_neighbours.values));
    m_weigher.save(artifact);
    m_fallback.save(artifact);
}

/// The weights of everybody's interactions, without those that are left out.
SparseMatrix weightedMatrix(const Interactions& interactions, const Weigher& weigher)
{
    SparseMatrix matrix;
    matrix.columnCount = interactions.items();
    matrix.starts.reserve(interactions.users() + 1);
    matrix.columns.reserve(interactions.size());
    matrix.values.reserve(interactions.size());
    for (std::uint32_t user = 0; user < interactions.users(); ++user) {
        const auto row = interactions.row(UserIndex{user});
        const auto weights = weigher.weigh(row.values);
        for (std::size_t i = 0; i < row.size(); ++i)
            if (weights[i]) {
                matrix.columns.push_back(row.items[i].value);
                matrix.values.push_back(*weights[i]);
            }
        matrix.starts.push_back(matrix.columns.size());
    }
    return matrix;
}

double meanOf(std::span<const float> values)
{
    double sum = 0;
    for (const float value : values)
        sum += static_cast<double>(value);
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

/// Everything, or the upper 40 % of the scale: from 4 of 5 stars (3.5 where there are halves), from 7 of 10.
float smallestThatCounts(const Dataset& dataset, Entries entries)
{
    if (entries == Entries::All || dataset.feedback() == Feedback::Implicit)
        return std::numeric_limits<float>::lowest();
    return dataset.ratingLow() + 0.6F * (dataset.ratingHigh() - dataset.ratingLow());
}

Result<ModelPtr> fitItemKnn(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Interactions& interactions = input.train->interactions();
    if (interactions.size() == 0)
        return error(Code::InvalidArgument, "There are no interactions to learn from", "Import ratings first");
    const float from = smallestThatCounts(*input.train, config->entries);
    const Weigher weigher(config->weighting, from, meanOf(interactions.allValues()));
    const SparseMatrix matrix = weightedMatrix(interactions, weigher);
    if (matrix.size() == 0)
        return error(Code::InvalidArgument, fmt::format("No rating is {:g} or higher", from),
                     "Set entries to all, so that every rating counts", "entries");
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    auto neighbours = mostSimilarColumns(
        matrix, {config->similarity, static_cast<std::size_t>(config->neighbours), config->shrinkage}, job);
    if (!neighbours)
        return tl::unexpected(neighbours.error());
    return std::make_shared<const ItemKnn>(std::move(*neighbours), weigher, PopularFallback(interactions));
}

tl::unexpected<Error> corruptNeighbours(std::size_t item, std::string_view what)
{
    return error(Code::Corrupt, fmt::format("The stored neighbours of item {} {}", item, what), "Train the model again",
                 "neighbours");
}

/// Ascending rows without the item itself: what scoring relies on.
Status checkNeighbours(const SparseMatrix& matrix)
{
    for (std::size_t item = 0; item < matrix.rowCount(); ++item) {
        const auto columns = matrix.row(item).columns;
        if (std::ranges::adjacent_find(columns, std::ranges::greater_equal{}) != columns.end())
            return corruptNeighbours(item, "are out of order");
        if (std::ranges::binary_search(columns, static_cast<std::uint32_t>(item)))
            return corruptNeighbours(item, "include itself");
    }
    return {};
}

Result<SparseMatrix> loadNeighbours(const Artifact& artifact)
{
    const auto counts = artifact.indices("neighbour-counts", Artifact::anyLength, std::uint64_t{1} << 32);
    if (!counts)
        return tl::unexpected(counts.error());
    SparseMatrix matrix;
    matrix.columnCount = counts->size();
    for (const std::uint32_t count : *counts)
        matrix.starts.push_back(matrix.starts.back() + count);
    auto columns = artifact.indices("neighbours", matrix.starts.back(), counts->size());
    if (!columns)
        return tl::unexpected(columns.error());
    auto values = artifact.floats("similarities", matrix.starts.back());
    if (!values)
        return tl::unexpected(values.error());
    matrix.columns = std::move(*columns);
    matrix.values = std::move(*values);
    if (const auto valid = checkNeighbours(matrix); !valid)
        return tl::unexpected(valid.error());
    return matrix;
}

Result<ModelPtr> loadItemKnn(const Artifact& artifact)
{
    auto neighbours = loadNeighbours(artifact);
    if (!neighbours)
        return tl::unexpected(neighbours.error());
    const auto weigher = Weigher::load(artifact);
    if (!weigher)
        return tl::unexpected(weigher.error());
    auto fallback = PopularFallback::load(artifact, neighbours->rowCount());
    if (!fallback)
        return tl::unexpected(fallback.error());
    return std::make_shared<const ItemKnn>(std::move(*neighbours), *weigher, std::move(*fallback));
}

Cost estimateItemKnn(const DatasetShape& shape, const ParamSet& params)
{
    const ItemKnnConfig config = table().read(params).value_or(ItemKnnConfig{});
    const auto n = static_cast<double>(shape.items);
    // Of ratings about half are liked, of counts all are; a shape does not say which they are.
    const double cells = static_cast<double>(shape.interactions) * (config.entries == Entries::Liked ? 0.75 : 1);
    // Pairs added up: the sum of squared history lengths, about three times that of equal lengths in rating data.
    const double pairs = std::min(3 * cells * cells / std::max(1.0, static_cast<double>(shape.people)), cells * n);
    const double compared = std::min(pairs, n * n / 3);
    const double kept = std::min(n, static_cast<double>(config.neighbours));
    // Measured with all entries on 100 thousand to a million ratings of 1,700 to 50,000 items: within a factor of 2.5.
    const double seconds = pairs * 2e-9 + compared * 1e-8 + cells * 2e-8;
    const double bytes = cells * 16 + n * (kept * 24 + 64);
    return {seconds, static_cast<std::size_t>(bytes)};
}

} // namespace

Algorithm itemKnnAlgorithm()
{
    Algorithm a;
    a.id = "item-knn";
    a.title = "Item kNN";
    a.family = "Neighbourhood";
    a.summary = "Finds for each item the items that the same people used, and offers what is close to the person's "
                "history. Every recommendation traces back to single items of that history.";
    a.whenToUse = "As a first personal model: quick to train, easy to explain, and it follows a history as it grows.";
    a.paper = "Sarwar, Karypis, Konstan & Riedl: Item-based collaborative filtering recommendation algorithms, "
              "WWW 2001; Deshpande & Karypis: Item-based top-N recommendation algorithms, ACM TOIS 2004";
    a.fallback = PopularFallback::declaration();
    a.params = table().specs();
    a.fit = fitItemKnn;
    a.load = loadItemKnn;
    a.estimate = estimateItemKnn;
    return a;
}

} // namespace orrery
