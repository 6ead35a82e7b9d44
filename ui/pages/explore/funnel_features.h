// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/ranker_report.h"

#include <QWidget>

class QLabel;

namespace orrery::ui {

class DataTable;
class TableModel;

/// What the learnt ranker of a funnel goes by: importance of its features, and whether they moved between
/// the questions that it learned from and later ones.
class FunnelFeaturesPane : public QWidget {
    Q_OBJECT
public:
    explicit FunnelFeaturesPane(QWidget* parent = nullptr);
    void setFunnel(const FunnelPtr& funnel);

private:
    void show(const std::vector<RankerFeature>& features);

    LearntRankerPtr m_shown;
    QLabel* m_words;
    DataTable* m_table;
    TableModel* m_rows;
};

} // namespace orrery::ui
