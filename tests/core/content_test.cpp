// SPDX-License-Identifier: GPL-3.0-or-later
// Content-based recommendation on catalogs small enough to work out by hand.
#include "core/models/catalogue.h"
#include "core/models/content/content_features.h"
#include "core/models/content/content_profile.h"
#include "core/models/popular_fallback.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr std::int64_t day = 86'400;

DatasetBuilder films()
{
    DatasetBuilder builder;
    builder.row("ann", "alien:5 mob:1").row("bob", "mob:5 alien:2");
    builder.tags("genres", "alien", {"Sci-Fi", "Horror"}).tags("genres", "mob", {"Crime"});
    builder.tags("genres", "moon", {"Sci-Fi"}).tags("genres", "heist", {"Crime"}).tags("genres", "ghost", {"Horror"});
    builder.text("plot", "alien", "A crew meets something in space");
    builder.text("plot", "moon", "One man alone in space");
    builder.text("plot", "mob", "A family of gangsters");
    builder.text("plot", "heist", "Gangsters empty a bank");
    builder.text("plot", "nothing", "");
    return builder;
}

ModelPtr trained(const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> settings = {})
{
    const Algorithm& algorithm = *findAlgorithm("content");
    for (const char* cosine : {"length=one", "tags=attributes"}) // easier by hand
        settings.insert(settings.begin(), cosine);
    return train(algorithm, {dataset}, parseAssignments(algorithm.params, settings).value(), JobContext{}).value();
}

ItemIndex item(const Dataset& dataset, std::string_view id) { return dataset.findItem(id).value(); }

float scoreOf(const Model& model, const Query& query, ItemIndex item)
{
    float score = 0;
    model.read(query)->score({&item, 1}, {&score, 1});
    return score;
}

double sumOf(const Explanation& why)
{
    double sum = 0;
    for (const Term& term : why.terms)
        sum += term.value;
    return sum;
}

bool near(double a, double b) { return std::abs(a - b) < 1e-6; } // vectors are float32

} // namespace

class ContentTest : public QObject {
    Q_OBJECT
private slots:
    void itemsNobodyUsedAreRecommended()
    {
        const auto dataset = films().build();
        const auto model = trained(dataset);
        const Query likesAlien = queryFor({{item(*dataset, "alien"), 5}});
        const float moon = scoreOf(*model, likesAlien, item(*dataset, "moon"));
        QVERIFY(moon > 0.5F); // nobody has rated it
        QVERIFY(moon > scoreOf(*model, likesAlien, item(*dataset, "ghost")));
        QVERIFY(scoreOf(*model, likesAlien, item(*dataset, "ghost")) >
                scoreOf(*model, likesAlien, item(*dataset, "heist")));
        QVERIFY(near(static_cast<double>(scoreOf(*model, likesAlien, item(*dataset, "alien"))), 1));
    }

    // Two tags of one column, so by hand: n = 2 of 4 items each, both have the same idf. One item has both, and its
    // vector is (1, 1) / sqrt 2; the others have (1, 0) and (0, 1).
    void cosinesAreAsWorkedByHand()
    {
        DatasetBuilder builder;
        builder.row("ann", "both:5").row("bob", "none:1");
        builder.tags("genres", "both", {"A", "B"}).tags("genres", "a", {"A"}).tags("genres", "b", {"B"});
        const auto dataset = builder.build();
        const auto model = trained(dataset, {"entries=all", "entry-weight=binary"});
        const auto at = [&](const char* id, const Query& query) {
            return static_cast<double>(scoreOf(*model, query, item(*dataset, id)));
        };
        const Query both = queryFor({{item(*dataset, "both"), 5}});
        QVERIFY(near(at("a", both), std::sqrt(.5)) && near(at("b", both), std::sqrt(.5)) && near(at("both", both), 1));
        QVERIFY(at("none", both) > 0 && at("none", both) <= PopularFallback::highest * 1.0001);
        // a and both: (1 + s, s) with s = sqrt .5, of length sqrt((1 + s)^2 + s^2) = sqrt(2 + 2 s).
        const double s = std::sqrt(.5), length = std::sqrt(2 + 2 * s);
        const Query two = queryFor({{item(*dataset, "a"), 5}, {item(*dataset, "both"), 3}});
        QVERIFY(near(at("a", two), (1 + s) / length) && near(at("b", two), s / length));
        const auto why = model->read(two)->explain(item(*dataset, "b"));
        QCOMPARE(why.terms.size(), std::size_t{1}); // a says nothing of b
        QVERIFY(near(why.terms[0].value, s / length));
    }

