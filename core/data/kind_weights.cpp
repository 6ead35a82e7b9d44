// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/kind_weights.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace orrery {
namespace {

EventKind kindAt(std::size_t place) { return static_cast<EventKind>(place); }

std::string kindNames()
{
    std::string names;
    for (std::size_t kind = 0; kind < eventKindCount; ++kind)
        names += (kind == 0 ? "" : ", ") + std::string(nameOf(kindAt(kind)));
    return names;
}

std::optional<EventKind> kindNamed(std::string_view name)
{
    for (std::size_t kind = 0; kind < eventKindCount; ++kind)
        if (nameOf(kindAt(kind)) == name)
            return kindAt(kind);
    return std::nullopt;
}

Status assign(KindWeights& weights, std::string_view assignment)
{
    const std::size_t equals = assignment.find('=');
    const auto kind = kindNamed(assignment.substr(0, equals));
    if (!kind)
        return error(Code::InvalidArgument, fmt::format("'{}' is not a kind of event", assignment.substr(0, equals)),
                     fmt::format("Kinds are {}", kindNames()));
    const std::string_view number = equals == assignment.npos ? std::string_view() : assignment.substr(equals + 1);
    float weight = 0;
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), weight);
    if (failure != std::errc{} || end != number.data() + number.size() || !std::isfinite(weight) || weight < 0)
        return error(Code::InvalidArgument, fmt::format("'{}' is not a weight for {}", number, nameOf(*kind)),
                     "A weight is a number from 0 on: view=1,cart=3,purchase=5");
    weights[*kind] = weight;
    return {};
}

} // namespace

KindWeights KindWeights::equal()
{
    KindWeights weights;
    weights.of.fill(1);
    return weights;
}

KindWeights KindWeights::actingOn(const EventLog& log) const
{
    KindWeights acting = *this;
    if (log.kinds().empty()) {
        acting[EventKind::Rating] = 1;
        return acting;
    }
    std::array<bool, eventKindCount> there{};
    for (const EventKind kind : log.kinds())
        there[static_cast<std::size_t>(kind)] = true;
    std::size_t counting = 0, last = 0;
    for (std::size_t kind = 0; kind < eventKindCount; ++kind)
        if (there[kind] && of[kind] > 0) {
            ++counting;
            last = kind;
        }
    if (counting == 1)
        acting.of[last] = 1;
    return acting;
}

KindWeights KindWeights::whole() const
{
    KindWeights weights = *this;
    std::ranges::replace_if(
        weights.of, [](float weight) { return weight > 0; }, 1.F);
    return weights;
}

Result<KindWeights> kindWeightsFrom(std::string_view text)
{
    KindWeights weights;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        if (const auto assigned = assign(weights, text.substr(0, end)); !assigned)
            return tl::unexpected(assigned.error());
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return weights;
}

std::string textOf(const KindWeights& weights)
{
    std::string text;
    for (std::size_t kind = 0; kind < eventKindCount; ++kind)
        text += fmt::format("{}{}={}", kind == 0 ? "" : ",", nameOf(kindAt(kind)), weights.of[kind]);
    return text;
}

} // namespace orrery
