// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/planted_store.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

namespace orrery::store {
namespace {

constexpr std::string_view arrayName = "planted", arrayType = "float32";

std::string checksumOf(DatasetId dataset, std::string_view dimensions, std::span<const float> values)
{
    return Hasher().number(static_cast<std::uint64_t>(dataset)).text(dimensions).values(values).hex();
}

/// Nothing where it is no JSON array of texts.
std::optional<std::vector<std::string>> dimensionsIn(std::string_view text)
{
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_array() || !std::ranges::all_of(json, [](const auto& name) { return name.is_string(); }))
        return std::nullopt;
    return json.get<std::vector<std::string>>();
}

Result<std::vector<float>> readValues(const OpenWorkspace& open, DatasetId dataset)
{
    const auto arrays = open.blobs().list(Owner::Dataset, dataset);
    if (!arrays)
        return tl::unexpected(arrays.error());
    const auto found = std::ranges::find(*arrays, arrayName, &StoredArray::name);
    if (found == arrays->end())
        return open.damaged("what is planted");
    return open.blobs().values<float>(*found, arrayType);
}

} // namespace

Status writePlanted(const OpenWorkspace& open, DatasetId dataset, const PlantedItems& planted)
{
    const std::string dimensions =
        nlohmann::json(planted.dimensions).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return open.database.prepare("INSERT INTO planted (id, dimensions, checksum) VALUES (?, ?, ?)")
        .run(dataset, dimensions, checksumOf(dataset, dimensions, planted.values))
        .status()
        .and_then([&] {
            return open.blobs().write(Owner::Dataset, dataset, arrayName, arrayType,
                                      std::as_bytes(std::span(planted.values)));
        })
        .and_then([&] { return open.seal("planted"); });
}

Result<std::shared_ptr<const PlantedItems>> readPlanted(const OpenWorkspace& open, DatasetId dataset, std::size_t items)
{
    if (const auto whole = open.checkSeal("planted"); !whole)
        return tl::unexpected(whole.error());
    auto row = open.database.prepare("SELECT dimensions, checksum FROM planted WHERE id = ?");
    if (!row.with(dataset).next())
        return row.status().map([] { return std::shared_ptr<const PlantedItems>(); });
    auto values = readValues(open, dataset);
    if (!values)
        return tl::unexpected(values.error());
    if (checksumOf(dataset, row.text(0), *values) != row.text(1))
        return open.damaged("what is planted");
    auto dimensions = dimensionsIn(row.text(0));
    if (!dimensions || values->size() != items * dimensions->size() ||
        !std::ranges::all_of(*values, [](float value) { return std::isfinite(value); }))
        return open.damaged("what is planted");
    return std::make_shared<const PlantedItems>(PlantedItems{std::move(*dimensions), std::move(*values)});
}

} // namespace orrery::store
