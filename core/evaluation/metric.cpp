// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/metric.h"

#include "core/evaluation/metric_functions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr std::size_t largestCut = 1000;

struct Metric {
    MetricDeclaration declaration;
    MetricFunctions functions;
};

// What most metrics have in common is said once.
constexpr auto rankingEdge =
    "People without a relevant test item are left out and counted. A list that is shorter than "
    "k has no hits past its end. Equal scores are ordered by item index.";
constexpr auto ratingEdge =
    "All test ratings count alike, whoever gave them. A prediction is kept within the rating scale; "
    "where the model cannot predict, the mean of the training ratings stands in, and such ratings "
    "are counted.";

double number(std::size_t value) { return static_cast<double>(value); }

double hitCount(const RankedPerson& person)
{
    return number(static_cast<std::size_t>(std::accumulate(person.hits.begin(), person.hits.end(), 0)));
}

// 1 / log2(place + 1); a table, because the logarithm would be most of an evaluation's arithmetic.
double discount(std::size_t place)
{
    static const auto table = [] {
        std::array<double, largestCut + 1> values{};
        for (std::size_t i = 1; i < values.size(); ++i)
            values[i] = 1 / std::log2(number(i) + 1);
        return values;
    }();
    return table[place];
}

Metric precision()
{
    Metric m{{"precision", "Precision"}, {}};
    m.declaration.formula = "hits in the first k / k";
    m.declaration.edge = rankingEdge;
    m.declaration.source =
        "Herlocker, Konstan, Terveen & Riedl: Evaluating collaborative filtering recommender systems, "
        "ACM TOIS 2004";
    m.declaration.meaning = "The share of the recommended items that the person then really liked.";
    m.declaration.isShare = true;
    m.functions.ranking = [](const RankedPerson& person) { return hitCount(person) / number(person.k); };
    return m;
}

Metric recall()
{
    Metric m{{"recall", "Recall"}, {}};
    m.declaration.formula = "hits in the first k / n, where n is how many test items are relevant to the person";
    m.declaration.edge = std::string(rankingEdge) + " With more than k relevant items it cannot reach 1.";
    m.declaration.source =
        "Herlocker, Konstan, Terveen & Riedl: Evaluating collaborative filtering recommender systems, "
        "ACM TOIS 2004";
    m.declaration.meaning = "The share of what the person then liked that the list had found.";
    m.declaration.isShare = true;
    m.functions.ranking = [](const RankedPerson& person) { return hitCount(person) / number(person.relevant); };
    return m;
}

Metric cappedRecall()
{
    Metric m{{"recall-capped", "Capped recall"}, {}};
    m.declaration.formula =
        "hits in the first k / min(k, n), where n is how many test items are relevant to the person";
    m.declaration.edge = std::string(rankingEdge) + " The best possible list always reaches 1.";
    m.declaration.source = "Liang, Krishnan, Hoffman & Jebara: Variational autoencoders for collaborative filtering, "
                           "WWW 2018";
    m.declaration.meaning = "How much of what could have been found in a list of this length was found.";
    m.declaration.isShare = true;
    m.functions.ranking = [](const RankedPerson& person) {
        return hitCount(person) / number(std::min(person.k, person.relevant));
    };
    return m;
}

Metric ndcg()
{
    Metric m{{"ndcg", "NDCG"}, {}};
    m.declaration.formula =
        "sum over hits at place i of 1 / log2(i + 1), divided by the same sum over places 1 to min(k, n)";
    m.declaration.edge = std::string(rankingEdge) + " An item is relevant or not: gains are 1 and 0.";
    m.declaration.source = "J\u00e4rvelin & Kek\u00e4l\u00e4inen: Cumulated gain-based evaluation of IR techniques, "
                           "ACM TOIS 2002";
    m.declaration.meaning = "How good the order of the list is: hits near the top count more; 1 is a perfect list.";
    m.functions.ranking = [](const RankedPerson& person) {
        double gain = 0, ideal = 0;
        for (std::size_t i = 0; i < person.hits.size(); ++i)
            gain += person.hits[i] ? discount(i + 1) : 0;
        for (std::size_t i = 1; i <= std::min(person.k, person.relevant); ++i)
            ideal += discount(i);
        return gain / ideal;
    };
    return m;
}

Metric meanAveragePrecision()
{
    Metric m{{"map", "MAP"}, {}};
    m.declaration.formula = "sum over hits at place i <= k of (hits in the first i) / i, divided by min(k, n)";
    m.declaration.edge = std::string(rankingEdge) + " The denominator is min(k, n), so that a perfect list reaches 1.";
    m.declaration.source = "McFee, Bertin-Mahieux, Ellis & Lanckriet: The Million Song Dataset Challenge, WWW 2012";
    m.declaration.meaning = "Precision, averaged over the places where something was found: early hits count more.";
    m.functions.ranking = [](const RankedPerson& person) {
        double found = 0, sum = 0;
        for (std::size_t i = 0; i < person.hits.size(); ++i)
            if (person.hits[i])
                sum += ++found / number(i + 1);
        return sum / number(std::min(person.k, person.relevant));
    };
    return m;
}

