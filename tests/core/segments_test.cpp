// SPDX-License-Identifier: GPL-3.0-or-later
// Segments of people: read and written, asked for by rules, and what models are worth for them.
#include "core/data/segments.h"
#include "core/evaluation/group_scores.h"
#include "core/evaluation/rule_sample.h"
#include "core/reranking/audience.h"
#include "tests/testing/dataset_builder.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

/// Six people; ann, bob and cleo say their gender, all but fay their age.
std::shared_ptr<const Dataset> club()
{
    DatasetBuilder made;
    made.implicit();
    for (const char* person : {"ann", "bob", "cleo", "dan", "eve", "fay"})
        made.row(person, "x y");
    made.fact("gender", "ann", "F").fact("gender", "bob", "M").fact("gender", "cleo", "F");
    for (const auto& [person, age] : {std::pair{"ann", "20"}, {"bob", "30"}, {"cleo", "40"}, {"dan", "50"}})
        made.fact("age", person, age);
    return made.fact("age", "eve", "20").build();
}

class Files {
public:
    std::string write(const std::string& text) const
    {
        const std::string file = m_folder.filePath("segments.csv").toStdString();
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }
    std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }
    static std::string text(const std::string& file)
    {
        std::ostringstream all;
        all << std::ifstream(file, std::ios::binary).rdbuf();
        return all.str();
    }

private:
    QTemporaryDir m_folder;
};

std::shared_ptr<const AttributeTable> segments(const std::string& csv)
{
    const Files files;
    return std::make_shared<const AttributeTable>(readSegments(files.write(csv), *club(), {}).value().table);
}

Error refused(const std::string& csv)
{
    const Files files;
    const auto read = readSegments(files.write(csv), *club(), {});
    return read ? Error{} : read.error();
}

QString sums(const std::vector<PeopleGroup>& groups)
{
    QStringList all;
    for (const PeopleGroup& group : groups)
        all << QStringLiteral("%1: %2").arg(QString::fromStdString(group.words())).arg(group.people.size());
    return all.join("; ");
}

/// Two models on the first four people: NDCG@10 and RMSE by hand; the others had nothing held out.
EvaluationReport report(std::string name, std::vector<float> ndcg, std::vector<float> rmse)
{
    EvaluationReport made;
    made.recommender = std::move(name);
    made.splitDescription = "by hand";
    made.testCounts = {1, 3, 1, 1};
    for (std::uint32_t person = 0; person < 4; ++person)
        made.people.push_back(UserIndex{person});
    made.values = {{parseMetrics("ndcg@10")->front(), .5, {}, std::move(ndcg)},
                   {parseMetrics("rmse")->front(), 1, {}, std::move(rmse)},
                   {parseMetrics("coverage@10")->front(), .3, {}, {}}};
    return made;
}

constexpr float none = std::numeric_limits<float>::quiet_NaN();
const auto a = report("A", {.2F, .4F, .6F, none}, {1, 2, 0, 1});
const auto b = report("B", {.4F, .5F, .6F, none}, {1, 1, 1, 1});

bool near(double x, double y) { return std::abs(x - y) < 1e-6; } // values of people are floats

} // namespace

class SegmentsTest : public QObject {
    Q_OBJECT
private slots:
    void filesAreReadByIds()
    {
        const Files files;
        const auto read = readSegments(
            files.write("risk,person,club\nhigh,bob,\"gold|early\"\n,ann,gold\nlow,zoe,\nlow,yan,x\n"), *club(), {});
        QVERIFY2(read.has_value(), read ? "" : read.error().text().c_str());
        QCOMPARE(read->rows, std::size_t{2});
        QCOMPARE(read->unknown, std::size_t{2});
        QCOMPARE(read->firstUnknown, std::uint64_t{4});
        QCOMPARE(read->table.show("risk", 1), std::string("high"));
        QCOMPARE(read->table.show("risk", 0), std::string());
        QCOMPARE(read->table.show("club", 1), std::string("gold, early"));
        QCOMPARE(read->table.show("club", 0), std::string("gold"));
        QVERIFY(factsIn(read->table, UserIndex{1}) == (Facts{{"risk", "high"}, {"club", "gold"}, {"club", "early"}}));
        QVERIFY(factsIn(read->table, UserIndex{5}).empty() && factsIn(read->table, UserIndex{99}).empty());
    }

