// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/table_guess.h"

#include "core/data/import/format.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t previewRows = 100;
using Rows = std::vector<std::vector<std::string>>;

struct NamedRole {
    ColumnRole role;
    std::string_view names; ///< folded, between blanks
};

// Names seen in public datasets and shop exports; the first role that fits a column takes it.
constexpr std::array<NamedRole, 16> namedRoles = {{
    {ColumnRole::Person,
     " user person customer visitor reviewer member uid account client msno buyer shopper subscriber kunden "},
    {ColumnRole::Item,
     " item movie film product stockcode sku asin parentasin article book isbn isbn13 ean track song artist "
     "newsid iid artikel "},
    {ColumnRole::Value,
     " rating ratings score stars value quantity qty menge count plays playcount listens clicks views "
     "weight overall strength amount units bookrating "},
    {ColumnRole::Time,
     " timestamp time date datetime invoicedate orderdate purchasedate orderedat at createdat eventtime "
     "unixreviewtime reviewtime ts datum bestelldatum "},
    {ColumnRole::Kind, " event eventtype kind action behavior behaviour interaction "},
    {ColumnRole::Device, " device devicetype devicecategory platform browser os "},
    {ColumnRole::Place, " place location store shop branch venue "},
    {ColumnRole::Session, " session visit basket cart invoice order transaction receipt impressionid bestell "},
    {ColumnRole::Position, " position rank slot placement shownat "},
    {ColumnRole::Price, " price unitprice saleprice priceperunit "},
    {ColumnRole::ItemTitle, " title name itemname itemtitle productname producttitle description movietitle "},
    {ColumnRole::ItemTags, " genres genre category categories tags brand categoryid categorycode "},
    {ColumnRole::ItemText, " plot summary text overview "},
    {ColumnRole::ItemNumber, " listprice year "},
    {ColumnRole::PersonTag, " gender sex occupation country city region "},
    {ColumnRole::PersonNumber, " age "},
}};
constexpr std::array<std::string_view, 8> keyEndings = {"id", "no", "nr", "number", "nummer", "code", "key", "ref"};
constexpr std::string_view countNames =
    " quantity qty menge count plays playcount listens clicks views weight strength amount "
    "units ";

std::string folded(std::string_view name)
{
    std::string out = lowerCase(trimmed(name));
    std::erase_if(out, [](char c) { return c == ' ' || c == '_' || c == '-' || c == '.'; });
    return out;
}

bool isAmong(std::string_view names, std::string_view header)
{
    const std::string name = folded(header);
    return !name.empty() && names.find(' ' + name + ' ') != std::string_view::npos;
}

// "Customer No", "customer_key": what the number is of.
bool isNamed(const NamedRole& role, std::string_view header)
{
    if (isAmong(role.names, header))
        return true;
    const bool hasKeys =
        role.role == ColumnRole::Person || role.role == ColumnRole::Item || role.role == ColumnRole::Session;
    const std::string name = folded(header);
    return hasKeys && std::ranges::any_of(keyEndings, [&](std::string_view ending) {
               return name.size() > ending.size() && name.ends_with(ending) &&
                      isAmong(role.names, name.substr(0, name.size() - ending.size()));
           });
}

Rows rowsOf(std::string_view sample, const Dialect& dialect, bool complete)
{
    Rows rows;
    RecordCursor cursor(sample, dialect);
    Record record;
    while (rows.size() <= previewRows && cursor.next(record)) {
        const bool cut = !complete && cursor.position() >= sample.size();
        if (record.problem == RecordProblem::None && !(cut && !rows.empty())) {
            auto& row = rows.emplace_back();
            for (const std::string_view field : record.fields)
                row.push_back(toUtf8(field));
        }
    }
    return rows;
}

std::string_view guessSeparator(std::string_view sample, bool complete)
{
    std::string_view best = ",";
    std::pair<std::size_t, std::size_t> bestScore{0, 0};
    for (const std::string_view separator : {",", "\t", ";", "::", "|"}) {
        const Rows rows = rowsOf(sample, dialectOf(separator), complete);
        if (rows.empty() || rows[0].size() < 2)
            continue;
        const auto even = static_cast<std::size_t>(
            std::ranges::count_if(rows, [&](const auto& row) { return row.size() == rows[0].size(); }));
        const std::pair score{even, rows[0].size()};
        if (score > bestScore) {
            bestScore = score;
            best = separator;
        }
    }
    return best;
}

/// What the values of a column look like.
struct ColumnLook {
    std::size_t filled = 0, numbers = 0, times = 0;
    double lowest = 0, highest = 0;
    bool decimalComma = false;
    DateOrder dates = DateOrder::YearFirst;
};

