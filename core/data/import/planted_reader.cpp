// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/planted_reader.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

constexpr std::string_view fileName = "truth_items.csv";
constexpr std::array<std::string_view, 3> facts = {"released", "appeal", "quality"};

std::size_t firstDimension(const Header& header) { return *header.find("quality") + 1; }

bool isThere(const FileSet& files)
{
    if (!files.has(fileName))
        return false;
    const Header header(firstRecord(files.peek(fileName), {}));
    return namesAll(header, facts) && firstDimension(header) < header.size();
}

OnRecord plantedReader(const Assembly& assembly, const Header& header, PlantedItems& planted)
{
    const std::size_t first = firstDimension(header);
    planted.dimensions.assign(header.names().begin() + static_cast<std::ptrdiff_t>(first), header.names().end());
    planted.values.assign(assembly.items.names().size() * planted.dimensions.size(), 0);
    return [&assembly, &planted, first](const Record& record) -> std::optional<Refusal> {
        const std::string_view id = trimmed(record.fields.front());
        const auto item = assembly.items.names().find(id);
        if (!item)
            return Refusal{Fault::UnknownItem, fmt::format("{} '{}' is not known", assembly.itemWord, excerpt(id, 60))};
        std::vector<float> row;
        for (std::size_t i = first; i < record.fields.size(); ++i) {
            const auto value = parseDouble(record.fields[i]);
            if (!value || !std::isfinite(static_cast<float>(*value)))
                return Refusal{Fault::NotANumber, fmt::format("'{}' is not a number", excerpt(record.fields[i], 60))};
            row.push_back(static_cast<float>(*value));
        }
        std::ranges::copy(row, planted.values.begin() + static_cast<std::ptrdiff_t>(*item * row.size()));
        return std::nullopt;
    };
}

} // namespace

Result<std::shared_ptr<const PlantedItems>> readPlanted(Assembly& assembly, const FileSet& files)
{
    if (!isThere(files))
        return std::shared_ptr<const PlantedItems>();
    PlantedItems planted;
    const auto read = readCsv(assembly, files, fileName, "planted truth", facts,
                              [&](const Header& header) { return plantedReader(assembly, header, planted); });
    return read.map([&] { return std::make_shared<const PlantedItems>(std::move(planted)); });
}

} // namespace orrery::reading