    void whatIsWrongIsSaidWithItsLine()
    {
        const auto where = [](const char* csv) { return refused(csv).where; };
        QCOMPARE(where("person,risk\nann,high\nbob\n"), std::string("segments.csv, line 3"));
        QCOMPARE(where("person,risk\nann,high,low\n"), std::string("segments.csv, line 2"));
        QCOMPARE(where("person,risk\n ,high\n"), std::string("segments.csv, line 2"));
        QCOMPARE(where("person,risk\nann,high\n\nann,low\n"), std::string("segments.csv, line 4"));
        QVERIFY(refused("person,risk\nann,high\nann,low\n").message.find("line 2 already") != std::string::npos);
        QCOMPARE(where("person,risk\nann,a;b\n"), std::string("segments.csv, line 2"));
        std::string many = "person,risk\nbob,x\nann,";
        for (int tag = 0; tag < 1000; ++tag)
            many += std::to_string(tag) + "|";
        QCOMPARE(where((many + "last\n").c_str()), std::string("segments.csv, line 3"));
        QCOMPARE(refused("person,risk\nann,\"high\n").code, Code::BadRow);
        for (const char* file : {"", "id,risk\nann,high\n", "person\nann\n", "person,risk,Risk\nann,1,2\n",
                                 "person,a=b\nann,1\n", "person,\nann,1\n", "person,risk\n", "person,risk\nzoe,1\n"})
            QCOMPARE(refused(file).code, Code::BadFile);
        QCOMPARE(readSegments("/nowhere/segments.csv", *club(), {}).error().code, Code::NotFound);
    }

    void whatIsWrittenIsReadAgain()
    {
        const Files files;
        const auto table = segments("person,risk,\"club, best\"\nbob,high,gold|early\nfay,,x\n");
        QVERIFY(writeSegments(*table, *club(), files.path("out.csv"), {}));
        QCOMPARE(Files::text(files.path("out.csv")),
                 std::string("person,risk,\"club, best\"\nbob,high,gold|early\nfay,,x\n"));
        const auto again = readSegments(files.path("out.csv"), *club(), {});
        for (std::uint32_t person = 0; person < 6; ++person)
            QVERIFY(factsIn(again->table, UserIndex{person}) == factsIn(*table, UserIndex{person}));
        QCOMPARE(writeSegments(*table, *club(), "/nowhere/out.csv", {}).error().code, Code::Io);
        QCOMPARE(writeSegments({}, *club(), files.path("none.csv"), {}).error().code, Code::InvalidArgument);
        const auto joined = joinedSegments(*table, *segments("person,risk\nann,low\n"));
        QCOMPARE(joined.columns().size(), std::size_t{2});
        QCOMPARE(joined.show("risk", 0) + joined.show("risk", 1), std::string("low"));
    }

    void anAudienceIsCounted()
    {
        const auto audience =
            Audience::open(*club(), segments("person,risk\nbob,high\ndan,high\neve,low\n"), {}).value();
        QCOMPARE(audience->people(), std::size_t{6});
        const auto count = [&](const char* words) { return audience->count(words).value_or(99); };
        QCOMPARE(count(""), std::size_t{6});
        QCOMPARE(count("gender = f"), std::size_t{2});
        QCOMPARE(count("gender != F"), std::size_t{4}); // who does not say is not F
        QCOMPARE(count("Age >= 30"), std::size_t{3});
        QCOMPARE(count("age 20..30; risk = high"), std::size_t{1});
        QCOMPARE(count("risk ~ ig"), std::size_t{2});
        QCOMPARE(count("age > 90"), std::size_t{0});
        // As many as rules take it for.
        const auto catalog =
            RuleCatalog::open(club(), {}).value()->withSegments(segments("person,risk\nbob,high\ndan,high\neve,low\n"));
        std::size_t in = 0;
        for (std::uint32_t person = 0; person < 6; ++person)
            for (const Fact& fact : ruleRequestFor(*catalog, queryFor(*club(), UserIndex{person})).query.who)
                in += fact == Fact{"risk", "high"} ? 1 : 0;
        QCOMPARE(count("risk = high"), in);
        const auto says = [&](const char* words) {
            return QString::fromStdString(audience->count(words).error().text());
        };
        QVERIFY2(says("height > 3").contains("Known are risk, age, gender"), qPrintable(says("height > 3")));
        QVERIFY2(says("gender = X").contains("There are F, M"), qPrintable(says("gender = X")));
        QVERIFY(says("gender").contains("says no ="));
        QCOMPARE(Audience::open(*DatasetBuilder{}.row("ann", "x").build(), nullptr, {})
                     .value()
                     ->count("age = 3")
                     .error()
                     .code,
                 Code::InvalidArgument);
    }

    void anAudienceIsSuggestedWordByWord()
    {
        const auto audience = Audience::open(*club(), segments("person,likely to buy\nbob,yes\n"), {}).value();
        const auto suggested = [&](const char* typed) {
            QStringList all;
            for (const auto& one : audience->suggest(typed, 20))
                all << QString::fromStdString(one.title);
            return all.join(" ");
        };
        QCOMPARE(suggested(""), QString("likely to buy age gender"));
        QCOMPARE(suggested("ge"), QString("gender age")); // at the start first
        QCOMPARE(suggested("gender "), QString("= != ~"));
        QCOMPARE(suggested("age >"), QString("20 30 40 50")); // "> " is a relation already
        QCOMPARE(suggested("age "), QString("= != >= <= > <"));
        QCOMPARE(suggested("gender ="), QString("F M")); // the most frequent first
        QCOMPARE(suggested("gender = m"), QString());    // it is there
        QCOMPARE(suggested("age > 20; likely to buy = "), QString("yes"));
        QCOMPARE(suggested("nothing = "), QString());
        const auto first = audience->suggest("age > 20; lik", 1);
        QCOMPARE(first.front().text, std::string("age > 20; likely to buy "));
        QCOMPARE(first.front().note, std::string("segment, 1 value"));
        QCOMPARE(audience->suggest("age > 20; gender=", 1).front().text, std::string("age > 20; gender = F"));
        QCOMPARE(audience->suggest("gender=", 1).front().note, std::string("2 people"));
        // What is suggested can be asked for.
        QCOMPARE(audience->count(audience->suggest("likely to buy = ", 1).front().text).value(), std::size_t{1});
    }

