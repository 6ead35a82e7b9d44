// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/rating_user_knn.h"

#include "core/models/artifact.h"
#include "core/models/neighbours/rating_knn.h"
#include "core/models/neighbours/stored_rows.h"

#include <algorithm>
#include <limits>

namespace orrery {
namespace {

const ParamTable<RatingKnnConfig>& table()
{
    static const auto declared = ratingKnnTable(KnnSide::People);
    return declared;
}

/// Somebody's ratings as they are compared with those of others, by item.
struct Compared {
    std::vector<std::uint32_t> columns;
    std::vector<double> values;
};

class RatingUserKnn final : public Model {
public:
    /// Errors: Cancelled.
    [[nodiscard]] static Result<ModelPtr> of(SparseMatrix ratings, BaselinePart baseline, const RatingKnnConfig& config,
                                             const JobContext& job);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override { return ratingUserKnnAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_baseline.itemCount(); }
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const override;
    [[nodiscard]] Result<std::vector<SimilarPerson>> similarPeople(const Query& query, std::size_t n) const override;
    void save(Artifact& artifact) const override;

    [[nodiscard]] const BaselinePart& baseline() const { return m_baseline; }
    [[nodiscard]] const RatingKnnConfig& config() const { return m_config; }
    [[nodiscard]] const SparseMatrix& byPerson() const { return m_byPerson; }
    [[nodiscard]] const SparseMatrix& byItem() const { return m_byItem; }
    [[nodiscard]] const RatingNorm& norm(std::size_t person) const { return m_norms[person]; }
    [[nodiscard]] RatingNorm normOf(const History& history) const;
    /// Of each person with a history of ratings.
    [[nodiscard]] std::vector<float> similarities(const History& history) const;

private:
    RatingUserKnn(SparseMatrix ratings, BaselinePart baseline, const RatingKnnConfig& config);
    [[nodiscard]] Status derive(const JobContext& job);
    void deriveNorms(const std::vector<float>& biases);
    [[nodiscard]] std::vector<float> biasesOfPeople() const;
    /// Of each row of `rows` with `own`, whose columns are rows of `lists`. valueOf(column of own, cell of lists).
    template <class ValueOf> [[nodiscard]] std::vector<float>
    compared(const Compared& own, const SparseMatrix& lists, const SparseMatrix& rows, const ValueOf& valueOf) const;
    template <class Sums, class ValueOf> [[nodiscard]] std::vector<float>
    comparedBy(const Compared& own, const SparseMatrix& lists, const SparseMatrix& rows, const ValueOf& valueOf) const;

    SparseMatrix m_byPerson, m_byItem; ///< ratings
    BaselinePart m_baseline;
    RatingKnnConfig m_config;
    double m_allSpread = 1;
    std::vector<RatingNorm> m_norms;      ///< of each person
    Centring m_peopleApart, m_itemsApart; ///< what is taken off to compare people, or items
    std::vector<float> m_centredByItem;   ///< values of m_byItem to compare people by; empty: the ratings
};

class RatingUserKnnReader final : public Reader {
public:
    RatingUserKnnReader(const RatingUserKnn& model, const Query& query)
        : m_model(model), m_history(model.baseline().usable(query.history)),
          m_personBias(model.baseline().baseline().personBias(m_history)), m_norm(model.normOf(m_history)),
          m_similarity(model.similarities(m_history))
    {
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        Nearest nearest;
        std::ranges::transform(items, out.begin(), [&](ItemIndex item) { return scoreOf(item, nearest); });
    }

    void scoreAll(std::span<float> out) const override
    {
        const auto means = meansOfAll();
        for (std::uint32_t i = 0; i < out.size(); ++i)
            out[i] = i < means.size() ? scoreOf(ItemIndex{i}, means[i]) : std::numeric_limits<float>::quiet_NaN();
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Nearest nearest;
        Explanation why{{}, static_cast<double>(scoreOf(item, nearest))};
        if (item.value >= m_model.itemCount())
            return why;
        const auto raters = m_model.byItem().row(item.value);
        offerRaters(raters, nearest);
        const auto near = nearest.sorted(neighbours());
        if (near.empty() || near.size() < leastNeighbours()) {
            why.terms = m_model.baseline().terms(item, m_personBias, !m_history.empty());
            return why;
        }
        std::vector<NeighbourSay> say;
        for (const std::uint64_t key : near) {
            const std::uint32_t cell = Nearest::placeOf(key), person = raters.columns[cell];
            say.push_back({m_similarity[person],
                           raters.values[cell],
                           m_model.norm(person),
                           {TermKind::Person, {}, {}, 0, UserIndex{person}}});
        }
        why.terms =
            neighbourTerms(m_model.baseline(), {KnnSide::People, m_model.config().variant, item, m_personBias, m_norm},
                           std::move(say));
        return why;
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_history.empty() ? BaselinePart::sentence() : std::string();
    }

private:
    [[nodiscard]] std::size_t neighbours() const { return static_cast<std::size_t>(m_model.config().neighbours); }
    [[nodiscard]] std::size_t leastNeighbours() const
    {
        return static_cast<std::size_t>(m_model.config().minNeighbours);
    }

