// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/join_side_view.h"

#include "ui/components/data_table.h"
#include "ui/components/share_bar.h"
#include "ui/components/text.h"
#include "ui/itemmodels/table_model.h"
#include "ui/theme/tokens.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include <memory>

namespace orrery::ui {
namespace {

constexpr int keysHeight = 6 * space::rowHeight;

QString fixName(KeyFix fix)
{
    switch (fix) {
    case KeyFix::Trim: return QObject::tr("Trim blanks");
    case KeyFix::LeadingZeros: return QObject::tr("Drop leading zeros");
    case KeyFix::PointZero: return QObject::tr("Drop “.0”");
    case KeyFix::IgnoreCase: return QObject::tr("Ignore case");
    }
    return {};
}

// Blanks that are part of a key are to be seen.
QString quoted(const std::string& key) { return QStringLiteral("“%1”").arg(text(key)); }

} // namespace

JoinSideView::JoinSideView(const QString& title, const QString& name, const QString& table, QWidget* parent)
    : Card(title, parent), m_table(table)
{
    body()->setSpacing(space::md);
    buildBars(name);
    buildFixes(name);
    buildKeys(name);
}

void JoinSideView::buildBars(const QString& name)
{
    m_eventBar = new ShareBar(this);
    m_rowBar = new ShareBar(this);
    m_eventBar->setObjectName(QStringLiteral("join.%1.events").arg(name));
    m_rowBar->setObjectName(QStringLiteral("join.%1.rows").arg(name));
    body()->addWidget(m_eventBar);
    body()->addWidget(m_rowBar);
}

void JoinSideView::buildFixes(const QString& name)
{
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::md);
    grid->setVerticalSpacing(space::xs);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    for (const KeyFix fix : keyFixes) {
        const auto place = static_cast<std::size_t>(fix);
        QPushButton* button = m_fixes[place] = plainButton(fixName(fix), this);
        button->setCheckable(true);
        button->setObjectName(QStringLiteral("join.%1.%2").arg(name, text(std::string(idOf(fix)))));
        m_gains[place] = secondaryLabel({}, this);
        m_gains[place]->setObjectName(button->objectName() + QStringLiteral(".gain"));
        const int row = int(place) / 2, column = 2 * (int(place) % 2);
        grid->addWidget(button, row, column);
        grid->addWidget(m_gains[place], row, column + 1);
        connect(button, &QPushButton::clicked, this, [this, fix](bool on) { emit fixChosen(fix, on); });
    }
    body()->addLayout(grid);
    m_warning = new QLabel(this);
    m_warning->setWordWrap(true);
    setTone(m_warning, QStringLiteral("warning"));
    body()->addWidget(m_warning);
}

void JoinSideView::buildKeys(const QString& name)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(space::md);
    const auto add = [&](DataTable*& table, TableModel*& model, const char* which) {
        table = new DataTable(this);
        model = new TableModel(this);
        table->setObjectName(QStringLiteral("join.%1.%2").arg(name, QLatin1String(which)));
        table->setSearchVisible(false);
        table->setEmptyText(tr("All of them meet."));
        table->setModel(model);
        table->setFixedHeight(keysHeight);
        row->addWidget(table, 1);
    };
    add(m_unknown, m_unknownModel, "unknown");
    add(m_unused, m_unusedModel, "unused");
    body()->addLayout(row);
}

void JoinSideView::show(const SideMatch& side, const KeyFixes& fixes)
{
    const auto number = [](std::uint64_t of) { return count(static_cast<double>(of)); };
    m_eventBar->show(
        tr("%1 of %2 events are in %3").arg(number(side.match.eventsFound), number(side.match.events), m_table),
        side.match.eventShare());
    m_rowBar->show(
        tr("%1 of %2 rows of %3 have an event").arg(number(side.match.rowsUsed), number(side.match.rows), m_table),
        side.match.rowShare());
    for (const KeyFix fix : keyFixes) {
        const auto place = static_cast<std::size_t>(fix);
        const KeyMatch& with = side.withFix[place];
        const bool gains = with.eventsFound > side.match.eventsFound || with.rowsUsed > side.match.rowsUsed;
        m_fixes[place]->setChecked(fixes[fix]);
        m_gains[place]->setText(fixes[fix] ? tr("✓ on")
                                : !gains   ? tr("changes nothing")
                                           : tr("would find %1 of the events and %2 of the rows")
                                               .arg(percent(with.eventShare(), 1), percent(with.rowShare(), 1)));
        setTone(m_gains[place], !fixes[fix] && gains ? QStringLiteral("good") : QStringLiteral("secondary"));
    }
    m_warning->setVisible(side.fallTogether > 0);
    m_warning->setText(tr("%1 of %2 become the same as another: the first row of them counts.")
                           .arg(counted(static_cast<double>(side.fallTogether), tr("key"), tr("keys")), m_table));
    fillKeys(*m_unknownModel, tr("Keys of events that are not in %1 (%2)").arg(m_table, number(side.unknownKeys)),
             tr("Events"), side.unknown);
    fillKeys(*m_unusedModel, tr("Keys of %1 without an event (%2)").arg(m_table, number(side.unusedKeys)), tr("Rows"),
             side.unused);
}

void JoinSideView::fillKeys(TableModel& model, const QString& title, const QString& count,
                            const std::vector<UnmatchedKey>& keys)
{
    const auto rows = std::make_shared<const std::vector<UnmatchedKey>>(keys);
    const auto at = [rows](int row) -> const UnmatchedKey& { return (*rows)[static_cast<std::size_t>(row)]; };
    const auto number = [at](int row) { return static_cast<double>(at(row).count); };
    model.reset(int(rows->size()),
                {{title, TableColumn::Kind::Text, [at](int row) { return quoted(at(row).key); }},
                 {count, TableColumn::Kind::Number, [number](int row) { return ui::count(number(row)); },
                  [number](int row) { return QVariant(number(row)); }}});
}

} // namespace orrery::ui
