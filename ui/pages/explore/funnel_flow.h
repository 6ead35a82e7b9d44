// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/funnel.h"

#include <QWidget>

#include <vector>

class QComboBox;
class QMenu;
class QPushButton;
class QVBoxLayout;

namespace orrery::ui {

class SourceNode;
class StageNode;

/// A funnel drawn as a flow: sources -> merge -> ranker -> rules -> list, with what each stage let through. The width
/// of a ribbon is how much flows in it. Its parts can be changed in place.
class FunnelFlow : public QWidget {
    Q_OBJECT
public:
    explicit FunnelFlow(QWidget* parent = nullptr);
    /// `models`: names of those that can be asked. Does not signal.
    void setRecipe(const FunnelRecipe& recipe, const QStringList& models);
    [[nodiscard]] const FunnelRecipe& recipe() const { return m_recipe; }
    void show(const Funnel& funnel, const FunnelRun& run);
    void setTraining(bool training); ///< nobody can ask for it again until it has ended

signals:
    void changed(); ///< recipe() is another
    void rulesAsked();
    void trainingAsked(); ///< of the ranker, and of a merge that is learnt

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void buildSources();
    void buildStages();
    void fillSources();
    void fillAddMenu();
    void fillRankers();
    void add(const SourceChoice& choice);
    void takeRanker(int index);
    void showRanker(const Funnel& funnel, const FunnelRun& run);
    void showRules(const Funnel& funnel, const FunnelRun& run);
    void drawRibbon(QPainter& painter, const QWidget* from, const QWidget* to, double share) const;

    FunnelRecipe m_recipe;
    QStringList m_models;
    std::vector<SourceReport> m_reports;
    double m_candidates = 0, m_left = 0; ///< kept by the merge, and left by the rules
    QVBoxLayout* m_sources = nullptr;
    std::vector<SourceNode*> m_nodes;
    QPushButton* m_addSource = nullptr;
    QMenu* m_addMenu = nullptr;
    StageNode* m_merge = nullptr;
    StageNode* m_rank = nullptr;
    StageNode* m_rules = nullptr;
    StageNode* m_list = nullptr;
    QComboBox* m_ranker = nullptr;
    QPushButton* m_train = nullptr;
    QPushButton* m_learn = nullptr;
};

} // namespace orrery::ui
