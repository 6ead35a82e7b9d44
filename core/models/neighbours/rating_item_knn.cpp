// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/rating_item_knn.h"

#include "core/models/artifact.h"
#include "core/models/item_weights.h"
#include "core/models/neighbours/history_places.h"
#include "core/models/neighbours/overlap_walk.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/models/neighbours/rating_knn.h"

#include <algorithm>
#include <limits>

namespace orrery {
namespace {

const ParamTable<RatingKnnConfig>& table()
{
    static const auto declared = ratingKnnTable(KnnSide::Items);
    return declared;
}

struct RatingItemKnnParts {
    ItemWeights similar;
    std::vector<RatingNorm> norms; ///< of each item
    BaselinePart baseline;
    RatingKnnConfig config;
};

class RatingItemKnn final : public Model {
public:
    explicit RatingItemKnn(RatingItemKnnParts parts) : m_parts(std::move(parts)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override { return ratingItemKnnAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.baseline.itemCount(); }
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const override
    {
        if (item.value >= itemCount())
            return error(Code::NotFound, "The model does not know this item",
                         "Train it again with the item in the data");
        return m_parts.similar.similarTo(item.value, n);
    }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const RatingItemKnnParts& parts() const { return m_parts; }

private:
    RatingItemKnnParts m_parts;
};

class RatingItemKnnReader final : public Reader {
public:
    RatingItemKnnReader(const RatingItemKnn& model, const Query& query)
        : m_model(model.parts()), m_history(m_model.baseline.usable(query.history)),
          m_personBias(m_model.baseline.baseline().personBias(m_history)), m_places(m_history, model.itemCount())
    {
        for (const auto& [item, value, at] : m_history)
            m_normed.push_back(m_model.norms[item.value].of(value));
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        Nearest nearest;
        std::vector<std::uint32_t> found;
        std::ranges::transform(items, out.begin(), [&](ItemIndex item) {
            if (item.value >= m_places.itemCount())
                return std::numeric_limits<float>::quiet_NaN();
            offerSimilar(item, nearest, found);
            return scoreOf(item, nearest, [&](std::uint64_t key) { return entryOf(item, key); });
        });
    }

    void scoreAll(std::span<float> out) const override
    {
        const Offers offers = offersOfAll();
        Nearest nearest;
        for (std::uint32_t i = 0; i < out.size(); ++i) {
            if (i >= m_places.itemCount()) {
                out[i] = std::numeric_limits<float>::quiet_NaN();
                continue;
            }
            nearest.begin(offers.ends[i] - offers.starts(i) + 1);
            for (std::size_t offer = offers.starts(i); offer < offers.ends[i]; ++offer)
                nearest.offer(offers.all[offer].similarity, offers.all[offer].place);
            out[i] = scoreOf(ItemIndex{i}, nearest, Nearest::placeOf);
        }
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        if (item.value >= m_places.itemCount())
            return {};
        Nearest nearest;
        std::vector<std::uint32_t> found;
        offerSimilar(item, nearest, found);
        Explanation why{
            {}, static_cast<double>(scoreOf(item, nearest, [&](std::uint64_t key) { return entryOf(item, key); }))};
        const auto near = nearest.sorted(neighbours());
        if (near.empty() || near.size() < leastNeighbours()) {
            why.terms = m_model.baseline.terms(item, m_personBias, !m_history.empty());
            return why;
        }
        std::vector<NeighbourSay> say;
        for (const std::uint64_t key : near) {
            const HistoryEntry& entry = m_history[entryOf(item, key)];
            say.push_back({Nearest::similarityOf(key),
                           entry.value,
                           m_model.norms[entry.item.value],
                           {TermKind::HistoryItem, entry.item}});
        }
        why.terms = neighbourTerms(
            m_model.baseline, {KnnSide::Items, m_model.config.variant, item, m_personBias, m_model.norms[item.value]},
            std::move(say));
        return why;
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_history.empty() ? BaselinePart::sentence() : std::string();
    }

private:
    struct Offer {
        float similarity = 0;
        std::uint32_t place = 0;
    };
    /// What the history offers to each item: those of item i end at ends[i], where the next begin.
    struct Offers {
        std::vector<std::size_t> ends;
        std::vector<Offer> all;
        [[nodiscard]] std::size_t starts(std::size_t item) const { return item == 0 ? 0 : ends[item - 1]; }
    };

    [[nodiscard]] std::size_t neighbours() const { return static_cast<std::size_t>(m_model.config.neighbours); }
    [[nodiscard]] std::size_t leastNeighbours() const { return static_cast<std::size_t>(m_model.config.minNeighbours); }

