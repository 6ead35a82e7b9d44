// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/item_map.h"
#include "core/projection/projection.h"
#include "ui/pages/explore/map_subject.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace orrery::ui {

/// The map of a model's items, or of its people: the job that lays it out, drawn while it optimizes, and what is found
/// out about it after. It draws nothing itself.
class MapSource : public QObject {
    Q_OBJECT
public:
    explicit MapSource(WorkspaceSession& session, QObject* parent = nullptr);
    ~MapSource() override;

    /// What its points are from now on; of another one nothing that was drawn means anything.
    void setSubject(const MapSubjectPtr& subject);
    /// Lays the vectors of a model out; nothing happens when that is what is shown or on its way. With `like`, which
    /// has points, the layout begins there and is turned towards it, so that two models can be compared.
    void show(const ModelEntry& model, const ProjectionMethod& method, const ParamSet& params,
              const ItemMap* like = nullptr);
    /// The same picture as that of another source, which has been laid out.
    void showSame(const MapSource& other);
    /// Of another dataset all means nothing.
    void forget();

    [[nodiscard]] const ItemMap& map() const { return *shared(); }      ///< without points until something was drawn
    [[nodiscard]] const std::shared_ptr<const ItemMap>& shared() const; ///< the same, for jobs
    [[nodiscard]] bool running() const;                                 ///< it is still being laid out
    [[nodiscard]] const std::vector<NamedRegion>& regions() const;
    [[nodiscard]] std::optional<double> trust() const;
    /// By item: of its neighbours, those that the map keeps; empty until measureKept() was asked for and is done.
    [[nodiscard]] const std::vector<float>& kept() const;
    void measureKept();
    /// By item: how many others have it among their 10 nearest; empty until it was asked for and is done.
    [[nodiscard]] const std::vector<float>& hubs() const;
    void measureHubs();
    /// By item: how far off the model is on what it was not trained on; empty until it was asked for and is done, and
    /// for a model that was trained on everything.
    [[nodiscard]] const std::vector<float>& errors() const;
    void measureErrors();

signals:
    void drawn(bool isNew, bool isFinal); ///< isNew: of another model or method than the picture before
    void forgotten();
    void regionsNamed();
    void trustMeasured();
    void keptMeasured();
    void hubsMeasured();
    void errorsMeasured();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
