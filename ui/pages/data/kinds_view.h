// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/profile.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

#include <filesystem>
#include <utility>
#include <vector>

class QDoubleSpinBox;
class QGridLayout;
class QLabel;
class QPushButton;

namespace orrery::ui {

class Card;
class ShareBar;

/// What an event of each kind counts in the dataset that is shown, to be changed: weights are tried here and act once
/// they are applied.
class KindsView : public QWidget {
    Q_OBJECT
public:
    explicit KindsView(WorkspaceSession& session, QWidget* parent = nullptr);
    /// Whether there is anything to weigh: events of at least two kinds.
    [[nodiscard]] bool applies() const { return m_kinds.size() > 1; }

private:
    struct Row {
        ShareBar* share;
        QDoubleSpinBox* weight;
        QPushButton* reset;
    };

    void buildCard();
    void buildFoot();
    void refresh();
    void setKinds(const std::vector<KindTally>& kinds);
    Row addRow(const KindTally& tally, int line);
    void showWeights(const KindWeights& weights);
    void refreshShares();
    [[nodiscard]] QString verdict(bool counts) const;
    [[nodiscard]] KindWeights chosen() const;

    WorkspaceSession& m_session;
    std::pair<std::filesystem::path, DatasetId> m_of; ///< whose kinds these are
    std::vector<KindTally> m_kinds;
    std::vector<Row> m_rows; ///< as m_kinds
    Card* m_card;
    QGridLayout* m_grid;
    QLabel* m_ratings;
    QLabel* m_verdict;
    QPushButton* m_apply;
    QPushButton* m_default;
};

} // namespace orrery::ui
