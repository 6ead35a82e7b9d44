// SPDX-License-Identifier: GPL-3.0-or-later
// Trees for ranking: what they predict and explain against XGBoost itself (fixtures/trees/recipe.py), what training
// learns and refuses, and what damaged files do.
#include "core/base/rng.h"
#include "core/models/artifact.h"
#include "core/ranking/gbdt.h"
#include "core/ranking/xgboost_trees.h"

#include <QtTest>

#include <cmath>

#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include <fmt/format.h>

using namespace orrery;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

std::string fixture(const std::string& name)
{
    std::ifstream file(fmt::format("{}/trees/{}", ORRERY_FIXTURES, name));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// An empty cell is a missing value.
Matrix readTable(const std::string& name)
{
    std::istringstream lines(fixture(name));
    std::vector<std::vector<float>> rows;
    for (std::string line; std::getline(lines, line);) {
        rows.emplace_back();
        std::istringstream cells(line + ",");
        for (std::string cell; std::getline(cells, cell, ',');)
            rows.back().push_back(cell.empty() ? missing : std::stof(cell));
    }
    Matrix table(rows.size(), rows.front().size());
    for (std::size_t r = 0; r < rows.size(); ++r)
        std::ranges::copy(rows[r], table.row(r).begin());
    return table;
}

TreeEnsemble fixtureTrees(const std::string& name, std::size_t count, std::size_t features)
{
    return TreeEnsemble::make(features, 0, treesFromXgboost(fixture(name), count).value()).value();
}

/// The first `cols` columns.
Matrix narrowed(const Matrix& from, std::size_t cols)
{
    Matrix out(from.rows(), cols);
    for (std::size_t r = 0; r < from.rows(); ++r)
        std::ranges::copy(from.row(r).first(cols), out.row(r).begin());
    return out;
}

void compareShap(const TreeEnsemble& trees, const Matrix& rows, const Matrix& expected)
{
    std::vector<float> margins(rows.rows());
    trees.predict(rows.view(), margins);
    std::vector<float> terms(rows.cols() + 1);
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        trees.contributions(rows.row(r), terms);
        double sum = 0, sizes = 0;
        for (std::size_t f = 0; f < terms.size(); ++f) {
            // Theirs are single precision.
            QVERIFY2(std::abs(terms[f] - expected.row(r)[f]) < 1e-4F,
                     fmt::format("row {} feature {}: {} {}", r, f, terms[f], expected.row(r)[f]).c_str());
            sum += static_cast<double>(terms[f]);
            sizes += static_cast<double>(std::abs(terms[f]));
        }
        QVERIFY(std::abs(sum - static_cast<double>(margins[r])) <= 1e-4 * sizes);
    }
}

/// Groups of 20 rows: the label is 1 for the 4 that are best by a rule of two of six features, blurred by noise.
TrainingRows plantedRanking(std::size_t groups, std::uint64_t seed, double noise = .3)
{
    constexpr std::size_t size = 20, features = 6;
    Rng rng(seed);
    TrainingRows rows{Matrix(groups * size, features), std::vector<float>(groups * size), {0}, {}};
    for (std::size_t g = 0; g < groups; ++g) {
        std::vector<std::pair<double, std::size_t>> scores;
        for (std::size_t r = g * size; r < (g + 1) * size; ++r) {
            for (float& value : rows.features.row(r))
                value = static_cast<float>(rng.normal());
            const auto x = rows.features.row(r);
            scores.emplace_back(static_cast<double>(x[1] + x[4] * x[4]) + noise * rng.normal(), r);
        }
        std::ranges::sort(scores, std::greater<>());
        for (std::size_t best = 0; best < 4; ++best)
            rows.labels[scores[best].second] = 1;
        rows.groupStarts.push_back(static_cast<std::uint32_t>((g + 1) * size));
    }
    return rows;
}

GbdtParams quick(GbdtObjective objective = GbdtObjective::Ndcg)
{
    GbdtParams params;
    params.objective = objective;
    params.trees = 40;
    params.depth = 4;
    params.patience = 10;
    return params;
}

