// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/sequences/session_knn.h"

#include "core/base/sparse_matrix.h"
#include "core/models/artifact.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/models/popular_fallback.h"
#include "core/models/sequences/recent_history.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <fmt/format.h>

namespace orrery {
namespace {

struct SessionKnnConfig {
    int neighbours = 200;
    int sampled = 2000;
    int recent = 20;
    PositionDecay decay = PositionDecay::Linear;
    float gapHours = 24;
    bool rare = true;
    Entries entries = Entries::Liked;
};

const ParamTable<SessionKnnConfig>& table()
{
    static const auto declared =
        ParamTable<SessionKnnConfig>{}
            .number("neighbours", "Neighbours", "Similar sessions that have a say; 50 to 500 is usual",
                    &SessionKnnConfig::neighbours, 1, 10'000, ParamScale::Logarithmic)
            .number("recent", "Recent entries", "How many of the newest entries of a history are looked at",
                    &SessionKnnConfig::recent, 1, 200, ParamScale::Logarithmic)
            .choice("decay", "Decay", "How much less an entry counts for each newer one", &SessionKnnConfig::decay,
                    {{"none", "None"}, {"linear", "Linear"}, {"quadratic", "Quadratic"}, {"halving", "Half each"}})
            .number("gap-hours", "Pause between sessions",
                    "Hours without an event after which a new session begins; 0.5 in a shop, 24 for films",
                    &SessionKnnConfig::gapHours, .1, 100'000, ParamScale::Logarithmic)
            .choice("entries", "Entries that count", "Of ratings: what was liked, or whatever was rated",
                    &SessionKnnConfig::entries, {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}})
            .flag("rare", "Favour rare items", "Items of few sessions count more (inverse document frequency)",
                  &SessionKnnConfig::rare)
            .advanced()
            .number("sampled", "Sessions compared", "Of the sessions that share an entry, only so many of the newest",
                    &SessionKnnConfig::sampled, 10, 1'000'000, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

struct SessionKnnParts {
    SparseMatrix sessions; ///< [sessions x items], values 1, oldest session first
    std::size_t neighbours = 1, sampled = 1, recent = 1;
    PositionDecay decay = PositionDecay::Linear;
    bool rare = true;
    HistoryWeigher weigher;
    PopularFallback fallback;
};

class SessionKnn final : public Model {
public:
    explicit SessionKnn(SessionKnnParts parts);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Similarity; }
    [[nodiscard]] Capabilities capabilities() const override { return sessionKnnAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.fallback.itemCount(); }
    /// Cosine of the sets of sessions.
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const override;
    void save(Artifact& artifact) const override;

    [[nodiscard]] const SessionKnnParts& parts() const { return m_parts; }
    /// Sessions of an item, oldest first.
    [[nodiscard]] std::span<const std::uint32_t> sessionsOf(std::uint32_t item) const
    {
        return m_byItem.row(item).columns;
    }
    /// ln(sessions / sessions with it), or 1.
    [[nodiscard]] double rarity(std::uint32_t item) const;

private:
    SessionKnnParts m_parts;
    SparseMatrix m_byItem; ///< [items x sessions]
};

/// A session that has a say.
struct NearSession {
    std::uint32_t session = 0;
    double similarity = 0; ///< sum of the weights of the entries it shares
    double newest = 0;     ///< weight of the newest of them
    [[nodiscard]] double say() const { return similarity * newest; }
};

class SessionKnnReader final : public Reader {
public:
    SessionKnnReader(const SessionKnn& model, const History& history)
        : m_model(model), m_recent(recentEntries(history, model.itemCount(), model.parts().weigher,
                                                 model.parts().recent, model.parts().decay)),
          m_near(nearest()), m_sums(model.itemCount(), 0.0)
    {
        for (const NearSession& near : m_near)
            for (const std::uint32_t item : model.parts().sessions.row(near.session).columns)
                m_sums[item] += near.say();
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        if (item.value >= m_model.itemCount() || m_sums[item.value] == 0)
            return m_model.parts().fallback.explain(item);
        Explanation why{{}, static_cast<double>(scoreOf(item))};
        for (const RecentEntry& entry : m_recent)
            if (const double adds = shareOf(entry, item.value); adds != 0)
                why.terms.push_back({TermKind::HistoryItem, ItemIndex{entry.item}, {}, adds});
        return why;
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_near.empty() ? PopularFallback::sentence() : std::string();
    }

private:
    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        if (item.value >= m_model.itemCount() || m_sums[item.value] == 0)
            return m_model.parts().fallback.score(item);
        return static_cast<float>(m_sums[item.value] * m_model.rarity(item.value));
    }

    /// What one entry adds: of the sessions near by that hold both it and the item, its weight times the newest's.
    [[nodiscard]] double shareOf(const RecentEntry& entry, std::uint32_t item) const
    {
        double sum = 0;
        for (const NearSession& near : m_near) {
            const auto items = m_model.parts().sessions.row(near.session).columns;
            if (std::ranges::binary_search(items, item) && std::ranges::binary_search(items, entry.item))
                sum += static_cast<double>(entry.weight) * near.newest;
        }
        return sum * m_model.rarity(item);
    }

    /// The newest sessions that share an entry, in ascending order.
    [[nodiscard]] std::vector<std::uint32_t> candidates() const
    {
        std::vector<std::uint32_t> all;
        for (const RecentEntry& entry : m_recent) {
            const auto sessions = m_model.sessionsOf(entry.item);
            const auto newest = sessions.last(std::min(sessions.size(), m_model.parts().sampled));
            all.insert(all.end(), newest.begin(), newest.end());
        }
        std::ranges::sort(all);
        const auto repeated = std::ranges::unique(all);
        all.erase(repeated.begin(), repeated.end());
        if (all.size() > m_model.parts().sampled)
            all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(m_model.parts().sampled));
        return all;
    }

    [[nodiscard]] std::vector<NearSession> nearest() const
    {
        std::vector<NearSession> all;
        for (const std::uint32_t session : candidates()) {
            NearSession near{session, 0, 0};
            const auto items = m_model.parts().sessions.row(session).columns;
            for (const RecentEntry& entry : m_recent)
                if (std::ranges::binary_search(items, entry.item)) {
                    near.similarity += static_cast<double>(entry.weight);
                    near.newest = std::max(near.newest, static_cast<double>(entry.weight));
                }
            all.push_back(near);
        }
        // Of equal similarity the newer session.
        const auto kept = std::min(all.size(), m_model.parts().neighbours);
        std::ranges::partial_sort(
            all, all.begin() + static_cast<std::ptrdiff_t>(kept), [](const NearSession& a, const NearSession& b) {
                return a.similarity != b.similarity ? a.similarity > b.similarity : a.session > b.session;
            });
        all.resize(kept);
        return all;
    }

    const SessionKnn& m_model;
    std::vector<RecentEntry> m_recent;
    std::vector<NearSession> m_near;
    std::vector<double> m_sums; ///< what the sessions say of each item, without its rarity
};

SessionKnn::SessionKnn(SessionKnnParts parts) : m_parts(std::move(parts)), m_byItem(m_parts.sessions.transposed()) {}

// At least one in a hundred, so that an item of every session does not vanish.
double SessionKnn::rarity(std::uint32_t item) const
{
    if (!m_parts.rare)
        return 1;
    const auto all = static_cast<double>(m_parts.sessions.rowCount());
    return std::log(all / static_cast<double>(std::max<std::size_t>(1, sessionsOf(item).size()))) + .01;
}

std::unique_ptr<Reader> SessionKnn::read(const Query& query) const
{
    return std::make_unique<SessionKnnReader>(*this, query.history);
}

Result<std::vector<Neighbour>> SessionKnn::similarItems(ItemIndex item, std::size_t n) const
{
    if (item.value >= itemCount())
        return error(Code::NotFound, "The model does not know this item", "Train it again with the item in the data");
    std::vector<std::uint32_t> together(itemCount(), 0);
    for (const std::uint32_t session : sessionsOf(item.value))
        for (const std::uint32_t other : m_parts.sessions.row(session).columns)
            ++together[other];
    std::vector<Neighbour> all;
    const auto own = static_cast<double>(sessionsOf(item.value).size());
    for (std::uint32_t other = 0; other < together.size(); ++other)
        if (other != item.value && together[other] > 0)
            all.push_back(
                {ItemIndex{other}, static_cast<float>(static_cast<double>(together[other]) /
                                                      std::sqrt(own * static_cast<double>(sessionsOf(other).size())))});
    std::ranges::stable_sort(all, std::ranges::greater{}, &Neighbour::similarity); // ties by index
    all.resize(std::min(n, all.size()));
    return all;
}

void SessionKnn::save(Artifact& artifact) const
{
    std::vector<std::uint32_t> sizes;
    for (std::size_t s = 0; s < m_parts.sessions.rowCount(); ++s)
        sizes.push_back(static_cast<std::uint32_t>(m_parts.sessions.row(s).size()));
    artifact.put("session-sizes", std::span<const std::uint32_t>(sizes));
    artifact.put("session-items", std::span<const std::uint32_t>(m_parts.sessions.columns));
    const std::int64_t settings[] = {
        static_cast<std::int64_t>(itemCount()),     static_cast<std::int64_t>(m_parts.neighbours),
        static_cast<std::int64_t>(m_parts.sampled), static_cast<std::int64_t>(m_parts.recent),
        static_cast<std::int64_t>(m_parts.decay),   m_parts.rare ? 1 : 0};
    artifact.put("settings", std::span<const std::int64_t>(settings));
    m_parts.weigher.save(artifact);
    m_parts.fallback.save(artifact);
}

/// One person's entries that count, oldest first, cut where the pause is longer than `gap` seconds.
void appendSessions(const Interactions::Row& row, const HistoryWeigher& weigher, Timestamp gap,
                    std::vector<std::pair<Timestamp, std::vector<std::uint32_t>>>& sessions)
{
    std::vector<std::pair<Timestamp, std::uint32_t>> events;
    for (std::size_t i = 0; i < row.size(); ++i)
        if (row.values[i] >= weigher.from())
            events.emplace_back(row.times[i], row.items[i].value);
    std::ranges::sort(events);
    for (std::size_t e = 0; e < events.size(); ++e) {
        const bool pause = e == 0 || (events[e - 1].first != noTime && events[e].first - events[e - 1].first > gap);
        if (pause)
            sessions.push_back({events[e].first, {}});
        sessions.back().first = events[e].first;
        sessions.back().second.push_back(events[e].second);
    }
}

SparseMatrix joined(std::vector<std::pair<Timestamp, std::vector<std::uint32_t>>> sessions, std::size_t items)
{
    std::ranges::stable_sort(sessions, {}, [](const auto& session) { return session.first; });
    SparseMatrix matrix;
    matrix.columnCount = items;
    for (auto& [ended, held] : sessions) {
        std::ranges::sort(held);
        matrix.columns.insert(matrix.columns.end(), held.begin(), held.end());
        matrix.starts.push_back(matrix.columns.size());
    }
    matrix.values.assign(matrix.columns.size(), 1.F);
    return matrix;
}

Result<ModelPtr> fitSessionKnn(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Interactions& interactions = input.train->interactions();
    const HistoryWeigher weigher(*input.train, Weighting::Binary, config->entries);
    std::vector<std::pair<Timestamp, std::vector<std::uint32_t>>> sessions;
    const auto gap = static_cast<Timestamp>(config->gapHours * 3600);
    for (std::uint32_t user = 0; user < interactions.users(); ++user) {
        if (user % 1024 == 0) {
            job.progress(double(user) / double(interactions.users()), "cutting histories into sessions");
            if (const auto alive = job.check(); !alive)
                return tl::unexpected(alive.error());
        }
        appendSessions(interactions.row(UserIndex{user}), weigher, gap, sessions);
    }
    if (sessions.empty())
        return error(Code::InvalidArgument, fmt::format("No rating is {:g} or higher", weigher.from()),
                     "Set entries to all, so that every rating counts", "entries");
    SessionKnnParts parts{joined(std::move(sessions), interactions.items()),
                          static_cast<std::size_t>(config->neighbours),
                          static_cast<std::size_t>(config->sampled),
                          static_cast<std::size_t>(config->recent),
                          config->decay,
                          config->rare,
                          weigher,
                          PopularFallback(interactions)};
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    return std::make_shared<const SessionKnn>(std::move(parts));
}

tl::unexpected<Error> corrupt(const std::string& where)
{
    return error(Code::Corrupt, "The stored model's '" + where + "' makes no sense", "Train the model again", where);
}

Status readSessions(const Artifact& artifact, std::size_t items, SparseMatrix& sessions)
{
    const auto sizes = artifact.indices("session-sizes", Artifact::anyLength, items + 1);
    if (!sizes)
        return tl::unexpected(sizes.error());
    sessions.columnCount = items;
    if (std::ranges::find(*sizes, 0U) != sizes->end())
        return corrupt("session-sizes"); // a session has something in it
    for (const std::uint32_t size : *sizes)
        sessions.starts.push_back(sessions.starts.back() + size);
    auto columns = artifact.indices("session-items", sessions.starts.back(), items);
    if (!columns)
        return tl::unexpected(columns.error());
    sessions.columns = std::move(*columns);
    sessions.values.assign(sessions.columns.size(), 1.F);
    for (std::size_t s = 0; s < sessions.rowCount(); ++s)
        if (std::ranges::adjacent_find(sessions.row(s).columns, std::ranges::greater_equal{}) !=
            sessions.row(s).columns.end())
            return corrupt("session-items");
    return {};
}

Result<ModelPtr> loadSessionKnn(const Artifact& artifact)
{
    const auto settings = artifact.integers("settings", 6);
    if (!settings)
        return tl::unexpected(settings.error());
    const auto& s = *settings;
    constexpr std::int64_t most = 1'000'000;
    if (s[0] < 1 || s[0] > 0xffff'ffffLL || s[1] < 1 || s[1] > most || s[2] < 1 || s[2] > most || s[3] < 1 ||
        s[3] > most || s[4] < 0 || s[4] > 3 || (s[5] != 0 && s[5] != 1))
        return corrupt("settings");
    SessionKnnParts parts;
    const auto items = static_cast<std::size_t>(s[0]);
    auto fallback = PopularFallback::load(artifact, items);
    if (!fallback)
        return tl::unexpected(fallback.error());
    if (const auto done = readSessions(artifact, items, parts.sessions); !done)
        return tl::unexpected(done.error());
    const auto weigher = HistoryWeigher::load(artifact);
    if (!weigher)
        return tl::unexpected(weigher.error());
    parts.neighbours = static_cast<std::size_t>(s[1]);
    parts.sampled = static_cast<std::size_t>(s[2]);
    parts.recent = static_cast<std::size_t>(s[3]);
    parts.decay = static_cast<PositionDecay>(s[4]);
    parts.rare = s[5] == 1;
    parts.weigher = *weigher;
    parts.fallback = std::move(*fallback);
    return std::make_shared<const SessionKnn>(std::move(parts));
}

Cost estimateSessionKnn(const DatasetShape& shape, const ParamSet& params)
{
    const auto config = table().read(params).value_or(SessionKnnConfig{});
    const double events = overlaps::cellsOf(shape, config.entries);
    return {events * 2e-7, static_cast<std::size_t>(100'000 + events * 44 + static_cast<double>(shape.items) * 8)};
}

} // namespace

Algorithm sessionKnnAlgorithm()
{
    Algorithm a;
    a.id = "session-knn";
    a.title = "Session kNN";
    a.family = "Sequences and sessions";
    a.summary = "Finds past sessions that hold what the person did last, and offers what else was in them. What was "
                "done last counts most, so the list follows a session as it goes on.";
    a.whenToUse =
        "In shops and news, where the present session tells more than the past, and as a strong simple bar for "
        "sequence models.";
    a.paper =
        "Ludewig & Jannach: Evaluation of session-based recommendation algorithms, User Modeling and User-Adapted "
        "Interaction 2018 (V-SKNN)";
    a.fallback = PopularFallback::declaration();
    a.needs = {Need::Times};
    a.params = table().specs();
    a.fit = fitSessionKnn;
    a.load = loadSessionKnn;
    a.estimate = estimateSessionKnn;
    return a;
}

} // namespace orrery
