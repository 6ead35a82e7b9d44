// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/people_as_items.h"

#include "core/data/telling_tags.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostLikes = 3, peopleBetweenChecks = 1024;
constexpr double leastZ = 2;
constexpr const char* likesName = "likes";
constexpr const char* titleName = "title";

/// How many of some liked items have each tag.
class TagCounts {
public:
    explicit TagCounts(const TagColumn& tags) : m_tags(tags), m_counts(tags.vocabulary.size()) {}

    void add(const Interactions::Row& row, float likedFrom)
    {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row.values[i] < likedFrom)
                continue;
            ++m_items;
            for (const std::uint32_t tag : m_tags.row(row.items[i].value))
                if (m_counts[tag]++ == 0)
                    m_seen.push_back(tag);
        }
    }
    void clear()
    {
        for (const std::uint32_t tag : std::exchange(m_seen, {}))
            m_counts[tag] = 0;
        m_items = 0;
    }
    [[nodiscard]] double count(std::uint32_t tag) const { return static_cast<double>(m_counts[tag]); }
    [[nodiscard]] double items() const { return static_cast<double>(m_items); }
    [[nodiscard]] const std::vector<std::uint32_t>& seen() const { return m_seen; }

private:
    const TagColumn& m_tags;
    std::vector<std::uint64_t> m_counts;
    std::vector<std::uint32_t> m_seen;
    std::uint64_t m_items = 0;
};

/// Most telling first; of equally telling ones the earlier in the vocabulary.
std::vector<std::uint32_t> likesOf(const TagCounts& person, const TagCounts& all)
{
    std::vector<std::pair<double, std::uint32_t>> telling;
    for (const std::uint32_t tag : person.seen()) {
        const double share = all.count(tag) / all.items(), expected = person.items() * share;
        const double z = share < 1 ? (person.count(tag) - expected) / std::sqrt(expected * (1 - share)) : 0;
        if (z >= leastZ)
            telling.emplace_back(-z, tag);
    }
    std::ranges::sort(telling);
    telling.resize(std::min(telling.size(), mostLikes));
    std::vector<std::uint32_t> likes;
    likes.reserve(telling.size());
    for (const auto& [z, tag] : telling)
        likes.push_back(tag);
    return likes;
}

Result<TagColumn> likes(const Dataset& dataset, const TagColumn& tags, const JobContext& job)
{
    const Interactions& interactions = dataset.interactions();
    TagCounts all(tags), one(tags);
    TagColumn out{tags.vocabulary, {0}, {}};
    const auto eachPerson = [&](auto visit) -> Status {
        for (std::uint32_t user = 0; user < interactions.users(); ++user) {
            if (user % peopleBetweenChecks == 0)
                if (const auto going = job.check(); !going)
                    return going;
            visit(interactions.row(UserIndex{user}));
        }
        return {};
    };
    auto walked = eachPerson([&](const Interactions::Row& row) { all.add(row, dataset.likedFrom()); });
    if (walked)
        walked = eachPerson([&](const Interactions::Row& row) {
            one.clear();
            one.add(row, dataset.likedFrom());
            const auto found = likesOf(one, all);
            out.tags.insert(out.tags.end(), found.begin(), found.end());
            out.starts.push_back(static_cast<std::uint32_t>(out.tags.size()));
        });
    if (!walked)
        return tl::unexpected(walked.error());
    return out;
}

EventLog transposed(const Interactions& interactions)
{
    EventLog log;
    log.reserve(interactions.size(), false);
    for (std::uint32_t user = 0; user < interactions.users(); ++user) {
        const Interactions::Row row = interactions.row(UserIndex{user});
        for (std::size_t i = 0; i < row.size(); ++i)
            log.append({UserIndex{row.items[i].value}, ItemIndex{user}, row.values[i]});
    }
    return log;
}

} // namespace

Result<std::shared_ptr<const Dataset>> peopleAsItems(const Dataset& dataset, const JobContext& job)
{
    AttributeTable about;
    TextColumn titles;
    for (std::uint32_t user = 0; user < dataset.personCount(); ++user)
        titles.values.push_back(fmt::format("Person {}", dataset.personName(UserIndex{user})));
    about.add({titleName, std::move(titles)});
    if (const AttributeColumn* kinds = tellingTags(dataset.items(), dataset.itemCount())) {
        auto found = likes(dataset, std::get<TagColumn>(kinds->data), job);
        if (!found)
            return tl::unexpected(found.error());
        about.add({likesName, std::move(*found)});
    }
    for (const AttributeColumn& column : dataset.people().columns())
        if (column.name != titleName && column.name != likesName)
            about.add(column);
    DatasetParts parts = dataset.parts();
    parts.log = std::make_shared<const EventLog>(transposed(dataset.interactions()));
    std::swap(parts.personIds, parts.itemIds);
    parts.people = parts.items;
    parts.items = std::make_shared<const AttributeTable>(std::move(about));
    return std::make_shared<const Dataset>(std::move(parts));
}

} // namespace orrery
