// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/evaluator.h"

#include "core/base/hash.h"
#include "core/base/parallel.h"
#include "core/base/words.h"
#include "core/evaluation/bootstrap.h"
#include "core/evaluation/candidates.h"
#include "core/evaluation/metric_functions.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t peoplePerBlock = 2048; // whose histories and lists are in memory at a time

struct CatalogExposure {
    std::size_t k = 0;
    std::vector<std::uint32_t> lists; // by item
};

std::vector<std::uint32_t> trainPeopleByItem(const Interactions& train)
{
    std::vector<std::uint32_t> people(train.items(), 0);
    for (const ItemIndex item : train.allItems())
        ++people[item.value];
    return people;
}

double meanValue(const Interactions& train)
{
    const auto values = train.allValues();
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

class Evaluation {
public:
    Evaluation(const Split& split, const Recommender& recommender, const Protocol& protocol, const JobContext& job);
    Result<EvaluationReport> run();

private:
    [[nodiscard]] bool isRelevant(float value) const
    {
        return m_split.test->feedback() == Feedback::Explicit ? value >= m_protocol.relevantFrom : value > 0;
    }
    [[nodiscard]] std::vector<ItemIndex> relevantItems(UserIndex user) const;
    [[nodiscard]] Status check() const;
    void findPeople();
    [[nodiscard]] Status rankBlocks();
    [[nodiscard]] Query queryOf(UserIndex user) const;
    [[nodiscard]] Result<std::vector<Query>> queriesOf(std::span<const std::uint32_t> people) const;
    [[nodiscard]] Result<BulkLists> listsFor(std::span<const Query> queries) const;
    void rankCandidates(const Query& query, std::span<ItemIndex> list) const;
    [[nodiscard]] Status judgeLists(const BulkLists& lists, std::size_t firstRanked);
    void judgePerson(std::span<const ItemIndex> list, std::size_t ranked);
    void addExposure(const BulkLists& lists);
    [[nodiscard]] Status rate();
    std::size_t ratePerson(std::size_t person, float trainMean);
    [[nodiscard]] Status summarize();
    [[nodiscard]] Status summarizeSums(const PeopleSums& sums, std::span<MetricValue*> values,
                                       std::span<const std::uint32_t> people, const JobContext& job) const;
    void summarizeCatalog();

    const Split& m_split;
    const Recommender& m_recommender;
    const Protocol& m_protocol;
    const JobContext& m_job;
    EvaluationReport m_report;
    std::vector<std::uint32_t> m_ranked; // places in m_report.people
    std::vector<std::uint32_t> m_everybody;
    std::vector<MetricValue*> m_rankingValues, m_ratingValues, m_catalogValues;
    std::vector<CatalogExposure> m_exposures; // aligned with m_catalogValues
    std::size_t m_listLength = 0;
    PeopleSums m_rankingSums{0, 0}, m_ratingSums{0, 0};
};

Evaluation::Evaluation(const Split& split, const Recommender& recommender, const Protocol& protocol,
                       const JobContext& job)
    : m_split(split), m_recommender(recommender), m_protocol(protocol), m_job(job)
{
    m_report.recommender = recommender.name();
    m_report.splitDescription = split.description;
    m_report.protocolHash = protocol.hash(split);
    for (const auto& metric : protocol.metrics)
        m_report.values.push_back({metric, undefined, {undefined, undefined}, {}});
    for (auto& value : m_report.values) {
        m_listLength = std::max(m_listLength, value.metric.k);
        switch (value.metric.metric->kind) {
        case MetricKind::Rating: m_ratingValues.push_back(&value); break;
        case MetricKind::Ranking: m_rankingValues.push_back(&value); break;
        case MetricKind::Catalog:
            m_catalogValues.push_back(&value);
            m_exposures.push_back({value.metric.k, std::vector<std::uint32_t>(split.train->itemCount(), 0)});
            break;
        }
    }
}

Result<EvaluationReport> Evaluation::run()
{
    const auto start = std::chrono::steady_clock::now();
    findPeople();
    Status status = check();
    if (status)
        status = rankBlocks();
    if (status)
        status = rate();
    if (status)
        status = summarize();
    if (!status)
        return tl::unexpected(status.error());
    m_report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::move(m_report);
}

Status Evaluation::check() const
{
    if (m_protocol.metrics.empty())
        return error(Code::InvalidArgument, "No metric was asked for", "Name one, such as ndcg@10");
    const bool ranks = !m_rankingValues.empty() || !m_catalogValues.empty();
    if (m_report.people.empty())
        return error(Code::InvalidArgument, "Nobody has anything in the test part", "Choose another split");
    if (ranks && m_ranked.empty())
        return error(Code::InvalidArgument,
                     fmt::format("None of the {} with test interactions has a relevant one",
                                 counted(m_report.people.size(), "person", "people")),
                     "Lower the value from which on a rating is relevant, or hold out more");
    return {};
}

void Evaluation::findPeople()
{
    const Interactions& test = m_split.test->interactions();
    for (std::uint32_t user = 0; user < test.users(); ++user) {
        const auto row = test.row(UserIndex{user});
        if (row.size() == 0)
            continue;
        const auto person = static_cast<std::uint32_t>(m_report.people.size());
        m_everybody.push_back(person);
        m_report.people.push_back(UserIndex{user});
        m_report.testCounts.push_back(static_cast<std::uint32_t>(row.size()));
        if (!std::ranges::any_of(row.values, [this](float value) { return isRelevant(value); }))
            continue;
        m_ranked.push_back(person);
        m_report.peopleWithoutHistory += m_split.known->interactions().row(UserIndex{user}).size() == 0 ? 1 : 0;
    }
    m_report.rankedPeople = m_ranked.size();
}

std::vector<ItemIndex> Evaluation::relevantItems(UserIndex user) const
{
    const auto row = m_split.test->interactions().row(user);
    std::vector<ItemIndex> items;
    for (std::size_t i = 0; i < row.size(); ++i)
        if (isRelevant(row.values[i]))
            items.push_back(row.items[i]);
    return items;
}

Status Evaluation::rankBlocks()
{
    if (m_listLength == 0)
        return {};
    m_rankingSums = PeopleSums(m_ranked.size(), m_rankingValues.size());
    for (std::size_t first = 0; first < m_ranked.size(); first += peoplePerBlock) {
        const auto count = std::min(peoplePerBlock, m_ranked.size() - first);
        m_job.progress(0.7 * static_cast<double>(first) / static_cast<double>(m_ranked.size()),
                       fmt::format("lists of {} people", grouped(m_ranked.size())));
        const auto queries = queriesOf(std::span(m_ranked).subspan(first, count));
        if (!queries)
            return tl::unexpected(queries.error());
        const auto lists = listsFor(*queries);
        if (!lists)
            return tl::unexpected(lists.error());
        if (const auto judged = judgeLists(*lists, first); !judged)
            return judged;
    }
    return {};
}

Query Evaluation::queryOf(UserIndex user) const
{
    Query query = queryFor(*m_split.known, user, m_split.asOf);
    // Of the one event that is asked for, the circumstances may be known; of several they differ.
    const Interactions& test = m_split.test->interactions();
    if (m_split.kind == SplitKind::LeaveLastOut && test.hasTimes() && test.row(user).size() > 0) {
        const auto cell = test.starts()[user.value];
        query.context = test.allEvents().empty() ? contextAt(test.allTimes()[cell])
                                                 : contextOf(m_split.test->log(), test.allEvents()[cell]);
    }
    return query;
}

Result<std::vector<Query>> Evaluation::queriesOf(std::span<const std::uint32_t> people) const
{
    std::vector<Query> queries(people.size());
    const auto done = parallelFor(m_job, people.size(), 64, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            queries[i] = queryOf(m_report.people[people[i]]);
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return queries;
}

Result<BulkLists> Evaluation::listsFor(std::span<const Query> queries) const
{
    if (!m_split.candidates)
        return m_recommender.recommendAll(queries, m_listLength, m_job);
    BulkLists lists{m_listLength, std::vector<ItemIndex>(queries.size() * m_listLength, ItemIndex::none()), {}};
    const auto done = parallelFor(m_job, queries.size(), 16, [&](std::size_t first, std::size_t last) {
        for (std::size_t q = first; q < last; ++q)
            rankCandidates(queries[q], std::span(lists.items).subspan(q * m_listLength, m_listLength));
    });
    if (!done)
        return tl::unexpected(done.error());
    return lists;
}

// What is relevant stands behind the others, so that it loses ties.
void Evaluation::rankCandidates(const Query& query, std::span<ItemIndex> list) const
{
    std::vector<ItemIndex> items = m_split.candidates->of(*query.user);
    const auto relevant = relevantItems(*query.user);
    items.insert(items.end(), relevant.begin(), relevant.end());
    std::vector<float> scores(items.size());
    m_recommender.predict(query, items, scores);
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < items.size(); ++i)
        if (!std::isnan(scores[i]))
            order.push_back(i);
    const auto better = [&](std::uint32_t a, std::uint32_t b) {
        return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
    };
    const auto kept = std::min(list.size(), order.size());
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(kept), better);
    for (std::size_t place = 0; place < kept; ++place)
        list[place] = items[order[place]];
}

