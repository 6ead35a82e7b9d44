// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/join.h"

namespace orrery {

struct RecipeColumn {
    std::string header; ///< compared without regard to case, blanks, '_' and '-'
    ColumnRole role = ColumnRole::Ignore;
    bool decimalComma = false;
    DateOrder dates = DateOrder::YearFirst;
    bool operator==(const RecipeColumn&) const = default;
};

/// One kind of file: all tables of events, the catalog, the people, or one that is left out.
struct RecipeTable {
    TableUse use = TableUse::Ignore;
    std::vector<std::string> files; ///< names with * for any text: "orders-*-*.csv"
    std::string separator = ",";
    bool header = true;
    std::size_t columnCount = 0;       ///< of files without a header, whose columns are known by their places
    std::vector<RecipeColumn> columns; ///< those that are used; of files without a header all
    bool operator==(const RecipeTable&) const = default;
};

/// How tables were joined, to do the same with next month's files.
struct ImportRecipe {
    std::vector<RecipeTable> tables;
    JoinOptions options;
    std::optional<Feedback> feedback;
    std::optional<KindWeights> kindWeights;
    BadRows badRows = BadRows::Skip;
    std::size_t badRowLimit = 1000;
    bool operator==(const ImportRecipe&) const = default;
};

/// Digits in names of files become *: they are mostly dates.
[[nodiscard]] ORRERY_API ImportRecipe recipeOf(const JoinRequest& request);
[[nodiscard]] ORRERY_API std::string toJson(const ImportRecipe& recipe);
/// Errors: BadFile where it is no recipe, naming what is wrong.
[[nodiscard]] ORRERY_API Result<ImportRecipe> recipeFromJson(std::string_view json);

/// Of a file. Errors: NotFound, Io, BadFile.
[[nodiscard]] ORRERY_API Result<ImportRecipe> readRecipe(const std::filesystem::path& file);
/// The file appears whole or not at all; one that is there is replaced. Errors: Io.
[[nodiscard]] ORRERY_API Status writeRecipe(const ImportRecipe& recipe, const std::filesystem::path& file);

/// Whether a name fits a pattern, in which * stands for any text; ".gz" at the end and case do not count.
[[nodiscard]] ORRERY_API bool fitsPattern(std::string_view pattern, std::string_view name);

/// The same done with other files. A file is known by its name and must have the columns; one with another name is
/// known by its columns alone. Of an addition tables of the recipe may be missing. Errors: BadFile for a file that fits
/// nothing, naming it and the columns that it lacks; InvalidArgument where there is no file for a table of the recipe,
/// or two for the catalog or the people; those of previewTable.
[[nodiscard]] ORRERY_API Result<JoinRequest> applied(const ImportRecipe& recipe,
                                                     const std::vector<std::filesystem::path>& paths,
                                                     Completeness completeness = Completeness::Dataset);

} // namespace orrery
