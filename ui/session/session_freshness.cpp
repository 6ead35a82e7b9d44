// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"
#include "core/data/new_records.h"
#include "core/pipeline/list_export.h"
#include "core/store/freshness.h"
#include "ui/components/text.h"
#include "ui/session/session_loading.h"

#include <algorithm>
#include <chrono>

namespace orrery::ui {
namespace {

// Everything a job needs, copied, so that nothing is shared with the window.
struct ModelTask {
    std::filesystem::path file;
    ModelEntry entry;
    std::shared_ptr<const Dataset> dataset;
    Timestamp asOf = endOfTime;
};

Result<TrainedModel> refreshAndStore(const ModelTask& task, const JobContext& job)
{
    auto now = refreshed(task.entry.row, task.entry.recommender->model(), task.dataset, job);
    if (!now)
        return tl::unexpected(now.error());
    auto workspace = Workspace::open(task.file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    if (const auto stored = workspace->updateModel(now->row, *now->model, now->curves); !stored)
        return tl::unexpected(stored.error());
    return TrainedModel{{now->row, makeModelRecommender(now->row.name, now->model)}, std::move(now->curves)};
}

// The workspace is asked, not the window: the model may have been refreshed while the job waited.
Result<BulkLists> listsNow(const ModelTask& task, std::size_t n, const JobContext& job)
{
    if (task.entry.row.algorithm == funnelAlgorithm)
        return listsOfEverybody(*task.dataset, *task.entry.recommender, n, task.asOf, job);
    return Workspace::open(task.file)
        .and_then([&](const Workspace& workspace) { return workspace.loadRecommender(task.entry.row.id); })
        .and_then(
            [&](const RecommenderPtr& model) { return listsOfEverybody(*task.dataset, *model, n, task.asOf, job); });
}

Result<KeptLists> makeAndKeep(const ModelTask& task, std::size_t n, const JobContext& job)
{
    const auto start = std::chrono::steady_clock::now();
    const auto lists = listsNow(task, n, job.part(0, .95));
    if (!lists)
        return tl::unexpected(lists.error());
    KeptLists row;
    row.model = task.entry.row.id;
    row.datasetHash = task.dataset->hash();
    row.asOf = task.asOf;
    row.length = n;
    row.people = task.dataset->personCount();
    row.events = task.dataset->log().size();
    row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    auto workspace = Workspace::open(task.file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto kept =
        workspace->keepLists(row, *lists).and_then([&] { return workspace->keptLists(task.entry.row.dataset); });
    if (!kept)
        return tl::unexpected(kept.error());
    const auto found = std::ranges::find(*kept, row.model, &KeptLists::model);
    return found == kept->end() ? Result<KeptLists>(row) : Result<KeptLists>(*found);
}

/// What was written, and whether it was of lists that were kept.
struct Exported {
    WrittenLists written;
    bool kept = false;
};

Result<std::optional<BulkLists>> currentLists(const ModelTask& task, std::size_t n)
{
    const auto workspace = Workspace::open(task.file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto kept = workspace->keptLists(task.entry.row.dataset);
    if (!kept)
        return tl::unexpected(kept.error());
    const auto found = std::ranges::find(*kept, task.entry.row.id, &KeptLists::model);
    if (found == kept->end() || found->length < n || !found->current(*task.dataset, task.asOf))
        return std::optional<BulkLists>();
    return workspace->loadLists(found->model).map([](BulkLists lists) { return std::optional(std::move(lists)); });
}

Result<Exported> exportTo(const std::filesystem::path& file, const ListFormat& format, const ModelTask& task,
                          std::size_t n, const JobContext& job)
{
    auto lists = currentLists(task, n);
    if (!lists)
        return tl::unexpected(lists.error());
    const bool kept = lists->has_value();
    if (!kept) {
        auto made = listsNow(task, n, job.part(0, .9));
        if (!made)
            return tl::unexpected(made.error());
        *lists = std::move(*made);
    }
    return writeKeptLists(file, format, *task.dataset, task.entry.row.name, **lists, n, job.part(kept ? 0 : .9, 1))
        .map([kept](const WrittenLists& written) {
            return Exported{written, kept};
        });
}

// The newest event's.
Timestamp lastOf(const EventLog& log)
{
    Timestamp last = noTime;
    for (const Timestamp at : log.times())
        last = at != noTime && (last == noTime || at > last) ? at : last;
    return last;
}

RecordValues valuesOf(const Facts& who, const AttributeTable& people)
{
    RecordValues values;
    for (const Fact& fact : who)
        if (people.text(fact.name))
            values.emplace_back(fact.name, fact.value);
        else if (people.tags(fact.name))
            values.emplace_back(fact.name, std::vector<std::string>{fact.value});
        else if (bool isNumber = false; people.number(fact.name)) {
            const double number = text(fact.value).toDouble(&isNumber);
            if (isNumber)
                values.emplace_back(fact.name, number);
        }
    return values;
}

// The guest chose all of it now: at the moment to which the page is set, else when the newest event was.
PersonRecord recordOf(const std::string& id, const Facts& who, const History& history, const Dataset& dataset,
                      Timestamp asOf)
{
    PersonRecord record{id, valuesOf(who, dataset.people()), {}, noTime};
    if (dataset.log().hasTimes())
        record.at = asOf == endOfTime ? lastOf(dataset.log()) : asOf - 1;
    for (const HistoryEntry& entry : history)
        record.choices.push_back({entry.item, entry.value});
    return record;
}

} // namespace

void WorkspaceSession::append(Addition addition)
{
    if (!m_dataset)
        return;
    const Imported shown{m_dataset, m_report, m_trainEvents, m_planted};
    m_jobs.start<AppendedData>(
        addition.title, {},
        [read = std::move(addition.read), shown, file = file(), id = m_datasetId](const JobContext& job) {
            return appendInto(file, id, shown, read, job);
        },
        this,
        [this, then = std::move(addition.then), file = file()](Result<AppendedData> appended) {
            if (!appended)
                return fail(appended.error());
            if (file != this->file())
                return;
            const bool isShown = appended->dataset.id == m_datasetId;
            takeAppended(std::move(*appended));
            if (isShown && then)
                then();
        });
}

void WorkspaceSession::appendData(const std::vector<std::filesystem::path>& paths)
{
    if (paths.empty())
        return;
    const QString what = paths.size() == 1 ? text(paths.front().filename().string())
                                           : counted(static_cast<double>(paths.size()), tr("file"), tr("files"));
    append({tr("Adding %1").arg(what),
            [paths](const Dataset& whole, const auto& usual, const JobContext& job) {
                return readMore(paths, whole, usual, job);
            },
            {}});
}

void WorkspaceSession::addItem(const ItemRecord& record)
{
    append({tr("Adding %1").arg(text(record.id)),
            [record](const Dataset& whole, const auto&, const JobContext&) {
                return alone(record, whole).map([&](const auto& item) { return importedByHand(*item, record.id); });
            },
            [this, id = record.id] {
                if (const auto item = m_dataset->findItem(id))
                    selectItem(*item);
            }});
}

void WorkspaceSession::addGuest(const std::string& id)
{
    if (!m_dataset || m_person.user)
        return;
    append({tr("Adding %1").arg(text(id)),
            [record = recordOf(id, m_person.who, query().history, *m_dataset, m_asOf)](const Dataset& whole,
                                                                                       const auto&, const JobContext&) {
                return alone(record, whole).map([&](const auto& guest) { return importedByHand(*guest, record.id); });
            },
            [this, id] {
                if (const auto person = m_dataset->findPerson(id))
                    selectPerson(*person);
            }});
}

// What is shown stays as it is: who, what, by which models.
void WorkspaceSession::takeAppended(AppendedData appended)
{
    const QString hint =
        appended.rejected == 0
            ? QString()
            : tr("%1 refused: see the import report on Data")
                  .arg(counted(static_cast<double>(appended.rejected), tr("line was"), tr("lines were")));
    raise({Message::Kind::Good, text(appended.note), hint});
    const bool shown = appended.dataset.id == m_datasetId;
    takeContent(std::move(appended.dataset));
    if (!shown)
        return;
    std::vector<ModelId> wanted = shownModels();
    const auto late = behind();
    std::erase_if(wanted, [&](ModelId id) { return std::ranges::count(late, id) == 0; });
    refresh(wanted);
}

void WorkspaceSession::takeContent(LoadedDataset dataset)
{
    m_datasets = std::move(dataset.datasets);
    if (dataset.id != m_datasetId)
        return;
    m_dataset = std::move(dataset.dataset);
    m_report = std::move(dataset.report);
    m_planted = std::move(dataset.planted);
    m_digest.reset();
    m_ground.reset();
    reopenFunnels();
    emit datasetChanged();
    emit modelsChanged();
    emit keptListsChanged();
    emit personChanged();
    emit itemSelected();
    workOutDigest();
}

void WorkspaceSession::weighKinds(const KindWeights& weights)
{
    if (!m_dataset)
        return;
    const Imported shown{m_dataset, m_report, m_trainEvents, m_planted};
    m_jobs.start<LoadedDataset>(
        tr("Weighing the events of %1").arg(text(m_dataset->name())), {},
        [weights, shown, file = file(), id = m_datasetId](const JobContext& job) {
            return weighInto(file, id, shown, weights, job);
        },
        this,
        [this, file = file()](Result<LoadedDataset> weighed) {
            if (!weighed)
                return fail(weighed.error());
            if (file == this->file())
                takeWeighed(std::move(*weighed));
        });
}

// Models are not trained again by themselves: another weight may be tried next.
void WorkspaceSession::takeWeighed(LoadedDataset weighed)
{
    const QString name = text(weighed.dataset->name());
    const bool shown = weighed.id == m_datasetId;
    takeContent(std::move(weighed));
    const auto late = shown ? static_cast<double>(behind().size()) : 0;
    raise({Message::Kind::Good, tr("The events of %1 count anew").arg(name),
           late > 0 ? tr("%1 learned from other data: refresh on Recipes").arg(counted(late, tr("model"), tr("models")))
                    : QString()});
}

std::vector<ModelId> WorkspaceSession::shownModels() const
{
    std::vector<ModelId> shown;
    const auto add = [&](ModelId id) {
        if (std::ranges::count(shown, id) == 0)
            shown.push_back(id);
    };
    for (const auto& id : {m_a, m_b})
        if (id)
            add(*id);
    std::ranges::for_each(m_extra, add);
    return shown;
}

std::vector<ModelId> WorkspaceSession::behind() const
{
    std::vector<ModelId> ids;
    if (!m_dataset)
        return ids;
    for (const ModelEntry& entry : m_models)
        if (whyNotRefreshed(entry.row).empty() && !isUpToDate(entry.row, *m_dataset))
            ids.push_back(entry.row.id);
    return ids;
}

void WorkspaceSession::refresh(const std::vector<ModelId>& ids)
{
    for (const ModelId id : ids)
        if (const ModelEntry* entry = model(id); entry && m_dataset)
            startRefresh(*entry);
}

void WorkspaceSession::startRefresh(const ModelEntry& entry)
{
    const auto id = std::make_shared<JobId>(0);
    *id = m_jobs.start<TrainedModel>(
        tr("Refreshing %1").arg(entry.name()), settings(entry.row.seed),
        [task = ModelTask{file(), entry, m_dataset}](const JobContext& job) { return refreshAndStore(task, job); },
        this,
        [this, id, file = file()](Result<TrainedModel> trained) {
            m_trainings.erase(*id);
            if (!trained)
                fail(trained.error());
            else if (file == this->file())
                takeRefreshed(std::move(*trained));
            emit curvesChanged(*id);
        });
    m_trainings[*id] = {entry.name(), m_datasetId, {}};
}

// It may have been renamed or removed meanwhile.
void WorkspaceSession::takeRefreshed(TrainedModel trained)
{
    const ModelId id = trained.entry.row.id;
    const auto found = std::ranges::find(m_models, id, [](const ModelEntry& entry) { return entry.row.id; });
    if (found == m_models.end())
        return;
    const std::string name = found->row.name;
    *found = {std::move(trained.entry.row), makeModelRecommender(name, trained.entry.recommender->model())};
    found->row.name = name;
    m_curves.erase(id);
    if (!trained.curves.empty())
        m_curves[id] = std::move(trained.curves);
    if (const auto kept = m_keptLists.find(id); kept != m_keptLists.end())
        kept->second.ofThisModel = false;
    reopenFunnels();
    emit modelsChanged();
    emit keptListsChanged();
    emit comparisonChanged();
}

void WorkspaceSession::makeLists(ModelId id)
{
    const ModelEntry* entry = model(id);
    if (!entry || !m_dataset)
        return;
    m_jobs.start<KeptLists>(
        tr("Lists of %1").arg(entry->name()), {},
        [task = ModelTask{file(), *entry, m_dataset, m_asOf}](const JobContext& job) {
            return makeAndKeep(task, keptLength, job);
        },
        this,
        [this, file = file()](Result<KeptLists> kept) {
            if (!kept)
                return fail(kept.error());
            if (file != this->file() || !model(kept->model))
                return;
            m_keptLists.insert_or_assign(kept->model, std::move(*kept));
            emit keptListsChanged();
        });
}

void WorkspaceSession::exportLists(ModelId id, const std::filesystem::path& file, const std::string& formatId,
                                   std::size_t n)
{
    const ModelEntry* entry = model(id);
    const auto format = listFormat(formatId);
    if (!entry || !m_dataset)
        return;
    if (!format)
        return fail(format.error());
    m_jobs.start<Exported>(
        tr("Exporting lists of %1").arg(entry->name()), {},
        [file, n, form = *format, task = ModelTask{this->file(), *entry, m_dataset, m_asOf}](const JobContext& job) {
            return exportTo(file, *form, task, n, job);
        },
        this,
        [this, file, name = entry->name()](const Result<Exported>& done) {
            if (!done)
                return fail(done.error());
            const WrittenLists& written = done->written;
            raise({Message::Kind::Good,
                   tr("Lists of %1 were written to %2: %3, %4")
                       .arg(name, text(file.filename().string()),
                            counted(static_cast<double>(written.people), tr("person"), tr("people")),
                            counted(static_cast<double>(written.rows), tr("row"), tr("rows"))),
                   done->kept ? tr("They are the lists that were kept, which are current") : QString()});
        });
}

} // namespace orrery::ui