Metric reciprocalRank()
{
    Metric m{{"mrr", "MRR"}, {}};
    m.declaration.formula = "1 / place of the first hit in the first k; 0 without one";
    m.declaration.edge = rankingEdge;
    m.declaration.source = "Voorhees: The TREC-8 question answering track report, TREC 1999";
    m.declaration.meaning = "How near to the top the first good recommendation is: 1 is the top, 0.5 the second place.";
    m.functions.ranking = [](const RankedPerson& person) {
        const auto first = std::ranges::find(person.hits, 1);
        return first == person.hits.end() ? 0 : 1 / number(static_cast<std::size_t>(first - person.hits.begin()) + 1);
    };
    return m;
}

Metric hitRate()
{
    Metric m{{"hit-rate", "Hit rate"}, {}};
    m.declaration.formula = "1 with at least one hit in the first k, else 0";
    m.declaration.edge = rankingEdge;
    m.declaration.source = "Deshpande & Karypis: Item-based top-N recommendation algorithms, ACM TOIS 2004";
    m.declaration.meaning = "The share of people whose list holds at least one item that they then liked.";
    m.declaration.isShare = true;
    m.functions.ranking = [](const RankedPerson& person) { return hitCount(person) > 0 ? 1. : 0.; };
    return m;
}

Metric rmse()
{
    Metric m{{"rmse", "RMSE"}, {}};
    m.declaration.formula = "square root of the mean of (predicted - true)^2 over all test ratings";
    m.declaration.edge = ratingEdge;
    m.declaration.source =
        "Herlocker, Konstan, Terveen & Riedl: Evaluating collaborative filtering recommender systems, "
        "ACM TOIS 2004";
    m.declaration.meaning = "How far predicted ratings are off, in stars; large errors weigh more.";
    m.declaration.kind = MetricKind::Rating;
    m.declaration.hasCut = false;
    m.declaration.higherIsBetter = false;
    m.functions.error = [](double e) { return e * e; };
    m.functions.finish = [](double mean) { return std::sqrt(mean); };
    m.functions.unfinish = [](double value) { return value * value; };
    return m;
}

Metric mae()
{
    Metric m{{"mae", "MAE"}, {}};
    m.declaration.formula = "mean of |predicted - true| over all test ratings";
    m.declaration.edge = ratingEdge;
    m.declaration.source =
        "Herlocker, Konstan, Terveen & Riedl: Evaluating collaborative filtering recommender systems, "
        "ACM TOIS 2004";
    m.declaration.meaning = "How far predicted ratings are off on average, in stars.";
    m.declaration.kind = MetricKind::Rating;
    m.declaration.hasCut = false;
    m.declaration.higherIsBetter = false;
    m.functions.error = [](double e) { return std::abs(e); };
    m.functions.finish = [](double mean) { return mean; };
    m.functions.unfinish = [](double value) { return value; };
    return m;
}

std::size_t shownPlaces(const ShownLists& shown)
{
    return std::accumulate(shown.exposure.begin(), shown.exposure.end(), std::size_t{0});
}

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

Metric coverage()
{
    Metric m{{"coverage", "Coverage"}, {}};
    m.declaration.formula = "different items in the first k of all lists / items in the catalog";
    m.declaration.edge =
        "The lists are those of the people whom the ranking metrics judge; few people cannot cover a large "
        "catalog. No interval: people drawn again would always cover less.";
    m.declaration.source =
        "Ge, Delgado-Battenfeld & Jannach: Beyond accuracy: evaluating recommender systems by coverage "
        "and serendipity, RecSys 2010";
    m.declaration.meaning = "The share of the catalog that anybody gets to see.";
    m.declaration.kind = MetricKind::Catalog;
    m.declaration.isShare = true;
    m.functions.catalog = [](const ShownLists& shown) {
        const auto different = std::ranges::count_if(shown.exposure, [](auto lists) { return lists > 0; });
        return shownPlaces(shown) == 0 ? undefined
                                       : number(static_cast<std::size_t>(different)) / number(shown.exposure.size());
    };
    return m;
}

Metric novelty()
{
    Metric m{{"novelty", "Novelty"}, {}};
    m.declaration.formula = "mean over all places shown of -log2(share of training people who have the item)";
    m.declaration.edge =
        "An item that nobody has in training counts as if one person had it. The lists are those of the "
        "people whom the ranking metrics judge. No interval.";
    m.declaration.source =
        "Zhou, Kuscsik, Liu, Medo, Wakeling & Zhang: Solving the apparent diversity-accuracy dilemma of "
        "recommender systems, PNAS 2010; Vargas & Castells, RecSys 2011";
    m.declaration.meaning = "How little known the recommended items are, in bits: one more is half as well known.";
    m.declaration.kind = MetricKind::Catalog;
    m.functions.catalog = [](const ShownLists& shown) {
        double bits = 0;
        for (std::size_t item = 0; item < shown.exposure.size(); ++item)
            if (shown.exposure[item] > 0)
                bits += shown.exposure[item] *
                        std::log2(number(shown.people) / std::max(1., number(shown.trainPeople[item])));
        return bits / number(shownPlaces(shown)); // 0 / 0: undefined
    };
    return m;
}

