// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/ranking_fold_in.h"

#include "core/models/implicit/factor_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Core>

namespace orrery::implicit {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
constexpr int mostNewtonSteps = 12;
constexpr int mostGradientSteps = 24; ///< of conjugate gradient, for one Newton step
constexpr double enough = 1e-5;       ///< gradient, as a share of its start

/// ln(1 + e^x) without overflow.
template <class Array> auto softPlus(const Array& x) { return x.max(0) + (1 + (-x.abs()).exp()).log(); }

/// The vectors of some items [count x k], and their biases.
struct Group {
    MatrixXd vectors;
    VectorXd bias;

    Group(const ItemFactors& items, std::span<const std::uint32_t> ids)
        : vectors(static_cast<Eigen::Index>(ids.size()), static_cast<Eigen::Index>(items.vectors.cols)),
          bias(VectorXd::Zero(vectors.rows()))
    {
        for (std::size_t n = 0; n < ids.size(); ++n) {
            const Eigen::Map<const Eigen::RowVectorXf> row(items.vectors.row(ids[n]).data(), vectors.cols());
            vectors.row(static_cast<Eigen::Index>(n)) = row.cast<double>();
            if (!items.bias.empty())
                bias[static_cast<Eigen::Index>(n)] = static_cast<double>(items.bias[ids[n]]);
        }
    }
    [[nodiscard]] VectorXd scores(const VectorXd& x) const { return vectors * x + bias; }
};

/// The loss of one person, its slope and its curvature.
class RankingPerson final : public FoldedIn {
public:
    RankingPerson(ItemFactors items, RankingFoldIn::Settings settings, const Liked& liked,
                  std::span<const std::uint32_t> others)
        : m_items(items), m_settings(settings), m_liked(items, liked.items), m_others(items, others),
          m_weights(Eigen::Map<const Eigen::VectorXf>(liked.weights.data(), m_liked.bias.size()).cast<double>()),
          m_ridge(static_cast<double>(settings.strength) * m_weights.sum())
    {
        minimize();
        const VectorXd sum = forces() / m_ridge; // at the minimum: x itself
        m_vector.assign(sum.begin(), sum.end());
    }

    [[nodiscard]] std::span<const double> vector() const override { return m_vector; }

    [[nodiscard]] std::vector<double> contributions(std::uint32_t item) const override
    {
        const Eigen::Map<const Eigen::VectorXf> row(m_items.vectors.row(item).data(), m_liked.vectors.cols());
        const VectorXd v = row.cast<double>();
        const VectorXd parts = (m_pull.cwiseProduct(m_liked.vectors * v) - m_push * (m_others.vectors * v)) / m_ridge;
        return {parts.begin(), parts.end()};
    }

private:
    [[nodiscard]] double share() const
    {
        return 1 / static_cast<double>(std::max<Eigen::Index>(m_others.bias.size(), 1));
    }
    [[nodiscard]] double ratio() const { return static_cast<double>(m_settings.ratio); }

    /// Pulls, pushes and curvatures at x; returns the loss there.
    double look(const VectorXd& x)
    {
        const VectorXd liked = m_liked.scores(x);
        const VectorXd others = m_others.scores(x);
        const double penalty = m_ridge / 2 * x.squaredNorm();
        return penalty + (m_settings.pairs ? lookAtPairs(liked, others) : lookAtPoints(liked, others));
    }

    double lookAtPairs(const VectorXd& liked, const VectorXd& others)
    {
        const Eigen::ArrayXXd behind =
            (others.transpose().replicate(liked.size(), 1) - liked.replicate(1, others.size())).array();
        const Eigen::ArrayXXd miss = 1 / (1 + (-behind).exp());
        const Eigen::ArrayXd scale = m_weights.array() * share();
        m_push = (miss.colwise() * scale).matrix();
        m_pull = m_push.rowwise().sum();
        m_curves = ((miss * (1 - miss)).colwise() * scale).matrix();
        m_likedCurve = m_curves.rowwise().sum();
        m_otherCurve = m_curves.colwise().sum().transpose();
        return (softPlus(behind).colwise() * scale).sum();
    }

    double lookAtPoints(const VectorXd& liked, const VectorXd& others)
    {
        const Eigen::ArrayXd miss = 1 / (1 + liked.array().exp());
        const Eigen::ArrayXd alarm = 1 / (1 + (-others.array()).exp());
        const double scale = ratio() * share();
        m_pull = (m_weights.array() * miss).matrix();
        m_push = m_weights * (scale * alarm).matrix().transpose();
        m_likedCurve = (m_weights.array() * miss * (1 - miss)).matrix();
        m_otherCurve = (m_weights.sum() * scale * alarm * (1 - alarm)).matrix();
        return (m_weights.array() * softPlus((-liked).array().eval())).sum() +
               m_weights.sum() * scale * softPlus(others.array()).sum();
    }

