// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/table_options.h"

#include "app/cli/console.h"
#include "core/base/words.h"
#include "core/data/item_vectors.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery::cli {
namespace {

constexpr auto tableGroup = "How files are read";

std::vector<std::string> headersOf(const TableLayout& layout)
{
    std::vector<std::string> names;
    for (const auto& column : layout.columns)
        names.push_back(column.header);
    return names;
}

// By its name, or by its place from 1.
Result<std::size_t> findColumn(const TableLayout& layout, const std::string& name)
{
    const auto names = headersOf(layout);
    const auto found = std::ranges::find(names, name);
    if (found != names.end())
        return static_cast<std::size_t>(found - names.begin());
    std::size_t place = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), place);
    if (failure == std::errc{} && end == name.data() + name.size() && place >= 1 && place <= names.size())
        return place - 1;
    return error(Code::InvalidArgument, fmt::format("There is no column '{}'", name),
                 fmt::format("Columns are {}", fmt::join(names, ", ")));
}

Status giveRole(TableLayout& layout, const std::string& assignment)
{
    const auto equals = assignment.find('=');
    if (equals == std::string::npos)
        return error(Code::InvalidArgument, fmt::format("'{}' is not role=column", assignment),
                     "For example --columns person=user_id,item=sku");
    const auto role = columnRoleFrom(assignment.substr(0, equals));
    if (!role)
        return tl::unexpected(role.error());
    const auto column = findColumn(layout, assignment.substr(equals + 1));
    if (!column)
        return tl::unexpected(column.error());
    layout.columns[*column].role = *role;
    return {};
}

std::string separatorNamed(const std::string& name)
{
    static const std::map<std::string, std::string> names = {{"tab", "\t"},      {"\\t", "\t"}, {"comma", ","},
                                                             {"semicolon", ";"}, {"pipe", "|"}, {"space", " "}};
    const auto found = names.find(name);
    return found == names.end() ? name : found->second;
}

} // namespace

void TableOptions::declare(CLI::App& app)
{
    app.add_option("--columns", m_columns,
                   fmt::format("What the columns of a table are: role=column, by name or by place from 1. Roles are "
                               "{}. Columns without a role are left out. Where this is not given, roles are guessed",
                               columnRoleIds()))
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("ROLE=COLUMN,...")
        ->group(tableGroup);
    app.add_option(
           "--separator", m_separator,
           "What stands between the columns of a table: tab, comma, semicolon, pipe, space, a character, or ::; "
           "guessed otherwise")
        ->type_name("TEXT")
        ->group(tableGroup);
    app.add_option("--header", m_header, "Whether the first line of a table names its columns")
        ->check(CLI::IsMember({"yes", "no", "auto"}))
        ->capture_default_str()
        ->type_name("yes|no|auto")
        ->group(tableGroup);
    app.add_option("--decimal", m_decimal, "What stands before the decimals of numbers in a table")
        ->check(CLI::IsMember({"point", "comma", "auto"}))
        ->capture_default_str()
        ->type_name("point|comma|auto")
        ->group(tableGroup);
    app.add_option("--dates", m_dates, "How dates are written in a table: 2026-05-31, 31/05/2026 or 31.5.26, 5/31/2026")
        ->check(CLI::IsMember({"year-first", "day-first", "month-first", "auto"}))
        ->capture_default_str()
        ->type_name("ORDER")
        ->group(tableGroup);
    app.add_option("--feedback", m_feedback, "Whether values are ratings or strengths; guessed otherwise")
        ->check(CLI::IsMember({"explicit", "implicit"}))
        ->group(tableGroup);
    app.add_option("--kind-weights", m_kindWeights,
                   fmt::format("How much an event of each kind counts, from 0 on; 0: it is no interaction. Kinds that "
                               "are not named keep their default: {}. Where all events that count are of one kind, it "
                               "counts 1",
                               textOf(KindWeights())))
        ->type_name("KIND=NUMBER,...")
        ->group(tableGroup);
    app.add_option("--returns", m_returns,
                   "What becomes of goods given back, in invoices: taken off the person's earlier purchases of the "
                   "item, or passed over")
        ->check(CLI::IsMember({"net", "drop"}))
        ->capture_default_str()
        ->group(tableGroup);
    app.add_flag("--products-only", m_productsOnly,
                 "Of invoices, leave out lines for postage, discounts, fees and the like")
        ->group(tableGroup);
    app.add_option("--bad-rows", m_badRows,
                   "What to do with lines that cannot be used: stop at the first, skip them, or stop after so many")
        ->capture_default_str()
        ->type_name("stop|skip|N")
        ->group(tableGroup);
    auto* vectors = app.add_option("--item-vectors", m_vectors,
                                   "Vectors of the items that were computed elsewhere: .npy of NumPy (float32 or "
                                   "float64), or CSV with an item's id and its numbers in each line")
                        ->type_name("FILE")
                        ->group(tableGroup);
    app.add_option("--vector-ids", m_vectorIds,
                   "Of a .npy file: which item each row is about, an id a line; otherwise rows are in the order of the "
                   "items")
        ->type_name("FILE")
        ->group(tableGroup)
        ->needs(vectors);
}

