// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/value_lab.h"

#include "core/base/parallel.h"
#include "core/base/whole_file.h"
#include "core/base/words.h"
#include "core/data/csv_field.h"
#include "core/models/first_error.h"
#include "core/params/param_table.h"
#include "core/ranking/value_report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

Status checkQuestion(const ValueQuestion& question)
{
    if (!std::isfinite(question.label.moreThan) || question.label.moreThan < 0)
        return error(Code::InvalidArgument, fmt::format("A sum of {} cannot be asked for", question.label.moreThan),
                     "It is 0 or more, in the currency of the data");
    if (question.label.days < 1 || question.label.days > 3650 || question.stepDays < 0 || question.stepDays > 3650)
        return error(Code::InvalidArgument, "Days are from 1 to 3650");
    return {};
}

Status checkPart(const ValueRows& rows, std::string_view part, const ValueLabel& label)
{
    const auto yes = static_cast<std::size_t>(std::ranges::count(rows.rows.labels, 1.F));
    if (yes > 0 && yes < rows.users.size())
        return {};
    return error(Code::InvalidArgument,
                 fmt::format("{} spends more than {} in {} days at the cuts of {}", yes == 0 ? "Nobody" : "Everybody",
                             label.moreThan, label.days, part),
                 yes == 0 ? "Ask for a smaller sum, or more days" : "Ask for a larger sum, or fewer days");
}

Result<GbdtParams> treesOf(const ValueQuestion& question)
{
    ParamSet set = valueTreeSettings();
    for (const auto& [id, value] : question.trees.values())
        set.set(id, value);
    auto params = readGbdtParams(set);
    if (params)
        params->objective = GbdtObjective::Pointwise;
    return params;
}

TrainingRows joined(const TrainingRows& a, const TrainingRows& b)
{
    TrainingRows both{Matrix::unset(a.features.rows() + b.features.rows(), a.features.cols()), a.labels, {}, {}};
    both.labels.insert(both.labels.end(), b.labels.begin(), b.labels.end());
    std::ranges::copy(b.features.all(), std::ranges::copy(a.features.all(), both.features.all().begin()).out);
    return both;
}

class Lab {
public:
    Lab(const std::shared_ptr<const Dataset>& dataset, const ValueQuestion& question, const JobContext& job)
        : m_dataset(dataset), m_question(question), m_job(job)
    {
        if (m_question.stepDays == 0)
            m_question.stepDays = m_question.label.days;
    }

    Result<ValueAnswer> run()
    {
        const auto params = treesOf(m_question);
        if (!params)
            return tl::unexpected(params.error());
        if (const auto opened = open(); !opened)
            return tl::unexpected(opened.error());
        const auto cuts =
            planValueCuts(m_history->first(), m_history->last() + 1, m_question.label.days, m_question.stepDays);
        if (!cuts)
            return tl::unexpected(cuts.error());
        const auto sets = gather(*cuts);
        if (!sets)
            return tl::unexpected(sets.error());
        auto trained = trainOnBoth(*sets, *params);
        if (!trained)
            return tl::unexpected(trained.error());
        m_job.progress(.85, "judging");
        auto report = valueReportOf(*m_history, *cuts, *sets, trained->trees, m_job.part(.85, .95));
        if (!report)
            return tl::unexpected(report.error());
        auto people = chances(trained->trees);
        if (!people)
            return tl::unexpected(people.error());
        return ValueAnswer{m_question,          m_now, std::move(*trained), std::move(*report), std::move(*people),
                           std::move(m_history)};
    }

private:
    Status open()
    {
        m_job.progress(0, "putting events in order");
        if (const auto why = CustomerHistory::whyNot(*m_dataset); !why.empty())
            return error(Code::InvalidArgument, "What people spend cannot be told from this dataset", why,
                         m_dataset->name());
        const bool all = m_question.at == endOfTime;
        const auto known = all ? m_dataset : m_dataset->before(m_question.at);
        if (!all && !CustomerHistory::whyNot(*known).empty())
            return error(Code::InvalidArgument, "Nothing was bought before " + dateText(m_question.at),
                         "Ask for a later moment");
        auto history = CustomerHistory::open(known, m_job.part(0, .1));
        if (!history)
            return tl::unexpected(history.error());
        m_history = std::make_shared<const CustomerHistory>(std::move(*history));
        m_now = all ? m_history->last() + 1 : m_question.at;
        return {};
    }

    [[nodiscard]] Result<ValueSets> gather(const ValueCuts& cuts) const
    {
        const std::size_t half = m_question.mostRows / 2;
        m_job.progress(.1, "looking back");
        auto train = valueRowsOf(*m_history, cuts.train, m_question.label, m_question.mostRows, m_job.part(.1, .2));
        auto validation = valueRowsOf(*m_history, cuts.validation, m_question.label, half, m_job.part(.2, .25));
        auto test = valueRowsOf(*m_history, cuts.test, m_question.label, half, m_job.part(.25, .3));
        if (const Error* failed = firstError(train, validation, test))
            return tl::unexpected(*failed);
        for (const auto& [rows, part] :
             {std::pair{&*train, "training"}, {&*validation, "validation"}, {&*test, "test"}})
            if (const auto fine = checkPart(*rows, part, m_question.label); !fine)
                return tl::unexpected(fine.error());
        return ValueSets{std::move(*train), std::move(*validation), std::move(*test)};
    }

