// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/append.h"
#include "core/data/import_recipe.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace orrery {

// What comes to a dataset that is there: written down by hand, or in files.

using RecordValue = std::variant<std::string, double, std::vector<std::string>>; ///< of a text, a number, tags
/// By column: {"title", "Alien"}.
using RecordValues = std::vector<std::pair<std::string, RecordValue>>;

/// An item that was just written down: nobody used it, and no model was trained on it.
struct ItemRecord {
    std::string id;
    RecordValues values;
};

/// Somebody who was just written down, with what they chose.
struct PersonRecord {
    struct Choice {
        ItemIndex item; ///< of the catalog
        float value = 1;
    };
    std::string id;
    RecordValues values;
    std::vector<Choice> choices;
    Timestamp at = noTime; ///< of all choices; noTime where the dataset has no times
};

/// What somebody typed for a column; tags are parted by commas. Errors: InvalidArgument for a column that there is not,
/// and for a number that is none.
[[nodiscard]] ORRERY_API Result<RecordValue> recordValueFrom(const AttributeTable& table, const std::string& column,
                                                             std::string_view typed);

/// That item alone, as appended() takes it. Errors: InvalidArgument for an id that is empty or there already, for a
/// column that the catalog does not have, and for a value of another kind.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const Dataset>> alone(const ItemRecord& record, const Dataset& whole);
/// That person alone, with the items they chose. Where events tell their kind, a choice is of the kind that counts most
/// among those that occur. Errors: as above, of people.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const Dataset>> alone(const PersonRecord& record, const Dataset& whole);
/// The catalog with that item at its end. Errors: as above.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const Dataset>> withItem(const Dataset& dataset,
                                                                         const ItemRecord& record);
/// As if it had been read from a file.
[[nodiscard]] ORRERY_API Imported importedByHand(const Dataset& alone, const std::string& name);

/// Reads files that are to be added to `whole`: a dataset of a known layout, or tables, which may tell of items or
/// people alone. A recipe among the files must fit; `usual`, that of the dataset, is followed where it does. Values are
/// meant as those of `whole`. Errors: those of filesTogether(), import(), guessJoin(), applied() and join().
[[nodiscard]] ORRERY_API Result<Imported> readMore(const std::vector<std::filesystem::path>& paths,
                                                   const Dataset& whole, const std::optional<ImportRecipe>& usual,
                                                   const JobContext& job);

} // namespace orrery
