// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/report_view.h"

#include "ui/components/data_table.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/table_model.h"
#include "ui/theme/tokens.h"

#include <QVBoxLayout>

#include <memory>

namespace orrery::ui {
namespace {

TableColumn numberColumn(const QString& title, const std::function<double(int)>& value)
{
    return {title, TableColumn::Kind::Number, [value](int row) { return count(value(row)); },
            [value](int row) { return QVariant(value(row)); }};
}

TableColumn textColumn(const QString& title, const std::function<std::string(int)>& value)
{
    const auto shown = [value](int row) { return text(value(row)); };
    return {title, TableColumn::Kind::Text, shown, {}, {}, {}, shown};
}

QString summaryOf(const ImportReport& report)
{
    QString line = QObject::tr("Read as <b>%1</b> because %2. %3 read, %4 accepted, %5 refused")
                       .arg(text(report.format).toHtmlEscaped(), text(report.detection).toHtmlEscaped(),
                            counted(double(report.read()), QObject::tr("line"), QObject::tr("lines")),
                            count(double(report.accepted())), count(double(report.rejectedCount())));
    if (report.duplicates > 0)
        line += QObject::tr("; %1 folded into another of the same person and item")
                    .arg(counted(double(report.duplicates), QObject::tr("event"), QObject::tr("events")));
    return line + QObject::tr(". It took %1.").arg(duration(report.seconds));
}

} // namespace

ReportView::ReportView(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_summary(new QLabel(this)), m_notes(secondaryLabel({}, this)),
      m_files(new DataTable(this)), m_fileModel(new TableModel(this)), m_rejected(new DataTable(this)),
      m_rejectedModel(new TableModel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    m_summary->setObjectName(QStringLiteral("data.reportSummary"));
    for (QLabel* label : {m_summary, m_notes}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        layout->addWidget(label);
    }
    auto* files = new Card(tr("Files"), this);
    m_files->setSearchVisible(false);
    m_files->setModel(m_fileModel);
    files->body()->addWidget(m_files);
    layout->addWidget(files, 2);
    auto* rejected = new Card(tr("Refused lines"), this);
    rejected->setNote(tr("the first 1,000, with the reason"));
    m_rejected->setModel(m_rejectedModel);
    m_rejected->setEmptyText(tr("No line was refused."));
    rejected->body()->addWidget(m_rejected);
    layout->addWidget(rejected, 3);
    connect(&session, &WorkspaceSession::datasetChanged, this, &ReportView::refresh);
    refresh();
}

void ReportView::refresh()
{
    if (!m_session.dataset())
        return;
    const ImportReport& report = m_session.report();
    m_summary->setText(summaryOf(report));
    QStringList notes;
    for (const std::string& note : report.notes)
        notes << text(note);
    m_notes->setText(notes.join(u'\n'));
    m_notes->setVisible(!notes.isEmpty());
    refreshFiles(report);
    refreshRejected(report);
}

void ReportView::refreshFiles(const ImportReport& report)
{
    const auto files = std::make_shared<const std::vector<FileReport>>(report.files);
    const auto at = [files](int row) -> const FileReport& { return (*files)[static_cast<std::size_t>(row)]; };
    m_fileModel->reset(static_cast<int>(files->size()),
                       {textColumn(tr("File"), [at](int row) { return at(row).file; }),
                        textColumn(tr("Content"), [at](int row) { return at(row).content; }),
                        numberColumn(tr("Read"), [at](int row) { return static_cast<double>(at(row).read); }),
                        numberColumn(tr("Accepted"), [at](int row) { return static_cast<double>(at(row).accepted); }),
                        numberColumn(tr("Refused"), [at](int row) { return static_cast<double>(at(row).rejected); })});
}

void ReportView::refreshRejected(const ImportReport& report)
{
    const auto rows = std::make_shared<const std::vector<RejectedRow>>(report.rejected);
    const auto at = [rows](int row) -> const RejectedRow& { return (*rows)[static_cast<std::size_t>(row)]; };
    m_rejectedModel->reset(static_cast<int>(rows->size()),
                           {textColumn(tr("File"), [at](int row) { return at(row).file; }),
                            numberColumn(tr("Line"), [at](int row) { return static_cast<double>(at(row).line); }),
                            textColumn(tr("Kind"), [at](int row) { return at(row).kind; }),
                            textColumn(tr("Reason"), [at](int row) { return at(row).reason; }),
                            textColumn(tr("Text"), [at](int row) { return at(row).raw; })});
}

} // namespace orrery::ui
