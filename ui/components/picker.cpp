// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/picker.h"

#include "ui/theme/theme.h"

#include <QAbstractListModel>
#include <QAction>
#include <QFrame>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QPointer>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int mostChoices = 50;
constexpr int mostRowsShown = 8;
constexpr int widest = 420;

class ChoiceModel : public QAbstractListModel {
public:
    using QAbstractListModel::QAbstractListModel;
    void setChoices(std::vector<Picker::Choice> choices)
    {
        beginResetModel();
        m_choices = std::move(choices);
        endResetModel();
    }
    [[nodiscard]] const Picker::Choice& choice(int row) const { return m_choices[static_cast<std::size_t>(row)]; }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_choices.size());
    }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override
    {
        if (!index.isValid()) {
            return {};
        }
        const Picker::Choice& shown = choice(index.row());
        if (role == Qt::AccessibleTextRole) {
            return shown.note.isEmpty() ? shown.title : shown.title + ", " + shown.note;
        }
        return role == Qt::DisplayRole ? shown.title : role == Qt::UserRole ? shown.note : QVariant();
    }

private:
    std::vector<Picker::Choice> m_choices;
};

/// Title at the left, note at the right.
class ChoiceDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Tokens& tokens = tokensFor(option.widget);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            const bool selected = option.state & QStyle::State_Selected;
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(selected ? tokens.accentSoft : tokens.window);
            painter->drawRoundedRect(option.rect, space::xs, space::xs);
        }
        const QRect inside = option.rect.adjusted(space::sm, 0, -space::sm, 0);
        const QString note = index.data(Qt::UserRole).toString();
        painter->setFont(ui::font(type::secondary));
        const int noteWidth = note.isEmpty() ? 0 : painter->fontMetrics().horizontalAdvance(note) + space::lg;
        painter->setPen(tokens.secondary);
        painter->drawText(inside, Qt::AlignRight | Qt::AlignVCenter, note);
        painter->setFont(ui::font(type::body));
        painter->setPen(tokens.text);
        const QRect left = inside.adjusted(0, 0, -noteWidth, 0);
        painter->drawText(left, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, left.width()));
    }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {0, space::rowHeight};
    }
};

} // namespace

/// The list is a child of the window, not a window of its own: no grab of the mouse, no help of a window manager
/// needed.
struct Picker::Impl {
    Impl(Picker& owner, Use usedAs) : self(owner), use(usedAs) {}

    Picker& self;
    Use use;
    ChoiceModel model;
    Search search;
    QPointer<QFrame> frame;
    QPointer<QListView> list;

    void build(QWidget* window);
    void refresh();
    void open();
    void place();
    void close();
    void pick(int row);
    void move(int by);
    bool key(int key);
    [[nodiscard]] bool isOpen() const { return frame && frame->isVisible(); }
};

void Picker::Impl::build(QWidget* window)
{
    if (frame && frame->parentWidget() == window) {
        return;
    }
    delete frame;
    frame = new QFrame(window);
    frame->setObjectName("pickerList");
    frame->hide();
    list = new QListView(frame);
    list->setModel(&model);
    list->setItemDelegate(new ChoiceDelegate(list));
    list->setUniformItemSizes(true);
    list->setFocusPolicy(Qt::NoFocus); // typing goes on in the field
    list->setMouseTracking(true);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setAccessibleName("Matches");
    auto* layout = new QVBoxLayout(frame);
    layout->setContentsMargins(space::xs, space::xs, space::xs, space::xs);
    layout->addWidget(list);
    frame->setFocusPolicy(Qt::NoFocus);
    QObject::connect(list, &QListView::clicked, &self, [this](const QModelIndex& index) { pick(index.row()); });
    window->installEventFilter(&self);
}

void Picker::Impl::refresh()
{
    std::vector<Choice> choices = search ? search(self.text(), mostChoices) : std::vector<Choice>{};
    if (choices.empty() && use == Use::Pick && !self.text().trimmed().isEmpty()) {
        choices.push_back({"No matches", {}, -1});
    }
    model.setChoices(std::move(choices));
}

