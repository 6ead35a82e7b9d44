// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/returns.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace orrery::reading {
namespace {

std::uint64_t pairOf(const SaleLine& line) { return (std::uint64_t{line.user.value} << 32U) | line.item.value; }

// The lines of pairs of which something came back: by pair, then time, purchases before returns.
std::vector<std::uint32_t> linesWithReturns(std::span<const SaleLine> lines)
{
    std::unordered_set<std::uint64_t> pairs;
    for (const SaleLine& line : lines)
        if (line.quantity < 0)
            pairs.insert(pairOf(line));
    std::vector<std::uint32_t> order;
    if (pairs.empty())
        return order;
    for (std::uint32_t i = 0; i < lines.size(); ++i)
        if (pairs.contains(pairOf(lines[i])))
            order.push_back(i);
    const auto keyOf = [&](std::uint32_t i) {
        return std::tuple(pairOf(lines[i]), lines[i].at, lines[i].quantity < 0, i);
    };
    std::ranges::sort(order, {}, keyOf);
    return order;
}

} // namespace

NettedSales netted(std::span<const SaleLine> lines)
{
    NettedSales out;
    out.quantities.resize(lines.size());
    std::ranges::transform(lines, out.quantities.begin(),
                           [](const SaleLine& line) { return std::max(line.quantity, 0.F); });
    std::vector<std::uint32_t> open; // purchases of the pair of which something is left, the newest last
    std::unordered_set<std::uint32_t> touched;
    std::uint64_t pair = 0;
    for (const std::uint32_t i : linesWithReturns(lines)) {
        if (pairOf(lines[i]) != pair)
            open.clear();
        pair = pairOf(lines[i]);
        if (lines[i].quantity > 0)
            open.push_back(i);
        if (lines[i].quantity >= 0)
            continue;
        float back = -lines[i].quantity;
        for (; back > 0 && !open.empty();) {
            float& left = out.quantities[open.back()];
            const float taken = std::min(left, back);
            left -= taken;
            back -= taken;
            touched.insert(open.back());
            if (left == 0)
                open.pop_back();
        }
        ++out.returns;
        out.matched += back == 0 ? 1 : 0;
    }
    for (const std::uint32_t i : touched)
        ++(out.quantities[i] == 0 ? out.gone : out.shortened);
    return out;
}

} // namespace orrery::reading