    /// The validation says how many trees; then as many learn from its rows, too, which are the newest.
    [[nodiscard]] Result<TrainedTrees> trainOnBoth(const ValueSets& sets, GbdtParams params) const
    {
        auto tried = trainTrees(sets.train.rows, sets.validation.rows, params, m_job.part(.3, .6));
        if (!tried)
            return tried;
        params.trees = static_cast<int>(tried->bestRound) + 1;
        auto trained = trainTrees(joined(sets.train.rows, sets.validation.rows), {}, params, m_job.part(.6, .85));
        if (trained) {
            trained->metric = tried->metric;
            trained->validation = std::move(tried->validation);
        }
        return trained;
    }

    [[nodiscard]] Result<std::vector<PersonChance>> chances(const TreeEnsemble& trees) const
    {
        std::vector<PersonChance> people;
        for (std::uint32_t p = 0; p < m_history->dataset().personCount(); ++p)
            if (m_history->firstOf(UserIndex{p}) < m_now)
                people.push_back({UserIndex{p}, 0});
        const auto told = parallelFor(m_job, people.size(), 256, [&](std::size_t first, std::size_t last) {
            Matrix rows(last - first, valueFeatures().size());
            for (std::size_t i = first; i < last; ++i)
                m_history->fill(people[i].user, m_now, rows.row(i - first));
            const auto some = chancesOf(trees, rows.view());
            for (std::size_t i = first; i < last; ++i)
                people[i].probability = some[i - first];
        });
        if (!told)
            return tl::unexpected(told.error());
        std::ranges::stable_sort(people, std::greater<>(), &PersonChance::probability);
        return people;
    }

    const std::shared_ptr<const Dataset>& m_dataset;
    ValueQuestion m_question;
    const JobContext& m_job;
    std::shared_ptr<const CustomerHistory> m_history;
    Timestamp m_now = noTime;
};

} // namespace

ParamSet valueTreeSettings()
{
    ParamSet set;
    set.set("objective", std::string("pointwise"));
    set.set("trees", std::int64_t{500});
    set.set("depth", std::int64_t{4});
    set.set("learning-rate", .05);
    set.set("min-child-weight", 10.);
    set.set("subsample", .8);
    set.set("column-sample", .8);
    return set;
}

Result<ValueAnswer> whoWillMatter(const std::shared_ptr<const Dataset>& dataset, const ValueQuestion& question,
                                  const JobContext& job)
{
    if (const auto why = whyNoGbdt(); !why.empty())
        return error(Code::Unsupported, "This build cannot train trees", why);
    if (const auto fine = checkQuestion(question); !fine)
        return tl::unexpected(fine.error());
    return Lab(dataset, question, job).run();
}

std::string ValueAnswer::title() const
{
    return fmt::format("likely to spend more than {} in {} {}", question.label.moreThan, question.label.days,
                       question.label.days == 1 ? "day" : "days");
}

std::span<const PersonChance> ValueAnswer::topShare(double share) const
{
    const auto count = static_cast<std::size_t>(std::clamp(share, 0., 1.) * static_cast<double>(people.size()));
    return std::span(people).first(std::min(std::max<std::size_t>(count, 1), people.size()));
}

std::span<const PersonChance> ValueAnswer::atLeast(double probability) const
{
    const auto end = std::ranges::find_if(
        people, [probability](const PersonChance& one) { return static_cast<double>(one.probability) < probability; });
    return std::span(people).first(static_cast<std::size_t>(end - people.begin()));
}

AttributeColumn segmentOf(const ValueAnswer& answer, std::span<const PersonChance> people)
{
    std::vector<char> in(answer.history->dataset().personCount(), 0);
    for (const PersonChance& one : people)
        in[one.user.value] = 1;
    TagColumn column;
    const std::uint32_t yes = column.vocabulary.add("yes");
    for (const char one : in) {
        if (one)
            column.tags.push_back(yes);
        column.starts.push_back(static_cast<std::uint32_t>(column.tags.size()));
    }
    return {answer.title(), std::move(column)};
}

Status exportChances(const ValueAnswer& answer, std::span<const PersonChance> people, const std::filesystem::path& file,
                     const JobContext& job)
{
    const Vocabulary& ids = answer.history->dataset().personIds();
    WholeFile out(file);
    out.write("person,probability\n");
    for (const PersonChance& one : people) {
        if (const auto go = job.check(); !go)
            return go;
        std::string line;
        appendCsvField(line, ids.name(one.user.value));
        out.write(fmt::format("{},{}\n", line, shortestDecimal(one.probability)));
    }
    return out.finish();
}

ValueAnswer::Reasons ValueAnswer::reasonsFor(UserIndex user) const
{
    std::vector<float> row(valueFeatures().size()), terms(row.size() + 1);
    history->fill(user, now, row);
    model.trees.contributions(row, terms);
    Reasons out;
    for (std::size_t f = 0; f < row.size(); ++f)
        out.reasons.push_back({f, row[f], terms[f]});
    out.expected = terms.back();
    std::ranges::stable_sort(out.reasons, std::greater<>(),
                             [](const ValueReason& one) { return std::abs(one.effect); });
    return out;
}

} // namespace orrery
