// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/index.h"

#include <string>
#include <vector>

namespace orrery {

enum class TermKind {
    GlobalMean,  ///< the mean of all ratings
    ItemBias,    ///< this item is rated above or below the mean
    PersonBias,  ///< this person rates above or below the mean
    HistoryItem, ///< what one entry of the history adds (`item` says which)
    Person,      ///< what one similar person adds (`person` says who)
    Attribute,   ///< what an attribute of the item or the person adds: "genre Crime"
    Context,     ///< what the circumstances add: "on Saturdays"
    Part,        ///< what one part of a hybrid adds: "Item kNN"
    Popularity,  ///< how much the item is used by all
    Fallback,    ///< stands in where nothing is known
};

/// One summand of a score.
struct Term {
    TermKind kind = TermKind::HistoryItem;
    ItemIndex item;    ///< of HistoryItem terms; of Part terms the item that a score is inherited from, where it is
    std::string label; ///< plain words: "mean of all ratings". Of HistoryItem what it has in common with the item that
                       ///< is explained, or nothing; of Person nothing
    double value = 0;  ///< on the model's scale
    UserIndex person;  ///< of Person terms
    /// Of Part terms: the part's own reasons, which sum to `value`; empty where they do not add up (ranks).
    std::vector<Term> inside = {};
};

/// Why a score is what it is: terms that sum to it, within 1e-4 of the sum of their absolute values.
/// No term is "the score minus the rest": each comes from its own computation.
struct Explanation {
    std::vector<Term> terms;
    double score = 0; ///< what Reader::score gives
};

/// The terms without their nesting: a Part term with reasons inside gives way to them, and what several say of the same
/// item of the history is one term. Same sum.
[[nodiscard]] ORRERY_API std::vector<Term> flattened(const std::vector<Term>& terms);

class Dataset;

/// What a term is about, for people: the item's title (and what it has in common: "Alien: genres Horror, "space""), the
/// person's name, or the term's own label.
[[nodiscard]] ORRERY_API std::string labelOf(const Dataset& dataset, const Term& term);

} // namespace orrery
