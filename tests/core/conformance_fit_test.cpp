// SPDX-License-Identifier: GPL-3.0-or-later
// What every algorithm of the catalogue owes while it is declared, trained, stored and read back. What its models
// answer: conformance_test.cpp.
#include "core/base/rng.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>
#include <optional>
#include <set>

using namespace orrery;
using namespace orrery::testing;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

const Algorithm& algorithm()
{
    QFETCH_GLOBAL(QString, id);
    return *findAlgorithm(id.toStdString());
}

const PlantedWorld& world(Feedback feedback)
{
    static const PlantedWorld ratings = plantedWorld(Feedback::Explicit), counts = plantedWorld(Feedback::Implicit);
    return feedback == Feedback::Explicit ? ratings : counts;
}

/// Large enough that training takes a while.
const std::shared_ptr<const Dataset>& large()
{
    static const auto dataset = randomDataset(6'000, 4'000, 400'000, Feedback::Explicit);
    (void)dataset->interactions();
    return dataset;
}

/// Notes what a job says of itself; thread-safe.
class Listener : public JobObserver {
public:
    void progressed(double fraction, std::string_view doing) override
    {
        const std::scoped_lock lock(m_mutex);
        m_told = m_told && !doing.empty() && fraction >= 0 && fraction <= 1;
        ++m_calls;
    }
    void measured(std::string_view series, double, double value) override
    {
        const std::scoped_lock lock(m_mutex);
        m_told = m_told && !series.empty() && std::isfinite(value);
    }
    [[nodiscard]] int calls() const { return m_calls; }
    /// Fractions within 0 to 1, words with all of them, finite measures.
    [[nodiscard]] bool told() const { return m_told; }

private:
    std::mutex m_mutex;
    int m_calls = 0;
    bool m_told = true;
};

/// Counts the rounds that were measured; thread-safe.
class RoundCounter : public JobObserver {
public:
    void measured(std::string_view, double step, double) override
    {
        const std::scoped_lock lock(m_mutex);
        m_rounds = std::max(m_rounds, step);
    }
    [[nodiscard]] double rounds() const { return m_rounds; }

private:
    std::mutex m_mutex;
    double m_rounds = 0;
};

Vocabulary firstOf(const Vocabulary& names, std::uint32_t count)
{
    Vocabulary first;
    for (std::uint32_t i = 0; i < count; ++i)
        first.add(names.name(i));
    return first;
}

/// What there was before the others came: the first people and items, with what they had to do with each other.
std::shared_ptr<const Dataset> firstOf(const Dataset& dataset, std::uint32_t people, std::uint32_t items)
{
    const EventLog& log = dataset.log();
    EventLog first;
    for (std::size_t e = 0; e < log.size(); ++e)
        if (log.users()[e].value < people && log.items()[e].value < items)
            first.append({log.users()[e], log.items()[e], log.values()[e], log.hasTimes() ? log.times()[e] : noTime});
    DatasetParts parts = dataset.parts();
    parts.log = std::make_shared<const EventLog>(std::move(first));
    parts.personIds = std::make_shared<const Vocabulary>(firstOf(dataset.personIds(), people));
    parts.itemIds = std::make_shared<const Vocabulary>(firstOf(dataset.itemIds(), items));
    return std::make_shared<const Dataset>(std::move(parts));
}

/// Cancels a job as soon as it reports that it has begun; thread-safe.
class Canceller : public JobObserver {
public:
    explicit Canceller(CancelToken token) : m_token(std::move(token)) {}
    void progressed(double, std::string_view) override
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_cancelled)
            m_cancelled = Clock::now();
        m_token.cancel();
    }
    [[nodiscard]] double secondsSinceCancel() const { return m_cancelled ? secondsSince(*m_cancelled) : 0; }

private:
    CancelToken m_token;
    std::mutex m_mutex;
    std::optional<Clock::time_point> m_cancelled;
};

struct CancelledRun {
    Result<ModelPtr> model;
    double seconds = 0; ///< from the cancel to the return
};

CancelledRun cancelOnceBegun(const Algorithm& algorithm)
{
    const CancelToken token;
    Canceller canceller(token);
    Result<ModelPtr> model = train(algorithm, {large()}, {}, JobContext({1, 2}, token, &canceller));
    return {std::move(model), canceller.secondsSinceCancel()};
}

