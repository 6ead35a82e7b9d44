// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/explanation.h"

#include "core/data/dataset.h"

namespace orrery {

std::string labelOf(const Dataset& dataset, const Term& term)
{
    switch (term.kind) {
    case TermKind::HistoryItem: return dataset.title(term.item);
    case TermKind::Person: return dataset.personName(term.person);
    default: return term.label;
    }
}

} // namespace orrery
