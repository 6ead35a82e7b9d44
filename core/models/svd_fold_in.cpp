// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/svd_fold_in.h"

#include "core/base/parallel.h"

#include <array>
#include <cmath>
#include <numeric>

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace orrery {

namespace {
// The eigenvalues of the systems below lie in [1, 1 + trace]: up to here float32 loses at most four digits of seven.
constexpr double mostTraceOfFloats = 1e3;
} // namespace

// Features are divided by the root of their ridge, which then is the identity: x_j = (q_j / sqrt(v), 1 / sqrt(b)).
struct FoldIn::Algebra {
    template <class T> using Rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    template <class T> using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    template <class T> using Cholesky = Eigen::LLT<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>;
    using Floats = Eigen::Map<const Eigen::VectorXf>;

    const FoldIn& fold;
    double vectorScale = 1 / std::sqrt(fold.m_ridge.vector);
    double biasScale = 1 / std::sqrt(fold.m_ridge.bias);
    Eigen::Index factors = static_cast<Eigen::Index>(fold.m_items.cols);

    [[nodiscard]] Floats vectorOf(ItemIndex item) const { return {fold.m_items.row(item.value).data(), factors}; }

    template <class T> [[nodiscard]] Rows<T> features(const History& history) const
    {
        Rows<T> x(static_cast<Eigen::Index>(history.size()), factors + 1);
        for (Eigen::Index j = 0; j < x.rows(); ++j)
            x.row(j).head(factors) =
                vectorOf(history[static_cast<std::size_t>(j)].item).cast<T>().transpose() * static_cast<T>(vectorScale);
        x.col(factors).setConstant(static_cast<T>(biasScale));
        return x;
    }

    template <class T> [[nodiscard]] Vector<T> residuals(const History& history) const
    {
        Vector<T> e(static_cast<Eigen::Index>(history.size()));
        for (Eigen::Index j = 0; j < e.size(); ++j) {
            const auto& entry = history[static_cast<std::size_t>(j)];
            e[j] = static_cast<T>(static_cast<double>(entry.value) - fold.m_mean -
                                  static_cast<double>(fold.m_itemBias[entry.item.value]));
        }
        return e;
    }

    /// Cholesky factor of I + M M'.
    template <class T, class M> static Cholesky<T> factorized(const M& matrix)
    {
        Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> gram =
            Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>::Identity(matrix.rows(), matrix.rows());
        gram.template selfadjointView<Eigen::Lower>().rankUpdate(matrix);
        return Cholesky<T>(std::move(gram));
    }

    /// (I + X'X)^-1 X'e, which is X' (I + XX')^-1 e: the smaller of the two systems is solved.
    template <class T> [[nodiscard]] Vector<T> solve(const Rows<T>& x, const Vector<T>& e) const
    {
        if (x.rows() < x.cols())
            return x.transpose() * factorized<T>(x).solve(e);
        return factorized<T>(x.transpose()).solve(x.transpose() * e);
    }

    [[nodiscard]] Eigen::VectorXd solve(const History& history) const
    {
        const Rows<float> x = features<float>(history);
        if (static_cast<double>(x.squaredNorm()) <= mostTraceOfFloats)
            return solve<float>(x, residuals<float>(history)).cast<double>();
        return solve<double>(features<double>(history), residuals<double>(history));
    }
};

PersonFit FoldIn::fit(const History& history) const
{
    PersonFit person{std::vector<float>(m_items.cols), 0};
    if (history.empty())
        return person;
    const Algebra algebra{*this};
    const Eigen::VectorXd solved = algebra.solve(history);
    Eigen::Map<Eigen::VectorXf>(person.vector.data(), algebra.factors) =
        (solved.head(algebra.factors) * algebra.vectorScale).cast<float>();
    person.bias = static_cast<float>(solved[algebra.factors] * algebra.biasScale);
    return person;
}

std::vector<double> FoldIn::contributions(const History& history, ItemIndex item) const
{
    std::vector<double> terms(history.size());
    if (history.empty())
        return terms;
    const Algebra algebra{*this};
    const auto x = algebra.features<double>(history);
    Eigen::VectorXd target = Eigen::VectorXd::Zero(x.cols());
    target.head(algebra.factors) = algebra.vectorOf(item).cast<double>() * algebra.vectorScale;
    const Eigen::VectorXd alike = x * Algebra::factorized<double>(x.transpose()).solve(target);
    Eigen::Map<Eigen::VectorXd>(terms.data(), alike.size()) = alike.cwiseProduct(algebra.residuals<double>(history));
    return terms;
}

float FoldIn::score(const PersonFit& person, ItemIndex item) const
{
    const Algebra algebra{*this};
    const double base = m_mean + static_cast<double>(person.bias) + static_cast<double>(m_itemBias[item.value]);
    const float taste = algebra.vectorOf(item).dot(Algebra::Floats(person.vector.data(), algebra.factors));
    return static_cast<float>(base + static_cast<double>(taste));
}

HeldBack holdBack(const Interactions& interactions, const JobContext& job)
{
    constexpr std::size_t leastRow = 10, mostPeople = 64, leastPeople = 20;
    if (interactions.size() < leastRatingsToTune)
        return {};
    std::vector<UserIndex> people;
    for (std::uint32_t person = 0; person < interactions.users(); ++person)
        if (interactions.row(UserIndex{person}).size() >= leastRow)
            people.push_back(UserIndex{person});
    if (people.size() < leastPeople)
        return {};
    Rng rng = job.rng("svd.held");
    rng.shuffle(std::span(people));
    people.resize(std::min(people.size(), mostPeople));
    HeldBack held{std::vector<std::uint8_t>(interactions.size()), people};
    for (const UserIndex person : people) {
        const std::size_t first = interactions.starts()[person.value];
        const std::size_t count = interactions.row(person).size();
        for (std::size_t n = 0; n < count / leastRow; ++n)
            held.cells[first + rng.below(count)] = 1; // the same one twice is only one fewer
    }
    return held;
}

namespace {

constexpr std::array<double, 9> ridgesTried = {1, 2, 5, 10, 20, 50, 100, 200, 500};
using SquaresByRidge = std::array<double, ridgesTried.size()>;

struct Parted {
    History learned, held;
};

Parted parted(const Interactions& interactions, const HeldBack& held, UserIndex person)
{
    Parted parts;
    const auto row = interactions.row(person);
    const std::size_t first = interactions.starts()[person.value];
    for (std::size_t n = 0; n < row.size(); ++n)
        (held.cells[first + n] != 0 ? parts.held : parts.learned).push_back({row.items[n], row.values[n]});
    return parts;
}

} // namespace

Result<double> tunedRidge(const Interactions& interactions, const HeldBack& held, MatrixView items,
                          std::span<const float> itemBias, double mean, double biasRidge, const JobContext& job)
{
    std::vector<SquaresByRidge> byPerson(held.people.size());
    const auto done = parallelFor(job, held.people.size(), 1, [&](std::size_t person, std::size_t) {
        const Parted parts = parted(interactions, held, held.people[person]);
        for (std::size_t r = 0; r < ridgesTried.size() && !job.cancelled(); ++r) {
            const FoldIn fold(items, itemBias, mean, {ridgesTried[r], biasRidge});
            const PersonFit fit = fold.fit(parts.learned);
            for (const auto& entry : parts.held)
                byPerson[person][r] += std::pow(static_cast<double>(entry.value - fold.score(fit, entry.item)), 2);
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    SquaresByRidge sums{};
    for (const auto& squares : byPerson)
        for (std::size_t r = 0; r < sums.size(); ++r)
            sums[r] += squares[r];
    const auto best = std::min_element(sums.rbegin(), sums.rend());
    return *(ridgesTried.rbegin() + (best - sums.rbegin()));
}

} // namespace orrery
