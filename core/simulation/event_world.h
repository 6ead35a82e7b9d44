// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/data/dataset.h"
#include "core/data/planted.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// A generated shop or newsroom with the truth about it. Row r of the truth is item r, or person r.
struct EventWorld {
    std::shared_ptr<const Dataset> dataset;
    PlantedItems items;              ///< how much of each dimension is in an item
    PlantedItems people;             ///< how much a person likes it
    std::vector<Timestamp> released; ///< when items were added or published
    std::vector<double> appeal;      ///< log of how often an item is chosen, other things equal
    std::vector<double> quality;     ///< how much more often it is taken when it is looked at, in log-odds
};

/// Writes the dataset as exportDataset does, and the truth beside it: truth_items.csv and truth_people.csv. `folder`
/// must be new or empty. Importing it gives the same dataset, and what is planted. Errors: those of exportDataset;
/// nothing that was written remains after one.
[[nodiscard]] ORRERY_API Status writeEventWorld(const EventWorld& world, const std::filesystem::path& folder,
                                                const JobContext& job);

/// An event as one person's life is drawn: visits are counted within the life.
struct DrawnEvent {
    std::uint32_t item = 0;
    EventKind kind = EventKind::View;
    Timestamp at = 0;
    std::uint32_t visit = 0;
    std::uint16_t position = 0;
    float price = noPrice;
    std::uint8_t device = 0, place = 0; ///< of the words that are given to logOf
};
using DrawnLife = std::vector<DrawnEvent>;

/// Draws each person's life by itself, on all threads. Errors: Cancelled.
[[nodiscard]] Result<std::vector<DrawnLife>> drawLives(std::size_t people, const JobContext& job,
                                                       const std::function<DrawnLife(std::size_t person)>& live);
/// All of them by time, of the same moment by person. Without words no device, or place, is told.
[[nodiscard]] EventLog logOf(const std::vector<DrawnLife>& lives, const std::vector<std::string>& devices,
                             const std::vector<std::string>& places);

/// One tag a row.
class OneTag {
public:
    void add(std::string_view tag);
    [[nodiscard]] TagColumn take() { return std::move(m_column); }

private:
    TagColumn m_column;
};

/// The logistic function.
[[nodiscard]] double chanceOf(double logOdds);
/// `total` visits by people in proportion to a log-normal activity, at least one each.
[[nodiscard]] std::vector<std::size_t> visitsOf(std::size_t people, std::size_t total, double spread,
                                                std::uint64_t seed);
/// Phones mostly in the morning and in the evening: 0 phone, 1 computer, 2 tablet; `phones` is a person's liking for
/// them.
[[nodiscard]] std::uint8_t drawDevice(int hour, double phones, Rng& rng);
inline const std::vector<std::string> deviceWords = {"phone", "computer", "tablet"};

} // namespace orrery
