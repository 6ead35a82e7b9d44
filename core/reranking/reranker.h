// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/models/query.h"
#include "core/reranking/rule_catalog.h"
#include "core/reranking/rule_set.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// An item that could be shown, with the score of whoever ranked it, on any scale.
struct Candidate {
    ItemIndex item;
    float score = 0;
};

/// For whom, where and when a list is made.
struct RuleRequest {
    Query query;                           ///< history, facts (segments among them), circumstances, now
    std::vector<ItemIndex> purchased = {}; ///< ascending: RuleCatalog::purchasesOf
    std::vector<ItemIndex> session = {};   ///< what was looked at in this visit
    std::string shelf = {};                ///< "for-you"; empty: rules of certain shelves do not hold
};

/// 1 / log2(1 + r) for each score, r - 1 of the others being larger; 0 for NaN. What rules reckon with in place of
/// scores: any increasing transformation of them (stars, dot products, negative logarithms) gives the same, no outlier
/// has a say, all are above 0, and a factor f moves place r to about (1 + r)^(1 / f) - 1 wherever that is. It is the
/// discount of NDCG (Jarvelin & Kekalainen 2002), so the sum over a list is what a list is worth by it.
[[nodiscard]] ORRERY_API std::vector<float> placeScores(std::span<const Candidate> candidates);

/// The place, at least 1, to which a factor moves place `place`, where the others stay: (1 + place)^(1 / factor) - 1.
[[nodiscard]] ORRERY_API double placeWithFactor(double place, double factor);

/// What a rule cannot do without and this catalog does not tell ("the catalog does not tell margins"); empty where it
/// tells. Of a rule that cannot be made for it, too.
[[nodiscard]] ORRERY_API std::string missingFor(const RuleAction& action, const RuleCatalog& catalog);

/// What one rule did to a list.
struct RuleEffect {
    enum class State : std::uint8_t {
        Acted,
        Off,        ///< switched off
        NotNow,     ///< its conditions do not hold; `why` says which
        NotForOne,  ///< acts over many people at once: ExposureRule
        NothingToDo ///< lacks what it looks at: no vectors, no such item; `why` says what
    };
    State state = State::Acted;
    std::string why;         ///< plain words; empty for Acted
    std::size_t dropped = 0; ///< candidates
    std::size_t moved = 0;   ///< candidates left that stand at another place among those that are left
};

/// What one rule did to one candidate. Places count from 1; 0: not in the list.
struct RuleStep {
    std::size_t rule = 0;
    std::uint32_t placeBefore = 0, placeAfter = 0;
    float scoreBefore = 0, scoreAfter = 0; ///< of placeScores, as changed by rules
    std::string why;                       ///< "sold out", "3 of 'Phones' stand above it"; of a move the rule's words
};

/// The whole way of all candidates through the stack: places after each rule. Applying the first r rules only gives a
/// list with exactly the places after rule r. Rows of candidates stand in the order given, added pins follow.
class ORRERY_API RuleTrail {
public:
    [[nodiscard]] std::size_t candidates() const { return m_items.size(); }
    [[nodiscard]] ItemIndex item(std::size_t candidate) const { return m_items[candidate]; }
    [[nodiscard]] std::optional<std::size_t> find(ItemIndex item) const;
    [[nodiscard]] const std::vector<RuleEffect>& effects() const { return m_effects; } ///< one a rule of the set
    /// Before all rules.
    [[nodiscard]] std::uint32_t firstPlace(std::size_t candidate) const { return m_places.front()[candidate]; }
    /// Before all rules, of placeScores: the same for all that rank alike.
    [[nodiscard]] float firstScore(std::size_t candidate) const { return m_scores.front()[candidate]; }
    [[nodiscard]] std::uint32_t placeAfter(std::size_t rule, std::size_t candidate) const
    {
        return m_places[rule + 1][candidate];
    }
    [[nodiscard]] float scoreAfter(std::size_t rule, std::size_t candidate) const
    {
        return m_scores[rule + 1][candidate];
    }
    /// The rules that dropped it, changed its score, or moved it by more than what was dropped above it.
    [[nodiscard]] std::vector<RuleStep> stepsOf(std::size_t candidate) const;
    /// The rule that dropped it; none where it was not dropped.
    [[nodiscard]] std::optional<std::size_t> droppedBy(std::size_t candidate) const;

private:
    friend class RuleRun;
    std::vector<ItemIndex> m_items;
    std::vector<std::string> m_words;                 ///< of each rule
    std::vector<std::vector<std::uint32_t>> m_places; ///< [rules + 1][candidates]
    std::vector<std::vector<float>> m_scores;
    std::vector<std::vector<std::uint8_t>> m_movedBy; ///< whether the order among those left changed for it
    std::vector<std::string> m_whyDropped;
    std::vector<RuleEffect> m_effects;
};

/// A place in the list that rules made.
struct Reranked {
    ItemIndex item;
    float score = 0;             ///< of placeScores, as changed by rules; of a pinned item what it had
    std::uint32_t candidate = 0; ///< its place in the candidates; their number where a pin added it
    bool pinned = false;
    bool operator==(const Reranked&) const = default;
};

struct ReadyRule;

/// A set of rules made ready for a catalog. Immutable, safe to ask from many threads.
class ORRERY_API Reranker {
public:
    static constexpr std::size_t all = static_cast<std::size_t>(-1);

    /// Looks up once what every rule says of every item: O(rules items). Columns that no item has are errors, so that a
    /// rule never silently matches nothing. Errors: InvalidArgument, with the rule.
    [[nodiscard]] static Result<std::shared_ptr<const Reranker>> make(RuleSet rules,
                                                                      std::shared_ptr<const RuleCatalog> catalog);

    [[nodiscard]] const RuleSet& rules() const { return m_rules; }
    [[nodiscard]] const RuleCatalog& catalog() const { return *m_catalog; }

    /// The first k of what the first `rules` rules make of the candidates: all of them go through all rules, so that
    /// what is dropped is refilled from below. No item twice; candidates with NaN or an item given twice (the later
    /// one) take no part. Without rules: by score, ties by item index, as TopN. Each rule drops, or changes scores and
    /// thus the order, or orders anew; then the scores that are there are given out anew in that order, so that later
    /// rules work on what they see. Deterministic. `trail` may be null.
    [[nodiscard]] std::vector<Reranked> rerank(std::span<const Candidate> candidates, const RuleRequest& request,
                                               std::size_t k, RuleTrail* trail = nullptr,
                                               std::size_t rules = all) const;

    /// Why rule `rule` does not hold for this request; empty where it does.
    [[nodiscard]] std::string whyNot(std::size_t rule, const RuleRequest& request) const;

    explicit Reranker(RuleSet rules, std::shared_ptr<const RuleCatalog> catalog);
    ~Reranker();

private:
    friend class RuleRun;
    RuleSet m_rules;
    std::shared_ptr<const RuleCatalog> m_catalog;
    std::vector<ReadyRule> m_ready;
};

/// The lists of many people, on the job's threads; candidates and requests aligned. The same on any number of threads.
/// ExposureRule is not among what is done here: it is settled on these lists, see exposure.h. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<std::vector<Reranked>>>
rerankAll(const Reranker& reranker, std::span<const std::vector<Candidate>> candidates,
          std::span<const RuleRequest> requests, std::size_t k, const JobContext& job);

} // namespace orrery
