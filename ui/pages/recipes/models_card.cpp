// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/recipes/models_card.h"

#include "ui/components/data_table.h"
#include "ui/components/text.h"
#include "ui/itemmodels/table_model.h"
#include "ui/theme/tokens.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QInputDialog>

namespace orrery::ui {
namespace {

QString algorithmTitle(const ModelRow& row)
{
    const Algorithm* algorithm = findAlgorithm(row.algorithm);
    return algorithm ? text(algorithm->title) : ModelsCard::tr("imported lists");
}

// Short, to stand in a column; the stored words are its tip.
QString trainedOn(const ModelRow& row)
{
    return row.asOf == endOfTime ? text(row.trainedOn) : ModelsCard::tr("to %1").arg(date(row.asOf));
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
    connect(m_table, &DataTable::rowActivated, this, &ModelsCard::refreshActions);
    connect(&session, &WorkspaceSession::modelsChanged, this, &ModelsCard::refresh);
    connect(&session, &WorkspaceSession::comparisonChanged, this, &ModelsCard::refresh);
    refresh();
}

void ModelsCard::buildActions()
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(space::md, space::sm, space::md, space::md);
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

const ModelEntry* ModelsCard::selected() const
{
    const int row = m_table->currentSourceRow();
    const auto& models = m_session.models();
    return row >= 0 && static_cast<std::size_t>(row) < models.size() ? &models[static_cast<std::size_t>(row)] : nullptr;
}

void ModelsCard::refresh()
{
    // Copies: the table may be painted while the session's list changes.
    const auto rows = std::make_shared<const std::vector<ModelEntry>>(m_session.models());
    const auto at = [rows](int row) -> const ModelEntry& { return (*rows)[static_cast<std::size_t>(row)]; };
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
          [at](int row) { return text(at(row).row.paramsJson); }},
         {tr("Trained on"),
          TableColumn::Kind::Text,
          [at](int row) { return trainedOn(at(row).row); },
          {},
          {},
          {},
          [at](int row) { return text(at(row).row.trainedOn); }},
         {tr("Seed"), TableColumn::Kind::Number, [at](int row) { return QString::number(at(row).row.seed); },
          [at](int row) { return QVariant(static_cast<qulonglong>(at(row).row.seed)); }},
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