Metric gini()
{
    Metric m{{"gini", "Gini"}, {}};
    m.declaration.formula =
        "sum over items in ascending order of exposure x_i of (2 i - N - 1) x_i, divided by N sum x; "
        "N is the size of the catalog, x_i how many lists show the item in the first k";
    m.declaration.edge =
        "Items that are never shown count. 0 is an even exposure, 1 - 1/N is one item in every list. The "
        "lists are those of the people whom the ranking metrics judge. No interval.";
    m.declaration.source = "Shani & Gunawardana: Evaluating recommendation systems, Recommender Systems Handbook 2011";
    m.declaration.meaning = "How unevenly the lists treat the catalog: 0 shows all items alike, 1 always the same few.";
    m.declaration.kind = MetricKind::Catalog;
    m.declaration.higherIsBetter = false;
    m.functions.catalog = [](const ShownLists& shown) {
        std::vector<std::uint32_t> sorted(shown.exposure.begin(), shown.exposure.end());
        std::ranges::sort(sorted);
        double sum = 0;
        for (std::size_t i = 1; i <= sorted.size(); ++i)
            sum += (2 * number(i) - number(sorted.size()) - 1) * sorted[i - 1];
        return sum / (number(sorted.size()) * number(shownPlaces(shown))); // 0 / 0: undefined
    };
    return m;
}

const std::vector<Metric>& allMetrics()
{
    static const std::vector<Metric> all = {
        ndcg(), recall(),   precision(), cappedRecall(), meanAveragePrecision(), reciprocalRank(), hitRate(), rmse(),
        mae(),  coverage(), novelty(),   gini(),
    };
    return all;
}

tl::unexpected<Error> unknownMetric(std::string_view name)
{
    std::vector<std::string> known;
    for (const auto& metric : metrics())
        known.push_back(metric.hasCut ? metric.id + "@k" : metric.id);
    return error(Code::InvalidArgument, fmt::format("There is no metric '{}'", name),
                 fmt::format("Known are {}", fmt::join(known, ", ")));
}

Result<std::size_t> parseCut(const MetricDeclaration& metric, std::string_view name, std::string_view cut)
{
    std::size_t k = 0;
    const auto [end, failure] = std::from_chars(cut.data(), cut.data() + cut.size(), k);
    if (failure == std::errc{} && end == cut.data() + cut.size() && k >= 1 && k <= largestCut)
        return k;
    return error(Code::InvalidArgument, fmt::format("'{}' needs a cut-off from 1 to {}", name, largestCut),
                 fmt::format("Write {}@10 for the first ten places", metric.id));
}

Result<MetricChoice> parseMetric(std::string_view name)
{
    const auto at = name.find('@');
    const auto found = std::ranges::find(metrics(), name.substr(0, at), &MetricDeclaration::id);
    if (found == metrics().end())
        return unknownMetric(name);
    if (!found->hasCut && at != std::string_view::npos)
        return error(Code::InvalidArgument, fmt::format("'{}' has no cut-off", found->id),
                     fmt::format("Write {}", found->id));
    if (!found->hasCut)
        return MetricChoice{&*found, 0};
    const auto k = parseCut(*found, name, at == std::string_view::npos ? std::string_view{} : name.substr(at + 1));
    if (!k)
        return tl::unexpected(k.error());
    return MetricChoice{&*found, *k};
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

} // namespace

std::span<const MetricDeclaration> metrics()
{
    static const auto declarations = [] {
        std::vector<MetricDeclaration> all;
        for (const auto& metric : allMetrics())
            all.push_back(metric.declaration);
        return all;
    }();
    return declarations;
}

const MetricFunctions& functionsOf(const MetricDeclaration& metric)
{
    return allMetrics()[static_cast<std::size_t>(&metric - metrics().data())].functions;
}

std::string MetricChoice::id() const { return k > 0 ? fmt::format("{}@{}", metric->id, k) : metric->id; }

std::string MetricChoice::title() const { return k > 0 ? fmt::format("{}@{}", metric->title, k) : metric->title; }

Result<std::vector<MetricChoice>> parseMetrics(std::string_view list)
{
    std::vector<MetricChoice> choices;
    for (std::size_t from = 0; from <= list.size();) {
        const auto comma = std::min(list.find(',', from), list.size());
        const auto choice = parseMetric(trimmed(list.substr(from, comma - from)));
        if (!choice)
            return tl::unexpected(choice.error());
        if (std::ranges::find(choices, choice->id(), &MetricChoice::id) == choices.end())
            choices.push_back(*choice);
        from = comma + 1;
    }
    return choices;
}

} // namespace orrery
