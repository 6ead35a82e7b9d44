// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/why_above.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

#include <optional>

class QLabel;

namespace orrery::ui {

class Card;
class ContributionBars;
class Picker;

/// Why the selected item stands above another one of the same list: the reasons of both, subtracted.
class WhyAbovePane : public QWidget {
    Q_OBJECT
public:
    explicit WhyAbovePane(WorkspaceSession& session, QWidget* parent = nullptr);
    /// Whose list is meant; what is shown is of the selected item and the person on screen.
    void setList(const ModelEntry& entry);

private:
    void ask();
    void show(const WhyAbove& why);
    void hideAnswer();

    WorkspaceSession& m_session;
    std::optional<ModelEntry> m_entry;
    std::optional<ItemIndex> m_below;
    Picker* m_picker;
    QLabel* m_verdict;
    ContributionBars* m_bars;
    QLabel* m_steps;
};

} // namespace orrery::ui
