// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/job_runner.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace orrery::ui {

class WorkspaceSession;

/// The strip at the bottom: what runs, how far it is, how long it takes, cancel; afterwards how long it took. At the
/// right, what the window is about: number of models, dataset hash.
class JobStrip : public QWidget {
    Q_OBJECT
public:
    explicit JobStrip(WorkspaceSession& session, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void showJob(const JobInfo& job);
    void showFinished(const JobInfo& job);
    void refreshFacts();

    WorkspaceSession& m_session;
    QWidget* m_line; ///< holds the others
    QLabel* m_text;
    QProgressBar* m_bar;
    QLabel* m_left;
    QPushButton* m_cancel;
    QLabel* m_facts;
    JobId m_shown = 0;
};

} // namespace orrery::ui
