// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/profile_command.h"

#include "app/cli/json.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"
#include "core/data/profile.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::size_t barWidth = 40;

Json barsJson(const std::vector<Bar>& bars)
{
    Json out = Json::array();
    for (const auto& bar : bars)
        out.push_back({{"label", bar.label}, {"from", bar.from}, {"count", bar.count}});
    return out;
}

Json kindsJson(const Dataset& dataset, const DatasetProfile& profile)
{
    const auto shares = sharesOf(profile.kinds, dataset.kindWeights());
    Json out = Json::array();
    for (std::size_t i = 0; i < shares.size(); ++i)
        out.push_back({{"kind", nameOf(profile.kinds[i].kind)},
                       {"events", profile.kinds[i].events},
                       {"weight", dataset.kindWeights()[profile.kinds[i].kind]},
                       {"share", shares[i]}});
    return out;
}

std::string kindsText(const Dataset& dataset, const DatasetProfile& profile)
{
    if (profile.kinds.empty())
        return {};
    const auto shares = sharesOf(profile.kinds, dataset.kindWeights());
    TextTable table({"kind", "events", "counts", "share of all that counts"});
    for (std::size_t i = 0; i < shares.size(); ++i)
        table.add({std::string(nameOf(profile.kinds[i].kind)), grouped(profile.kinds[i].events),
                   fmt::format("{}", dataset.kindWeights()[profile.kinds[i].kind]),
                   fmt::format("{:.1f} %", 100 * shares[i])});
    return "\n" + table.text();
}

Json profileJson(const DatasetProfile& profile)
{
    return {{"people", profile.people},
            {"items", profile.items},
            {"events", profile.events},
            {"interactions", profile.interactions},
            {"duplicates", profile.duplicates},
            {"peopleWithoutInteractions", profile.peopleWithoutInteractions},
            {"itemsWithoutInteractions", profile.itemsWithoutInteractions},
            {"density", profile.density},
            {"meanValue", profile.meanValue},
            {"medianPerPerson", profile.medianPerPerson},
            {"medianPerItem", profile.medianPerItem},
            {"first", timeJson(profile.first)},
            {"last", timeJson(profile.last)},
            {"shareOfTopTenth", profile.shareOfTopTenth},
            {"values", barsJson(profile.values)},
            {"longTail", profile.longTail},
            {"overTime", barsJson(profile.overTime)},
            {"tagColumn", profile.tagColumn},
            {"tags", barsJson(profile.tags)},
            {"perPerson", barsJson(profile.perPerson)},
            {"perItem", barsJson(profile.perItem)}};
}

std::string chart(const std::string& title, const std::vector<Bar>& bars)
{
    if (bars.empty())
        return {};
    const double most = std::ranges::max_element(bars, {}, &Bar::count)->count;
    TextTable table({title, "count", ""});
    for (const auto& bar : bars) {
        const auto width = most > 0 ? static_cast<std::size_t>(bar.count / most * barWidth) : 0;
        table.add({bar.label, grouped(static_cast<std::uint64_t>(bar.count)), std::string(width, '#')});
    }
    return "\n" + table.text();
}

std::string profileText(const Dataset& dataset, const DatasetProfile& profile)
{
    std::string out = dataset.name() + "\n";
    if (!dataset.from().note.empty())
        out += dataset.from().note + "\n";
    out += fmt::format("\n{}, {}, {} ({} duplicate)\n", counted(profile.people, "person", "people"),
                       counted(profile.items, "item"), counted(profile.events, "event"), grouped(profile.duplicates));
    out += fmt::format("Density {:.2f} %, mean value {:.2f}, median {} per person and {} per item\n",
                       100 * profile.density, profile.meanValue, profile.medianPerPerson, profile.medianPerItem);
    out += fmt::format("The most popular tenth of the items has {:.0f} % of the interactions\n",
                       100 * profile.shareOfTopTenth);
    if (profile.first != noTime)
        out += fmt::format("From {} to {}\n", dateText(profile.first), dateText(profile.last));
    return out + kindsText(dataset, profile) + chart("value", profile.values) +
           chart("interactions per person", profile.perPerson) + chart("interactions per item", profile.perItem) +
           chart(profile.tagColumn, profile.tags);
}

} // namespace

std::string_view ProfileCommand::examples() const
{
    return "orrery-cli profile --data ml-latest-small\n"
           "orrery-cli profile --workspace w.orrery --json";
}

void ProfileCommand::declare(CLI::App& app) { m_data.declare(app); }

Result<Output> ProfileCommand::run(const Context& context)
{
    const auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    const DatasetProfile profile = profileOf(*data->dataset);
    Json json;
    json["dataset"] = datasetJson(*data->dataset);
    json["profile"] = profileJson(profile);
    json["profile"]["kinds"] = kindsJson(*data->dataset, profile);
    return Output{dump(json), profileText(*data->dataset, profile)};
}

} // namespace orrery::cli
