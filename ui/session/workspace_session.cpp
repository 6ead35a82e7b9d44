// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/workspace_session.h"

#include "core/pipeline/person_view.h"
#include "core/store/places.h"
#include "ui/components/text.h"
#include "ui/session/session_loading.h"

#include <algorithm>

namespace orrery::ui {
namespace {

// In place of what was told before; an empty value takes it back.
void tell(Facts& facts, const Fact& fact)
{
    std::erase_if(facts, [&](const Fact& told) { return told.name == fact.name; });
    if (!fact.value.empty())
        facts.push_back(fact);
}

std::optional<std::int64_t> wholeNumber(const std::optional<std::string>& text)
{
    bool fine = false;
    const qint64 value = QString::fromStdString(text.value_or("")).toLongLong(&fine);
    return fine ? std::optional<std::int64_t>(value) : std::nullopt;
}

std::string storedId(const std::optional<ModelId>& id) { return id ? std::to_string(*id) : std::string(); }

} // namespace

WorkspaceSession::WorkspaceSession(JobRunner& jobs, QObject* parent) : QObject(parent), m_jobs(jobs)
{
    connect(&jobs, &JobRunner::measured, this, &WorkspaceSession::addMeasurement);
}

WorkspaceSession::~WorkspaceSession() = default;

void WorkspaceSession::openUntitled(const std::filesystem::path& file)
{
    auto created = Workspace::create(file);
    if (!created)
        return fail(created.error());
    m_workspace.emplace(std::move(*created));
    closeDataset();
    emit workspaceChanged();
}

void WorkspaceSession::openWorkspace(const std::filesystem::path& file)
{
    m_jobs.start<LoadedWorkspace>(
        tr("Opening %1").arg(text(file.filename().string())), {},
        [file](const JobContext& job) { return loadWorkspace(file, job); }, this,
        [this](Result<LoadedWorkspace> loaded) {
            if (!loaded)
                return fail(loaded.error());
            m_workspace.emplace(std::move(loaded->workspace));
            noteRecent(m_workspace->file());
            adopt(std::move(loaded->dataset));
            emit workspaceChanged();
        });
}

void WorkspaceSession::saveAs(const std::filesystem::path& file)
{
    if (!m_workspace)
        return;
    // A job stores its outcome in the file it began with: the copy would be without it.
    if (m_jobs.busy())
        return raise({Message::Kind::Warning, tr("The workspace was not copied: a job is still running"),
                      tr("Save it as another file when the job has ended")});
    if (const auto saved = m_workspace->saveAs(file); !saved)
        return fail(saved.error());
    noteRecent(file);
    emit workspaceChanged();
    raise({Message::Kind::Good, tr("The workspace is now %1").arg(text(file.filename().string())), {}});
}

std::filesystem::path WorkspaceSession::file() const
{
    return m_workspace ? m_workspace->file() : std::filesystem::path();
}

void WorkspaceSession::remember(const std::string& key, const std::string& value)
{
    if (!m_workspace)
        return;
    if (const auto stored = m_workspace->setNote(key, value); !stored)
        fail(stored.error());
}

std::optional<std::string> WorkspaceSession::remembered(const std::string& key) const
{
    if (!m_workspace)
        return std::nullopt;
    return m_workspace->note(key).value_or(std::nullopt);
}

void WorkspaceSession::rememberHere(const std::string& key, const std::string& value)
{
    remember(key + "/" + std::to_string(m_datasetId), value);
}

std::optional<std::string> WorkspaceSession::rememberedHere(const std::string& key) const
{
    return remembered(key + "/" + std::to_string(m_datasetId));
}

void WorkspaceSession::importData(const ImportRequest& request)
{
    if (!m_workspace)
        return;
    m_jobs.start<LoadedDataset>(
        tr("Importing %1").arg(text(request.path.filename().string())), {},
        [request, file = file()](const JobContext& job) { return importInto(file, request, job); }, this,
        [this, file = file()](Result<LoadedDataset> loaded) { takeImported(std::move(loaded), file); });
}

void WorkspaceSession::takeImported(Result<LoadedDataset> loaded, const std::filesystem::path& into)
{
    if (into != file())
        return;
    if (loaded)
        return adopt(std::move(*loaded));
    fail(loaded.error());
    emit importFailed(loaded.error());
}

void WorkspaceSession::importJoin(const JoinRequest& request, const std::shared_ptr<const JoinSources>& sources)
{
    if (!m_workspace)
        return;
    m_jobs.start<LoadedDataset>(
        tr("Joining %1").arg(counted(static_cast<double>(request.tables.size()), tr("table"), tr("tables"))), {},
        [request, sources, file = file()](const JobContext& job) { return joinInto(file, request, *sources, job); },
        this, [this, file = file()](Result<LoadedDataset> loaded) { takeImported(std::move(loaded), file); });
}

void WorkspaceSession::openData(const std::filesystem::path& path)
{
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed))
        return openFiles({path});
    lookAtData(path);
}

