// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/demographic/demographic.h"

#include "core/base/sparse_matrix.h"
#include "core/models/artifact.h"
#include "core/models/demographic/person_clusters.h"
#include "core/models/first_error.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double anyCount = 4'294'967'295;

struct DemographicConfig {
    int clusters = 20;
    double smoothing = 20;
};

const ParamTable<DemographicConfig>& table()
{
    static const auto declared =
        ParamTable<DemographicConfig>{}
            .number("clusters", "Clusters", "Into how many groups people are put; 5 to 50 is usual",
                    &DemographicConfig::clusters, 1, 1000, ParamScale::Logarithmic)
            .number("smoothing", "Smoothing",
                    "As if so many people who are like all were in each group; more for rare items and small groups",
                    &DemographicConfig::smoothing, 0, 1e6);
    return declared;
}

struct DemographicParts {
    PersonClusters clusters;
    std::vector<std::uint32_t> people; ///< of each cluster
    SparseMatrix used;                 ///< [clusters x items]: people of the cluster who used the item
    std::vector<std::uint32_t> all;    ///< people who used the item
    double everybody = 0;              ///< people who used anything
    double smoothing = 0;
};

class DemographicReader final : public Reader {
public:
    DemographicReader(const DemographicParts& parts, const Facts& who)
        : m_parts(parts), m_cluster(parts.clusters.of(who)), m_used(parts.all.size(), 0.F)
    {
        if (!m_cluster)
            return;
        const auto row = parts.used.row(*m_cluster);
        for (std::size_t n = 0; n < row.size(); ++n)
            m_used[row.columns[n]] = row.values[n];
        m_people = parts.people[*m_cluster];
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) {
            return item.value < m_used.size() ? static_cast<float>(alike(item) + all(item))
                                              : std::numeric_limits<float>::quiet_NaN();
        });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation why;
        if (item.value >= m_used.size())
            return why;
        why.score = alike(item) + all(item);
        if (m_cluster)
            why.terms.push_back(
                {TermKind::Attribute,
                 {},
                 fmt::format("used by {:.0f} of {:.0f} people alike ({})", static_cast<double>(m_used[item.value]),
                             m_people, m_parts.clusters.label(*m_cluster)),
                 alike(item)});
        why.terms.push_back({TermKind::Popularity, {}, "share of all people who used it", all(item)});
        return why;
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_cluster ? std::string()
                         : "Nothing that is said of this person is known of others, so these are the items most people "
                           "used.";
    }
    [[nodiscard]] std::vector<SourceShare> sources() const override
    {
        const double own = m_cluster ? m_people / (m_people + m_parts.smoothing) : 0;
        return {{"all people", 1 - own, "always"},
                {"people alike", own, m_cluster ? m_parts.clusters.label(*m_cluster) : "nothing known"}};
    }

private:
    /// Of nobody alike the cluster's part is 0 / (0 + m), or nothing where m is 0, too: then all people count in full.
    [[nodiscard]] double weightOfAll() const
    {
        const double whole = m_people + m_parts.smoothing;
        return m_cluster && whole > 0 ? m_parts.smoothing / whole : 1;
    }
    [[nodiscard]] double alike(ItemIndex item) const
    {
        const double whole = m_people + m_parts.smoothing;
        return whole > 0 ? static_cast<double>(m_used[item.value]) / whole : 0;
    }
    [[nodiscard]] double all(ItemIndex item) const
    {
        return weightOfAll() * m_parts.all[item.value] / std::max(1.0, m_parts.everybody);
    }

    const DemographicParts& m_parts;
    std::optional<std::uint32_t> m_cluster;
    std::vector<float> m_used; ///< one an item
    double m_people = 0;       ///< of the cluster
};

class Demographic final : public Model {
public:
    explicit Demographic(DemographicParts parts) : m_parts(std::move(parts)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override
    {
        return std::make_unique<DemographicReader>(m_parts, query.who);
    }
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] Capabilities capabilities() const override { return demographicAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.all.size(); }
    void save(Artifact& artifact) const override
    {
        m_parts.clusters.save(artifact);
        artifact.putNumber("items", static_cast<double>(m_parts.all.size()));
        artifact.putNumber("everybody", m_parts.everybody);
        artifact.putNumber("smoothing", m_parts.smoothing);
        artifact.put("people", std::span<const std::uint32_t>(m_parts.people));
        artifact.put("all", std::span<const std::uint32_t>(m_parts.all));
        std::vector<std::uint32_t> starts;
        std::ranges::transform(m_parts.used.starts, std::back_inserter(starts),
                               [](std::uint64_t start) { return static_cast<std::uint32_t>(start); });
        artifact.put("used-starts", std::span<const std::uint32_t>(starts));
        artifact.put("used-items", std::span<const std::uint32_t>(m_parts.used.columns));
        artifact.put("used-people", std::span<const float>(m_parts.used.values));
    }

private:
    DemographicParts m_parts;
};

