// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/person_options.h"

#include "core/data/import/fields.h"
#include "core/models/context/segments.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery::cli {
namespace {

constexpr auto personGroup = "Person";

Result<HistoryEdit> editFrom(const Dataset& dataset, const std::string& text)
{
    const auto equals = text.rfind('=');
    const auto item = requireItem(dataset, text.substr(0, equals));
    if (!item)
        return tl::unexpected(item.error());
    if (equals == std::string::npos)
        return HistoryEdit{*item, dataset.feedback() == Feedback::Explicit ? dataset.ratingHigh() : 1.0F};
    float value = 0;
    const char* last = text.data() + text.size();
    const auto [end, failure] = std::from_chars(text.data() + equals + 1, last, value);
    if (failure != std::errc{} || end != last || !std::isfinite(value))
        return error(Code::InvalidArgument, fmt::format("'{}' is not a value", text.substr(equals + 1)),
                     "For example --history 12=5,55=4.5");
    if (dataset.feedback() == Feedback::Explicit && (value < dataset.ratingLow() || value > dataset.ratingHigh()))
        return error(Code::InvalidArgument, fmt::format("{} is off the scale", value),
                     fmt::format("Ratings go from {} to {}", dataset.ratingLow(), dataset.ratingHigh()));
    return HistoryEdit{*item, value};
}

Result<Fact> circumstanceFrom(const Dataset& dataset, const std::string& text)
{
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals), value = equals == std::string::npos ? "" : text.substr(equals + 1);
    const auto known = circumstancesOf(dataset.log());
    const auto circumstance = std::ranges::find_if(known, [&](const Circumstance& one) {
        return one.name == name || (name == "part-of-day" && one.name == partOfDayFact);
    });
    if (circumstance == known.end()) {
        std::vector<std::string> names;
        std::ranges::transform(known, std::back_inserter(names), &Circumstance::name);
        return error(Code::InvalidArgument, fmt::format("This data does not know the circumstance '{}'", name),
                     fmt::format("Known are {}", fmt::join(names, ", ")));
    }
    const auto same = [&](const std::string& word) { return reading::lowerCase(word) == reading::lowerCase(value); };
    const auto word = std::ranges::find_if(circumstance->words, same);
    if (word == circumstance->words.end())
        return error(Code::InvalidArgument, fmt::format("'{}' is no {}", value, circumstance->name),
                     fmt::format("Known are {}", fmt::join(circumstance->words, ", ")));
    return Fact{circumstance->name, *word};
}

} // namespace

void declareAsOf(CLI::App& app, std::string& asOf)
{
    app.add_option("--as-of", asOf, "Nothing from this moment on is known: 2022-01-01, 2022-01-01T08:00 or seconds")
        ->type_name("DATE");
}

void PersonOptions::declare(CLI::App& app)
{
    auto* person =
        app.add_option("--person", m_person, "A person of the dataset, by id")->type_name("ID")->group(personGroup);
    app.add_option("--history", m_history, "A guest with this history: ids of items, each with a value")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("ITEM=VALUE,...")
        ->group(personGroup)
        ->excludes(person);
    app.add_option("--with", m_with, "What if: add these to the history, or re-rate them")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("ITEM=VALUE,...")
        ->group(personGroup);
    app.add_option("--without", m_without, "What if: take these out of the history")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("ITEM,...")
        ->group(personGroup);
    app.add_option("--context", m_context, "Circumstances: weekday, part-of-day, device or place, each with its value")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME=VALUE,...")
        ->group(personGroup);
    declareAsOf(app, m_asOf);
}

Result<PersonQuestion> PersonOptions::question(const Dataset& dataset) const
{
    PersonQuestion question;
    const auto asOf = momentFrom(m_asOf);
    if (!asOf)
        return tl::unexpected(asOf.error());
    question.asOf = *asOf;
    if (!m_person.empty()) {
        const auto person = requirePerson(dataset, m_person);
        if (!person)
            return tl::unexpected(person.error());
        question.user = *person;
    }
    for (const auto* texts : {&m_history, &m_with})
        for (const auto& text : *texts) {
            const auto edit = editFrom(dataset, text);
            if (!edit)
                return tl::unexpected(edit.error());
            question.edits.push_back(*edit);
        }
    for (const auto& id : m_without) {
        const auto item = requireItem(dataset, id);
        if (!item)
            return tl::unexpected(item.error());
        question.edits.push_back({*item, std::nullopt});
    }
    for (const auto& text : m_context) {
        auto fact = circumstanceFrom(dataset, text);
        if (!fact)
            return tl::unexpected(fact.error());
        question.context.push_back(std::move(*fact));
    }
    return question;
}

Result<Timestamp> momentFrom(const std::string& text)
{
    if (text.empty())
        return endOfTime;
    const auto moment = reading::parseTime(text);
    if (moment.fault)
        return error(Code::InvalidArgument, fmt::format("'{}' is not a moment", text),
                     "Write 2022-01-01, 2022-01-01T08:00 or seconds since 1970");
    return moment.value;
}

Result<ItemIndex> requireItem(const Dataset& dataset, const std::string& id)
{
    if (const auto item = dataset.findItem(id))
        return *item;
    return error(Code::NotFound, fmt::format("There is no item '{}' in {}", id, dataset.name()),
                 "Items are named by the ids of the data");
}

Result<UserIndex> requirePerson(const Dataset& dataset, const std::string& id)
{
    if (const auto person = dataset.findPerson(id))
        return *person;
    return error(Code::NotFound, fmt::format("There is no person '{}' in {}", id, dataset.name()),
                 "People are named by the ids of the data");
}

} // namespace orrery::cli
