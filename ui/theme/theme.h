// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/tokens.h"

#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

#include <functional>

class QApplication;
class QPalette;
class QWidget;

namespace orrery::ui {

enum class ThemeChoice { System, Light, Dark };

/// Gives the application its palette, font and style sheet. Widgets that paint ask tokensFor(this) at paint time and
/// need no other notice: a theme change is a palette change. While the choice is System, it follows the system's theme
/// wherever the platform tells Qt of a change.
class Theme : public QObject {
    Q_OBJECT
public:
    /// Made once, early: what the palette says before it is how the system's own theme is told. `systemIsDark` is how
    /// to ask later; by the palette that the platform gives, unless a test knows better.
    explicit Theme(QApplication& application, std::function<bool()> systemIsDark = {});
    void choose(ThemeChoice choice);
    [[nodiscard]] ThemeChoice choice() const { return m_choice; }
    [[nodiscard]] bool isDark() const;

signals:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void followSystem();
    void apply();

    QApplication& m_application;
    std::function<bool()> m_askSystem;
    bool m_systemIsDark = false;
    bool m_asking = false; ///< the system will be asked once the events at hand are done
    ThemeChoice m_choice = ThemeChoice::System;
};

/// The tokens that a widget is drawn with, told from its palette; the application's for null.
[[nodiscard]] const Tokens& tokensFor(const QWidget* widget);

/// A line icon of resources/icons in the text colour of the widget's theme ("home", "data", "recipes", "explore", ...).
/// It follows the theme by itself; of a checked button it is in the accent colour, of a disabled one in the disabled.
[[nodiscard]] QIcon icon(const QString& name, const QWidget* widget);
/// The same in one colour.
[[nodiscard]] QPixmap iconPixmap(const QString& name, const QColor& colour, int size, qreal ratio);

/// The interface font at a size of ui/theme/tokens.h: the system's where it names one, else Inter, else DejaVu Sans.
[[nodiscard]] QFont font(int pixels, QFont::Weight weight = QFont::Normal);
/// The same for numbers that stand in columns or change in place: all its figures are of one width.
[[nodiscard]] QFont numberFont(int pixels, QFont::Weight weight = QFont::Normal);

/// 0 when the system asks for no motion, else the usual duration in ms.
[[nodiscard]] int motionDuration();

/// What Theme sets; for looking at parts without an application-wide theme.
[[nodiscard]] QPalette paletteOf(const Tokens& tokens);
[[nodiscard]] QString styleSheetOf(const Tokens& tokens);

} // namespace orrery::ui
