// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/data_table.h"

#include "ui/components/cell_delegate.h"
#include "ui/components/save_file.h"
#include "ui/components/table_text.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/row_proxy.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>
#include <numeric>

namespace orrery::ui {
namespace {

constexpr int searchWidth = 200;
constexpr int narrowestText = 96;
constexpr int widestColumn = 420;

/// Says why there is nothing, and tracks the row under the mouse.
class RowsView : public QTableView {
public:
    explicit RowsView(QWidget* parent) : QTableView(parent), m_cells(new CellDelegate(this))
    {
        setItemDelegate(m_cells);
        viewport()->setMouseTracking(true);
    }
    QString emptyText;
    std::function<void()> copy;

protected:
    void paintEvent(QPaintEvent* event) override
    {
        QTableView::paintEvent(event);
        if (!model() || model()->rowCount() == 0) {
            QPainter painter(viewport());
            painter.setPen(tokensFor(this).secondary);
            const QRect room = viewport()->rect().adjusted(space::lg, space::lg, -space::lg, -space::lg);
            painter.drawText(room, Qt::AlignCenter | Qt::TextWordWrap, emptyText);
        }
    }
    void keyPressEvent(QKeyEvent* event) override
    {
        if (event->matches(QKeySequence::Copy)) {
            copy(); // the view's own would take one cell
            return;
        }
        QTableView::keyPressEvent(event);
    }
    void mouseMoveEvent(QMouseEvent* event) override
    {
        QTableView::mouseMoveEvent(event);
        hover(rowAt(event->position().toPoint().y()));
    }
    bool viewportEvent(QEvent* event) override
    {
        if (event->type() == QEvent::Leave || event->type() == QEvent::Wheel) {
            hover(-1);
        }
        return QTableView::viewportEvent(event);
    }

private:
    void hover(int row)
    {
        for (const int changed : {m_cells->hoveredRow(), row}) {
            if (row != m_cells->hoveredRow() && changed >= 0) {
                viewport()->update(0, rowViewportPosition(changed), viewport()->width(), space::rowHeight);
            }
        }
        m_cells->setHoveredRow(row);
    }

    CellDelegate* m_cells;
};

/// Makes columns fill `room`: numbers keep what they need, the widest texts give way first, spare room goes to texts.
void share(std::vector<int>& widths, const std::vector<bool>& isText, int room)
{
    const auto total = [&] { return std::accumulate(widths.begin(), widths.end(), 0); };
    for (int cap = widestColumn; total() > room && cap >= narrowestText; cap -= space::xs) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            widths[i] = isText[i] ? std::min(widths[i], cap) : widths[i];
        }
    }
    const auto texts = static_cast<int>(std::count(isText.begin(), isText.end(), true));
    const int spare = std::max(0, room - total());
    for (std::size_t i = 0, left = static_cast<std::size_t>(texts); i < widths.size() && texts > 0; ++i) {
        if (isText[i]) {
            --left;
            widths[i] += left == 0 ? spare - (texts - 1) * (spare / texts) : spare / texts;
        }
    }
}

} // namespace

struct DataTable::Impl {
    explicit Impl(DataTable& owner) : self(owner) {}

    DataTable& self;
    QWidget* toolbar = nullptr;
    QHBoxLayout* tools = nullptr;
    QLabel* title = nullptr;
    QLabel* matches = nullptr;
    QLineEdit* search = nullptr;
    QPushButton* exportButton = nullptr;
    RowsView* view = nullptr;
    RowProxy* proxy = nullptr;
    QString emptyText = "Nothing to show";
    bool searchWanted = true;
    bool silent = false; // the selection is moved by the program
    bool signalledByPress = false;
    bool widthsAreTheirs = false; // a person has dragged a column
    bool fitting = false;

    void buildToolbar();
    void buildView();
    void buildShortcuts();
    void searchFor(const QString& typed);
    void showCounts();
    void showToolbar();
    void fitColumns();
    void viewResized(const QResizeEvent& event);
    void signalRow(const QModelIndex& index);
    void chooseFile();
    void keepSelectionAcrossResets();
    [[nodiscard]] std::vector<int> rowsToCopy() const;
};