Status Evaluation::judgeLists(const BulkLists& lists, std::size_t firstRanked)
{
    addExposure(lists);
    const std::size_t people = lists.items.size() / lists.n;
    return parallelFor(m_job, people, 64, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
            judgePerson(lists.row(i), firstRanked + i);
    });
}

void Evaluation::judgePerson(std::span<const ItemIndex> list, std::size_t ranked)
{
    const auto relevant = relevantItems(m_report.people[m_ranked[ranked]]);
    std::vector<std::uint8_t> hits(list.size());
    for (std::size_t i = 0; i < list.size(); ++i)
        hits[i] = std::ranges::binary_search(relevant, list[i]) ? 1 : 0; // the padding is not relevant
    m_rankingSums.setWeight(ranked, 1);
    for (std::size_t metric = 0; metric < m_rankingValues.size(); ++metric) {
        const MetricChoice& choice = m_rankingValues[metric]->metric;
        const RankedPerson person{std::span(hits).first(choice.k), relevant.size(), choice.k};
        m_rankingSums.set(ranked, metric, functionsOf(*choice.metric).ranking(person));
    }
}

void Evaluation::addExposure(const BulkLists& lists)
{
    for (auto& exposure : m_exposures)
        for (std::size_t q = 0; q * lists.n < lists.items.size(); ++q)
            for (const ItemIndex item : lists.row(q).first(exposure.k))
                if (item.value < exposure.lists.size())
                    ++exposure.lists[item.value];
}

