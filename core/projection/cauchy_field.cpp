// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/cauchy_field.h"

#include "core/base/parallel.h"
#include "core/projection/batched_fft.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace orrery {
namespace {

constexpr std::size_t order = 6; // of the splines: nodes that a point touches along an axis
constexpr double mostSpacing = .4, leastCells = 50, mostCells = 2000;
constexpr std::size_t margin = 16; // nodes until the bend of the kernel where it is mirrored is forgotten
constexpr std::size_t rowsPerBatch = 2 * fftLanes, batchesPerChunk = 4, pointsPerChunk = 2048, pointsPerCheck = 1 << 14;

using FreeLane __attribute__((vector_size(fftLanes * sizeof(double)), aligned(sizeof(double)), may_alias)) = double;
using Lanes = std::vector<FftLane, UnsetAllocator<FftLane>>;

/// Where the mesh lies, and how many nodes it has along each axis.
struct MeshShape {
    double left = 0, top = 0, spacing = 1;
    std::size_t nodes = 0;  ///< that may be touched
    std::size_t length = 0; ///< of the transforms: room for the kernel to both sides

    [[nodiscard]] std::size_t rows() const { return chunkCount(nodes, rowsPerBatch) * rowsPerBatch; }
    [[nodiscard]] std::size_t columns() const { return nodes + fftLanes; }
    [[nodiscard]] std::size_t half() const { return length / 2 + 1; } ///< the other frequencies mirror these
    [[nodiscard]] std::size_t blocks() const { return chunkCount(half(), fftLanes); }
};

MeshShape shapeOf(double extent)
{
    MeshShape shape;
    if (extent > 0)
        shape.spacing = std::max(std::min(mostSpacing, extent / leastCells), extent / mostCells);
    shape.nodes = static_cast<std::size_t>(std::ceil(extent / shape.spacing)) + 1 + order;
    shape.length = BatchedFft::lengthFor(2 * shape.nodes + margin);
    return shape;
}

MeshShape shapeOver(std::span<const MapPoint> points)
{
    constexpr float most = std::numeric_limits<float>::max();
    MapPoint low{most, most}, high{-most, -most};
    for (const MapPoint at : points) {
        low = {std::min(low.x, at.x), std::min(low.y, at.y)};
        high = {std::max(high.x, at.x), std::max(high.y, at.y)};
    }
    const double left = static_cast<double>(low.x), top = static_cast<double>(low.y);
    MeshShape shape = shapeOf(std::max(static_cast<double>(high.x) - left, static_cast<double>(high.y) - top));
    shape.left = left;
    shape.top = top;
    return shape;
}

/// The splines that a point touches along an axis, from node `first` on, and their slopes.
struct Touched {
    std::size_t first = 0;
    FreeLane weights{}, slopes{}; ///< 0 beyond `order`
};

Touched touched(double at)
{
    const double whole = std::floor(at), t = at - whole;
    Touched found{static_cast<std::size_t>(whole)};
    found.weights[0] = 1;
    for (std::size_t n = 2; n <= order; ++n) { // Cox & de Boor
        if (n == order)
            for (std::size_t j = 0; j < order; ++j)
                found.slopes[j] = (j > 0 ? found.weights[j - 1] : 0) - found.weights[j];
        for (std::size_t j = n; j-- > 0;) {
            const auto place = static_cast<double>(j), size = static_cast<double>(n);
            const double before = j > 0 ? found.weights[j - 1] : 0;
            found.weights[j] = ((t + size - 1 - place) * before + (place + 1 - t) * found.weights[j]) / (size - 1);
        }
    }
    return found;
}

/// What the splines do to a frequency: the transform of 1, 26, 66, 26, 1 of 120.
double blurOf(std::size_t frequency, std::size_t length)
{
    const double angle = 2 * std::numbers::pi * static_cast<double>(frequency) / static_cast<double>(length);
    return (66 + 52 * std::cos(angle) + 2 * std::cos(2 * angle)) / 120;
}

double sumOf(FreeLane values) { return ((values[0] + values[1]) + (values[2] + values[3])) + (values[4] + values[5]); }

/// Where a point lies between two nodes: 1 at a node, 0 half way, as cos(pi t)^2, and its slope by t.
struct Between {
    double share = 0, slope = 0;
};

/// The splines of alternating sign are such a cosine but for its third harmonic, which is 3^-6 of it.
Between betweenOf(const Touched& at)
{
    constexpr FreeLane alternate{1, -1, 1, -1, 1, -1, 0, 0};
    constexpr double mostly = 120. / 16; // 1 / (1 - 26 + 66 - 26 + 1) / 120
    const double cosine = mostly * sumOf(alternate * at.weights), slope = mostly * sumOf(alternate * at.slopes);
    return {cosine * cosine, 2 * cosine * slope};
}

/// What a point does to itself, which is 1 but for the interpolation: by where it lies between nodes along each axis.
struct Itself {
    double atNode = 1, atEdge = 1, inMiddle = 1; ///< of no, one, both axes half way

