// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/curves.h"
#include "core/models/catalogue.h"
#include "core/projection/item_map.h"

#include <mutex>
#include <vector>

namespace orrery {

/// The vectors of the items after a step of training.
struct Checkpoint {
    double step = 0;
    Matrix vectors; ///< [items x factors]
};

/// Keeps vectors and curves while a model is trained, and passes on all else that it hears. At most `most` checkpoints,
/// evenly spread over the steps so far: when there are too many, every other is let go.
class ORRERY_API CheckpointKeeper final : public JobObserver {
public:
    CheckpointKeeper(const JobContext& job, std::size_t most);

    /// To be given to the training. It must not be used after the keeper is gone.
    [[nodiscard]] JobContext job() { return m_recorder.job().observedBy(*this); }
    [[nodiscard]] std::vector<Checkpoint> take();
    [[nodiscard]] Curves curves() const { return m_recorder.curves(); }

    void progressed(double fraction, std::string_view doing) override;
    void measured(std::string_view series, double step, double value) override;
    [[nodiscard]] bool wantsVectors(double step) override;
    void keepVectors(double step, Matrix&& vectors) override;

private:
    CurveRecorder m_recorder;
    std::size_t m_most;
    mutable std::mutex m_mutex;
    std::vector<Checkpoint> m_kept;
    double m_stride = 1;
};

/// What a training leaves behind when it is watched.
struct WatchedTraining {
    std::vector<Checkpoint> checkpoints; ///< the last step among them where it was kept
    Curves curves;
};
/// Trains a model as it was trained before, keeping checkpoints: the same data, parameters and seed give the same bits.
/// Errors: as train(); Unsupported for an algorithm that has no vectors on its way; InvalidArgument where another model
/// comes out than `known`: the data or this program is not what it was.
[[nodiscard]] ORRERY_API Result<WatchedTraining> trainAgain(const Algorithm& algorithm, const FitInput& input,
                                                            const ParamSet& params, const Model& known,
                                                            std::size_t most, const JobContext& job);

/// Where the items of a map were at a step.
struct EpochLayout {
    double step = 0;
    Layout layout; ///< of the items of the map, in their order
};

/// A layout for each checkpoint, made backwards: each begins where the next one ended and is turned towards it, the
/// last towards `shown`, which has points. What did not change between two checkpoints stays where it is; so does the
/// last checkpoint, when it is the model itself. Errors: as project(), and InvalidArgument for checkpoints of another
/// catalog.
[[nodiscard]] ORRERY_API Result<std::vector<EpochLayout>> layOutEpochs(const ItemMap& shown,
                                                                       std::span<const Checkpoint> checkpoints,
                                                                       const ProjectionMethod& method,
                                                                       const ParamSet& params, const JobContext& job);

/// Between two epochs, `share` of the way: for a picture that moves.
[[nodiscard]] ORRERY_API Layout between(const Layout& from, const Layout& to, double share);

} // namespace orrery
