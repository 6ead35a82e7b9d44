// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/event_log.h"
#include "core/simulation/generator.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// How much of an item is of one taste.
struct TasteShare {
    std::uint32_t taste = 0;
    float share = 0;
};

/// An item and the truth about it.
struct PlantedItem {
    std::string id, title, genres;
    int year = 0;
    Timestamp released = 0;
    double appeal = 0;  ///< log of how often it is chosen, other things equal
    double quality = 0; ///< in stars, around 0
    std::array<TasteShare, 3> shares{};
    std::uint32_t shareCount = 0;

    [[nodiscard]] std::span<const TasteShare> tastes() const { return std::span(shares).first(shareCount); }
};

/// People of an age (and occupation, unless empty) who are `lift` times as likely to love a taste.
struct Audience {
    std::uint32_t taste = 0;
    int fromAge = 0, toAge = 200;
    std::string occupation;
    double lift = 1;
};

struct PlantedCatalogue {
    std::vector<std::string> tastes;
    std::vector<PlantedItem> items;
    std::vector<Audience> audiences;
};

/// Seconds since 1970 of 1 January, 00:00 UTC.
[[nodiscard]] Timestamp startOfYear(int year);

/// Items, appeals and tastes from the plan's folder; qualities and days of release from its seed.
/// Errors: NotFound, BadRow with file and line.
[[nodiscard]] Result<PlantedCatalogue> readCatalogue(const WorldPlan& plan);
[[nodiscard]] PlantedCatalogue inventCatalogue(const WorldPlan& plan);

} // namespace orrery
