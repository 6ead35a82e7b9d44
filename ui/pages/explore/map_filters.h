// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/itemmodels/cross_filter.h"

#include <QWidget>

#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace orrery::ui {

class FacetChart;

/// The attributes of the items as bars, which narrow each other, the map and the table down.
class MapFilters : public QWidget {
    Q_OBJECT
public:
    /// `filter` is changed by clicks, and stays the caller's.
    explicit MapFilters(CrossFilter& filter, QWidget* parent = nullptr);
    void rebuild();                  ///< after the facets have changed
    void refresh(std::size_t items); ///< after anything of the filter has changed; so many items pass

signals:
    void changed();
    void cleared(); ///< all is to be let go of

private:
    CrossFilter& m_filter;
    QLabel* m_count;
    QPushButton* m_clear;
    QVBoxLayout* m_layout;
    std::vector<FacetChart*> m_charts;
};

} // namespace orrery::ui
