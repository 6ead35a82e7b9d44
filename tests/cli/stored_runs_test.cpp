// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/workspace.h"
#include "tests/cli/run_cli.h"

#include <QtTest>

using namespace orrery;
using namespace orrery::testing;

namespace {

const QStringList quick = {"--split", "random", "--metrics", "ndcg@10,rmse", "--bootstrap", "0", "--seed", "3"};
const QStringList smallSvd = {"--model", "svd", "--set", "factors=4", "--set", "epochs=2"};

/// What the window would find in the file.
struct ReadBack {
    std::vector<DatasetRow> datasets;
    std::vector<ModelRow> models;
    std::vector<RunRow> runs;
};

ReadBack look(const QString& file)
{
    const auto workspace = Workspace::open(file.toStdString());
    if (!workspace)
        return {};
    ReadBack found{workspace->datasets().value(), {}, {}};
    for (const auto& dataset : found.datasets) {
        const auto models = workspace->models(dataset.id).value();
        const auto runs = workspace->runs(dataset.id).value();
        found.models.insert(found.models.end(), models.begin(), models.end());
        found.runs.insert(found.runs.end(), runs.begin(), runs.end());
    }
    return found;
}

} // namespace

/// What `evaluate` and `train` leave in a workspace.
class StoredRunsTest : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_folder.emplace();
        m_file = m_folder->filePath("w.orrery");
    }

    void aRunOfAStoredModelIsStoredWithIt()
    {
        train();
        const auto ran = evaluate({"--model", "my svd"});
        const ReadBack found = look(m_file);
        QCOMPARE(found.models.size(), std::size_t{1});
        QCOMPARE(found.runs.size(), std::size_t{1});
        const RunRow& run = found.runs[0];
        QCOMPARE(run.model, found.models[0].id);
        QCOMPARE(run.seed, std::uint64_t{9}); // the model's, not the split's
        QCOMPARE(run.build, buildName());
        QCOMPARE(QString::fromStdString(run.protocolHash), ran.json()[u"models"][0][u"protocol"].toString());
        QVERIFY(run.protocolJson.find(R"("kind":"random","testShare":0.2,"seed":3)") != std::string::npos);
        const auto* metric = run.report.find("ndcg@10");
        QVERIFY(metric != nullptr);
        QCOMPARE(metric->mean, ran.json()[u"models"][0][u"metrics"][u"ndcg@10"][u"mean"].toDouble());
        QCOMPARE(metric->perPerson.size(), run.report.people.size());
        QCOMPARE(ran.json()[u"stored"][u"runs"][0][u"run"].toInteger(), run.id);
    }

    void anAlgorithmIsStoredAsItWasJudged()
    {
        import();
        const auto ran = evaluate(smallSvd + QStringList{"--model", "popularity"});
        const ReadBack found = look(m_file);
        QCOMPARE(found.models.size(), std::size_t{2});
        QCOMPARE(found.runs.size(), std::size_t{2});
        const auto svd = std::ranges::find(found.models, std::string("svd"), &ModelRow::algorithm);
        QVERIFY(svd != found.models.end());
        QVERIFY(svd->heldOut);
        QCOMPARE(svd->seed, std::uint64_t{3});
        QVERIFY(svd->paramsJson.find(R"("factors":4)") != std::string::npos);
        QVERIFY(svd->trainHash != found.datasets[0].hash);
        QVERIFY(svd->splitJson.find("random") != std::string::npos);
        QVERIFY(found.models[0].colour != found.models[1].colour);
        // It is the judged model itself: evaluating it again by name gives the same numbers.
        const auto again = evaluate({"--model", QString::fromStdString(svd->name)});
        QCOMPARE(again.json()[u"models"][0][u"metrics"], metricsOf(ran, "svd"));
        QCOMPARE(again.json()[u"models"][0][u"seconds"][u"training"].toDouble(), 0.0);
    }

    void theSameTrainingIsNotStoredTwice()
    {
        import();
        evaluate(smallSvd);
        evaluate(smallSvd);
        QCOMPARE(look(m_file).models.size(), std::size_t{1});
        QCOMPARE(look(m_file).runs.size(), std::size_t{2});
    }

    void eachFoldIsARunOfItsOwn()
    {
        import();
        evaluate({"--folds", "3", "--model", "popularity"});
        const ReadBack found = look(m_file);
        QCOMPARE(found.models.size(), std::size_t{1});
        QCOMPARE(found.runs.size(), std::size_t{3});
        QVERIFY(found.runs[0].protocolHash != found.runs[1].protocolHash);
        QVERIFY(found.runs[2].protocolJson.find(R"("folds":3,"fold":2)") != std::string::npos);
    }

    void listsOfAnotherRecommenderAreStoredWithTheirRun()
    {
        import();
        const auto lists = writeFile(*m_folder, "theirs.csv", "person,item,rank\n42,7,1\n42,8,2\n");
        evaluate({"--lists-from", lists});
        const ReadBack found = look(m_file);
        QCOMPARE(found.models.size(), std::size_t{1});
        QCOMPARE(found.models[0].algorithm, std::string("imported-list"));
        QCOMPARE(found.models[0].name, std::string("theirs"));
        QCOMPARE(found.runs.size(), std::size_t{1});
    }

    void whatWasLeftOutStandsWithTheRun()
    {
        const auto ran = runCli(QStringList{"evaluate", "--data", films(), "--out", m_file, "--model", "popularity",
                                            "--keep-from", "4", "--candidates", "50"} +
                                quick);
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        const ReadBack found = look(m_file);
        QCOMPARE(int(found.datasets[0].events), imported().json()[u"dataset"][u"events"].toInt());
        QVERIFY2(found.runs[0].splitDescription.find("values from 4") != std::string::npos,
                 found.runs[0].splitDescription.c_str());
        QVERIFY(found.runs[0].protocolJson.find("stored candidates") != std::string::npos);
    }

    void noStoreLeavesTheWorkspaceAsItIs()
    {
        import();
        const QByteArray before = readFile(m_file);
        const auto ran = evaluate({"--model", "popularity", "--no-store"});
        QVERIFY(!ran.json().contains(u"stored"));
        QCOMPARE(readFile(m_file), before);
    }

    void outMakesAWorkspaceOfDataFiles()
    {
        const auto trained =
            runCli(QStringList{"train", "--data", films(), "--out", m_file, "--seed", "3", "--json"} + smallSvd);
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        QCOMPARE(trained.json()[u"workspace"].toString(), m_file);
        const ReadBack found = look(m_file);
        QCOMPARE(found.datasets.size(), std::size_t{1});
        QCOMPARE(found.models.size(), std::size_t{1});
        QCOMPARE(found.models[0].trainHash, found.datasets[0].hash);
    }

    void evaluateMakesAWorkspaceToo()
    {
        const auto ran =
            runCli(QStringList{"evaluate", "--data", films(), "--out", m_file, "--model", "popularity"} + quick);
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QVERIFY2(ran.out.contains("1 run stored in"), ran.out.constData());
        QCOMPARE(look(m_file).runs.size(), std::size_t{1});
    }

    void outNeverTouchesAFileThatIsThere()
    {
        const auto there = writeFile(*m_folder, "mine.orrery", "mine");
        const auto ran = runCli({"train", "--data", films(), "--out", there, "--model", "popularity", "--json"});
        QCOMPARE(ran.exitCode, 2);
        QVERIFY(ran.json()[u"error"][u"hint"].toString().contains("--workspace"));
        QCOMPARE(readFile(there), QByteArray("mine"));
    }

    void aFailedTrainingLeavesNoWorkspace()
    {
        const auto ran = runCli({"train", "--data", "/no/such/file", "--out", m_file, "--model", "popularity"});
        QCOMPARE(ran.exitCode, 3);
        QVERIFY(!QFile::exists(m_file));
    }

    void aTakenNameGetsANumber()
    {
        train();
        const auto second =
            runCli({"train", "--workspace", m_file, "--model", "popularity", "--name", "my svd", "--json"});
        QCOMPARE(second.json()[u"name"].toString(), QString("my svd 2"));
        QVERIFY(look(m_file).models[1].colour != look(m_file).models[0].colour);
    }

private:
    static Ran imported() { return runCli({"import", films(), "--json"}); }

    void import() const
    {
        const auto imported = runCli({"import", films(), "--workspace", m_file});
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
    }

    void train() const
    {
        import();
        const auto trained =
            runCli(QStringList{"train", "--workspace", m_file, "--seed", "9", "--name", "my svd"} + smallSvd);
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
    }

    Ran evaluate(const QStringList& what) const
    {
        auto ran = runCli(QStringList{"evaluate", "--workspace", m_file, "--json"} + what + quick);
        if (ran.exitCode != 0)
            qWarning("%s", ran.err.constData());
        return ran;
    }

    static QJsonValue metricsOf(const Ran& ran, const QString& algorithm)
    {
        for (const auto& model : ran.json()[u"models"].toArray())
            if (model[u"algorithm"].toString() == algorithm)
                return model[u"metrics"];
        return {};
    }

    std::optional<QTemporaryDir> m_folder;
    QString m_file;
};

QTEST_GUILESS_MAIN(StoredRunsTest)
#include "stored_runs_test.moc"
