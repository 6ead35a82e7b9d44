// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/widgets.h"

#include "ui/theme/theme.h"

#include <QBoxLayout>
#include <QButtonGroup>
#include <QEvent>
#include <QFontMetrics>
#include <QScrollArea>
#include <QStyle>
#include <QToolButton>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int cardHeaderHeight = 40;
constexpr int subtitleWidth = 64; // less says nothing
constexpr int textWidth = 420;    // about 65 letters: longer lines are hard to read

void repolish(QWidget* widget)
{
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

QPushButton* button(const QString& text, const char* look, QWidget* parent)
{
    auto* made = new QPushButton(text, parent);
    made->setProperty("look", look);
    return made;
}

QLabel* label(const QString& text, const QFont& labelFont, QWidget* parent)
{
    auto* made = new QLabel(parent);
    made->setTextFormat(Qt::PlainText); // titles and names come from strangers
    made->setText(text);
    made->setFont(labelFont);
    return made;
}

} // namespace

Card::Card(const QString& title, QWidget* parent)
    : QFrame(parent), m_title(label({}, ui::font(type::body, QFont::DemiBold), this)), m_note(secondaryLabel({}, this)),
      m_header(new QWidget(this)), m_headerLayout(new QHBoxLayout(m_header)), m_body(new QVBoxLayout)
{
    m_header->setObjectName("cardHeader");
    m_header->setAttribute(Qt::WA_StyledBackground);
    m_header->setFixedHeight(cardHeaderHeight);
    m_headerLayout->setContentsMargins(space::md, 0, space::md, 0);
    m_headerLayout->setSpacing(space::sm);
    m_headerLayout->addWidget(m_title);
    m_headerLayout->addStretch(1);
    m_headerLayout->addWidget(m_note);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0); // the style sheet adds the hairline's
    outer->setSpacing(0);
    outer->addWidget(m_header, 0, Qt::AlignTop); // on top of an empty body, too
    outer->addLayout(m_body, 1);
    m_body->setSpacing(space::sm);
    setFlush(false);
    m_note->hide();
    setTitle(title);
}

void Card::setTitle(const QString& title)
{
    m_title->setText(title);
    showHeader();
}

void Card::setNote(const QString& note)
{
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    showHeader();
}

void Card::addCorner(QWidget* widget)
{
    m_headerLayout->addWidget(widget);
    m_header->setVisible(true);
}

void Card::setFlush(bool flush)
{
    const int padding = flush ? 0 : space::md;
    m_body->setContentsMargins(padding, padding, padding, padding);
}

void Card::showHeader()
{
    constexpr int ownItems = 3; // title, stretch, note
    m_header->setVisible(!m_title->text().isEmpty() || !m_note->text().isEmpty() || m_headerLayout->count() > ownItems);
}

PageHeader::PageHeader(const QString& title, QWidget* parent)
    : QWidget(parent), m_title(label(title, ui::font(type::pageTitle, QFont::Bold), this)),
      m_subtitle(new ElidedLabel({}, this)), m_leading(new QHBoxLayout), m_actions(new QHBoxLayout),
      m_row(new QHBoxLayout), m_texts(new QHBoxLayout), m_rows(new QVBoxLayout(this))
{
    orrery::ui::setTone(m_subtitle, "secondary");
    // One baseline for both: the small text stands as much higher as its descent is smaller.
    const int lift = QFontMetrics(m_title->font()).descent() - QFontMetrics(m_subtitle->font()).descent();
    m_subtitle->setContentsMargins(0, 0, 0, lift);
    m_title->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_title->setVisible(!title.isEmpty());
    m_texts->setSpacing(space::lg);
    m_texts->addWidget(m_title, 0, Qt::AlignBottom);
    m_texts->addWidget(m_subtitle, 1, Qt::AlignBottom);
    m_actions->setSpacing(space::sm);
    m_row->setSpacing(space::lg);
    m_row->addLayout(m_leading);
    m_row->addLayout(m_texts, 1);
    m_row->addLayout(m_actions);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(space::sm);
    m_rows->addLayout(m_row);
    setMinimumHeight(space::xxl);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void PageHeader::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    layOut();
}

bool PageHeader::event(QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest)
        layOut();
    return QWidget::event(event);
}