/// The planted worlds that the algorithm under test can learn from; at least ratings.
std::vector<std::shared_ptr<const Dataset>> fitting()
{
    std::vector<std::shared_ptr<const Dataset>> datasets;
    for (const Feedback feedback : {Feedback::Explicit, Feedback::Implicit})
        if (whyNot(algorithm(), *world(feedback).dataset).empty())
            datasets.push_back(world(feedback).dataset);
    return datasets;
}

bool isKebab(std::string_view id)
{
    const auto fine = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !id.empty() && std::ranges::all_of(id, fine) && id.front() != '-' && id.back() != '-';
}

int sentences(std::string_view text)
{
    int count = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '.' && (i + 1 == text.size() || text[i + 1] == ' '))
            ++count;
    return count;
}

/// A value of the right type that is not allowed; for booleans, one of another type.
ParamValue badValue(const ParamSpec& spec)
{
    switch (spec.type) {
    case ParamType::Integer: return static_cast<std::int64_t>(spec.high) + 1;
    case ParamType::Real: return std::nextafter(spec.high, std::numeric_limits<double>::infinity());
    case ParamType::Choice: return std::string("nonsense");
    case ParamType::Boolean:
    case ParamType::Text: break;
    }
    if (spec.type == ParamType::Text)
        return true;
    return std::string("maybe");
}

std::size_t elementSize(Artifact::Type type)
{
    switch (type) {
    case Artifact::Type::Float32:
    case Artifact::Type::UInt32: return 4;
    case Artifact::Type::Float64:
    case Artifact::Type::Int64: return 8;
    case Artifact::Type::Text: break;
    }
    return 1;
}

/// Asks a model that was read from damaged bytes all there is to ask: whatever it answers, it must not crash.
void exercise(const Model& model)
{
    if (model.itemCount() > 1'000'000)
        return; // all numbers were allowed; only large
    for (const Query& query : {Query{}, queryFor(*world(Feedback::Explicit).dataset, UserIndex{0})}) {
        (void)scoresOf(model, query, model.itemCount() + 3);
        const auto reader = model.read(query);
        for (std::uint32_t i = 0; i < model.itemCount(); i += 7)
            (void)reader->explain(ItemIndex{i});
    }
    (void)model.similarItems(ItemIndex{0}, 5);
}

} // namespace

class ConformanceFitTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase_data()
    {
        QTest::addColumn<QString>("id");
        for (const Algorithm& each : catalogue())
            QTest::addRow("%s", each.id.c_str()) << QString::fromStdString(each.id);
    }

    void isDeclaredInFull()
    {
        const Algorithm& a = algorithm();
        QVERIFY(isKebab(a.id));
        QCOMPARE(std::ranges::count(catalogue(), a.id, &Algorithm::id), 1);
        QCOMPARE(std::ranges::count(catalogue(), a.title, &Algorithm::title), 1);
        QCOMPARE(findAlgorithm(a.id), &a);
        QVERIFY(!a.title.empty() && !a.family.empty() && !a.whenToUse.empty() && !a.paper.empty());
        QVERIFY(!a.fallback.empty());
        QCOMPARE(sentences(a.summary), 2);
        QVERIFY(a.fit && a.load && a.estimate);
        const bool lacks = !a.can.whatIf || !a.can.explains || !a.can.similarItems;
        QCOMPARE(a.can.reason.empty(), !lacks);
    }

    void everyParameterIsDeclaredInFull()
    {
        std::set<std::string> ids;
        for (const ParamSpec& spec : algorithm().params) {
            QVERIFY2(isKebab(spec.id) && ids.insert(spec.id).second, spec.id.c_str());
            QVERIFY2(!spec.title.empty() && !spec.help.empty(), spec.id.c_str());
            QVERIFY2(validate(spec, spec.fallback).has_value(), spec.id.c_str());
            const bool number = spec.type == ParamType::Integer || spec.type == ParamType::Real;
            QVERIFY2(!number || spec.low < spec.high, spec.id.c_str());
            QVERIFY2(spec.scale == ParamScale::Linear || spec.low > 0, "a logarithmic slider starts above 0");
            QVERIFY2(spec.type != ParamType::Text || (spec.check && !spec.format.empty()), spec.id.c_str());
            QVERIFY2(spec.type != ParamType::Choice || spec.choices.size() > 1, spec.id.c_str());
            for (const ParamChoice& choice : spec.choices)
                QVERIFY2(isKebab(choice.id) && !choice.title.empty(), spec.id.c_str());
        }
    }

    void badParametersAreNamed()
    {
        for (const ParamSpec& spec : algorithm().params) {
            ParamSet params;
            params.set(spec.id, badValue(spec));
            const auto model = train(algorithm(), {world(Feedback::Explicit).dataset}, params, JobContext{});
            QVERIFY2(!model.has_value(), spec.id.c_str());
            QCOMPARE(model.error().code, Code::InvalidArgument);
            QVERIFY2(model.error().text().find(spec.id) != std::string::npos, model.error().text().c_str());
        }
    }

    void everyChoiceAndFlagTrains()
    {
        for (const ParamSpec& spec : algorithm().params) {
            std::vector<ParamValue> values;
            for (const ParamChoice& choice : spec.choices)
                values.emplace_back(choice.id);
            if (spec.type == ParamType::Boolean)
                values = {false, true};
            for (const ParamValue& value : values)
                for (const auto& dataset : fitting()) {
                    ParamSet params;
                    params.set(spec.id, value);
                    const auto model = train(algorithm(), {dataset}, params, JobContext{});
                    QVERIFY2(model.has_value(), (spec.id + "=" + toText(value)).c_str());
                    const auto scores = scoresOf(**model, queryFor(*dataset, UserIndex{0}));
                    QVERIFY(std::ranges::all_of(scores, [](float score) { return std::isfinite(score); }));
                    QVERIFY(algorithm().load(saved(**model)).has_value());
                }
        }
    }

    void nothingToLearnFromIsAnError()
    {
        const auto someone = DatasetBuilder{}.row("ann", "A:5 B:3").build();
        for (const auto& dataset : {DatasetBuilder{}.build(), someone->withLog(EventLog{})}) {
            const auto model = train(algorithm(), {dataset}, {}, JobContext{});
            QVERIFY(!model.has_value());
            QCOMPARE(model.error().code, Code::InvalidArgument);
        }
    }

    void whatItNeedsIsAskedFor()
    {
        QVERIFY2(whyNot(algorithm(), *world(Feedback::Explicit).dataset).empty(),
                 "the planted ratings have everything");
        const auto bare = DatasetBuilder{}.implicit().row("ann", "A B").row("bob", "B").build();
        const std::string why = whyNot(algorithm(), *bare);
        const auto model = train(algorithm(), {bare}, {}, JobContext{});
        QCOMPARE(model.has_value(), why.empty());
        if (model)
            return;
        QCOMPARE(model.error().code, Code::InvalidArgument);
        QVERIFY(model.error().message.starts_with(algorithm().title) && model.error().message == why);
    }

    void tinyDatasetsTrain()
    {
        for (const auto& dataset : {DatasetBuilder{}.row("ann", "A:5").build(),
                                    DatasetBuilder{}.row("ann", "A:5 B:5").row("bob", "").row("cat", "A:5").build(),
                                    DatasetBuilder{}.implicit().row("ann", "A").row("bob", "A").build()}) {
            if (!whyNot(algorithm(), *dataset).empty())
                continue;
            const auto model = fitted(algorithm(), dataset);
            for (std::uint32_t person = 0; person < dataset->personCount(); ++person)
                for (const float score : scoresOf(*model, queryFor(*dataset, UserIndex{person})))
                    QVERIFY(std::isfinite(score));
        }
    }

    void theSameSeedGivesTheSameBitsOnAnyNumberOfThreads()
    {
        for (const auto& dataset : fitting()) {
            const Artifact one = saved(*fitted(algorithm(), dataset, 1));
            for (const int threads : {1, 2, 4})
                QVERIFY2(sameBits(one, saved(*fitted(algorithm(), dataset, threads))),
                         qPrintable(QString::number(threads)));
        }
    }

    void anotherSeedMattersWhereRandomnessIsDeclared()
    {
        const auto& dataset = world(Feedback::Explicit).dataset;
        const Artifact one = saved(*fitted(algorithm(), dataset, 1, 1));
        const Artifact two = saved(*fitted(algorithm(), dataset, 1, 2));
        QCOMPARE(sameBits(one, two), !algorithm().seeded);
    }

    void aWarmStartGoesOnFromWhatWasKnown()
    {
        for (const auto& dataset : fitting()) {
            const ModelPtr before = fitted(algorithm(), firstOf(*dataset, 180, 90));
            const auto refreshed = [&](const ModelPtr& from, int threads, JobObserver* observer = nullptr) {
                return train(algorithm(), {dataset, {}, from}, {}, JobContext({1, threads}, {}, observer)).value();
            };
            RoundCounter anew, warm;
            const Artifact trained = saved(*refreshed(nullptr, 1, &anew));
            const ModelPtr model = refreshed(before, 1, &warm);
            if (!algorithm().warmStart) {
                QVERIFY2(sameBits(trained, saved(*model)), "it says that it is trained anew");
                continue;
            }
            QVERIFY2(warm.rounds() > 0 && warm.rounds() * 4 < anew.rounds(),
                     qPrintable(QString::number(warm.rounds())));
            QVERIFY(sameBits(saved(*model), saved(*refreshed(before, 2))));
            QVERIFY(sameBits(saved(*model), saved(*refreshed(before, 4))));
            QCOMPARE(model->itemCount(), dataset->itemCount());
            for (std::uint32_t person = 0; person < dataset->personCount(); person += 9)
                for (const float score : scoresOf(*model, queryFor(*dataset, UserIndex{person})))
                    QVERIFY(std::isfinite(score));
        }
    }

    void aModelOfOtherShapeIsNoWarmStart()
    {
        if (!algorithm().warmStart)
            return;
        const auto& dataset = world(Feedback::Explicit).dataset;
        ParamSet shorter;
        shorter.set("factors", ParamValue(std::int64_t{7}));
        const Artifact anew = saved(*fitted(algorithm(), dataset));
        const auto part = firstOf(*dataset, 180, 90);
        for (const ModelPtr& before : {train(algorithm(), {dataset}, shorter, JobContext{}).value(), // shorter vectors
                                       fitted(*findAlgorithm("popularity"), dataset)})               // none
            QVERIFY(sameBits(anew, saved(*train(algorithm(), {dataset, {}, before}, {}, JobContext({1, 1})).value())));
        // Of more people and items than there are.
        QVERIFY(sameBits(
            saved(*fitted(algorithm(), part)),
            saved(*train(algorithm(), {part, {}, fitted(algorithm(), dataset)}, {}, JobContext({1, 1})).value())));
    }

    void whatIsStoredIsReadBack()
    {
        for (const auto& held : fitting()) {
            const Dataset& dataset = *held;
            const ModelPtr model = fitted(algorithm(), held);
            const Artifact artifact = saved(*model);
            const ModelPtr loaded = algorithm().load(artifact).value();
            QVERIFY(sameBits(artifact, saved(*loaded)));
            QCOMPARE(loaded->itemCount(), model->itemCount());
            QCOMPARE(loaded->scale(), model->scale());
            QVERIFY(sameBits(scoresOf(*loaded, Query{}), scoresOf(*model, Query{})));
            for (std::uint32_t person = 0; person < 20; ++person) {
                const Query query = queryFor(dataset, UserIndex{person});
                QVERIFY(sameBits(scoresOf(*loaded, query), scoresOf(*model, query)));
                const auto a = model->read(query)->explain(ItemIndex{person});
                const auto b = loaded->read(query)->explain(ItemIndex{person});
                QVERIFY(std::ranges::equal(a.terms, b.terms, {}, &Term::value, &Term::value));
            }
            const auto a = model->similarItems(ItemIndex{0}, 5), b = loaded->similarItems(ItemIndex{0}, 5);
            QCOMPARE(a.has_value(), b.has_value());
            QVERIFY(!a || std::ranges::equal(*a, *b, {}, &Neighbour::similarity, &Neighbour::similarity));
        }
    }

    void changedLengthsAreAnError()
    {
        const Artifact whole = saved(*fitted(algorithm(), world(Feedback::Explicit).dataset));
        QVERIFY(!algorithm().load(Artifact{}).has_value());
        for (const auto& [name, array] : whole.arrays()) {
            if (array.type == Artifact::Type::Text)
                continue; // any length is a text
            const std::size_t size = array.bytes.size(), step = elementSize(array.type);
            for (const std::size_t length :
                 {std::size_t{0}, size - 1, size - step, size / 2, size + 1, size + step, 2 * size}) {
                if (length == size)
                    continue;
                Artifact damaged = whole;
                Artifact::Array changed = array;
                changed.bytes.resize(length);
                damaged.putRaw(name, changed);
                const auto model = algorithm().load(damaged);
                QVERIFY2(!model.has_value(),
                         qPrintable(QString("%1: %2 of %3 bytes").arg(name.c_str()).arg(length).arg(size)));
                QCOMPARE(model.error().code, Code::Corrupt);
            }
        }
    }

    void anotherTypeIsAnError()
    {
        const Artifact whole = saved(*fitted(algorithm(), world(Feedback::Explicit).dataset));
        for (const auto& [name, array] : whole.arrays()) {
            Artifact damaged = whole;
            Artifact::Array changed = array;
            changed.type = array.type == Artifact::Type::Text ? Artifact::Type::Float32 : Artifact::Type::Text;
            damaged.putRaw(name, changed);
            QVERIFY2(!algorithm().load(damaged).has_value(), name.c_str());
        }
    }

    void changedBytesNeverCrash()
    {
        const Artifact whole = saved(*fitted(algorithm(), world(Feedback::Explicit).dataset));
        Rng rng(5);
        for (const auto& [name, array] : whole.arrays())
            for (int round = 0; round < 40 && !array.bytes.empty(); ++round) {
                Artifact damaged = whole;
                Artifact::Array changed = array;
                const std::size_t step = elementSize(array.type);
                const std::size_t at = step * rng.below(changed.bytes.size() / step);
                if (round % 2 == 0) // a huge index, or not a number
                    std::memset(changed.bytes.data() + at, 0xff, step);
                else
                    changed.bytes[at + rng.below(step)] ^= static_cast<std::byte>(1 + rng.below(255));
                damaged.putRaw(name, std::move(changed));
                if (const auto model = algorithm().load(damaged))
                    exercise(**model);
                else
                    QCOMPARE(model.error().code, Code::Corrupt);
            }
    }

    void reportsWhatItDoes()
    {
        Listener listener;
        const auto model =
            train(algorithm(), {world(Feedback::Explicit).dataset}, {}, JobContext({1, 2}, {}, &listener));
        QVERIFY(model.has_value());
        QVERIFY(listener.told());
        QVERIFY(!algorithm().can.personal || listener.calls() > 0);
    }

    void aCancelledJobNeverStarts()
    {
        const CancelToken token;
        token.cancel();
        const auto start = Clock::now();
        const auto model = train(algorithm(), {large()}, {}, JobContext({1, 2}, token));
        QVERIFY(!model.has_value());
        QCOMPARE(model.error().code, Code::Cancelled);
        QVERIFY(secondsSince(start) < 0.5);
    }

    void aCancelEndsARunningJobSoon()
    {
        if (!algorithm().can.personal)
            return; // over before anybody could cancel it
        double quickest = 1;
        for (int attempt = 0; attempt < 3 && quickest >= 0.5; ++attempt) { // a busy machine may hold up a thread
            const CancelledRun run = cancelOnceBegun(algorithm());
            QVERIFY2(!run.model.has_value(), "it was not cancelled");
            QCOMPARE(run.model.error().code, Code::Cancelled);
            quickest = std::min(quickest, run.seconds);
        }
        QVERIFY2(quickest < 0.5, qPrintable(QString("%1 s after the cancel").arg(quickest)));
    }

    void aCancelLeavesNothingBehind()
    {
        const auto& dataset = world(Feedback::Explicit).dataset;
        const Artifact before = saved(*fitted(algorithm(), dataset));
        const std::string hash = dataset->hash();
        const CancelToken token;
        token.cancel();
        QVERIFY(!train(algorithm(), {dataset}, {}, JobContext({1, 2}, token)).has_value());
        QCOMPARE(dataset->hash(), hash);
        QVERIFY(sameBits(before, saved(*fitted(algorithm(), dataset))));
    }

    void theEstimateGrowsWithTheData()
    {
        Cost last;
        for (const std::size_t interactions : {1'000, 10'000, 100'000, 1'000'000, 25'000'000}) {
            const Cost cost = algorithm().estimate({6'000, 4'000, interactions}, {});
            QVERIFY(cost.seconds > last.seconds && std::isfinite(cost.seconds));
            QVERIFY(cost.bytes > 0 && cost.bytes >= last.bytes);
            last = cost;
        }
        const Cost nothing = algorithm().estimate({0, 0, 0}, {});
        QVERIFY(nothing.seconds >= 0 && std::isfinite(nothing.seconds));
    }
};

QTEST_APPLESS_MAIN(ConformanceFitTest)
#include "conformance_fit_test.moc"
