// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/rule_preview.h"

#include "core/base/parallel.h"
#include "core/evaluation/preview_measures.h"
#include "core/evaluation/preview_segments.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

constexpr std::size_t peopleAtOnce = 16;
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double movedBetween(std::span<const Reranked> before, std::span<const Reranked> after)
{
    double all = 0, moved = 0;
    const auto placeIn = [](std::span<const Reranked> list, ItemIndex item) -> std::size_t {
        const auto found = std::ranges::find(list, item, &Reranked::item);
        return found == list.end() ? 0 : static_cast<std::size_t>(found - list.begin()) + 1;
    };
    for (std::size_t i = 0; i < after.size(); ++i) {
        const std::size_t was = placeIn(before, after[i].item);
        all += placeWorth(i + 1);
        moved += was == i + 1 ? 0 : std::abs(placeWorth(i + 1) - (was > 0 ? placeWorth(was) : 0));
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
        all += placeWorth(i + 1);
        moved += placeIn(after, before[i].item) == 0 ? placeWorth(i + 1) : 0;
    }
    return all > 0 ? moved / all : 0;
}

double valueOf(const MeasureParts& parts, RuleMeasure::Kind kind)
{
    const MeasurePart& part = parts[static_cast<std::size_t>(kind)];
    return part.weight > 0 ? part.sum / part.weight : undefined;
}

void countPeople(RuleChange& change)
{
    change.affected = change.judged = change.better = change.worse = 0;
    for (const PersonChange& person : change.people) {
        change.affected += person.moved > 0 ? 1 : 0;
        if (!person.isJudged())
            continue;
        ++change.judged;
        change.better += person.agreementAfter > person.agreementBefore ? 1 : 0;
        change.worse += person.agreementAfter < person.agreementBefore ? 1 : 0;
    }
}

void chooseExamples(RuleChange& change)
{
    change.mostChanged.reset();
    change.typical.reset();
    change.mostHarmed.reset();
    std::vector<std::size_t> affected;
    for (std::size_t person = 0; person < change.people.size(); ++person)
        if (change.people[person].moved > 0)
            affected.push_back(person);
    if (affected.empty())
        return;
    std::ranges::stable_sort(affected, std::greater<>(),
                             [&](std::size_t person) { return change.people[person].moved; });
    change.mostChanged = affected.front();
    change.typical = affected[affected.size() / 2];
    double most = 0;
    for (std::size_t person = 0; person < change.people.size(); ++person) {
        const PersonChange& one = change.people[person];
        const double fall = change.judged > 0 ? one.agreementBefore - one.agreementAfter : one.ownBefore - one.ownAfter;
        if (fall > most) { // not of NaN
            most = fall;
            change.mostHarmed = person;
        }
    }
}

} // namespace

const RuleMeasure* RuleChange::find(RuleMeasure::Kind kind) const
{
    const auto found = std::ranges::find(measures, kind, &RuleMeasure::kind);
    return found == measures.end() ? nullptr : &*found;
}

RuleChange withAgreementOf(RuleChange change, const RuleChange& fair)
{
    change = withoutAgreement(std::move(change));
    if (const RuleMeasure* agreement = fair.find(RuleMeasure::Kind::Agreement))
        change.measures.insert(change.measures.begin(), *agreement);
    for (std::size_t person = 0; person < std::min(change.people.size(), fair.people.size()); ++person) {
        change.people[person].agreementBefore = fair.people[person].agreementBefore;
        change.people[person].agreementAfter = fair.people[person].agreementAfter;
    }
    countPeople(change);
    for (std::size_t i = 0; i < std::min(change.segments.size(), fair.segments.size()); ++i) {
        const std::size_t affected = change.segments[i].affected;
        change.segments[i] = fair.segments[i];
        change.segments[i].affected = affected;
    }
    chooseExamples(change);
    return change;
}

RuleChange withoutAgreement(RuleChange change)
{
    std::erase_if(change.measures, [](const RuleMeasure& one) { return one.kind == RuleMeasure::Kind::Agreement; });
    for (PersonChange& person : change.people)
        person.agreementBefore = person.agreementAfter = undefined;
    for (PeopleSegment& segment : change.segments) {
        segment.judged = segment.better = segment.worse = 0;
        segment.difference = undefined;
        segment.interval = {undefined, undefined};
    }
    countPeople(change);
    chooseExamples(change);
    return change;
}

struct RulePreview::Impl {
    std::shared_ptr<const RuleCatalog> catalog;
    std::shared_ptr<const PreviewSample> sample;
    Settings settings;
    ListMeasures measures;
    SampleSegments segments;
    std::vector<std::vector<float>> worth; ///< by person and candidate
    std::vector<double> best;
    std::vector<std::vector<Reranked>> before;
    std::vector<MeasureParts> parts; ///< of these

    Impl(std::shared_ptr<const RuleCatalog> known, std::shared_ptr<const PreviewSample> people, const Settings& how)
        : catalog(std::move(known)), sample(std::move(people)), settings(how),
          measures(*catalog, settings.k, settings.newDays), segments(sample->requests), worth(sample->requests.size()),
          best(sample->requests.size())
    {
    }

    Status takeWorth(const JobContext& job)
    {
        return parallelFor(job, worth.size(), peopleAtOnce, [&](std::size_t first, std::size_t last) {
            for (std::size_t person = first; person < last; ++person) {
                worth[person] = placeScores(sample->candidates[person]);
                best[person] = bestWorth(worth[person], settings.k);
            }
        });
    }

    Result<ExposedLists> listsBy(const RuleSet& rules, const JobContext& job) const
    {
        const auto reranker = Reranker::make(rules, catalog);
        if (!reranker)
            return tl::unexpected(reranker.error());
        return rerankExposed(**reranker, sample->candidates, sample->requests, settings.k, job);
    }

    Result<std::vector<MeasureParts>> partsOf(std::span<const std::vector<Reranked>> lists, const JobContext& job) const
    {
        std::vector<MeasureParts> made(lists.size());
        const auto done = parallelFor(job, lists.size(), peopleAtOnce, [&](std::size_t first, std::size_t last) {
            for (std::size_t person = first; person < last; ++person)
                made[person] = measures.of(lists[person], {sample->later[person], worth[person], best[person]});
        });
        if (!done)
            return tl::unexpected(done.error());
        return made;
    }

    [[nodiscard]] std::vector<PersonChange> changesTo(std::span<const std::vector<Reranked>> lists,
                                                      std::span<const MeasureParts> after) const
    {
        std::vector<PersonChange> made(lists.size());
        for (std::size_t person = 0; person < made.size(); ++person)
            made[person] = {movedBetween(before[person], lists[person]),
                            valueOf(parts[person], RuleMeasure::Kind::Agreement),
                            valueOf(after[person], RuleMeasure::Kind::Agreement),
                            valueOf(parts[person], RuleMeasure::Kind::OwnOrder),
                            valueOf(after[person], RuleMeasure::Kind::OwnOrder)};
        return made;
    }
};

RulePreview::RulePreview(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
RulePreview::~RulePreview() = default;

const PreviewSample& RulePreview::sample() const { return *m_impl->sample; }
const RulePreview::Settings& RulePreview::settings() const { return m_impl->settings; }
const std::vector<std::vector<Reranked>>& RulePreview::before() const { return m_impl->before; }

Result<std::shared_ptr<const RulePreview>> RulePreview::make(std::shared_ptr<const RuleCatalog> catalog,
                                                             std::shared_ptr<const PreviewSample> sample,
                                                             const RuleSet& before, const Settings& settings,
                                                             const JobContext& job)
{
    if (sample->candidates.size() != sample->requests.size() || sample->later.size() != sample->requests.size())
        return error(Code::InvalidArgument, "The parts of the sample are not of the same people");
    auto impl = std::make_unique<Impl>(std::move(catalog), std::move(sample), settings);
    if (const auto done = impl->takeWorth(job); !done)
        return tl::unexpected(done.error());
    auto lists = impl->listsBy(before, job);
    if (!lists)
        return tl::unexpected(lists.error());
    impl->before = std::move(lists->lists);
    auto parts = impl->partsOf(impl->before, job);
    if (!parts)
        return tl::unexpected(parts.error());
    impl->parts = std::move(*parts);
    return std::shared_ptr<const RulePreview>(new RulePreview(std::move(impl)));
}

Result<RuleChange> RulePreview::changeTo(const RuleSet& after, const JobContext& job) const
{
    auto lists = m_impl->listsBy(after, job);
    if (!lists)
        return tl::unexpected(lists.error());
    const auto parts = m_impl->partsOf(lists->lists, job);
    if (!parts)
        return tl::unexpected(parts.error());
    auto measures =
        measured(*m_impl->catalog, m_impl->before, lists->lists, m_impl->parts, *parts, m_impl->settings, job);
    if (!measures)
        return tl::unexpected(measures.error());
    RuleChange change;
    change.measures = std::move(*measures);
    change.people = m_impl->changesTo(lists->lists, *parts);
    countPeople(change);
    change.segments = m_impl->segments.of(change.people);
    change.shifts = shiftsBetween(*m_impl->catalog, m_impl->before, lists->lists, m_impl->settings.shown);
    chooseExamples(change);
    change.lists = std::move(lists->lists);
    change.unmet = std::move(lists->exposure.unmet);
    return change;
}

} // namespace orrery