Status Evaluation::rate()
{
    if (m_ratingValues.empty() || !m_recommender.capabilities().ratings ||
        m_split.train->feedback() != Feedback::Explicit)
        return {};
    m_job.progress(0.7, "predicting ratings");
    m_ratingSums = PeopleSums(m_report.people.size(), m_ratingValues.size());
    const auto trainMean = static_cast<float>(meanValue(m_split.train->interactions()));
    std::vector<std::size_t> filled(m_report.people.size(), 0);
    const auto done = parallelFor(m_job, m_report.people.size(), 16, [&](std::size_t first, std::size_t last) {
        for (std::size_t person = first; person < last; ++person)
            filled[person] = ratePerson(person, trainMean);
    });
    m_report.ratings = m_split.test->interactions().size();
    m_report.ratingsFilled = std::accumulate(filled.begin(), filled.end(), std::size_t{0});
    return done;
}

// Returns how many ratings the recommender could not predict.
std::size_t Evaluation::ratePerson(std::size_t person, float trainMean)
{
    const Dataset& train = *m_split.train;
    const auto row = m_split.test->interactions().row(m_report.people[person]);
    std::vector<float> predicted(row.size());
    m_recommender.predict(queryOf(m_report.people[person]), row.items, predicted);
    std::size_t filled = 0;
    for (float& value : predicted) {
        filled += std::isnan(value) ? 1 : 0;
        value = std::isnan(value) ? trainMean : value;
        if (train.ratingLow() < train.ratingHigh())
            value = std::clamp(value, train.ratingLow(), train.ratingHigh());
    }
    m_ratingSums.setWeight(person, static_cast<double>(row.size()));
    for (std::size_t metric = 0; metric < m_ratingValues.size(); ++metric) {
        const auto errorOf = functionsOf(*m_ratingValues[metric]->metric.metric).error;
        double sum = 0;
        for (std::size_t i = 0; i < row.size(); ++i)
            sum += errorOf(static_cast<double>(predicted[i]) - static_cast<double>(row.values[i]));
        m_ratingSums.set(person, metric, sum);
    }
    return filled;
}

