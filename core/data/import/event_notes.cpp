// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/event_notes.h"

#include "core/base/words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

void noteContext(Assembly& assembly, EventContext context)
{
    const auto& column = assembly.events.contexts[static_cast<std::size_t>(context)];
    if (column.words.empty())
        return;
    const auto untold = std::ranges::count(column.events, column.none);
    assembly.report.note(fmt::format(
        "Events tell their {}: {}{}", nameOf(context), counted(column.words.size(), "word"),
        untold > 0 ? ", " + counted(static_cast<std::uint64_t>(untold), "event without", "events without") : ""));
}

void noteShop(Assembly& assembly)
{
    const auto& events = assembly.events;
    const auto untold = [&](std::uint64_t told) {
        const std::uint64_t count = events.users.size() - told;
        return count > 0 ? ", " + counted(count, "event without", "events without") : "";
    };
    const auto told = [](const auto& column, auto nothing) {
        return static_cast<std::uint64_t>(std::ranges::count_if(column, [&](auto value) { return value != nothing; }));
    };
    if (!events.sessions.empty())
        assembly.report.note(fmt::format("Events tell their session: {}{}",
                                         counted(assembly.sessions.names().size(), "session"),
                                         untold(told(events.sessions, noSession))));
    if (!events.positions.empty())
        assembly.report.note("Events tell their position" + untold(told(events.positions, std::uint16_t{0})));
    if (!events.prices.empty())
        assembly.report.note("Events tell their price" +
                             untold(static_cast<std::uint64_t>(std::ranges::count_if(
                                 events.prices, [](float price) { return std::isfinite(price); }))));
}

void noteDecimals(ReportBuilder& report, const TableLayout& layout)
{
    for (const ColumnGuess& column : layout.columns)
        if (column.decimalComma && (column.role == ColumnRole::Value || column.role == ColumnRole::Price ||
                                    column.role == ColumnRole::ItemNumber || column.role == ColumnRole::PersonNumber))
            report.note(fmt::format("The numbers in '{}' are read with decimal commas", column.header));
}

void noteDates(ReportBuilder& report, const TableLayout& layout)
{
    for (const ColumnGuess& column : layout.columns)
        if (column.role == ColumnRole::Time && column.dates != DateOrder::YearFirst)
            report.note(fmt::format("The dates in '{}' are read with the {} first", column.header,
                                    column.dates == DateOrder::DayFirst ? "day" : "month"));
}

} // namespace

void noteWhatIsTold(Assembly& assembly)
{
    auto& events = assembly.events;
    const bool none = events.times.empty() || events.withoutTime == events.times.size();
    if (none) {
        events.times = {};
        assembly.report.note("There are no times: splits by time are not possible");
    } else if (events.withoutTime > 0) {
        assembly.report.note(fmt::format("{} no time", counted(events.withoutTime, "event has", "events have")));
    }
    for (const EventContext context : eventContexts)
        noteContext(assembly, context);
    noteShop(assembly);
    if (assembly.notUtf8 > 0)
        assembly.report.note(
            fmt::format("{} not UTF-8 and read as Latin-1", counted(assembly.notUtf8, "line is", "lines are")));
}

void noteLayout(ReportBuilder& report, const TableLayout& layout)
{
    noteDecimals(report, layout);
    noteDates(report, layout);
}

} // namespace orrery::reading
