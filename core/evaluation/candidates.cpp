// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/candidates.h"

#include "core/base/hash.h"
#include "core/base/rng.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

std::shared_ptr<const CandidateLists> joined(const std::vector<std::vector<ItemIndex>>& byPerson)
{
    CandidateLists lists;
    for (const auto& row : byPerson) {
        lists.items.insert(lists.items.end(), row.begin(), row.end());
        lists.starts.push_back(lists.items.size());
    }
    return CandidateLists::hashed(std::move(lists));
}

bool holds(const Dataset& part, UserIndex user, ItemIndex item)
{
    return std::ranges::binary_search(part.interactions().row(user).items, item);
}

/// What one person can be offered besides what they know and what is asked for.
std::vector<ItemIndex> othersOf(const Split& split, UserIndex user)
{
    std::vector<ItemIndex> others;
    for (std::uint32_t item = 0; item < split.train->itemCount(); ++item)
        if (!holds(*split.known, user, ItemIndex{item}) && !holds(*split.test, user, ItemIndex{item}))
            others.push_back(ItemIndex{item});
    return others;
}

std::vector<ItemIndex> drawn(std::vector<ItemIndex> from, std::size_t count, Rng& rng)
{
    rng.shuffle(std::span(from));
    from.resize(std::min(count, from.size()));
    std::ranges::sort(from);
    return from;
}

std::vector<std::string> cellsOf(const std::string& line)
{
    std::vector<std::string> cells(1);
    for (const char c : line)
        if (c == '\t')
            cells.emplace_back();
        else if (c != '\r')
            cells.back() += c;
    return cells;
}

tl::unexpected<Error> badLine(const std::filesystem::path& file, std::size_t line, const std::string& what)
{
    return error(Code::BadRow, what, "A line is (person,item), a tab, and the other items, separated by tabs",
                 fmt::format("{}, line {}", file.filename().string(), line));
}

/// "(12,345)": the person. Ids may hold commas; the item's is what follows the last one.
Result<UserIndex> personOf(const std::string& cell, const Dataset& dataset, const std::filesystem::path& file,
                           std::size_t line)
{
    const auto comma = cell.rfind(',');
    if (cell.size() < 4 || cell.front() != '(' || cell.back() != ')' || comma == std::string::npos)
        return badLine(file, line, fmt::format("'{}' is not a person and an item", cell));
    const std::string id = cell.substr(1, comma - 1);
    const auto person = dataset.findPerson(id);
    if (!person)
        return badLine(file, line, fmt::format("There is no person '{}'", id));
    return *person;
}

} // namespace

std::vector<ItemIndex> CandidateLists::of(UserIndex user) const
{
    std::span<const ItemIndex> row;
    if (user.value + 1 < starts.size())
        row = std::span(items).subspan(starts[user.value], starts[user.value + 1] - starts[user.value]);
    if (among.empty())
        return {row.begin(), row.end()};
    std::vector<ItemIndex> others;
    others.reserve(among.size());
    std::ranges::set_difference(among, row, std::back_inserter(others));
    return others;
}

std::shared_ptr<const CandidateLists> CandidateLists::hashed(CandidateLists lists)
{
    Hasher hasher;
    if (!lists.among.empty())
        hasher.values(std::span(std::as_const(lists.among)));
    hasher.values(std::span(std::as_const(lists.starts))).values(std::span(std::as_const(lists.items)));
    lists.hash = hasher.hex();
    return std::make_shared<const CandidateLists>(std::move(lists));
}

std::shared_ptr<const CandidateLists> drawCandidates(const Split& split, std::size_t count, std::uint64_t seed)
{
    std::vector<std::vector<ItemIndex>> byPerson(split.test->personCount());
    for (std::uint32_t user = 0; user < byPerson.size(); ++user) {
        if (split.test->interactions().row(UserIndex{user}).size() == 0)
            continue;
        Rng rng(seedFor(seed, fmt::format("candidates.{}", user)));
        byPerson[user] = drawn(othersOf(split, UserIndex{user}), count, rng);
    }
    return joined(byPerson);
}

Result<std::shared_ptr<const CandidateLists>> readCandidates(const std::filesystem::path& file, const Split& split)
{
    std::ifstream in(file);
    if (!in)
        return error(Code::Io, "The file cannot be read", "Check its name and your rights", file.string());
    std::vector<std::set<ItemIndex>> byPerson(split.test->personCount());
    std::string text;
    for (std::size_t line = 1; std::getline(in, text); ++line) {
        if (text.empty() || text == "\r")
            continue;
        const auto cells = cellsOf(text);
        const auto person = personOf(cells[0], *split.test, file, line);
        if (!person)
            return tl::unexpected(person.error());
        for (std::size_t c = 1; c < cells.size(); ++c) {
            if (cells[c].empty())
                continue; // the published files end their lines with a tab
            // An item nobody ever used has no index, and no model can score it: it stands behind all others anyway.
            if (const auto item = split.test->findItem(cells[c]); item && !holds(*split.test, *person, *item))
                byPerson[person->value].insert(*item);
        }
    }
    std::vector<std::vector<ItemIndex>> rows;
    rows.reserve(byPerson.size());
    for (const auto& items : byPerson)
        rows.emplace_back(items.begin(), items.end());
    return joined(rows);
}

Status writeCandidates(const std::filesystem::path& file, const Split& split, const CandidateLists& lists)
{
    std::ofstream out(file);
    for (std::uint32_t user = 0; user < split.test->personCount(); ++user) {
        const auto relevant = split.test->interactions().row(UserIndex{user}).items;
        const auto others = relevant.empty() ? std::vector<ItemIndex>() : lists.of(UserIndex{user});
        for (const ItemIndex asked : relevant) {
            out << fmt::format("({},{})", split.test->personIds().name(user), split.test->itemIds().name(asked.value));
            for (const ItemIndex item : others)
                out << '\t' << split.test->itemIds().name(item.value);
            out << '\n';
        }
    }
    if (!out.flush())
        return error(Code::Io, "The candidates cannot be written", "Check the folder and the space left",
                     file.string());
    return {};
}

Status giveCandidates(Split& split, const CandidatePlan& plan, std::uint64_t seed)
{
    if (plan.file.empty()) {
        if (plan.drawn > 0)
            split.candidates = drawCandidates(split, plan.drawn, seed);
        return {};
    }
    return readCandidates(plan.file, split).map([&split](std::shared_ptr<const CandidateLists> read) {
        split.candidates = std::move(read);
    });
}

std::string candidatesText(const Split& split)
{
    return split.candidates ? "stored candidates " + split.candidates->hash : "all catalog items unseen in training";
}

} // namespace orrery