double ndcgBy(const TreeEnsemble& trees, const TrainingRows& rows)
{
    std::vector<float> margins(rows.labels.size());
    trees.predict(rows.features.view(), margins);
    return groupedNdcg(margins, rows.labels, rows.groupStarts, 10);
}

bool sameBits(const TreeEnsemble& a, const TreeEnsemble& b)
{
    if (a.treeCount() != b.treeCount() || a.bias() != b.bias())
        return false;
    for (std::size_t t = 0; t < a.treeCount(); ++t)
        if (!std::ranges::equal(a.tree(t), b.tree(t)))
            return false;
    return true;
}

TreeNode split(std::uint32_t feature, float threshold, bool missingLeft, float cover)
{
    return {feature, threshold, missingLeft, 0, cover, 1};
}

TreeNode leaf(float value, float cover) { return {TreeNode::leaf, 0, true, value, cover, 0}; }

/// x0 < 1 ? (x1 < 0 ? 1 : 2) : 4, covers 6, 2 and 2; missing x0 goes right.
std::vector<TreeNode> smallTree()
{
    return {split(0, 1, false, 10), split(1, 0, true, 8), leaf(4, 2), leaf(1, 6), leaf(2, 2)};
}

using Trees = std::vector<std::vector<TreeNode>>;

TreeEnsemble smallTrees() { return TreeEnsemble::make(2, .5, Trees{smallTree()}).value(); }

class Listener : public JobObserver {
public:
    void progressed(double, std::string_view) override {}
    void measured(std::string_view series, double step, double value) override
    {
        names.emplace(series);
        steps.push_back(step);
        values.push_back(value);
        if (token && values.size() == 3)
            token->cancel();
    }
    std::set<std::string> names;
    std::vector<double> steps, values;
    CancelToken* token = nullptr;
};

Code codeOf(const TrainingRows& train, const TrainingRows& validation, GbdtObjective objective = GbdtObjective::Ndcg)
{
    const auto trained = trainTrees(train, validation, quick(objective), JobContext{});
    return trained ? Code::Internal : trained.error().code;
}

} // namespace

class GbdtTest : public QObject {
    Q_OBJECT

    /// Where this build has no XGBoost, there is no training to be tested.
    static bool canTrain() { return whyNoGbdt().empty(); }

private slots:
    void predictsAsXgboostDoes()
    {
        const Matrix rows = readTable("rows.csv"), expected = readTable("margins.csv");
        const TreeEnsemble trees = fixtureTrees("model.json", 25, 8);
        std::vector<float> margins(rows.rows());
        trees.predict(rows.view(), margins);
        for (std::size_t r = 0; r < rows.rows(); ++r)
            QVERIFY(std::abs(margins[r] - expected.row(r)[0]) < 1e-5F);
        // A row alone takes another way through the code.
        std::vector<float> alone(1);
        trees.predict({rows.row(7).data(), 1, rows.cols()}, alone);
        QCOMPARE(alone[0], margins[7]);
    }

    void explainsAsXgboostDoes()
    {
        compareShap(fixtureTrees("model.json", 25, 8), readTable("rows.csv"), readTable("shap.csv"));
    }

    void explainsFeaturesThatComeAgainAndAgain()
    {
        compareShap(fixtureTrees("deep.json", 6, 4), narrowed(readTable("rows.csv"), 4), readTable("deep_shap.csv"));
    }

    void explainsATreeWorkedByHand()
    {
        // Nothing known: .8 (.75 * 1 + .25 * 2) + .2 * 4 = 1.8. With x0 = 0 alone 1.25, with x1 = 5 alone
        // .8 * 2 + .2 * 4 = 2.4, with both 2. So x0: ((1.25 - 1.8) + (2 - 2.4)) / 2, x1: ((2.4 - 1.8) + (2 - 1.25))
        // / 2.
        const std::vector<float> row{0, 5};
        std::vector<float> terms(3);
        smallTrees().contributions(row, terms);
        QVERIFY(std::abs(terms[0] + .475F) < 1e-6F);
        QVERIFY(std::abs(terms[1] - .675F) < 1e-6F);
        QVERIFY(std::abs(terms[2] - 2.3F) < 1e-6F);
    }