void PageHeader::layOut()
{
    const int controls = m_leading->sizeHint().width() + m_actions->sizeHint().width() + 2 * space::lg;
    const int texts = m_title->text().isEmpty() ? m_subtitle->sizeHint().width() // it says all there is to say
                                                : m_title->sizeHint().width() + subtitleWidth;
    const bool isNarrow = m_leading->count() > 0 && controls + texts > width();
    if (isNarrow == m_isNarrow)
        return;
    m_isNarrow = isNarrow;
    if (isNarrow) {
        m_row->removeItem(m_texts);
        m_row->insertStretch(1, 1);
        m_rows->addLayout(m_texts);
    } else {
        m_rows->removeItem(m_texts);
        delete m_row->takeAt(1);
        m_row->insertLayout(1, m_texts, 1);
    }
}

void PageHeader::setTitle(const QString& title)
{
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
}
void PageHeader::setSubtitle(const QString& text) { m_subtitle->setFullText(text); }
void PageHeader::addLeading(QWidget* widget) { m_leading->addWidget(widget, 0, Qt::AlignVCenter); }
void PageHeader::addAction(QWidget* widget) { m_actions->addWidget(widget, 0, Qt::AlignVCenter); }
QString PageHeader::title() const { return m_title->text(); }

ElidedLabel::ElidedLabel(const QString& text, QWidget* parent) : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFullText(text);
}

void ElidedLabel::setFullText(const QString& text)
{
    if (text == m_full)
        return;
    m_full = text;
    elide();
    updateGeometry();
}

QSize ElidedLabel::sizeHint() const
{
    const QMargins margins = contentsMargins();
    const QFontMetrics metrics = fontMetrics();
    return {metrics.horizontalAdvance(m_full) + margins.left() + margins.right() + 2 * margin() + 2,
            metrics.height() + margins.top() + margins.bottom() + 2 * margin()};
}

QSize ElidedLabel::minimumSizeHint() const
{
    const int few = fontMetrics().horizontalAdvance("Mmm…");
    return {std::min(few, sizeHint().width()), sizeHint().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        elide();
        updateGeometry();
    }
}

void ElidedLabel::elide()
{
    const QString shown = fontMetrics().elidedText(m_full, Qt::ElideRight, contentsRect().width() - 2 * margin());
    // Before the first layout the width means nothing yet.
    const bool laidOut = testAttribute(Qt::WA_Resized) || isVisible();
    setText(laidOut ? shown : m_full);
    setToolTip(text() == m_full ? QString() : m_full);
}

Badge::Badge(const QString& text, Tone tone, QWidget* parent) : QLabel(text, parent)
{
    setTextFormat(Qt::PlainText);
    setFont(ui::font(type::secondary, QFont::Medium));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAlignment(Qt::AlignCenter);
    setTone(tone);
}

void Badge::setTone(Tone tone)
{
    static const char* const names[] = {"", "good", "warning", "bad", "accent"};
    orrery::ui::setTone(this, names[static_cast<int>(tone)]);
}

SegmentedControl::SegmentedControl(const QStringList& titles, QWidget* parent) : QWidget(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    auto* group = new QButtonGroup(this);
    for (int i = 0; i < titles.size(); ++i) {
        auto* segment = new QPushButton(titles[i], this);
        segment->setCheckable(true);
        segment->setChecked(i == 0);
        const bool first = i == 0, last = i + 1 == titles.size();
        // The chosen one is bold: it must not be cut.
        constexpr int padding = 2 * space::md + 2;
        segment->setMinimumWidth(QFontMetrics(ui::font(type::body, QFont::DemiBold)).horizontalAdvance(titles[i]) +
                                 padding);
        segment->setProperty("segment", first && last ? "only" : first ? "first" : last ? "last" : "middle");
        group->addButton(segment, i);
        row->addWidget(segment);
        m_buttons.push_back(segment);
    }
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    connect(group, &QButtonGroup::idToggled, this, [this](int index, bool on) {
        if (on && index != m_current) {
            m_current = index;
            emit currentChanged(index);
        }
    });
}

void SegmentedControl::setCurrent(int index)
{
    if (index >= 0 && index < static_cast<int>(m_buttons.size())) {
        m_buttons[static_cast<std::size_t>(index)]->setChecked(true);
    }
}