    /// Cells of the item's row, of what the history rates.
    void offerSimilar(ItemIndex item, Nearest& nearest, std::vector<std::uint32_t>& found) const
    {
        const auto similar = m_model.similar.speakers().row(item.value);
        const auto cells = m_places.among(similar.columns, found, similar.values.data());
        nearest.begin(cells.size() + 1);
        for (const std::uint32_t cell : cells)
            nearest.offer(similar.values[cell], cell);
    }
    /// Of what offerSimilar() offered.
    [[nodiscard]] std::uint32_t entryOf(ItemIndex item, std::uint64_t key) const
    {
        return m_places.of(m_model.similar.speakers().row(item.value).columns[Nearest::placeOf(key)]);
    }

    [[nodiscard]] Offers offersOfAll() const
    {
        Offers offers{std::vector<std::size_t>(m_places.itemCount() + 1, 0), {}};
        for (const HistoryEntry& entry : m_history)
            m_model.similar.forSpokenFor(entry.item.value, [&](std::uint32_t i, float) { ++offers.ends[i + 1]; });
        for (std::size_t i = 0; i < m_places.itemCount(); ++i)
            offers.ends[i + 1] += offers.ends[i];
        offers.all.resize(offers.ends.back());
        for (std::uint32_t place = 0; place < m_history.size(); ++place) // ends[i] grows from where i begins
            m_model.similar.forSpokenFor(m_history[place].item.value, [&](std::uint32_t i, float similarity) {
                offers.all[offers.ends[i]++] = {similarity, place};
            });
        return offers;
    }

    /// Of a known item, from what was offered. entryOf: the place in the history that a key stands for.
    template <class EntryOf> [[nodiscard]] float scoreOf(ItemIndex item, Nearest& nearest, const EntryOf& entryOf) const
    {
        WeightedMean mean;
        for (const std::uint64_t key : nearest.choose(neighbours()))
            mean.add(static_cast<double>(Nearest::similarityOf(key)), m_normed[entryOf(key)]);
        if (mean.count == 0 || mean.count < leastNeighbours())
            return static_cast<float>(m_model.baseline.predict(item, m_personBias));
        const RatingNorm& own = m_model.norms[item.value];
        return static_cast<float>(own.centre + own.spread * mean.sum / mean.weights);
    }

