// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/list_export.h"

#include "core/base/whole_file.h"

#include <algorithm>
#include <string_view>

namespace orrery {
namespace {

constexpr std::size_t peopleAtOnce = 4096;

std::string linesOf(const ListFormat& format, const Dataset& dataset, UserIndex person,
                    std::span<const ItemIndex> items, std::span<const float> scores, WrittenLists& written)
{
    ListFormat::List list{dataset.personIds().name(person.value), {}, {}};
    for (const ItemIndex item : items)
        if (item.valid())
            list.items.push_back(dataset.itemIds().name(item.value));
    list.scores = scores.first(list.items.size());
    written.rows += list.items.size();
    written.people += list.items.empty() ? 0 : 1;
    return format.lines(list);
}

std::vector<Query> queriesOf(const Dataset& dataset, std::span<const UserIndex> people, Timestamp asOf)
{
    std::vector<Query> queries;
    for (const UserIndex person : people)
        queries.push_back(queryFor(dataset, person, asOf));
    return queries;
}

std::vector<UserIndex> everybody(const Dataset& dataset)
{
    std::vector<UserIndex> people;
    for (std::uint32_t i = 0; i < dataset.personCount(); ++i)
        people.push_back(UserIndex{i});
    return people;
}

/// Calls `each(chunk, first)` for people in chunks, until one fails.
template <class Each>
Status forEachChunk(std::span<const UserIndex> people, std::string_view doing, const JobContext& job, const Each& each)
{
    for (std::size_t first = 0; first < people.size(); first += peopleAtOnce) {
        job.progress(static_cast<double>(first) / static_cast<double>(people.size()), doing);
        const auto done = job.check().and_then(
            [&] { return each(people.subspan(first, std::min(peopleAtOnce, people.size() - first)), first); });
        if (!done)
            return done;
    }
    return {};
}

bool holds(const BulkLists& lists, std::size_t people, std::size_t n)
{
    return n <= lists.n && lists.n > 0 && lists.items.size() % lists.n == 0 && lists.items.size() / lists.n == people &&
           lists.scores.size() == lists.items.size();
}

/// Lets `rows` write between the head and the file's name.
template <class Rows> Result<WrittenLists> writeWhole(const std::filesystem::path& file, const ListFormat& format,
                                                      const ListFormat::About& about, const Rows& rows)
{
    WrittenLists written;
    WholeFile draft(file);
    if (const auto opened = draft.check(); !opened)
        return tl::unexpected(opened.error());
    draft.write(format.head(about));
    return rows(draft, written).and_then([&] { return draft.finish(); }).map([&] { return written; });
}

} // namespace

Result<WrittenLists> writeLists(const std::filesystem::path& file, const ListFormat& format, const Dataset& dataset,
                                const Recommender& recommender, std::span<const UserIndex> people, std::size_t n,
                                Timestamp asOf, const JobContext& job)
{
    const auto rows = [&](WholeFile& draft, WrittenLists& written) {
        return forEachChunk(people, "writing lists", job, [&](std::span<const UserIndex> some, std::size_t) -> Status {
            const auto lists = recommender.recommendAll(queriesOf(dataset, some, asOf), n, job);
            if (!lists)
                return tl::unexpected(lists.error());
            for (std::size_t q = 0; q < some.size(); ++q)
                draft.write(linesOf(format, dataset, some[q], lists->row(q), std::span(lists->scores).subspan(q * n, n),
                                    written));
            return draft.check();
        });
    };
    return writeWhole(file, format, {recommender.name(), dataset.hash(), n}, rows);
}

Result<BulkLists> listsOfEverybody(const Dataset& dataset, const Recommender& recommender, std::size_t n,
                                   Timestamp asOf, const JobContext& job)
{
    const auto people = everybody(dataset);
    BulkLists all{n, {}, {}};
    all.items.reserve(people.size() * n);
    all.scores.reserve(people.size() * n);
    const auto add = [&](std::span<const UserIndex> some, std::size_t) {
        return recommender.recommendAll(queriesOf(dataset, some, asOf), n, job).map([&](const BulkLists& lists) {
            all.items.insert(all.items.end(), lists.items.begin(), lists.items.end());
            all.scores.insert(all.scores.end(), lists.scores.begin(), lists.scores.end());
        });
    };
    return forEachChunk(people, "making lists", job, add).map([&] { return std::move(all); });
}

Result<WrittenLists> writeKeptLists(const std::filesystem::path& file, const ListFormat& format, const Dataset& dataset,
                                    const std::string& model, const BulkLists& lists, std::size_t n,
                                    const JobContext& job)
{
    const auto people = everybody(dataset);
    if (!holds(lists, people.size(), n))
        return error(Code::InvalidArgument, "The lists that are kept are not those of the people of this dataset",
                     "Make them again", model);
    const auto rows = [&](WholeFile& draft, WrittenLists& written) {
        return forEachChunk(
            people, "writing lists", job, [&](std::span<const UserIndex> some, std::size_t first) -> Status {
                for (std::size_t q = 0; q < some.size(); ++q) {
                    const auto scores = std::span(lists.scores).subspan((first + q) * lists.n, n);
                    draft.write(linesOf(format, dataset, some[q], lists.row(first + q).first(n), scores, written));
                }
                return draft.check();
            });
    };
    return writeWhole(file, format, {model, dataset.hash(), n}, rows);
}

} // namespace orrery
