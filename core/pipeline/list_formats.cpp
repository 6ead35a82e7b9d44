// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_field.h"
#include "core/params/param_table.h"
#include "core/pipeline/list_export.h"

#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace orrery {
namespace {

std::string quoted(std::string_view id)
{
    std::string out;
    appendCsvField(out, id);
    return out;
}

std::string csvHead(const ListFormat::About&) { return "person,item,rank,score\n"; }

std::string csvLines(const ListFormat::List& list)
{
    std::string out;
    const std::string name = quoted(list.person);
    for (std::size_t rank = 0; rank < list.items.size(); ++rank)
        out +=
            fmt::format("{},{},{},{}\n", name, quoted(list.items[rank]), rank + 1, shortestDecimal(list.scores[rank]));
    return out;
}

std::string jsonHead(const ListFormat::About&) { return {}; }

// A number that JSON has no word for is null.
std::string jsonLines(const ListFormat::List& list)
{
    nlohmann::ordered_json line = {{"person", list.person}, {"items", nlohmann::json::array()}};
    for (std::size_t rank = 0; rank < list.items.size(); ++rank) {
        nlohmann::ordered_json item = {{"item", list.items[rank]}, {"score", nullptr}};
        if (std::isfinite(list.scores[rank]))
            item["score"] = static_cast<double>(list.scores[rank]);
        line["items"].push_back(std::move(item));
    }
    return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

/// A command in the protocol of Redis (RESP): an array of strings with their lengths in bytes, so that ids may hold
/// anything.
std::string command(std::span<const std::string_view> words)
{
    std::string out = fmt::format("*{}\r\n", words.size());
    for (const std::string_view word : words)
        out += fmt::format("${}\r\n{}\r\n", word.size(), word);
    return out;
}

std::string redisHead(const ListFormat::About& about)
{
    const std::string length = std::to_string(about.length);
    const std::array<std::string_view, 8> words{"HSET",    "recs-about",  "model",  about.model,
                                                "dataset", about.dataset, "length", length};
    return command(words);
}

std::string redisLines(const ListFormat::List& list)
{
    const std::string key = fmt::format("recs:{}", list.person);
    std::string out = command(std::array<std::string_view, 2>{"DEL", key});
    if (list.items.empty())
        return out;
    std::vector<std::string_view> words{"RPUSH", key};
    words.insert(words.end(), list.items.begin(), list.items.end());
    return out + command(words);
}

} // namespace

std::span<const ListFormat> listFormats()
{
    static constexpr std::array all{
        ListFormat{"csv", "CSV table", "csv", "a row an item: person,item,rank,score; it can be imported again",
                   csvHead, csvLines},
        ListFormat{"jsonl", "JSON lines", "jsonl", "an object a person, with items and scores", jsonHead, jsonLines},
        ListFormat{"redis", "Redis commands", "redis", "for redis-cli --pipe: a list recs:PERSON each", redisHead,
                   redisLines}};
    return all;
}

Result<const ListFormat*> listFormat(std::string_view id)
{
    std::string known;
    for (const ListFormat& format : listFormats()) {
        if (format.id == id)
            return &format;
        known += known.empty() ? std::string(format.id) : fmt::format(", {}", format.id);
    }
    return error(Code::InvalidArgument, fmt::format("Lists are not written as '{}'", id), "Known are " + known);
}

} // namespace orrery
