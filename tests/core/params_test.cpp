// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/params/param_table.h"

#include <QtTest>

using namespace orrery;

namespace {
enum class Shape { Round, Square };
struct Config {
    int factors = 64;
    float rate = .02F;
    bool biased = true;
    Shape shape = Shape::Square;
};

const ParamTable<Config>& table()
{
    static const auto declared =
        ParamTable<Config>{}
            .number("factors", "Factors", "", &Config::factors, 1, 100)
            .number("rate", "Rate", "", &Config::rate, 0, 1, ParamScale::Logarithmic)
            .flag("biased", "Biased", "", &Config::biased)
            .choice("shape", "Shape", "", &Config::shape, {{"round", "Round"}, {"square", "Square"}});
    return declared;
}

ParamSet parsed(std::vector<std::string> assignments) { return parseAssignments(table().specs(), assignments).value(); }

std::string refusal(std::vector<std::string> assignments)
{
    return parseAssignments(table().specs(), assignments).error().text();
}
} // namespace

class ParamsTest : public QObject {
    Q_OBJECT
private slots:
    void defaultsAreThoseOfTheStruct()
    {
        const Config config = table().read({}).value();
        QCOMPARE(config.factors, 64);
        QCOMPARE(config.rate, .02F);
        QVERIFY(config.biased);
        QVERIFY(config.shape == Shape::Square);
        QCOMPARE(std::get<double>(table().specs()[1].fallback), .02);
    }

    void assignmentsReachTheStruct()
    {
        const Config config = table().read(parsed({"factors=8", "rate=0.5", "biased=false", "shape=round"})).value();
        QCOMPARE(config.factors, 8);
        QCOMPARE(config.rate, .5F);
        QVERIFY(!config.biased);
        QVERIFY(config.shape == Shape::Round);
    }

    void refusalsNameTheValueAndWhatIsAllowed()
    {
        QCOMPARE(refusal({"factors=0"}),
                 std::string("factors: '0' is not a value for factors. Give a whole number from 1 to 100"));
        QCOMPARE(refusal({"rate=nan"}), std::string("rate: 'nan' is not a value for rate. Give a number from 0 to 1"));
        QCOMPARE(refusal({"shape=oval"}),
                 std::string("shape: 'oval' is not a value for shape. Give one of round, square"));
        QCOMPARE(refusal({"k=3"}), std::string("There is no parameter 'k'. Known are factors, rate, biased, shape"));
        QCOMPARE(refusal({"factors"}), std::string("'factors' is not a setting. Write name=value"));
    }

    void jsonRoundTrips()
    {
        const ParamSet set = parsed({"factors=8", "rate=1", "shape=round"});
        QCOMPARE(toJson(set), std::string(R"({"factors":8,"rate":1.0,"shape":"round"})"));
        QVERIFY(paramsFromJson(table().specs(), toJson(set)).value() == set);
        QVERIFY(!paramsFromJson(table().specs(), "[1]"));
        QVERIFY(!paramsFromJson(table().specs(), R"({"factors":1e9})"));
    }
};

QTEST_APPLESS_MAIN(ParamsTest)
#include "params_test.moc"
