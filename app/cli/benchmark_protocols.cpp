// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/benchmark_protocols.h"

#include "core/data/dataset.h"
#include "core/evaluation/candidates.h"
#include "core/evaluation/folds.h"

#include <algorithm>
#include <array>

namespace orrery::cli {
namespace {

constexpr auto surprise = "Surprise";
constexpr auto myMediaLite = "MyMediaLite";
constexpr auto anelli = "Anelli et al., RecSys 2021";
constexpr auto myFm = "myFM";
constexpr auto steck = "Steck, WWW 2019";
constexpr auto ials = "Rendle et al., RecSys 2022";
constexpr auto ml100k = "MovieLens 100K";
constexpr auto ml1m = "MovieLens 1M";
constexpr auto ml20m = "MovieLens 20M";

std::vector<BenchmarkProtocol> coldStartProtocols()
{
    // Few items are new in the last fifth: of them half of the time is held out.
    const auto make = [](const char* id, const char* title, ColdStart what, const char* metrics, double share = .2) {
        BenchmarkProtocol protocol{id, title, "by time, nothing from after the cut is learnt from"};
        protocol.plan.kind = SplitKind::GlobalTemporal;
        protocol.plan.testShare = share;
        protocol.metrics = metrics;
        protocol.coldStart = what;
        return protocol;
    };
    return {make("cold-people", "People with fewer than 5 interactions before the cut", ColdStart::People,
                 "ndcg@10,recall@10,recall@50"),
            make("first-events", "New people, told their first 1 to 4 interactions", ColdStart::FirstEvents,
                 "ndcg@10,recall@10,recall@50"),
            make("cold-items", "Items that nobody used before the cut, among themselves", ColdStart::Items,
                 "recall@50,recall@10,ndcg@10", .5),
            make("cold-items-among-all", "Items that nobody used before the cut, among all", ColdStart::ItemsAmongAll,
                 "recall@50,recall@10,ndcg@10", .5),
            make("next-item", "The next item of a visit, without and with what the visit brought so far",
                 ColdStart::NextItem, "recall@10,recall@50,ndcg@10")};
}

std::vector<BenchmarkProtocol> makeProtocols()
{
    std::vector<BenchmarkProtocol> all;
    BenchmarkProtocol ratings{"ratings", "Predicted ratings, 5 folds", "Surprise; MyMediaLite; myFM", true};
    ratings.plan.kind = SplitKind::Random;
    ratings.folds = 5;
    ratings.metrics = "rmse,mae";
    all.push_back(std::move(ratings));
    BenchmarkProtocol one{"leave-one-out", "The newest item of each person among 99 drawn ones",
                          "He et al., Neural collaborative filtering, WWW 2017"};
    one.filter.asImplicit = true;
    one.plan.kind = SplitKind::LeaveLastOut;
    one.candidates = 99;
    one.metrics = "hit-rate@10,ndcg@10";
    all.push_back(std::move(one));
    BenchmarkProtocol strong{"new-people", "Strong generalization: a fifth of what new people did, told the rest",
                             "Liang et al., Variational autoencoders for collaborative filtering, WWW 2018"};
    strong.filter.keepFrom = 4;
    strong.filter.asImplicit = true;
    strong.filter.leastOfPerson = 5;
    strong.plan.kind = SplitKind::NewPeople;
    strong.plan.testShare = 0.1;
    strong.metrics = "ndcg@100,recall-capped@20,recall-capped@50";
    all.push_back(std::move(strong));
    BenchmarkProtocol full{"per-person", "A fifth of each person's likes, among all items",
                           "the usual 80/20 of each person"};
    full.filter.keepFrom = 3;
    full.filter.asImplicit = true;
    full.plan.kind = SplitKind::PerPerson;
    full.metrics = "ndcg@10,recall@10";
    all.push_back(std::move(full));
    for (BenchmarkProtocol& cold : coldStartProtocols())
        all.push_back(std::move(cold));
    return all;
}

constexpr std::array published = {
    PublishedValue{ml100k, "ratings", "svd", "rmse", .934, surprise},
    PublishedValue{ml100k, "ratings", "svdpp", "rmse", .907, myMediaLite},
    PublishedValue{ml100k, "ratings", "nmf", "rmse", .963, surprise},
    PublishedValue{ml100k, "ratings", "slope-one", "rmse", .946, surprise},
    PublishedValue{ml100k, "ratings", "rating-user-knn", "rmse", .930, myMediaLite},
    PublishedValue{ml100k, "ratings", "rating-item-knn", "rmse", .913, myMediaLite},
    PublishedValue{ml100k, "ratings", "bias", "rmse", .944, surprise},
    PublishedValue{ml100k, "ratings", "bayesian-fm", "rmse", .8944, myFm},
    PublishedValue{ml1m, "ratings", "svd", "rmse", .852, myMediaLite},
    PublishedValue{ml1m, "ratings", "svdpp", "rmse", .851, myMediaLite},
    PublishedValue{ml1m, "ratings", "nmf", "rmse", .916, surprise},
    PublishedValue{ml1m, "ratings", "slope-one", "rmse", .907, surprise},
    PublishedValue{ml1m, "ratings", "rating-user-knn", "rmse", .895, surprise},
    PublishedValue{ml1m, "ratings", "bias", "rmse", .909, surprise},
    PublishedValue{ml1m, "leave-one-out", "popularity", "hit-rate@10", .4533, anelli},
    PublishedValue{ml1m, "leave-one-out", "user-knn", "hit-rate@10", .6606, anelli},
    PublishedValue{ml1m, "leave-one-out", "user-knn", "ndcg@10", .3951, anelli},
    PublishedValue{ml1m, "leave-one-out", "item-knn", "hit-rate@10", .6694, anelli},
    PublishedValue{ml1m, "leave-one-out", "rp3beta", "hit-rate@10", .6758, anelli},
    PublishedValue{ml1m, "leave-one-out", "slim", "hit-rate@10", .7162, anelli},
    PublishedValue{ml1m, "leave-one-out", "ease", "hit-rate@10", .7192, anelli},
    PublishedValue{ml1m, "leave-one-out", "bpr", "hit-rate@10", .6305, anelli},
    PublishedValue{ml1m, "leave-one-out", "implicit-als", "hit-rate@10", .722, ials},
    PublishedValue{ml1m, "leave-one-out", "popularity", "ndcg@10", .2542, anelli},
    PublishedValue{ml1m, "leave-one-out", "item-knn", "ndcg@10", .3979, anelli},
    PublishedValue{ml1m, "leave-one-out", "rp3beta", "ndcg@10", .4011, anelli},
    PublishedValue{ml1m, "leave-one-out", "slim", "ndcg@10", .4468, anelli},
    PublishedValue{ml1m, "leave-one-out", "ease", "ndcg@10", .4494, anelli},
    PublishedValue{ml1m, "leave-one-out", "bpr", "ndcg@10", .3730, anelli},
    PublishedValue{ml1m, "leave-one-out", "implicit-als", "ndcg@10", .445, ials},
    PublishedValue{ml1m, "per-person", "item-knn", "ndcg@10", .2586, "k = 20"},
    PublishedValue{ml20m, "new-people", "ease", "recall-capped@20", .391, steck},
    PublishedValue{ml20m, "new-people", "ease", "recall-capped@50", .521, steck},
    PublishedValue{ml20m, "new-people", "ease", "ndcg@100", .420, steck},
    PublishedValue{ml20m, "new-people", "implicit-als", "recall-capped@20", .395, ials},
    PublishedValue{ml20m, "new-people", "implicit-als", "recall-capped@50", .532, ials},
    PublishedValue{ml20m, "new-people", "implicit-als", "ndcg@100", .425, ials},
};

} // namespace

std::span<const BenchmarkProtocol> benchmarkProtocols()
{
    static const std::vector<BenchmarkProtocol> all = makeProtocols();
    return all;
}

Result<std::vector<Split>> benchmarkSplits(const BenchmarkProtocol& protocol,
                                           const std::shared_ptr<const Dataset>& dataset, std::uint64_t seed)
{
    const auto narrowed = filtered(dataset, protocol.filter);
    if (!narrowed)
        return tl::unexpected(narrowed.error());
    std::vector<Split> splits;
    SplitPlan plan = protocol.plan;
    plan.seed = seed;
    plan.folds = protocol.folds > 1 ? protocol.folds : 0;
    for (const SplitPlan& fold : foldsOf(plan)) {
        auto split = makeSplit(*narrowed, fold);
        if (!split)
            return tl::unexpected(split.error());
        if (const auto given = giveCandidates(*split, {protocol.candidates}, seed); !given)
            return tl::unexpected(given.error());
        splits.push_back(std::move(*split));
    }
    return splits;
}

std::string_view knownDataset(const Dataset& dataset)
{
    struct Known {
        std::string_view name;
        std::size_t people, events;
    };
    static constexpr std::array known = {Known{ml100k, 943, 100'000}, Known{ml1m, 6040, 1'000'209},
                                         Known{ml20m, 138'493, 20'000'263}};
    const auto found = std::ranges::find_if(known, [&](const Known& one) {
        return one.people == dataset.personCount() && one.events == dataset.log().size();
    });
    return found == known.end() ? std::string_view{} : found->name;
}

const PublishedValue* publishedValue(std::string_view data, std::string_view protocol, std::string_view algorithm,
                                     std::string_view metric)
{
    const auto found = std::ranges::find_if(published, [&](const PublishedValue& value) {
        return value.data == data && value.protocol == protocol && value.algorithm == algorithm &&
               value.metric == metric;
    });
    return found == published.end() ? nullptr : &*found;
}

} // namespace orrery::cli
