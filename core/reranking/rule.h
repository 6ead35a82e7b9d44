// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/params/param_set.h"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace orrery {

// What a rule does. Each is a plain value with its usual settings; rule_kinds.cpp declares them once for forms, flags
// and JSON. `where` chooses items as wishes do (core/data/wishes.h): "brand = Acme; price < 20"; preferences are not
// allowed there. All act on the whole list of candidates, see reranker.h.

/// Drops what the catalog says is sold out. What it says nothing of stays.
struct InStockRule {};

/// Drops what the person has already.
struct UnseenRule {
    enum class What { Seen, Purchased };
    What what = What::Seen;
};

/// Drops what is not as asked.
struct FilterRule {
    std::string where;
};

/// Drops an item when `most` of its kind stand above it. What is not known to be of any kind is never dropped.
struct CapRule {
    enum class Of {
        Category,      ///< the widest
        Subcategory,   ///< the narrowest
        EveryCategory, ///< of tags without an order (genres): none of the item's may be full
        Brand,
        Seller,
    };
    Of of = Of::Category;
    int most = 3;
};

/// Multiplies the score of the items in the upper `share` of the catalog's margins, or of the tier "high".
struct MarginRule {
    double factor = 1.1;
    double share = .33;
};
struct PromotedRule {
    double factor = 1.2;
};
/// Of items that came at most so many days ago.
struct NewRule {
    double factor = 1.1;
    double days = 7;
};
/// Of items that share their widest category with something of this session.
struct SessionRule {
    double factor = 1.2;
};
struct BoostRule {
    std::string where;
    double factor = 1.2;
};

/// To the end of the list, in the order that they have.
struct BuryRule {
    std::string where;
};

/// The item stands at this place, counted from 1, whatever later rules do to the order; one that no source proposed is
/// added. One that an earlier rule dropped stays dropped, and a later filter drops it still.
struct PinRule {
    std::string item; ///< its id
    int place = 1;
};

/// Multiplies by 2^(-age / half-life). An item without a date is as old as half of the catalog is.
struct FreshnessRule {
    double halfLife = 30; ///< days
};

/// Takes the effect of the place out of scores that were learnt from clicks: inverse propensity scoring (Joachims,
/// Swaminathan & Schnabel, "Unbiased learning-to-rank with biased feedback", WSDM 2017). A click at place r counts
/// r^eta; the score is multiplied by the mean of this over the item's clicks, divided by that over all clicks and kept
/// within [1/limit, limit]. Needs positions of events.
struct PositionBiasRule {
    double eta = 1;
    double limit = 2;
};

/// Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): place by place the item with the largest
/// lambda * score / best score - (1 - lambda) * its largest similarity to those above. See mmr.h.
struct DiversityRule {
    enum class By { Vectors, Categories };
    double lambda = .7;
    By by = By::Vectors; ///< cosine; where there are no vectors, as Categories: Jaccard of the tags
    int places = 20;     ///< that are chosen so
    int pool = 200;      ///< among so many of the best
};

/// Categories in the shares of the history (Steck, "Calibrated recommendations", RecSys 2018). See calibration.h.
struct CalibrationRule {
    double lambda = .5;
    int places = 20;
    int pool = 200;
};

/// Every seller gets at least `share` of all places that are shown, new sellers together at least `newShare`: settled
/// over many people at once, after all other rules. See exposure.h. Does nothing to a single list.
struct ExposureRule {
    double share = .01;
    double newShare = 0;
    double newDays = 90; ///< a seller is new when nothing of theirs is older
};

/// Every so many places, within the first `within`, an item that is seldom used: drawn by chance among the candidates
/// below, each as likely as 1 / (1 + ln(1 + its events)), anew for each person and day (an exponential race; the same
/// day, person and candidates give the same items). It makes room for finding out.
struct ExploreRule {
    int every = 5;
    int within = 20;
};

using RuleAction = std::variant<InStockRule, UnseenRule, FilterRule, CapRule, MarginRule, PromotedRule, NewRule,
                                SessionRule, BoostRule, BuryRule, PinRule, FreshnessRule, PositionBiasRule,
                                DiversityRule, CalibrationRule, ExposureRule, ExploreRule>;

/// When a rule holds; what is empty holds always.
struct When {
    std::string audience; ///< wishes over the facts of the person, segments among them: "gender = F; spends >= 100"
    std::string context;  ///< the same over the circumstances: "weekday = Saturday; device = phone"
    std::string shelves;  ///< ids of shelves with commas between: "for-you, similar"
    std::string from;     ///< a day or a moment as readers read times, UTC: "2026-12-01"; inclusive
    std::string until;    ///< exclusive
    bool operator==(const When&) const = default;
};

struct Rule {
    RuleAction action;
    bool on = true;
    When when = {};
    std::string name = {}; ///< what its author calls it; may be empty
};

/// A kind of rule as it is declared.
struct RuleKind {
    std::string id;      ///< "in-stock": stable, in files
    std::string title;   ///< "In stock"
    std::string summary; ///< what it does, in a sentence or two
    std::string paper;   ///< its source; may be empty
    std::span<const ParamSpec> params;
    Result<RuleAction> (*make)(const ParamSet& params); ///< Errors: InvalidArgument
};
/// All kinds, in the order of RuleAction and of a form that offers them.
[[nodiscard]] ORRERY_API std::span<const RuleKind> ruleKinds();
[[nodiscard]] ORRERY_API const RuleKind& kindOf(const RuleAction& action);
/// All settings of a rule, so that kindOf(action).make(paramsOf(action)) is the same rule.
[[nodiscard]] ORRERY_API ParamSet paramsOf(const RuleAction& action);
/// What `when` consists of; all texts.
[[nodiscard]] ORRERY_API std::span<const ParamSpec> whenParams();
[[nodiscard]] ORRERY_API Result<When> whenFrom(const ParamSet& params); ///< Errors: InvalidArgument
[[nodiscard]] ORRERY_API ParamSet paramsOf(const When& when);

/// The rule's name, or else what it does in plain words: "at most 3 of a category".
[[nodiscard]] ORRERY_API std::string wordsOf(const Rule& rule);

} // namespace orrery
