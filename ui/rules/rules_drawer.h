// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/workspace_session.h"

#include <QWidget>

#include <memory>

namespace orrery::ui {

/// The rules of B, edited beside what they do: to the list of the person on screen, and for a sample of people. Slides
/// over the page that is shown. What is edited is kept in the workspace as it is.
class RulesDrawer : public QWidget {
    Q_OBJECT
public:
    explicit RulesDrawer(WorkspaceSession& session, QWidget* parent = nullptr);
    ~RulesDrawer() override;

    void setOfA(bool ofA); ///< whose rules; B's unless told
    void open();
    void close();
    [[nodiscard]] bool isOpen() const;
    void cover(const QRect& area); ///< in the parent's coordinates; also while it is closed

    /// Takes the rules of a JSON file, which can be undone; writes them to one.
    void importFrom(const QString& file);
    void exportTo(const QString& file);

signals:
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