Status Evaluation::summarize()
{
    m_job.progress(0.9, "intervals");
    for (auto& value : m_report.values)
        if (value.metric.metric->kind != MetricKind::Catalog)
            value.perPerson.assign(m_report.people.size(), std::numeric_limits<float>::quiet_NaN());
    summarizeCatalog();
    if (const auto done = summarizeSums(m_rankingSums, m_rankingValues, m_ranked, m_job.part(0.9, 0.95)); !done)
        return done;
    if (m_ratingSums.people() == 0)
        return {};
    return summarizeSums(m_ratingSums, m_ratingValues, m_everybody, m_job.part(0.95, 1));
}

// Row i of `sums` is the person at people[i].
Status Evaluation::summarizeSums(const PeopleSums& sums, std::span<MetricValue*> values,
                                 std::span<const std::uint32_t> people, const JobContext& job) const
{
    if (values.empty())
        return {};
    auto rounds = sums.resampled(m_protocol.bootstrapSeed, m_protocol.bootstrapRounds, job);
    if (!rounds)
        return tl::unexpected(rounds.error());
    const auto ratios = sums.ratios();
    for (std::size_t metric = 0; metric < values.size(); ++metric) {
        MetricValue& value = *values[metric];
        const auto finish = functionsOf(*value.metric.metric).finish;
        const auto finished = [finish](double ratio) { return finish ? finish(ratio) : ratio; };
        value.mean = finished(ratios[metric]);
        std::ranges::transform((*rounds)[metric], (*rounds)[metric].begin(), finished);
        value.interval = middle95(std::move((*rounds)[metric]));
        for (std::size_t i = 0; i < people.size(); ++i)
            value.perPerson[people[i]] = static_cast<float>(finished(sums.sum(i, metric) / sums.weight(i)));
    }
    return {};
}

void Evaluation::summarizeCatalog()
{
    if (m_catalogValues.empty())
        return;
    const Interactions& train = m_split.train->interactions();
    const auto trainPeople = trainPeopleByItem(train);
    std::size_t people = 0;
    for (std::uint32_t user = 0; user < train.users(); ++user)
        people += train.row(UserIndex{user}).size() > 0 ? 1 : 0;
    for (std::size_t i = 0; i < m_catalogValues.size(); ++i) {
        const ShownLists shown{m_exposures[i].lists, trainPeople, people};
        m_catalogValues[i]->mean = functionsOf(*m_catalogValues[i]->metric.metric).catalog(shown);
    }
}

float usualRelevantFrom(const Dataset& dataset)
{
    // Four of five stars, and likewise on other scales: the upper fifth of the range from 0, or from a negative end.
    const float low = std::min(dataset.ratingLow(), 0.F);
    return dataset.ratingHigh() > low ? dataset.ratingHigh() - 0.2F * (dataset.ratingHigh() - low) : 4.F;
}

} // namespace

std::string Protocol::hash(const Split& split) const
{
    Hasher hasher;
    hasher.text(split.hash).values(std::span(&relevantFrom, 1)).text(candidatesText(split));
    for (const auto& metric : metrics)
        hasher.text(metric.id());
    return hasher.number(bootstrapSeed).number(bootstrapRounds).hex();
}

Protocol Protocol::standard(const Dataset& dataset)
{
    Protocol protocol;
    const bool rated = dataset.feedback() == Feedback::Explicit;
    if (rated)
        protocol.relevantFrom = usualRelevantFrom(dataset);
    std::string ids = "ndcg@10,recall@10,coverage@10,precision@10,map@10,mrr@10,hit-rate@10,novelty@10,gini@10";
    protocol.metrics = *parseMetrics(rated ? ids + ",rmse,mae" : ids);
    return protocol;
}

const MetricValue* EvaluationReport::find(std::string_view id) const
{
    const auto found = std::ranges::find(values, id, [](const MetricValue& value) { return value.metric.id(); });
    return found == values.end() ? nullptr : &*found;
}

EvaluationReport EvaluationReport::withoutPeople() const
{
    EvaluationReport out;
    out.recommender = recommender;
    out.rankedPeople = rankedPeople;
    out.peopleWithoutHistory = peopleWithoutHistory;
    out.ratings = ratings;
    out.ratingsFilled = ratingsFilled;
    for (const MetricValue& value : values)
        out.values.push_back({value.metric, value.mean, value.interval, {}});
    out.protocolHash = protocolHash;
    out.splitDescription = splitDescription;
    out.seconds = seconds;
    return out;
}

Result<EvaluationReport> evaluate(const Split& split, const Recommender& recommender, const Protocol& protocol,
                                  const JobContext& job)
{
    return Evaluation(split, recommender, protocol, job).run();
}

} // namespace orrery
