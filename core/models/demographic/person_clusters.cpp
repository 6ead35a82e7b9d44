// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/demographic/person_clusters.h"

#include "core/models/artifact.h"
#include "core/models/first_error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr std::size_t leastPeople = 2, mostRounds = 50, mostGroups = 1000, mostClusters = 1000, labelFacts = 3;
constexpr double mostFeatures = 1e6;
using Cells = std::vector<FactFeatures::Cell>;

tl::unexpected<Error> corrupt(const std::string& where)
{
    return error(Code::Corrupt, "The stored groups of people make no sense", "Train the model again", where);
}

std::optional<double> numberIn(std::string_view text)
{
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failed == std::errc{} && end == text.data() + text.size() && std::isfinite(value) ? std::optional(value)
                                                                                             : std::nullopt;
}

/// Between ranges that hold about as many people each; empty where there are too few different numbers.
std::vector<double> boundsOf(const NumberColumn& column, std::size_t ranges)
{
    std::vector<double> sorted;
    std::ranges::copy_if(column.values, std::back_inserter(sorted), [](double value) { return std::isfinite(value); });
    std::ranges::sort(sorted);
    std::vector<double> bounds;
    for (std::size_t r = 1; r < ranges && !sorted.empty(); ++r)
        if (const double bound = sorted[r * sorted.size() / ranges]; bound > sorted.front())
            bounds.push_back(bound);
    bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
    return bounds;
}

std::map<std::string, std::size_t, std::less<>> peopleByTag(const TagColumn& column, std::size_t people)
{
    std::map<std::string, std::size_t, std::less<>> counts;
    for (std::size_t person = 0; person < people; ++person)
        for (const std::uint32_t tag : column.row(person))
            ++counts[std::string(column.vocabulary.name(tag))];
    return counts;
}

std::map<std::string, std::size_t, std::less<>> peopleByText(const TextColumn& column)
{
    std::map<std::string, std::size_t, std::less<>> counts;
    for (const std::string& text : column.values)
        if (!text.empty())
            ++counts[text];
    return counts;
}

/// A set of facts, and how many people it is true of.
struct Profile {
    Cells cells;
    double people = 0;
};

std::vector<Profile> profilesOf(const Dataset& dataset, const FactFeatures& features)
{
    std::map<std::vector<std::pair<std::uint32_t, float>>, double> counts;
    for (std::uint32_t person = 0; person < dataset.personCount(); ++person) {
        std::vector<std::pair<std::uint32_t, float>> key;
        for (const auto& [feature, value] : features.of(factsOf(dataset, UserIndex{person})))
            key.emplace_back(feature, value);
        if (!key.empty())
            ++counts[std::move(key)];
    }
    std::vector<Profile> profiles;
    for (const auto& [key, people] : counts) {
        profiles.push_back({{}, people});
        for (const auto& [feature, value] : key)
            profiles.back().cells.push_back({feature, value});
    }
    return profiles;
}

double squaredLength(const Cells& cells)
{
    return std::accumulate(cells.begin(), cells.end(), 0.0, [](double sum, const FactFeatures::Cell& cell) {
        return sum + static_cast<double>(cell.value) * static_cast<double>(cell.value);
    });
}

double dotOf(const Cells& cells, std::span<const double> centre)
{
    return std::accumulate(cells.begin(), cells.end(), 0.0, [&](double sum, const FactFeatures::Cell& cell) {
        return sum + static_cast<double>(cell.value) * centre[cell.feature];
    });
}

/// Centres and who belongs to them.
class KMeans {
public:
    KMeans(const std::vector<Profile>& profiles, std::size_t features, std::size_t clusters)
        : m_profiles(profiles), m_features(features), m_clusters(std::min(clusters, profiles.size())),
          m_of(profiles.size(), 0)
    {
    }

    /// Errors: Cancelled.
    Status run(const JobContext& job)
    {
        if (const auto chosen = chooseCentres(job); !chosen)
            return chosen;
        for (std::size_t round = 0; round < mostRounds; ++round) {
            bool moved = round == 0;
            for (std::size_t p = 0; p < m_profiles.size(); ++p) {
                if (const auto alive = p % betweenChecks == 0 ? job.check() : Status{}; !alive)
                    return alive;
                const std::size_t nearest = nearestTo(p);
                moved = moved || nearest != m_of[p];
                m_of[p] = nearest;
            }
            if (!moved)
                break;
            moveCentres();
        }
        return {};
    }

    [[nodiscard]] Matrix centres() const
    {
        Matrix out(m_centres.size(), m_features);
        for (std::size_t c = 0; c < m_centres.size(); ++c)
            std::ranges::transform(m_centres[c], out.row(c).begin(), [](double x) { return static_cast<float>(x); });
        return out;
    }

private:
    static constexpr std::size_t betweenChecks = 1024; ///< profiles

