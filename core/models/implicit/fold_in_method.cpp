// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/fold_in_method.h"

#include <algorithm>

namespace orrery::implicit {

void FoldInMethod::solve(std::span<const Liked> people, MatrixRef vectors) const
{
    for (std::size_t p = 0; p < people.size(); ++p) {
        std::ranges::fill(vectors.row(p), 0.F);
        if (people[p].items.empty())
            continue;
        const auto person = fit(people[p]);
        std::ranges::transform(person->vector(), vectors.row(p).begin(),
                               [](double value) { return static_cast<float>(value); });
    }
}

} // namespace orrery::implicit