    [[nodiscard]] double value(double x, double y) const
    {
        return x * y * atNode + (x * (1 - y) + (1 - x) * y) * atEdge + (1 - x) * (1 - y) * inMiddle;
    }
    /// By the first of both, `y` being the other axis.
    [[nodiscard]] double slope(double y) const { return y * (atNode - atEdge) + (1 - y) * (atEdge - inMiddle); }
};

/// Two signals of `length`, to be transformed from one into the other.
class Signals {
public:
    explicit Signals(const BatchedFft& fft) : m_fft(fft), m_a(fft.length()), m_b(fft.length()), m_signal(m_a.data()) {}

    ComplexLane& operator[](std::size_t i) { return m_signal[i]; }
    /// Where the inverse transform (without its 1 / length) is after transform().
    ComplexLane& inverse(std::size_t i) { return m_signal[i == 0 ? 0 : m_fft.length() - i]; }
    void clearFrom(std::size_t first) { std::fill(m_signal + first, m_signal + m_fft.length(), ComplexLane{}); }
    void transform() { m_signal = m_fft.transform(m_signal, m_signal == m_a.data() ? m_b.data() : m_a.data()); }

private:
    const BatchedFft& m_fft;
    ComplexLanes m_a, m_b;
    ComplexLane* m_signal;
};

} // namespace

class CauchyField::Mesh {
public:
    Mesh() : m_fft(1) {}

    Status cover(std::span<const MapPoint> points, const JobContext& job)
    {
        const MeshShape last = std::exchange(m_shape, shapeOver(points));
        m_values.assign(m_shape.rows() * m_shape.columns(), 0.);
        m_spectrum.resize(m_shape.blocks() * m_shape.rows());
        if (last.length == m_shape.length && last.spacing == m_shape.spacing)
            return {};
        m_fft = BatchedFft(m_shape.length);
        auto made = makeKernel(job);
        if (!made)
            m_shape = {};
        return made;
    }

    Status spread(std::span<const MapPoint> points, const JobContext& job)
    {
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (i % pointsPerCheck == 0)
                if (auto alive = job.check(); !alive)
                    return alive;
            const auto [x, y] = touchedBy(points[i]);
            for (std::size_t k = 0; k < order; ++k)
                lanesAt(x.first + k, y.first) += x.weights[k] * y.weights;
        }
        return {};
    }

    Status convolve(const JobContext& job)
    {
        const std::size_t batches = m_shape.rows() / rowsPerBatch;
        return eachBatch(batches, job, [this](std::size_t batch, Signals& signals) { rowsForth(batch, signals); })
            .and_then([&] {
                return eachBatch(m_shape.blocks(), job,
                                 [this](std::size_t block, Signals& signals) { columns(block, signals); });
            })
            .and_then([&] {
                return eachBatch(batches, job,
                                 [this](std::size_t batch, Signals& signals) { rowsBack(batch, signals); });
            });
    }

    [[nodiscard]] Repulsion at(MapPoint point) const
    {
        const auto [x, y] = touchedBy(point);
        FreeLane values{}, slopes{};
        for (std::size_t k = 0; k < order; ++k) {
            const FreeLane& row = lanesAt(x.first + k, y.first);
            values += x.weights[k] * row;
            slopes += x.slopes[k] * row;
        }
        // Without itself; by symmetry it is at half of its own slope.
        const Between bx = betweenOf(x), by = betweenOf(y);
        const double sum = sumOf(values * y.weights) - m_itself.value(bx.share, by.share);
        const double slopeX = sumOf(slopes * y.weights) - .5 * bx.slope * m_itself.slope(by.share);
        const double slopeY = sumOf(values * y.slopes) - .5 * by.slope * m_itself.slope(bx.share);
        const double half = .5 / m_shape.spacing;
        return {static_cast<float>(std::max(0., sum)), static_cast<float>(-half * slopeX),
                static_cast<float>(-half * slopeY)};
    }

