// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import_recipe.h"

#include "core/base/whole_file.h"
#include "core/base/words.h"
#include "core/data/import/fields.h"
#include "core/data/import/file_set.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

using namespace reading;

constexpr std::size_t mostRecipeBytes = 1024 * 1024;

std::string fileNameOf(const std::filesystem::path& path) { return withoutGz(path.filename().string()); }

std::string patternOf(const std::filesystem::path& path)
{
    std::string out;
    for (const char c : fileNameOf(path)) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit)
            out += c;
        else if (out.empty() || out.back() != '*')
            out += '*';
    }
    return out;
}

RecipeTable recipeTable(const JoinTable& table)
{
    RecipeTable out;
    out.use = table.use;
    out.files = {patternOf(table.path)};
    if (table.use == TableUse::Ignore)
        return out;
    out.separator = table.layout.separator;
    out.header = table.layout.header;
    out.columnCount = out.header ? 0 : table.layout.columns.size();
    for (const ColumnGuess& column : table.layout.columns)
        if (!out.header || column.role != ColumnRole::Ignore)
            out.columns.push_back({column.header, column.role, column.decimalComma, column.dates});
    return out;
}

bool fitsName(const RecipeTable& table, const std::string& name)
{
    return std::ranges::any_of(table.files, [&](const std::string& pattern) { return fitsPattern(pattern, name); });
}

/// A file as one of the tables, or what it lacks for that.
struct Fit {
    std::size_t table = 0;
    TableLayout layout;
    std::vector<std::string> missing, there;
    bool named = false; ///< its name is that of such files
};

Fit fitOf(const RecipeTable& table, const TablePreview& preview)
{
    Fit fit;
    fit.layout = preview.layout;
    for (ColumnGuess& column : fit.layout.columns) {
        column.role = ColumnRole::Ignore;
        fit.there.push_back(column.header);
    }
    auto& columns = fit.layout.columns;
    if (!table.header && columns.size() != table.columnCount) {
        fit.missing = {counted(table.columnCount, "column")};
        return fit;
    }
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const RecipeColumn& wanted = table.columns[c];
        const auto found = !table.header
                               ? (c < columns.size() ? columns.begin() + static_cast<std::ptrdiff_t>(c) : columns.end())
                               : std::ranges::find(columns, foldedName(wanted.header),
                                                   [](const ColumnGuess& column) { return foldedName(column.header); });
        if (found == columns.end()) {
            fit.missing.push_back(wanted.header);
            continue;
        }
        found->role = wanted.role;
        found->decimalComma = wanted.decimalComma;
        found->dates = wanted.dates;
    }
    return fit;
}

// With the separator of the recipe, or, where the columns are not there, with the one that the file seems to have.
Result<Fit> fitTo(const RecipeTable& table, const std::filesystem::path& path)
{
    const auto as = previewTable(path, {table.separator, table.header, {}});
    if (!as)
        return tl::unexpected(as.error());
    Fit fit = fitOf(table, *as);
    if (!fit.missing.empty()) {
        const auto seems = previewTable(path, {{}, table.header, {}});
        if (!seems)
            return tl::unexpected(seems.error());
        if (Fit other = fitOf(table, *seems); other.missing.size() < fit.missing.size())
            fit = std::move(other);
    }
    return fit;
}

tl::unexpected<Error> misfit(const ImportRecipe& recipe, const std::filesystem::path& path, const Fit& nearest)
{
    const std::string name = path.filename().string();
    return error(Code::BadFile,
                 fmt::format("'{}' does not fit the recipe: as {} it lacks {}", name,
                             idOf(recipe.tables[nearest.table].use), fmt::join(nearest.missing, ", ")),
                 fmt::format("Its columns are {}. Rename them in the file, or import it without the recipe",
                             fmt::join(nearest.there, ", ")),
                 name);
}

// The best table for a file: of those that it fits the one of its name, then the one with the most columns.
Result<Fit> bestFit(const ImportRecipe& recipe, const std::filesystem::path& path)
{
    std::optional<Fit> best;
    const auto rank = [&](const Fit& fit) {
        const std::size_t columns = recipe.tables[fit.table].columns.size();
        return std::tuple(fit.missing.empty(), fit.named, fit.missing.empty() ? columns : 0,
                          columns - std::min(columns, fit.missing.size()));
    };
    bool isLeftOut = false;
    for (std::size_t t = 0; t < recipe.tables.size(); ++t) {
        const bool named = fitsName(recipe.tables[t], fileNameOf(path));
        if (recipe.tables[t].use == TableUse::Ignore) {
            isLeftOut = isLeftOut || named;
            continue;
        }
        auto fit = fitTo(recipe.tables[t], path);
        if (!fit)
            return fit;
        fit->table = t;
        fit->named = named;
        if (!best || rank(*fit) > rank(*best))
            best = std::move(*fit);
    }
    if (best && best->missing.empty() && (best->named || !isLeftOut))
        return std::move(*best);
    if (isLeftOut || !best) {
        Fit none;
        none.table = recipe.tables.size();
        return none;
    }
    return misfit(recipe, path, *best);
}

