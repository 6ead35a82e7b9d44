// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/help_command.h"

#include "app/cli/algorithm_text.h"
#include "app/cli/json.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

Result<std::string> helpOn(CLI::App& root, const std::vector<std::string>& topic)
{
    // Not root.help(): that would be the help of the command that was chosen, this one.
    const auto help = [&](const CLI::App& app, const std::string& name) {
        return root.get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal);
    };
    if (topic.empty())
        return help(root, root.get_name());
    const auto named = root.get_subcommands([&](const CLI::App* one) { return one->get_name() == topic.front(); });
    if (named.empty())
        return error(Code::InvalidArgument, fmt::format("There is no command '{}'", topic.front()),
                     "'orrery-cli help' lists the commands");
    if (topic.size() == 1)
        return help(*named.front(), root.get_name() + " " + topic.front());
    const auto algorithm = requireAlgorithm(topic[1]);
    if (topic.front() != "models" || !algorithm)
        return error(Code::InvalidArgument, fmt::format("There is no help on '{} {}'", topic[0], topic[1]),
                     algorithm ? "For example: orrery-cli help models svd" : algorithm.error().hint);
    return algorithmHelp(**algorithm);
}

} // namespace

void HelpCommand::declare(CLI::App& app)
{
    m_app = &app;
    app.add_option("topic", m_topic, "A command; or 'models' and the id of an algorithm")
        ->type_name("COMMAND [ID]")
        ->expected(0, 2);
}

Result<Output> HelpCommand::run(const Context& /*context*/)
{
    const auto text = helpOn(*m_app->get_parent(), m_topic);
    if (!text)
        return tl::unexpected(text.error());
    return Output{dump({{"help", *text}}), *text};
}

} // namespace orrery::cli