void DataTable::Impl::buildToolbar()
{
    toolbar = new QWidget(&self);
    tools = new QHBoxLayout(toolbar);
    tools->setContentsMargins(space::md, space::sm, space::md, space::sm);
    tools->setSpacing(space::sm);
    title = new QLabel(toolbar);
    title->setFont(ui::font(type::body, QFont::DemiBold));
    matches = secondaryLabel({}, toolbar);
    search = new QLineEdit(toolbar);
    search->setPlaceholderText("Search");
    search->setAccessibleName("Search in the table");
    search->setToolTip("Search in all columns (Ctrl+F)");
    search->addAction(icon("search", search), QLineEdit::LeadingPosition);
    search->setProperty("leading", true);
    search->setClearButtonEnabled(true);
    search->setFixedWidth(searchWidth);
    exportButton = plainButton("Export", toolbar);
    auto* menu = new QMenu(exportButton);
    menu->addAction("Copy", &self, [this] { self.copySelection(); });
    menu->addAction("Save as CSV…", &self, [this] { chooseFile(); });
    exportButton->setMenu(menu);
    tools->addWidget(title);
    tools->addWidget(matches);
    tools->addStretch(1);
    tools->addWidget(search);
    tools->addWidget(exportButton);
    QObject::connect(search, &QLineEdit::textChanged, &self, [this](const QString& typed) { searchFor(typed); });
    search->installEventFilter(&self);
}

void DataTable::Impl::buildView()
{
    proxy = new RowProxy(&self);
    view = new RowsView(&self);
    view->copy = [this] { self.copySelection(); };
    view->setHorizontalHeader(new TableHeader(view));
    view->setModel(proxy);
    view->setSortingEnabled(true);
    view->horizontalHeader()->setSortIndicator(-1, Qt::DescendingOrder);
    view->setShowGrid(false);
    view->setFrameShape(QFrame::NoFrame);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->verticalHeader()->hide();
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view->verticalHeader()->setDefaultSectionSize(space::rowHeight);
    view->viewport()->installEventFilter(&self);
    QObject::connect(view->horizontalHeader(), &QHeaderView::sectionResized, &self,
                     [this] { widthsAreTheirs = widthsAreTheirs || !fitting; });
    QObject::connect(view->selectionModel(), &QItemSelectionModel::currentRowChanged, &self,
                     [this](const QModelIndex& current) { signalRow(current); });
    QObject::connect(view, &QTableView::clicked, &self, [this](const QModelIndex& index) {
        if (!signalledByPress) {
            signalRow(index);
        }
    });
    keepSelectionAcrossResets();
}

void DataTable::Impl::keepSelectionAcrossResets()
{
    auto kept = std::make_shared<int>(-1);
    QObject::connect(proxy, &QAbstractItemModel::modelAboutToBeReset, &self,
                     [this, kept] { *kept = self.currentSourceRow(); });
    QObject::connect(proxy, &QAbstractItemModel::modelReset, &self, [this, kept] {
        showCounts();
        self.selectSourceRow(*kept);
        if (!widthsAreTheirs) {
            fitColumns();
        }
    });
}

void DataTable::Impl::buildShortcuts()
{
    // Of the window, so that it works from anywhere on the page; where two tables are shown they take turns.
    auto* find = new QShortcut(QKeySequence::Find, &self);
    const auto focusSearch = [this] {
        toolbar->show();
        search->show();
        search->setFocus(Qt::ShortcutFocusReason);
        search->selectAll();
    };
    QObject::connect(find, &QShortcut::activated, &self, focusSearch);
    QObject::connect(find, &QShortcut::activatedAmbiguously, &self, focusSearch);
}

void DataTable::Impl::searchFor(const QString& typed)
{
    proxy->search(typed);
    view->emptyText = proxy->isSearching() ? "No row matches “" + typed.trimmed() + "”" : emptyText;
    view->viewport()->update();
}

void DataTable::Impl::showCounts()
{
    const int all = proxy->sourceModel() ? proxy->sourceModel()->rowCount() : 0;
    matches->setText(proxy->isSearching() ? count(proxy->rowCount()) + " of " + count(all) : count(all));
}

void DataTable::Impl::showToolbar()
{
    search->setVisible(searchWanted);
    exportButton->setVisible(searchWanted || !title->text().isEmpty());
    toolbar->setVisible(searchWanted || !title->text().isEmpty());
}

void DataTable::Impl::fitColumns()
{
    std::vector<int> widths;
    std::vector<bool> isText;
    for (int column = 0; column < proxy->columnCount(); ++column) {
        widths.push_back(std::min(CellDelegate::widthFor(*proxy, column), widestColumn));
        const int alignment = proxy->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt();
        isText.push_back(!(Qt::Alignment(alignment) & Qt::AlignRight));
    }
    share(widths, isText, view->viewport()->width());
    fitting = true;
    for (std::size_t column = 0; column < widths.size(); ++column) {
        view->setColumnWidth(static_cast<int>(column), widths[column]);
    }
    fitting = false;
}

