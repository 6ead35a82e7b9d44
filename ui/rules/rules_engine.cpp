// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/rules_engine.h"

#include "core/evaluation/rule_sample.h"
#include "core/pipeline/person_view.h"
#include "ui/rules/rule_words.h"

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int pause = 60; // ms without an edit before its price is worked out
constexpr std::uint64_t seed = 1;

using Catalog = std::shared_ptr<const RuleCatalog>;

} // namespace

struct RulesEngine::Sampled {
    std::vector<UserIndex> people;
    Timestamp cut = endOfTime;
    std::shared_ptr<const RulePreview> preview;
};

struct RulesEngine::Asked {
    std::vector<Candidate> candidates;
    RuleRequest request;
    std::vector<ItemIndex> later;
};

struct RulesEngine::Replied {
    std::shared_ptr<const Asked> asked;
    PersonEffect effect;
};

struct RulesEngine::Request {
    Catalog catalog;
    std::shared_ptr<const RulesSubject> subject;
    std::shared_ptr<const Asked> known; ///< null: candidates are to be asked for
    RuleSet rules;
    PersonQuestion question;
};

RulesEngine::RulesEngine(WorkspaceSession& session, QObject* parent)
    : QObject(parent), m_session(session), m_twin(session)
{
    m_pricing.setSingleShot(true);
    connect(&m_pricing, &QTimer::timeout, this, &RulesEngine::price);
    connect(&m_session, &WorkspaceSession::groundReady, this, &RulesEngine::open);
    connect(&m_twin, &TwinPreview::changed, this, [this] {
        m_since.start();
        price();
    });
}

RulesEngine::~RulesEngine() = default;

const std::vector<UserIndex>& RulesEngine::people() const
{
    static const std::vector<UserIndex> nobody;
    return m_sample ? m_sample->people : nobody;
}

Timestamp RulesEngine::cut() const { return m_sample ? m_sample->cut : endOfTime; }

void RulesEngine::tell(const Error& failure)
{
    if (failure.code != Code::Cancelled)
        emit failed(failure);
}

void RulesEngine::setSubject(const ModelEntry* entry)
{
    m_entry = entry ? std::optional(*entry) : std::nullopt;
    m_subject = entry ? subjectOf(*entry) : nullptr;
    m_twin.clear();
    m_sample.reset();
    m_person.reset();
    m_pricing.stop();
    m_isPricing = false;
    m_catalog.reset();
    if (m_subject)
        m_session.needGround();
}

void RulesEngine::setResting(bool resting)
{
    m_isResting = resting;
    open();
}

// What funnels stand on: saved rules act on the same.
void RulesEngine::open()
{
    if (m_isResting || !m_subject || !m_session.ground() || m_catalog == m_session.ground()->catalog())
        return;
    const Catalog catalog = m_session.ground()->catalog();
    m_session.jobs().startQuick<std::vector<QString>>(
        QStringLiteral("rules.open"),
        [catalog](const JobContext&) -> Result<std::vector<QString>> {
            std::vector<QString> whyNot;
            for (std::size_t kind = 0; kind < ruleKinds().size(); ++kind)
                whyNot.push_back(whyNoUse(kind, *catalog));
            return whyNot;
        },
        this,
        [this, subject = m_subject, catalog](const Result<std::vector<QString>>& whyNot) {
            if (subject != m_subject)
                return;
            if (!whyNot)
                return tell(whyNot.error());
            m_catalog = catalog;
            emit opened(*whyNot);
            askPerson();
            drawPeople();
        });
}

void RulesEngine::drawPeople()
{
    m_isPricing = true;
    m_session.jobs().startBehind<std::shared_ptr<const Sampled>>(
        QStringLiteral("rules.sample"),
        [catalog = m_catalog, subject = m_subject,
         asOf = m_session.asOf()](const JobContext& job) -> Result<std::shared_ptr<const Sampled>> {
            auto made = std::make_shared<Sampled>();
            made->cut = usualCut(catalog->dataset(), asOf);
            auto drawn = drawRuleSample(*catalog, made->cut, samplePeople, seed, job);
            if (!drawn)
                return tl::unexpected(drawn.error());
            auto candidates = subject->candidates(drawn->requests, job);
            if (!candidates)
                return tl::unexpected(candidates.error());
            made->people = std::move(drawn->people);
            auto sample = std::make_shared<PreviewSample>();
            *sample = {std::move(*candidates), std::move(drawn->requests), std::move(drawn->later)};
            RulePreview::Settings settings;
            settings.k = shown;
            settings.seed = seed;
            auto preview = RulePreview::make(catalog, sample, subject->rules(), settings, job);
            if (!preview)
                return tl::unexpected(preview.error());
            made->preview = std::move(*preview);
            return std::shared_ptr<const Sampled>(std::move(made));
        },
        this,
        [this, subject = m_subject](const Result<std::shared_ptr<const Sampled>>& made) {
            if (subject != m_subject)
                return;
            m_isPricing = false;
            if (!made)
                return tell(made.error());
            m_sample = *made;
            emit sampled();
            // Which prices what is edited, with or without a twin.
            m_twin.setSubject({*m_entry, subject->rules(), m_catalog, m_sample->preview, m_sample->cut});
        });
}

