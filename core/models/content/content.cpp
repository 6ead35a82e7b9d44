// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/content.h"

#include "core/models/artifact.h"
#include "core/models/content/content_features.h"
#include "core/models/content/content_profile.h"
#include "core/models/popular_fallback.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

/// What the terms of an explanation are.
enum class Reasons { Entries, Features };

struct ContentConfig : FeatureConfig, ProfileConfig {
    Reasons reasons = Reasons::Entries;
};

const ParamTable<ContentConfig>& table()
{
    static const auto declared = [] {
        auto table = featureTable<ContentConfig>();
        return addProfile(table).choice("reasons", "Reasons are", "What a score is explained by",
                                        static_cast<Reasons ContentConfig::*>(&ContentConfig::reasons),
                                        {{"entries", "Entries of the history"}, {"features", "Words and attributes"}});
    }();
    return declared;
}

struct ContentParts {
    ContentFeatures features;
    ProfileWeigher weigher;
    Reasons reasons = Reasons::Entries;
    PopularFallback fallback;
};

using Row = SparseMatrix::Row;

/// visit(feature, a, b) for the features that both have, ascending.
template <class Visit> void forShared(const Row& a, const Row& b, Visit visit)
{
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();)
        if (a.columns[i] < b.columns[j])
            ++i;
        else if (b.columns[j] < a.columns[i])
            ++j;
        else {
            visit(a.columns[i], static_cast<double>(a.values[i]), static_cast<double>(b.values[j]));
            ++i;
            ++j;
        }
}

class Content final : public Model {
public:
    explicit Content(ContentParts parts) : m_parts(std::move(parts)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Similarity; }
    [[nodiscard]] Capabilities capabilities() const override { return contentAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.features.rows.rowCount(); }
    /// By the cosine of their vectors; items that share nothing are left out.
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const override;
    void save(Artifact& artifact) const override;
    static Result<ModelPtr> load(const Artifact& artifact);

    [[nodiscard]] const ContentParts& parts() const { return m_parts; }

private:
    ContentParts m_parts;
};

class ContentReader final : public Reader {
public:
    ContentReader(const ContentParts& parts, const History& history)
        : m_parts(parts), m_entries(parts.weigher.weigh(history, parts.features.rows.rowCount())),
          m_profile(parts.features.rows.columnCount, 0.0)
    {
        for (const ProfileEntry& entry : m_entries) {
            const Row row = parts.features.rows.row(entry.item);
            for (std::size_t i = 0; i < row.size(); ++i)
                m_profile[row.columns[i]] += entry.weight * static_cast<double>(row.values[i]);
        }
        double square = 0;
        for (const double value : m_profile)
            square += value * value;
        m_length = std::sqrt(square);
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }

