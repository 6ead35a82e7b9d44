// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/rules_command.h"

#include "app/cli/console.h"
#include "app/cli/json.h"
#include "app/cli/text_table.h"
#include "core/base/whole_file.h"
#include "core/base/words.h"
#include "core/evaluation/people_groups.h"
#include "core/evaluation/rule_sample.h"
#include "core/pipeline/funnel.h"
#include "core/reranking/audience.h"
#include "core/reranking/rule_comparison.h"
#include "core/reranking/rule_diagnostics.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::size_t candidateCount = 1000, diagnosedPeople = 100, largestFile = 1 << 20, segmentsShown = 8;

constexpr std::array<std::pair<const char*, const char*>, 9> measureNames{
    {{"agreement", "agreement with later choices, NDCG"},
     {"ownOrder", "share of the ranker's best that is kept"},
     {"coverage", "share of the catalog shown"},
     {"sellers", "share of the sellers shown"},
     {"diversity", "diversity of categories"},
     {"margin", "margin of items shown, not revenue"},
     {"highMargin", "share with a high margin, not revenue"},
     {"newSellers", "share of new sellers"},
     {"novelty", "novelty, bits"}}};

Result<RuleSet> readRules(const std::string& file)
{
    if (file.empty())
        return RuleSet{"no rules", {}};
    const auto text = textOfFile(file, largestFile);
    if (!text)
        return tl::unexpected(text.error());
    auto rules = rulesFromJson(*text);
    if (!rules) {
        Error failure = rules.error();
        failure.where = failure.where.empty() ? file : fmt::format("{}, {}", file, failure.where);
        return tl::unexpected(std::move(failure));
    }
    return rules;
}

Output kindsOutput()
{
    Json json = Json::array();
    std::string text;
    for (const RuleKind& kind : ruleKinds()) {
        Json one = {{"rule", kind.id}, {"title", kind.title}, {"summary", kind.summary}, {"paper", kind.paper}};
        text += fmt::format("{} ({})\n  {}\n", kind.id, kind.title, kind.summary);
        for (const ParamSpec& spec : kind.params) {
            one["settings"][spec.id] = valueJson(spec.fallback);
            text += fmt::format("    {} = {}: {}\n", spec.id, toText(spec.fallback), spec.help);
        }
        json.push_back(std::move(one));
    }
    text += "\nEach may say when it holds:\n";
    for (const ParamSpec& spec : whenParams())
        text += fmt::format("    {}: {}\n", spec.id, spec.help);
    return {dump(json), text};
}

Json personJson(const Dataset& dataset, const RuleSample& sample, std::optional<std::size_t> at)
{
    return at ? Json(dataset.personIds().name(sample.people[*at].value)) : Json();
}

Json changeJson(const Dataset& dataset, const RuleSample& sample, const RuleChange& change)
{
    Json json = {{"people", change.people.size()}, {"affected", change.affected}, {"judged", change.judged},
                 {"better", change.better},        {"worse", change.worse},       {"measures", Json::array()}};
    for (const RuleMeasure& measure : change.measures)
        json["measures"].push_back({{"measure", measureNames.at(static_cast<std::size_t>(measure.kind)).first},
                                    {"before", measure.before},
                                    {"after", measure.after},
                                    {"difference", measure.difference()},
                                    {"low", measure.interval.low},
                                    {"high", measure.interval.high},
                                    {"people", measure.people}});
    json["segments"] = Json::array();
    for (const PeopleSegment& segment : change.segments)
        json["segments"].push_back({{"name", segment.name},
                                    {"value", segment.value},
                                    {"people", segment.people},
                                    {"affected", segment.affected},
                                    {"better", segment.better},
                                    {"worse", segment.worse},
                                    {"difference", segment.difference}});
    json["mostChanged"] = personJson(dataset, sample, change.mostChanged);
    json["typical"] = personJson(dataset, sample, change.typical);
    json["mostHarmed"] = personJson(dataset, sample, change.mostHarmed);
    for (const Unmet& unmet : change.unmet)
        json["unmet"].push_back({{"wanted", unmet.wanted}, {"reached", unmet.reached}, {"why", unmet.why}});
    return json;
}

/// Those whose agreement changes, the most first.
std::string segmentsText(const RuleChange& change)
{
    std::vector<PeopleSegment> told;
    for (const PeopleSegment& segment : change.segments)
        if (segment.judged > 1 && segment.difference != 0)
            told.push_back(segment);
    if (told.empty())
        return {};
    std::ranges::stable_sort(told, std::greater<>(),
                             [](const PeopleSegment& segment) { return std::abs(segment.difference); });
    TextTable table({"agreement of", "people", "better", "worse", "change", "95 % interval"});
    for (std::size_t i = 0; i < std::min(segmentsShown, told.size()); ++i)
        table.add({PeopleGroup{told[i].name, told[i].value, {}}.words(), grouped(told[i].judged),
                   grouped(told[i].better), grouped(told[i].worse), fmt::format("{:+.4f}", told[i].difference),
                   fmt::format("{:+.4f} to {:+.4f}", told[i].interval.low, told[i].interval.high)});
    return "\n" + table.text() + "\n";
}

