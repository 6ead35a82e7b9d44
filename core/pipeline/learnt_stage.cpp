// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/rank_stage.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace orrery {
namespace {

const std::string stageTitle = "learnt from features";

/// Of margins that are no log-odds there is nothing to correct.
ChanceCorrection correctionOf(const LearntRanker& ranker)
{
    return ranker.objective == GbdtObjective::Pointwise ? ranker.ofRelevance : ChanceCorrection{};
}

/// Where the merge is another than in training, so that the merged score is of another scale.
std::string otherMerge(const LearntRanker& ranker, const Candidates& candidates)
{
    if (!ranker.mergedBy || *ranker.mergedBy == candidates.by)
        return {};
    return fmt::format("The ranker was trained on candidates merged {}, and these are merged {}: train it again.",
                       inWords(*ranker.mergedBy), inWords(candidates.by));
}

class LearntStage final : public RankStage {
public:
    LearntStage(LearntRankerPtr ranker, std::shared_ptr<const FeatureView> view, const std::vector<std::string>& titles)
        : m_ranker(std::move(ranker)), m_view(std::move(view))
    {
        for (const std::string& source : m_ranker->sources) {
            const auto found = std::ranges::find(titles, source);
            m_columns.push_back(
                found == titles.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - titles.begin())));
        }
    }

    [[nodiscard]] const std::string& title() const override { return stageTitle; }
    [[nodiscard]] Ranked rank(const Query& query, const Candidates& candidates, double budget) const override;
    [[nodiscard]] Explanation explain(const Query& query, const Candidates& candidates, const Ranked& ranked,
                                      std::size_t candidate) const override;

private:
    [[nodiscard]] Candidates asLearnt(const Candidates& candidates) const;

    LearntRankerPtr m_ranker;
    std::shared_ptr<const FeatureView> m_view;
    std::vector<std::optional<std::size_t>> m_columns; ///< by source of the ranker: that of the candidates
};

// With the sources that the ranker knows, in its order.
Candidates LearntStage::asLearnt(const Candidates& candidates) const
{
    Candidates out;
    out.sources = m_columns.size();
    out.items = candidates.items;
    out.merged = candidates.merged;
    out.places.assign(candidates.size() * out.sources, 0);
    out.scores.assign(candidates.size() * out.sources, std::numeric_limits<float>::quiet_NaN());
    for (std::size_t source = 0; source < out.sources; ++source) {
        const auto from = m_columns[source];
        out.found.push_back(from ? candidates.found[*from] : 0);
        out.only.push_back(from ? candidates.only[*from] : 0);
        out.lowest.push_back(from ? candidates.lowest[*from] : 0);
        out.highest.push_back(from ? candidates.highest[*from] : 0);
        for (std::size_t row = 0; from && row < candidates.size(); ++row) {
            out.places[row * out.sources + source] = candidates.placesOf(row)[*from];
            out.scores[row * out.sources + source] = candidates.scoresOf(row)[*from];
        }
    }
    return out;
}

Ranked LearntStage::rank(const Query& query, const Candidates& candidates, double budget) const
{
    const auto start = std::chrono::steady_clock::now();
    const auto late = [&] {
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
        return budget > 0 && took.count() > budget;
    };
    const auto asMerged = [&](std::string why) { return Ranked{candidates.merged, {}, std::move(why), {}}; };
    Matrix features(candidates.size(), m_view->width());
    m_view->fill({query}, asLearnt(candidates), features.ref());
    if (late())
        return asMerged(fmt::format("the features took longer than {:.4g} ms", budget));
    const FeatureReport report =
        check(m_view->version(), m_view->features(), m_ranker->training, {features.view()}, CheckFor::Request);
    if (!report.usable())
        return asMerged(report.trouble);
    Ranked out{std::vector<float>(candidates.size()), {}, {}, report.warnings()};
    if (std::string other = otherMerge(*m_ranker, candidates); !other.empty())
        out.warnings.insert(out.warnings.begin(), std::move(other));
    m_ranker->relevance.predict(features.view(), out.scores);
    for (float& score : out.scores)
        score = correctionOf(*m_ranker).logOdds(score);
    for (std::size_t chance = 0; chance < chanceCount; ++chance) {
        if (!m_ranker->chances.at(chance))
            continue;
        std::vector<float>& chances = out.chances.at(chance);
        chances.resize(candidates.size());
        m_ranker->chances.at(chance)->predict(features.view(), chances);
        const ChanceCorrection& correction = m_ranker->corrections.at(chance);
        for (float& one : chances)
            one = static_cast<float>(probabilityOf(static_cast<double>(correction.logOdds(one))));
    }
    if (late())
        return asMerged(fmt::format("the trees took longer than {:.4g} ms", budget));
    out.features = std::move(features);
    return out;
}

Explanation LearntStage::explain(const Query&, const Candidates& candidates, const Ranked& ranked,
                                 std::size_t candidate) const
{
    Explanation out{{}, static_cast<double>(ranked.scores[candidate])};
    if (ranked.features.rows() == 0) {
        out.terms.push_back({TermKind::Part, {}, "as merged", static_cast<double>(candidates.merged[candidate]), {}});
        return out;
    }
    std::vector<float> shares(m_view->width() + 1);
    const auto row = ranked.features.row(candidate);
    m_ranker->relevance.contributions(row, shares);
    const ChanceCorrection correction = correctionOf(*m_ranker);
    for (std::size_t i = 0; i < m_view->width(); ++i) {
        const Feature& feature = m_view->features()[i];
        if (shares[i] != 0)
            out.terms.push_back({TermKind::Attribute,
                                 {},
                                 fmt::format("{}: {}", feature.title, inWords(feature.unit, row[i])),
                                 static_cast<double>(shares[i]),
                                 {}});
    }
    out.terms.push_back(
        {TermKind::GlobalMean, {}, "what is expected of any candidate", static_cast<double>(shares.back()), {}});
    if (correction.shift != 0)
        out.terms.push_back({TermKind::Part,
                             {},
                             "corrected for learning from few that were not used",
                             static_cast<double>(correction.shift),
                             {}});
    return out;
}

} // namespace

RankStagePtr makeLearntStage(LearntRankerPtr ranker, std::shared_ptr<const FeatureView> view,
                             std::vector<std::string> titles)
{
    return std::make_shared<LearntStage>(std::move(ranker), std::move(view), titles);
}

} // namespace orrery