Status checkComplete(const ImportRecipe& recipe, const JoinRequest& request)
{
    for (const RecipeTable& table : recipe.tables) {
        const auto there = std::ranges::count(request.tables, table.use, &JoinTable::use);
        const bool mayLack = request.completeness == Completeness::Addition;
        if (table.use == TableUse::Ignore || there == 1 || (there == 0 && mayLack) ||
            (table.use == TableUse::Events && there > 1))
            continue;
        std::vector<std::string> columns;
        for (const RecipeColumn& column : table.columns)
            if (column.role != ColumnRole::Ignore)
                columns.push_back(column.header);
        return error(Code::InvalidArgument,
                     fmt::format("{} of the files can be the {} of the recipe", there == 0 ? "None" : "Several",
                                 idOf(table.use)),
                     fmt::format("It needs one like '{}', with the columns {}",
                                 table.files.empty() ? std::string("*") : table.files.front(),
                                 fmt::join(columns, ", ")));
    }
    return checkJoin(request);
}

} // namespace

ImportRecipe recipeOf(const JoinRequest& request)
{
    ImportRecipe recipe;
    recipe.options = request.options;
    recipe.feedback = request.feedback;
    recipe.kindWeights = request.kindWeights;
    recipe.badRows = request.badRows;
    recipe.badRowLimit = request.badRowLimit;
    for (const JoinTable& table : request.tables) {
        RecipeTable one = recipeTable(table);
        const auto same =
            std::ranges::find_if(recipe.tables, [&](const RecipeTable& known) { return known.use == one.use; });
        if (same == recipe.tables.end())
            recipe.tables.push_back(std::move(one));
        else if (std::ranges::find(same->files, one.files.front()) == same->files.end())
            same->files.push_back(one.files.front());
    }
    return recipe;
}

Result<ImportRecipe> readRecipe(const std::filesystem::path& file)
{
    auto source = openFile(file);
    if (!source)
        return tl::unexpected(source.error());
    const auto text = readStart(**source, mostRecipeBytes);
    if (!text)
        return tl::unexpected(text.error());
    auto recipe = recipeFromJson(*text);
    if (recipe)
        return recipe;
    Error problem = recipe.error();
    problem.where = file.filename().string();
    return tl::unexpected(std::move(problem));
}

Status writeRecipe(const ImportRecipe& recipe, const std::filesystem::path& file)
{
    WholeFile out(file);
    out.write(toJson(recipe));
    return out.finish();
}

bool fitsPattern(std::string_view pattern, std::string_view name)
{
    const std::string wanted = lowerCase(withoutGz(pattern)), given = lowerCase(withoutGz(name));
    // Where the last * may take one more letter, and what comes after it is tried again.
    std::size_t p = 0, n = 0, star = std::string::npos, taken = 0;
    while (n < given.size()) {
        if (p < wanted.size() && wanted[p] == '*') {
            star = p++;
            taken = n;
        } else if (p < wanted.size() && wanted[p] == given[n]) {
            ++p;
            ++n;
        } else if (star != std::string::npos) {
            p = star + 1;
            n = ++taken;
        } else {
            return false;
        }
    }
    return wanted.find_first_not_of('*', p) == std::string::npos;
}

Result<JoinRequest> applied(const ImportRecipe& recipe, const std::vector<std::filesystem::path>& paths,
                            Completeness completeness)
{
    JoinRequest request;
    request.completeness = completeness;
    request.options = recipe.options;
    request.feedback = recipe.feedback;
    request.kindWeights = recipe.kindWeights;
    request.badRows = recipe.badRows;
    request.badRowLimit = recipe.badRowLimit;
    for (const auto& path : paths) {
        auto fit = bestFit(recipe, path);
        if (!fit)
            return tl::unexpected(fit.error());
        JoinTable table{path, TableUse::Ignore, std::move(fit->layout), "the recipe leaves it out"};
        if (fit->table < recipe.tables.size()) {
            table.use = recipe.tables[fit->table].use;
            table.why =
                fit->named ? "its name and its columns are those of the recipe" : "its columns are those of the recipe";
        }
        request.tables.push_back(std::move(table));
    }
    if (auto complete = checkComplete(recipe, request); !complete)
        return tl::unexpected(complete.error());
    return request;
}

} // namespace orrery