    /// The heaviest profile, and then each time the one that is farthest from all centres, by its weight.
    Status chooseCentres(const JobContext& job)
    {
        std::vector<double> distances(m_profiles.size(), std::numeric_limits<double>::infinity());
        for (std::size_t next = heaviest(); m_centres.size() < m_clusters; next = farthest(distances)) {
            job.progress(static_cast<double>(m_centres.size()) / static_cast<double>(m_clusters), "choosing groups");
            addCentre(m_profiles[next]);
            for (std::size_t p = 0; p < m_profiles.size(); ++p) {
                if (const auto alive = p % betweenChecks == 0 ? job.check() : Status{}; !alive)
                    return alive;
                distances[p] = std::min(distances[p], distance(p, m_centres.size() - 1));
            }
        }
        return {};
    }
    [[nodiscard]] std::size_t heaviest() const
    {
        return static_cast<std::size_t>(std::ranges::max_element(m_profiles, {}, &Profile::people) -
                                        m_profiles.begin());
    }
    [[nodiscard]] std::size_t farthest(const std::vector<double>& distances) const
    {
        std::size_t best = 0;
        for (std::size_t p = 1; p < distances.size(); ++p)
            if (distances[p] * m_profiles[p].people > distances[best] * m_profiles[best].people)
                best = p;
        return best;
    }
    void addCentre(const Profile& profile)
    {
        m_centres.emplace_back(m_features, 0.0);
        for (const auto& [feature, value] : profile.cells)
            m_centres.back()[feature] = static_cast<double>(value);
        m_lengths.push_back(squaredLength(profile.cells));
    }
    [[nodiscard]] double distance(std::size_t profile, std::size_t centre) const
    {
        const Cells& cells = m_profiles[profile].cells;
        return std::max(0.0, squaredLength(cells) - 2 * dotOf(cells, m_centres[centre]) + m_lengths[centre]);
    }
    [[nodiscard]] std::size_t nearestTo(std::size_t profile) const
    {
        std::size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < m_centres.size(); ++c)
            if (const double far = distance(profile, c); far < least) {
                least = far;
                best = c;
            }
        return best;
    }
    /// A centre that nobody is nearest to stays where it is.
    void moveCentres()
    {
        std::vector<std::vector<double>> sums(m_centres.size(), std::vector<double>(m_features, 0.0));
        std::vector<double> people(m_centres.size(), 0.0);
        for (std::size_t p = 0; p < m_profiles.size(); ++p) {
            people[m_of[p]] += m_profiles[p].people;
            for (const auto& [feature, value] : m_profiles[p].cells)
                sums[m_of[p]][feature] += m_profiles[p].people * static_cast<double>(value);
        }
        for (std::size_t c = 0; c < m_centres.size(); ++c) {
            if (people[c] == 0)
                continue;
            std::ranges::transform(sums[c], m_centres[c].begin(), [&](double sum) { return sum / people[c]; });
            m_lengths[c] = std::inner_product(m_centres[c].begin(), m_centres[c].end(), m_centres[c].begin(), 0.0);
        }
    }

    const std::vector<Profile>& m_profiles;
    std::size_t m_features, m_clusters;
    std::vector<std::size_t> m_of;
    std::vector<std::vector<double>> m_centres;
    std::vector<double> m_lengths; ///< squared
};

std::vector<float> averageOf(const std::vector<Profile>& profiles, std::size_t features)
{
    std::vector<double> sums(features, 0.0);
    double people = 0;
    for (const Profile& profile : profiles) {
        people += profile.people;
        for (const auto& [feature, value] : profile.cells)
            sums[feature] += profile.people * static_cast<double>(value);
    }
    std::vector<float> average(features, 0.F);
    std::ranges::transform(sums, average.begin(),
                           [people](double sum) { return people > 0 ? static_cast<float>(sum / people) : 0.F; });
    return average;
}

Result<std::size_t> wholeUpTo(const Artifact& artifact, const std::string& name, double most)
{
    const auto number = artifact.number(name);
    if (!number)
        return tl::unexpected(number.error());
    if (!(*number >= 0 && *number <= most) || *number != std::floor(*number))
        return corrupt(name);
    return static_cast<std::size_t>(*number);
}

} // namespace

