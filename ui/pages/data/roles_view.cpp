// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/roles_view.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QTableWidget>

#include <algorithm>
#include <utility>

namespace orrery::ui {
namespace {

constexpr int narrowestColumn = 150;

struct RoleName {
    ColumnRole role;
    const char* name;
};
constexpr RoleName roleNames[] = {
    {ColumnRole::Ignore, QT_TRANSLATE_NOOP("Roles", "not used")},
    {ColumnRole::Person, QT_TRANSLATE_NOOP("Roles", "person")},
    {ColumnRole::Item, QT_TRANSLATE_NOOP("Roles", "item")},
    {ColumnRole::Value, QT_TRANSLATE_NOOP("Roles", "rating or amount")},
    {ColumnRole::Time, QT_TRANSLATE_NOOP("Roles", "time")},
    {ColumnRole::Kind, QT_TRANSLATE_NOOP("Roles", "kind of event")},
    {ColumnRole::Device, QT_TRANSLATE_NOOP("Roles", "device")},
    {ColumnRole::Place, QT_TRANSLATE_NOOP("Roles", "place")},
    {ColumnRole::Session, QT_TRANSLATE_NOOP("Roles", "visit or basket")},
    {ColumnRole::Position, QT_TRANSLATE_NOOP("Roles", "place in the list")},
    {ColumnRole::Price, QT_TRANSLATE_NOOP("Roles", "price paid")},
    {ColumnRole::ItemParent, QT_TRANSLATE_NOOP("Roles", "item: product of a variant")},
    {ColumnRole::ItemTitle, QT_TRANSLATE_NOOP("Roles", "item: title")},
    {ColumnRole::ItemTags, QT_TRANSLATE_NOOP("Roles", "item: tags")},
    {ColumnRole::ItemText, QT_TRANSLATE_NOOP("Roles", "item: text")},
    {ColumnRole::ItemNumber, QT_TRANSLATE_NOOP("Roles", "item: number")},
    {ColumnRole::PersonTag, QT_TRANSLATE_NOOP("Roles", "person: tag")},
    {ColumnRole::PersonNumber, QT_TRANSLATE_NOOP("Roles", "person: number")},
};

} // namespace

RolesView::RolesView(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_title(sectionLabel({}, this)), m_verdict(secondaryLabel({}, this)),
      m_table(new QTableWidget(this)), m_header(new QComboBox(this)), m_dates(new QComboBox(this)),
      m_feedback(new QComboBox(this)), m_badRows(new QComboBox(this)), m_import(primaryButton(tr("Import"), this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    layout->addWidget(m_title);
    auto* explain =
        secondaryLabel(tr("The first row of menus says what each column is taken for. Put right what is wrong; "
                          "hover a menu to see why it was guessed."),
                       this);
    explain->setWordWrap(true);
    layout->addWidget(explain);
    m_table->setObjectName(QStringLiteral("roles.table"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->verticalHeader()->hide();
    layout->addWidget(m_table, 1);
    auto* row = new QHBoxLayout;
    m_header->setObjectName(QStringLiteral("roles.header"));
    m_header->setAccessibleName(tr("First line"));
    m_header->addItem({}, QStringLiteral("auto")); // its words say what the guess is
    m_header->addItem(tr("First line: names of the columns"), QStringLiteral("yes"));
    m_header->addItem(tr("First line: data"), QStringLiteral("no"));
    m_dates->setObjectName(QStringLiteral("roles.dates"));
    m_dates->setAccessibleName(tr("Dates"));
    m_dates->addItem(tr("Dates: day first"), static_cast<int>(DateOrder::DayFirst));
    m_dates->addItem(tr("Dates: month first"), static_cast<int>(DateOrder::MonthFirst));
    m_feedback->addItem(tr("Feedback: as the data looks"), -1);
    m_feedback->addItem(tr("Ratings: the newest counts"), static_cast<int>(Feedback::Explicit));
    m_feedback->addItem(tr("Actions: they add up"), static_cast<int>(Feedback::Implicit));
    m_badRows->addItem(tr("Bad lines: skip and report"), static_cast<int>(BadRows::Skip));
    m_badRows->addItem(tr("Bad lines: stop at the first"), static_cast<int>(BadRows::Stop));
    m_badRows->addItem(tr("Bad lines: stop after 1,000"), static_cast<int>(BadRows::StopAfter));
    m_import->setObjectName(QStringLiteral("roles.import"));
    auto* cancel = plainButton(tr("Cancel"), this);
    row->addWidget(m_import);
    row->addWidget(cancel);
    row->addWidget(m_header);
    row->addWidget(m_dates);
    row->addWidget(m_feedback);
    row->addWidget(m_badRows);
    row->addWidget(m_verdict, 1);
    layout->addLayout(row);
    connect(m_header, &QComboBox::activated, this, &RolesView::lookAgain);
    connect(m_dates, &QComboBox::activated, this, [this] {
        if (ColumnGuess* times = timesWithOrder())
            times->dates = static_cast<DateOrder>(m_dates->currentData().toInt());
    });
    connect(m_import, &QPushButton::clicked, this, &RolesView::startImport);
    connect(cancel, &QPushButton::clicked, this, &RolesView::closed);
}

void RolesView::choose(const std::filesystem::path& path, const TablePreview& preview, TableUse use)
{
    m_path.clear(); // it is not looked at again: what is chosen is what is given
    show(path, preview);
    setUse(use);
    refreshVerdict();
}

void RolesView::setUse(std::optional<TableUse> use)
{
    m_use = use;
    m_import->setText(use ? tr("Use these columns") : tr("Import"));
    m_feedback->setVisible(!use);
    m_badRows->setVisible(!use);
}

void RolesView::show(const std::filesystem::path& path, const TablePreview& preview)
{
    const bool again = path == m_path && isVisible();
    if (!again)
        setUse({});
    const TablePreview before = std::exchange(m_preview, preview);
    m_path = path;
    if (again) {
        keepChosenRoles(before);
    } else {
        m_header->setCurrentIndex(0);
        m_chosen.clear();
    }
    showHeaderGuess();
    m_title->setText(tr("What is in %1?").arg(text(path.filename().string())));
    fillRows();
    fillRoles();
    refreshVerdict();
}

// What was put right by hand stays so, whatever the first line is.
void RolesView::keepChosenRoles(const TablePreview& before)
{
    for (const std::size_t column : m_chosen)
        if (column < m_preview.layout.columns.size())
            m_preview.layout.columns[column].role = before.layout.columns[column].role;
}

void RolesView::showHeaderGuess()
{
    m_header->setItemText(0, m_preview.looksLikeHeader ? tr("First line: looks like names of the columns")
                                                       : tr("First line: looks like data"));
}

void RolesView::lookAgain()
{
    const QString said = m_header->currentData().toString();
    TableHints hints;
    if (said != u"auto")
        hints.header = said == u"yes";
    m_session.lookAgain(m_path, hints);
}

void RolesView::fillRows()
{
    const auto columns = static_cast<int>(m_preview.layout.columns.size());
    m_table->clear();
    m_table->setColumnCount(columns);
    m_table->setRowCount(static_cast<int>(m_preview.rows.size()) + 1);
    QStringList headers;
    for (const ColumnGuess& column : m_preview.layout.columns)
        headers << text(column.header);
    m_table->setHorizontalHeaderLabels(headers);
    for (std::size_t row = 0; row < m_preview.rows.size(); ++row)
        for (int column = 0; column < columns; ++column)
            if (static_cast<std::size_t>(column) < m_preview.rows[row].size())
                m_table->setItem(static_cast<int>(row) + 1, column,
                                 new QTableWidgetItem(text(m_preview.rows[row][static_cast<std::size_t>(column)])));
    m_table->horizontalHeader()->setDefaultSectionSize(narrowestColumn);
}

void RolesView::fillRoles()
{
    for (std::size_t column = 0; column < m_preview.layout.columns.size(); ++column) {
        auto* box = new QComboBox(m_table);
        for (const RoleName& role : roleNames)
            box->addItem(tr(role.name), static_cast<int>(role.role));
        ColumnGuess& guess = m_preview.layout.columns[column];
        box->setCurrentIndex(box->findData(static_cast<int>(guess.role)));
        box->setToolTip(text(guess.why));
        box->setAccessibleName(tr("What column %1 is").arg(text(guess.header)));
        connect(box, &QComboBox::currentIndexChanged, this, [this, box, column] {
            m_chosen.insert(column);
            m_preview.layout.columns[column].role = static_cast<ColumnRole>(box->currentData().toInt());
            refreshVerdict();
        });
        m_table->setCellWidget(0, static_cast<int>(column), box);
    }
}

bool RolesView::has(ColumnRole role) const
{
    return std::ranges::count(m_preview.layout.columns, role, &ColumnGuess::role) > 0;
}

void RolesView::refreshPartVerdict()
{
    JoinRequest one;
    one.tables = {{m_path, *m_use, m_preview.layout, {}}};
    // A catalog alone is no join; what is asked is whether its own columns will do.
    if (*m_use != TableUse::Events)
        one.tables.push_back(
            {"events", TableUse::Events, {",", true, {{"a", ColumnRole::Person}, {"b", ColumnRole::Item}}}, {}});
    const auto fine = checkJoin(one);
    m_import->setEnabled(fine.has_value());
    m_verdict->setText(fine ? tr("Ready.") : text(fine.error().message));
}

// The column of times, where its dates do not begin with the year.
ColumnGuess* RolesView::timesWithOrder()
{
    auto& columns = m_preview.layout.columns;
    const auto times = std::ranges::find_if(columns, [](const ColumnGuess& column) {
        return column.role == ColumnRole::Time && column.dates != DateOrder::YearFirst;
    });
    return times == columns.end() ? nullptr : &*times;
}

void RolesView::refreshVerdict()
{
    const ColumnGuess* times = timesWithOrder();
    m_dates->setVisible(times != nullptr);
    if (times)
        m_dates->setCurrentIndex(m_dates->findData(static_cast<int>(times->dates)));
    if (m_use)
        return refreshPartVerdict();
    const bool complete = has(ColumnRole::Person) && has(ColumnRole::Item);
    m_import->setEnabled(complete);
    m_verdict->setText(!has(ColumnRole::Person) ? tr("Say which column is the person.")
                       : !has(ColumnRole::Item) ? tr("Say which column is the item.")
                       : !has(ColumnRole::Time) ? tr("Ready. Without a time, splits by time are not possible.")
                                                : tr("Ready."));
}

void RolesView::startImport()
{
    if (m_use)
        return emit columnsChosen(m_preview.layout);
    ImportRequest request;
    request.path = m_path;
    request.layout = m_preview.layout;
    if (m_feedback->currentData().toInt() >= 0)
        request.feedback = static_cast<Feedback>(m_feedback->currentData().toInt());
    request.badRows = static_cast<BadRows>(m_badRows->currentData().toInt());
    m_session.importData(request);
    emit closed();
}

} // namespace orrery::ui