void WorkspaceSession::openFiles(const std::vector<std::filesystem::path>& paths)
{
    m_jobs.startQuick<FilesLook>(
        QStringLiteral("look at data"), [paths, file = file()](const JobContext&) { return lookAtFiles(file, paths); },
        this,
        [this, paths](const Result<FilesLook>& look) {
            if (look && look->join) {
                showPage(QStringLiteral("data"));
                return emit joinFound(*look->join);
            }
            // One dataset, or one that says better what is wrong with it.
            if (paths.size() == 1)
                return lookAtData(paths.front());
            if (!look)
                return fail(look.error());
            for (const auto& other : look->leftOut)
                raise({Message::Kind::Warning,
                       tr("%1 is no part of %2, and was left out")
                           .arg(text(other.filename().string()), text(look->dataset->filename().string())),
                       tr("Files of a known layout are read alone: drop the others by themselves")});
            lookAtData(*look->dataset);
        });
}

void WorkspaceSession::lookAtData(const std::filesystem::path& path)
{
    using Look = std::optional<TablePreview>;
    m_jobs.startQuick<Look>(
        QStringLiteral("look at data"),
        [path](const JobContext&) -> Result<Look> {
            const auto detected = detectFormat(path);
            if (detected && detected->format != "table")
                return Look();
            auto preview = previewTable(path);
            // A table that does not say who and what can still be shown, for the person to say.
            const bool columns = preview && preview->layout.columns.size() > 1;
            if (!columns && !detected)
                return tl::unexpected(detected.error());
            if (!preview)
                return tl::unexpected(preview.error());
            return Look(std::move(*preview));
        },
        this,
        [this, path](Result<Look> look) {
            if (!look)
                return fail(look.error());
            showPage(QStringLiteral("data"));
            if (*look)
                return emit tableFound(path, **look);
            ImportRequest request;
            request.path = path;
            importData(request);
        });
}

void WorkspaceSession::lookAgain(const std::filesystem::path& path, const TableHints& hints)
{
    m_jobs.startQuick<TablePreview>(
        QStringLiteral("look at data"), [path, hints](const JobContext&) { return previewTable(path, hints); }, this,
        [this, path](Result<TablePreview> preview) {
            if (!preview)
                return fail(preview.error());
            emit tableFound(path, *preview);
        });
}

void WorkspaceSession::showDataset(DatasetId id)
{
    const auto row = std::ranges::find(m_datasets, id, &DatasetRow::id);
    if (id == m_datasetId || row == m_datasets.end())
        return;
    m_jobs.start<LoadedDataset>(
        tr("Opening %1").arg(text(row->name)), {},
        [id, file = file()](const JobContext& job) { return loadDataset(file, id, job); }, this,
        [this, file = file()](Result<LoadedDataset> loaded) {
            if (!loaded)
                return fail(loaded.error());
            if (file == this->file())
                adopt(std::move(*loaded));
        });
}

void WorkspaceSession::openSample() { openSample(samples().front()); }

void WorkspaceSession::openSample(const Sample& sample)
{
    const auto folder = sampleFolder();
    if (!folder)
        return fail(folder.error());
    ImportRequest request;
    request.path = *folder / sample.folder;
    request.name = sample.name;
    importData(request);
}

void WorkspaceSession::closeDataset() { adopt(LoadedDataset{}); }