    /// Minus the gradient without the penalty.
    [[nodiscard]] VectorXd forces() const
    {
        return m_liked.vectors.transpose() * m_pull - m_others.vectors.transpose() * m_push.colwise().sum().transpose();
    }

    /// Hessian times v.
    [[nodiscard]] VectorXd curved(const VectorXd& v) const
    {
        const VectorXd liked = m_liked.vectors * v;
        const VectorXd others = m_others.vectors * v;
        VectorXd left = m_likedCurve.cwiseProduct(liked);
        VectorXd right = m_otherCurve.cwiseProduct(others);
        if (m_settings.pairs) {
            left -= m_curves * others;
            right -= m_curves.transpose() * liked;
        }
        return m_ridge * v + m_liked.vectors.transpose() * left + m_others.vectors.transpose() * right;
    }

    /// A Newton step by conjugate gradient.
    [[nodiscard]] VectorXd stepFor(const VectorXd& slope) const
    {
        VectorXd step = VectorXd::Zero(slope.size());
        VectorXd residual = slope;
        VectorXd direction = slope;
        double size = residual.squaredNorm();
        const double small = 1e-6 * size;
        for (int n = 0; n < mostGradientSteps && size > small; ++n) {
            const VectorXd image = curved(direction);
            const double length = size / direction.dot(image);
            step += length * direction;
            residual -= length * image;
            const double next = residual.squaredNorm();
            direction = residual + next / size * direction;
            size = next;
        }
        return step;
    }

    /// Newton's method from zero; a step that does not lower the loss is halved.
    void minimize()
    {
        VectorXd x = VectorXd::Zero(m_liked.vectors.cols());
        double loss = look(x);
        const double small = enough * forces().norm();
        for (int n = 0; n < mostNewtonSteps; ++n) {
            const VectorXd slope = forces() - m_ridge * x;
            if (!(slope.norm() > small))
                return;
            VectorXd step = stepFor(slope);
            double next = look(x + step);
            for (int halved = 0; next > loss && halved < 20; ++halved) {
                step /= 2;
                next = look(x + step);
            }
            x += step;
            loss = next;
        }
    }

    ItemFactors m_items;
    RankingFoldIn::Settings m_settings;
    Group m_liked, m_others;
    VectorXd m_weights;
    double m_ridge;
    VectorXd m_pull;                     ///< towards each liked item
    MatrixXd m_push;                     ///< [liked x others]: away from the others, on behalf of each liked item
    MatrixXd m_curves;                   ///< of pairs
    VectorXd m_likedCurve, m_otherCurve; ///< second derivatives by score
    std::vector<double> m_vector;
};

} // namespace

std::vector<std::uint32_t> RankingFoldIn::sampleOf(std::size_t count, std::size_t most, Rng rng)
{
    std::vector<std::uint32_t> items(count);
    std::iota(items.begin(), items.end(), 0U);
    rng.shuffle(std::span(items));
    items.resize(std::min(count, most));
    std::ranges::sort(items);
    return items;
}

std::unique_ptr<FoldedIn> RankingFoldIn::fit(Liked liked) const
{
    std::vector<std::uint32_t> others;
    std::ranges::set_difference(m_sample, liked.items, std::back_inserter(others));
    return std::make_unique<RankingPerson>(m_items, m_settings, liked, others);
}

void RankingFoldIn::save(Artifact& artifact) const
{
    const double settings[] = {m_settings.pairs ? 1.0 : 0.0, static_cast<double>(m_settings.strength),
                               static_cast<double>(m_settings.ratio)};
    artifact.put("fold-in", std::span<const double>(settings));
    const std::int64_t size = static_cast<std::int64_t>(m_sample.size());
    artifact.put("sample-size", std::span<const std::int64_t>(&size, 1));
    artifact.put("sample", std::span<const std::uint32_t>(m_sample));
}

Result<std::unique_ptr<const FoldInMethod>> RankingFoldIn::load(const Artifact& artifact, ItemFactors items)
{
    const auto settings = artifact.doubles("fold-in", 3);
    const auto size = artifact.integers("sample-size", 1);
    if (!settings)
        return tl::unexpected(settings.error());
    if (!size)
        return tl::unexpected(size.error());
    const auto& s = *settings;
    if ((s[0] != 0 && s[0] != 1) || !isPositiveFloat(s[1]) || !isPositiveFloat(s[2]))
        return corruptSettings("fold-in");
    if ((*size)[0] < 1 || static_cast<std::uint64_t>((*size)[0]) > items.vectors.rows)
        return corruptSettings("sample-size");
    auto sample = artifact.indices("sample", static_cast<std::size_t>((*size)[0]), items.vectors.rows);
    if (!sample)
        return tl::unexpected(sample.error());
    if (std::ranges::adjacent_find(*sample, std::greater_equal{}) != sample->end())
        return corruptSettings("sample");
    return std::make_unique<const RankingFoldIn>(
        items, Settings{s[0] == 1, static_cast<float>(s[1]), static_cast<float>(s[2])}, std::move(*sample));
}

} // namespace orrery::implicit