    void numbersOfManyValuesAreSuggestedByQuarters()
    {
        DatasetBuilder many;
        many.implicit();
        for (int person = 0; person < 20; ++person)
            many.row(fmt::format("p{}", person), "x")
                .fact("spends", fmt::format("p{}", person), std::to_string(person));
        const auto audience = Audience::open(*many.build(), nullptr, {}).value();
        QVERIFY(audience->find("Spends")->isNumber);
        QVERIFY((audience->find("spends")->marks == std::vector<std::string>{"0", "4", "9", "14", "19"}));
        QCOMPARE(audience->suggest("sp", 1).front().note, std::string("0 to 19"));
        QCOMPARE(audience->count("spends <= 4").value(), std::size_t{5});
    }

    void peopleAreGrouped()
    {
        const auto data = club();
        const auto found = groupsOf(a, *data, segments("person,risk\nbob,high\ndan,high\n"), {}).value();
        // Of ann, bob, cleo and dan. Two interactions each; bob's three held out leave none, the others one.
        QCOMPARE(sums(found), QString("gender F: 2; risk high: 2; risk: others: 2; history 1 to 4: 3"));
        QVERIFY((found[1].people == std::vector<std::uint32_t>{1, 3}));
    }

    void scoresOfGroupsAreMeansOfTheirPeople()
    {
        const std::vector<PeopleGroup> groups = {{"g", "first", {0, 1}}, {"g", "second", {2, 3}}, {"g", "none", {3}}};
        const GroupRounds two{.least = 2};
        const auto ndcg = scoresByGroup(groups, a, "ndcg@10", two, {}).value();
        QCOMPARE(ndcg[0].people, std::size_t{2});
        QVERIFY(near(ndcg[0].mean, .3));
        // Rounds draw (1, 1), (1, 2), (2, 1) or (2, 2): a quarter each at the ends.
        QVERIFY(near(ndcg[0].interval.low, .2) && near(ndcg[0].interval.high, .4));
        QCOMPARE(ndcg[1].people, std::size_t{1});
        QVERIFY(near(ndcg[1].mean, .6) && std::isnan(ndcg[1].interval.low));
        QVERIFY(ndcg[2].people == 0 && std::isnan(ndcg[2].mean));
        // Over ratings: one of error 1, three of error 2.
        QVERIFY(near(scoresByGroup(groups, a, "rmse", {}, {}).value()[0].mean, std::sqrt((1 + 3 * 4) / 4.)));
        const auto both = differencesByGroup(groups, a, b, "ndcg@10", two, {}).value();
        QVERIFY(near(both[0]->mean, .15) && near(both[0]->interval.low, .1) && near(both[0]->interval.high, .2));
        QCOMPARE(both[0]->people, std::size_t{2});
        QVERIFY(near(both[1]->mean, 0) && std::isnan(both[1]->p) && !both[2]);
        // Two people are too few for an interval unless told.
        QVERIFY(std::isnan(scoresByGroup(groups, a, "ndcg@10", {}, {}).value()[0].interval.low));
        const auto few = differencesByGroup(groups, a, b, "ndcg@10", {}, {}).value();
        QVERIFY(near(few[0]->mean, .15) && std::isnan(few[0]->interval.low) && std::isnan(few[0]->p));
        QVERIFY(near(differencesByGroup(groups, a, b, "rmse", {}, {}).value()[0]->mean, 1 - std::sqrt(13 / 4.)));
    }

    void whatCannotBeSaidOfGroupsIsRefused()
    {
        const std::vector<PeopleGroup> groups = {{"g", "first", {0, 1}}};
        const auto refuses = [&](const EvaluationReport& of, const char* metric) {
            return scoresByGroup(groups, of, metric, {}, {}).error().code;
        };
        QCOMPARE(refuses(a, "map@10"), Code::NotFound);
        QCOMPARE(refuses(a, "coverage@10"), Code::InvalidArgument);
        QCOMPARE(refuses(a.withoutPeople(), "ndcg@10"), Code::InvalidArgument);
        EvaluationReport other = b;
        other.people.back() = UserIndex{5};
        QCOMPARE(differencesByGroup(groups, a, other, "ndcg@10", {}, {}).error().code, Code::InvalidArgument);
        CancelToken token;
        token.cancel();
        const auto cancelled = groupsOf(a, *club(), nullptr, JobContext({}, token));
        QCOMPARE(cancelled.error().code, Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(SegmentsTest)
#include "segments_test.moc"
