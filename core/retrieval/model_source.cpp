// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/candidate_source.h"
#include "core/retrieval/hnsw_index.h"
#include "core/retrieval/product_search.h"
#include "core/retrieval/top_n.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t manyItems = 20'000; ///< from here on a search by vectors is sooner than the scores of all
constexpr std::uint32_t triedItems = 4;   ///< people who used one of these alone are asked about at the making
constexpr std::size_t triedFound = 64;    ///< items looked at for each
constexpr double sameOffset = 1e-3;       ///< of the largest score: how alike score - product must be

bool isAmong(std::span<const ItemIndex> items, ItemIndex item) { return std::ranges::binary_search(items, item); }

/// The newest entries of a history, by item again.
History newestOf(History history, std::size_t most)
{
    if (most == 0 || history.size() <= most)
        return history;
    std::ranges::stable_sort(history, [](const auto& a, const auto& b) { return a.at > b.at; });
    history.resize(most);
    std::ranges::sort(history, {}, &HistoryEntry::item);
    return history;
}

/// The vectors of a space, with the bias as one more number where there is one.
Matrix withBias(const VectorSpace& space)
{
    Matrix out = Matrix::unset(space.vectors.rows, space.vectors.cols + 1);
    for (std::size_t row = 0; row < out.rows(); ++row) {
        std::ranges::copy(space.vectors.row(row), out.row(row).begin());
        out.row(row).back() = space.bias[row];
    }
    return out;
}

/// Items found by their products with a question, and what the model says of them.
struct Products {
    std::vector<Near> near;
    std::vector<ItemIndex> items;
    std::vector<float> scores;

    /// Whether the scores are the products, but for a constant.
    [[nodiscard]] bool areScores() const
    {
        double lowest = 0, highest = 0, largest = 0;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (std::isnan(scores[i]))
                return false;
            const double offset = static_cast<double>(scores[i]) - static_cast<double>(near[i].similarity);
            lowest = i == 0 ? offset : std::min(lowest, offset);
            highest = i == 0 ? offset : std::max(highest, offset);
            largest = std::max(largest, std::abs(static_cast<double>(scores[i])));
        }
        return highest - lowest <= sameOffset * std::max(largest, 1e-6);
    }
};

bool bestFirst(const Found& a, const Found& b) { return a.score != b.score ? a.score > b.score : a.item < b.item; }

class ModelSource final : public CandidateSource {
public:
    ModelSource(ModelPtr model, std::size_t newest) : m_model(std::move(model)), m_newest(newest) {}

    [[nodiscard]] Status prepare(Search search, const JobContext& job);
    [[nodiscard]] Result<std::vector<Found>> find(const Query& query, std::span<const ItemIndex> without, std::size_t n,
                                                  const JobContext& job) const override;
    [[nodiscard]] std::string how() const override;

private:
    [[nodiscard]] Status index(Search search, const JobContext& job);
    [[nodiscard]] Result<bool> givesProducts(const JobContext& job) const;
    [[nodiscard]] Result<std::vector<Near>> nearest(std::span<const float> vector, std::size_t n,
                                                    const JobContext& job) const;
    [[nodiscard]] Result<std::optional<Products>> productsOf(const Reader& reader, std::size_t n,
                                                             const JobContext& job) const;
    [[nodiscard]] Result<std::optional<std::vector<Found>>>
    findByVectors(const Reader& reader, std::span<const ItemIndex> without, std::size_t n, const JobContext& job) const;
    [[nodiscard]] std::vector<Found> findByScores(const Reader& reader, std::span<const ItemIndex> without,
                                                  std::size_t n) const;

    ModelPtr m_model;
    std::size_t m_newest;
    Matrix m_withBias;
    MatrixView m_vectors; ///< empty: only by scores
    std::optional<ProductSearch> m_exact;
    std::optional<HnswIndex> m_graph;
};

Status ModelSource::prepare(Search search, const JobContext& job)
{
    const VectorSpace space = m_model->itemSpace();
    if (search == Search::Score || space.vectors.empty() || (search == Search::Auto && space.vectors.rows < manyItems))
        return {};
    if (!space.bias.empty())
        m_withBias = withBias(space);
    m_vectors = space.bias.empty() ? space.vectors : m_withBias.view();
    if (const auto made = index(search, job); !made)
        return made;
    const auto gives = givesProducts(job);
    if (!gives)
        return tl::unexpected(gives.error());
    if (!*gives) {
        m_vectors = {};
        m_exact.reset();
        m_graph.reset();
        m_withBias = {};
    }
    return {};
}

