// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/projection.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/cross_filter.h"
#include "ui/pages/explore/map_subject.h"

#include <QPushButton>

#include <array>
#include <memory>
#include <optional>
#include <vector>

class QStackedLayout;

namespace orrery::ui {

class MapAxes;
class MapEpochs;
class MapFilters;
class MapOddities;
class MapPanel;
class MapSettings;

/// What stands beside the map, one at a time, and the buttons that bring it there.
class MapSide : public Card {
    Q_OBJECT
public:
    enum class Part { None, Filter, Axes, Oddities, Epochs, Settings };

    /// `filter` is changed by clicks, and stays the caller's.
    MapSide(WorkspaceSession& session, CrossFilter& filter, QWidget* parent = nullptr);

    void addButtons(PageHeader* header);
    /// Shown where there is a map; epochs are those of items.
    void setReady(bool ready, bool isPeople);
    void show(Part part);
    [[nodiscard]] bool shows(Part part) const;

    /// What all of it is about: the panel's map where it has one.
    void setMap(const MapSubjectPtr& subject, const MapPanel& panel);
    void setMethod(const MapPanel& panel);
    void setSelected(const std::vector<ItemIndex>& items);
    [[nodiscard]] MapFilters& filters() const { return *m_filters; }
    [[nodiscard]] bool sizedByUse() const;

signals:
    void filtersAsked(); ///< they are looked at from now on
    void filterChanged();
    void filterCleared();
    void picked(orrery::ItemIndex item);
    void chosen(const std::vector<orrery::ItemIndex>& items);
    void axisChanged(const std::shared_ptr<const std::vector<float>>& values, const QString& title);
    void placesChanged(const std::optional<orrery::Layout>& places); ///< of an epoch; none: of the map
    void sizesChosen();
    void paramsChosen(const orrery::ParamSet& params);

private:
    std::array<QPushButton*, 5> m_buttons{};
    QStackedLayout* m_parts;
    MapFilters* m_filters;
    MapAxes* m_axes;
    MapOddities* m_oddities;
    MapEpochs* m_epochs;
    MapSettings* m_settings;
};

} // namespace orrery::ui
