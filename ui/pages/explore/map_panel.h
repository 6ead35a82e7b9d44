// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/map/map_colours.h"
#include "ui/pages/explore/map_source.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

namespace orrery::ui {

class MapView;

/// What the points of all maps on the page look like.
struct MapLook {
    MapColouring by;
    bool sizedByUse = true;
    std::shared_ptr<const std::vector<float>> axis = {}; ///< by item, of that colouring
};

/// One map with its own model and method: points, names, links and the person. What is said of items is about the same
/// items on all maps.
class MapPanel : public QWidget {
    Q_OBJECT
public:
    /// It is called `name`.panel, its controls `name`.vectors, .method, .trust and .view.
    MapPanel(WorkspaceSession& session, const QString& name, QWidget* parent = nullptr);
    ~MapPanel() override;

    [[nodiscard]] MapView& view() const;
    [[nodiscard]] MapSource& source() const;
    [[nodiscard]] const ModelEntry* model() const; ///< null when there is none with vectors
    [[nodiscard]] bool wantsPeople() const;        ///< vectors of people are chosen: the page sets that subject
    /// What its points are; null: none. Vectors of another subject than what is chosen are not laid out.
    void setSubject(const MapSubjectPtr& subject);
    [[nodiscard]] const ProjectionMethod* method() const;
    /// Of the method; the layout is made again. They are kept for each method.
    void setParams(const ParamSet& params);
    [[nodiscard]] ParamSet params() const;
    void refreshModels();
    /// `wanted` where it has vectors, else one that is not `other` where there is one.
    void setAnotherModel(const ModelEntry* other, const ModelEntry* wanted);
    /// Lays the map out if it is not yet; nothing while the panel is hidden: nobody may ever look.
    void project();
    /// Begins where that map is, and is turned like it, and offers vectors of the same subject only; null: by itself.
    void setExample(const MapPanel* other);
    void setLook(const MapLook& look);
    /// The same items at other places, such as those of an epoch; none: where they are. Names of regions belong to the
    /// map itself, and go.
    void showElsewhere(const std::optional<Layout>& places);
    [[nodiscard]] const std::vector<ColouredItems::Entry>& legend() const;
    [[nodiscard]] QString caption() const; ///< "SVD by UMAP, trust 0.96"
    void relabel();
    void followItem();
    void showPerson(bool recommended, bool history);

    // Of all items, those that this map does not show are passed over.
    void setSelected(const std::vector<ItemIndex>& items);
    void setHovered(std::optional<ItemIndex> item);
    void flyTo(ItemIndex item);

signals:
    void clicked(orrery::ItemIndex item);
    void hoveredChanged(std::optional<orrery::ItemIndex> item);
    void selectionChanged(const std::vector<orrery::ItemIndex>& items); ///< drawn around here
    void redrawn(bool isNew, bool isFinal);
    void recoloured();
    void modelChosen();
    void methodChosen();

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