// "4,5" and "0,125" have a decimal comma; "1,234" may be in thousands.
bool isSurelyDecimal(std::string_view text)
{
    const std::size_t comma = text.find(',');
    std::string_view whole = text.substr(0, comma);
    if (!whole.empty() && (whole[0] == '-' || whole[0] == '+'))
        whole.remove_prefix(1);
    return text.size() - comma - 1 != 3 || whole.empty() || whole[0] == '0' || whole.size() > 3;
}

bool hasDecimalCommas(std::span<const std::vector<std::string>> rows, std::size_t column)
{
    bool sure = false;
    for (const auto& row : rows) {
        const std::string_view text = column < row.size() ? trimmed(row[column]) : std::string_view();
        if (text.find('.') != std::string_view::npos && parseDouble(text))
            return false;
        sure = sure || (pointForComma(text) && isSurelyDecimal(text));
    }
    return sure;
}

/// How the cells of a column read as dates in that order.
struct DateLook {
    std::size_t times = 0;
    std::size_t back = 0; ///< so often one is before that of the line above
};

DateLook lookAtDates(std::span<const std::vector<std::string>> rows, std::size_t column, DateOrder dates)
{
    DateLook look;
    Timestamp before = noTime;
    for (const auto& row : rows) {
        const auto time =
            column < row.size() ? parseTime(row[column], dates) : Field<Timestamp>{noTime, Fault::EmptyTime};
        if (time.fault)
            continue;
        ++look.times;
        look.back += before != noTime && time.value < before;
        before = time.value;
    }
    return look;
}

// The order in which most cells are dates; of two that read as many, the one in which lines follow one another, as
// exports are sorted mostly; else points stand in dates with the day first, and strokes in those with the month first.
DateOrder guessDates(std::span<const std::vector<std::string>> rows, std::size_t column)
{
    const DateLook plain = lookAtDates(rows, column, DateOrder::YearFirst);
    const DateLook day = lookAtDates(rows, column, DateOrder::DayFirst);
    const DateLook month = lookAtDates(rows, column, DateOrder::MonthFirst);
    if (plain.times >= std::max(day.times, month.times))
        return DateOrder::YearFirst;
    if (day.times != month.times)
        return day.times > month.times ? DateOrder::DayFirst : DateOrder::MonthFirst;
    if (day.back != month.back)
        return day.back < month.back ? DateOrder::DayFirst : DateOrder::MonthFirst;
    const bool points = std::ranges::any_of(
        rows, [&](const auto& row) { return column < row.size() && row[column].find('.') != std::string::npos; });
    return points ? DateOrder::DayFirst : DateOrder::MonthFirst;
}

ColumnLook lookAt(std::span<const std::vector<std::string>> rows, std::size_t column, const ColumnGuess& as)
{
    ColumnLook look;
    look.decimalComma = as.decimalComma;
    look.dates = as.dates;
    for (const auto& row : rows) {
        if (column >= row.size() || trimmed(row[column]).empty())
            continue;
        ++look.filled;
        if (const auto number = as.decimalComma ? parseCommaDouble(row[column]) : parseDouble(row[column])) {
            look.lowest = look.numbers == 0 ? *number : std::min(look.lowest, *number);
            look.highest = look.numbers == 0 ? *number : std::max(look.highest, *number);
            ++look.numbers;
        }
        look.times += !parseTime(row[column], as.dates).fault;
    }
    return look;
}

bool anyNumber(const std::vector<std::string>& row)
{
    return std::ranges::any_of(row, [](const std::string& field) {
        return parseDouble(field) || pointForComma(field) || !parseTime(field, DateOrder::DayFirst).fault ||
               !parseTime(field, DateOrder::MonthFirst).fault;
    });
}

bool isKnownName(const std::string& name)
{
    return std::ranges::any_of(namedRoles, [&](const NamedRole& role) { return isNamed(role, name); });
}

bool guessHeader(const Rows& rows)
{
    if (rows.empty() || anyNumber(rows[0]))
        return false;
    return std::ranges::any_of(rows[0], isKnownName) ||
           std::any_of(rows.begin() + 1, rows.end(), [](const auto& row) { return anyNumber(row); });
}

