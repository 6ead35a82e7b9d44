// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/widgets.h"
#include "ui/pages/judge/matter_words.h"

class QComboBox;

namespace orrery::ui {

class DataTable;
class NumberBox;
class WorkspaceSession;

/// Those who are likely enough: which share of all, or from which probability on, in a table; and a segment of them.
/// Choosing one selects the person.
class MatterPeople : public Card {
    Q_OBJECT
public:
    explicit MatterPeople(WorkspaceSession& session, QWidget* parent = nullptr);
    void show(const ValueAnswerPtr& answer);
    /// Puts the cursor on the person at that place among all of the answer, where they are shown.
    void selectPlace(std::size_t place);
    /// Writes those chosen as exportChances() does, in a job.
    void saveTo(const QString& file);

private:
    void build();
    [[nodiscard]] QWidget* buildTools();
    void refresh();
    void keepSegment();
    [[nodiscard]] std::span<const PersonChance> chosen() const;

    WorkspaceSession& m_session;
    ValueAnswerPtr m_answer;
    QComboBox* m_by = nullptr;
    NumberBox* m_share = nullptr;
    QLabel* m_whom = nullptr;
    QPushButton* m_segment = nullptr;
    DataTable* m_table = nullptr;
    TableModel* m_model = nullptr;
};

} // namespace orrery::ui
