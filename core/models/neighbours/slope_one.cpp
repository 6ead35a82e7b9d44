// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/slope_one.h"

#include "core/base/large_pages.h"
#include "core/models/artifact.h"
#include "core/models/neighbours/history_places.h"
#include "core/models/neighbours/overlap_walk.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/models/neighbours/rating_similarity.h"
#include "core/models/neighbours/stored_rows.h"
#include "core/models/ratings/baseline_part.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace orrery {
namespace {

struct SlopeOneConfig {
    bool weighted = true;
    int kept = 1000;
};

const ParamTable<SlopeOneConfig>& table()
{
    static const auto declared =
        ParamTable<SlopeOneConfig>{}
            .flag("weighted", "Weighted", "Differences that more people vouch for count more",
                  &SlopeOneConfig::weighted)
            .number("kept", "Differences kept",
                    "Of each item, those to the items with the most people in common; memory grows with items times "
                    "this",
                    &SlopeOneConfig::kept, 1, 100'000, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

/// Of two items, over the people who rated both: how much higher the second is rated.
struct Difference {
    double people = 0;
    double sum = 0;

    void add(double left, double right)
    {
        people += 1;
        sum += right - left;
    }
    [[nodiscard]] bool any() const { return people > 0; }
};

/// Row i: other items j, and how much higher these are rated.
struct Differences {
    SparseMatrix mean;
    std::vector<float> people; ///< c_ij of each cell

    [[nodiscard]] bool operator==(const Differences& other) const
    {
        return mean.columns == other.mean.columns && mean.starts == other.mean.starts &&
               mean.values == other.mean.values && people == other.people;
    }
    /// Row j: the items in whose row j stands, and how much higher these are rated than j.
    [[nodiscard]] Differences turned() const
    {
        Differences other{mean.transposed(), {}};
        reserveLarge(other.people, people.size());
        other.people.resize(people.size());
        std::vector<std::uint64_t> next(other.mean.starts.begin(), other.mean.starts.end() - 1);
        for (std::size_t cell = 0; cell < people.size(); ++cell)
            other.people[next[mean.columns[cell]]++] = people[cell];
        for (float& value : other.mean.values)
            value = -value;
        return other;
    }
};

struct SlopeOneParts {
    Differences said;  ///< row j: the items i that j has something to say of, and d_ij
    Differences heard; ///< row i: the items j that have something to say of i, and d_ji; empty: the same
    bool weighted = true;
    BaselinePart baseline;

    [[nodiscard]] const Differences& of() const { return heard.people.empty() ? said : heard; }
};

class SlopeOne final : public Model {
public:
    explicit SlopeOne(SlopeOneParts parts) : m_parts(std::move(parts)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override { return slopeOneAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.baseline.itemCount(); }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const SlopeOneParts& parts() const { return m_parts; }

private:
    SlopeOneParts m_parts;
};

class SlopeOneReader final : public Reader {
public:
    SlopeOneReader(const SlopeOne& model, const Query& query)
        : m_model(model.parts()), m_history(m_model.baseline.usable(query.history)),
          m_personBias(m_model.baseline.baseline().personBias(m_history)), m_places(m_history, model.itemCount())
    {
        for (const HistoryEntry& entry : m_history)
            m_mean += static_cast<double>(entry.value) / static_cast<double>(m_history.size());
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::vector<std::uint32_t> found;
        std::ranges::transform(items, out.begin(), [&](ItemIndex item) {
            Said said;
            forEachSay(item, found, [&](std::size_t entry, double deviation, double people) {
                said.add(*this, entry, deviation, people);
            });
            return scoreOf(item, said);
        });
    }

    void scoreAll(std::span<float> out) const override
    {
        std::vector<Said> said(std::max(out.size(), m_model.baseline.itemCount()));
        for (std::size_t entry = 0; entry < m_history.size(); ++entry) {
            const auto first = m_model.said.mean.starts[m_history[entry].item.value];
            const auto row = m_model.said.mean.row(m_history[entry].item.value);
            for (std::size_t cell = 0; cell < row.size(); ++cell)
                said[row.columns[cell]].add(*this, entry, static_cast<double>(row.values[cell]),
                                            static_cast<double>(m_model.said.people[first + cell]));
        }
        for (std::uint32_t i = 0; i < out.size(); ++i)
            out[i] = scoreOf(ItemIndex{i}, said[i]);
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        if (item.value >= m_model.baseline.itemCount())
            return {};
        Explanation why;
        Said said;
        std::vector<std::uint32_t> found;
        why.terms.push_back({TermKind::PersonBias, {}, "mean rating of this person", m_mean});
        forEachSay(item, found, [&](std::size_t entry, double deviation, double people) {
            said.add(*this, entry, deviation, people);
            why.terms.push_back(
                {TermKind::HistoryItem, m_history[entry].item, {}, weightOf(people) * says(entry, deviation)});
        });
        why.score = static_cast<double>(scoreOf(item, said));
        if (said.weights == 0)
            why.terms = m_model.baseline.terms(item, m_personBias, !m_history.empty());
        else
            for (std::size_t term = 1; term < why.terms.size(); ++term)
                why.terms[term].value /= said.weights;
        return why;
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_history.empty() ? BaselinePart::sentence() : std::string();
    }

private:
    /// What the history says of one item.
    struct Said {
        double sum = 0;
        double weights = 0;
        void add(const SlopeOneReader& reader, std::size_t entry, double deviation, double people)
        {
            const double weight = reader.weightOf(people);
            sum += weight * reader.says(entry, deviation);
            weights += weight;
        }
    };

    [[nodiscard]] double weightOf(double people) const { return m_model.weighted ? people : 1; }
    /// By how much the item is above the person's mean, as one entry has it.
    [[nodiscard]] double says(std::size_t entry, double deviation) const
    {
        return m_model.weighted ? deviation + static_cast<double>(m_history[entry].value) - m_mean : deviation;
    }

    /// visit(entry, deviation, people) for the entries that have something to say of an item, by item.
    template <class Visit> void forEachSay(ItemIndex item, std::vector<std::uint32_t>& found, Visit visit) const
    {
        if (item.value >= m_places.itemCount())
            return;
        const Differences& heard = m_model.of();
        const auto first = heard.mean.starts[item.value];
        const auto row = heard.mean.row(item.value);
        for (const std::uint32_t cell :
             m_places.among(row.columns, found, row.values.data(), heard.people.data() + first))
            visit(m_places.of(row.columns[cell]), -static_cast<double>(row.values[cell]),
                  static_cast<double>(heard.people[first + cell]));
    }

    /// NaN for an item newer than the model.
    [[nodiscard]] float scoreOf(ItemIndex item, const Said& said) const
    {
        return static_cast<float>(said.weights > 0 ? m_mean + said.sum / said.weights
                                                   : m_model.baseline.predict(item, m_personBias));
    }

    const SlopeOneParts& m_model;
    History m_history;
    double m_personBias = 0;
    HistoryPlaces m_places;
    double m_mean = 0;
};

std::unique_ptr<Reader> SlopeOne::read(const Query& query) const
{
    return std::make_unique<SlopeOneReader>(*this, query);
}

void SlopeOne::save(Artifact& artifact) const
{
    saveRows(artifact, m_parts.said.mean);
    artifact.put("people", std::span<const float>(m_parts.said.people));
    artifact.putNumber("weighted", m_parts.weighted ? 1 : 0);
    m_parts.baseline.save(artifact);
}

/// Row i: how many people rated the others j, too, and d_ji.
Result<overlaps::Lists> deviationsOf(const Interactions& interactions, std::size_t kept, const JobContext& job)
{
    const auto differences = [](const RatingGrid& grid) -> std::optional<overlaps::GridSum> {
        return overlaps::gridSum(grid, grid.unit, -grid.unit * grid.highest, // moved up, so that none is below 0
                                 [&](std::uint32_t own, std::uint32_t other) { return grid.highest + other - own; });
    };
    const SparseMatrix people = ratingMatrix(interactions);
    return overlaps::gridLists<Difference>(people, people.transposed(), kept, job, differences,
                                           [](std::size_t, std::uint32_t, const Difference& difference) {
                                               return overlaps::Rated{
                                                   static_cast<float>(difference.people),
                                                   static_cast<float>(difference.sum / difference.people)};
                                           });
}

Result<ModelPtr> fitSlopeOne(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    auto baseline = alternatedBaseline(input.train->interactions(), {}, job.part(0, .05));
    if (!baseline)
        return tl::unexpected(baseline.error());
    auto lists = deviationsOf(input.train->interactions(), static_cast<std::size_t>(config->kept), job.part(.05, .9));
    if (!lists)
        return tl::unexpected(lists.error());
    SlopeOneParts parts;
    parts.said.people = std::exchange(lists->best.values, std::move(lists->extras));
    parts.said.mean = std::move(lists->best);
    if (!lists->complete) { // else rows are columns, upside down
        parts.heard = std::move(parts.said);
        parts.said = parts.heard.turned();
    }
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    parts.weighted = config->weighted;
    parts.baseline = BaselinePart(std::move(*baseline), ratingRangeOf(*input.train));
    return std::make_shared<const SlopeOne>(std::move(parts));
}

Result<ModelPtr> loadSlopeOne(const Artifact& artifact)
{
    SlopeOneParts parts;
    auto deviations = loadRows(artifact);
    if (!deviations)
        return tl::unexpected(deviations.error());
    auto people = artifact.floats("people", deviations->size());
    if (!people)
        return tl::unexpected(people.error());
    if (!std::ranges::all_of(*people, [](float count) { return count >= 1; }))
        return error(Code::Corrupt, "The stored model's 'people' are not all at least one", "Train the model again",
                     "people");
    const auto weighted = artifact.number("weighted");
    if (!weighted)
        return tl::unexpected(weighted.error());
    auto baseline = BaselinePart::load(artifact);
    if (!baseline)
        return tl::unexpected(baseline.error());
    if (deviations->rowCount() != baseline->itemCount() || deviations->columnCount != baseline->itemCount())
        return error(Code::Corrupt, "The stored model does not have one bias for each item", "Train the model again");
    parts.said = {std::move(*deviations), std::move(*people)};
    parts.heard = parts.said.turned();
    if (parts.heard == parts.said)
        parts.heard = {};
    parts.weighted = *weighted != 0;
    parts.baseline = std::move(*baseline);
    return std::make_shared<const SlopeOne>(std::move(parts));
}

Cost estimateSlopeOne(const DatasetShape& shape, const ParamSet& params)
{
    const SlopeOneConfig config = table().read(params).value_or(SlopeOneConfig{});
    const auto work = overlaps::Work::of(shape, Entries::All);
    const auto wanted = static_cast<std::size_t>(config.kept);
    const double kept = work.kept(wanted);
    const double bytes = std::max(work.cells * 32 + kept * 12, kept * (work.keepsAll(wanted) ? 12 : 26.5));
    return {work.seconds(9.7e-9) + kept * 1.6e-8, static_cast<std::size_t>(bytes) + overlaps::bytesOfRows(shape)};
}

} // namespace

Algorithm slopeOneAlgorithm()
{
    Algorithm a;
    a.id = "slope-one";
    a.title = "Slope One";
    a.family = "Neighbourhood";
    a.summary = "Learns how much higher one item is rated than another by those who rated both. A rating is predicted "
                "as the mean of what each rating of the person says, taken that much higher.";
    a.whenToUse = "As a simple, quick model of ratings whose every number can be worked out by hand.";
    a.paper = "Lemire & Maclachlan: Slope One predictors for online rating-based collaborative filtering, SDM 2005";
    a.fallback = BaselinePart::declaration();
    a.can.ratings = true;
    a.can.similarItems = false;
    a.can.reason = "Slope One knows how ratings of two items differ, not which items are alike.";
    a.needs = {Need::Ratings};
    a.params = table().specs();
    a.fit = fitSlopeOne;
    a.load = loadSlopeOne;
    a.estimate = estimateSlopeOne;
    return a;
}

} // namespace orrery