bool fits(ColumnRole role, const ColumnLook& look)
{
    // Lines without a number are refused later, and counted.
    if (role == ColumnRole::Value || role == ColumnRole::Position || role == ColumnRole::Price)
        return look.filled == 0 || look.numbers * 2 >= look.filled;
    if (role == ColumnRole::ItemNumber || role == ColumnRole::PersonNumber)
        return look.filled == 0 || look.numbers * 10 >= look.filled * 9;
    return role != ColumnRole::Time || look.filled == 0 || look.times * 10 >= look.filled * 9;
}

bool onlyOnce(ColumnRole role)
{
    return role == ColumnRole::Person || role == ColumnRole::Item || role == ColumnRole::Value ||
           role == ColumnRole::Time || role == ColumnRole::Kind || role == ColumnRole::Device ||
           role == ColumnRole::Place || role == ColumnRole::Session || role == ColumnRole::Position ||
           role == ColumnRole::Price || role == ColumnRole::ItemTitle;
}

std::string describe(const ColumnLook& look)
{
    if (look.filled == 0)
        return "the first values are empty";
    if (look.numbers == look.filled)
        return fmt::format("{} of {} values are numbers from {} to {}{}", look.numbers, look.filled, look.lowest,
                           look.highest, look.decimalComma ? ", with decimal commas" : "");
    if (look.times == look.filled)
        return fmt::format("{} of {} values are times{}", look.times, look.filled,
                           look.dates == DateOrder::DayFirst     ? ", the day before the month"
                           : look.dates == DateOrder::MonthFirst ? ", the month before the day"
                                                                 : "");
    return "its values are texts";
}

void guessByName(TableLayout& layout, std::span<const ColumnLook> looks)
{
    std::set<ColumnRole> taken;
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        ColumnGuess& guess = layout.columns[c];
        const auto named = std::ranges::find_if(namedRoles, [&](const NamedRole& role) {
            return isNamed(role, guess.header) && fits(role.role, looks[c]) &&
                   !(onlyOnce(role.role) && taken.contains(role.role));
        });
        guess.why = fmt::format("{}; {}",
                                named == namedRoles.end() ? "the header says nothing that is known"
                                                          : fmt::format("header says '{}'", guess.header),
                                describe(looks[c]));
        if (named != namedRoles.end()) {
            guess.role = named->role;
            taken.insert(named->role);
        }
    }
    // Where nobody is named, a visit is who acts.
    const auto visit = std::ranges::find(layout.columns, ColumnRole::Session, &ColumnGuess::role);
    if (!taken.contains(ColumnRole::Person) && visit != layout.columns.end())
        visit->role = ColumnRole::Person;
}

// Without a header: person, item, then a number as the value, then times that are recent enough to be times.
void guessByPlace(TableLayout& layout, std::span<const ColumnLook> looks)
{
    if (layout.columns.size() < 2)
        return;
    bool value = false, time = false;
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        ColumnGuess& guess = layout.columns[c];
        const ColumnLook& look = looks[c];
        const bool recent = look.filled > 0 && look.times == look.filled && (look.numbers == 0 || look.lowest > 1e8);
        if (c < 2)
            guess.role = c == 0 ? ColumnRole::Person : ColumnRole::Item;
        else if (!time && recent)
            guess.role = ColumnRole::Time;
        else if (!value && !recent && look.filled > 0 && look.numbers == look.filled)
            guess.role = ColumnRole::Value;
        value = value || guess.role == ColumnRole::Value;
        time = time || guess.role == ColumnRole::Time;
        guess.why = fmt::format("there is no header; {}", describe(look));
    }
}

std::optional<std::size_t> only(const TableLayout& layout, ColumnRole role)
{
    const auto found = std::ranges::find(layout.columns, role, &ColumnGuess::role);
    return found == layout.columns.end() ? std::nullopt
                                         : std::optional(static_cast<std::size_t>(found - layout.columns.begin()));
}

Status checkRoles(const TableLayout& layout)
{
    for (const auto& [role, word] : {std::pair{ColumnRole::Person, "person"}, std::pair{ColumnRole::Item, "item"}})
        if (!only(layout, role))
            return error(Code::InvalidArgument, fmt::format("No column is the {}", word),
                         "Choose the column that says who, and the one that says what");
    for (const ColumnGuess& column : layout.columns)
        if (onlyOnce(column.role) && std::ranges::count(layout.columns, column.role, &ColumnGuess::role) > 1)
            return error(Code::InvalidArgument, fmt::format("Two columns are the {}", idOf(column.role)),
                         "Choose one of them");
    if (const auto parent = only(layout, ColumnRole::ItemParent))
        return error(Code::InvalidArgument,
                     fmt::format("'{}' says which product a variant belongs to: that is read of catalogs only",
                                 layout.columns[*parent].header),
                     "Give the column another role");
    return checkSeparator(layout.separator);
}

} // namespace

