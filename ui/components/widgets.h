// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QStringList>

#include <functional>
#include <vector>

class QBoxLayout;
class QHBoxLayout;
class QToolButton;
class QVBoxLayout;

namespace orrery::ui {

/// A white panel with hairline border; title row with optional right-hand note and widgets.
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(const QString& title = {}, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    void setNote(const QString& note); ///< secondary text at the right of the title
    void addCorner(QWidget* widget);   ///< at the right of the title row
    void setFlush(bool flush);         ///< no padding: lists and tables reach the border
    [[nodiscard]] QVBoxLayout* body() const { return m_body; }

private:
    void showHeader();

    QLabel* m_title;
    QLabel* m_note;
    QWidget* m_header;
    QHBoxLayout* m_headerLayout;
    QVBoxLayout* m_body;
};

class ElidedLabel;

/// Page title, a secondary line beside it, and buttons at the right. Where these leave no room for the title, it gets a
/// line of its own.
class PageHeader : public QWidget {
    Q_OBJECT
public:
    explicit PageHeader(const QString& title, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    void setSubtitle(const QString& text);
    void addAction(QWidget* widget);
    void addLeading(QWidget* widget); ///< before the title
    [[nodiscard]] QString title() const;

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    void layOut();

    QLabel* m_title;
    ElidedLabel* m_subtitle;
    QHBoxLayout* m_leading;
    QHBoxLayout* m_actions;
    QHBoxLayout* m_row;
    QHBoxLayout* m_texts;
    QVBoxLayout* m_rows;
    bool m_isNarrow = false;
};

/// A label that ends in … when there is no room, with the whole text as tooltip.
class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);
    void setFullText(const QString& text);
    [[nodiscard]] QString fullText() const { return m_full; }
    [[nodiscard]] QSize sizeHint() const override; ///< of the whole text
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void elide();
    QString m_full;
};

/// A small rounded label: "held out", "ratings are synthetic", "✓ no leak found".
class Badge : public QLabel {
    Q_OBJECT
public:
    enum class Tone { Neutral, Good, Warning, Bad, Accent };
    explicit Badge(const QString& text = {}, Tone tone = Tone::Neutral, QWidget* parent = nullptr);
    void setTone(Tone tone);
};

/// Why | Why not | Neighbours.
class SegmentedControl : public QWidget {
    Q_OBJECT
public:
    explicit SegmentedControl(const QStringList& titles, QWidget* parent = nullptr);
    [[nodiscard]] int current() const { return m_current; }
    void setCurrent(int index);
    /// Hides a segment between others; where it is the current one, the first becomes that.
    void setOffered(int index, bool offered);

signals:
    void currentChanged(int index);

private:
    std::vector<QAbstractButton*> m_buttons;
    int m_current = 0;
};

/// What a page says when there is nothing to show: a line, a sentence, and the button that helps.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    EmptyState(const QString& title, const QString& text, QWidget* parent = nullptr);
    void addButton(const QString& text, const std::function<void()>& run, bool primary = true);
    void setTexts(const QString& title, const QString& text);

private:
    QLabel* m_title;
    QLabel* m_text;
    QHBoxLayout* m_buttons;
};

/// Buttons of the look: the one main action, and all others; a link is text only.
[[nodiscard]] QPushButton* primaryButton(const QString& text, QWidget* parent = nullptr);
[[nodiscard]] QPushButton* plainButton(const QString& text, QWidget* parent = nullptr);
[[nodiscard]] QPushButton* linkButton(const QString& text, QWidget* parent = nullptr);
/// Labels of the look: secondary text, section title.
[[nodiscard]] QLabel* secondaryLabel(const QString& text, QWidget* parent = nullptr);
[[nodiscard]] QLabel* sectionLabel(const QString& text, QWidget* parent = nullptr);

/// A square button with an icon only; `name` is its tooltip and what a screen reader says.
[[nodiscard]] QToolButton* iconButton(const QString& icon, const QString& name, QWidget* parent = nullptr);
/// Fills `owner` with a column that scrolls when it is higher, and is never wider.
[[nodiscard]] QVBoxLayout* scrolledColumn(QWidget* owner);
/// A hairline across.
[[nodiscard]] QFrame* horizontalRule(QWidget* parent = nullptr);
/// The colour of a widget's text by meaning; it follows the theme. "" is the usual one, else "secondary", "disabled",
/// "accent", "good", "warning", "bad".
void setTone(QWidget* widget, const QString& tone);

/// Removes and deletes everything in a layout.
void clearLayout(QBoxLayout* layout);

} // namespace orrery::ui
