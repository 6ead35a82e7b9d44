// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/list_export.h"

#include <algorithm>
#include <fstream>

namespace orrery {
namespace {

constexpr std::size_t peopleAtOnce = 4096;

// A name that is removed again unless the file is finished.
class Draft {
public:
    explicit Draft(std::filesystem::path file) : m_file(std::move(file)), m_part(m_file)
    {
        m_part += ".part";
        m_stream.open(m_part, std::ios::binary | std::ios::trunc);
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft()
    {
        std::error_code ignored;
        if (!m_finished && m_opened)
            std::filesystem::remove(m_part, ignored);
    }

    void write(const std::string& text) { m_stream << text; }
    [[nodiscard]] Status check()
    {
        m_opened = m_opened || m_stream.is_open();
        if (!m_stream)
            return error(Code::Io, "The lists cannot be written", "Check the folder and the space on the disk",
                         m_file.string());
        return {};
    }
    [[nodiscard]] Status finish()
    {
        m_stream.close();
        if (auto fine = check(); !fine)
            return fine;
        std::error_code failure;
        std::filesystem::rename(m_part, m_file, failure);
        if (failure)
            return error(Code::Io, "The lists cannot be given their name: " + failure.message(), {}, m_file.string());
        m_finished = true;
        return {};
    }

private:
    std::filesystem::path m_file, m_part;
    std::ofstream m_stream;
    bool m_opened = false;
    bool m_finished = false;
};

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

Status writeSome(Draft& draft, const ListFormat& format, const Dataset& dataset, const Recommender& recommender,
                 std::span<const UserIndex> people, std::size_t n, Timestamp asOf, const JobContext& job,
                 WrittenLists& written)
{
    std::vector<Query> queries;
    for (const UserIndex person : people)
        queries.push_back(queryFor(dataset, person, asOf));
    const auto lists = recommender.recommendAll(queries, n, job);
    if (!lists)
        return tl::unexpected(lists.error());
    for (std::size_t q = 0; q < people.size(); ++q)
        draft.write(
            linesOf(format, dataset, people[q], lists->row(q), std::span(lists->scores).subspan(q * n, n), written));
    return draft.check();
}

} // namespace

Result<WrittenLists> writeLists(const std::filesystem::path& file, const ListFormat& format, const Dataset& dataset,
                                const Recommender& recommender, std::span<const UserIndex> people, std::size_t n,
                                Timestamp asOf, const JobContext& job)
{
    WrittenLists written;
    Draft draft(file);
    if (const auto opened = draft.check(); !opened)
        return tl::unexpected(opened.error());
    draft.write(format.head({recommender.name(), dataset.hash(), n}));
    for (std::size_t first = 0; first < people.size(); first += peopleAtOnce) {
        job.progress(static_cast<double>(first) / static_cast<double>(people.size()), "writing lists");
        const auto some = people.subspan(first, std::min(peopleAtOnce, people.size() - first));
        if (const auto done = writeSome(draft, format, dataset, recommender, some, n, asOf, job, written); !done)
            return tl::unexpected(done.error());
    }
    if (const auto done = draft.finish(); !done)
        return tl::unexpected(done.error());
    return written;
}

} // namespace orrery
