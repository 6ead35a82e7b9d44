// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/models/implicit/fold_in_method.h"

#include <cstdint>
#include <vector>

namespace orrery::implicit {

/// A person by the convex loss of a ranking factorization, with the items fixed. With h over the history, j over the
/// stored sample of items without those of the history, s = bias + <x, item> and W the sum of the weights, x minimizes
///     pairs:   sum of w_h mean_j -ln sigma(s_h - s_j)                             + strength W / 2 |x|^2
///     points:  sum of (w_h -ln sigma(s_h) + w_h ratio mean_j -ln sigma(-s_j))     + strength W / 2 |x|^2
/// Where the gradient is zero, x is a sum over the history: of what pulls towards h and away from the sample on behalf
/// of h, divided by strength W. The vector is computed as that sum, so that each entry has an exact part.
class RankingFoldIn final : public FoldInMethod {
public:
    struct Settings {
        bool pairs = true;
        float strength = .05F; ///< > 0
        float ratio = 1;       ///< of points: how much the sample weighs beside the liked item; > 0
    };

    /// `sample`: indices of items, ascending.
    RankingFoldIn(ItemFactors items, Settings settings, std::vector<std::uint32_t> sample)
        : m_items(items), m_settings(settings), m_sample(std::move(sample))
    {
    }
    /// Errors: Corrupt.
    static Result<std::unique_ptr<const FoldInMethod>> load(const Artifact& artifact, ItemFactors items);

    /// Up to `most` different items out of `count`, ascending.
    static std::vector<std::uint32_t> sampleOf(std::size_t count, std::size_t most, Rng rng);

    [[nodiscard]] std::unique_ptr<FoldedIn> fit(Liked liked) const override;
    void save(Artifact& artifact) const override;

private:
    ItemFactors m_items;
    Settings m_settings;
    std::vector<std::uint32_t> m_sample;
};

} // namespace orrery::implicit
