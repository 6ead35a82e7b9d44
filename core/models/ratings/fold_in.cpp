// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/fold_in.h"

#include "core/base/parallel.h"

#include <algorithm>
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

    Algebra(const RatingFactors& known, const Ridge& ridge, const History& entries)
        : factors(known), history(entries), count(static_cast<double>(entries.size())),
          vectorScale(1 / std::sqrt(ridge.vector + ridge.perRating * count)),
          biasScale(ridge.bias ? 1 / std::sqrt(*ridge.bias + ridge.perRating * count) : 0),
          rank(static_cast<Eigen::Index>(known.items.cols())), implicit(Eigen::VectorXd::Zero(rank))
    {
        if (hasImplicit())
            for (const auto& entry : history)
                implicit += implicitOf(entry.item).cast<double>() / std::sqrt(count);
    }

    [[nodiscard]] Floats vectorOf(ItemIndex item) const { return {factors.items.row(item.value).data(), rank}; }
    [[nodiscard]] Floats implicitOf(ItemIndex item) const { return {factors.implicit.row(item.value).data(), rank}; }
    [[nodiscard]] bool hasImplicit() const { return !factors.implicit.view().empty(); }

    template <class T> [[nodiscard]] Rows<T> features() const
    {
        Rows<T> x(static_cast<Eigen::Index>(history.size()), rank + 1);
        for (Eigen::Index j = 0; j < x.rows(); ++j)
            x.row(j).head(rank) =
                vectorOf(history[static_cast<std::size_t>(j)].item).cast<T>().transpose() * static_cast<T>(vectorScale);
        x.col(rank).setConstant(static_cast<T>(biasScale));
        return x;
    }

    template <class T> [[nodiscard]] Vector<T> residuals() const
    {
        Vector<T> e(static_cast<Eigen::Index>(history.size()));
        for (Eigen::Index j = 0; j < e.size(); ++j) {
            const auto& entry = history[static_cast<std::size_t>(j)];
            const double known = hasImplicit() ? implicit.dot(vectorOf(entry.item).cast<double>()) : 0;
            e[j] = static_cast<T>(static_cast<double>(entry.value) - factors.mean -
                                  static_cast<double>(factors.itemBias[entry.item.value]) - known);
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

    [[nodiscard]] Eigen::VectorXd solve() const
    {
        const Rows<float> x = features<float>();
        if (static_cast<double>(x.squaredNorm()) <= mostTraceOfFloats)
            return solve<float>(x, residuals<float>()).cast<double>();
        return solve<double>(features<double>(), residuals<double>());
    }

    const RatingFactors& factors;
    const History& history;
    double count;
    double vectorScale, biasScale;
    Eigen::Index rank;
    Eigen::VectorXd implicit; ///< z
};

PersonFit FoldIn::fit(const History& history) const
{
    PersonFit person{std::vector<float>(m_factors.items.cols()), 0};
    if (history.empty())
        return person;
    const Algebra algebra(m_factors, m_ridge, history);
    const Eigen::VectorXd solved = algebra.solve();
    Eigen::Map<Eigen::VectorXf>(person.vector.data(), algebra.rank) =
        (solved.head(algebra.rank) * algebra.vectorScale + algebra.implicit).cast<float>();
    person.bias = static_cast<float>(solved[algebra.rank] * algebra.biasScale);
    return person;
}

std::vector<double> FoldIn::contributions(const History& history, ItemIndex item) const
{
    std::vector<double> terms(history.size());
    if (history.empty())
        return terms;
    const Algebra algebra(m_factors, m_ridge, history);
    const auto x = algebra.features<double>();
    const Eigen::VectorXd vector = algebra.vectorOf(item).cast<double>();
    Eigen::VectorXd target = Eigen::VectorXd::Zero(x.cols());
    target.head(algebra.rank) = vector * algebra.vectorScale;
    const Eigen::VectorXd alike = x * Algebra::factorized<double>(x.transpose()).solve(target);
    Eigen::Map<Eigen::VectorXd>(terms.data(), alike.size()) = alike.cwiseProduct(algebra.residuals<double>());
    if (algebra.hasImplicit())
        for (std::size_t j = 0; j < history.size(); ++j)
            terms[j] += vector.dot(algebra.implicitOf(history[j].item).cast<double>()) / std::sqrt(algebra.count);
    return terms;
}

float FoldIn::score(const PersonFit& person, ItemIndex item) const
{
    const auto vector = m_factors.items.row(item.value);
    const auto rank = static_cast<Eigen::Index>(vector.size());
    const double base =
        m_factors.mean + static_cast<double>(person.bias) + static_cast<double>(m_factors.itemBias[item.value]);
    const float taste = Algebra::Floats(vector.data(), rank).dot(Algebra::Floats(person.vector.data(), rank));
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
    Rng rng = job.rng("ratings.held");
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
constexpr std::size_t usual = ridgesTried.size(); ///< place of the ridge that was given, after those tried
using SquaresByRidge = std::array<double, ridgesTried.size() + 1>;

/// The place of the least sum; the usual one, unless the others' gain over it is more than its own standard error.
std::size_t chosen(std::span<const SquaresByRidge> byPerson)
{
    SquaresByRidge sums{};
    for (const auto& squares : byPerson)
        for (std::size_t r = 0; r < sums.size(); ++r)
            sums[r] += squares[r];
    const auto best = static_cast<std::size_t>(std::ranges::min_element(sums) - sums.begin());
    const double gain = sums[usual] - sums[best];
    const double mean = gain / static_cast<double>(byPerson.size());
    double variance = 0;
    for (const auto& squares : byPerson)
        variance += std::pow(squares[usual] - squares[best] - mean, 2);
    return gain > std::sqrt(variance) ? best : usual;
}

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

Result<Ridge> tunedRidge(const Interactions& interactions, const HeldBack& held, const RatingFactors& factors,
                         const Ridge& ridge, const JobContext& job)
{
    const auto with = [&](std::size_t place) {
        return Ridge{place == usual ? ridge.vector : ridgesTried[place], ridge.bias, ridge.perRating};
    };
    std::vector<SquaresByRidge> byPerson(held.people.size());
    const auto done = parallelFor(job, held.people.size(), 1, [&](std::size_t person, std::size_t) {
        const Parted parts = parted(interactions, held, held.people[person]);
        for (std::size_t r = 0; r <= usual && !job.cancelled(); ++r) {
            const FoldIn fold(factors, with(r));
            const PersonFit fit = fold.fit(parts.learned);
            for (const auto& entry : parts.held)
                byPerson[person][r] += std::pow(static_cast<double>(entry.value - fold.score(fit, entry.item)), 2);
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return with(chosen(byPerson));
}

} // namespace orrery