std::string changeText(const Dataset& dataset, const RuleSample& sample, const RuleChange& change)
{
    TextTable table({"", "before", "after", "change", "95 % interval"});
    for (const RuleMeasure& measure : change.measures)
        table.add({measureNames.at(static_cast<std::size_t>(measure.kind)).second,
                   fmt::format("{:.4f}", measure.before), fmt::format("{:.4f}", measure.after),
                   fmt::format("{:+.4f}", measure.difference()),
                   fmt::format("{:+.4f} to {:+.4f}", measure.interval.low, measure.interval.high)});
    std::string out = table.text();
    out += fmt::format("\n{} of {} see another list; of {} with later choices better for {}, worse for {}\n",
                       counted(change.affected, "person", "people"), grouped(change.people.size()),
                       grouped(change.judged), change.better, change.worse);
    out += segmentsText(change);
    const auto name = [&](const char* what, std::optional<std::size_t> at) {
        if (at)
            out += fmt::format("{}: {}\n", what, dataset.personIds().name(sample.people[*at].value));
    };
    name("most changed", change.mostChanged);
    name("typical", change.typical);
    name("most harmed", change.mostHarmed);
    for (const Unmet& unmet : change.unmet)
        out += fmt::format("not met: {}\n", unmet.why);
    return out;
}

/// What the rules are given: candidates of B's own order, as of the moment from which choices are known.
struct Sampled {
    std::shared_ptr<const RuleCatalog> catalog;
    RuleSample sample;
    std::shared_ptr<const PreviewSample> preview;
    RuleSet own; ///< rules of a funnel
};

Result<Sampled> sampleFor(const ModelChoice& choice, const OpenedData& data, std::size_t people, const Context& context)
{
    Sampled out;
    const Timestamp cut = usualCut(*data.dataset, endOfTime);
    const auto train = cut == endOfTime ? data.dataset : data.dataset->before(cut);
    ModelChoice fair = choice;
    if (fair.stored && (fair.algorithm || fair.funnel) && fair.stored->trainHash != train->hash())
        fair.stored.reset();
    const auto model = makeReady(fair, data, train, context.job.part(.2, .6));
    if (!model)
        return tl::unexpected(model.error());
    const auto plain = RuleCatalog::open(data.dataset, context.job);
    if (!plain)
        return tl::unexpected(plain.error());
    auto catalog = (*plain)->withSegments(data.segments);
    auto sample = drawRuleSample(*catalog, cut, people, context.seed, context.job);
    if (!sample)
        return tl::unexpected(sample.error());
    auto preview = std::make_shared<PreviewSample>();
    preview->later = sample->later;
    if (const Funnel* funnel = funnelOf(model->recommender.get())) {
        std::vector<Query> queries;
        for (const RuleRequest& request : sample->requests)
            queries.push_back(request.query);
        auto before = funnel->beforeRules(queries, context.job.part(.6, .8));
        if (!before)
            return tl::unexpected(before.error());
        preview->candidates = std::move(before->candidates);
        preview->requests = std::move(before->requests);
        out.own = funnel->recipe().rules;
    } else {
        auto candidates = candidatesOf(*model->recommender, sample->requests, candidateCount, context.job.part(.6, .8));
        if (!candidates)
            return tl::unexpected(candidates.error());
        preview->candidates = std::move(*candidates);
        preview->requests = sample->requests;
    }
    out.catalog = std::move(catalog);
    out.sample = std::move(*sample);
    out.preview = std::move(preview);
    return out;
}

Result<std::vector<RuleFinding>> findingsOf(const Sampled& sampled, const RuleSet& rules, std::size_t k,
                                            const JobContext& job)
{
    const auto reranker = Reranker::make(rules, sampled.catalog);
    if (!reranker)
        return tl::unexpected(reranker.error());
    const std::size_t people = std::min(diagnosedPeople, sampled.preview->candidates.size());
    return diagnose(**reranker, sampled.catalog, std::span(sampled.preview->candidates).first(people),
                    std::span(sampled.preview->requests).first(people), k, job)
        .map([](RuleReport report) { return std::move(report.findings); });
}

struct Audiences {
    Json json = Json::array();
    std::string text;
};

