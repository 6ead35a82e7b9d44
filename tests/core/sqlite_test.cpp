// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/blob_store.h"
#include "core/store/migrations.h"
#include "core/store/sqlite.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include <QTemporaryDir>
#include <QtTest>

using namespace orrery;
using sqlite::Database;
using sqlite::Transaction;

class SqliteTest : public QObject {
    Q_OBJECT
private slots:
    void givesBackWhatWasBound()
    {
        const auto database = Database::inMemory();
        QVERIFY(database->execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB, e INTEGER) STRICT"));
        const std::string text("zero\0inside, Düsseldorf", 24);
        const std::array<std::byte, 3> bytes{std::byte{1}, std::byte{0}, std::byte{255}};
        QVERIFY(database->prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)")
                    .run(-7, 0.1, text, std::span<const std::byte>(bytes), std::optional<std::int64_t>())
                    .status());
        auto row = database->prepare("SELECT * FROM t");
        QVERIFY(row.next());
        QCOMPARE(row.integer(0), std::int64_t{-7});
        QCOMPARE(row.real(1), 0.1);
        QCOMPARE(std::string(row.text(2)), text);
        QVERIFY(std::ranges::equal(row.blob(3), bytes));
        QVERIFY(row.isNull(4));
        QVERIFY(!row.next());
    }

    void exactNumbersComeBackBitForBit()
    {
        const auto database = Database::inMemory();
        QVERIFY(database->execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b ANY) STRICT"));
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const std::vector<double> values{1995,     0.1,       0.0,   -0.0,   nan, -nan,
                                         HUGE_VAL, -HUGE_VAL, 1e300, 5e-324, -3,  9.1e15};
        auto insert = database->prepare("INSERT INTO t (b) VALUES (?)");
        for (const double value : values)
            insert.run(sqlite::Exact{value});
        QVERIFY(insert.status());
        auto rows = database->prepare("SELECT b, typeof(b) FROM t ORDER BY a");
        for (const double value : values) {
            QVERIFY(rows.next());
            QCOMPARE(std::bit_cast<std::uint64_t>(rows.exact(0)), std::bit_cast<std::uint64_t>(value));
        }
        QCOMPARE(*database->integer("SELECT count(*) FROM t WHERE typeof(b) = 'integer'"), std::int64_t{3});
    }

    void theFirstFailureSticks()
    {
        const auto database = Database::inMemory();
        QVERIFY(database->execute("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT"));
        auto insert = database->prepare("INSERT INTO t VALUES (?)");
        insert.run(1).run(1).run(2);
        QVERIFY(!insert.status());
        QCOMPARE(*database->integer("SELECT count(*) FROM t"), std::int64_t{1});
        auto wrong = database->prepare("SELECT nothing FROM nowhere");
        QVERIFY(!wrong.next());
        QCOMPARE(wrong.status().error().code, Code::Internal);
    }

    void aTransactionThatIsNotCommittedLeavesNothing()
    {
        const auto database = Database::inMemory();
        QVERIFY(database->execute("CREATE TABLE t (a INTEGER)"));
        {
            auto transaction = Transaction::begin(*database, Transaction::Kind::Write);
            QVERIFY(database->execute("INSERT INTO t VALUES (1)"));
        }
        QCOMPARE(*database->integer("SELECT count(*) FROM t"), std::int64_t{0});
        const Status failed = sqlite::inTransaction(*database, Transaction::Kind::Write, [&]() -> Status {
            if (auto done = database->execute("INSERT INTO t VALUES (2)"); !done)
                return done;
            return error(Code::InvalidArgument, "no");
        });
        QCOMPARE(failed.error().code, Code::InvalidArgument);
        QCOMPARE(*database->integer("SELECT count(*) FROM t"), std::int64_t{0});
    }

    void triggersAndViewsOfAFileAreNotRun()
    {
        const auto database = Database::inMemory();
        QVERIFY(database->execute("CREATE TABLE t (a INTEGER); CREATE TABLE log (a INTEGER);"
                                  "CREATE TRIGGER spy AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;"
                                  "CREATE VIEW v AS SELECT a FROM t;"
                                  "INSERT INTO t VALUES (1);"));
        QCOMPARE(*database->integer("SELECT count(*) FROM log"), std::int64_t{0});
        QVERIFY(!database->integer("SELECT count(*) FROM v"));
    }

    void anArrayComesBackFromItsChunks()
    {
        QTemporaryDir folder;
        const auto database = Database::createNew(folder.filePath("w").toStdString());
        QVERIFY(store::migrate(*database));
        const store::BlobStore blobs(*database);
        const auto dataset = addDataset(*database);
        std::vector<std::uint32_t> numbers(600'000); // 2.4 MB: three chunks
        std::iota(numbers.begin(), numbers.end(), 7U);
        QVERIFY(blobs.write(store::Owner::Dataset, dataset, "n", "uint32", std::as_bytes(std::span(numbers))));
        QVERIFY(blobs.write(store::Owner::Dataset, dataset, "empty", "uint32", {}));
        QCOMPARE(*database->integer("SELECT count(*) FROM chunk"), std::int64_t{3});
        const auto arrays = blobs.list(store::Owner::Dataset, dataset);
        QCOMPARE(arrays->size(), std::size_t{2});
        QVERIFY(*blobs.values<std::uint32_t>((*arrays)[0], "uint32") == numbers);
        QVERIFY(blobs.values<std::uint32_t>((*arrays)[1], "uint32")->empty());
        QCOMPARE(blobs.values<float>((*arrays)[0], "float32").error().code, Code::Corrupt);
    }

    void aChangedSwappedOrMissingChunkIsNamed_data()
    {
        QTest::addColumn<QString>("change");
        QTest::newRow("changed byte")
            << "UPDATE chunk SET data = CAST(x'ff' || substr(data, 2) AS BLOB) WHERE position = 1";
        QTest::newRow("swapped") << "UPDATE chunk SET position = 2 - position + 10;"
                                    "UPDATE chunk SET position = position - 10";
        QTest::newRow("missing") << "DELETE FROM chunk WHERE position = 2";
        QTest::newRow("shorter") << "UPDATE chunk SET data = substr(data, 2) WHERE position = 1";
        QTest::newRow("longer") << "UPDATE chunk SET data = CAST(data || x'00' AS BLOB) WHERE position = 2";
        QTest::newRow("huge length") << "UPDATE array SET bytes = 1 << 50";
        QTest::newRow("negative length") << "UPDATE array SET bytes = -4";
    }

    void aChangedSwappedOrMissingChunkIsNamed()
    {
        QFETCH(QString, change);
        QTemporaryDir folder;
        const auto database = Database::createNew(folder.filePath("w").toStdString());
        QVERIFY(store::migrate(*database));
        const store::BlobStore blobs(*database);
        const auto dataset = addDataset(*database);
        const std::vector<float> numbers(600'000, 1.5F);
        QVERIFY(blobs.write(store::Owner::Dataset, dataset, "rating", "float32", std::as_bytes(std::span(numbers))));
        const auto changed = database->execute(change.toUtf8().constData());
        QVERIFY2(changed, changed ? "" : changed.error().text().c_str());
        const auto arrays = blobs.list(store::Owner::Dataset, dataset);
        const auto read = arrays ? blobs.values<float>(arrays->front(), "float32").map([](const auto&) {})
                                 : Status(tl::unexpected(arrays.error()));
        QVERIFY(!read);
        QCOMPARE(read.error().code, Code::Corrupt);
        QVERIFY(read.error().message.find("'rating'") != std::string::npos);
    }

    void aNewerFormatIsRefused()
    {
        const auto database = Database::inMemory();
        QVERIFY(store::migrate(*database));
        QVERIFY(store::checkSchema(*database));
        QVERIFY(database->execute("PRAGMA user_version = 99"));
        QCOMPARE(store::migrate(*database).error().code, Code::BadFile);
    }

    void ownTablesBesideOursAreLetBeButNotTriggersOrChangedTables()
    {
        const auto database = Database::inMemory();
        QVERIFY(store::migrate(*database));
        QVERIFY(database->execute("CREATE TABLE mine (a); CREATE INDEX fast ON item (id);"));
        QVERIFY(store::checkSchema(*database));
        QVERIFY(database->execute("CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM model; END"));
        QCOMPARE(store::checkSchema(*database).error().code, Code::BadFile);
        QVERIFY(database->execute("DROP TRIGGER t; ALTER TABLE note ADD COLUMN more TEXT"));
        QCOMPARE(store::checkSchema(*database).error().code, Code::Corrupt);
    }

private:
    static std::int64_t addDataset(const Database& database)
    {
        const auto added =
            database.execute("INSERT INTO dataset VALUES (1, 'd', '', '', '', '', '', 'explicit', 1, 5, 0, 0, "
                             "0, NULL, '', '')");
        return added ? database.lastId() : -1;
    }
};

QTEST_APPLESS_MAIN(SqliteTest)
#include "sqlite_test.moc"
