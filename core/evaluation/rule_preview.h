// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/evaluation/evaluator.h"
#include "core/reranking/exposure.h"
#include "core/reranking/reranker.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// The people that a change of rules is counted on, one entry each; whoever drew them
/// (rule_sample.h) and found the candidates.
struct PreviewSample {
    std::vector<std::vector<Candidate>> candidates;
    std::vector<RuleRequest> requests;
    std::vector<std::vector<ItemIndex>> later; ///< what they chose later and is relevant, ascending; empty: not known
};

/// A number of the lists of the sample, with the rules before and after a change.
struct RuleMeasure {
    enum class Kind : std::uint8_t {
        Agreement,  ///< mean NDCG@k with later choices, as evaluate() counts it, of the people who have some
        OwnOrder,   ///< mean share of the k best by the ranker alone that the list has, by worth: NDCG@k with the gains
                    ///< placeScores() of the candidates
        Coverage,   ///< share of the catalog that anybody of the sample is shown
        Sellers,    ///< share of the sellers of the catalog that anybody is shown something of
        Diversity,  ///< mean over people of the mean over pairs of a list of 1 - Jaccard index of their categories;
                    ///< pairs with an item without categories are left out
        Margin,     ///< mean margin of the places shown, of those whose is known; not revenue: nobody need buy it
        HighMargin, ///< where margins are tiers: share of places shown with the tier "high"; not revenue
        NewSellers, ///< share of places shown that are of new sellers, of those whose seller is known
        Novelty,    ///< mean over places shown of -log2(share of the dataset's people who have the item), in bits; one
                    ///< that nobody has counts as if one person had it
    };
    Kind kind = Kind::Agreement;
    double before = 0, after = 0;
    /// Of after - before, 95 %: percentile bootstrap over people, paired. Of Coverage and Sellers the delete-one
    /// jackknife (Tukey 1958) with 1.96 standard errors: a bootstrap draws fewer different people, who cover less.
    Interval interval;
    std::size_t people = 0; ///< who have a say in it

    [[nodiscard]] double difference() const { return after - before; }
    /// Whether the interval leaves out 0.
    [[nodiscard]] bool isClear() const { return interval.low > 0 || interval.high < 0; }
};

/// What becomes of one person's list.
struct PersonChange {
    /// Sum of |d after - d before| over items, d = 1 / log2(1 + place) and 0 beyond k, divided by all d of both lists:
    /// 0 the same list, 1 nothing in common.
    double moved = 0;
    double agreementBefore = 0, agreementAfter = 0; ///< NDCG@k; NaN where no later choice is known
    double ownBefore = 0, ownAfter = 0;             ///< OwnOrder

    [[nodiscard]] bool isJudged() const { return agreementBefore == agreementBefore; }
};

/// People who share something, and what becomes of them.
struct PeopleSegment {
    std::string name, value; ///< of PeopleGroup: a fact of theirs ("gender", "F"; "" of others), or "history", "5 to 9"
    std::size_t people = 0, affected = 0;
    std::size_t judged = 0, better = 0, worse = 0; ///< by agreement
    double difference = 0;                         ///< mean change of agreement of those judged; NaN without
    Interval interval;                             ///< 95 %, 1.96 standard errors; NaN below 2 people
};

/// Items that share something, or one item, and the places they win or lose.
struct PlacesShift {
    enum class Of : std::uint8_t { Category, Brand, Seller, Item };
    Of of = Of::Category;
    std::uint32_t index = 0; ///< of the ItemGroup, or the item
    std::size_t before = 0, after = 0;
    Interval interval; ///< of after - before, 95 %, 1.96 standard errors over people

    [[nodiscard]] long long difference() const
    {
        return static_cast<long long>(after) - static_cast<long long>(before);
    }
};

/// What a change of the rules does to the sample.
struct RuleChange {
    std::vector<RuleMeasure> measures; ///< in the order of Kind; without what the catalog does not tell
    std::vector<std::vector<Reranked>> lists;
    std::vector<PersonChange> people;
    std::size_t affected = 0;                      ///< whose list is another, in items or order
    std::size_t judged = 0, better = 0, worse = 0; ///< by agreement
    std::vector<PeopleSegment> segments;           ///< of 2 people or more; by name, then in the order of values
    std::vector<PlacesShift> shifts; ///< by kind; of each at most `shown` that win and that lose, the largest first
    /// People of the sample; none where nobody's list changes. Of equals the first.
    std::optional<std::size_t> mostChanged; ///< by PersonChange::moved
    std::optional<std::size_t> typical;     ///< the (lower) middle of those affected, by `moved`
    /// Whose agreement falls most; where no later choice of anybody is known, whose own order does. None where nobody's
    /// falls.
    std::optional<std::size_t> mostHarmed;
    std::vector<Unmet> unmet; ///< minima of an ExposureRule that cannot be met

    [[nodiscard]] ORRERY_API const RuleMeasure* find(RuleMeasure::Kind kind) const;
};

/// A change with all that is said of agreement taken from `fair`: the same rules put to the same people, over
/// candidates of models that have not seen what these chose later.
[[nodiscard]] ORRERY_API RuleChange withAgreementOf(RuleChange change, const RuleChange& fair);
/// A change without a word of agreement, as if nothing were known of later choices.
[[nodiscard]] ORRERY_API RuleChange withoutAgreement(RuleChange change);

/// The price of a change of rules, counted on a sample: made once, then asked for every edit. Immutable, safe to ask
/// from many threads; the same seed gives the same numbers on any number of threads.
class ORRERY_API RulePreview {
public:
    struct Settings {
        std::size_t k = 10;
        std::size_t rounds = 500; ///< of the bootstrap
        std::uint64_t seed = 1;
        double newDays = 90;    ///< a seller is new when nothing of theirs is older
        std::size_t shown = 10; ///< of each kind of shifts that win, and that lose
    };

    /// Makes the lists of the sample by `before` and all that does not depend on an edit. About 4 bytes a candidate
    /// beside the sample. Errors: InvalidArgument (a sample whose parts differ in length; rules that cannot be made),
    /// Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const RulePreview>>
    make(std::shared_ptr<const RuleCatalog> catalog, std::shared_ptr<const PreviewSample> sample, const RuleSet& before,
         const Settings& settings, const JobContext& job);
    ~RulePreview();

    [[nodiscard]] const PreviewSample& sample() const;
    [[nodiscard]] const Settings& settings() const;
    [[nodiscard]] const std::vector<std::vector<Reranked>>& before() const; ///< lists by person

    /// What becomes of the sample when these rules are put in place of `before`: all candidates go through all rules,
    /// the sellers' exposure is settled over the sample. Errors: InvalidArgument with the rule, Cancelled.
    [[nodiscard]] Result<RuleChange> changeTo(const RuleSet& after, const JobContext& job) const;

private:
    struct Impl;
    explicit RulePreview(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery
