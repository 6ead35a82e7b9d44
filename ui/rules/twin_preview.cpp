// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/twin_preview.h"

#include "ui/components/text.h"
#include "ui/rules/rules_subject.h"
#include "ui/session/fair_twin.h"

#include <algorithm>

namespace orrery::ui {
namespace {

bool knowsLaterChoices(const PreviewSample& sample)
{
    return std::ranges::any_of(sample.later, [](const auto& items) { return !items.empty(); });
}

/// The same people and later choices, with the candidates of the twin.
Result<std::shared_ptr<const RulePreview>> previewWithTwin(const TwinPreview::Subject& subject,
                                                           const std::vector<FunnelPart>& parts,
                                                           const std::shared_ptr<const Dataset>& dataset,
                                                           const JobContext& job)
{
    const auto twin =
        fairTwin(subject.entry, parts, dataset->before(subject.cut), job.part(0, .8), subject.catalog->segments());
    if (!twin)
        return tl::unexpected(twin.error());
    const PreviewSample& known = subject.preview->sample();
    auto candidates = subjectOf({subject.entry.row, *twin})->candidates(known.requests, job.part(.8, .95));
    if (!candidates)
        return tl::unexpected(candidates.error());
    auto sample = std::make_shared<PreviewSample>();
    *sample = {std::move(*candidates), known.requests, known.later};
    return RulePreview::make(subject.catalog, sample, subject.rules, subject.preview->settings(), job.part(.95, 1));
}

} // namespace

TwinPreview::TwinPreview(WorkspaceSession& session, QObject* parent) : QObject(parent), m_session(session) {}
TwinPreview::~TwinPreview() = default;

void TwinPreview::enter(State state)
{
    m_state = state;
    emit changed();
}

void TwinPreview::clear()
{
    m_subject.reset();
    m_made.reset();
    m_state = State::NotNeeded;
    if (const auto job = std::exchange(m_job, std::nullopt))
        m_session.jobs().cancel(*job);
}

void TwinPreview::setSubject(Subject subject)
{
    clear();
    const bool isFair =
        !knowsLaterChoices(subject.preview->sample()) || !mayHaveSeen(subject.entry, m_session.models(), subject.cut);
    const auto seconds = twinSeconds(subject.entry, m_session.dataset()->shape());
    m_seconds = seconds.value_or(0);
    m_subject = std::move(subject);
    if (isFair || !seconds)
        return enter(isFair ? State::NotNeeded : State::Impossible);
    const Funnel* funnel = funnelOf(m_subject->entry.recommender.get());
    const bool asks = m_seconds > quickSeconds || (funnel && funnel->recipe().rankBy == RankBy::Learnt);
    m_state = State::Offered;
    asks ? emit changed() : train();
}

void TwinPreview::train()
{
    if (m_state != State::Offered)
        return;
    JobContext::Settings settings;
    settings.seed = m_subject->entry.row.seed;
    m_job = m_session.jobs().start<std::shared_ptr<const RulePreview>>(
        tr("Training %1 as of %2").arg(m_subject->entry.name(), date(m_subject->cut)), settings,
        [subject = *m_subject, parts = m_session.funnelParts(), dataset = m_session.dataset()](const JobContext& job) {
            return previewWithTwin(subject, parts, dataset, job);
        },
        this,
        [this, of = m_subject->preview](const Result<std::shared_ptr<const RulePreview>>& made) {
            if (m_subject && m_subject->preview == of)
                take(made);
        });
    enter(State::Training);
}

// One that was cancelled or failed can be asked for again.
void TwinPreview::take(const Result<std::shared_ptr<const RulePreview>>& made)
{
    m_job.reset();
    if (!made) {
        if (made.error().code != Code::Cancelled)
            m_session.raise(messageOf(made.error()));
        return enter(State::Offered);
    }
    m_made = *made;
    enter(State::Ready);
}

} // namespace orrery::ui
