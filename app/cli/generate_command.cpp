// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/generate_command.h"

#include "app/cli/json.h"
#include "core/base/words.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {

std::string_view GenerateCommand::examples() const
{
    return "orrery-cli generate --users 6000 --items 4000 --interactions 1000000 --seed 7 --output world\n"
           "orrery-cli generate --catalogue datasets/films --output films";
}

void GenerateCommand::declare(CLI::App& app)
{
    m_app = &app;
    app.add_option("--output", m_output, "The folder to write to; made where missing")->type_name("DIR")->required();
    app.add_option("--users", m_plan.people, "How many people")->capture_default_str()->type_name("N");
    app.add_option("--items", m_plan.items, "How many items; the catalogue's, where there is one")
        ->capture_default_str()
        ->type_name("N");
    app.add_option("--interactions", m_plan.interactions, "How many ratings, exactly")
        ->capture_default_str()
        ->type_name("N");
    app.add_option("--tastes", m_plan.tastes, "How many planted tastes; the catalogue's, where there is one")
        ->capture_default_str()
        ->type_name("N");
    app.add_option("--noise", m_plan.noise, "Standard deviation of a rating around its truth, in stars")
        ->capture_default_str()
        ->type_name("STARS");
    app.add_option("--first-year", m_plan.firstYear, "Ratings are given from this year")
        ->capture_default_str()
        ->type_name("YEAR");
    app.add_option("--last-year", m_plan.lastYear, "... to the end of this one")
        ->capture_default_str()
        ->type_name("YEAR");
    app.add_option("--catalogue", m_catalogue,
                   "A folder with movies.csv and tastes.csv to take the items from; what is not given is as in the "
                   "shipped sample")
        ->type_name("DIR");
    app.add_flag("--replace", m_plan.replace, "Overwrite files of the same names");
}

// On a catalogue, the plan of the shipped sample with what was given; without one, what was declared.
WorldPlan GenerateCommand::plan(const Context& context) const
{
    WorldPlan plan = m_plan;
    plan.seed = context.seed;
    if (m_catalogue.empty())
        return plan;
    WorldPlan sample = filmSamplePlan(m_catalogue);
    const auto take = [&](const char* option, auto WorldPlan::*field) {
        if (m_app->count(option) > 0)
            sample.*field = plan.*field;
    };
    take("--users", &WorldPlan::people);
    take("--items", &WorldPlan::items);
    take("--interactions", &WorldPlan::interactions);
    take("--tastes", &WorldPlan::tastes);
    take("--noise", &WorldPlan::noise);
    take("--first-year", &WorldPlan::firstYear);
    take("--last-year", &WorldPlan::lastYear);
    take("--seed", &WorldPlan::seed);
    sample.replace = m_plan.replace;
    return sample;
}

Result<Output> GenerateCommand::run(const Context& context)
{
    const WorldPlan made = plan(context);
    if (const auto done = generateWorld(made, m_output, context.job); !done)
        return tl::unexpected(done.error());
    const Json json = {{"output", m_output},
                       {"people", made.people},
                       {"interactions", made.interactions},
                       {"seed", made.seed},
                       {"catalogue", m_catalogue.empty() ? Json() : Json(m_catalogue)}};
    return Output{dump(json), fmt::format("{} by {} written to {}\n", counted(made.interactions, "rating"),
                                          counted(made.people, "person", "people"), m_output)};
}

} // namespace orrery::cli