Result<Imported> TableOptions::read(const ImportRequest& request, const JobContext& job) const
{
    auto imported = import(request, m_vectors.empty() ? job : job.part(0, 0.8));
    if (imported)
        if (auto with = addVectors(*imported, job.part(0.8, 1)); !with)
            return tl::unexpected(with.error());
    return imported;
}

Status TableOptions::addVectors(Imported& imported, const JobContext& job) const
{
    if (m_vectors.empty())
        return {};
    auto with = withItemVectors(*imported.dataset, {m_vectors, m_vectorIds, {}}, job);
    if (!with)
        return tl::unexpected(with.error());
    const VectorReport& report = with->report;
    imported.dataset = std::move(with->dataset);
    imported.report.notes.push_back(fmt::format("item vectors '{}' of {}: {} read, {} about unknown items; {} without "
                                                "one",
                                                report.name, counted(report.length, "number"),
                                                counted(report.rows, "row"), grouped(report.unknown),
                                                counted(report.missing, "item is", "items are")));
    return {};
}

Status TableOptions::applyTo(JoinRequest& request, bool returns) const
{
    if (saysLayout() || m_productsOnly)
        return error(Code::InvalidArgument,
                     "--columns, --separator, --header, --decimal, --dates and --products-only are for a single table",
                     "Save a recipe with --save-recipe, put right what it says of the columns, and use --recipe");
    if (const auto fine = applyBadRows(request.badRows, request.badRowLimit); !fine)
        return fine;
    if (!m_feedback.empty())
        request.feedback = m_feedback == "implicit" ? Feedback::Implicit : Feedback::Explicit;
    if (!m_kindWeights.empty()) {
        const auto weights = kindWeightsFrom(m_kindWeights);
        if (!weights)
            return tl::unexpected(weights.error());
        request.kindWeights = *weights;
    }
    if (returns && request.feedback != Feedback::Explicit)
        request.options.returns = m_returns == "drop" ? Returns::Drop : Returns::Net;
    return {};
}

Result<ImportRequest> TableOptions::request(const std::string& path, const std::string& testPath) const
{
    ImportRequest request;
    request.path = path;
    request.testPath = testPath;
    if (const auto fine = applyBadRows(request.badRows, request.badRowLimit); !fine)
        return tl::unexpected(fine.error());
    if (!m_feedback.empty())
        request.feedback = m_feedback == "implicit" ? Feedback::Implicit : Feedback::Explicit;
    request.returns = m_returns == "drop" ? Returns::Drop : Returns::Net;
    request.productsOnly = m_productsOnly;
    if (!m_kindWeights.empty()) {
        const auto weights = kindWeightsFrom(m_kindWeights);
        if (!weights)
            return tl::unexpected(weights.error());
        request.kindWeights = *weights;
    }
    if (!saysLayout())
        return request;
    auto layout = layoutOf(path);
    if (!layout)
        return tl::unexpected(layout.error());
    request.layout = std::move(*layout);
    return request;
}

Status TableOptions::applyBadRows(BadRows& badRows, std::size_t& limit) const
{
    if (m_badRows == "stop" || m_badRows == "skip") {
        badRows = m_badRows == "stop" ? BadRows::Stop : BadRows::Skip;
        return {};
    }
    const char* last = m_badRows.data() + m_badRows.size();
    const auto [end, failure] = std::from_chars(m_badRows.data(), last, limit);
    if (failure != std::errc{} || end != last)
        return error(Code::InvalidArgument, fmt::format("'{}' does not say what to do with bad rows", m_badRows),
                     "Use --bad-rows stop, skip, or a number of rows");
    badRows = BadRows::StopAfter;
    return {};
}

bool TableOptions::saysLayout() const
{
    return !m_columns.empty() || !m_separator.empty() || m_header != "auto" || m_decimal != "auto" || m_dates != "auto";
}

bool TableOptions::any() const
{
    return saysLayout() || !m_feedback.empty() || !m_kindWeights.empty() || m_returns != "net" || m_productsOnly ||
           m_badRows != "skip" || !m_vectors.empty();
}

Result<TableLayout> TableOptions::layoutOf(const std::string& path) const
{
    TableHints hints{.separator = separatorNamed(m_separator)};
    if (m_header != "auto")
        hints.header = m_header == "yes";
    if (m_decimal != "auto")
        hints.decimalComma = m_decimal == "comma";
    if (m_dates != "auto")
        hints.dates = *dateOrderFrom(m_dates);
    auto preview = previewTable(path, hints);
    if (!preview)
        return tl::unexpected(preview.error());
    TableLayout layout = std::move(preview->layout);
    if (m_columns.empty())
        return layout;
    for (auto& column : layout.columns)
        column.role = ColumnRole::Ignore;
    for (const auto& assignment : m_columns)
        if (const auto given = giveRole(layout, assignment); !given)
            return tl::unexpected(given.error());
    return layout;
}

} // namespace orrery::cli