void Picker::Impl::open()
{
    build(self.window());
    refresh();
    const bool isWhole = use == Use::Complete && model.rowCount() == 1 && model.choice(0).value == self.text();
    if (model.rowCount() == 0 || isWhole) {
        close();
        return;
    }
    const bool typed = use == Use::Pick && !self.text().trimmed().isEmpty();
    list->setCurrentIndex(typed && model.choice(0).id >= 0 ? model.index(0) : QModelIndex());
    place();
    frame->show();
    frame->raise();
}

void Picker::Impl::place()
{
    QWidget* window = frame->parentWidget();
    const int padding = 2 * space::xs + 2;
    const QPoint below = self.mapTo(window, QPoint(0, self.height() + space::xs));
    const int roomBelow = window->height() - below.y() - space::xs;
    const int roomAbove = below.y() - self.height() - 3 * space::xs;
    const int wanted = std::min(model.rowCount(), mostRowsShown) * space::rowHeight + padding;
    const bool goesBelow = wanted <= roomBelow || roomBelow >= roomAbove;
    const int height = std::min(wanted, std::max(goesBelow ? roomBelow : roomAbove, space::rowHeight + padding));
    const int width = std::min(std::max(self.width(), widest), window->width() - 2 * space::xs);
    const int x = std::clamp(below.x(), space::xs, std::max(space::xs, window->width() - width - space::xs));
    const int y = goesBelow ? below.y() : below.y() - self.height() - 2 * space::xs - height;
    frame->setGeometry(x, y, width, height);
}

void Picker::Impl::close()
{
    if (isOpen()) {
        frame->hide();
        emit self.closed();
    }
}

void Picker::Impl::pick(int row)
{
    if (row < 0 || row >= model.rowCount() || model.choice(row).id < 0) {
        return;
    }
    const int id = model.choice(row).id;
    if (use == Use::Complete) {
        self.setText(model.choice(row).value);
        emit self.textEdited(self.text()); // the list goes on with what can follow
        return;
    }
    close();
    self.clear();
    emit self.picked(id);
}

void Picker::Impl::move(int by)
{
    if (!isOpen()) {
        open();
        return;
    }
    const int row = list->currentIndex().row();
    const int next = std::clamp(row < 0 ? (by > 0 ? 0 : model.rowCount() - 1) : row + by, 0, model.rowCount() - 1);
    list->setCurrentIndex(model.index(next));
}

bool Picker::Impl::key(int key)
{
    switch (key) {
    case Qt::Key_Down: move(1); return true;
    case Qt::Key_Up: move(-1); return true;
    case Qt::Key_PageDown: move(mostRowsShown); return true;
    case Qt::Key_PageUp: move(-mostRowsShown); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!isOpen()) {
            return false;
        }
        if (use == Use::Complete && !list->currentIndex().isValid()) {
            close(); // what is typed stays
            return true;
        }
        pick(list->currentIndex().row());
        return true;
    case Qt::Key_Escape:
        if (!isOpen()) {
            return false;
        }
        close();
        return true;
    default: return false;
    }
}

Picker::Picker(const QString& placeholder, QWidget* parent, Use use)
    : QLineEdit(parent), m_impl(std::make_unique<Impl>(*this, use))
{
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    if (use == Use::Pick) {
        setProperty("leading", true);
        addAction(icon("search", this), LeadingPosition);
    }
    installEventFilter(this);
    connect(this, &QLineEdit::textEdited, this, [this] { m_impl->open(); });
}

Picker::~Picker() { delete m_impl->frame; }

void Picker::setSearch(Search search) { m_impl->search = std::move(search); }

bool Picker::isOpen() const { return m_impl->isOpen(); }

bool Picker::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != this) {
        if (event->type() == QEvent::Resize && m_impl->isOpen()) {
            m_impl->close();
        }
        return QLineEdit::eventFilter(watched, event);
    }
    switch (event->type()) {
    case QEvent::KeyPress: return m_impl->key(static_cast<QKeyEvent*>(event)->key());
    case QEvent::ShortcutOverride: // Escape is ours while the list is open, whatever the window would do with it
        if (static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && m_impl->isOpen()) {
            event->accept();
            return true;
        }
        break;
    case QEvent::MouseButtonRelease: m_impl->open(); break;
    case QEvent::FocusOut:
    case QEvent::Hide: m_impl->close(); break;
    default: break;
    }
    return QLineEdit::eventFilter(watched, event);
}

} // namespace orrery::ui
