// SPDX-License-Identifier: GPL-3.0-or-later
// Everybody's lists in each form, and in a real Redis.
#include "core/models/catalogue.h"
#include "core/pipeline/list_export.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

/// Names that a form could trip over.
std::shared_ptr<const Dataset> awkward()
{
    return DatasetBuilder{}
        .row("ann", "plain \"quoted\" com,ma")
        .row("b\u00e9a", "plain na\u00efve")
        .row("c,d", "com,ma na\u00efve")
        .build();
}

/// A Redis of its own, on a socket in a folder of its own; gone with the test.
class Redis {
public:
    explicit Redis(const QString& folder) : m_socket(folder + "/redis.sock")
    {
        m_server.setWorkingDirectory(folder);
        m_server.start("redis-server", {"--port", "0", "--unixsocket", m_socket, "--save", "", "--appendonly", "no"});
    }
    ~Redis()
    {
        m_server.terminate();
        m_server.waitForFinished();
    }
    [[nodiscard]] bool isThere()
    {
        return m_server.waitForStarted() &&
               QTest::qWaitFor([this] { return ask({"PING"}).trimmed() == "PONG"; }, 10'000);
    }
    [[nodiscard]] QByteArray ask(const QStringList& words, const QByteArray& piped = {}) const
    {
        QProcess client;
        client.start("redis-cli", QStringList{"-s", m_socket} + words);
        client.write(piped);
        client.closeWriteChannel();
        client.waitForFinished();
        return client.readAllStandardOutput();
    }

private:
    QString m_socket;
    QProcess m_server;
};

} // namespace

class ListExportTest : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;

    [[nodiscard]] QByteArray written(const Dataset& data, std::string_view format, std::size_t n = 2) const
    {
        const auto recommender = makeModelRecommender(
            "Popularity", testing::fitted(*findAlgorithm("popularity"), std::make_shared<const Dataset>(data)));
        std::vector<UserIndex> people;
        for (std::uint32_t user = 0; user < data.personCount(); ++user)
            people.push_back(UserIndex{user});
        const QString file = m_folder.filePath("lists");
        if (!writeLists(file.toStdString(), **listFormat(format), data, *recommender, people, n, endOfTime, {}))
            return {};
        QFile out(file);
        return out.open(QIODevice::ReadOnly) ? out.readAll() : QByteArray();
    }