    void missingAndInfiniteValuesGoWhereTheNodeSays()
    {
        constexpr float inf = std::numeric_limits<float>::infinity();
        Matrix rows(5, 2);
        const std::vector<float> values{missing, -1, 0, missing, inf, inf, -inf, inf, 1, 0};
        std::ranges::copy(values, rows.all().begin());
        std::vector<float> out(5);
        smallTrees().predict(rows.view(), out);
        QCOMPARE(out, (std::vector<float>{4.5F, 1.5F, 4.5F, 2.5F, 4.5F}));
    }

    void importanceCountsSplits()
    {
        const auto uses = smallTrees().importance();
        QCOMPARE(uses[0].splits, 1U);
        QCOMPARE(uses[0].cover, 10.);
        QCOMPARE(uses[1].cover, 8.);
        QCOMPARE(uses[1].gain, 1.);
    }

    void refusesNodesThatAreNoTree()
    {
        const auto refused = [](auto damage) {
            auto nodes = smallTree();
            damage(nodes);
            const auto made = TreeEnsemble::make(2, 0, Trees{nodes});
            return !made && made.error().code == Code::InvalidArgument;
        };
        QVERIFY(refused([](auto& nodes) { nodes.clear(); }));
        QVERIFY(refused([](auto& nodes) { nodes.pop_back(); }));
        QVERIFY(refused([](auto& nodes) { nodes.push_back(leaf(1, 1)); }));
        QVERIFY(refused([](auto& nodes) { nodes[4] = split(0, 0, true, 1); }));
        QVERIFY(refused([](auto& nodes) { nodes[0] = leaf(1, 10); }));
        QVERIFY(refused([](auto& nodes) { nodes[0].feature = 2; }));
        QVERIFY(refused([](auto& nodes) { nodes[0].threshold = missing; }));
        QVERIFY(refused([](auto& nodes) { nodes[4].value = 1e31F; }));
        QVERIFY(refused([](auto& nodes) { nodes[3].cover = 0; }));
        QVERIFY(refused([](auto& nodes) { nodes[3].cover = 1e-15F; }));
        QVERIFY(refused([](auto& nodes) { // a chain of 17 splits
            nodes = {split(0, 0, true, 1)};
            for (int n = 0; n < 16; ++n) {
                nodes.push_back(leaf(1, 1));
                nodes.push_back(split(0, 0, true, 1));
            }
            nodes.push_back(leaf(1, 1));
            nodes.push_back(leaf(1, 1));
        }));
    }

    void isTheSameAfterSavingAndLoading()
    {
        const TreeEnsemble trees = fixtureTrees("model.json", 25, 8);
        Artifact artifact;
        trees.save(artifact, "trees.");
        const auto loaded = TreeEnsemble::load(artifact, "trees.", 8);
        QVERIFY(loaded);
        QVERIFY(sameBits(trees, *loaded));
        Artifact none;
        TreeEnsemble::make(3, 1.5, {}).value().save(none, "");
        QCOMPARE(TreeEnsemble::load(none, "", 3).value().bias(), 1.5);
    }