void RulesEngine::setRules(const RuleSet& rules)
{
    m_rules = rules;
    if (!m_catalog)
        return;
    m_since.start();
    m_isPricing = true;
    askPerson();
    m_pricing.start(pause);
}

void RulesEngine::refreshPerson()
{
    m_person.reset();
    if (m_catalog)
        askPerson();
}

// Candidates are asked for once a person; an edit of the rules takes those that are there.
Result<std::shared_ptr<RulesEngine::Replied>> RulesEngine::reply(const Request& request, const JobContext& job)
{
    auto made = std::make_shared<Replied>();
    made->asked = request.known;
    const Dataset& dataset = request.catalog->dataset();
    if (!request.known) {
        const Query query = queryOf(dataset, request.question);
        auto candidates = request.subject->candidates(query, job);
        if (!candidates)
            return tl::unexpected(candidates.error());
        auto asked = std::make_shared<Asked>();
        *asked = {std::move(*candidates), ruleRequestFor(*request.catalog, query), {}};
        if (request.question.user)
            asked->later = laterChoices(dataset, *request.question.user, request.question.asOf, query.history);
        made->asked = asked;
    }
    const auto before = Reranker::make(request.subject->rules(), request.catalog);
    const auto after = Reranker::make(request.rules, request.catalog);
    if (!before || !after)
        return tl::unexpected(before ? after.error() : before.error());
    const Asked& asked = *made->asked;
    PersonEffect& effect = made->effect;
    effect.before = (*before)->rerank(asked.candidates, asked.request, shown);
    effect.after = (*after)->rerank(asked.candidates, asked.request, shown, &effect.trail);
    effect.later = asked.later;
    return made;
}

void RulesEngine::askPerson()
{
    m_session.jobs().startQuick<std::shared_ptr<Replied>>(
        QStringLiteral("rules.person"),
        [request = Request{m_catalog, m_subject, m_person, m_rules, m_session.question()}](const JobContext& job) {
            return reply(request, job);
        },
        this,
        [this, subject = m_subject](const Result<std::shared_ptr<Replied>>& replied) {
            if (subject != m_subject)
                return;
            if (!replied)
                return tell(replied.error());
            m_person = (*replied)->asked;
            emit personReady((*replied)->effect);
        });
}

void RulesEngine::price()
{
    if (!m_sample)
        return;
    m_isPricing = true;
    startPricing(m_sample->preview, [this](const std::shared_ptr<const RuleChange>& change) { takePrice(change); });
}

// What the lists of the model itself say; agreement is the twin's to say.
void RulesEngine::takePrice(const std::shared_ptr<const RuleChange>& change)
{
    const auto state = m_twin.state();
    const bool follows = state == TwinPreview::State::Training || state == TwinPreview::State::Ready;
    m_isPricing = state == TwinPreview::State::Ready;
    const auto took = static_cast<double>(m_since.elapsed());
    emit priced(follows ? withoutAgreement(*change) : *change, took, follows);
    if (state != TwinPreview::State::Ready)
        return diagnose();
    startPricing(m_twin.preview(), [this, change, took](const std::shared_ptr<const RuleChange>& fair) {
        m_isPricing = false;
        emit priced(withAgreementOf(*change, *fair), took, false);
        diagnose();
    });
}

// The next edit ends what is under way.
void RulesEngine::startPricing(const std::shared_ptr<const RulePreview>& preview,
                               std::function<void(const std::shared_ptr<const RuleChange>&)> done)
{
    m_session.jobs().startBehind<std::shared_ptr<const RuleChange>>(
        QStringLiteral("rules.price"),
        [preview, rules = m_rules](const JobContext& job) -> Result<std::shared_ptr<const RuleChange>> {
            auto change = preview->changeTo(rules, job);
            if (!change)
                return tl::unexpected(change.error());
            return std::make_shared<const RuleChange>(std::move(*change));
        },
        this,
        [this, sample = m_sample, done = std::move(done)](const Result<std::shared_ptr<const RuleChange>>& change) {
            if (sample != m_sample)
                return;
            m_isPricing = false;
            change ? done(*change) : tell(change.error());
        });
}

// Under the same key as the price: the next edit ends it.
void RulesEngine::diagnose()
{
    m_session.jobs().startBehind<RuleReport>(
        QStringLiteral("rules.price"),
        [preview = m_sample->preview, catalog = m_catalog,
         rules = m_rules](const JobContext& job) -> Result<RuleReport> {
            const PreviewSample& sample = preview->sample();
            const std::size_t people = std::min(diagnosedPeople, sample.requests.size());
            const auto reranker = Reranker::make(rules, catalog);
            if (!reranker)
                return tl::unexpected(reranker.error());
            return orrery::diagnose(**reranker, catalog, std::span(sample.candidates).first(people),
                                    std::span(sample.requests).first(people), shown, job);
        },
        this,
        [this, sample = m_sample](const Result<RuleReport>& report) {
            if (sample != m_sample)
                return;
            if (!report)
                return tell(report.error());
            emit diagnosed(*report);
        });
}

} // namespace orrery::ui
