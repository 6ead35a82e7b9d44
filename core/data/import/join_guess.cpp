// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"
#include "core/data/catalog_columns.h"
#include "core/data/import/fields.h"
#include "core/data/join.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace orrery {
namespace {

using namespace reading;

// Folded, between blanks, the surest first.
constexpr std::string_view itemKeys =
    " itemid item productid product sku stockcode articleid article isbn asin movieid "
    "bookid id code itemcode itemno itemnumber productcode productno articleno "
    "articlenumber ean isbn13 gtin upc key number nr ";
constexpr std::string_view personKeys = " personid person customerid customer userid user clientid memberid accountid "
                                        "id customerno customernumber number nr key code ";
constexpr std::string_view parentKeys = " parent parentid parentsku parentcode parentasin group groupid itemgroup "
                                        "itemgroupid productgroup productgroupid variantof style styleid stylecode "
                                        "modelid modelcode masterid mastersku basesku baseproduct ";
constexpr std::string_view otherKeys = " ean isbn isbn10 isbn13 gtin upc asin sku barcode id ";

std::size_t placeIn(std::string_view names, std::string_view header)
{
    const std::string name = foldedName(header);
    return name.empty() ? std::string_view::npos : names.find(' ' + name + ' ');
}

/// What the first rows of a column hold.
struct CellLook {
    std::size_t filled = 0, numbers = 0, different = 0, longest = 0;