/// How many people each rule with an audience is for, or why that cannot be told.
Result<Audiences> audiencesOf(const RuleSet& rules, const OpenedData& data, const JobContext& job)
{
    const auto has = [](const Rule& rule) { return !rule.when.audience.empty(); };
    Audiences out;
    if (std::ranges::none_of(rules.rules, has))
        return out;
    const auto audience = Audience::open(*data.dataset, data.segments, job);
    if (!audience)
        return tl::unexpected(audience.error());
    for (std::size_t place = 0; place < rules.rules.size(); ++place) {
        const Rule& rule = rules.rules[place];
        if (!has(rule))
            continue;
        const auto count = (*audience)->count(rule.when.audience);
        Json one = {{"rule", place + 1}, {"audience", rule.when.audience}, {"of", (*audience)->people()}};
        one["people"] = count ? Json(*count) : Json();
        one["why"] = count ? "" : count.error().text();
        out.json.push_back(std::move(one));
        out.text += count ? fmt::format("  {}: for {} of {} people\n", wordsOf(rule), grouped(*count),
                                        grouped((*audience)->people()))
                          : fmt::format("! {}: {}\n", wordsOf(rule), count.error().text());
    }
    return out;
}

} // namespace

std::string_view RulesCommand::examples() const
{
    return "orrery-cli rules --kinds\n"
           "orrery-cli rules --usual > rules.json\n"
           "orrery-cli rules --data datasets/shop --model implicit-als --rules rules.json\n"
           "orrery-cli rules --data datasets/shop --rules rules.json --segments members.csv\n"
           "orrery-cli rules --workspace w.orrery --model \"My funnel\" --rules new.json --json";
}

void RulesCommand::declare(CLI::App& app)
{
    app.add_flag("--kinds", m_kinds, "List the kinds of rules with their settings");
    app.add_flag("--usual", m_usual, "Write the usual rules of a shop, to begin with");
    app.add_option("--rules", m_rules, "The rules after the change, a file of rules")->type_name("FILE");
    app.add_option("--before", m_before, "Those before it; else the funnel's own, or none")->type_name("FILE");
    app.add_option("--people", m_people, "How many are counted")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000'000).description(""));
    app.add_option("--length", m_length, "Items of a list")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000).description(""));
    m_model.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
    m_data.declareSegments(app);
}

Result<Output> RulesCommand::run(const Context& context)
{
    if (m_kinds)
        return kindsOutput();
    if (m_usual) {
        const std::string json = toJson(usualRules());
        return Output{json, json};
    }
    if (m_rules.empty())
        return error(Code::InvalidArgument, "It does not say which rules are to be counted",
                     "Give a file with --rules; --usual writes one");
    const auto after = readRules(m_rules);
    if (!after)
        return tl::unexpected(after.error());
    const auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    const auto choices = m_model.choices(*data);
    if (!choices)
        return tl::unexpected(choices.error());
    const auto sampled = sampleFor(choices->front(), *data, m_people, context);
    if (!sampled)
        return tl::unexpected(sampled.error());
    auto before = m_before.empty() ? Result<RuleSet>(sampled->own) : readRules(m_before);
    if (!before)
        return tl::unexpected(before.error());
    RulePreview::Settings settings;
    settings.k = m_length;
    settings.seed = context.seed;
    const auto preview =
        RulePreview::make(sampled->catalog, sampled->preview, *before, settings, context.job.part(.8, .85));
    if (!preview)
        return tl::unexpected(preview.error());
    const auto change = (*preview)->changeTo(*after, context.job.part(.85, .9));
    if (!change)
        return tl::unexpected(change.error());
    const auto findings = findingsOf(*sampled, *after, m_length, context.job.part(.9, 1));
    if (!findings)
        return tl::unexpected(findings.error());
    Json json = {{"dataset", datasetJson(*data->dataset)}, {"model", choices->front().name}};
    json.update(changeJson(*data->dataset, sampled->sample, *change));
    std::string text = fmt::format("{}, rules on {}\n", choices->front().name, data->dataset->name());
    json["differences"] = Json::array();
    for (const RuleDifference& difference : compareRules(*before, *after)) {
        json["differences"].push_back(difference.text);
        text += "  " + difference.text + "\n";
    }
    auto audiences = audiencesOf(*after, *data, context.job);
    if (!audiences)
        return tl::unexpected(audiences.error());
    json["audiences"] = std::move(audiences->json);
    text += audiences->text;
    text += "\n" + changeText(*data->dataset, sampled->sample, *change);
    json["findings"] = Json::array();
    for (const RuleFinding& finding : *findings) {
        json["findings"].push_back({{"rule", finding.rule + 1}, {"people", finding.people}, {"text", finding.text}});
        text += fmt::format("! {}\n", finding.text);
    }
    return Output{dump(json), std::move(text)};
}

} // namespace orrery::cli