Dialect dialectOf(std::string_view separator)
{
    return {std::string(separator), separator != "|" && separator != "::"};
}

Status checkSeparator(std::string_view separator)
{
    const bool isUsable =
        !separator.empty() && separator.size() <= 2 && separator.find_first_of("\"\r\n\0"sv) == std::string_view::npos;
    if (!isUsable)
        return error(Code::InvalidArgument, fmt::format("'{}' cannot be a separator", separator),
                     "A separator is one character, or '::'");
    return {};
}

TablePreview guessTable(std::string_view sample, bool complete, const TableHints& hints)
{
    if (sample.starts_with("\xEF\xBB\xBF"))
        sample.remove_prefix(3);
    TablePreview preview;
    preview.layout.separator = hints.separator.empty() ? guessSeparator(sample, complete) : hints.separator;
    preview.rows = rowsOf(sample, dialectOf(preview.layout.separator), complete);
    if (preview.rows.empty())
        return preview;
    preview.looksLikeHeader = guessHeader(preview.rows);
    preview.layout.header = hints.header.value_or(preview.looksLikeHeader);
    const std::size_t columns = preview.rows[0].size();
    for (std::size_t c = 0; c < columns; ++c)
        preview.layout.columns.push_back({preview.layout.header && !trimmed(preview.rows[0][c]).empty()
                                              ? std::string(trimmed(preview.rows[0][c]))
                                              : fmt::format("column {}", c + 1)});
    if (preview.layout.header)
        preview.rows.erase(preview.rows.begin());
    if (preview.rows.size() > previewRows)
        preview.rows.pop_back();
    std::vector<ColumnLook> looks;
    const bool commaIsFree = preview.layout.separator != ",";
    for (std::size_t c = 0; c < columns; ++c) {
        ColumnGuess& guess = preview.layout.columns[c];
        guess.decimalComma = hints.decimalComma.value_or(commaIsFree && hasDecimalCommas(preview.rows, c));
        guess.dates = hints.dates.value_or(guessDates(preview.rows, c));
        looks.push_back(lookAt(preview.rows, c, guess));
    }
    if (preview.layout.header)
        guessByName(preview.layout, looks);
    else if (hints.header.has_value() || (!preview.rows.empty() && anyNumber(preview.rows[0])))
        guessByPlace(preview.layout, looks);
    else
        for (ColumnGuess& guess : preview.layout.columns)
            guess.why = "nothing says whether the first line is a header";
    return preview;
}

std::vector<AttributeField> attributesOf(const TableLayout& layout)
{
    std::vector<AttributeField> out;
    std::set<std::string> names;
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        const ColumnGuess& column = layout.columns[c];
        if (column.role < ColumnRole::ItemTitle)
            continue;
        std::string name = column.role == ColumnRole::ItemTitle ? "title" : column.header;
        while (!names.insert(name).second)
            name += " 2";
        out.push_back({c, column.role, name, column.decimalComma});
    }
    return out;
}

Result<EventLayout> eventLayoutOf(const TableLayout& layout)
{
    if (auto fine = checkRoles(layout); !fine)
        return tl::unexpected(fine.error());
    EventLayout out;
    out.columns = layout.columns.size();
    out.person = *only(layout, ColumnRole::Person);
    out.item = *only(layout, ColumnRole::Item);
    out.value = only(layout, ColumnRole::Value);
    out.time = only(layout, ColumnRole::Time);
    out.kind = only(layout, ColumnRole::Kind);
    out.contexts = {only(layout, ColumnRole::Device), only(layout, ColumnRole::Place)};
    out.session = only(layout, ColumnRole::Session);
    out.position = only(layout, ColumnRole::Position);
    out.price = only(layout, ColumnRole::Price);
    out.priceComma = out.price && layout.columns[*out.price].decimalComma;
    out.timeNeeded = false;
    out.dates = out.time ? layout.columns[*out.time].dates : DateOrder::YearFirst;
    if (out.value) {
        out.valueName = layout.columns[*out.value].header;
        out.decimalComma = layout.columns[*out.value].decimalComma;
    }
    out.attributes = attributesOf(layout);
    return out;
}

Feedback guessFeedback(const TableLayout& layout)
{
    const auto value = only(layout, ColumnRole::Value);
    const bool counts = !value || only(layout, ColumnRole::Kind) || isAmong(countNames, layout.columns[*value].header);
    return counts ? Feedback::Implicit : Feedback::Explicit;
}

} // namespace orrery::reading
