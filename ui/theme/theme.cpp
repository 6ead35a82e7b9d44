// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QWidget>

#include <utility>

namespace orrery::ui {
namespace {

bool isDarkGround(const QColor& colour) { return colour.lightness() < 128; }

bool hasDarkGround() { return isDarkGround(QApplication::palette().color(QPalette::Window)); }

// Our palette lies over the system's: without it, the application has that of the system again. Qt 6.5 would tell by
// QStyleHints::colorScheme.
bool systemIsDarkNow()
{
    const QPalette ours = QApplication::palette();
    QApplication::setPalette(QPalette());
    const bool dark = hasDarkGround();
    QApplication::setPalette(ours);
    return dark;
}

} // namespace

Theme::Theme(QApplication& application, std::function<bool()> systemIsDark)
    : m_application(application), m_askSystem(systemIsDark ? std::move(systemIsDark) : systemIsDarkNow),
      m_systemIsDark(hasDarkGround())
{
    m_application.setStyle(QStyleFactory::create("Fusion"));
    m_application.setFont(font(type::body));
    apply();
    m_application.installEventFilter(this);
}

// Windows are told of a change, each for itself; the application is not.
bool Theme::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::ThemeChange && !std::exchange(m_asking, true)) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_asking = false;
                followSystem();
            },
            Qt::QueuedConnection);
    }
    return QObject::eventFilter(watched, event);
}

void Theme::followSystem()
{
    if (m_choice == ThemeChoice::System) {
        choose(ThemeChoice::System);
    }
}

void Theme::choose(ThemeChoice choice)
{
    const bool wasDark = isDark();
    m_choice = choice;
    if (choice == ThemeChoice::System) {
        m_systemIsDark = m_askSystem();
    }
    if (isDark() != wasDark) {
        apply();
    }
    emit changed();
}

bool Theme::isDark() const
{
    return m_choice == ThemeChoice::Dark || (m_choice == ThemeChoice::System && m_systemIsDark);
}

void Theme::apply()
{
    const Tokens& tokens = isDark() ? Tokens::dark() : Tokens::light();
    // Without a sheet in between, widgets would keep parts of the palette that the old sheet gave them.
    m_application.setStyleSheet({});
    m_application.setPalette(paletteOf(tokens));
    m_application.setStyleSheet(styleSheetOf(tokens));
}

const Tokens& tokensFor(const QWidget* widget)
{
    const QPalette palette = widget ? widget->palette() : QApplication::palette();
    // Links first: a style sheet writes its grounds into the palettes of single widgets, but never this role.
    const QColor link = palette.color(QPalette::Link);
    if (link == Tokens::dark().accent || link == Tokens::light().accent) {
        return link == Tokens::dark().accent ? Tokens::dark() : Tokens::light();
    }
    return isDarkGround(palette.color(QPalette::Window)) ? Tokens::dark() : Tokens::light();
}

int motionDuration()
{
    constexpr int usual = 200;
    if (qEnvironmentVariableIsSet("ORRERY_NO_MOTION")) {
        return 0;
    }
    return QApplication::style()->styleHint(QStyle::SH_Widget_Animation_Duration) > 0 ? usual : 0;
}

QPalette paletteOf(const Tokens& tokens)
{
    QPalette palette(tokens.window);
    const auto both = [&](QPalette::ColorRole role, const QColor& colour) { palette.setColor(role, colour); };
    both(QPalette::Window, tokens.window);
    both(QPalette::Base, tokens.surface);
    both(QPalette::AlternateBase, tokens.window);
    both(QPalette::Button, tokens.surface);
    both(QPalette::ToolTipBase, tokens.raised);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText}) {
        both(role, tokens.text);
    }
    both(QPalette::PlaceholderText, tokens.secondary);
    both(QPalette::BrightText, tokens.surface);
    both(QPalette::Link, tokens.accent);
    both(QPalette::LinkVisited, tokens.accent);
    both(QPalette::Highlight, tokens.accentSoft);
    both(QPalette::HighlightedText, tokens.text);
    both(QPalette::Light, tokens.raised);
    both(QPalette::Midlight, tokens.hairline);
    both(QPalette::Mid, tokens.strongLine);
    both(QPalette::Dark, tokens.strongLine);
    both(QPalette::Shadow, tokens.strongLine);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, tokens.disabled);
    }
    return palette;
}

} // namespace orrery::ui
