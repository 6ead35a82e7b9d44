// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "ui/itemmodels/dataset_columns.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <vector>

namespace orrery::ui {

/// One attribute of items in at most 24 bins: ranges of a number, or the most frequent tags.
struct Facet {
    QString title;
    bool isTags = false;
    QStringList bins;                 ///< "1990 to 1999", "Crime"; a number's in ascending order
    std::vector<std::uint32_t> masks; ///< by item: a bit for each bin it is in; none where nothing is known
    std::vector<std::size_t> all;     ///< by bin: how many items are in it
};

/// Numbers and tags of the items, of `derived` first; then how often they were used and, of ratings, their mean. Texts
/// are left out, and what is the same of all.
[[nodiscard]] std::vector<Facet> facetsOf(const Dataset& dataset, const AttributeTable& derived, const Tally& tally);

/// Several facets and a set of items that narrow each other down.
class CrossFilter {
public:
    /// Of so many items. Lets go of all choices.
    void setFacets(std::vector<Facet> facets, std::size_t items);
    [[nodiscard]] std::size_t items() const { return m_items; }
    [[nodiscard]] const std::vector<Facet>& facets() const { return m_facets; }
    /// The items looked at, ascending; all where none are given.
    void setBase(std::optional<std::vector<ItemIndex>> items);
    [[nodiscard]] bool hasBase() const { return m_base.has_value(); }
    /// The bins an item must be in one of; 0: any.
    void setChosen(std::size_t facet, std::uint32_t bins);
    [[nodiscard]] std::uint32_t chosen(std::size_t facet) const { return m_chosen[facet]; }
    [[nodiscard]] bool narrows() const; ///< a base or a chosen bin
    void clear();

    /// Items of the base that are in a chosen bin of every facet, ascending.
    [[nodiscard]] std::vector<ItemIndex> passing() const;
    /// By facet and bin: items that pass all others' choices, so that a facet shows what could be chosen instead.
    /// O(items x facets).
    [[nodiscard]] std::vector<std::vector<std::size_t>> counts() const;

private:
    template <class Visit> void eachOfBase(Visit visit) const;

    std::vector<Facet> m_facets;
    std::size_t m_items = 0;
    std::vector<std::uint32_t> m_chosen;
    std::optional<std::vector<ItemIndex>> m_base;
};

} // namespace orrery::ui
