// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/models/linear/symmetric_inverse.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace orrery;

namespace {

/// Diagonally dominant, so positive definite. The upper triangle must not be read.
Matrix definite(std::size_t n)
{
    Rng rng(n);
    Matrix matrix(n, n);
    for (std::size_t row = 0; row < n; ++row) {
        for (std::size_t column = 0; column < row; ++column)
            matrix.row(row)[column] = static_cast<float>(rng.uniform() - .5);
        matrix.row(row)[row] = 1 + static_cast<float>(n) * .5F;
        std::fill(matrix.row(row).begin() + static_cast<std::ptrdiff_t>(row) + 1, matrix.row(row).end(),
                  std::numeric_limits<float>::quiet_NaN());
    }
    return matrix;
}

/// The largest element of |A A^-1 - I|, for some rows of A.
double residual(const Matrix& lower, const Matrix& inverse)
{
    const std::size_t n = lower.rows();
    const auto at = [&](std::size_t r, std::size_t c) {
        return static_cast<double>(r >= c ? lower.row(r)[c] : lower.row(c)[r]);
    };
    double largest = 0;
    for (std::size_t r = 0; r < n; r += 1 + n / 20)
        for (std::size_t c = 0; c < n; ++c) {
            double sum = r == c ? -1 : 0;
            for (std::size_t k = 0; k < n; ++k)
                sum += at(r, k) * static_cast<double>(inverse.row(k)[c]);
            largest = std::max(largest, std::abs(sum));
        }
    return largest;
}

Matrix inverted(Matrix matrix, int threads)
{
    if (!invertSymmetric(matrix.ref(), JobContext({1, threads})))
        qFatal("not inverted");
    return matrix;
}

} // namespace

class SymmetricInverseTest : public QObject {
    Q_OBJECT
private slots:
    void worksByHand()
    {
        Matrix matrix(2, 2);
        matrix.row(0)[0] = 2;
        matrix.row(1)[0] = 1;
        matrix.row(1)[1] = 3;
        QVERIFY(invertSymmetric(matrix.ref(), JobContext{}).has_value());
        const std::vector<float> expected{.6F, -.2F, -.2F, .4F}; // of determinant 5
        for (std::size_t i = 0; i < 4; ++i)
            QVERIFY(std::abs(matrix.all()[i] - expected[i]) < 1e-7F);
    }

    void timesTheMatrixIsOne_data()
    {
        QTest::addColumn<int>("n");
        // Around the sizes of strips and blocks.
        for (const int n : {1, 5, 6, 7, 16, 17, 287, 288, 289, 576, 700})
            QTest::addRow("%d", n) << n;
    }

    void timesTheMatrixIsOne()
    {
        QFETCH(int, n);
        const Matrix matrix = definite(static_cast<std::size_t>(n));
        const Matrix inverse = inverted(matrix, 2);
        QVERIFY(residual(matrix, inverse) < 1e-6); // float32 of a matrix with a condition number below 3
        for (std::size_t row = 0; row < inverse.rows(); ++row)
            for (std::size_t column = 0; column < row; ++column)
                QCOMPARE(inverse.row(row)[column], inverse.row(column)[row]);
    }

    void anyNumberOfThreadsGivesTheSameBits()
    {
        const Matrix matrix = definite(1000);
        const Matrix one = inverted(matrix, 1);
        for (const int threads : {2, 4}) {
            const Matrix other = inverted(matrix, threads);
            QCOMPARE(std::memcmp(one.all().data(), other.all().data(), one.all().size_bytes()), 0);
        }
    }

    void sweptDiagonalsAreConditionalVariances()
    {
        Matrix matrix = definite(600);
        const Matrix whole = inverted(matrix, 1);
        std::vector<std::size_t> steps;
        double last = 0;
        const auto done = invertSymmetric(matrix.ref(), JobContext{}, [&](std::size_t swept) {
            steps.push_back(swept);
            last = -1 / static_cast<double>(matrix.row(0)[0]);
        });
        QVERIFY(done.has_value());
        QCOMPARE(steps, (std::vector<std::size_t>{288, 576, 600}));
        QVERIFY(std::abs(last * static_cast<double>(whole.row(0)[0]) - 1) < 1e-6);
    }

    void whatIsNotPositiveDefiniteIsAnError()
    {
        Matrix matrix = definite(400);
        matrix.row(300)[300] = -1;
        const auto done = invertSymmetric(matrix.ref(), JobContext{});
        QVERIFY(!done.has_value());
        QCOMPARE(done.error().code, Code::Numeric);
    }

    void aCancelIsHeardSoon()
    {
        Matrix matrix = definite(3000);
        const CancelToken token;
        const auto done =
            invertSymmetric(matrix.ref(), JobContext({1, 2}, token), [&](std::size_t) { token.cancel(); });
        QVERIFY(!done.has_value());
        QCOMPARE(done.error().code, Code::Cancelled);
    }
};

QTEST_APPLESS_MAIN(SymmetricInverseTest)
#include "symmetric_inverse_test.moc"