    void damagedFilesAreErrorsAndNeverCrash()
    {
        const Matrix rows = readTable("rows.csv");
        Artifact artifact;
        fixtureTrees("model.json", 25, 8).save(artifact, "");
        Rng rng(5);
        std::size_t refused = 0;
        for (int trial = 0; trial < 2000; ++trial) {
            Artifact damaged = artifact;
            auto array =
                std::next(artifact.arrays().begin(), static_cast<std::ptrdiff_t>(rng.below(artifact.arrays().size())));
            Artifact::Array bytes = array->second;
            if (trial % 4 == 0)
                bytes.bytes.resize(rng.below(bytes.bytes.size()));
            else
                for (int n = 0; n <= trial % 3; ++n)
                    bytes.bytes[rng.below(bytes.bytes.size())] = static_cast<std::byte>(rng.below(256));
            damaged.putRaw(array->first, bytes);
            const auto loaded = TreeEnsemble::load(damaged, "", 8);
            if (!loaded) {
                QCOMPARE(loaded.error().code, Code::Corrupt);
                ++refused;
                continue;
            }
            // What is still a tree may say something else, but must say it.
            std::vector<float> margins(rows.rows()), terms(9);
            loaded->predict(rows.view(), margins);
            loaded->contributions(rows.row(0), terms);
            QVERIFY(std::ranges::all_of(margins, [](float value) { return std::isfinite(value); }));
            QVERIFY(std::ranges::all_of(terms, [](float value) { return !std::isnan(value); }));
        }
        QVERIFY(refused > 500);
        QVERIFY(!TreeEnsemble::load(artifact, "", 7)); // a leaf there asks feature 8
        QVERIFY(!TreeEnsemble::load(artifact, "other.", 8));
    }

    void otherDescriptionsOfTreesAreErrors()
    {
        for (const char* json : {"", "{}", "[1]", R"({"learner": {"gradient_booster": {"model": {"trees": [{}]}}}})",
                                 R"({"learner": {"gradient_booster": {"model": {"trees": 3}}}})"}) {
            const auto trees = treesFromXgboost(json, 1);
            QVERIFY(!trees);
            QCOMPARE(trees.error().code, Code::Internal);
        }
        QVERIFY(!treesFromXgboost(fixture("model.json"), 26));
        // A child that is its own parent is never followed for ever: what comes of it is no tree.
        std::string circle = fixture("model.json");
        const auto at = circle.find("\"left_children\":[1,");
        QVERIFY(at != std::string::npos);
        circle.replace(at, 19, "\"left_children\":[0,");
        const auto trees = treesFromXgboost(circle, 1);
        QVERIFY(!trees || !TreeEnsemble::make(8, 0, *trees));
    }

    void ndcgSharesThePlacesOfWhatIsLevel()
    {
        // Labels 2, 0, 1, best order 3 / 1 + 1 / log2 3; by score 0, then 2 and 1 level: (3 + 1) / 2 at places 2 and 3.
        const std::vector<float> scores{1, 2, 1}, labels{2, 0, 1};
        const std::vector<std::uint32_t> starts{0, 3};
        const double second = 1 / std::log2(3.), third = 1 / std::log2(4.);
        QVERIFY(std::abs(groupedNdcg(scores, labels, starts, 10) - 2 * (second + third) / (3 + second)) < 1e-12);
        QVERIFY(std::abs(groupedNdcg(scores, labels, starts, 2) - 2 * second / (3 + second)) < 1e-12);
        const std::vector<float> nothing{0, 0, 0};
        QVERIFY(std::isnan(groupedNdcg(scores, nothing, starts, 10)));
    }

    void learnsAPlantedRanking_data()
    {
        QTest::addColumn<int>("objective");
        QTest::newRow("ndcg") << static_cast<int>(GbdtObjective::Ndcg);
        QTest::newRow("pairwise") << static_cast<int>(GbdtObjective::Pairwise);
        QTest::newRow("pointwise") << static_cast<int>(GbdtObjective::Pointwise);
        QTest::newRow("squared") << static_cast<int>(GbdtObjective::Squared);
    }