    void scoreAll(std::span<float> out) const override
    {
        for (std::uint32_t item = 0; item < out.size(); ++item)
            out[item] = scoreOf(ItemIndex{item});
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        const double similarity = similarityTo(item);
        if (similarity == 0)
            return m_parts.fallback.explain(item);
        return {m_parts.reasons == Reasons::Entries ? byEntry(item) : byFeature(item), similarity};
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_length == 0 ? PopularFallback::sentence() : std::string();
    }

private:
    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        const auto similarity = static_cast<float>(similarityTo(item));
        return similarity != 0 ? similarity : m_parts.fallback.score(item);
    }

    /// 0 where nothing is shared, and for an item newer than the model.
    [[nodiscard]] double similarityTo(ItemIndex item) const
    {
        if (m_length == 0 || item.value >= m_parts.features.rows.rowCount())
            return 0;
        const Row row = m_parts.features.rows.row(item.value);
        double sum = 0;
        for (std::size_t i = 0; i < row.size(); ++i)
            sum += m_profile[row.columns[i]] * static_cast<double>(row.values[i]);
        return sum / m_length;
    }

    [[nodiscard]] std::vector<Term> byEntry(ItemIndex item) const
    {
        const Row row = m_parts.features.rows.row(item.value);
        std::vector<Term> terms;
        for (const ProfileEntry& entry : m_entries) {
            const Row other = m_parts.features.rows.row(entry.item);
            double sum = 0;
            forShared(other, row, [&](std::uint32_t, double a, double b) { sum += a * b; });
            if (sum != 0)
                terms.push_back({TermKind::HistoryItem, ItemIndex{entry.item}, sharedBy(other, row),
                                 entry.weight * sum / m_length});
        }
        return terms;
    }

    [[nodiscard]] std::vector<Term> byFeature(ItemIndex item) const
    {
        const Row row = m_parts.features.rows.row(item.value);
        std::vector<Term> terms;
        for (std::size_t i = 0; i < row.size(); ++i)
            if (const double held = m_profile[row.columns[i]]; held != 0)
                terms.push_back({TermKind::Attribute,
                                 {},
                                 m_parts.features.labels[row.columns[i]],
                                 held * static_cast<double>(row.values[i]) / m_length});
        return terms;
    }

    /// The features that add most to what two items share, most first.
    [[nodiscard]] std::string sharedBy(const Row& a, const Row& b) const
    {
        constexpr std::size_t named = 3;
        std::vector<std::pair<double, std::uint32_t>> shared;
        forShared(a, b, [&](std::uint32_t feature, double x, double y) { shared.emplace_back(-x * y, feature); });
        std::ranges::sort(shared);
        std::vector<std::string_view> names;
        for (std::size_t n = 0; n < std::min(named, shared.size()); ++n)
            names.push_back(m_parts.features.labels[shared[n].second]);
        return fmt::format("{}", fmt::join(names, ", "));
    }

    const ContentParts& m_parts;
    std::vector<ProfileEntry> m_entries;
    std::vector<double> m_profile; // by feature, before it is divided by its length
    double m_length = 0;
};

std::unique_ptr<Reader> Content::read(const Query& query) const
{
    return std::make_unique<ContentReader>(m_parts, query.history);
}

double lengthOf(const Row& row)
{
    double square = 0;
    for (const float value : row.values)
        square += static_cast<double>(value) * static_cast<double>(value);
    return std::sqrt(square);
}

Result<std::vector<Neighbour>> Content::similarItems(ItemIndex item, std::size_t n) const
{
    if (item.value >= itemCount())
        return error(Code::NotFound, "The model does not know this item", "Train it again with the item in the data");
    const SparseMatrix& rows = m_parts.features.rows;
    const Row own = rows.row(item.value);
    std::vector<double> spread(rows.columnCount, 0.0);
    for (std::size_t i = 0; i < own.size(); ++i)
        spread[own.columns[i]] = static_cast<double>(own.values[i]);
    const double length = lengthOf(own);
    std::vector<Neighbour> similar;
    for (std::uint32_t other = 0; other < itemCount(); ++other) {
        const Row row = rows.row(other);
        double sum = 0;
        for (std::size_t i = 0; i < row.size(); ++i)
            sum += spread[row.columns[i]] * static_cast<double>(row.values[i]);
        if (sum > 0 && other != item.value)
            similar.push_back({ItemIndex{other}, static_cast<float>(sum / (length * lengthOf(row)))});
    }
    const auto kept = similar.begin() + static_cast<std::ptrdiff_t>(std::min(n, similar.size()));
    std::partial_sort(similar.begin(), kept, similar.end(), [](const Neighbour& a, const Neighbour& b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : a.item < b.item;
    });
    similar.erase(kept, similar.end());
    return similar;
}

void Content::save(Artifact& artifact) const
{
    const SparseMatrix& rows = m_parts.features.rows;
    std::vector<std::uint32_t> counts;
    for (std::size_t item = 0; item < rows.rowCount(); ++item)
        counts.push_back(static_cast<std::uint32_t>(rows.row(item).size()));
    artifact.put("feature-counts", std::span<const std::uint32_t>(counts));
    artifact.put("features", std::span<const std::uint32_t>(rows.columns));
    artifact.put("feature-weights", std::span<const float>(rows.values));
    artifact.putText("labels", fmt::format("{}", fmt::join(m_parts.features.labels, "\n")));
    artifact.putNumber("reasons", static_cast<double>(m_parts.reasons));
    m_parts.weigher.save(artifact);
    m_parts.fallback.save(artifact);
}