void SegmentedControl::setOffered(int index, bool offered)
{
    if (!offered && index == m_current)
        setCurrent(0);
    m_buttons[static_cast<std::size_t>(index)]->setVisible(offered);
}

EmptyState::EmptyState(const QString& title, const QString& text, QWidget* parent)
    : QWidget(parent), m_title(sectionLabel(title, this)), m_text(new QLabel(text, this)), m_buttons(new QHBoxLayout)
{
    m_title->setAlignment(Qt::AlignHCenter);
    m_text->setAlignment(Qt::AlignHCenter);
    m_text->setWordWrap(true);
    m_text->setFixedWidth(textWidth);
    orrery::ui::setTone(m_text, "secondary");
    m_buttons->setSpacing(space::sm);
    auto* column = new QVBoxLayout;
    column->setSpacing(space::sm);
    column->addStretch(1);
    column->addWidget(m_title);
    column->addWidget(m_text, 0, Qt::AlignHCenter);
    column->addSpacing(space::sm);
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addLayout(m_buttons);
    centred->addStretch(1);
    column->addLayout(centred);
    column->addStretch(1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::xl, space::xl, space::xl, space::xl);
    row->addStretch(1);
    row->addLayout(column, 100);
    row->addStretch(1);
}

void EmptyState::addButton(const QString& text, const std::function<void()>& run, bool primary)
{
    auto* added = primary ? primaryButton(text, this) : plainButton(text, this);
    connect(added, &QPushButton::clicked, this, [run] { run(); });
    m_buttons->addWidget(added);
}

void EmptyState::setTexts(const QString& title, const QString& text)
{
    m_title->setText(title);
    m_text->setText(text);
    // Centred, it would be given the height of the text that was there when the layout was made.
    m_text->ensurePolished();
    m_text->setMinimumHeight(m_text->heightForWidth(m_text->width()));
}

QPushButton* primaryButton(const QString& text, QWidget* parent) { return button(text, "primary", parent); }
QPushButton* plainButton(const QString& text, QWidget* parent) { return button(text, "plain", parent); }

QPushButton* linkButton(const QString& text, QWidget* parent)
{
    auto* made = button(text, "link", parent);
    made->setCursor(Qt::PointingHandCursor);
    made->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return made;
}

QLabel* secondaryLabel(const QString& text, QWidget* parent)
{
    auto* made = label(text, ui::font(type::secondary), parent);
    setTone(made, "secondary");
    return made;
}

QLabel* sectionLabel(const QString& text, QWidget* parent)
{
    return label(text, ui::font(type::section, QFont::DemiBold), parent);
}

QToolButton* iconButton(const QString& iconName, const QString& name, QWidget* parent)
{
    auto* made = new QToolButton(parent);
    made->setIcon(icon(iconName, made));
    made->setIconSize({18, 18});
    made->setToolTip(name);
    made->setAccessibleName(name);
    made->setFocusPolicy(Qt::TabFocus);
    return made;
}

QVBoxLayout* scrolledColumn(QWidget* owner)
{
    auto* outer = owner->layout() ? qobject_cast<QVBoxLayout*>(owner->layout()) : new QVBoxLayout(owner);
    outer->setContentsMargins({});
    auto* scroll = new QScrollArea(owner);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    outer->addWidget(scroll, 1);
    auto* inside = new QWidget(scroll);
    inside->setObjectName(QStringLiteral("qt_scrollarea_content")); // takes the ground of what it lies on
    inside->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, space::sm, 0);
    column->setSpacing(space::sm);
    scroll->setWidget(inside);
    return column;
}

QFrame* horizontalRule(QWidget* parent)
{
    auto* made = new QFrame(parent);
    made->setProperty("part", "rule");
    made->setFixedHeight(1);
    return made;
}

void setTone(QWidget* widget, const QString& tone)
{
    if (widget->property("tone").toString() != tone) {
        widget->setProperty("tone", tone);
        repolish(widget);
    }
}

void clearLayout(QBoxLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide(); // deleted later, when its own signal may have ended
            widget->deleteLater();
        } else if (auto* inner = qobject_cast<QBoxLayout*>(item->layout())) {
            clearLayout(inner);
        }
        delete item;
    }
}

} // namespace orrery::ui