private slots:
    void jsonLinesAreObjects()
    {
        const auto data = awkward();
        const auto lines = written(*data, "jsonl").trimmed().split('\n');
        QCOMPARE(lines.size(), qsizetype{3});
        const QJsonObject ann = QJsonDocument::fromJson(lines[0]).object();
        QCOMPARE(ann[u"person"].toString(), QString("ann"));
        QCOMPARE(ann[u"items"].toArray()[0][u"item"].toString(), QString::fromUtf8("na\u00efve"));
        QVERIFY(ann[u"items"].toArray()[0][u"score"].isDouble());
        QCOMPARE(ann[u"items"].toArray().size(), 1); // nothing else is left for her
    }

    void redisCommandsCarryTheirLengths()
    {
        const auto data = awkward();
        const QByteArray commands = written(*data, "redis");
        QVERIFY(commands.startsWith("*8\r\n$4\r\nHSET\r\n$10\r\nrecs-about\r\n$5\r\nmodel\r\n$10\r\nPopularity\r\n"));
        QVERIFY(commands.contains("*3\r\n$5\r\nRPUSH\r\n$8\r\nrecs:ann\r\n$6\r\nna\xc3\xafve\r\n"));
    }

    void aRealRedisHoldsTheLists()
    {
        if (QStandardPaths::findExecutable("redis-server").isEmpty())
            QSKIP("redis-server is not installed");
        Redis redis(m_folder.path());
        QVERIFY(redis.isThere());
        const auto data = awkward();
        QVERIFY(redis.ask({"RPUSH", "recs:ann", "old"}).contains("1"));
        const QByteArray said = redis.ask({"--pipe"}, written(*data, "redis"));
        QVERIFY2(said.contains("errors: 0"), said);
        QCOMPARE(redis.ask({"LRANGE", "recs:ann", "0", "-1"}).trimmed(), QByteArray("na\xc3\xafve"));
        QCOMPARE(redis.ask({"LRANGE", "recs:c,d", "0", "-1"}).trimmed(), QByteArray("plain\n\"quoted\""));
        QCOMPARE(redis.ask({"HGET", "recs-about", "dataset"}).trimmed(), QByteArray::fromStdString(data->hash()));
        QCOMPARE(redis.ask({"DBSIZE"}).trimmed(), QByteArray("4"));
    }

    void aPersonMayBeCalledAnything()
    {
        const auto data = DatasetBuilder{}.row("about", "A").row("bob", "A B").build();
        const QByteArray commands = written(*data, "redis");
        QVERIFY(commands.contains("DEL\r\n$10\r\nrecs:about\r\n"));
        QVERIFY(!commands.contains("HSET\r\n$10\r\nrecs:about\r\n")); // or the list would take its place
    }

    void keptListsOfOthersAreRefused()
    {
        const auto data = DatasetBuilder{}.row("ann", "A").row("bob", "A B").build();
        const std::string file = m_folder.filePath("kept").toStdString();
        const auto code = [&](const BulkLists& lists, std::size_t n) {
            const auto done = writeKeptLists(file, **listFormat("csv"), *data, "Popular", lists, n, {});
            return done ? Code::Internal : done.error().code;
        };
        const ItemIndex a{0}, b{1};
        QCOMPARE(code({1, {b, a}, {2, 1}}, 2), Code::InvalidArgument);       // longer than they are
        QCOMPARE(code({50, {}, {}}, 10), Code::InvalidArgument);             // of nobody
        QCOMPARE(code({0, {}, {}}, 0), Code::InvalidArgument);               // of no length
        QCOMPARE(code({1, {b, a}, {2}}, 1), Code::InvalidArgument);          // with too few scores
        QCOMPARE(code({2, {b, a, b}, {2, 1, 2}}, 1), Code::InvalidArgument); // not even rows
        QVERIFY(!QFile::exists(QString::fromStdString(file)));
        QVERIFY(writeKeptLists(file, **listFormat("csv"), *data, "Popular", {1, {b, a}, {2, 1}}, 1, {}).has_value());
    }

    void whatOthersWriteAtTheSameTimeIsLeftAlone()
    {
        const QTemporaryDir folder;
        const QString name = folder.filePath("lists.csv"), others = name + ".part";
        QFile other(others);
        QVERIFY(other.open(QIODevice::WriteOnly) && other.write("half of a list") > 0);
        other.close();
        const auto data = DatasetBuilder{}.row("ann", "A").row("bob", "A B").build();
        const BulkLists lists{1, {ItemIndex{1}, ItemIndex{0}}, {2, 1}};
        QVERIFY(writeKeptLists(name.toStdString(), **listFormat("csv"), *data, "P", lists, 1, {}).has_value());
        QVERIFY(other.open(QIODevice::ReadOnly));
        QCOMPARE(other.readAll(), QByteArray("half of a list"));
        const CancelToken token;
        token.cancel();
        QVERIFY(!writeKeptLists(name.toStdString(), **listFormat("csv"), *data, "P", lists, 1, JobContext({}, token)));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), (QStringList{"lists.csv", "lists.csv.part"}));
    }

    void formsAreKnownByName()
    {
        for (const ListFormat& format : listFormats())
            QCOMPARE(listFormat(format.id).value(), &format);
        QCOMPARE(listFormat("parquet").error().code, Code::InvalidArgument);
    }
};

QTEST_GUILESS_MAIN(ListExportTest)
#include "list_export_test.moc"