Status ModelSource::index(Search search, const JobContext& job)
{
    if (search == Search::Hnsw)
        return HnswIndex::build(m_vectors, SpaceMetric::Dot, {}, job).map([this](HnswIndex&& graph) {
            m_graph = std::move(graph);
        });
    return ProductSearch::make(m_vectors, job).map([this](ProductSearch&& exact) { m_exact = std::move(exact); });
}

// Decided once, of the same questions always, so that no answer depends on what was asked before it.
Result<bool> ModelSource::givesProducts(const JobContext& job) const
{
    const std::size_t items = m_vectors.rows, step = std::max<std::size_t>(1, items / triedItems);
    for (std::size_t item = 0; item < items; item += step) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        Query query;
        query.history.push_back({ItemIndex{static_cast<std::uint32_t>(item)}});
        const auto products = productsOf(*m_model->read(query), triedFound, job);
        if (!products)
            return tl::unexpected(products.error());
        if (*products && !(*products)->areScores())
            return false;
    }
    return true;
}

Result<std::vector<Found>> ModelSource::find(const Query& query, std::span<const ItemIndex> without, std::size_t n,
                                             const JobContext& job) const
{
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    Query told = query;
    told.history = newestOf(std::move(told.history), m_newest);
    const auto reader = m_model->read(told);
    if (!m_vectors.empty()) {
        auto found = findByVectors(*reader, without, n, job);
        if (!found)
            return tl::unexpected(found.error());
        if (*found)
            return std::move(**found);
    }
    return findByScores(*reader, without, n);
}

Result<std::vector<Near>> ModelSource::nearest(std::span<const float> vector, std::size_t n,
                                               const JobContext& job) const
{
    std::vector<float> key(vector.begin(), vector.end());
    if (m_vectors.cols > key.size())
        key.push_back(1); // for the bias
    if (m_graph)
        return m_graph->nearest(key, n);
    return m_exact->largest(key, n, job);
}

// None where the reader has no vector of its own.
Result<std::optional<Products>> ModelSource::productsOf(const Reader& reader, std::size_t n,
                                                        const JobContext& job) const
{
    const auto vector = reader.vector();
    if (vector.empty() || !reader.fallback().empty())
        return std::optional<Products>();
    auto near = nearest(vector, n, job);
    if (!near)
        return tl::unexpected(near.error());
    Products products{std::move(*near), {}, {}};
    for (const Near& one : products.near)
        products.items.push_back(ItemIndex{one.row});
    products.scores.resize(products.items.size());
    reader.score(products.items, products.scores);
    return std::optional(std::move(products));
}

// None where the scores of what was found are not the products that it was found by.
Result<std::optional<std::vector<Found>>> ModelSource::findByVectors(const Reader& reader,
                                                                     std::span<const ItemIndex> without, std::size_t n,
                                                                     const JobContext& job) const
{
    const auto products = productsOf(reader, n + without.size(), job);
    if (!products)
        return tl::unexpected(products.error());
    if (!*products || !(*products)->areScores())
        return std::optional<std::vector<Found>>();
    std::vector<Found> found;
    for (std::size_t i = 0; i < (*products)->items.size(); ++i)
        if (const ItemIndex item = (*products)->items[i]; !isAmong(without, item))
            found.push_back({item, (*products)->scores[i]});
    std::ranges::sort(found, bestFirst);
    found.resize(std::min(n, found.size()));
    return std::optional(std::move(found));
}

std::vector<Found> ModelSource::findByScores(const Reader& reader, std::span<const ItemIndex> without,
                                             std::size_t n) const
{
    thread_local std::vector<float> scores;
    scores.resize(m_model->itemCount());
    reader.scoreAll(scores);
    for (const ItemIndex item : without)
        if (item.value < scores.size())
            scores[item.value] = std::numeric_limits<float>::quiet_NaN();
    TopN best(n);
    std::vector<Found> found;
    for (const ItemIndex item : best.select(scores))
        found.push_back({item, scores[item.value]});
    return found;
}

std::string ModelSource::how() const
{
    const std::string told = m_newest > 0 ? fmt::format("by the newest {} of the history, ", m_newest) : "";
    if (m_vectors.empty())
        return told + "the score of every item";
    return fmt::format("{}{} numbers an item, {}", told, m_vectors.cols,
                       m_graph ? "looked for in a graph (HNSW)" : "looked at exactly");
}

} // namespace

Result<SourcePtr> makeModelSource(ModelPtr model, Search search, std::size_t newest, const JobContext& job)
{
    auto source = std::make_shared<ModelSource>(std::move(model), newest);
    return source->prepare(search, job).map([&]() -> SourcePtr { return source; });
}

} // namespace orrery