/// Adds up what each person used, by cluster and by all.
Status count(DemographicParts& parts, const Dataset& dataset, const JobContext& job)
{
    const Interactions& all = dataset.interactions();
    std::vector<std::vector<std::uint32_t>> members(parts.clusters.size());
    parts.people.assign(parts.clusters.size(), 0);
    parts.all.assign(dataset.itemCount(), 0);
    for (std::uint32_t user = 0; user < all.users(); ++user) {
        if (const auto alive = user % 1024 == 0 ? job.check() : Status{}; !alive)
            return alive;
        const auto row = all.row(UserIndex{user});
        bool used = false;
        for (std::size_t n = 0; n < row.size(); ++n)
            if (row.values[n] > 0) {
                ++parts.all[row.items[n].value];
                used = true;
            }
        if (!used)
            continue;
        ++parts.everybody;
        if (const auto cluster = parts.clusters.of(factsOf(dataset, UserIndex{user}))) {
            ++parts.people[*cluster];
            members[*cluster].push_back(user);
        }
    }
    parts.used.columnCount = dataset.itemCount();
    std::vector<float> used(dataset.itemCount());
    for (const auto& cluster : members) {
        std::ranges::fill(used, 0.F);
        for (const std::uint32_t user : cluster) {
            const auto row = all.row(UserIndex{user});
            for (std::size_t n = 0; n < row.size(); ++n)
                used[row.items[n].value] += row.values[n] > 0 ? 1.F : 0.F;
        }
        for (std::uint32_t item = 0; item < used.size(); ++item)
            if (used[item] > 0) {
                parts.used.columns.push_back(item);
                parts.used.values.push_back(used[item]);
            }
        parts.used.starts.push_back(parts.used.columns.size());
        if (const auto alive = job.check(); !alive)
            return alive;
    }
    return {};
}

Result<ModelPtr> fitDemographic(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    job.progress(0, "grouping people");
    auto clusters = PersonClusters::learn(*input.train, static_cast<std::size_t>(config->clusters), job.part(0, .5));
    if (!clusters)
        return tl::unexpected(clusters.error());
    DemographicParts parts;
    parts.clusters = std::move(*clusters);
    parts.smoothing = config->smoothing;
    job.progress(.5, "counting");
    if (const auto counted = count(parts, *input.train, job); !counted)
        return tl::unexpected(counted.error());
    return std::make_shared<const Demographic>(std::move(parts));
}

tl::unexpected<Error> corrupt(const std::string& where)
{
    return error(Code::Corrupt, "The stored model's counts make no sense", "Train the model again", where);
}

Status readUsed(const Artifact& artifact, SparseMatrix& used, std::size_t clusters)
{
    const auto starts = artifact.indices("used-starts", clusters + 1, std::uint64_t{1} << 32);
    if (!starts)
        return tl::unexpected(starts.error());
    if (starts->front() != 0 || !std::ranges::is_sorted(*starts))
        return corrupt("used-starts");
    auto columns = artifact.indices("used-items", starts->back(), used.columnCount);
    auto values = artifact.floats("used-people", starts->back());
    if (const Error* failed = firstError(columns, values))
        return tl::unexpected(*failed);
    used.starts.assign(starts->begin(), starts->end());
    used.columns = std::move(*columns);
    used.values = std::move(*values);
    return {};
}

Result<ModelPtr> loadDemographic(const Artifact& artifact)
{
    auto clusters = PersonClusters::load(artifact);
    const auto items = artifact.number("items"), everybody = artifact.number("everybody");
    const auto smoothing = artifact.number("smoothing");
    if (const Error* failed = firstError(clusters, items, everybody, smoothing))
        return tl::unexpected(*failed);
    const auto counts = [](double value) { return value >= 0 && value <= anyCount; };
    if (!counts(*items) || *items != std::floor(*items) || !counts(*everybody) || !counts(*smoothing))
        return corrupt("items");
    DemographicParts parts;
    parts.clusters = std::move(*clusters);
    parts.everybody = *everybody;
    parts.smoothing = *smoothing;
    auto people = artifact.indices("people", parts.clusters.size(), std::uint64_t{1} << 32);
    auto all = artifact.indices("all", static_cast<std::size_t>(*items), std::uint64_t{1} << 32);
    if (const Error* failed = firstError(people, all))
        return tl::unexpected(*failed);
    parts.people = std::move(*people);
    parts.all = std::move(*all);
    parts.used.columnCount = parts.all.size();
    if (const auto used = readUsed(artifact, parts.used, parts.clusters.size()); !used)
        return tl::unexpected(used.error());
    return std::make_shared<const Demographic>(std::move(parts));
}

Cost estimateDemographic(const DatasetShape& shape, const ParamSet& params)
{
    const DemographicConfig config = table().read(params).value_or(DemographicConfig{});
    const auto cells = std::min(static_cast<double>(shape.interactions),
                                static_cast<double>(config.clusters) * static_cast<double>(shape.items));
    const auto people = static_cast<double>(shape.people);
    return {people * (2e-6 + 5e-8 * config.clusters) + static_cast<double>(shape.interactions) * 1e-8,
            static_cast<std::size_t>(cells * 12 + static_cast<double>(shape.items) * 8 + people * 8) + 60'000};
}

} // namespace

Algorithm demographicAlgorithm()
{
    Algorithm a;
    a.id = "demographic";
    a.title = "Popular among people alike";
    a.family = "Non-personal";
    a.summary = "Puts people into groups by what is known of them, such as country, age and occupation. Everybody gets "
                "what is popular in their group, and small groups are held to what is popular with all.";
    a.whenToUse = "For people who have done nothing yet but of whom something is known.";
    a.paper = "Pazzani: A framework for collaborative, content-based and demographic filtering, Artificial "
              "Intelligence Review 1999";
    a.fallback = "The same list for everybody of whom nothing is known: the items most people used.";
    a.can.personal = false;
    a.can.facts = true;
    a.can.similarItems = false;
    a.can.reason = "Groups of people have no notion of similar items.";
    a.needs = {Need::PeopleFacts};
    a.params = table().specs();
    a.fit = fitDemographic;
    a.load = loadDemographic;
    a.estimate = estimateDemographic;
    return a;
}

} // namespace orrery