tl::unexpected<Error> corruptFeatures(std::string_view what)
{
    return error(Code::Corrupt, fmt::format("The stored features of items {}", what), "Train the model again",
                 "features");
}

std::vector<std::string> linesOf(const std::string& text)
{
    std::vector<std::string> lines{""};
    for (const char c : text)
        if (c == '\n')
            lines.emplace_back();
        else
            lines.back().push_back(c);
    return lines;
}

Result<ContentFeatures> loadFeatures(const Artifact& artifact)
{
    const auto labels = artifact.text("labels");
    if (!labels)
        return tl::unexpected(labels.error());
    ContentFeatures features{{}, linesOf(*labels)};
    SparseMatrix& rows = features.rows;
    rows.columnCount = features.labels.size();
    const auto counts = artifact.indices("feature-counts", Artifact::anyLength, std::uint64_t{1} << 32);
    if (!counts)
        return tl::unexpected(counts.error());
    for (const std::uint32_t count : *counts)
        rows.starts.push_back(rows.starts.back() + count);
    auto columns = artifact.indices("features", rows.starts.back(), rows.columnCount);
    if (!columns)
        return tl::unexpected(columns.error());
    auto values = artifact.floats("feature-weights", rows.starts.back());
    if (!values)
        return tl::unexpected(values.error());
    rows.columns = std::move(*columns);
    rows.values = std::move(*values);
    for (std::size_t item = 0; item < rows.rowCount(); ++item)
        if (std::ranges::adjacent_find(rows.row(item).columns, std::ranges::greater_equal{}) !=
            rows.row(item).columns.end())
            return corruptFeatures("are out of order");
    if (std::ranges::any_of(rows.values, [](float value) { return !(value > 0); }))
        return corruptFeatures("are not above 0");
    return features;
}

Result<ModelPtr> Content::load(const Artifact& artifact)
{
    auto features = loadFeatures(artifact);
    if (!features)
        return tl::unexpected(features.error());
    const auto weigher = ProfileWeigher::load(artifact);
    if (!weigher)
        return tl::unexpected(weigher.error());
    const auto reasons = artifact.number("reasons");
    if (!reasons)
        return tl::unexpected(reasons.error());
    if (*reasons != 0 && *reasons != 1)
        return error(Code::Corrupt, fmt::format("The stored model has unknown reasons {}", *reasons),
                     "Train the model again", "reasons");
    auto fallback = PopularFallback::load(artifact, features->rows.rowCount());
    if (!fallback)
        return tl::unexpected(fallback.error());
    return std::make_shared<const Content>(ContentParts{
        std::move(*features), *weigher, *reasons == 0 ? Reasons::Entries : Reasons::Features, std::move(*fallback)});
}

Result<ModelPtr> fitContent(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    auto features = contentFeatures(*input.train, *config, job);
    if (!features)
        return tl::unexpected(features.error());
    if (features->rows.size() == 0)
        return nothingShared();
    return std::make_shared<const Content>(ContentParts{std::move(*features), ProfileWeigher(*input.train, *config),
                                                        config->reasons, PopularFallback(input.train->interactions())});
}

Cost estimateContent(const DatasetShape& shape, const ParamSet&)
{
    const Cost features = costOfFeatures(shape);
    return {features.seconds + static_cast<double>(shape.interactions) * 2e-9, features.bytes};
}

} // namespace

Algorithm contentAlgorithm()
{
    Algorithm a;
    a.id = "content";
    a.title = "Content";
    a.family = "Content";
    a.summary =
        "Compares items by their words, tags and numbers, and recommends what is like the items of the history. "
        "Rare words count more than common ones, and recent entries more than old ones.";
    a.whenToUse = "For items that nobody used yet, for few people, and for reasons that name what two items share.";
    a.paper = "Pazzani & Billsus: Content-based recommendation systems, The Adaptive Web 2007; Robertson & Zaragoza: "
              "The probabilistic relevance framework: BM25 and beyond, Foundations and Trends in IR 2009";
    a.fallback = PopularFallback::declaration();
    a.needs = {Need::ItemContent};
    a.params = table().specs();
    a.fit = fitContent;
    a.load = Content::load;
    a.estimate = estimateContent;
    return a;
}

} // namespace orrery
