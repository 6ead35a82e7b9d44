// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/workspace_session.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"

#include <QAbstractButton>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

namespace orrery::ui {

/// A session in a folder of its own: nothing of the user's is read or written. The window is made when asked for.
class Workbench {
public:
    Workbench()
    {
        qputenv("XDG_DATA_HOME", path("home").toUtf8());
        session.openUntitled(path("club.orrery").toStdString());
    }

    [[nodiscard]] QString path(const QString& name) const { return folder.filePath(name); }

    QString write(const QString& name, const QByteArray& text) const
    {
        QFile file(path(name));
        const bool written = file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
        return written ? path(name) : QString();
    }

    /// 60 people and 24 films of two kinds; the even people like the even films. About 750 ratings over a year.
    [[nodiscard]] static QByteArray club()
    {
        QByteArray csv = "person,item,rating,timestamp\n";
        for (int p = 0; p < 60; ++p)
            for (int i = 0; i < 24; ++i) {
                const bool likes = i % 2 == p % 2;
                const bool rated = likes ? (p / 2 + i) % 5 != 0 : (p + i) % 4 == 0;
                if (!rated && !(likes && i < 4))
                    continue;
                const int rating = likes ? 4 + (p + i / 2) % 2 : 1 + p % 2;
                const qint64 at = 1'600'000'000LL + 86'400LL * ((p * 7 + i * 13) % 365) + i;
                csv += QStringLiteral("p%1,Film %2,%3,%4\n")
                           .arg(p)
                           .arg(i + 1, 2, 10, QChar(u'0'))
                           .arg(rating)
                           .arg(at)
                           .toUtf8();
            }
        return csv;
    }

    [[nodiscard]] bool idle(int milliseconds = 60'000) const
    {
        return QTest::qWaitFor([this] { return !jobs.busy() && !jobs.quickBusy(); }, milliseconds);
    }

    bool importFile(const QString& file)
    {
        ImportRequest request;
        request.path = file.toStdString();
        session.importData(request);
        return idle() && session.dataset() != nullptr;
    }
    bool importClub() { return importFile(write("club.csv", club())); }

    /// Trains and waits; 0 when nothing came of it.
    ModelId train(const std::string& algorithm, const ParamSet& params = {}, const std::string& name = {})
    {
        const std::size_t before = session.models().size();
        TrainingOrder order;
        order.algorithm = algorithm;
        order.params = params;
        order.name = name;
        (void)session.train(order);
        return idle() && session.models().size() == before + 1 ? session.models().back().row.id : 0;
    }

    MainWindow& window()
    {
        if (!m_window) {
            m_window = std::make_unique<MainWindow>(session, theme);
            m_window->show();
            m_window->activateWindow();
            (void)QTest::qWaitForWindowActive(m_window.get());
        }
        return *m_window;
    }

    /// The visible widget of that name and kind; null when there is none.
    template <class Widget = QWidget> Widget* find(const QString& name)
    {
        for (Widget* widget : window().findChildren<Widget*>(name))
            if (widget->isVisible())
                return widget;
        return nullptr;
    }

    /// Clicks into the middle of the visible widget of that name.
    bool click(const QString& name)
    {
        QWidget* widget = find(name);
        if (!widget || !widget->isEnabled())
            return false;
        QTest::mouseClick(widget, Qt::LeftButton);
        return true;
    }

    /// Clicks the visible button with exactly these words.
    bool press(const QString& words)
    {
        for (QAbstractButton* button : window().findChildren<QAbstractButton*>())
            if (button->isVisible() && button->isEnabled() && button->text() == words) {
                QTest::mouseClick(button, Qt::LeftButton);
                return true;
            }
        return false;
    }

    bool go(const QString& page) { return click("rail." + page) && idle(); }

    /// Chooses the first entry of the open menu whose text contains `words`; closes the menu when there is none.
    static bool choose(const QString& words)
    {
        if (!QTest::qWaitFor([] { return qobject_cast<QMenu*>(QApplication::activePopupWidget()) != nullptr; }, 20'000))
            return false;
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        for (QAction* action : menu->actions())
            if (action->text().contains(words) && action->isEnabled()) {
                QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
                return true;
            }
        menu->close();
        return false;
    }

    /// The text of the visible label of that name.
    QString says(const QString& name)
    {
        const auto* label = find<QLabel>(name);
        return label ? label->text() : QString();
    }
    /// Whether any visible label contains these words.
    bool sees(const QString& words)
    {
        for (const QLabel* label : window().findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(words))
                return true;
        return false;
    }

    QTemporaryDir folder;
    Theme theme{*qApp};
    JobRunner jobs;
    WorkspaceSession session{jobs};

private:
    std::unique_ptr<MainWindow> m_window;
};

} // namespace orrery::ui