void WorkspaceSession::adopt(LoadedDataset loaded)
{
    m_dataset = std::move(loaded.dataset);
    m_datasetId = loaded.id;
    m_report = std::move(loaded.report);
    m_trainEvents = loaded.trainEvents;
    m_datasets = std::move(loaded.datasets);
    m_models = std::move(loaded.models);
    m_ground = std::move(loaded.ground);
    m_curves = std::move(loaded.curves);
    m_keptLists = std::move(loaded.keptLists);
    m_runs = std::move(loaded.runs);
    m_digest.reset();
    m_answer.reset();
    m_a.reset();
    m_b.reset();
    m_extra.clear();
    m_item.reset();
    m_itemList.reset();
    m_person = {};
    m_derived = std::move(loaded.derived);
    m_derivedPeople = std::move(loaded.derivedPeople);
    m_planted = std::move(loaded.planted);
    m_asOf = endOfTime;
    for (const Error& damaged : loaded.failures)
        fail(damaged);
    if (m_dataset) {
        remember("dataset", std::to_string(m_datasetId));
        restoreSelection();
        restoreAnswer();
    }
    emit datasetChanged();
    emit modelsChanged();
    emit runsChanged();
    emit comparisonChanged();
    emit asOfChanged();
    emit personChanged();
    emit itemSelected();
    if (m_dataset)
        workOutDigest();
}

void WorkspaceSession::restoreSelection()
{
    const auto known = [this](std::optional<std::int64_t> id) { return id && model(*id) ? id : std::nullopt; };
    m_a = known(wholeNumber(rememberedHere("a")));
    m_b = known(wholeNumber(rememberedHere("b")));
    if (!m_a && !m_models.empty())
        m_a = m_models.front().row.id;
    if (!m_b && m_models.size() > 1)
        m_b = m_models.back().row.id;
    for (const QString& id : text(rememberedHere("columns").value_or("")).split(u' ', Qt::SkipEmptyParts))
        if (const auto column = known(wholeNumber(id.toStdString())))
            m_extra.push_back(*column);
    m_asOf = wholeNumber(rememberedHere("as-of")).value_or(endOfTime);
    const auto user = wholeNumber(rememberedHere("person"));
    if (user && *user >= 0 && static_cast<std::size_t>(*user) < m_dataset->personCount())
        m_person.user = UserIndex{static_cast<std::uint32_t>(*user)};
    else if (m_dataset->personCount() > 0)
        m_person.user = UserIndex{0};
}

void WorkspaceSession::restoreAnswer()
{
    const auto said = rememberedHere("answer");
    if (!said || said->empty() || m_models.empty())
        return;
    m_answer.emplace();
    for (const QString& sentence : text(*said).split(u'\n', Qt::SkipEmptyParts))
        m_answer->sentences.push_back(sentence);
    m_answer->protocolHash = rememberedHere("answer-protocol").value_or("");
}

void WorkspaceSession::workOutDigest()
{
    using Digest = std::shared_ptr<const DatasetDigest>;
    m_jobs.startBehind<Digest>(
        QStringLiteral("digest"), [dataset = m_dataset](const JobContext& job) { return digestOf(dataset, job); }, this,
        [this](Result<Digest> digest) {
            if (!digest)
                return fail(digest.error());
            if ((*digest)->dataset != m_dataset)
                return;
            m_digest = std::move(*digest);
            emit digestReady();
        });
}

void WorkspaceSession::setA(std::optional<ModelId> id)
{
    m_a = id;
    rememberHere("a", storedId(id));
    emit comparisonChanged();
}

void WorkspaceSession::setB(std::optional<ModelId> id)
{
    m_b = id;
    rememberHere("b", storedId(id));
    emit comparisonChanged();
}

void WorkspaceSession::setExtraColumns(std::vector<ModelId> ids)
{
    m_extra = std::move(ids);
    std::string stored;
    for (const ModelId id : m_extra)
        stored += std::to_string(id) + ' ';
    rememberHere("columns", stored);
    emit comparisonChanged();
}

void WorkspaceSession::setAsOf(Timestamp at)
{
    if (at == m_asOf)
        return;
    m_asOf = at;
    rememberHere("as-of", std::to_string(at));
    emit asOfChanged();
    emit personChanged();
}

