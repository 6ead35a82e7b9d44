// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/manual.h"

#include "app/cli/algorithm_text.h"
#include "core/models/catalogue.h"

#include <algorithm>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr auto exitCodes = ".SH EXIT STATUS\n"
                           ".TP\n.B 0\nIt worked.\n"
                           ".TP\n.B 2\nThe command line makes no sense, or asks for what a model cannot do.\n"
                           ".TP\n.B 3\nThe data: a file is missing, damaged, or cannot be read or written.\n"
                           ".TP\n.B 4\nIt was cancelled; nothing is left half done.\n"
                           ".TP\n.B 5\nA mistake in the program, or not enough memory.\n";

// A backslash starts a command, and so do a dot or a quote at the start of a line; a plain hyphen may become a dash.
std::string escaped(std::string_view text)
{
    std::string out;
    bool lineStart = true;
    for (const char c : text) {
        if (lineStart && (c == '.' || c == '\''))
            out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        lineStart = c == '\n';
    }
    return out;
}

std::string titleLine(const std::string& name)
{
    return fmt::format(".TH \"{}\" 1 \"\" \"Orrery {}\" \"Orrery\"\n", escaped(name), ORRERY_VERSION);
}

std::string namesOf(const CLI::Option& option)
{
    std::string names = escaped(option.get_name(option.get_positional(), !option.get_positional()));
    std::ranges::replace(names, ',', ' ');
    if (const std::string type = option.get_type_name(); !type.empty() && option.get_items_expected_max() > 0)
        names += fmt::format(" \\fI{}\\fR", escaped(type));
    return names;
}

std::string optionText(const CLI::Option& option)
{
    std::string text = escaped(option.get_description()) + ".";
    if (!option.get_default_str().empty())
        text += fmt::format(" Default: {}.", escaped(option.get_default_str()));
    if (option.get_required())
        text += " Required.";
    return fmt::format(".TP\n\\fB{}\\fR\n{}\n", namesOf(option), text);
}

std::string groupText(const CLI::App& app, const std::string& group)
{
    std::string out = fmt::format(".SS {}\n", escaped(group));
    for (const auto* option : app.get_options([&](const CLI::Option* one) { return one->get_group() == group; }))
        out += optionText(*option);
    return out;
}

std::string examplesOf(const CLI::App& app)
{
    const std::string footer = app.get_footer();
    const auto start = footer.find('\n');
    if (start == std::string::npos)
        return {};
    return fmt::format(".SH EXAMPLES\n.nf\n{}\n.fi\n", escaped(footer.substr(start + 1)));
}

std::string algorithmSection(const Algorithm& algorithm)
{
    std::string out = fmt::format(".SS {}\n{}: {}\n.PP\n{}\n", escaped(algorithm.id), escaped(algorithm.title),
                                  escaped(algorithm.summary), escaped(algorithm.whenToUse));
    if (!algorithm.paper.empty())
        out += fmt::format(".PP\nSource: {}\n", escaped(algorithm.paper));
    for (const auto& spec : algorithm.params)
        out += fmt::format(".TP\n\\fB{}\\fR = {}\n{} ({}).\n", escaped(spec.id), escaped(toText(spec.fallback)),
                           escaped(spec.help), escaped(allowedText(spec)));
    return out;
}

std::vector<const CLI::App*> listedCommands(const CLI::App& root)
{
    return root.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); });
}

} // namespace

std::string programPage(const CLI::App& root)
{
    std::string out =
        titleLine("ORRERY-CLI") +
        ".SH NAME\norrery\\-cli \\- see how recommenders work, on the command line\n"
        ".SH SYNOPSIS\n\\fBorrery\\-cli\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n"
        ".SH DESCRIPTION\nReads ratings and other events, trains recommenders on them, shows and explains "
        "their lists, and judges them.\nResults go to standard output, messages to standard error.\n"
        ".SH COMMANDS\n";
    std::string seeAlso;
    for (const auto* command : listedCommands(root)) {
        out += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", escaped(command->get_name()), escaped(command->get_description()));
        seeAlso +=
            fmt::format("{}.BR orrery\\-cli\\-{} (1)", seeAlso.empty() ? "" : ",\n", escaped(command->get_name()));
    }
    out += exitCodes;
    out += ".SH ALGORITHMS\nWhat \\-\\-model and \\-\\-set can say.\n";
    for (const auto& algorithm : catalogue())
        out += algorithmSection(algorithm);
    return out + ".SH SEE ALSO\n" + seeAlso + "\n";
}

std::string commandPage(const CLI::App& command)
{
    const std::string name = escaped(command.get_name());
    std::string out = titleLine("ORRERY-CLI-" + command.get_name()) +
                      fmt::format(".SH NAME\norrery\\-cli\\-{0} \\- {1}\n.SH SYNOPSIS\n\\fBorrery\\-cli {0}\\fR "
                                  "[\\fIOPTIONS\\fR]\n.SH OPTIONS\n",
                                  name, escaped(command.get_description()));
    for (const auto& group : command.get_groups())
        if (!group.empty())
            out += groupText(command, group);
    return out + examplesOf(command) + exitCodes + ".SH SEE ALSO\n.BR orrery\\-cli (1)\n";
}

} // namespace orrery::cli