std::optional<std::uint32_t> FactFeatures::Group::find(const std::string& value) const
{
    if (!bounds.empty()) {
        const auto number = numberIn(value);
        return number ? std::optional(first + static_cast<std::uint32_t>(std::ranges::upper_bound(bounds, *number) -
                                                                         bounds.begin()))
                      : std::nullopt;
    }
    const auto place = places.find(value);
    return place == places.end() ? std::nullopt : std::optional(first + place->second);
}

FactFeatures::FactFeatures(const Dataset& dataset)
{
    for (const AttributeColumn& column : dataset.people().columns()) {
        if (m_groups.size() == mostGroups)
            return;
        if (const auto* numbers = std::get_if<NumberColumn>(&column.data)) {
            if (auto bounds = boundsOf(*numbers, ranges); !bounds.empty())
                add({column.name, 0, std::move(bounds), {}, {}});
        } else if (const auto* tags = std::get_if<TagColumn>(&column.data))
            addWords(column.name, peopleByTag(*tags, dataset.personCount()));
        else
            addWords(column.name, peopleByText(std::get<TextColumn>(column.data)));
    }
}

void FactFeatures::add(Group group)
{
    group.first = static_cast<std::uint32_t>(size());
    for (std::uint32_t word = 0; word < group.words.size(); ++word)
        group.places.emplace(group.words[word], word);
    m_groups.push_back(std::move(group));
}

void FactFeatures::addWords(const std::string& name, const std::map<std::string, std::size_t, std::less<>>& people)
{
    std::vector<std::pair<std::string, std::size_t>> shared;
    std::ranges::copy_if(people, std::back_inserter(shared),
                         [](const auto& word) { return word.second >= leastPeople; });
    std::ranges::stable_sort(shared, std::greater{}, &std::pair<std::string, std::size_t>::second);
    shared.resize(std::min(shared.size(), mostWords));
    Group group{name, 0, {}, {}, {}};
    for (auto& [word, count] : shared)
        group.words.push_back(std::move(word));
    if (!group.words.empty())
        add(std::move(group));
}

std::vector<FactFeatures::Cell> FactFeatures::of(const Facts& who) const
{
    std::vector<Cell> cells;
    for (const Group& group : m_groups) {
        std::vector<std::uint32_t> held;
        for (const Fact& fact : who)
            if (fact.name == group.name)
                if (const auto feature = group.find(fact.value))
                    held.push_back(*feature);
        std::ranges::sort(held);
        held.erase(std::unique(held.begin(), held.end()), held.end());
        for (const std::uint32_t feature : held)
            cells.push_back({feature, static_cast<float>(1 / std::sqrt(static_cast<double>(held.size())))});
    }
    return cells;
}

std::size_t FactFeatures::groupOf(std::uint32_t feature) const
{
    const auto after = std::ranges::upper_bound(m_groups, feature, {}, &Group::first);
    return static_cast<std::size_t>(after - m_groups.begin()) - 1;
}

std::string FactFeatures::label(std::uint32_t feature) const
{
    const Group& group = m_groups[groupOf(feature)];
    const std::size_t place = feature - group.first;
    if (group.bounds.empty())
        return fmt::format("{} {}", group.name, group.words[place]);
    if (place == 0)
        return fmt::format("{} below {:.6g}", group.name, group.bounds.front());
    if (place == group.bounds.size())
        return fmt::format("{} from {:.6g}", group.name, group.bounds.back());
    return fmt::format("{} from {:.6g} to below {:.6g}", group.name, group.bounds[place - 1], group.bounds[place]);
}

void FactFeatures::save(Artifact& artifact) const
{
    artifact.putNumber("fact-groups", static_cast<double>(m_groups.size()));
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        const std::string prefix = fmt::format("fact-group-{}/", g);
        artifact.putText(prefix + "name", m_groups[g].name);
        artifact.putNumber(prefix + "bound-count", static_cast<double>(m_groups[g].bounds.size()));
        if (!m_groups[g].bounds.empty())
            artifact.put(prefix + "bounds", std::span<const double>(m_groups[g].bounds));
        artifact.putNumber(prefix + "words", static_cast<double>(m_groups[g].words.size()));
        for (std::size_t word = 0; word < m_groups[g].words.size(); ++word)
            artifact.putText(fmt::format("{}word-{}", prefix, word), m_groups[g].words[word]);
    }
}

