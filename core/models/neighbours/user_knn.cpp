// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/user_knn.h"

#include "core/models/artifact.h"
#include "core/models/history_weigher.h"
#include "core/models/neighbours/document_weights.h"
#include "core/models/neighbours/nearest.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/models/neighbours/stored_rows.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace orrery {
namespace {

constexpr int mostNeighbours = 10'000;

struct UserKnnConfig {
    int neighbours = 60;
    Similarity similarity = Similarity::Cosine;
    float shrinkage = 0;
    Weighting weighting = Weighting::Value;
    Entries entries = Entries::Liked;
    float k1 = SimilarityConfig{}.k1;
    float b = SimilarityConfig{}.b;
};

const ParamTable<UserKnnConfig>& table()
{
    static const auto declared =
        ParamTable<UserKnnConfig>{}
            .number("neighbours", "Neighbours", "Similar people who have a say; 30 to 300 is usual",
                    &UserKnnConfig::neighbours, 1, mostNeighbours, ParamScale::Logarithmic)
            .choice(
                "similarity", "Similarity",
                "When two people count as alike: cosine uses the weights below, Jaccard only what both used; TF-IDF "
                "and BM25 trust items of few people more",
                &UserKnnConfig::similarity, similarityChoices())
            .number("shrinkage", "Shrinkage",
                    "Holds back people who share few entries; 0 trusts all, 10 to 100 is usual",
                    &UserKnnConfig::shrinkage, 0, 1000)
            .choice("weighting", "Weight of an entry",
                    "What one entry of a history counts: that it is there, its value, or its value against the "
                    "person's mean",
                    &UserKnnConfig::weighting,
                    {{"binary", "Used it"}, {"value", "Value"}, {"centred", "Value minus the person's mean"}})
            .choice("entries", "Entries that count",
                    "Of ratings: what was liked, or whatever was rated. Counts always count", &UserKnnConfig::entries,
                    {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}})
            .number("bm25-k1", "k1 of BM25", "How soon more of the same counts no more; 1.2 to 100 is usual",
                    &UserKnnConfig::k1, 0, 1000)
            .advanced()
            .number("bm25-b", "b of BM25", "How much people of many items are held back; 0.75 is usual",
                    &UserKnnConfig::b, 0, 1)
            .advanced();
    return declared;
}

struct UserKnnParts {
    SparseMatrix weights; ///< [people x items]
    std::size_t neighbours = 1;
    SimilarityConfig similarity;
    HistoryWeigher weigher;
    PopularFallback fallback;
};

/// What somebody shares with a history.
struct Shared {
    double dot = 0;
    std::uint32_t items = 0;
};

class UserKnn final : public Model {
public:
    /// Errors: InvalidArgument, Cancelled.
    [[nodiscard]] static Result<ModelPtr> of(UserKnnParts parts, const JobContext& job);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Similarity; }
    [[nodiscard]] Capabilities capabilities() const override { return userKnnAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.fallback.itemCount(); }
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const override;
    [[nodiscard]] Result<std::vector<SimilarPerson>> similarPeople(const Query& query, std::size_t n) const override;
    void save(Artifact& artifact) const override;

    [[nodiscard]] const UserKnnParts& parts() const { return m_parts; }
    [[nodiscard]] WeighedHistory weighed(const Query& query) const
    {
        return weighedHistory(query.history, itemCount(), m_parts.weigher);
    }
    /// Of each person. `others`: only people who used something beyond the history; else 0.
    [[nodiscard]] std::vector<float> similarities(const WeighedHistory& history, bool others) const;

private:
    explicit UserKnn(UserKnnParts parts) : m_parts(std::move(parts)) {}
    [[nodiscard]] Status derive(const JobContext& job);

    UserKnnParts m_parts;
    DocumentWeights m_documents;
    SparseMatrix m_byItem;          ///< [items x people], as people are compared
    std::vector<double> m_inverses; ///< 1 / length of each person, as they are compared
};

struct NearPerson {
    std::uint32_t person = 0;
    double similarity = 0;
};