void WorkspaceSession::selectPerson(UserIndex user)
{
    m_person = {user, {}, std::move(m_person.context)};
    rememberHere("person", std::to_string(user.value));
    emit personChanged();
}

void WorkspaceSession::selectGuest()
{
    m_person = {{}, {}, std::move(m_person.context)};
    emit personChanged();
}

void WorkspaceSession::knowOnly(std::optional<std::size_t> newest)
{
    if (m_person.newest == newest)
        return;
    m_person.newest = newest;
    emit personChanged();
}

void WorkspaceSession::tellWho(const Fact& fact)
{
    tell(m_person.who, fact);
    emit personChanged();
}

void WorkspaceSession::tellContext(const Fact& fact)
{
    tell(m_person.context, fact);
    emit personChanged();
}

void WorkspaceSession::editHistory(const HistoryEdit& edit)
{
    std::erase_if(m_person.edits, [&](const HistoryEdit& earlier) { return earlier.item == edit.item; });
    m_person.edits.push_back(edit);
    emit personChanged();
}

void WorkspaceSession::undoEdit(ItemIndex item)
{
    std::erase_if(m_person.edits, [&](const HistoryEdit& edit) { return edit.item == item; });
    emit personChanged();
}

void WorkspaceSession::resetHistory()
{
    m_person.edits.clear();
    emit personChanged();
}

Query WorkspaceSession::query() const
{
    if (!m_dataset)
        return {};
    return queryOf(*m_dataset, question());
}

PersonQuestion WorkspaceSession::question() const
{
    PersonQuestion question;
    question.user = m_person.user;
    question.edits = m_person.edits;
    question.asOf = m_asOf;
    question.context = m_person.context;
    question.newest = m_person.newest;
    question.who = m_person.who;
    return question;
}

void WorkspaceSession::addDerived(AttributeColumn column)
{
    if (!m_dataset)
        return;
    keepDerived(column);
    AttributeTable table = derivedWithout(column.name);
    table.add(std::move(column));
    m_derived = std::make_shared<const AttributeTable>(std::move(table));
    emit derivedChanged();
}

// Behind, as a large catalog takes a second; shown at once all the same.
void WorkspaceSession::keepDerived(const AttributeColumn& column)
{
    m_jobs.start<bool>(
        tr("Keeping %1").arg(text(column.name)), {},
        [column, file = file(), id = m_datasetId](const JobContext&) -> Result<bool> {
            auto workspace = Workspace::open(file);
            if (!workspace)
                return tl::unexpected(workspace.error());
            return workspace->setDerived(id, column).map([] { return true; });
        },
        this,
        [this](const Result<bool>& kept) {
            if (!kept)
                fail(kept.error());
        });
}

void WorkspaceSession::removeDerived(const std::string& name)
{
    if (!m_workspace)
        return;
    if (const auto removed = m_workspace->removeDerived(m_datasetId, name); !removed)
        return fail(removed.error());
    m_derived = std::make_shared<const AttributeTable>(derivedWithout(name));
    emit derivedChanged();
}

AttributeTable WorkspaceSession::derivedWithout(const std::string& name) const
{
    AttributeTable table;
    for (const AttributeColumn& held : m_derived->columns())
        if (held.name != name)
            table.add(held);
    return table;
}

void WorkspaceSession::selectItem(ItemIndex item, std::optional<ModelId> inListOf)
{
    m_item = item;
    m_itemList = inListOf;
    emit itemSelected();
}

void WorkspaceSession::chooseItems(const std::vector<ItemIndex>& items)
{
    showPage(QStringLiteral("explore"));
    emit itemsChosen(items);
}

void WorkspaceSession::noteRecent(const std::filesystem::path& file)
{
    if (const auto noted = addRecentFile(file); !noted)
        fail(noted.error());
}

JobContext::Settings WorkspaceSession::settings(std::uint64_t seed) const { return {seed, 0}; }

void WorkspaceSession::fail(const Error& failure)
{
    if (failure.code == Code::Cancelled)
        return;
    raise(messageOf(failure));
}

} // namespace orrery::ui
