// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_side.h"

#include "ui/pages/explore/map_axes.h"
#include "ui/pages/explore/map_epochs.h"
#include "ui/pages/explore/map_filters.h"
#include "ui/pages/explore/map_oddities.h"
#include "ui/pages/explore/map_panel.h"
#include "ui/pages/explore/map_settings.h"

#include <QStackedLayout>

namespace orrery::ui {
namespace {

constexpr int sideWidth = 268;

} // namespace

MapSide::MapSide(WorkspaceSession& session, CrossFilter& filter, QWidget* parent) : Card({}, parent)
{
    setFixedWidth(sideWidth);
    hide();
    auto* holder = new QWidget(this);
    m_parts = new QStackedLayout(holder);
    m_filters = new MapFilters(filter, holder);
    m_axes = new MapAxes(session, holder);
    m_oddities = new MapOddities(session, holder);
    m_epochs = new MapEpochs(session, holder);
    m_settings = new MapSettings(session, holder);
    for (QWidget* part :
         {static_cast<QWidget*>(m_filters), static_cast<QWidget*>(m_axes), static_cast<QWidget*>(m_oddities),
          static_cast<QWidget*>(m_epochs), static_cast<QWidget*>(m_settings)})
        m_parts->addWidget(part);
    body()->addWidget(holder, 1);
    connect(m_filters, &MapFilters::changed, this, &MapSide::filterChanged);
    connect(m_filters, &MapFilters::cleared, this, &MapSide::filterCleared);
    connect(m_axes, &MapAxes::axisChanged, this, &MapSide::axisChanged);
    connect(m_axes, &MapAxes::picked, this, &MapSide::picked);
    connect(m_oddities, &MapOddities::picked, this, &MapSide::picked);
    connect(m_oddities, &MapOddities::chosen, this, &MapSide::chosen);
    connect(m_epochs, &MapEpochs::placesChanged, this, &MapSide::placesChanged);
    connect(m_settings, &MapSettings::sizesChosen, this, &MapSide::sizesChosen);
    connect(m_settings, &MapSettings::paramsChosen, this, &MapSide::paramsChosen);
}

void MapSide::addButtons(PageHeader* header)
{
    const std::array titles{tr("Filter"), tr("Axes"), tr("Oddities"), tr("Epochs"), tr("Settings")};
    for (std::size_t i = 0; i < titles.size(); ++i) {
        m_buttons[i] = plainButton(titles[i], header);
        m_buttons[i]->setObjectName(QStringLiteral("map.side.%1").arg(i));
        m_buttons[i]->setCheckable(true);
        header->addAction(m_buttons[i]);
        const auto mine = static_cast<Part>(i + 1);
        connect(m_buttons[i], &QPushButton::clicked, this, [this, mine](bool on) { show(on ? mine : Part::None); });
    }
}

void MapSide::setReady(bool ready, bool isPeople)
{
    for (std::size_t i = 0; i < m_buttons.size(); ++i)
        m_buttons[i]->setVisible(ready && !(isPeople && static_cast<Part>(i + 1) == Part::Epochs));
    if (isPeople && shows(Part::Epochs))
        show(Part::None);
}

void MapSide::show(Part part)
{
    setVisible(part != Part::None);
    for (std::size_t i = 0; i < m_buttons.size(); ++i)
        m_buttons[i]->setChecked(static_cast<std::size_t>(part) == i + 1);
    if (part == Part::None)
        return;
    m_parts->setCurrentIndex(static_cast<int>(part) - 1);
    if (part == Part::Axes)
        m_axes->shown();
    if (part == Part::Filter)
        emit filtersAsked();
}

bool MapSide::shows(Part part) const { return !isHidden() && m_parts->currentIndex() == static_cast<int>(part) - 1; }

void MapSide::setMap(const MapSubjectPtr& subject, const MapPanel& panel)
{
    const bool isThere = subject && panel.source().map().grid;
    const auto map = isThere ? panel.source().shared() : nullptr;
    m_axes->setMap(map, subject);
    m_settings->setMap(map, subject);
    m_oddities->setMap(map, subject);
    if (isThere && !subject->isPeople)
        m_epochs->setMap(map, panel.model(), panel.method(), panel.params());
    else
        m_epochs->setMap(nullptr, nullptr, nullptr, {});
}

void MapSide::setMethod(const MapPanel& panel)
{
    if (const ProjectionMethod* method = panel.method())
        m_settings->setMethod(*method, panel.params());
}

void MapSide::setSelected(const std::vector<ItemIndex>& items) { m_axes->setSelected(items); }
bool MapSide::sizedByUse() const { return m_settings->sizedByUse(); }

} // namespace orrery::ui
