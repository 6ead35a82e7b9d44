// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/hybrids/list_scale.h"
#include "core/models/model.h"

#include <memory>
#include <string>

namespace orrery {

/// weight * (a part's score on the scale of its list), from the part's own explanation, whose terms are inside where
/// the scale is linear.
[[nodiscard]] Term partTerm(const Reader& part, const ListScale& scale, double weight, ItemIndex item,
                            std::string label);

/// Answers as one part does, and says why it is that part.
class PassingReader final : public Reader {
public:
    /// `fallback` replaces what the part itself says of a history that taught it nothing; empty: it does not.
    PassingReader(std::unique_ptr<Reader> part, TermKind kind, std::string reason, std::string fallback)
        : m_part(std::move(part)), m_kind(kind), m_reason(std::move(reason)), m_fallback(std::move(fallback))
    {
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override { m_part->score(items, out); }
    void scoreAll(std::span<float> out) const override { m_part->scoreAll(out); }
    /// The part's own terms, after one of value 0 that gives the reason; a single Fallback term gets it as an addition.
    [[nodiscard]] Explanation explain(ItemIndex item) const override;
    [[nodiscard]] std::string fallback() const override { return m_fallback.empty() ? m_part->fallback() : m_fallback; }

private:
    std::unique_ptr<Reader> m_part;
    TermKind m_kind;
    std::string m_reason, m_fallback;
};

} // namespace orrery