    void learnsAPlantedRanking()
    {
        if (!canTrain())
            QSKIP(whyNoGbdt().c_str());
        QFETCH(int, objective);
        const TrainingRows train = plantedRanking(200, 1), validation = plantedRanking(60, 2),
                           test = plantedRanking(100, 3);
        Listener listener;
        const auto trained =
            trainTrees(train, validation, quick(static_cast<GbdtObjective>(objective)), JobContext({}, {}, &listener));
        QVERIFY2(trained, trained ? "" : trained.error().text().c_str());
        // All level, 4 of 20 at the first ten places: .36. The rule itself, without its noise, has about .97.
        const double level = groupedNdcg(std::vector<float>(test.labels.size()), test.labels, test.groupStarts, 10);
        QVERIFY(level < .45);
        QVERIFY2(ndcgBy(trained->trees, test) > .85, fmt::format("{}", ndcgBy(trained->trees, test)).c_str());
        QCOMPARE(listener.names, std::set<std::string>{trained->metric});
        QCOMPARE(listener.values, trained->validation);
        QCOMPARE(listener.steps.front(), 1.);
        QCOMPARE(trained->trees.treeCount(), trained->bestRound + 1);
        const auto uses = trained->trees.importance();
        QVERIFY(uses[1].gain > 2 * uses[0].gain && uses[4].gain > 2 * uses[0].gain);
    }

    void keepsTheBestRoundAndStops()
    {
        if (!canTrain())
            QSKIP(whyNoGbdt().c_str());
        // Ten noisy groups are soon known by heart.
        const TrainingRows train = plantedRanking(10, 4, 2), validation = plantedRanking(80, 5, 2);
        GbdtParams params = quick(GbdtObjective::Pointwise);
        params.trees = 300;
        params.learningRate = .3F;
        const auto trained = trainTrees(train, validation, params, JobContext{}).value();
        QVERIFY(trained.validation.size() < 300);
        QCOMPARE(trained.validation.size(), trained.bestRound + 1 + 10);
        QCOMPARE(std::ranges::min_element(trained.validation) - trained.validation.begin(),
                 static_cast<std::ptrdiff_t>(trained.bestRound));
        // The log loss of the trees that were kept, worked out anew, is the best one.
        std::vector<float> margins(validation.labels.size());
        trained.trees.predict(validation.features.view(), margins);
        double loss = 0;
        for (std::size_t r = 0; r < margins.size(); ++r) {
            const double p = probabilityOf(static_cast<double>(margins[r]));
            loss -= std::log(validation.labels[r] > 0 ? p : 1 - p) / static_cast<double>(margins.size());
        }
        QVERIFY(std::abs(loss - trained.validation[trained.bestRound]) < 1e-5);
    }

    void keepsAllTreesWithoutValidation()
    {
        if (!canTrain())
            QSKIP(whyNoGbdt().c_str());
        const auto trained = trainTrees(plantedRanking(20, 4), {}, quick(), JobContext{}).value();
        QCOMPARE(trained.trees.treeCount(), 40U);
        QVERIFY(trained.validation.empty());
    }

    void sameSeedSameBits()
    {
        if (!canTrain())
            QSKIP(whyNoGbdt().c_str());
        const TrainingRows train = plantedRanking(50, 1), validation = plantedRanking(30, 2);
        GbdtParams params = quick();
        params.subsample = .6F;
        params.columnSample = .5F;
        const auto by = [&](std::uint64_t seed, int threads) {
            return trainTrees(train, validation, params, JobContext({seed, threads})).value().trees;
        };
        const TreeEnsemble first = by(7, 1);
        QVERIFY(!sameBits(first, by(8, 1)));
        QVERIFY(sameBits(first, by(7, 2)));
    }

    void weightsCount()
    {
        if (!canTrain())
            QSKIP(whyNoGbdt().c_str());
        // Half of the groups say that x0 is good, half that it is bad: the heavier half is believed.
        TrainingRows rows{Matrix(400, 1), std::vector<float>(400), {}, {}};
        for (std::uint32_t r = 0; r < 400; r += 2) {
            rows.groupStarts.push_back(r);
            rows.features.row(r)[0] = 1;
            rows.labels[r + (r < 200 ? 0 : 1)] = 1;
            rows.weights.push_back(r < 200 ? .2F : 1.F);
        }
        rows.groupStarts.push_back(400);
        const auto trained = trainTrees(rows, {}, quick(), JobContext{}).value();
        std::vector<float> margins(2);
        trained.trees.predict({rows.features.row(0).data(), 2, 1}, margins);
        QVERIFY(margins[0] < margins[1]);
    }

