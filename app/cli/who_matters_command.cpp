// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/who_matters_command.h"

#include "app/cli/json.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"
#include "core/data/segments.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::size_t reasonsShown = 3, featuresShown = 10;
constexpr double segmentShare = 10; // percent, as in the window

const Feature& featureOf(std::size_t number) { return valueFeatures()[number]; }

Json partJson(const ValuePart& part)
{
    return {{"from", timeJson(part.cuts.front())},
            {"to", timeJson(part.cuts.back())},
            {"cuts", part.cuts.size()},
            {"rows", part.rows},
            {"positives", part.positives}};
}

Json qualityJson(const ValueQuality& quality)
{
    return {
        {"auc", quality.auc},
        {"logLoss", quality.logLoss},
        {"brier", quality.brier},
        {"topTenth",
         {{"rows", quality.topTenth.rows}, {"seen", quality.topTenth.seen}, {"captured", quality.topTenth.captured}}}};
}

Json reportJson(const ValueReport& report)
{
    Json json = {{"training", partJson(report.train)},
                 {"validation", partJson(report.validation)},
                 {"test", partJson(report.test)},
                 {"trees", qualityJson(report.trees)},
                 {"baseRate", qualityJson(report.base)},
                 {"rule", qualityJson(report.rule)},
                 {"calibrationError", report.calibrationError},
                 {"comparedRows", report.comparedRows}};
    for (const CalibrationBin& bin : report.calibration)
        json["calibration"].push_back({{"rows", bin.rows}, {"predicted", bin.predicted}, {"seen", bin.seen}});
    for (const ValueFeatureReport& one : report.features)
        json["features"].push_back({{"id", featureOf(one.feature).id},
                                    {"title", featureOf(one.feature).title},
                                    {"gain", one.gain},
                                    {"effect", one.effect},
                                    {"missing", one.drift.missingBefore},
                                    {"drift", one.drift.psi},
                                    {"alone", one.alone},
                                    {"suspicious", one.suspicious},
                                    {"seesFuture", one.seesFuture}});
    return json;
}

Json personJson(const ValueAnswer& answer, const PersonChance& one)
{
    const Dataset& dataset = answer.history->dataset();
    Json json = {{"person", dataset.personIds().name(one.user.value)}, {"probability", number(one.probability)}};
    const auto reasons = answer.reasonsFor(one.user);
    for (std::size_t i = 0; i < std::min(reasonsShown, reasons.reasons.size()); ++i) {
        const ValueReason& reason = reasons.reasons[i];
        json["reasons"].push_back({{"feature", featureOf(reason.feature).id},
                                   {"value", number(reason.value)},
                                   {"effect", number(reason.effect)}});
    }
    return json;
}

std::string qualityText(const ValueReport& report)
{
    TextTable table({"of the test", "AUC", "log loss", "Brier", "first tenth: yes", "of all yes"});
    const auto add = [&](std::string name, const ValueQuality& quality, bool orders = true) {
        table.add({std::move(name), fmt::format("{:.3f}", quality.auc), fmt::format("{:.4f}", quality.logLoss),
                   fmt::format("{:.4f}", quality.brier),
                   orders ? fmt::format("{:.1f} %", 100 * quality.topTenth.seen) : "",
                   orders ? fmt::format("{:.1f} %", 100 * quality.topTenth.captured) : ""});
    };
    add("trees", report.trees);
    add("recency and frequency", report.rule);
    add("the same for all", report.base, false);
    return table.text();
}

std::string calibrationText(const ValueReport& report)
{
    TextTable table({"tenth of the test", "rows", "predicted", "seen"});
    for (std::size_t b = 0; b < report.calibration.size(); ++b) {
        const CalibrationBin& bin = report.calibration[b];
        table.add({std::to_string(b + 1), grouped(bin.rows), fmt::format("{:.2f} %", 100 * bin.predicted),
                   fmt::format("{:.2f} %", 100 * bin.seen)});
    }
    return table.text() +
           fmt::format("Predicted and seen are {:.2f} % apart, on average\n", 100 * report.calibrationError);
}