class UserKnnReader final : public Reader {
public:
    UserKnnReader(const UserKnn& model, const Query& query) : m_model(model), m_sums(model.itemCount(), 0.0)
    {
        const auto similarities = model.similarities(model.weighed(query), true);
        Nearest nearest;
        nearest.begin(similarities.size() + 1);
        for (std::uint32_t person = 0; person < similarities.size(); ++person)
            nearest.offer(similarities[person], person);
        for (const std::uint64_t key : nearest.sorted(model.parts().neighbours))
            m_near.push_back({Nearest::placeOf(key), static_cast<double>(Nearest::similarityOf(key))});
        for (const NearPerson& near : m_near) {
            const auto row = model.parts().weights.row(near.person);
            for (std::size_t cell = 0; cell < row.size(); ++cell)
                m_sums[row.columns[cell]] += near.similarity * static_cast<double>(row.values[cell]);
        }
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        if (!speaksOf(item))
            return m_model.parts().fallback.explain(item);
        Explanation why{{}, static_cast<double>(scoreOf(item))};
        for (const NearPerson& near : m_near) {
            const auto row = m_model.parts().weights.row(near.person);
            const auto found = std::ranges::lower_bound(row.columns, item.value);
            if (found == row.columns.end() || *found != item.value)
                continue;
            const float weight = row.values[static_cast<std::size_t>(found - row.columns.begin())];
            why.terms.push_back(
                {TermKind::Person, {}, {}, near.similarity * static_cast<double>(weight), UserIndex{near.person}});
        }
        return why;
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_near.empty() ? PopularFallback::sentence() : std::string();
    }

private:
    [[nodiscard]] bool speaksOf(ItemIndex item) const { return item.value < m_sums.size() && m_sums[item.value] != 0; }
    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        return speaksOf(item) ? static_cast<float>(m_sums[item.value]) : m_model.parts().fallback.score(item);
    }

    const UserKnn& m_model;
    std::vector<NearPerson> m_near; ///< most similar first
    std::vector<double> m_sums;     ///< what they say of each item
};

Result<ModelPtr> UserKnn::of(UserKnnParts parts, const JobContext& job)
{
    // Not make_shared: the constructor is not for others.
    const std::shared_ptr<UserKnn> model(new UserKnn(std::move(parts)));
    if (const auto done = model->derive(job); !done)
        return tl::unexpected(done.error());
    return model;
}

Status UserKnn::derive(const JobContext& job)
{
    job.progress(0, "weighing what people used");
    m_documents = DocumentWeights(m_parts.weights, m_parts.similarity);
    if (const auto fine = m_documents.check(m_parts.weights); !fine)
        return fine;
    SparseMatrix compared = m_parts.weights;
    m_documents.weigh(compared);
    if (const auto alive = job.check(); !alive)
        return alive;
    m_inverses = inverseLengths(compared);
    m_byItem = compared.transposed();
    job.progress(1, "done");
    return job.check();
}

std::vector<float> UserKnn::similarities(const WeighedHistory& history, bool others) const
{
    std::vector<float> own = history.weights;
    m_documents.weigh(history.items, own);
    const double inverse = inverseLength(own);
    std::vector<Shared> shared(m_inverses.size());
    for (std::size_t n = 0; n < own.size(); ++n) {
        const auto weight = static_cast<double>(own[n]);
        const auto people = m_byItem.row(history.items[n]);
        for (std::size_t cell = 0; cell < people.size(); ++cell) {
            Shared& with = shared[people.columns[cell]];
            with.dot += weight * static_cast<double>(people.values[cell]);
            ++with.items;
        }
    }
    std::vector<float> similarities(shared.size(), 0.F);
    for (std::size_t person = 0; person < shared.size(); ++person) {
        const std::size_t used = m_parts.weights.row(person).size();
        if (shared[person].items > 0 && (!others || used > shared[person].items))
            similarities[person] = similarityOf(m_parts.similarity,
                                                {shared[person].dot, static_cast<double>(shared[person].items),
                                                 inverse * m_inverses[person], static_cast<double>(used + own.size())});
    }
    return similarities;
}

std::unique_ptr<Reader> UserKnn::read(const Query& query) const
{
    return std::make_unique<UserKnnReader>(*this, query);
}

Result<std::vector<SimilarPerson>> UserKnn::similarPeople(const Query& query, std::size_t n) const
{
    const auto similarities = this->similarities(weighed(query), false);
    std::vector<SimilarPerson> found;
    for (const std::uint32_t person :
         mostSimilar(similarities, query.user ? query.user->value : similarities.size(), n))
        found.push_back({UserIndex{person}, similarities[person]});
    return found;
}

Result<std::vector<Neighbour>> UserKnn::similarItems(ItemIndex item, std::size_t n) const
{
    if (item.value >= itemCount())
        return error(Code::NotFound, "The model does not know this item", "Train it again with the item in the data");
    std::vector<double> dots(itemCount(), 0.0), squares(itemCount(), 0.0);
    const auto people = m_byItem.row(item.value);
    for (const std::uint32_t person : people.columns) {
        const auto row = m_parts.weights.row(person);
        const auto own = static_cast<double>(row.values[static_cast<std::size_t>(
            std::ranges::lower_bound(row.columns, item.value) - row.columns.begin())]);
        for (std::size_t cell = 0; cell < row.size(); ++cell)
            dots[row.columns[cell]] += own * static_cast<double>(row.values[cell]);
    }
    for (std::size_t cell = 0; cell < m_parts.weights.size(); ++cell)
        squares[m_parts.weights.columns[cell]] +=
            static_cast<double>(m_parts.weights.values[cell]) * static_cast<double>(m_parts.weights.values[cell]);
    std::vector<float> cosines(itemCount(), 0.F);
    for (std::size_t other = 0; other < cosines.size(); ++other)
        if (dots[other] > 0)
            cosines[other] = static_cast<float>(dots[other] / std::sqrt(squares[other] * squares[item.value]));
    std::vector<Neighbour> found;
    for (const std::uint32_t other : mostSimilar(cosines, item.value, n))
        found.push_back({ItemIndex{other}, cosines[other]});
    return found;
}

