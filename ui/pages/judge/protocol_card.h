// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/widgets.h"
#include "ui/session/workspace_session.h"

#include <set>

class QComboBox;
class QDoubleSpinBox;
class QGridLayout;
class QSpinBox;

namespace orrery::ui {

/// How models are judged: the split, what counts as relevant, the cut-off, and which models.
class ProtocolCard : public Card {
    Q_OBJECT
public:
    explicit ProtocolCard(WorkspaceSession& session, QWidget* parent = nullptr);

signals:
    void evaluationStarted();

private:
    void buildControls();
    void addControl(const QString& title, QWidget* control, const QString& help);
    void refreshDataset();
    void refreshDigest();
    void refreshHelp();
    void start();
    void offerModels();
    [[nodiscard]] std::vector<ModelId> chosenModels() const;
    [[nodiscard]] SplitPlan plan() const;
    [[nodiscard]] Protocol protocol() const;

    WorkspaceSession& m_session;
    QGridLayout* m_grid = nullptr;
    QComboBox* m_split;
    QSpinBox* m_share;
    QSpinBox* m_seed;
    QDoubleSpinBox* m_relevant;
    QSpinBox* m_cut;
    QLabel* m_help;
    QPushButton* m_models;
    QPushButton* m_start;
    std::set<ModelId> m_left; ///< models that are not to be judged
    int m_controls = 0;
};

} // namespace orrery::ui