    [[nodiscard]] bool isNumeric() const { return filled > 0 && numbers == filled; }
    [[nodiscard]] bool repeats() const { return different * 2 <= filled; }
};

CellLook lookAtCells(const TablePreview& preview, std::size_t column)
{
    CellLook look;
    std::set<std::string_view> different;
    const bool comma = preview.layout.columns[column].decimalComma;
    for (const auto& row : preview.rows) {
        const std::string_view cell = column < row.size() ? trimmed(row[column]) : std::string_view();
        if (cell.empty())
            continue;
        ++look.filled;
        look.numbers += (comma ? parseCommaDouble(cell) : parseDouble(cell)).has_value();
        look.longest = std::max(look.longest, cell.size());
        different.insert(cell);
    }
    look.different = different.size();
    return look;
}

bool hasRole(const TableLayout& layout, ColumnRole role)
{
    return std::ranges::find(layout.columns, role, &ColumnGuess::role) != layout.columns.end();
}

// The column whose name is the surest among `names`; none where no name is.
std::optional<std::size_t> keyAmong(const TableLayout& layout, std::string_view names)
{
    std::optional<std::size_t> best;
    std::size_t bestPlace = std::string_view::npos;
    for (std::size_t c = 0; c < layout.columns.size(); ++c)
        if (const std::size_t place = placeIn(names, layout.columns[c].header); place < bestPlace) {
            best = c;
            bestPlace = place;
        }
    return best;
}

ColumnRole catalogRole(const std::string& header, const CellLook& look)
{
    constexpr std::size_t longTag = 60;
    if (placeIn(parentKeys, header) != std::string_view::npos)
        return ColumnRole::ItemParent;
    if (placeIn(otherKeys, header) != std::string_view::npos || look.filled == 0)
        return ColumnRole::Ignore;
    const auto field = catalogFieldOf(header);
    if (field == CatalogField::Title)
        return ColumnRole::ItemTitle;
    if (field == CatalogField::Text || field == CatalogField::Image)
        return ColumnRole::ItemText;
    const bool isCode =
        field == CatalogField::Category || field == CatalogField::Brand || field == CatalogField::Seller;
    if (look.isNumeric() && !isCode)
        return ColumnRole::ItemNumber;
    if (field == CatalogField::Added)
        return ColumnRole::ItemText;
    return isCode || look.repeats() || look.longest <= longTag ? ColumnRole::ItemTags : ColumnRole::ItemText;
}

ColumnRole personRole(const CellLook& look)
{
    if (look.isNumeric())
        return look.repeats() ? ColumnRole::PersonNumber : ColumnRole::Ignore;
    return look.filled > 0 && look.repeats() ? ColumnRole::PersonTag : ColumnRole::Ignore;
}

void keepFirst(TableLayout& layout, ColumnRole role, ColumnRole instead)
{
    bool met = false;
    for (ColumnGuess& column : layout.columns)
        if (column.role == role && std::exchange(met, true))
            column.role = instead;
}

TableLayout catalogLayout(const TablePreview& preview)
{
    TableLayout layout = preview.layout;
    const auto key = keyAmong(layout, itemKeys);
    for (std::size_t c = 0; c < layout.columns.size(); ++c)
        layout.columns[c].role =
            key == c ? ColumnRole::Item : catalogRole(layout.columns[c].header, lookAtCells(preview, c));
    keepFirst(layout, ColumnRole::ItemTitle, ColumnRole::ItemText);
    keepFirst(layout, ColumnRole::ItemParent, ColumnRole::Ignore);
    return layout;
}

TableLayout peopleLayout(const TablePreview& preview)
{
    TableLayout layout = preview.layout;
    const auto key = keyAmong(layout, personKeys);
    for (std::size_t c = 0; c < layout.columns.size(); ++c)
        layout.columns[c].role = key == c ? ColumnRole::Person : personRole(lookAtCells(preview, c));
    return layout;
}

// The surest way in which roles guessed for events speak of another table.
JoinTable guessed(const std::filesystem::path& path, const TablePreview& preview)
{
    const bool person = hasRole(preview.layout, ColumnRole::Person), item = hasRole(preview.layout, ColumnRole::Item);
    TableUse use = TableUse::Ignore;
    if (person && item)
        use = TableUse::Events;
    else if (person)
        use = TableUse::People;
    else if (item || keyAmong(preview.layout, itemKeys))
        use = TableUse::Catalog;
    return usedAs(use, path, preview);
}

std::string whyOf(const JoinTable& table)
{
    const auto header = [&](ColumnRole role) {
        const auto found = std::ranges::find(table.layout.columns, role, &ColumnGuess::role);
        return found == table.layout.columns.end() ? std::string("none") : "'" + found->header + "'";
    };
    switch (table.use) {
    case TableUse::Events:
        return fmt::format("{} is the person and {} the item", header(ColumnRole::Person), header(ColumnRole::Item));
    case TableUse::Catalog: return fmt::format("{} is the item, and no column is a person", header(ColumnRole::Item));
    case TableUse::People: return fmt::format("{} is the person, and no column is an item", header(ColumnRole::Person));
    default: return "no column is known to be a person or an item";
    }
}

void keepOnlyOne(JoinRequest& request, TableUse use)
{
    const JoinTable* first = nullptr;
    for (JoinTable& table : request.tables)
        if (table.use == use && std::exchange(first, first ? first : &table)) {
            table.use = TableUse::Ignore;
            table.why = fmt::format("'{}' is the {} already", first->path.filename().string(), idOf(use));
        }
}

} // namespace

JoinTable usedAs(TableUse use, const std::filesystem::path& path, const TablePreview& preview)
{
    JoinTable table{path, use, preview.layout, {}};
    if (use == TableUse::Catalog)
        table.layout = catalogLayout(preview);
    else if (use == TableUse::People)
        table.layout = peopleLayout(preview);
    table.why = whyOf(table);
    return table;
}

Result<JoinRequest> guessJoin(const std::vector<std::filesystem::path>& paths)
{
    JoinRequest request;
    for (const auto& path : paths) {
        const auto preview = previewTable(path);
        if (!preview)
            return tl::unexpected(preview.error());
        request.tables.push_back(guessed(path, *preview));
    }
    keepOnlyOne(request, TableUse::Catalog);
    keepOnlyOne(request, TableUse::People);
    const auto isThere = [&](TableUse use) {
        return std::ranges::find(request.tables, use, &JoinTable::use) != request.tables.end();
    };
    // Where nothing is joined by them, keys are read as those of a single table are.
    request.options.itemFixes[KeyFix::Trim] = !isThere(TableUse::Catalog);
    request.options.personFixes[KeyFix::Trim] = !isThere(TableUse::People);
    return request;
}

} // namespace orrery
