// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/item_map.h"
#include "ui/itemmodels/dataset_columns.h"
#include "ui/map/map_colours.h"
#include "ui/session/workspace_session.h"

#include <memory>
#include <optional>
#include <vector>

namespace orrery::ui {

/// What the points of a map are: the items of the dataset, or its people in the place of items (people_as_items.h).
/// Whatever stands on the map is an item of `dataset`.
struct MapSubject {
    bool isPeople = false;
    std::shared_ptr<const Dataset> dataset;
    std::shared_ptr<const Tally> tally; ///< null until it has been worked out
    std::shared_ptr<const AttributeTable> derived = std::make_shared<const AttributeTable>();

    [[nodiscard]] VectorSpace spaceOf(const Model& model) const
    {
        return isPeople ? model.personSpace() : model.itemSpace();
    }
    [[nodiscard]] ItemMap mapOf(const ModelPtr& model) const
    {
        return isPeople ? mappedPeople(model) : mappedItems(model);
    }
    [[nodiscard]] QString title(ItemIndex item) const;
    [[nodiscard]] QString counted(double number) const; ///< "3 items", "1 person"
    /// What points can be coloured by: what is said of single items only is left out of people.
    [[nodiscard]] std::vector<MapColouring> colourings() const;
    /// The same with one more column, or another in place of the one of that name.
    [[nodiscard]] MapSubject with(AttributeColumn column) const;

    [[nodiscard]] std::optional<ItemIndex> selected(const WorkspaceSession& session) const;
    /// Selects it for all pages; an item as one of that model's.
    void select(WorkspaceSession& session, ItemIndex item, std::optional<ModelId> of = {}) const;
};
using MapSubjectPtr = std::shared_ptr<const MapSubject>;

/// The items of what is open; null without a dataset.
[[nodiscard]] MapSubjectPtr itemsOnMap(const WorkspaceSession& session);

/// Whether what is found out about the vectors of one holds of the other; not of null.
[[nodiscard]] bool haveSameVectors(const std::shared_ptr<const ItemMap>& a, const std::shared_ptr<const ItemMap>& b);

} // namespace orrery::ui