    // Text and tags weigh 4 : 1 where both are there, so a cosine of 1 in one and 0 in the other is 4/5 or 1/5.
    void weightsAreSharesOfTheCosine()
    {
        DatasetBuilder builder;
        builder.row("ann", "x:5").row("bob", "y:1");
        const auto add = [&](const char* id, const char* text, const char* tag) {
            builder.text("plot", id, text).tags("genres", id, {tag});
        };
        add("x", "rocket rocket", "A");
        add("sameText", "rocket", "B");
        add("sameTag", "garden", "A");
        add("y", "garden", "B");
        const auto dataset = builder.build();
        const auto model = trained(dataset, {"text-weight=4", "tag-weight=1"});
        const Query likesX = queryFor({{item(*dataset, "x"), 5}});
        QVERIFY(near(static_cast<double>(scoreOf(*model, likesX, item(*dataset, "sameText"))), .8));
        QVERIFY(near(static_cast<double>(scoreOf(*model, likesX, item(*dataset, "sameTag"))), .2));
    }

    // TF-IDF, each word in 2 of 3 items: idf = ln(4 / 3) + 1.
    void dotProductsAreAsWorkedByHand()
    {
        DatasetBuilder builder;
        builder.row("ann", "x:5").row("bob", "y:1");
        builder.text("plot", "x", "rocket garden").text("plot", "y", "rocket").text("plot", "z", "garden garden");
        const auto dataset = builder.build();
        const auto model = trained(dataset, {"length=kept", "most-items=1", "logarithm=false"});
        const double idf = std::log(4.0 / 3) + 1;
        const Query likesX = queryFor({{item(*dataset, "x"), 5}}); // the profile has length one: sqrt .5 for each word
        QVERIFY(near(static_cast<double>(scoreOf(*model, likesX, item(*dataset, "y"))), std::sqrt(.5) * idf));
        QVERIFY(near(static_cast<double>(scoreOf(*model, likesX, item(*dataset, "z"))), std::sqrt(.5) * 2 * idf));
        const auto similar = model->similarItems(item(*dataset, "x"), 5).value(); // cosines all the same
        QVERIFY(near(static_cast<double>(similar.at(0).similarity), std::sqrt(.5)) && similar[0].item.value == 1);
    }

    void reasonsNameWhatIsShared()
    {
        const auto dataset = films().build();
        const Query query = queryFor({{item(*dataset, "alien"), 5}, {item(*dataset, "mob"), 4}});
        const auto byEntry = trained(dataset, {"entry-weight=binary"})->read(query)->explain(item(*dataset, "moon"));
        QCOMPARE(byEntry.terms.size(), std::size_t{1});
        QCOMPARE(byEntry.terms[0].kind, TermKind::HistoryItem);
        QCOMPARE(byEntry.terms[0].item, item(*dataset, "alien"));
        QCOMPARE(byEntry.terms[0].label, "\"space\", genres Sci-Fi");
        QCOMPARE(labelOf(*dataset, byEntry.terms[0]), "alien: \"space\", genres Sci-Fi");
        const auto byFeature =
            trained(dataset, {"reasons=features", "entry-weight=binary"})->read(query)->explain(item(*dataset, "moon"));
        QCOMPARE(byFeature.terms.size(), std::size_t{2});
        QCOMPARE(byFeature.terms[0].kind, TermKind::Attribute);
        QCOMPARE(byFeature.terms[0].label, "\"space\"");
        QCOMPARE(byFeature.terms[1].label, "genres Sci-Fi");
        QVERIFY(near(sumOf(byFeature), byFeature.score) && near(byFeature.score, byEntry.score));
    }

    void whatIsDislikedSpeaksAgainst()
    {
        const auto dataset = films().build();
        const auto model = trained(dataset, {"entries=all", "entry-weight=centred"});
        const Query query = queryFor({{item(*dataset, "alien"), 1}, {item(*dataset, "mob"), 5}});
        QVERIFY(scoreOf(*model, query, item(*dataset, "moon")) < 0);
        QVERIFY(scoreOf(*model, query, item(*dataset, "heist")) > 0);
        QVERIFY(model->read(query)->explain(item(*dataset, "moon")).terms[0].value < 0);
    }

