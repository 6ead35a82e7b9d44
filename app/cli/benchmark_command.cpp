// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/benchmark_command.h"

#include "app/cli/benchmark_accuracy.h"
#include "app/cli/benchmark_cold_start.h"
#include "app/cli/benchmark_protocols.h"
#include "app/cli/benchmark_speed.h"
#include "app/cli/console.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {

std::string_view BenchmarkCommand::examples() const
{
    return "orrery-cli benchmark accuracy --data ml-100k\n"
           "orrery-cli benchmark accuracy --data ml-1m --protocol leave-one-out --model ease --set "
           "regularization=1320\n"
           "orrery-cli benchmark accuracy --data ml-1m --protocol cold-people --model popularity --model ease\n"
           "orrery-cli benchmark speed --data ml-1m --model svd --model ease --repeat 3";
}

void BenchmarkCommand::declare(CLI::App& app)
{
    app.add_option("what", m_what,
                   "accuracy: the metrics of published tables, with their numbers where the data is theirs; speed: "
                   "seconds and memory of training on one thread and on all, beside what was estimated")
        ->required()
        ->check(CLI::IsMember({"accuracy", "speed"}))
        ->type_name("WHAT");
    std::vector<std::string> ids;
    for (const auto& protocol : benchmarkProtocols())
        ids.push_back(protocol.id);
    app.add_option("--protocol", m_protocol,
                   "Of accuracy: this one only; those of cold starts (cold-people, first-events, cold-items, "
                   "cold-items-among-all, next-item) run only when named")
        ->check(CLI::IsMember(ids))
        ->type_name("ID");
    app.add_option("--repeat", m_repeat, "Of speed: the quickest of so many trainings counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 100).description(""))
        ->type_name("N");
    m_models.declare(app, ModelOptions::Number::Several);
    m_data.declare(app);
}

// What was asked for, else every algorithm that the data can carry.
Result<std::vector<ModelChoice>> BenchmarkCommand::models(const Dataset& dataset) const
{
    if (m_models.named())
        return m_models.algorithms();
    std::vector<ModelChoice> all;
    for (const Algorithm& algorithm : catalogue())
        if (whyNot(algorithm, dataset).empty())
            all.push_back({algorithm.title, &algorithm, complete(algorithm.params, {}), {}, {}});
    return all;
}

Result<Output> BenchmarkCommand::run(const Context& context)
{
    const auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    const auto choices = models(*data->dataset);
    if (!choices)
        return tl::unexpected(choices.error());
    if (m_what == "speed")
        return benchmarkSpeed(data->dataset, *choices, m_repeat, context);
    for (const BenchmarkProtocol& protocol : benchmarkProtocols())
        if (protocol.id == m_protocol && protocol.coldStart != ColdStart::None)
            return benchmarkColdStart(data->dataset, *choices, protocol, context);
    return benchmarkAccuracy(data->dataset, *choices, m_protocol, context);
}

} // namespace orrery::cli
