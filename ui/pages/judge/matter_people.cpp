// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/judge/matter_people.h"

#include "ui/components/data_table.h"
#include "ui/components/save_file.h"
#include "ui/components/text.h"
#include "ui/forms/number_box.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/tokens.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace orrery::ui {
namespace {

constexpr double usualShare = 10;
enum ChosenBy { LikeliestShare, LeastProbability };

} // namespace

MatterPeople::MatterPeople(WorkspaceSession& session, QWidget* parent) : Card(tr("Who"), parent), m_session(session)
{
    build();
    connect(m_by, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
    connect(m_share, &QDoubleSpinBox::valueChanged, this, [this] { refresh(); });
    connect(m_table, &DataTable::rowActivated, this, [this](int row) {
        if (const auto in = chosen(); row >= 0 && static_cast<std::size_t>(row) < in.size())
            m_session.selectPerson(in[static_cast<std::size_t>(row)].user);
    });
}

void MatterPeople::build()
{
    setFlush(true);
    m_by = new Unscrolled<QComboBox>(this);
    m_by->setObjectName(QStringLiteral("matter.by"));
    m_by->setAccessibleName(tr("Who is chosen"));
    m_by->addItem(tr("the likeliest"), LikeliestShare);
    m_by->addItem(tr("likely by at least"), LeastProbability);
    m_share = new NumberBox(this);
    m_share->setObjectName(QStringLiteral("matter.share"));
    m_share->setAccessibleName(tr("Percent"));
    m_share->setDecimals(1);
    m_share->setRange(0, 100);
    m_share->setSuffix(tr(" %"));
    m_share->setValue(usualShare);
    addCorner(m_by);
    addCorner(m_share);
    m_table = new DataTable(this);
    m_table->setObjectName(QStringLiteral("matter.people"));
    m_table->setSearchVisible(false);
    m_table->setEmptyText(tr("Nobody is that likely: choose a smaller share"));
    m_model = new TableModel(m_table);
    m_table->setModel(m_model);
    body()->addWidget(buildTools());
    body()->addWidget(m_table, 1);
}

// What can be done with those chosen.
QWidget* MatterPeople::buildTools()
{
    auto* tools = new QWidget(this);
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(space::md, space::sm, space::md, 0);
    row->setSpacing(space::sm);
    m_whom = secondaryLabel({}, tools);
    m_whom->setObjectName(QStringLiteral("matter.whom"));
    m_segment = plainButton(tr("Use as a segment"), tools);
    m_segment->setObjectName(QStringLiteral("matter.segment"));
    auto* save = iconButton(QStringLiteral("download"), tr("Save as CSV"), tools);
    save->setObjectName(QStringLiteral("matter.save"));
    row->addWidget(m_whom, 1);
    row->addWidget(m_segment);
    row->addWidget(save);
    connect(m_segment, &QPushButton::clicked, this, [this] { keepSegment(); });
    connect(save, &QToolButton::clicked, this, [this] {
        const QString file = QFileDialog::getSaveFileName(this, tr("Save who is likely"), QStringLiteral("likely.csv"),
                                                          tr("CSV (*.csv)"));
        if (!file.isEmpty())
            saveTo(withSuffix(file, tr("CSV (*.csv)"), {QStringLiteral("csv")}));
    });
    return tools;
}

void MatterPeople::show(const ValueAnswerPtr& answer)
{
    m_answer = answer;
    refresh();
}

void MatterPeople::selectPlace(std::size_t place)
{
    if (place < chosen().size() && m_table->currentSourceRow() != static_cast<int>(place))
        m_table->selectSourceRow(static_cast<int>(place));
}

std::span<const PersonChance> MatterPeople::chosen() const
{
    if (!m_answer)
        return {};
    const double part = m_share->value() / 100;
    return m_by->currentData().toInt() == LeastProbability ? m_answer->atLeast(part) : m_answer->topShare(part);
}

void MatterPeople::refresh()
{
    if (!m_answer)
        return;
    m_model->reset(static_cast<int>(chosen().size()), peopleColumns(m_answer));
    m_whom->setText(wordsOf(chosen()));
    m_segment->setEnabled(!chosen().empty());
    m_segment->setToolTip(tr("Rules can then hold for them alone: %1 = yes").arg(text(m_answer->title())));
}

void MatterPeople::saveTo(const QString& file)
{
    if (!m_answer)
        return;
    m_session.jobs().start<bool>(
        tr("Saving who is likely"), {},
        [answer = m_answer, count = chosen().size(), path = file.toStdString()](const JobContext& job) {
            return exportChances(*answer, std::span(answer->people).first(count), path, job).map([] { return true; });
        },
        this,
        [this, file](const Result<bool>& saved) {
            sayExported(this, file, saved ? Status() : Status(tl::unexpected(saved.error())));
        });
}

void MatterPeople::keepSegment()
{
    AttributeColumn column = segmentOf(*m_answer, chosen());
    const QString name = text(column.name);
    m_session.addDerivedPeople(std::move(column));
    m_session.raise({Message::Kind::Good, tr("A segment now: %1").arg(wordsOf(chosen())),
                     tr("Write for whom a rule holds: %1 = yes").arg(name)});
}

} // namespace orrery::ui