    void offerRaters(const SparseMatrix::Row& raters, Nearest& nearest) const
    {
        nearest.begin(raters.size() + 1);
        for (std::uint32_t cell = 0; cell < raters.size(); ++cell)
            nearest.offer(m_similarity[raters.columns[cell]], cell);
    }

    [[nodiscard]] float scoreOf(ItemIndex item, Nearest& nearest) const
    {
        if (item.value >= m_model.itemCount())
            return std::numeric_limits<float>::quiet_NaN();
        const auto raters = m_model.byItem().row(item.value);
        offerRaters(raters, nearest);
        WeightedMean mean;
        for (const std::uint64_t key : nearest.choose(neighbours())) {
            const std::uint32_t cell = Nearest::placeOf(key), person = raters.columns[cell];
            mean.add(static_cast<double>(m_similarity[person]), m_model.norm(person).of(raters.values[cell]));
        }
        return scoreOf(item, mean);
    }

    [[nodiscard]] float scoreOf(ItemIndex item, const WeightedMean& mean) const
    {
        if (mean.count == 0 || mean.count < leastNeighbours())
            return static_cast<float>(m_model.baseline().predict(item, m_personBias));
        return static_cast<float>(m_norm.centre + m_norm.spread * mean.sum / mean.weights);
    }

    /// Of each item: people go by in the order of their similarity, so the first who rated it are the nearest.
    [[nodiscard]] std::vector<WeightedMean> meansOfAll() const
    {
        Nearest order;
        order.begin(m_similarity.size() + 1);
        for (std::uint32_t person = 0; person < m_similarity.size(); ++person)
            order.offer(m_similarity[person], person);
        std::vector<WeightedMean> means(m_model.itemCount());
        for (const std::uint64_t key : order.sorted(m_similarity.size())) {
            const std::uint32_t person = Nearest::placeOf(key);
            const auto row = m_model.byPerson().row(person);
            const RatingNorm& norm = m_model.norm(person);
            for (std::size_t cell = 0; cell < row.size(); ++cell)
                if (WeightedMean& mean = means[row.columns[cell]]; mean.count < neighbours())
                    mean.add(static_cast<double>(m_similarity[person]), norm.of(row.values[cell]));
        }
        return means;
    }