    const RatingItemKnnParts& m_model;
    History m_history;
    double m_personBias = 0;
    HistoryPlaces m_places;
    std::vector<double> m_normed; ///< of each entry
};

std::unique_ptr<Reader> RatingItemKnn::read(const Query& query) const
{
    return std::make_unique<RatingItemKnnReader>(*this, query);
}

void RatingItemKnn::save(Artifact& artifact) const
{
    std::vector<double> centres, spreads;
    for (const RatingNorm& norm : m_parts.norms) {
        centres.push_back(norm.centre);
        spreads.push_back(norm.spread);
    }
    m_parts.similar.save(artifact);
    artifact.put("item-centres", std::span<const double>(centres));
    artifact.put("item-spreads", std::span<const double>(spreads));
    m_parts.baseline.save(artifact);
    m_parts.config.save(artifact);
}

/// How alike does not depend on which of two is asked about: with nothing left out, rows are columns.
Result<ItemWeights> weightsOf(Result<overlaps::Lists> lists)
{
    if (!lists)
        return tl::unexpected(lists.error());
    return lists->complete ? ItemWeights::symmetric(std::move(lists->best)) : ItemWeights(std::move(lists->best));
}

template <class Sums>
Result<ItemWeights> mostSimilar(const SparseMatrix& people, const RatingKnnConfig& config, const JobContext& job)
{
    const SparseMatrix items = people.transposed();
    return weightsOf(
        overlaps::lists(people, items, overlaps::ValuePairs<Sums>(people), static_cast<std::size_t>(config.kept), job,
                        [&items, measure = config.measure()](std::size_t a, std::uint32_t b, const Sums& common) {
                            const auto either = static_cast<double>(items.row(a).size() + items.row(b).size());
                            return static_cast<float>(similarityOf(measure, common, either));
                        }));
}

Result<ItemWeights> leastDifferent(const SparseMatrix& people, const RatingKnnConfig& config, const JobContext& job)
{
    const auto squares = [](const RatingGrid& grid) -> std::optional<overlaps::GridSum> {
        return overlaps::gridSum(grid, grid.unit * grid.unit, 0, [](std::uint32_t own, std::uint32_t other) {
            return own > other ? (own - other) * (own - other) : (other - own) * (other - own);
        });
    };
    return weightsOf(overlaps::gridLists<CommonDifferences>(
        people, people.transposed(), static_cast<std::size_t>(config.kept), job, squares,
        [measure = config.measure()](std::size_t, std::uint32_t, const CommonDifferences& common) {
            return static_cast<float>(similarityOf(measure, common));
        }));
}

std::vector<RatingNorm> normsOf(const SparseMatrix& ratings, const RatingBaseline& baseline, RatingVariant variant)
{
    const SparseMatrix items = ratings.transposed();
    const double allSpread = spreadOf(ratings.values);
    std::vector<RatingNorm> norms;
    for (std::size_t i = 0; i < items.rowCount(); ++i)
        norms.push_back(normOf(variant, items.row(i).values, static_cast<double>(baseline.items[i]), allSpread));
    return norms;
}

Result<ModelPtr> fitRatingItemKnn(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    auto baseline = alternatedBaseline(input.train->interactions(), {}, job.part(0, .05));
    if (!baseline)
        return tl::unexpected(baseline.error());
    const SparseMatrix ratings = ratingMatrix(input.train->interactions());
    auto norms = normsOf(ratings, *baseline, config->variant);
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    const SparseMatrix apart = centred(ratings, centringFor(config->similarity, KnnSide::Items, ratings, *baseline));
    const auto compare = config->similarity == RatingMeasure::Msd       ? leastDifferent
                         : config->similarity == RatingMeasure::Pearson ? mostSimilar<CommonMoments>
                                                                        : mostSimilar<CommonSquares>;
    auto similar = compare(apart, *config, job.part(.05, 1));
    if (!similar)
        return tl::unexpected(similar.error());
    return std::make_shared<const RatingItemKnn>(
        RatingItemKnnParts{std::move(*similar), std::move(norms),
                           BaselinePart(std::move(*baseline), ratingRangeOf(*input.train)), *config});
}

Result<std::vector<RatingNorm>> loadNorms(const Artifact& artifact, std::size_t items)
{
    const auto centres = artifact.doubles("item-centres", items), spreads = artifact.doubles("item-spreads", items);
    for (const auto* loaded : {&centres, &spreads})
        if (!*loaded)
            return tl::unexpected(loaded->error());
    std::vector<RatingNorm> norms;
    for (std::size_t i = 0; i < items; ++i) {
        if (!((*spreads)[i] > 0))
            return error(Code::Corrupt, "The stored model's 'item-spreads' are not all above 0",
                         "Train the model again", "item-spreads");
        norms.push_back({(*centres)[i], (*spreads)[i]});
    }
    return norms;
}

Result<ModelPtr> loadRatingItemKnn(const Artifact& artifact)
{
    auto similar = ItemWeights::load(artifact);
    if (!similar)
        return tl::unexpected(similar.error());
    auto baseline = BaselinePart::load(artifact);
    if (!baseline)
        return tl::unexpected(baseline.error());
    if (similar->isDense() || baseline->itemCount() != similar->itemCount())
        return error(Code::Corrupt, "The stored model does not have one bias for each item", "Train the model again");
    auto norms = loadNorms(artifact, baseline->itemCount());
    if (!norms)
        return tl::unexpected(norms.error());
    const auto config = RatingKnnConfig::load(artifact);
    if (!config)
        return tl::unexpected(config.error());
    return std::make_shared<const RatingItemKnn>(
        RatingItemKnnParts{std::move(*similar), std::move(*norms), std::move(*baseline), *config});
}

Cost estimateRatingItemKnn(const DatasetShape& shape, const ParamSet& params)
{
    const RatingKnnConfig config = table().read(params).value_or(RatingKnnConfig{});
    const auto work = overlaps::Work::of(shape, Entries::All);
    const auto wanted = static_cast<std::size_t>(config.kept);
    const double kept = work.kept(wanted);
    const double share = config.similarity == RatingMeasure::Msd ? 1 : 2; // grid or doubles
    const double bytes = work.cells * 37.5 + kept * (work.keepsAll(wanted) ? 8 : 17.5);
    return {work.seconds(4.6e-9) * share + work.cells * 1e-7 + kept * 1.8e-8,
            static_cast<std::size_t>(bytes) + overlaps::bytesOfRows(shape)};
}

} // namespace

Algorithm ratingItemKnnAlgorithm()
{
    Algorithm a;
    a.id = "rating-item-knn";
    a.title = "Item kNN for ratings";
    a.family = "Neighbourhood";
    a.summary = "Predicts a rating from how the person rated the most similar items. Every prediction traces back to "
                "single ratings, each with its weight.";
    a.whenToUse = "When predicted ratings must be explained by the person's own ratings, at an error near that of a "
                  "factorization.";
    a.paper = "Sarwar, Karypis, Konstan & Riedl: Item-based collaborative filtering recommendation algorithms, WWW "
              "2001; Koren: Factor in the Neighbors: Scalable and Accurate Collaborative Filtering, ACM TKDD 2010";
    a.fallback = BaselinePart::declaration();
    a.can.ratings = true;
    a.needs = {Need::Ratings};
    a.params = table().specs();
    a.fit = fitRatingItemKnn;
    a.load = loadRatingItemKnn;
    a.estimate = estimateRatingItemKnn;
    return a;
}

} // namespace orrery
