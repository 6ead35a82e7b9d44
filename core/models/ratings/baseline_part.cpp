// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/baseline_part.h"

#include "core/models/artifact.h"

#include <array>
#include <limits>

namespace orrery {

BaselinePart::BaselinePart(RatingBaseline baseline, RatingRange range) : m_baseline(std::move(baseline)), m_range(range)
{
    m_baseline.people = {};
}

double BaselinePart::predict(ItemIndex item, double personBias) const
{
    return item.value < itemCount() ? m_baseline.ofItem(item.value) + personBias
                                    : std::numeric_limits<double>::quiet_NaN();
}

std::vector<Term> BaselinePart::terms(ItemIndex item, double personBias, bool hasRatings) const
{
    std::vector<Term> terms{{TermKind::GlobalMean, {}, "mean of all ratings", m_baseline.mean},
                            {TermKind::ItemBias,
                             {},
                             "how this item is rated, against the mean",
                             static_cast<double>(m_baseline.items[item.value])}};
    if (hasRatings)
        terms.push_back({TermKind::PersonBias, {}, "how this person rates, against others", personBias});
    return terms;
}

std::string BaselinePart::sentence() { return "No ratings to learn from: items are ordered by their average rating."; }
std::string BaselinePart::declaration() { return "Items ordered by their average rating."; }

void BaselinePart::save(Artifact& artifact) const
{
    artifact.putNumber("mean", m_baseline.mean);
    artifact.putNumber("reg-people", m_baseline.regPeople);
    artifact.put("range", std::span<const float>(std::array{m_range.low, m_range.high}));
    artifact.putNumber("items", static_cast<double>(itemCount()));
    artifact.put("item-bias", std::span<const float>(m_baseline.items));
}

Result<BaselinePart> BaselinePart::load(const Artifact& artifact)
{
    const auto mean = artifact.number("mean");
    if (!mean)
        return tl::unexpected(mean.error());
    const auto reg = artifact.number("reg-people");
    if (!reg)
        return tl::unexpected(reg.error());
    if (*reg < 0)
        return error(Code::Corrupt, "The stored model's 'reg-people' is negative", "Train the model again");
    const auto range = artifact.floats("range", 2);
    if (!range)
        return tl::unexpected(range.error());
    const auto count = artifact.number("items");
    if (!count)
        return tl::unexpected(count.error());
    auto items = artifact.floats("item-bias");
    if (!items)
        return tl::unexpected(items.error());
    if (static_cast<double>(items->size()) != *count)
        return error(Code::Corrupt, "The stored model does not have one bias for each item", "Train the model again");
    return BaselinePart({*mean, *reg, {}, std::move(*items)}, {(*range)[0], (*range)[1]});
}

} // namespace orrery