    const RatingUserKnn& m_model;
    History m_history;
    double m_personBias = 0;
    RatingNorm m_norm;
    std::vector<float> m_similarity; ///< of each person; 0 or less: none
};

RatingUserKnn::RatingUserKnn(SparseMatrix ratings, BaselinePart baseline, const RatingKnnConfig& config)
    : m_byPerson(std::move(ratings)), m_baseline(std::move(baseline)), m_config(config)
{
}

Result<ModelPtr> RatingUserKnn::of(SparseMatrix ratings, BaselinePart baseline, const RatingKnnConfig& config,
                                   const JobContext& job)
{
    // Not make_shared: the constructor is not for others.
    const std::shared_ptr<RatingUserKnn> model(new RatingUserKnn(
        std::move(ratings), std::move(baseline), config)); // NOLINT(bugprone-unhandled-exception-at-new)
    if (const auto done = model->derive(job); !done)
        return tl::unexpected(done.error());
    return model;
}

Status RatingUserKnn::derive(const JobContext& job)
{
    job.progress(0, "sorting the ratings by item");
    m_byItem = m_byPerson.transposed();
    if (const auto alive = job.check(); !alive)
        return alive;
    RatingBaseline biases = m_baseline.baseline();
    biases.people = biasesOfPeople();
    m_allSpread = spreadOf(m_byPerson.values);
    deriveNorms(biases.people);
    if (const auto alive = job.check(); !alive)
        return alive;
    m_peopleApart = centringFor(m_config.similarity, KnnSide::People, m_byPerson, biases);
    m_itemsApart = centringFor(m_config.similarity, KnnSide::Items, m_byPerson, biases);
    if (m_peopleApart.any())
        m_centredByItem = centred(m_byPerson, m_peopleApart).transposed().values;
    job.progress(1, "done");
    return job.check();
}

void RatingUserKnn::deriveNorms(const std::vector<float>& biases)
{
    for (std::size_t person = 0; person < m_byPerson.rowCount(); ++person)
        m_norms.push_back(orrery::normOf(m_config.variant, m_byPerson.row(person).values,
                                         static_cast<double>(biases[person]), m_allSpread));
}

std::vector<float> RatingUserKnn::biasesOfPeople() const
{
    std::vector<float> biases;
    for (std::size_t person = 0; person < m_byPerson.rowCount(); ++person) {
        const auto row = m_byPerson.row(person);
        History history;
        for (std::size_t cell = 0; cell < row.size(); ++cell)
            history.push_back({ItemIndex{row.columns[cell]}, row.values[cell]});
        biases.push_back(static_cast<float>(m_baseline.baseline().personBias(history)));
    }
    return biases;
}

RatingNorm RatingUserKnn::normOf(const History& history) const
{
    std::vector<float> values;
    for (const HistoryEntry& entry : history)
        values.push_back(entry.value);
    return orrery::normOf(m_config.variant, values, m_baseline.baseline().personBias(history), m_allSpread);
}

template <class Sums, class ValueOf>
std::vector<float> RatingUserKnn::comparedBy(const Compared& own, const SparseMatrix& lists, const SparseMatrix& rows,
                                             const ValueOf& valueOf) const
{
    std::vector<Sums> sums(rows.rowCount());
    for (std::size_t n = 0; n < own.columns.size(); ++n) {
        const auto first = lists.starts[own.columns[n]];
        const auto others = lists.row(own.columns[n]).columns;
        for (std::size_t cell = 0; cell < others.size(); ++cell)
            sums[others[cell]].add(own.values[n], valueOf(own.columns[n], first + cell));
    }
    const RatingSimilarity measure = m_config.measure();
    std::vector<float> similarities(rows.rowCount(), 0.F);
    for (std::size_t row = 0; row < similarities.size(); ++row)
        if (sums[row].any()) {
            if constexpr (std::is_same_v<Sums, CommonDifferences>)
                similarities[row] = static_cast<float>(similarityOf(measure, sums[row]));
            else
                similarities[row] = static_cast<float>(
                    similarityOf(measure, sums[row], static_cast<double>(own.columns.size() + rows.row(row).size())));
        }
    return similarities;
}

template <class ValueOf> std::vector<float> RatingUserKnn::compared(const Compared& own, const SparseMatrix& lists,
                                                                    const SparseMatrix& rows,
                                                                    const ValueOf& valueOf) const
{
    switch (m_config.similarity) {
    case RatingMeasure::Msd: return comparedBy<CommonDifferences>(own, lists, rows, valueOf);
    case RatingMeasure::Pearson: return comparedBy<CommonMoments>(own, lists, rows, valueOf);
    default: return comparedBy<CommonSquares>(own, lists, rows, valueOf);
    }
}

std::vector<float> RatingUserKnn::similarities(const History& history) const
{
    // Only Pearson against the baseline takes something off each person.
    const double person = m_peopleApart.people.empty() ? 0 : m_baseline.baseline().personBias(history);
    Compared own;
    for (const HistoryEntry& entry : history) {
        own.columns.push_back(entry.item.value);
        own.values.push_back(static_cast<double>(entry.value) - person - m_peopleApart.ofItem(entry.item.value));
    }
    const float* values = m_centredByItem.empty() ? m_byItem.values.data() : m_centredByItem.data();
    return compared(own, m_byItem, m_byPerson,
                    [values](std::uint32_t, std::uint64_t cell) { return static_cast<double>(values[cell]); });
}

std::unique_ptr<Reader> RatingUserKnn::read(const Query& query) const
{
    return std::make_unique<RatingUserKnnReader>(*this, query);
}

Result<std::vector<Neighbour>> RatingUserKnn::similarItems(ItemIndex item, std::size_t n) const
{
    if (item.value >= itemCount())
        return error(Code::NotFound, "The model does not know this item", "Train it again with the item in the data");
    Compared own;
    const auto column = m_byItem.row(item.value);
    for (std::size_t cell = 0; cell < column.size(); ++cell) {
        own.columns.push_back(column.columns[cell]);
        own.values.push_back(static_cast<double>(column.values[cell]) - m_itemsApart.ofPerson(column.columns[cell]) -
                             m_itemsApart.ofItem(item.value));
    }
    const auto similarities = compared(own, m_byPerson, m_byItem, [this](std::uint32_t person, std::uint64_t cell) {
        return static_cast<double>(m_byPerson.values[cell]) - m_itemsApart.ofPerson(person) -
               m_itemsApart.ofItem(m_byPerson.columns[cell]);
    });
    std::vector<Neighbour> found;
    for (const std::uint32_t other : mostSimilar(similarities, item.value, n))
        found.push_back({ItemIndex{other}, similarities[other]});
    return found;
}

Result<std::vector<SimilarPerson>> RatingUserKnn::similarPeople(const Query& query, std::size_t n) const
{
    const auto all = similarities(m_baseline.usable(query.history));
    std::vector<SimilarPerson> found;
    for (const std::uint32_t person : mostSimilar(all, query.user ? query.user->value : all.size(), n))
        found.push_back({UserIndex{person}, all[person]});
    return found;
}

void RatingUserKnn::save(Artifact& artifact) const
{
    saveRows(artifact, m_byPerson);
    m_baseline.save(artifact);
    m_config.save(artifact);
}

Result<ModelPtr> fitRatingUserKnn(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    auto baseline = alternatedBaseline(input.train->interactions(), {}, job.part(0, .8));
    if (!baseline)
        return tl::unexpected(baseline.error());
    return RatingUserKnn::of(ratingMatrix(input.train->interactions()),
                             BaselinePart(std::move(*baseline), ratingRangeOf(*input.train)), *config, job.part(.8, 1));
}

Result<ModelPtr> loadRatingUserKnn(const Artifact& artifact)
{
    auto ratings = loadRows(artifact);
    if (!ratings)
        return tl::unexpected(ratings.error());
    auto baseline = BaselinePart::load(artifact);
    if (!baseline)
        return tl::unexpected(baseline.error());
    if (baseline->itemCount() != ratings->columnCount)
        return error(Code::Corrupt, "The stored model does not have one bias for each item", "Train the model again");
    const auto config = RatingKnnConfig::load(artifact);
    if (!config)
        return tl::unexpected(config.error());
    return RatingUserKnn::of(std::move(*ratings), std::move(*baseline), *config, JobContext{});
}

/// Measured on 100 thousand to a million ratings.
Cost estimateRatingUserKnn(const DatasetShape& shape, const ParamSet& params)
{
    const RatingKnnConfig config = table().read(params).value_or(RatingKnnConfig{});
    const auto ratings = static_cast<double>(shape.interactions);
    const bool centres =
        config.similarity == RatingMeasure::AdjustedCosine || config.similarity == RatingMeasure::PearsonBaseline;
    return {ratings * 6e-8,
            static_cast<std::size_t>(ratings * (centres ? 34 : 18)) + shape.people * 280 + shape.items * 24};
}

} // namespace

Algorithm ratingUserKnnAlgorithm()
{
    Algorithm a;
    a.id = "rating-user-knn";
    a.title = "User kNN for ratings";
    a.family = "Neighbourhood";
    a.summary = "Predicts a rating from those of the most similar people who rated the item. Whoever asks is compared "
                "with everybody at that moment, so a new history counts at once.";
    a.whenToUse = "When people like you is the reason that should be given, and to see who they are.";
    a.paper =
        "Resnick, Iacovou, Suchak, Bergstrom & Riedl: GroupLens: an open architecture for collaborative filtering "
        "of netnews, CSCW 1994; Herlocker, Konstan, Borchers & Riedl: An algorithmic framework for performing "
        "collaborative filtering, SIGIR 1999";
    a.fallback = BaselinePart::declaration();
    a.can.ratings = true;
    a.can.similarPeople = true;
    a.needs = {Need::Ratings};
    a.params = table().specs();
    a.fit = fitRatingUserKnn;
    a.load = loadRatingUserKnn;
    a.estimate = estimateRatingUserKnn;
    return a;
}

} // namespace orrery
