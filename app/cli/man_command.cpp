// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/man_command.h"

#include "app/cli/json.h"
#include "app/cli/manual.h"

#include <filesystem>
#include <fstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

Status writeFile(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << text;
    stream.close();
    if (!stream)
        return error(Code::Io, "The page cannot be written", {}, file.string());
    return {};
}

} // namespace

void ManCommand::declare(CLI::App& app)
{
    m_app = &app;
    app.add_option("--output", m_folder, "The folder to write the pages to; made where missing")
        ->type_name("DIR")
        ->required();
}

Result<Output> ManCommand::run(const Context& /*context*/)
{
    const CLI::App& root = *m_app->get_parent();
    std::error_code failure;
    std::filesystem::create_directories(m_folder, failure);
    std::vector<std::pair<std::string, std::string>> pages = {{"orrery-cli.1", programPage(root)}};
    for (const auto* command : root.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
        pages.emplace_back(fmt::format("orrery-cli-{}.1", command->get_name()), commandPage(*command));
    Json json = {{"folder", m_folder}};
    for (const auto& [name, text] : pages) {
        if (const auto written = writeFile(std::filesystem::path(m_folder) / name, text); !written)
            return tl::unexpected(written.error());
        json["pages"].push_back(name);
    }
    return Output{dump(json), fmt::format("{} pages written to {}\n", pages.size(), m_folder)};
}

} // namespace orrery::cli