void DataTable::Impl::viewResized(const QResizeEvent& event)
{
    if (!widthsAreTheirs && event.size().width() != event.oldSize().width()) {
        fitColumns();
    }
}

void DataTable::Impl::signalRow(const QModelIndex& index)
{
    if (!silent && index.isValid()) {
        signalledByPress = true;
        emit self.rowActivated(proxy->mapToSource(index).row());
    }
}

void DataTable::Impl::chooseFile()
{
    const QString chosen = QFileDialog::getSaveFileName(&self, "Save as CSV", "table.csv", "CSV files (*.csv)");
    if (!chosen.isEmpty()) {
        const QString file = withSuffix(chosen, {}, {"csv"});
        sayExported(&self, file, self.exportCsv(file));
    }
}

std::vector<int> DataTable::Impl::rowsToCopy() const
{
    std::vector<int> rows;
    for (const QModelIndex& index : view->selectionModel()->selectedRows()) {
        rows.push_back(index.row());
    }
    std::sort(rows.begin(), rows.end());
    if (rows.empty()) {
        for (int row = 0; row < proxy->rowCount(); ++row) {
            rows.push_back(row);
        }
    }
    return rows;
}

DataTable::DataTable(QWidget* parent) : QWidget(parent), m_impl(std::make_unique<Impl>(*this))
{
    m_impl->buildToolbar();
    m_impl->buildView();
    m_impl->buildShortcuts();
    setEmptyText(m_impl->emptyText);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_impl->toolbar);
    layout->addWidget(m_impl->view, 1);
    setFocusProxy(m_impl->view);
}

DataTable::~DataTable() = default;

void DataTable::setModel(QAbstractItemModel* model)
{
    m_impl->widthsAreTheirs = false;
    m_impl->proxy->setSourceModel(model);
    m_impl->view->horizontalHeader()->setSortIndicator(-1, Qt::DescendingOrder);
    m_impl->fitColumns();
}

void DataTable::setTitle(const QString& title)
{
    m_impl->title->setText(title);
    m_impl->search->setAccessibleName(title.isEmpty() ? "Search in the table" : "Search " + title);
    m_impl->view->setAccessibleName(title);
    m_impl->showToolbar();
}

void DataTable::setEmptyText(const QString& text)
{
    m_impl->emptyText = text;
    m_impl->searchFor(m_impl->search->text());
}

void DataTable::setSearchVisible(bool visible)
{
    m_impl->searchWanted = visible;
    m_impl->showToolbar();
}

void DataTable::setSearch(const QString& typed) { m_impl->search->setText(typed); }

void DataTable::sortBy(int column, Qt::SortOrder order) { m_impl->view->sortByColumn(column, order); }

void DataTable::addTool(QWidget* widget) { m_impl->tools->insertWidget(m_impl->tools->count() - 1, widget); }

QTableView* DataTable::view() const { return m_impl->view; }

int DataTable::shownRows() const { return m_impl->proxy->rowCount(); }

int DataTable::currentSourceRow() const { return m_impl->proxy->mapToSource(m_impl->view->currentIndex()).row(); }

void DataTable::selectSourceRow(int row)
{
    const QAbstractItemModel* source = m_impl->proxy->sourceModel();
    const QModelIndex index = source ? m_impl->proxy->mapFromSource(source->index(row, 0)) : QModelIndex();
    m_impl->silent = true;
    if (index.isValid()) {
        m_impl->view->selectRow(index.row());
        m_impl->view->scrollTo(index);
    } else {
        m_impl->view->clearSelection();
        m_impl->view->setCurrentIndex({});
    }
    m_impl->silent = false;
}

void DataTable::copySelection() const
{
    QApplication::clipboard()->setText(asTabSeparated(*m_impl->proxy, m_impl->rowsToCopy()));
}

Status DataTable::exportCsv(const QString& file) const { return saveFile(file, asCsv(*m_impl->proxy).toUtf8()); }

bool DataTable::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_impl->view->viewport() && event->type() == QEvent::MouseButtonPress) {
        m_impl->signalledByPress = false;
    }
    if (watched == m_impl->view->viewport() && event->type() == QEvent::Resize) {
        m_impl->viewResized(*static_cast<QResizeEvent*>(event));
    }
    if (watched == m_impl->search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape) {
            m_impl->search->clear();
            m_impl->view->setFocus();
            m_impl->showToolbar();
            return true;
        }
        if (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
            m_impl->view->setFocus();
            m_impl->view->setCurrentIndex(m_impl->proxy->index(0, 0));
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace orrery::ui
