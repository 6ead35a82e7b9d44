// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/join_keys.h"

#include "core/data/import/fields.h"

#include <algorithm>
#include <array>

namespace orrery::reading {
namespace {

// Blanks, and what looks like one or like nothing: no-break space, zero-width space, ideographic space, byte order
// mark.
constexpr std::array<std::string_view, 9> blanks = {
    " ", "\t", "\r", "\n", "\xC2\xA0", "\xE2\x80\x8B", "\xE2\x80\xAF", "\xE3\x80\x80", "\xEF\xBB\xBF"};
constexpr std::size_t keysBetweenChecks = 16 * 1024;
constexpr int deepestVariant = 8; // a variant of a variant; a circle ends somewhere

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view withoutBlanks(std::string_view key)
{
    const auto cut = [&](auto fits, auto remove) {
        const auto found = std::ranges::find_if(blanks, fits);
        if (found == blanks.end())
            return false;
        remove(found->size());
        return true;
    };
    while (cut([&](std::string_view blank) { return key.starts_with(blank); },
               [&](std::size_t n) { key.remove_prefix(n); })) {
    }
    while (cut([&](std::string_view blank) { return key.ends_with(blank); },
               [&](std::size_t n) { key.remove_suffix(n); })) {
    }
    return key;
}

// Of numbers alone: "v1.0" is no number.
std::string_view withoutPointZero(std::string_view key)
{
    const std::size_t point = key.find('.');
    if (point == std::string_view::npos || point == 0 || point + 1 == key.size())
        return key;
    const bool whole = std::ranges::all_of(key.substr(0, point), isDigit);
    const bool nothing = std::ranges::all_of(key.substr(point + 1), [](char c) { return c == '0'; });
    return whole && nothing ? key.substr(0, point) : key;
}

std::string_view withoutZeros(std::string_view key)
{
    while (key.size() > 1 && key[0] == '0' && (isDigit(key[1]) || isLetter(key[1])))
        key.remove_prefix(1);
    return key;
}

std::string_view withoutLetters(std::string_view key)
{
    constexpr std::size_t mostLetters = 3, fewestDigits = 2;
    std::size_t end = key.size();
    while (end > 0 && isLetter(key[end - 1]))
        --end;
    const std::string_view number = key.substr(0, end);
    const bool fits = end < key.size() && key.size() - end <= mostLetters && end >= fewestDigits;
    return fits && std::ranges::all_of(number, isDigit) ? number : key;
}

std::string_view before(std::string_view key, char sign)
{
    const std::size_t place = withoutPointZero(key).rfind(sign); // "123.0" is another fix
    return place == std::string_view::npos || place == 0 || place + 1 == key.size() ? key : key.substr(0, place);
}

/// Names of all keys once they are fixed, and what they are variants of.
class Grouping {
public:
    Grouping(const KeyFixes& fixes, Variants how, const JobContext& job) : m_fixes(fixes), m_how(how), m_job(job) {}

    Result<std::vector<std::uint32_t>> add(const Vocabulary& keys)
    {
        std::vector<std::uint32_t> fixed(keys.size());
        for (std::uint32_t key = 0; key < keys.size(); ++key) {
            if (key % keysBetweenChecks == 0)
                if (auto goesOn = m_job.check(); !goesOn)
                    return tl::unexpected(goesOn.error());
            fixed[key] = m_fixed.add(fixedKey(keys.name(key), m_fixes));
        }
        return fixed;
    }

    Status addParents(const JoinSide& table, const std::vector<std::uint32_t>& fixed)
    {
        if (m_how != Variants::ByColumn)
            return {};
        const auto parents = add(table.parentKeys);
        if (!parents)
            return tl::unexpected(parents.error());
        m_parents.assign(m_fixed.size(), JoinSide::noParent);
        for (std::size_t key = 0; key < table.parents.size(); ++key)
            if (table.parents[key] != JoinSide::noParent && m_parents[fixed[key]] == JoinSide::noParent)
                m_parents[fixed[key]] = (*parents)[table.parents[key]];
        return {};
    }

    std::uint32_t groupOf(std::uint32_t fixed, KeyGroups& groups) const
    {
        const std::string product(productNamed(fixed));
        const std::string_view name = m_fixed.name(fixed);
        if (product != name && groups.example.first.empty())
            groups.example = {std::string(name), product};
        return groups.names.add(product);
    }

private:
    std::string_view productNamed(std::uint32_t fixed) const
    {
        if (m_how != Variants::ByColumn)
            return productOf(m_fixed.name(fixed), m_how);
        for (int depth = 0; depth < deepestVariant && fixed < m_parents.size(); ++depth) {
            if (m_parents[fixed] == JoinSide::noParent || m_parents[fixed] == fixed)
                break;
            fixed = m_parents[fixed];
        }
        return m_fixed.name(fixed);
    }

    const KeyFixes& m_fixes;
    Variants m_how;
    const JobContext& m_job;
    Vocabulary m_fixed;
    std::vector<std::uint32_t> m_parents;
};

} // namespace

std::string fixedKey(std::string_view key, const KeyFixes& fixes)
{
    if (fixes[KeyFix::Trim])
        if (const std::string_view seen = withoutBlanks(key); !seen.empty())
            key = seen;
    if (fixes[KeyFix::PointZero])
        key = withoutPointZero(key);
    if (fixes[KeyFix::LeadingZeros])
        key = withoutZeros(key);
    return fixes[KeyFix::IgnoreCase] ? lowerCase(key) : std::string(key);
}

std::string_view productOf(std::string_view key, Variants how)
{
    switch (how) {
    case Variants::TrailingLetters: return withoutLetters(key);
    case Variants::AfterDash: return before(key, '-');
    case Variants::AfterUnderscore: return before(key, '_');
    case Variants::AfterDot: return before(key, '.');
    case Variants::AfterSlash: return before(key, '/');
    default: return key;
    }
}

Result<KeyGroups> groupsOf(const Vocabulary& eventKeys, const JoinSide& table, const KeyFixes& fixes, Variants how,
                           const JobContext& job)
{
    Grouping grouping(fixes, how, job);
    auto events = grouping.add(eventKeys);
    auto rows = events ? grouping.add(table.keys) : events;
    if (!rows)
        return tl::unexpected(rows.error());
    if (auto parents = grouping.addParents(table, *rows); !parents)
        return tl::unexpected(parents.error());
    KeyGroups groups;
    std::vector<bool> known;
    const auto grouped = [&](std::vector<std::uint32_t> fixed) {
        for (std::uint32_t& key : fixed) {
            known.resize(std::max<std::size_t>(known.size(), key + 1));
            groups.keys += !known[key];
            known[key] = true;
            key = grouping.groupOf(key, groups);
        }
        return fixed;
    };
    groups.ofEvents = grouped(std::move(*events));
    groups.ofTable = grouped(std::move(*rows));
    groups.inEvents.resize(groups.names.size());
    groups.inTable.resize(groups.names.size());
    for (const std::uint32_t group : groups.ofEvents)
        groups.inEvents[group] = true;
    for (const std::uint32_t group : groups.ofTable)
        groups.inTable[group] = true;
    return groups;
}

} // namespace orrery::reading