    void highGradesDoNotOverflow()
    {
        if (!canTrain())
            QSKIP(whyNoGbdt().c_str());
        TrainingRows high = plantedRanking(50, 1), four = high;
        for (std::size_t r = 0; r < high.labels.size(); ++r) {
            high.labels[r] *= 1000;
            four.labels[r] *= 4;
        }
        QVERIFY(sameBits(trainTrees(high, {}, quick(), JobContext{}).value().trees,
                         trainTrees(four, {}, quick(), JobContext{}).value().trees));
    }

    void cancelsBetweenRounds()
    {
        if (!canTrain())
            QSKIP(whyNoGbdt().c_str());
        CancelToken token;
        Listener listener;
        listener.token = &token;
        const auto trained =
            trainTrees(plantedRanking(50, 1), plantedRanking(30, 2), quick(), JobContext({}, token, &listener));
        QVERIFY(!trained);
        QCOMPARE(trained.error().code, Code::Cancelled);
        QCOMPARE(listener.values.size(), 3U);
    }

    void refusesRowsThatTeachNothing()
    {
        if (!canTrain())
            QSKIP(whyNoGbdt().c_str());
        const TrainingRows good = plantedRanking(5, 1);
        const auto refused = [&](auto damage, GbdtObjective objective = GbdtObjective::Ndcg) {
            TrainingRows bad = good;
            damage(bad);
            return codeOf(bad, {}, objective) == Code::InvalidArgument;
        };
        QVERIFY(refused([](auto& rows) { rows = {}; }));
        QVERIFY(refused([](auto& rows) { rows.labels.pop_back(); }));
        QVERIFY(refused([](auto& rows) { std::ranges::fill(rows.labels, 0.F); }));
        QVERIFY(refused([](auto& rows) { std::ranges::fill(rows.labels, 1.F); }));
        QVERIFY(refused([](auto& rows) { rows.labels[3] = missing; }));
        QVERIFY(refused([](auto& rows) { rows.features.row(2)[1] = std::numeric_limits<float>::infinity(); }));
        QVERIFY(refused([](auto& rows) { rows.groupStarts.clear(); }));
        QVERIFY(refused([](auto& rows) { rows.groupStarts.back() += 1; }));
        QVERIFY(refused([](auto& rows) { rows.groupStarts[1] = 0; }));
        QVERIFY(refused([](auto& rows) { rows.groupStarts[1] = 60; }));
        QVERIFY(refused([](auto& rows) { rows.weights = {1, 2}; }));
        QVERIFY(refused([](auto& rows) { rows.weights = {1, 2, 3, 4, -1}; }));
        QVERIFY(refused([](auto& rows) { rows.labels[0] = 2; }, GbdtObjective::Pointwise));
        QVERIFY(refused([](auto& rows) { std::ranges::fill(rows.labels, 1.F); }, GbdtObjective::Pointwise));
        TrainingRows narrow{Matrix(20, 5), std::vector<float>(20, 1), {0, 20}, {}};
        QCOMPARE(codeOf(good, narrow), Code::InvalidArgument);
        TrainingRows silent = good;
        std::ranges::fill(silent.labels, 0.F);
        QCOMPARE(codeOf(good, silent), Code::InvalidArgument);
    }

    void settingsAreDeclaredOnce()
    {
        ParamSet set;
        set.set("objective", std::string("pairwise"));
        set.set("depth", std::int64_t{3});
        const auto params = readGbdtParams(set).value();
        QCOMPARE(params.objective, GbdtObjective::Pairwise);
        QCOMPARE(params.depth, 3);
        QCOMPARE(params.trees, 300);
        set.set("depth", std::int64_t{40});
        QCOMPARE(readGbdtParams(set).error().code, Code::InvalidArgument);
        set = {};
        for (const char* id : {"ndcg", "pairwise", "pointwise", "squared"}) {
            set.set("objective", std::string(id));
            QVERIFY(readGbdtParams(set));
        }
    }
};

QTEST_GUILESS_MAIN(GbdtTest)
#include "gbdt_test.moc"