std::string featuresText(const ValueReport& report)
{
    TextTable table({"feature", "effect", "gain", "drift", "alone", ""});
    for (std::size_t i = 0; i < report.features.size(); ++i) {
        const ValueFeatureReport& one = report.features[i];
        const std::string_view doubt = one.seesFuture   ? "sees the future"
                                       : one.suspicious ? "suspicious: tells too much"
                                                        : one.drift.inWords();
        if (i < featuresShown || one.seesFuture || one.suspicious)
            table.add({std::string(featureOf(one.feature).title), fmt::format("{:.3f}", one.effect),
                       fmt::format("{:.1f} %", 100 * one.gain), fmt::format("{:.2f}", one.drift.psi),
                       fmt::format("{:.3f}", one.alone), std::string(doubt)});
    }
    return table.text();
}

std::string reasonText(const ValueReason& reason)
{
    const Feature& feature = featureOf(reason.feature);
    return fmt::format("{} {} ({:+.2f})", feature.title, inWords(feature.unit, reason.value), reason.effect);
}

std::string peopleText(const ValueAnswer& answer, std::size_t shown)
{
    TextTable table({"person", "probability", "because"});
    for (const PersonChance& one : std::span(answer.people).first(std::min(shown, answer.people.size()))) {
        const auto reasons = answer.reasonsFor(one.user).reasons;
        std::string because;
        for (std::size_t i = 0; i < std::min(reasonsShown, reasons.size()); ++i)
            because += (i ? "; " : "") + reasonText(reasons[i]);
        table.add(
            {answer.history->dataset().personName(one.user), fmt::format("{:.1f} %", 100 * one.probability), because});
    }
    return table.text();
}

} // namespace

std::string_view WhoMattersCommand::examples() const
{
    return "orrery-cli who-matters --data online-retail.csv.gz --more-than 100 --days 7\n"
           "orrery-cli who-matters --data datasets/shop --more-than 50 --days 14 --out likely.csv --top-share 10\n"
           "orrery-cli who-matters --workspace w.orrery --more-than 50 --days 14 --keep\n"
           "orrery-cli who-matters --data datasets/shop --more-than 50 --segment likely.csv --at-least 20\n"
           "orrery-cli who-matters --data datasets/shop --at 2023-06-01 --set depth=3 --json";
}

