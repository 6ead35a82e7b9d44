// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/reasons.h"

#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr std::size_t triedRemovals = 5;
constexpr std::size_t mostInside = 8; // of a hybrid's part, in the tip of its bar

QString tr(const char* words) { return QCoreApplication::translate("Reasons", words); }

// Of these there can be hundreds: the strongest are shown.
bool isOneOfMany(const Term& term)
{
    return term.kind == TermKind::HistoryItem || term.kind == TermKind::Person || term.kind == TermKind::Attribute;
}

std::vector<Term> strongestFirst(std::vector<Term> terms)
{
    std::ranges::stable_sort(terms, std::greater<>{}, [](const Term& term) { return std::abs(term.value); });
    return terms;
}

ContributionBars::Line lineOf(const Dataset& dataset, const Term& term)
{
    const QString label = text(labelOf(dataset, term));
    QString tip = QStringLiteral("%1\n%2").arg(label, signedDecimal(term.value, 4));
    const std::vector<Term> inside = strongestFirst(term.inside);
    for (std::size_t i = 0; i < std::min(inside.size(), mostInside); ++i)
        tip += QStringLiteral("\n    %1  %2").arg(signedDecimal(inside[i].value, 4), text(labelOf(dataset, inside[i])));
    return {label, term.value, tip};
}

} // namespace

Result<Reasons> reasonsFor(const Recommender& recommender, const Query& query, ItemIndex item, const JobContext& job)
{
    auto trace = recommender.trace(query, item);
    if (!trace)
        return tl::unexpected(trace.error());
    Reasons reasons{std::move(*trace), {}, {}, {}};
    if (!recommender.capabilities().explains) {
        reasons.cannot = recommender.capabilities().reason;
        return reasons;
    }
    auto explanation = recommender.explain(query, item);
    if (!explanation) {
        reasons.cannot = explanation.error().message;
        return reasons;
    }
    reasons.explanation = std::move(*explanation);
    if (reasons.trace.rank > 0 && recommender.capabilities().whatIf) {
        auto counterfactual = strongestCounterfactual(recommender, query, item, triedRemovals, job);
        if (!counterfactual)
            return tl::unexpected(counterfactual.error());
        reasons.counterfactual = *counterfactual;
    }
    return reasons;
}

QString becauseText(const Dataset& dataset, const Explanation& explanation)
{
    std::vector<Term> helping;
    for (const Term& term : flattened(explanation.terms))
        if (term.kind == TermKind::HistoryItem && term.value > 0)
            helping.push_back(term);
    helping = strongestFirst(std::move(helping));
    const auto bold = [&](const Term& term) {
        return QStringLiteral("<b>%1</b>").arg(text(labelOf(dataset, term)).toHtmlEscaped());
    };
    switch (helping.size()) {
    case 0: return {};
    case 1: return tr("Because of %1.").arg(bold(helping[0]));
    case 2: return tr("Because of %1 and %2.").arg(bold(helping[0]), bold(helping[1]));
    default:
        return tr("Because of %1, %2 and %3.")
            .arg(bold(helping[0]), bold(helping[1]),
                 counted(static_cast<double>(helping.size() - 2), tr("other"), tr("others")));
    }
}

QString withoutText(const Dataset& dataset, const Counterfactual& counterfactual)
{
    const QString title = text(dataset.title(counterfactual.without));
    if (counterfactual.rankAfter == 0)
        return tr("Without %1 it would leave the list.").arg(title);
    return tr("Without %1 it would fall from %2 to %3.")
        .arg(title, count(counterfactual.rankBefore), count(counterfactual.rankAfter));
}

std::vector<ContributionBars::Line> linesOf(const Dataset& dataset, const Explanation& explanation, Scale scale,
                                            std::size_t most)
{
    // What stands for itself comes first, in the model's order; then history, people or attributes, strongest first.
    std::vector<ContributionBars::Line> lines;
    std::vector<Term> many;
    for (const Term& term : explanation.terms)
        if (isOneOfMany(term))
            many.push_back(term);
        else
            lines.push_back(lineOf(dataset, term));
    many = strongestFirst(std::move(many));
    const std::size_t shown = many.size() <= most ? many.size() : most - 1;
    for (std::size_t i = 0; i < shown; ++i)
        lines.push_back(lineOf(dataset, many[i]));
    if (shown < many.size()) {
        double rest = 0;
        for (std::size_t i = shown; i < many.size(); ++i)
            rest += many[i].value;
        const QString label = counted(static_cast<double>(many.size() - shown), tr("other"), tr("others"));
        lines.push_back({label, rest, tr("The sum of all others\n%1").arg(signedDecimal(rest, 4))});
    }
    const double clip = shownSum(dataset, explanation, scale) - explanation.score;
    if (scale == Scale::Rating && clip != 0)
        lines.push_back({tr("kept on the scale"), clip,
                         tr("Ratings end at %1 and %2")
                             .arg(decimal(double(dataset.ratingLow()), 1), decimal(double(dataset.ratingHigh()), 1))});
    return lines;
}

QString sumLabel(Scale scale, const QString& model)
{
    return scale == Scale::Rating ? tr("predicted rating") : tr("score of %1").arg(model);
}

double shownSum(const Dataset& dataset, const Explanation& explanation, Scale scale)
{
    if (scale != Scale::Rating)
        return explanation.score;
    return std::clamp(explanation.score, static_cast<double>(dataset.ratingLow()),
                      static_cast<double>(dataset.ratingHigh()));
}

} // namespace orrery::ui