    void anItemOfWhichNothingIsKnownGetsItsPopularity()
    {
        const auto dataset = films().build();
        const auto model = trained(dataset);
        const Query query = queryFor({{item(*dataset, "alien"), 5}});
        const auto why = model->read(query)->explain(item(*dataset, "nothing"));
        QCOMPARE(why.terms.at(0).kind, TermKind::Fallback);
        QVERIFY(model->similarItems(item(*dataset, "nothing"), 3).value().empty());
        // A history of such items teaches nothing.
        const auto reader = model->read(queryFor({{item(*dataset, "nothing"), 5}}));
        QCOMPARE(reader->fallback(), PopularFallback::sentence());
    }

    void similarItemsShareWordsAndTags()
    {
        const auto dataset = films().build();
        const auto similar = trained(dataset)->similarItems(item(*dataset, "alien"), 5).value();
        QCOMPARE(similar.size(), std::size_t{2});
        QCOMPARE(similar[0].item, item(*dataset, "moon"));
        QCOMPARE(similar[1].item, item(*dataset, "ghost"));
    }

    void oldEntriesFade()
    {
        const ProfileWeigher weigher(HistoryWeigher(Weighting::Binary, -1, 0), 10);
        const auto entries = weigher.weigh({{ItemIndex{0}, 1, 0}, {ItemIndex{1}, 1, 20 * day}, {ItemIndex{2}, 1}}, 3);
        QCOMPARE(entries.size(), std::size_t{3});
        QVERIFY(near(entries[0].weight, .25) && near(entries[1].weight, 1)); // 20 days: two half-lives
        QVERIFY(near(entries[2].weight, 1));                                 // just typed in
        const auto none = weigher.weigh({{ItemIndex{0}, 1, 0}, {ItemIndex{7}, 1, 20 * day}}, 3);
        QVERIFY(none.size() == 1 && near(none[0].weight, 1)); // items that are not known make nothing older
    }

    void numbersNearOneAnotherAreAlike()
    {
        DatasetBuilder builder;
        builder.row("ann", "i1990:5").row("bob", "i1950:2");
        for (int year = 1950; year <= 2010; year += 5)
            builder.number("year", fmt::format("i{}", year), year);
        const auto dataset = builder.build();
        FeatureConfig config;
        config.ranges = 4; // quantiles 1950, 1965, 1980, 1995, 2010
        const auto features = contentFeatures(*dataset, config, JobContext{}).value();
        QCOMPARE(features.labels.front(), "year around 1950");
        QCOMPARE(features.labels.size(), std::size_t{5});
        const auto model = trained(dataset, {"ranges=4"});
        const Query query = queryFor({{item(*dataset, "i1990"), 5}});
        const auto similarity = [&](const char* id) {
            return static_cast<double>(scoreOf(*model, query, item(*dataset, id)));
        };
        // Shares (1/3, 2/3) in 1980 and 1995, as their roots; 1985 has (2/3, 1/3).
        QVERIFY(near(similarity("i1995"), std::sqrt(2.0 / 3)) && near(similarity("i1985"), 2 * std::sqrt(2.0) / 3));
        QVERIFY(similarity("i1950") < PopularFallback::highest * 1.0001);
    }

    void tagsThatDifferInCaseAndSignsAreOne()
    {
        DatasetBuilder builder;
        builder.row("ann", "a:5").row("bob", "b:2");
        builder.tags("tags", "a", {"Time Travel", "1980s"}).tags("tags", "b", {"time-travel", "1990s"});
        FeatureConfig config;
        config.tags = TagUse::Attributes;
        const auto features = contentFeatures(*builder.build(), config, JobContext{}).value();
        QCOMPARE(features.labels, std::vector<std::string>{"tags Time Travel"});
    }

    void tagsCanBeWordsOfTheText()
    {
        DatasetBuilder builder;
        builder.row("ann", "a:5").row("bob", "b:2");
        builder.tags("tags", "a", {"outer space"}).text("plot", "b", "Lost in space").text("plot", "c", "Lost");
        const auto dataset = builder.build();
        FeatureConfig config;
        config.mostItems = 1;
        config.tags = TagUse::Attributes;
        QCOMPARE(contentFeatures(*dataset, config, JobContext{})->labels, std::vector<std::string>{"\"lost\""});
        config.tags = TagUse::Words;
        QCOMPARE(contentFeatures(*dataset, config, JobContext{})->labels,
                 (std::vector<std::string>{"\"lost\"", "\"space\""}));
    }

    void nothingToCompareByIsAnError()
    {
        DatasetBuilder builder;
        builder.row("ann", "a:5").row("bob", "b:2").text("title", "a", "unique").text("title", "b", "other");
        const auto model = train(*findAlgorithm("content"), {builder.build()}, {}, JobContext{});
        QCOMPARE(model.error().code, Code::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(ContentTest)
#include "content_test.moc"