Result<FactFeatures> FactFeatures::load(const Artifact& artifact)
{
    const auto groups = wholeUpTo(artifact, "fact-groups", mostGroups);
    if (!groups)
        return tl::unexpected(groups.error());
    FactFeatures features;
    for (std::size_t g = 0; g < *groups; ++g) {
        const std::string prefix = fmt::format("fact-group-{}/", g);
        const auto name = artifact.text(prefix + "name");
        const auto bounds = wholeUpTo(artifact, prefix + "bound-count", ranges);
        const auto words = wholeUpTo(artifact, prefix + "words", mostWords);
        if (const Error* failed = firstError(name, bounds, words))
            return tl::unexpected(*failed);
        Result<std::vector<double>> values;
        if (*bounds > 0)
            values = artifact.doubles(prefix + "bounds", *bounds);
        if (!values)
            return tl::unexpected(values.error());
        Group group{*name, 0, std::move(*values), {}, {}};
        for (std::size_t word = 0; word < *words; ++word) {
            auto text = artifact.text(fmt::format("{}word-{}", prefix, word));
            if (!text)
                return tl::unexpected(text.error());
            group.words.push_back(std::move(*text));
        }
        if (!std::ranges::is_sorted(group.bounds) || group.bounds.empty() == group.words.empty())
            return corrupt(prefix);
        features.add(std::move(group));
    }
    return features;
}

Result<PersonClusters> PersonClusters::learn(const Dataset& dataset, std::size_t clusters, const JobContext& job)
{
    PersonClusters learnt;
    learnt.m_features = FactFeatures(dataset);
    const auto profiles = profilesOf(dataset, learnt.m_features);
    learnt.m_average = averageOf(profiles, learnt.m_features.size());
    if (!profiles.empty()) {
        KMeans means(profiles, learnt.m_features.size(), clusters);
        if (const auto done = means.run(job); !done)
            return tl::unexpected(done.error());
        learnt.m_centres = means.centres();
    }
    learnt.describe();
    return learnt;
}

std::optional<std::uint32_t> PersonClusters::of(const Facts& who) const
{
    const auto cells = m_features.of(who);
    if (cells.empty())
        return std::nullopt;
    std::vector<std::size_t> told;
    std::ranges::transform(cells, std::back_inserter(told),
                           [this](const FactFeatures::Cell& cell) { return m_features.groupOf(cell.feature); });
    told.erase(std::unique(told.begin(), told.end()), told.end());
    std::optional<std::uint32_t> best;
    double least = 0;
    for (std::uint32_t c = 0; c < size(); ++c) {
        double far = 0;
        for (const std::size_t group : told)
            far += static_cast<double>(m_norms.row(c)[group]);
        for (const auto& [feature, value] : cells)
            far -= 2 * static_cast<double>(value) * static_cast<double>(m_centres.row(c)[feature]);
        if (!best || far < least) {
            least = far;
            best = c;
        }
    }
    return best;
}

void PersonClusters::describe()
{
    m_norms = Matrix(size(), m_features.groupCount());
    m_labels.clear();
    for (std::size_t c = 0; c < size(); ++c) {
        const auto centre = std::as_const(m_centres).row(c);
        std::vector<std::uint32_t> common;
        for (std::uint32_t f = 0; f < centre.size(); ++f) {
            m_norms.row(c)[m_features.groupOf(f)] += centre[f] * centre[f];
            if (centre[f] >= .5F)
                common.push_back(f);
        }
        std::ranges::stable_sort(common, std::greater{}, [&](std::uint32_t f) { return centre[f] - m_average[f]; });
        common.resize(std::min(common.size(), labelFacts));
        std::vector<std::string> facts;
        std::ranges::transform(common, std::back_inserter(facts),
                               [this](std::uint32_t f) { return m_features.label(f); });
        m_labels.push_back(facts.empty() ? fmt::format("group {}", c + 1) : fmt::format("{}", fmt::join(facts, ", ")));
    }
}

void PersonClusters::save(Artifact& artifact) const
{
    m_features.save(artifact);
    artifact.putNumber("clusters", static_cast<double>(size()));
    artifact.put("centres", m_centres.all());
    artifact.put("average", std::span<const float>(m_average));
}

Result<PersonClusters> PersonClusters::load(const Artifact& artifact)
{
    auto features = FactFeatures::load(artifact);
    const auto clusters = wholeUpTo(artifact, "clusters", mostClusters);
    if (const Error* failed = firstError(features, clusters))
        return tl::unexpected(*failed);
    const std::size_t length = features->size();
    if (static_cast<double>(length) > mostFeatures || (length == 0) != (*clusters == 0))
        return corrupt("clusters");
    const auto centres = artifact.floats("centres", *clusters * length);
    auto average = artifact.floats("average", length);
    if (const Error* failed = firstError(centres, average))
        return tl::unexpected(*failed);
    PersonClusters read;
    read.m_features = std::move(*features);
    read.m_centres = Matrix(*clusters, length);
    std::ranges::copy(*centres, read.m_centres.all().begin());
    read.m_average = std::move(*average);
    read.describe();
    return read;
}

} // namespace orrery