void UserKnn::save(Artifact& artifact) const
{
    saveRows(artifact, m_parts.weights);
    artifact.putNumber("neighbours", static_cast<double>(m_parts.neighbours));
    artifact.putNumber("similarity", static_cast<double>(m_parts.similarity.measure));
    artifact.put(
        "similarity-settings",
        std::span<const float>(std::array{m_parts.similarity.shrinkage, m_parts.similarity.k1, m_parts.similarity.b}));
    m_parts.weigher.save(artifact);
    m_parts.fallback.save(artifact);
}

Result<ModelPtr> fitUserKnn(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const HistoryWeigher weigher(*input.train, config->weighting, config->entries);
    auto matrix = weightedMatrix(input.train->interactions(), weigher);
    if (!matrix)
        return tl::unexpected(matrix.error());
    return UserKnn::of({std::move(*matrix),
                        static_cast<std::size_t>(config->neighbours),
                        {config->similarity, config->shrinkage, config->k1, config->b},
                        weigher,
                        PopularFallback(input.train->interactions())},
                       job);
}

tl::unexpected<Error> corrupt(const std::string& where)
{
    return error(Code::Corrupt, "The stored model's '" + where + "' makes no sense", "Train the model again", where);
}

Status loadSettings(const Artifact& artifact, UserKnnParts& parts)
{
    const auto neighbours = artifact.number("neighbours"), similarity = artifact.number("similarity");
    for (const auto* number : {&neighbours, &similarity})
        if (!*number)
            return tl::unexpected(number->error());
    if (!(*neighbours >= 1 && *neighbours <= mostNeighbours))
        return corrupt("neighbours");
    if (!(*similarity >= 0 && *similarity <= static_cast<double>(Similarity::Bm25)))
        return corrupt("similarity");
    const auto settings = artifact.floats("similarity-settings", 3);
    if (!settings)
        return tl::unexpected(settings.error());
    const auto& s = *settings;
    if (s[0] < 0 || s[1] < 0 || s[2] < 0 || s[2] > 1)
        return corrupt("similarity-settings");
    parts.neighbours = static_cast<std::size_t>(*neighbours);
    parts.similarity = {static_cast<Similarity>(static_cast<int>(*similarity)), s[0], s[1], s[2]};
    return {};
}

Result<ModelPtr> loadUserKnn(const Artifact& artifact)
{
    UserKnnParts parts;
    auto rows = loadRows(artifact);
    if (!rows)
        return tl::unexpected(rows.error());
    if (const auto done = loadSettings(artifact, parts); !done)
        return tl::unexpected(done.error());
    const auto weigher = HistoryWeigher::load(artifact);
    if (!weigher)
        return tl::unexpected(weigher.error());
    auto fallback = PopularFallback::load(artifact, rows->columnCount);
    if (!fallback)
        return tl::unexpected(fallback.error());
    parts.weights = std::move(*rows);
    parts.weigher = *weigher;
    parts.fallback = std::move(*fallback);
    auto model = UserKnn::of(std::move(parts), JobContext{});
    if (!model)
        return corrupt("row-values");
    return model;
}

Cost estimateUserKnn(const DatasetShape& shape, const ParamSet& params)
{
    const UserKnnConfig config = table().read(params).value_or(UserKnnConfig{});
    const double cells = overlaps::cellsOf(shape, config.entries);
    return {cells * 5e-8, static_cast<std::size_t>(cells * 26) + shape.people * 24 + shape.items * 24 + 100'000};
}

} // namespace

Algorithm userKnnAlgorithm()
{
    Algorithm a;
    a.id = "user-knn";
    a.title = "User kNN";
    a.family = "Neighbourhood";
    a.summary = "Finds the people whose histories are most like the one at hand, and offers what they used. Every "
                "recommendation says which people it is owed to.";
    a.whenToUse = "To see who is alike and what they use, on data where people share many items.";
    a.paper = "Herlocker, Konstan, Borchers & Riedl: An algorithmic framework for performing collaborative filtering, "
              "SIGIR 1999; Sarwar, Karypis, Konstan & Riedl: Analysis of recommendation algorithms for e-commerce, EC "
              "2000";
    a.fallback = PopularFallback::declaration();
    a.can.similarPeople = true;
    a.params = table().specs();
    a.fit = fitUserKnn;
    a.load = loadUserKnn;
    a.estimate = estimateUserKnn;
    return a;
}

} // namespace orrery
