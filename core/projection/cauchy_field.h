// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/projection/point_grid.h"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace orrery {

/// What all other points do to one, with q_ij = 1 / (1 + |y_i - y_j|^2), the kernel of Cauchy's distribution.
struct Repulsion {
    float sum = 0;      ///< of q_ij over j
    float x = 0, y = 0; ///< the sum of q_ij^2 (y_i - y_j)
};

/// The repulsion of t-SNE in O(n + area log area) instead of O(n^2): the kernel is interpolated on a square mesh, where
/// it is a convolution, by fast Fourier transforms. So do Linderman et al. (FIt-SNE, Nature Methods 2019) with four
/// convolutions, of q^2 and the first moments. But q^2 (y_i - y_j) is minus half of the slope of q: so one convolution
/// of q is enough where the interpolation is smooth, by B-splines of degree 5, as in smooth particle mesh Ewald sums
/// (Essmann et al., J. Chem. Phys. 1995).
///
/// The mesh has 2.5 nodes a unit of length, finer where the layout is less than 20 across, and coarser beyond 800.
/// At 2.5 the slopes are within 1 % (root mean square). Points may move between calls; what depends on the size of the
/// mesh alone is kept.
class ORRERY_API CauchyField {
public:
    CauchyField();
    ~CauchyField();
    CauchyField(const CauchyField&) = delete;
    CauchyField& operator=(const CauchyField&) = delete;

    /// Of each point, in `found`. The same on any number of threads. Errors: Cancelled.
    [[nodiscard]] Status find(std::span<const MapPoint> points, std::vector<Repulsion>& found, const JobContext& job);

    /// Of a layout that is `extent` across.
    [[nodiscard]] static std::size_t bytesFor(double extent);

private:
    class Mesh;
    std::unique_ptr<Mesh> m_mesh;
};

} // namespace orrery
