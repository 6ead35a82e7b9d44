// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/catalog_columns.h"

#include "core/data/import/fields.h"

#include <string>

namespace orrery {
namespace {

// Folded, between blanks, the most usual first; the name that readers give stands apart.
struct Names {
    std::string_view given, others;
};
constexpr std::array<Names, catalogFieldCount> fieldNames = {{
    {"title", " title name productname itemname producttitle itemtitle headline "},
    {"categories", " categories category categorypath categoryid categorycode genres department subcategory "
                   "producttype section "},
    {"brand", " brand brandname manufacturer maker label author authors artist publisher "},
    {"price", " price unitprice saleprice currentprice listprice cost "},
    {"stock", " stock instock available availability quantityinstock inventory onhand "},
    {"margin", " margin margintier marginpercent profitmargin profit "},
    {"promoted", " promoted promotion onpromotion ispromoted sponsored onsale featured "},
    {"seller", " seller sellerid store shop merchant vendor supplier provider "},
    {"added", " added dateadded addedat createdat created published publishedat publicationdate releasedate "
              "launched firstsold year "},
    {"description", " description text plot abstract body summary details overview "},
    {"image", " image imagepath imageurl imageurls images picture photo thumbnail cover imurl "},
}};

// How usual a name is for a field, lower is more; npos where it is none.
std::size_t placeOf(std::string_view name, const Names& names)
{
    if (name.empty())
        return std::string_view::npos;
    return name == names.given ? 0 : names.others.find(' ' + std::string(name) + ' ');
}

} // namespace

std::string_view nameOf(CatalogField field) { return fieldNames[static_cast<std::size_t>(field)].given; }

std::optional<CatalogField> catalogFieldOf(std::string_view column)
{
    const std::string name = reading::foldedName(column);
    for (std::size_t field = 0; field < catalogFieldCount; ++field)
        if (placeOf(name, fieldNames[field]) != std::string_view::npos)
            return static_cast<CatalogField>(field);
    return std::nullopt;
}

CatalogColumns::CatalogColumns(const AttributeTable& items)
{
    std::array<std::size_t, catalogFieldCount> best;
    best.fill(std::string_view::npos);
    for (const AttributeColumn& column : items.columns()) {
        const std::string name = reading::foldedName(column.name);
        for (std::size_t field = 0; field < catalogFieldCount; ++field)
            if (const std::size_t place = placeOf(name, fieldNames[field]); place < best[field]) {
                best[field] = place;
                m_columns[field] = &column;
            }
    }
}

} // namespace orrery
