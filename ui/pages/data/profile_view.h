// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/workspace_session.h"

#include <QWidget>

class QLabel;
class QHBoxLayout;

namespace orrery::ui {

class ChartView;

/// What the dataset looks like: a line of numbers and six charts.
class ProfileView : public QWidget {
    Q_OBJECT
public:
    explicit ProfileView(WorkspaceSession& session, QWidget* parent = nullptr);

private:
    void refresh();
    void sayCounting();
    void refreshNumbers(const DatasetProfile& profile);
    void addNumber(const QString& value, const QString& what);

    WorkspaceSession& m_session;
    QHBoxLayout* m_numbers;
    std::vector<ChartView*> m_charts;
};

} // namespace orrery::ui
