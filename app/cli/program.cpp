// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/program.h"

#include "app/cli/json.h"
#include "core/base/parallel.h"
#include "core/base/words.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr auto moreHelp = "'orrery-cli help' lists the commands";

std::string footerOf(const Command& command)
{
    return command.examples().empty() ? "" : fmt::format("Examples:\n{}", command.examples());
}

// Also where the command line as a whole makes no sense.
bool asksForJson(int argc, const char* const* argv)
{
    return std::any_of(argv + 1, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
}

} // namespace

Program::Program(std::vector<std::unique_ptr<Command>> commands)
    : m_commands(std::move(commands)),
      m_app(std::make_unique<CLI::App>("See how recommenders work, on the command line.", "orrery-cli"))
{
    m_app->require_subcommand(1);
    m_app->set_version_flag("--version", "orrery-cli " ORRERY_VERSION);
    m_app->get_formatter()->column_width(32);
    for (const auto& command : m_commands)
        declare(*command);
}

Program::~Program() = default;

void Program::declare(Command& command)
{
    auto* sub = m_app->add_subcommand(std::string(command.name()), std::string(command.summary()));
    sub->footer(footerOf(command));
    if (command.hidden())
        sub->group("");
    command.declare(*sub);
    declareCommon(*sub);
}

void Program::declareCommon(CLI::App& app)
{
    constexpr auto group = "Every command";
    app.add_flag("--json", m_common.json, "Print one JSON document on stdout; messages go to stderr")->group(group);
    app.add_option("--seed", m_common.seed, "Of everything that is drawn at random: the same seed, the same result")
        ->capture_default_str()
        ->type_name("N")
        ->group(group);
    app.add_option("--threads", m_common.threads, "How many to use, 0 for all; never changes a result")
        ->capture_default_str()
        ->check(CLI::Range(0, 1024).description(""))
        ->type_name("N")
        ->group(group);
}

int Program::run(int argc, const char* const* argv)
{
    m_common.json = asksForJson(argc, argv);
    std::string help;
    const auto command = parse(argc, argv, help);
    if (!command)
        return fail(command.error());
    if (*command == nullptr) {
        fmt::print("{}", help);
        return static_cast<int>(ExitCode::Ok);
    }
    const auto output = execute(**command);
    if (!output)
        return fail(output.error());
    const std::string& text = m_common.json ? output->json : output->text;
    fmt::print("{}{}", text, text.ends_with('\n') || text.empty() ? "" : "\n");
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
        return fail({Code::Io, "The answer could not be written", {}, "stdout"});
    return static_cast<int>(ExitCode::Ok);
}

// Null, with `help` to print, where help or the version was asked for.
Result<Command*> Program::parse(int argc, const char* const* argv, std::string& help)
{
    // The library would only say that a command is missing.
    const std::string_view first = argc > 1 ? argv[1] : "";
    if (!first.empty() && first.front() != '-' &&
        std::ranges::find(m_commands, first, [](const auto& command) { return command->name(); }) == m_commands.end())
        return error(Code::InvalidArgument, fmt::format("There is no command '{}'", first), moreHelp);
    try {
        m_app->parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        help = m_app->help(); // of the chosen command, where there is one
        return nullptr;
    } catch (const CLI::CallForVersion& version) {
        help = std::string(version.what()) + "\n";
        return nullptr;
    } catch (const CLI::ParseError& wrong) {
        const auto chosen = m_app->get_subcommands();
        return error(Code::InvalidArgument, wrong.what(),
                     chosen.empty()
                         ? std::string(moreHelp)
                         : fmt::format("'orrery-cli {} --help' lists the options", chosen.front()->get_name()));
    }
    const std::string name = m_app->get_subcommands().front()->get_name();
    return std::ranges::find(m_commands, name, [](const auto& command) { return std::string(command->name()); })->get();
}

Result<Output> Program::execute(Command& command)
{
    const CancelToken token;
    cancelOnSignals(token);
    const auto* sub = m_app->get_subcommand(std::string(command.name()));
    const Context context{JobContext({m_common.seed, m_common.threads}, token, &m_console), m_console, m_common.seed,
                          sub->count("--seed") > 0, token};
    if (m_common.threads > usableThreads())
        m_console.note(fmt::format("{} were asked for; this machine runs {} at once, so {} are used.",
                                   counted(static_cast<std::uint64_t>(m_common.threads), "thread"), usableThreads(),
                                   usableThreads()));
    try {
        return command.run(context);
    } catch (const std::bad_alloc&) {
        return error(Code::OutOfMemory, "There is not enough memory", "Use less data or smaller parameters");
    } catch (const std::exception& unexpected) {
        return error(Code::Internal, fmt::format("Something went wrong inside: {}", unexpected.what()),
                     "This is a mistake in the program; please report it");
    }
}

int Program::fail(const Error& error)
{
    m_console.note(error.code == Code::Cancelled ? "Cancelled; nothing was changed." : error.text());
    if (m_common.json)
        fmt::print("{}\n", dump(errorJson(error)));
    return static_cast<int>(exitCodeOf(error.code));
}

} // namespace orrery::cli
