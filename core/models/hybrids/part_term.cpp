// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/part_term.h"

#include "core/models/hybrids/parts.h"

#include <cmath>

#include <fmt/format.h>

namespace orrery {

Term partTerm(const Reader& part, const ListScale& scale, double weight, ItemIndex item, std::string label)
{
    const Explanation own = part.explain(item);
    Term term{TermKind::Part, {}, std::move(label), 0};
    if (!scale.isLinear() || !std::isfinite(own.score)) {
        term.value = weight * scale.of(static_cast<float>(own.score));
        return term;
    }
    const double factor = weight * scale.factor();
    term.inside = scaled(own.terms, factor);
    if (scale.shift() != 0)
        term.inside.push_back({TermKind::Part, {}, scale.shiftLabel(), -factor * scale.shift()});
    for (const Term& reason : term.inside)
        term.value += reason.value;
    return term;
}

Explanation PassingReader::explain(ItemIndex item) const
{
    Explanation why = m_part->explain(item);
    if (why.terms.size() == 1 && why.terms.front().kind == TermKind::Fallback)
        why.terms.front().label = fmt::format("{} ({})", why.terms.front().label, m_reason);
    else
        why.terms.insert(why.terms.begin(), {m_kind, {}, m_reason, 0});
    return why;
}

} // namespace orrery
