// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/first_answer.h"
#include "core/store/new_rows.h"
#include "ui/components/text.h"
#include "ui/session/session_loading.h"

namespace orrery::ui {

/// A first answer whose models and runs are in the workspace.
struct StoredAnswer {
    Answer answer;
    DatasetId dataset = 0;
    std::vector<TrainedModel> models;
    std::vector<RunRow> runs;
    ModelId a = 0, b = 0;
    Timestamp asOf = endOfTime;
};

namespace {

constexpr std::uint64_t answerSeed = 1;

ModelRow rowOf(const Contender& contender, const FirstAnswer& answer, DatasetId dataset, const std::string& name,
               int colour)
{
    const Algorithm* algorithm = findAlgorithm(contender.algorithm);
    ModelRow row;
    row.dataset = dataset;
    row.name = name;
    row.algorithm = contender.algorithm;
    row.paramsJson = toJson(complete(algorithm->params, contender.params));
    row.seed = answerSeed;
    setTrainedOn(row, answer.plan, answer.split);
    row.seconds = contender.seconds;
    row.build = buildName();
    row.colour = colour;
    return row;
}

Result<StoredAnswer> answerAndStore(const FirstAnswerRequest& request, const std::filesystem::path& file,
                                    DatasetId dataset, const std::function<std::string(const std::string&)>& nameFor,
                                    int firstColour, const JobContext& job)
{
    const auto found = firstAnswer(request, job);
    if (!found)
        return tl::unexpected(found.error());
    auto workspace = Workspace::open(file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    StoredAnswer stored;
    stored.dataset = dataset;
    stored.asOf = found->split.asOf;
    for (const Contender& contender : found->contenders) {
        ModelRow row = rowOf(contender, *found, dataset, nameFor(contender.title),
                             firstColour + static_cast<int>(stored.models.size()));
        const auto model = workspace->addModel(row, *contender.model, contender.curves);
        if (!model)
            return tl::unexpected(model.error());
        row.id = *model;
        RunRow run = runRow(row.id, found->plan, found->split, found->protocol, answerSeed, contender.report);
        const auto id = workspace->addRun(run);
        if (!id)
            return tl::unexpected(id.error());
        run.id = *id;
        run.report = run.report.withoutPeople();
        stored.answer.protocolHash = run.protocolHash;
        stored.models.push_back({{row, makeModelRecommender(row.name, contender.model)}, contender.curves});
        stored.runs.push_back(std::move(run));
    }
    stored.a = stored.models[found->a].entry.row.id;
    stored.b = stored.models[found->b].entry.row.id;
    for (const std::string& sentence : found->sentences)
        stored.answer.sentences.push_back(text(sentence));
    return stored;
}

} // namespace

void WorkspaceSession::getFirstAnswer(double budgetSeconds)
{
    if (!m_dataset)
        return;
    const FirstAnswerRequest request{m_dataset, m_trainEvents, budgetSeconds};
    // Names are given now, on the window's thread; the job knows only the titles.
    std::map<std::string, std::string> names;
    for (const Algorithm& algorithm : catalogue())
        names[algorithm.title] = freeName(algorithm.title);
    const auto nameFor = [names](const std::string& title) {
        const auto found = names.find(title);
        return found == names.end() ? title : found->second;
    };
    m_jobs.start<StoredAnswer>(
        tr("Getting a first answer"), settings(answerSeed),
        [=, file = file(), dataset = m_datasetId, colour = freeColour()](const JobContext& job) {
            return answerAndStore(request, file, dataset, nameFor, colour, job);
        },
        this,
        [this, file = file()](Result<StoredAnswer> answer) {
            if (!answer)
                return fail(answer.error());
            if (file == this->file() && answer->dataset == m_datasetId)
                takeAnswer(std::move(*answer));
        });
}

void WorkspaceSession::takeAnswer(StoredAnswer stored)
{
    for (TrainedModel& trained : stored.models) {
        if (!trained.curves.empty())
            m_curves[trained.entry.row.id] = std::move(trained.curves);
        m_models.push_back(std::move(trained.entry));
    }
    m_answer = std::move(stored.answer);
    std::string remembered;
    for (const QString& sentence : m_answer->sentences)
        remembered += sentence.toStdString() + '\n';
    rememberHere("answer", remembered);
    rememberHere("answer-protocol", m_answer->protocolHash);
    emit modelsChanged();
    takeRuns(std::move(stored.runs));
    setAsOf(stored.asOf);
    setA(stored.a);
    setB(stored.b);
    emit firstAnswerReady();
}

} // namespace orrery::ui
