// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/widgets.h"
#include "ui/session/workspace_session.h"

class QSlider;

namespace orrery::ui {

class HistoryList;
class Picker;

/// The history of the person on screen, to be looked at and changed: every change redraws all lists.
class HistoryCard : public Card {
    Q_OBJECT
public:
    explicit HistoryCard(WorkspaceSession& session, QWidget* parent = nullptr);
    ~HistoryCard() override;
    /// Shows the session's person as it is now. The page says when: together with the lists.
    void refresh();

private:
    void buildFoot();
    void refreshCatalog();
    void add(int item);
    void keepGuest(); ///< asks for their id
    void refreshDial();

    WorkspaceSession& m_session;
    HistoryList* m_list;
    Picker* m_add;
    QLabel* m_changes;
    QPushButton* m_reset;
    QPushButton* m_keep;
    QLabel* m_empty;
    QWidget* m_dial; ///< how much of the history is known
    QLabel* m_known;
    QSlider* m_newest;
};

} // namespace orrery::ui