private:
    [[nodiscard]] std::pair<Touched, Touched> touchedBy(MapPoint point) const
    {
        return {touched((static_cast<double>(point.x) - m_shape.left) / m_shape.spacing),
                touched((static_cast<double>(point.y) - m_shape.top) / m_shape.spacing)};
    }

    FreeLane& lanesAt(std::size_t row, std::size_t column)
    {
        return *reinterpret_cast<FreeLane*>(&m_values[row * m_shape.columns() + column]);
    }
    [[nodiscard]] const FreeLane& lanesAt(std::size_t row, std::size_t column) const
    {
        return *reinterpret_cast<const FreeLane*>(&m_values[row * m_shape.columns() + column]);
    }
    double& value(std::size_t row, std::size_t column) { return m_values[row * m_shape.columns() + column]; }
    /// Frequencies 8 block, 8 block + 1, ... of a row.
    ComplexLane& frequencies(std::size_t block, std::size_t row) { return m_spectrum[block * m_shape.rows() + row]; }

    Status eachBatch(std::size_t batches, const JobContext& job,
                     const std::function<void(std::size_t batch, Signals& signals)>& act) const
    {
        return parallelFor(job, batches, batchesPerChunk, [&](std::size_t first, std::size_t last) {
            Signals signals(m_fft);
            for (std::size_t batch = first; batch < last && !job.cancelled(); ++batch)
                act(batch, signals);
        });
    }

    /// Sixteen real rows are eight complex ones, whose spectra are then told apart by their symmetry.
    void rowsForth(std::size_t batch, Signals& signals)
    {
        const std::size_t row = batch * rowsPerBatch, length = m_shape.length;
        for (std::size_t j = 0; j < m_shape.nodes; ++j)
            for (std::size_t lane = 0; lane < fftLanes; ++lane) {
                signals[j].re[lane] = value(row + lane, j);
                signals[j].im[lane] = value(row + fftLanes + lane, j);
            }
        signals.clearFrom(m_shape.nodes);
        signals.transform();
        for (std::size_t k = 0; k < m_shape.half(); ++k) {
            const ComplexLane &z = signals[k], &mirror = signals[k == 0 ? 0 : length - k];
            const ComplexLane a{.5 * (z.re + mirror.re), .5 * (z.im - mirror.im)},
                b{.5 * (z.im + mirror.im), .5 * (mirror.re - z.re)};
            for (std::size_t lane = 0; lane < fftLanes; ++lane) {
                ComplexLane &first = frequencies(k / fftLanes, row + lane),
                            &second = frequencies(k / fftLanes, row + fftLanes + lane);
                first.re[k % fftLanes] = a.re[lane];
                first.im[k % fftLanes] = a.im[lane];
                second.re[k % fftLanes] = b.re[lane];
                second.im[k % fftLanes] = b.im[lane];
            }
        }
    }

    void columns(std::size_t block, Signals& signals)
    {
        for (std::size_t i = 0; i < m_shape.nodes; ++i)
            signals[i] = frequencies(block, i);
        signals.clearFrom(m_shape.nodes);
        signals.transform();
        for (std::size_t i = 0; i < m_shape.length; ++i) {
            const FftLane& by = m_kernel[block * m_shape.half() + std::min(i, m_shape.length - i)];
            signals[i] = {signals[i].re * by, signals[i].im * by};
        }
        signals.transform();
        for (std::size_t i = 0; i < m_shape.rows(); ++i)
            frequencies(block, i) = signals.inverse(i);
    }

    void rowsBack(std::size_t batch, Signals& signals)
    {
        const std::size_t row = batch * rowsPerBatch, length = m_shape.length;
        for (std::size_t k = 0; k < length; ++k) {
            const std::size_t same = std::min(k, length - k);
            const double sign = same == k ? 1 : -1;
            for (std::size_t lane = 0; lane < fftLanes; ++lane) {
                const ComplexLane &a = frequencies(same / fftLanes, row + lane),
                                  &b = frequencies(same / fftLanes, row + fftLanes + lane);
                const std::size_t at = same % fftLanes;
                signals[k].re[lane] = a.re[at] - sign * b.im[at];
                signals[k].im[lane] = sign * a.im[at] + b.re[at];
            }
        }
        signals.transform();
        for (std::size_t j = 0; j < m_shape.nodes; ++j)
            for (std::size_t lane = 0; lane < fftLanes; ++lane) {
                value(row + lane, j) = signals.inverse(j).re[lane];
                value(row + fftLanes + lane, j) = signals.inverse(j).im[lane];
            }
    }

    /// The transform of the kernel, which is even along both axes, so real; without what the splines blur twice, and
    /// by what two transforms and their inverses leave out.
    Status makeKernel(const JobContext& job)
    {
        m_kernel.assign(m_shape.blocks() * m_shape.half(), FftLane{});
        const std::size_t half = m_shape.half();
        return eachBatch(chunkCount(half, fftLanes), job,
                         [&](std::size_t batch, Signals& signals) { kernelRows(batch * fftLanes, signals); })
            .and_then([&] {
                return eachBatch(m_shape.blocks(), job,
                                 [&](std::size_t block, Signals& signals) { kernelColumns(block, signals); });
            })
            .map([&] { findItself(); });
    }

    void kernelRows(std::size_t row, Signals& signals)
    {
        const std::size_t length = m_shape.length, half = m_shape.half(), last = std::min(row + fftLanes, half);
        const double square = m_shape.spacing * m_shape.spacing;
        signals.clearFrom(0);
        for (std::size_t j = 0; j < length; ++j)
            for (std::size_t i = row; i < last; ++i) {
                const auto x = static_cast<double>(i), y = static_cast<double>(std::min(j, length - j));
                signals[j].re[i - row] = 1 / (1 + square * (x * x + y * y));
            }
        signals.transform();
        for (std::size_t k = 0; k < half; ++k)
            for (std::size_t i = row; i < last; ++i)
                m_kernel[k / fftLanes * half + i][k % fftLanes] = signals[k].re[i - row];
    }

    void kernelColumns(std::size_t block, Signals& signals)
    {
        const std::size_t length = m_shape.length, half = m_shape.half();
        for (std::size_t i = 0; i < length; ++i)
            signals[i] = {m_kernel[block * half + std::min(i, length - i)], FftLane{}};
        signals.transform();
        for (std::size_t i = 0; i < half; ++i)
            for (std::size_t lane = 0; lane < fftLanes; ++lane) {
                const double blur = blurOf(i, length) * blurOf(block * fftLanes + lane, length);
                const auto size = static_cast<double>(length);
                m_kernel[block * half + i][lane] = signals[i].re[lane] / (blur * blur * size * size);
            }
    }

    void findItself()
    {
        const NearKernel near = nearKernel();
        const Touched atNode = touched(0), halfWay = touched(.5);
        m_itself = {between(near, atNode, atNode), between(near, atNode, halfWay), between(near, halfWay, halfWay)};
    }

    using NearKernel = std::array<std::array<double, order>, order>;

    /// The kernel between two splines that are less than `order` nodes apart along each axis.
    [[nodiscard]] NearKernel nearKernel() const
    {
        const std::size_t half = m_shape.half();
        std::vector<std::array<double, order>> cosines(m_shape.blocks() * fftLanes);
        for (std::size_t i = 0; i < half; ++i)
            for (std::size_t d = 0; d < order; ++d)
                cosines[i][d] = (i == 0 || 2 * i == m_shape.length ? 1 : 2) *
                                std::cos(2 * std::numbers::pi * static_cast<double>(i * d % m_shape.length) /
                                         static_cast<double>(m_shape.length));
        NearKernel near{};
        for (std::size_t block = 0; block < m_shape.blocks(); ++block) {
            std::array<FftLane, order> along{};
            for (std::size_t i = 0; i < half; ++i)
                for (std::size_t d = 0; d < order; ++d)
                    along[d] += cosines[i][d] * m_kernel[block * half + i];
            for (std::size_t lane = 0; lane < fftLanes; ++lane)
                for (std::size_t d = 0; d < order; ++d)
                    for (std::size_t e = 0; e < order; ++e)
                        near[d][e] += along[d][lane] * cosines[block * fftLanes + lane][e];
        }
        return near;
    }

    static double between(const NearKernel& near, const Touched& x, const Touched& y)
    {
        const auto apart = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
        double sum = 0;
        for (std::size_t a = 0; a < order; ++a)
            for (std::size_t b = 0; b < order; ++b)
                for (std::size_t c = 0; c < order; ++c)
                    for (std::size_t d = 0; d < order; ++d)
                        sum +=
                            x.weights[a] * x.weights[b] * y.weights[c] * y.weights[d] * near[apart(a, b)][apart(c, d)];
        return sum;
    }

    MeshShape m_shape;
    BatchedFft m_fft;
    std::vector<double> m_values; ///< [rows x columns]: points, then what they do
    ComplexLanes m_spectrum;      ///< [blocks x rows]
    Lanes m_kernel;               ///< [blocks x half]
    Itself m_itself;
};

CauchyField::CauchyField() : m_mesh(std::make_unique<Mesh>()) {}
CauchyField::~CauchyField() = default;

Status CauchyField::find(std::span<const MapPoint> points, std::vector<Repulsion>& found, const JobContext& job)
{
    found.resize(points.size());
    if (points.empty())
        return {};
    return m_mesh->cover(points, job)
        .and_then([&] { return m_mesh->spread(points, job); })
        .and_then([&] { return m_mesh->convolve(job); })
        .and_then([&] {
            return parallelFor(job, points.size(), pointsPerChunk, [&](std::size_t first, std::size_t last) {
                for (std::size_t i = first; i < last; ++i)
                    found[i] = m_mesh->at(points[i]);
            });
        });
}

std::size_t CauchyField::bytesFor(double extent)
{
    const MeshShape shape = shapeOf(extent);
    return shape.rows() * shape.columns() * sizeof(double) +
           shape.blocks() * (shape.rows() * sizeof(ComplexLane) + shape.half() * sizeof(FftLane));
}

} // namespace orrery
