// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/recipes/models_card.h"

#include "core/pipeline/list_export.h"
#include "core/store/freshness.h"
#include "ui/components/data_table.h"
#include "ui/components/save_file.h"
#include "ui/components/text.h"
#include "ui/itemmodels/table_model.h"
#include "ui/pages/recipes/model_state.h"
#include "ui/theme/tokens.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QSpinBox>
#include <QTimer>

namespace orrery::ui {
namespace {

QString algorithmTitle(const ModelRow& row)
{
    const Algorithm* algorithm = findAlgorithm(row.algorithm);
    return algorithm ? text(algorithm->title) : ModelsCard::tr("imported lists");
}

constexpr int ageInterval = 30'000; // milliseconds
constexpr int usualLength = 10;

// Short, to stand in a column; the stored words are its tip.
QString trainedOn(const ModelRow& row)
{
    if (row.asOf != endOfTime)
        return ModelsCard::tr("to %1").arg(date(row.asOf));
    return row.upTo == noTime ? text(row.trainedOn) : ModelsCard::tr("to %1").arg(date(row.upTo));
}

// Of the forms of listFormats(), as a file dialog asks.
QString formatFilter(const ListFormat& format)
{
    return QStringLiteral("%1 (*.%2)").arg(text(std::string(format.title)), text(std::string(format.suffix)));
}

QStringList formatFilters()
{
    QStringList filters;
    for (const ListFormat& format : listFormats())
        filters << formatFilter(format);
    return filters;
}

QStringList formatSuffixes()
{
    QStringList suffixes;
    for (const ListFormat& format : listFormats())
        suffixes << text(std::string(format.suffix));
    return suffixes;
}

// By the name that the file got, else by what was chosen.
const ListFormat& formatOf(const QString& file, const QString& filter)
{
    for (const ListFormat& format : listFormats())
        if (file.endsWith(u'.' + text(std::string(format.suffix)), Qt::CaseInsensitive))
            return format;
    return listFormats()[static_cast<std::size_t>(std::max<qsizetype>(0, formatFilters().indexOf(filter)))];
}

QString roleOf(const WorkspaceSession& session, ModelId id)
{
    QString role;
    if (session.a() && session.a()->row.id == id)
        role += u'A';
    if (session.b() && session.b()->row.id == id)
        role += role.isEmpty() ? QStringLiteral("B") : QStringLiteral(", B");
    return role;
}

} // namespace

ModelsCard::ModelsCard(WorkspaceSession& session, QWidget* parent)
    : Card(tr("Models and lists"), parent), m_session(session), m_model(new TableModel(this)),
      m_table(new DataTable(this))
{
    m_table->setObjectName(QStringLiteral("recipes.models"));
    m_table->setSearchVisible(false);
    m_table->setEmptyText(tr("No model yet. Choose an algorithm at the left and press Train."));
    m_table->setModel(m_model);
    body()->addWidget(m_table, 1);
    buildActions();
    buildState();
    connect(&session, &WorkspaceSession::keptListsChanged, this, &ModelsCard::refreshState);
    connect(&session, &WorkspaceSession::asOfChanged, this, &ModelsCard::refreshState);
    connect(m_table, &DataTable::rowActivated, this, &ModelsCard::refreshActions);
    connect(&session, &WorkspaceSession::modelsChanged, this, &ModelsCard::refresh);
    connect(&session, &WorkspaceSession::comparisonChanged, this, &ModelsCard::refresh);
    refresh();
}

void ModelsCard::buildActions()
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(space::md, space::sm, space::md, space::sm);
    m_setA = plainButton(tr("Set as A"), this);
    m_setA->setObjectName(QStringLiteral("recipes.setA"));
    m_setB = plainButton(tr("Set as B"), this);
    m_setB->setObjectName(QStringLiteral("recipes.setB"));
    m_settings = plainButton(tr("Settings"), this);
    m_settings->setToolTip(tr("Put its settings into the form"));
    m_rename = plainButton(tr("Rename"), this);
    m_remove = plainButton(tr("Remove"), this);
    auto* lists = plainButton(tr("Import…"), this);
    lists->setToolTip(tr("Bring your own recommender: a CSV of person,item,rank[,score]"));
    for (QPushButton* button : {m_setA, m_setB, m_settings, m_rename, m_remove})
        row->addWidget(button);
    row->addStretch();
    row->addWidget(lists);
    body()->addLayout(row);
    connect(m_setA, &QPushButton::clicked, this, [this] { m_session.setA(selected()->row.id); });
    connect(m_setB, &QPushButton::clicked, this, [this] { m_session.setB(selected()->row.id); });
    connect(m_rename, &QPushButton::clicked, this, &ModelsCard::rename);
    connect(m_remove, &QPushButton::clicked, this, [this] { m_session.removeModel(selected()->row.id); });
    connect(m_settings, &QPushButton::clicked, this,
            [this] { emit settingsRequested(text(selected()->row.algorithm), text(selected()->row.paramsJson)); });
    connect(lists, &QPushButton::clicked, this, &ModelsCard::importLists);
}

