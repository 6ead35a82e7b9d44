// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/generate_command.h"

#include "app/cli/json.h"
#include "core/base/words.h"
#include "core/simulation/news_world.h"
#include "core/simulation/shop_world.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {

std::string_view GenerateCommand::examples() const
{
    return "orrery-cli generate --users 6000 --items 4000 --interactions 1000000 --seed 7 --output world\n"
           "orrery-cli generate --catalogue datasets/films --output films\n"
           "orrery-cli generate shop --users 5000 --items 2000 --visits 40000 --output shop";
}

void GenerateCommand::declare(CLI::App& app)
{
    m_app = &app;
    app.add_option("world", m_world, "What is made: ratings of films, a shop's visits, or a newsroom's")
        ->capture_default_str()
        ->check(CLI::IsMember({"ratings", "shop", "news"}))
        ->type_name("ratings|shop|news");
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
    app.add_option("--visits", m_visits,
                   "Of a shop or a newsroom: about how many visits; else as in the shipped sample")
        ->type_name("N");
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

Result<EventWorld> GenerateCommand::eventWorld(const Context& context) const
{
    const auto take = [&](const char* option, std::size_t given, std::size_t& into) {
        if (m_app->count(option) > 0)
            into = given;
    };
    const auto fill = [&](auto& plan, std::size_t& items) {
        take("--users", m_plan.people, plan.people);
        take("--items", m_plan.items, items);
        take("--visits", m_visits, plan.visits);
        if (m_app->count("--seed") > 0)
            plan.seed = context.seed;
    };
    if (m_world == "shop") {
        ShopPlan plan = shopSamplePlan();
        fill(plan, plan.items);
        return generateShop(plan, context.job);
    }
    NewsPlan plan = newsSamplePlan();
    fill(plan, plan.articles);
    return generateNews(plan, context.job);
}

Result<Output> GenerateCommand::generateEvents(const Context& context) const
{
    for (const char* option :
         {"--interactions", "--tastes", "--noise", "--first-year", "--last-year", "--catalogue", "--replace"})
        if (m_app->count(option) > 0)
            return error(Code::InvalidArgument, fmt::format("{} is for ratings only", option),
                         "A shop and a newsroom take --users, --items, --visits and --seed");
    const auto world = eventWorld(context);
    if (!world)
        return tl::unexpected(world.error());
    if (const auto written = writeEventWorld(*world, m_output, context.job); !written)
        return tl::unexpected(written.error());
    const Dataset& data = *world->dataset;
    const Json json = {{"output", m_output},
                       {"people", data.personCount()},
                       {"items", data.itemCount()},
                       {"events", data.log().size()},
                       {"sessions", data.log().sessionCount()}};
    return Output{dump(json), fmt::format("{} by {} written to {}\n", counted(data.log().size(), "event"),
                                          counted(data.personCount(), "person", "people"), m_output)};
}

Result<Output> GenerateCommand::run(const Context& context)
{
    if (m_world != "ratings")
        return generateEvents(context);
    if (m_app->count("--visits") > 0)
        return error(Code::InvalidArgument, "--visits is for a shop or a newsroom", "Use --interactions for ratings");
    return generateRatings(context);
}

Result<Output> GenerateCommand::generateRatings(const Context& context) const
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
