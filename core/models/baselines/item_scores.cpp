// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/baselines/item_scores.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <limits>

namespace orrery {
namespace {

class ItemScoresReader final : public Reader {
public:
    explicit ItemScoresReader(const ItemScoresParts& parts) : m_parts(parts) {}

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }
    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation why;
        if (m_parts.scale == Scale::Rating)
            why.terms.push_back({TermKind::GlobalMean, {}, "mean of all ratings", m_parts.mean});
        why.terms.push_back({m_parts.kind, {}, m_parts.label, ownScore(item)});
        why.score = static_cast<double>(scoreOf(item));
        return why;
    }

private:
    [[nodiscard]] double ownScore(ItemIndex item) const
    {
        return item.value < m_parts.scores.size() ? static_cast<double>(m_parts.scores[item.value])
                                                  : std::numeric_limits<double>::quiet_NaN();
    }
    [[nodiscard]] float scoreOf(ItemIndex item) const { return static_cast<float>(m_parts.mean + ownScore(item)); }

    const ItemScoresParts& m_parts;
};

} // namespace

std::unique_ptr<Reader> ItemScores::read(const Query&) const { return std::make_unique<ItemScoresReader>(m_parts); }

void ItemScores::save(Artifact& artifact) const
{
    artifact.putNumber("items", static_cast<double>(m_parts.scores.size()));
    artifact.put("scores", std::span<const float>(m_parts.scores));
    if (m_parts.scale == Scale::Rating)
        artifact.putNumber("mean", m_parts.mean);
}

Result<ModelPtr> ItemScores::load(const Artifact& artifact, ItemScoresParts parts, Capabilities can)
{
    const auto items = artifact.number("items");
    if (!items)
        return tl::unexpected(items.error());
    auto scores = artifact.floats("scores");
    if (!scores)
        return tl::unexpected(scores.error());
    if (static_cast<double>(scores->size()) != *items)
        return error(Code::Corrupt, "The stored model does not have one score for each item", "Train the model again");
    parts.scores = std::move(*scores);
    if (parts.scale == Scale::Rating) {
        const auto mean = artifact.number("mean");
        if (!mean)
            return tl::unexpected(mean.error());
        parts.mean = *mean;
    }
    return std::make_shared<const ItemScores>(std::move(parts), std::move(can));
}

} // namespace orrery