// What the selected model was trained on and what is kept of its lists, a line each.
void ModelsCard::buildState()
{
    m_refreshAll = linkButton(tr("Refresh all"), this);
    m_refreshAll->setObjectName(QStringLiteral("recipes.refreshAll"));
    m_refreshAll->setToolTip(tr("Train all models that have not seen the newest events"));
    addCorner(m_refreshAll);
    m_state = new QWidget(this);
    auto* lines = new QVBoxLayout(m_state);
    lines->setContentsMargins(space::md, 0, space::md, space::md);
    lines->setSpacing(space::xs);
    const auto line = [&](const QString& name) {
        auto* label = new ElidedLabel({}, m_state);
        label->setObjectName(name);
        setTone(label, QStringLiteral("secondary"));
        lines->addWidget(label);
        return label;
    };
    m_dataOf = line(QStringLiteral("recipes.dataOf"));
    m_listsOf = line(QStringLiteral("recipes.listsOf"));
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, space::xs, 0, 0);
    row->setSpacing(space::sm);
    lines->addLayout(row);
    m_refresh = plainButton(tr("Refresh"), m_state);
    m_refresh->setObjectName(QStringLiteral("recipes.refresh"));
    row->addWidget(m_refresh);
    m_makeLists = plainButton(tr("Make lists"), m_state);
    m_makeLists->setObjectName(QStringLiteral("recipes.makeLists"));
    m_makeLists->setToolTip(tr("Of everybody, %1 items each; kept in the workspace").arg(WorkspaceSession::keptLength));
    m_length = new QSpinBox(m_state);
    m_length->setObjectName(QStringLiteral("recipes.listLength"));
    m_length->setRange(1, 1000);
    m_length->setValue(usualLength);
    m_length->setSuffix(tr(" items"));
    m_length->setAccessibleName(tr("How long each exported list is"));
    m_export = plainButton(tr("Export lists…"), m_state);
    m_export->setObjectName(QStringLiteral("recipes.exportLists"));
    m_export->setToolTip(tr("Everybody's list, as a table, as JSON lines or for Redis"));
    row->addWidget(m_makeLists);
    row->addStretch();
    row->addWidget(m_length);
    row->addWidget(m_export);
    body()->addWidget(m_state);
    connect(m_refreshAll, &QPushButton::clicked, this, &ModelsCard::refreshAll);
    connect(m_refresh, &QPushButton::clicked, this, [this] { m_session.refresh({selected()->row.id}); });
    connect(m_makeLists, &QPushButton::clicked, this, [this] { m_session.makeLists(selected()->row.id); });
    connect(m_export, &QPushButton::clicked, this, &ModelsCard::exportLists);
    auto* clock = new QTimer(this); // ages go on
    connect(clock, &QTimer::timeout, this, &ModelsCard::refreshState);
    clock->start(ageInterval);
}

const ModelEntry* ModelsCard::selected() const
{
    const int row = m_table->currentSourceRow();
    const auto& models = m_session.models();
    return row >= 0 && static_cast<std::size_t>(row) < models.size() ? &models[static_cast<std::size_t>(row)] : nullptr;
}

std::vector<std::optional<std::size_t>> ModelsCard::newerEvents() const
{
    std::vector<std::optional<std::size_t>> newer;
    for (const ModelEntry& entry : m_session.models()) {
        newer.push_back(m_session.dataset() ? eventsSince(entry.row, *m_session.dataset()) : std::nullopt);
        if (newer.back() == 0U && !isUpToDate(entry.row, *m_session.dataset()))
            newer.back().reset(); // the events are the same, and count otherwise
    }
    return newer;
}

