// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/item_losses.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace orrery::ui {

/// Where the selected item is lost on its way to people: in retrieval, in ranking, by which rule. Shown for the funnels
/// among A and B; hidden without one.
class LossesPane : public QWidget {
    Q_OBJECT
public:
    explicit LossesPane(WorkspaceSession& session, QWidget* parent = nullptr);
    void refresh(); ///< asks in a job

private:
    struct Side {
        QString name;
        ItemLosses losses;
        std::vector<QString> sources;
    };
    void show(const std::vector<Side>& sides);
    void addBar(const QString& words, std::size_t people, std::size_t all);

    WorkspaceSession& m_session;
    QVBoxLayout* m_bars;
};

} // namespace orrery::ui
