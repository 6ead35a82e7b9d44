// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/explanation.h"

#include "core/data/dataset.h"

#include <map>

#include <fmt/format.h>

namespace orrery {
namespace {

void flatten(const std::vector<Term>& terms, std::map<ItemIndex, std::size_t>& places, std::vector<Term>& out)
{
    for (const Term& term : terms) {
        if (!term.inside.empty()) {
            flatten(term.inside, places, out);
            continue;
        }
        if (term.kind == TermKind::HistoryItem) {
            const auto [place, first] = places.try_emplace(term.item, out.size());
            if (!first) {
                Term& held = out[place->second];
                held.value += term.value;
                held.label = held.label.empty() ? term.label : held.label;
                continue;
            }
        }
        out.push_back(term);
    }
}

} // namespace

std::vector<Term> flattened(const std::vector<Term>& terms)
{
    std::map<ItemIndex, std::size_t> places;
    std::vector<Term> out;
    flatten(terms, places, out);
    return out;
}

std::string labelOf(const Dataset& dataset, const Term& term)
{
    switch (term.kind) {
    case TermKind::HistoryItem:
        return term.label.empty() ? dataset.title(term.item) : dataset.title(term.item) + ": " + term.label;
    case TermKind::Person: return dataset.personName(term.person);
    case TermKind::Part:
        return term.item.valid() ? fmt::format("{} {}", term.label, dataset.title(term.item)) : term.label;
    default: return term.label;
    }
}

} // namespace orrery