void ModelsCard::refresh()
{
    // Copies: the table may be painted while the session's list changes.
    const auto rows = std::make_shared<const std::vector<ModelEntry>>(m_session.models());
    const auto at = [rows](int row) -> const ModelEntry& { return (*rows)[static_cast<std::size_t>(row)]; };
    const auto since = [came = newerEvents()](int row) { return came[static_cast<std::size_t>(row)]; };
    const ModelEntry* current = selected();
    const ModelId kept = current ? current->row.id : 0; // ids begin at 1
    m_model->reset(
        static_cast<int>(rows->size()),
        {{tr("Name"),
          TableColumn::Kind::Text,
          [at](int row) { return at(row).name(); },
          {},
          {},
          [at](int row) { return at(row).row.colour; }},
         {tr("As"), TableColumn::Kind::Text, [this, at](int row) { return roleOf(m_session, at(row).row.id); }},
         {tr("Algorithm"),
          TableColumn::Kind::Text,
          [at](int row) { return algorithmTitle(at(row).row); },
          {},
          {},
          {},
          [at](int row) { return tr("Seed %1, %2").arg(at(row).row.seed).arg(text(at(row).row.paramsJson)); }},
         {tr("Trained on"),
          TableColumn::Kind::Text,
          [at](int row) { return trainedOn(at(row).row); },
          {},
          {},
          {},
          [at](int row) { return text(at(row).row.trainedOn); }},
         {tr("Newer"),
          TableColumn::Kind::Number,
          [since](int row) { return since(row) ? count(static_cast<double>(*since(row))) : QStringLiteral("–"); },
          [since](int row) { return QVariant(since(row) ? static_cast<qulonglong>(*since(row)) : 0); },
          {},
          {},
          {},
          {},
          tr("How many events came since it was trained")},
         {tr("Training"),
          TableColumn::Kind::Number,
          [at](int row) { return duration(at(row).row.seconds); },
          [at](int row) { return QVariant(at(row).row.seconds); },
          {},
          {},
          {},
          {},
          tr("How long it took to train")}});
    for (std::size_t i = 0; i < rows->size(); ++i)
        if ((*rows)[i].row.id == kept)
            m_table->selectSourceRow(static_cast<int>(i));
    setNote(rows->empty() ? QString() : counted(static_cast<double>(rows->size()), tr("model"), tr("models")));
    refreshActions();
}

void ModelsCard::refreshActions()
{
    const ModelEntry* entry = selected();
    for (QPushButton* button : {m_setA, m_setB, m_rename, m_remove})
        button->setEnabled(entry != nullptr);
    m_settings->setEnabled(entry && findAlgorithm(entry->row.algorithm));
    refreshState();
}

void ModelsCard::refreshState()
{
    m_refreshAll->setVisible(!m_session.behind().empty());
    const ModelEntry* entry = selected();
    m_state->setVisible(entry && m_session.dataset());
    if (!entry || !m_session.dataset())
        return;
    const Dataset& dataset = *m_session.dataset();
    m_dataOf->setFullText(dataOf(entry->row, dataset));
    const bool refreshable = whyNotRefreshed(entry->row).empty();
    m_refresh->setVisible(refreshable);
    m_refresh->setEnabled(refreshable && !isUpToDate(entry->row, dataset));
    const auto kept = m_session.keptLists().find(entry->row.id);
    const KeptLists* lists = kept == m_session.keptLists().end() ? nullptr : &kept->second;
    m_listsOf->setFullText(listsOf(lists, dataset, m_session.asOf(), QDateTime::currentDateTimeUtc()));
    m_makeLists->setText(lists ? tr("Make again") : tr("Make lists"));
    m_makeLists->setEnabled(!lists || !lists->current(dataset, m_session.asOf()));
}

void ModelsCard::refreshAll() { m_session.refresh(m_session.behind()); }

void ModelsCard::exportLists()
{
    const ModelEntry* entry = selected();
    if (!entry)
        return;
    const ModelId id = entry->row.id;
    QString filter;
    const QString chosen =
        QFileDialog::getSaveFileName(this, tr("Export everybody's lists"), entry->name() + QStringLiteral(".csv"),
                                     formatFilters().join(QStringLiteral(";;")), &filter);
    if (chosen.isEmpty())
        return;
    const QString file = withSuffix(chosen, filter, formatSuffixes());
    m_session.exportLists(id, std::filesystem::path(file.toStdString()), std::string(formatOf(file, filter).id),
                          static_cast<std::size_t>(m_length->value()));
}

void ModelsCard::rename()
{
    const ModelEntry* entry = selected();
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rename"));
    dialog->setLabelText(tr("Name"));
    dialog->setTextValue(entry->name());
    connect(dialog, &QInputDialog::textValueSelected, this,
            [this, id = entry->row.id](const QString& name) { m_session.renameModel(id, name); });
    dialog->open();
}

void ModelsCard::importLists()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Import lists: person,item,rank[,score]"), {},
                                                      tr("Lists (*.csv);;All files (*)"));
    if (!file.isEmpty())
        m_session.importLists(std::filesystem::path(file.toStdString()));
}

} // namespace orrery::ui
