// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/first_answer.h"
#include "core/evaluation/protocol_json.h"
#include "ui/components/text.h"
#include "ui/session/session_loading.h"

#include <QElapsedTimer>

namespace orrery::ui {

/// A first answer whose models and runs are in the workspace.
struct StoredAnswer {
    Answer answer;
    DatasetId dataset = 0;
    std::vector<ModelEntry> models;
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
    row.trainedOn = answer.split.asOf == endOfTime ? "the training part: " + answer.split.description
                                                   : "before " + date(answer.split.asOf).toStdString();
    row.trainHash = answer.split.train->hash();
    row.asOf = answer.split.asOf;
    row.heldOut = true;
    row.splitJson = toJson(answer.plan);
    row.seconds = contender.seconds;
    row.build = buildName();
    row.colour = colour;
    return row;
}

RunRow runOf(const Contender& contender, const FirstAnswer& answer, ModelId model)
{
    RunRow run;
    run.model = model;
    run.protocolHash = contender.report.protocolHash;
    run.splitDescription = answer.split.description;
    run.protocolJson = toJson(answer.plan, answer.protocol);
    run.build = buildName();
    run.seed = answerSeed;
    run.report = contender.report;
    return run;
}

Result<StoredAnswer> answerAndStore(const FirstAnswerRequest& request, const std::filesystem::path& file,
                                    DatasetId dataset, const std::function<std::string(const std::string&)>& nameFor,
                                    int firstColour, const JobContext& job)
{
    QElapsedTimer timer;
    timer.start();
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
        const auto model = workspace->addModel(row, *contender.model);
        if (!model)
            return tl::unexpected(model.error());
        row.id = *model;
        RunRow run = runOf(contender, *found, row.id);
        const auto id = workspace->addRun(run);
        if (!id)
            return tl::unexpected(id.error());
        run.id = *id;
        stored.models.push_back({row, makeModelRecommender(row.name, contender.model)});
        stored.runs.push_back(std::move(run));
    }
    stored.a = stored.models[found->a].row.id;
    stored.b = stored.models[found->b].row.id;
    for (const std::string& sentence : found->sentences)
        stored.answer.sentences.push_back(text(sentence));
    stored.answer.seconds = static_cast<double>(timer.elapsed()) / 1000;
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
    std::ranges::move(stored.models, std::back_inserter(m_models));
    m_answer = std::move(stored.answer);
    std::string remembered;
    for (const QString& sentence : m_answer->sentences)
        remembered += sentence.toStdString() + '\n';
    remember("answer", remembered);
    emit modelsChanged();
    takeRuns(std::move(stored.runs));
    setAsOf(stored.asOf);
    setA(stored.a);
    setB(stored.b);
    emit firstAnswerReady();
}

} // namespace orrery::ui
