// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_filters.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/pages/explore/facet_chart.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace orrery::ui {

MapFilters::MapFilters(CrossFilter& filter, QWidget* parent) : QWidget(parent), m_filter(filter)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::sm);
    auto* top = new QHBoxLayout;
    m_count = secondaryLabel({}, this);
    m_count->setObjectName(QStringLiteral("map.filter.count"));
    m_clear = linkButton(tr("Clear"), this);
    m_clear->setObjectName(QStringLiteral("map.filter.clear"));
    top->addWidget(m_count, 1);
    top->addWidget(m_clear);
    layout->addLayout(top);
    m_layout = scrolledColumn(this);
    m_layout->setSpacing(space::md);
    connect(m_clear, &QPushButton::clicked, this, &MapFilters::cleared);
}

void MapFilters::rebuild()
{
    clearLayout(m_layout);
    m_charts.clear();
    for (std::size_t f = 0; f < m_filter.facets().size(); ++f) {
        auto* chart = new FacetChart(m_filter.facets()[f], this);
        chart->setObjectName(QStringLiteral("map.facet.%1").arg(f));
        m_layout->addWidget(chart);
        m_charts.push_back(chart);
        connect(chart, &FacetChart::chosenChanged, this, [this, f](std::uint32_t bins) {
            m_filter.setChosen(f, bins);
            emit changed();
        });
    }
    m_layout->addStretch();
}

void MapFilters::refresh(std::size_t items)
{
    const std::size_t all = m_filter.items();
    m_count->setText(m_filter.narrows() ? tr("%1 of %2").arg(count(double(items)), count(double(all)))
                                        : tr("All %1: click or drag a bar").arg(count(double(all))));
    m_clear->setVisible(m_filter.narrows());
    const auto counts = m_filter.counts();
    for (std::size_t f = 0; f < m_charts.size(); ++f)
        m_charts[f]->show(counts[f], m_filter.chosen(f));
}

} // namespace orrery::ui
