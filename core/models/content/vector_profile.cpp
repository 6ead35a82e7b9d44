// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/vector_profile.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

double dot(std::span<const float> a, std::span<const float> b)
{
    double sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d)
        sum += static_cast<double>(a[d]) * static_cast<double>(b[d]);
    return sum;
}

class VectorProfileReader final : public Reader {
public:
    VectorProfileReader(const VectorProfileParts& parts, const History& history)
        : m_parts(parts), m_entries(parts.weigher.weigh(history, parts.vectors.rows())),
          m_profile(parts.vectors.cols(), 0.0)
    {
        for (const ProfileEntry& entry : m_entries)
            for (std::size_t d = 0; d < m_profile.size(); ++d)
                m_profile[d] += entry.weight * static_cast<double>(parts.vectors.row(entry.item)[d]);
        double square = 0;
        for (const double value : m_profile)
            square += value * value;
        m_length = std::sqrt(square);
        if (m_length > 0)
            for (const double value : m_profile)
                m_vector.push_back(static_cast<float>(value / m_length));
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) {
            const auto similarity = static_cast<float>(similarityTo(item));
            return similarity != 0 ? similarity : m_parts.fallback.score(item);
        });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        const double similarity = similarityTo(item);
        if (static_cast<float>(similarity) == 0)
            return m_parts.fallback.explain(item);
        Explanation why{{}, similarity};
        for (const ProfileEntry& entry : m_entries)
            if (const double shared = dot(m_parts.vectors.row(entry.item), m_parts.vectors.row(item.value));
                shared != 0)
                why.terms.push_back(
                    {TermKind::HistoryItem, ItemIndex{entry.item}, {}, entry.weight * shared / m_length});
        return why;
    }

    [[nodiscard]] std::span<const float> vector() const override { return m_vector; }
    [[nodiscard]] std::string fallback() const override
    {
        return m_length == 0 ? PopularFallback::sentence() : std::string();
    }

private:
    /// 0 where nothing is known of the item or of the person, and for an item newer than the model.
    [[nodiscard]] double similarityTo(ItemIndex item) const
    {
        if (m_length == 0 || item.value >= m_parts.vectors.rows())
            return 0;
        const auto row = m_parts.vectors.row(item.value);
        double sum = 0;
        for (std::size_t d = 0; d < row.size(); ++d)
            sum += m_profile[d] * static_cast<double>(row[d]);
        return sum / m_length;
    }

    const VectorProfileParts& m_parts;
    std::vector<ProfileEntry> m_entries;
    std::vector<double> m_profile; // before it is divided by its length
    double m_length = 0;
    std::vector<float> m_vector; // the profile with length one; empty where there is none
};

/// Errors: Corrupt for what is no whole number from 1 to `most`.
Result<std::size_t> countIn(const Artifact& artifact, const std::string& name, double most)
{
    const auto count = artifact.number(name);
    if (!count)
        return tl::unexpected(count.error());
    if (!(*count >= 1 && *count <= most) || *count != std::floor(*count))
        return error(Code::Corrupt, "The size of the stored item vectors makes no sense", "Train the model again",
                     name);
    return static_cast<std::size_t>(*count);
}

} // namespace

std::unique_ptr<Reader> VectorProfile::read(const Query& query) const
{
    return std::make_unique<VectorProfileReader>(m_parts, query.history);
}

void VectorProfile::save(Artifact& artifact) const
{
    artifact.putNumber("items", static_cast<double>(m_parts.vectors.rows()));
    artifact.putNumber("length", static_cast<double>(m_parts.vectors.cols()));
    artifact.put("item-vectors", m_parts.vectors.all());
    m_parts.weigher.save(artifact);
    m_parts.fallback.save(artifact);
}

Result<ModelPtr> VectorProfile::load(const Artifact& artifact, Capabilities can)
{
    const auto items = countIn(artifact, "items", 4e9), length = countIn(artifact, "length", 1e6);
    for (const auto* count : {&items, &length})
        if (!*count)
            return tl::unexpected(count->error());
    const auto values = artifact.floats("item-vectors", *items * *length);
    if (!values)
        return tl::unexpected(values.error());
    Matrix vectors = Matrix::unset(*items, *length);
    std::ranges::copy(*values, vectors.all().begin());
    const auto weigher = ProfileWeigher::load(artifact);
    if (!weigher)
        return tl::unexpected(weigher.error());
    auto fallback = PopularFallback::load(artifact, *items);
    if (!fallback)
        return tl::unexpected(fallback.error());
    return std::make_shared<const VectorProfile>(VectorProfileParts{std::move(vectors), *weigher, std::move(*fallback)},
                                                 std::move(can));
}

void scaleToUnitLength(Matrix& vectors)
{
    for (std::size_t r = 0; r < vectors.rows(); ++r) {
        const auto row = vectors.row(r);
        const double length = std::sqrt(dot(row, row));
        if (length > 0)
            for (float& value : row)
                value = static_cast<float>(static_cast<double>(value) / length);
    }
}

} // namespace orrery
