// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/join.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

template <class T> using Named = std::pair<T, std::string_view>;

constexpr std::array<Named<TableUse>, 4> useIds = {{{TableUse::Ignore, "ignore"},
                                                    {TableUse::Events, "events"},
                                                    {TableUse::Catalog, "catalog"},
                                                    {TableUse::People, "people"}}};
constexpr std::array<Named<KeyFix>, 4> fixIds = {{{KeyFix::Trim, "trim"},
                                                  {KeyFix::LeadingZeros, "leading-zeros"},
                                                  {KeyFix::PointZero, "point-zero"},
                                                  {KeyFix::IgnoreCase, "ignore-case"}}};
constexpr std::array<Named<Variants>, 7> variantIds = {{{Variants::Apart, "apart"},
                                                        {Variants::ByColumn, "by-column"},
                                                        {Variants::TrailingLetters, "trailing-letters"},
                                                        {Variants::AfterDash, "after-dash"},
                                                        {Variants::AfterUnderscore, "after-underscore"},
                                                        {Variants::AfterDot, "after-dot"},
                                                        {Variants::AfterSlash, "after-slash"}}};

template <class T> std::string_view idIn(std::span<const Named<T>> all, T value)
{
    return std::ranges::find(all, value, &Named<T>::first)->second;
}

template <class T> Result<T> valueIn(std::span<const Named<T>> all, std::string_view id, std::string_view what)
{
    const auto found = std::ranges::find(all, id, &Named<T>::second);
    if (found != all.end())
        return found->first;
    std::vector<std::string_view> ids;
    std::ranges::transform(all, std::back_inserter(ids), &Named<T>::second);
    return error(Code::InvalidArgument, fmt::format("There is no {} '{}'", what, id),
                 fmt::format("There are {}", fmt::join(ids, ", ")));
}

} // namespace

std::string_view idOf(TableUse use) { return idIn<TableUse>(useIds, use); }
std::string_view idOf(KeyFix fix) { return idIn<KeyFix>(fixIds, fix); }
std::string_view idOf(Variants how) { return idIn<Variants>(variantIds, how); }
Result<TableUse> tableUseFrom(std::string_view id) { return valueIn<TableUse>(useIds, id, "use of a table"); }
Result<KeyFix> keyFixFrom(std::string_view id) { return valueIn<KeyFix>(fixIds, id, "fix of keys"); }
Result<Variants> variantsFrom(std::string_view id)
{
    return valueIn<Variants>(variantIds, id, "way to roll up variants");
}

} // namespace orrery