void WhoMattersCommand::declare(CLI::App& app)
{
    m_app = &app;
    app.add_option("--more-than", m_label.moreThan, "The sum, in the currency of the data")
        ->capture_default_str()
        ->type_name("SUM")
        ->check(CLI::Range(0., 1e12).description(""));
    app.add_option("--days", m_label.days, "Within so many days")
        ->capture_default_str()
        ->check(CLI::Range(1, 3650).description(""));
    app.add_option("--at", m_at, "Nothing from this moment on is known: 2022-01-01, 2022-01-01T08:00 or seconds")
        ->type_name("TIME");
    app.add_option("--set", m_sets, "A parameter of the trees; may be repeated: 'trees', 'depth', 'learning-rate' ...")
        ->allow_extra_args(false)
        ->type_name("NAME=VALUE");
    app.add_option("--top", m_shown, "How many of the likeliest people are shown, with reasons")
        ->capture_default_str()
        ->check(CLI::Range(0, 10'000).description(""));
    app.add_option("--out", m_out, "Write people and probabilities to this CSV file, the likeliest first")
        ->type_name("FILE");
    auto* share = app.add_option("--top-share", m_topShare,
                                 "Write and keep only so many percent of them; a segment has 10 unless told")
                      ->capture_default_str()
                      ->type_name("PERCENT")
                      ->check(CLI::Range(0., 100.).description(""));
    app.add_option("--at-least", m_atLeast, "Write and keep only those who are as likely as that")
        ->type_name("PERCENT")
        ->check(CLI::Range(0., 100.).description(""))
        ->excludes(share);
    app.add_option("--segment", m_segment, "Write them as a segment, which --segments of other commands reads")
        ->type_name("FILE");
    app.add_flag("--keep", m_keep, "Keep them as a segment in the workspace, where rules and the window see it");
    m_data.declare(app);
}

Result<ValueQuestion> WhoMattersCommand::question() const
{
    const auto at = momentFrom(m_at);
    if (!at)
        return tl::unexpected(at.error());
    const auto set = parseAssignments(gbdtParamSpecs(), m_sets);
    if (!set)
        return tl::unexpected(set.error());
    return ValueQuestion{.label = m_label, .at = *at, .trees = *set};
}

std::span<const PersonChance> WhoMattersCommand::chosen(const ValueAnswer& answer) const
{
    if (m_app->count("--at-least") > 0)
        return answer.atLeast(m_atLeast / 100);
    const bool isSegment = m_keep || !m_segment.empty();
    return answer.topShare((isSegment && m_app->count("--top-share") == 0 ? segmentShare : m_topShare) / 100);
}

Result<std::string> WhoMattersCommand::keepSegment(OpenedData& data, const ValueAnswer& answer,
                                                   const Context& context) const
{
    const auto people = chosen(answer);
    if ((m_keep || !m_segment.empty()) && people.empty())
        return error(Code::InvalidArgument, "Nobody is that likely, so there is no segment",
                     "Take a smaller --at-least");
    const AttributeColumn column = segmentOf(answer, people);
    std::string said;
    if (!m_segment.empty()) {
        AttributeTable table;
        table.add(column);
        if (const auto written = writeSegments(table, *data.dataset, m_segment, context.job); !written)
            return tl::unexpected(written.error());
        said += fmt::format("\n{} written to {}\n", counted(people.size(), "person", "people"), m_segment);
    }
    if (m_keep) {
        const auto kept = m_data.store(
            data, [&](Workspace& workspace, DatasetId id) { return workspace.setDerivedPeople(id, column); });
        if (!kept)
            return tl::unexpected(kept.error());
        said += fmt::format("\n{} kept in {}: rules see them as {} = yes\n", counted(people.size(), "person", "people"),
                            m_data.storeFile(), column.name);
    }
    return said;
}

Result<Output> WhoMattersCommand::run(const Context& context)
{
    const auto asked = question();
    if (!asked)
        return tl::unexpected(asked.error());
    if (m_keep && !m_data.stores())
        return error(Code::InvalidArgument, "A segment is kept in a workspace",
                     "Name one with --workspace, or write the segment with --segment FILE");
    auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    const auto answer = whoWillMatter(data->dataset, *asked, context.job);
    if (!answer)
        return tl::unexpected(answer.error());
    if (!m_out.empty())
        if (const auto written = exportChances(*answer, chosen(*answer), m_out, context.job); !written)
            return tl::unexpected(written.error());
    const auto kept = keepSegment(*data, *answer, context);
    if (!kept)
        return tl::unexpected(kept.error());
    const ValueReport& report = answer->report;
    Json json = {{"dataset", datasetJson(*data->dataset)},
                 {"question", {{"moreThan", m_label.moreThan}, {"days", m_label.days}, {"at", timeJson(answer->now)}}},
                 {"featureVersion", valueFeatureVersion},
                 {"trainedBy", answer->model.trainedBy},
                 {"treeCount", answer->model.trees.treeCount()},
                 {"report", reportJson(report)},
                 {"people", Json::array()}};
    const auto shown = std::min(static_cast<std::size_t>(m_shown), answer->people.size());
    for (const PersonChance& one : std::span(answer->people).first(shown))
        json["people"].push_back(personJson(*answer, one));
    std::string text =
        fmt::format("{}: {} at {}, {:.2f} % of them did; {}\n\n", answer->title(),
                    counted(report.test.rows, "look", "looks"), counted(report.test.cuts.size(), "test cut"),
                    100 * static_cast<double>(report.test.positives) / static_cast<double>(report.test.rows),
                    counted(answer->model.trees.treeCount(), "tree"));
    text += qualityText(report) + "\n" + calibrationText(report) + "\n" + featuresText(report);
    if (shown > 0)
        text += "\n" + peopleText(*answer, shown);
    if (m_keep || !m_segment.empty())
        json["segment"] = {{"name", answer->title()}, {"value", "yes"}, {"people", chosen(*answer).size()}};
    return Output{dump(json), text + *kept};
}

} // namespace orrery::cli
