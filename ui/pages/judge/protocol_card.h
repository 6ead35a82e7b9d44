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

/// How models are judged: the split and its folds, what is ranked, what counts as relevant, the cut-off, and which
/// models.
class ProtocolCard : public Card {
    Q_OBJECT
public:
    explicit ProtocolCard(WorkspaceSession& session, QWidget* parent = nullptr);

signals:
    void evaluationStarted();

private:
    void buildControls();
    void addControl(const QString& title, QWidget* control, const QString& help);
    void buildSplitControls();
    void buildListControls();
    void chooseCandidates();
    void refreshDataset();
    void refreshDigest();
    void refreshHelp();
    void start();
    void offerModels();
    [[nodiscard]] std::vector<ModelId> chosenModels() const;
    [[nodiscard]] SplitPlan plan() const;
    [[nodiscard]] CandidatePlan candidates() const;
    [[nodiscard]] Protocol protocol() const;

    WorkspaceSession& m_session;
    QGridLayout* m_grid = nullptr;
    QComboBox* m_split;
    QSpinBox* m_share;
    QSpinBox* m_folds;
    QSpinBox* m_seed;
    QComboBox* m_candidates;
    QDoubleSpinBox* m_relevant;
    QSpinBox* m_cut;
    QLabel* m_help;
    QPushButton* m_models;
    QPushButton* m_start;
    std::set<ModelId> m_left;    ///< models that are not to be judged
    QString m_candidatesFile;    ///< of "from a file"
    int m_row = 0, m_column = 0; ///< of the next control
};

} // namespace orrery::ui
