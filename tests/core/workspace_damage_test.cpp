// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/store/sqlite.h"
#include "tests/testing/workspace_samples.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

using namespace orrery;
using namespace orrery::testing;
namespace fs = std::filesystem;

/// Files that lie, break off, or were never a workspace: an error in plain words or the exact content, nothing else.
class WorkspaceDamageTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        const fs::path file = path("original.orrery");
        {
            auto workspace = Workspace::create(file);
            const Imported club = filmClub();
            const auto dataset = *workspace->addDataset(club);
            const auto trained = trainedPopularity(club.dataset);
            const auto model = *workspace->addModel(popularityRow(dataset, "Popular"), *trained);
            ModelRow lists;
            lists.dataset = dataset;
            lists.name = "Lists";
            QVERIFY(workspace->addLists(lists, clubLists()));
            QVERIFY(workspace->addRun(clubRun(model, 0.5)));
            QVERIFY(workspace->addRun(clubRun(model, 0.625)));
            QVERIFY(workspace->setDerived(dataset, clubClusters()));
            KeptLists kept;
            kept.model = model;
            kept.length = 1;
            kept.people = 3;
            QVERIFY(workspace->keepLists(kept, {1, {ItemIndex{1}, ItemIndex{0}, ItemIndex{2}}, {3, 2, 1}}));
            QVERIFY(workspace->setNote("a", "Popular"));
            m_content = *contentOf(*workspace);
        }
        std::ifstream in(file, std::ios::binary);
        m_bytes.assign(std::istreambuf_iterator<char>(in), {});
        QCOMPARE(m_bytes.size() % page, std::size_t{0});
    }

    void changedBytesAreNoticedOrDoNotMatter()
    {
        Rng rng(7);
        std::size_t noticed = 0;
        const auto positions = interestingPositions(rng);
        for (const std::size_t position : positions) {
            std::string bytes = m_bytes;
            bytes[position] = static_cast<char>(bytes[position] ^ static_cast<char>(1 + rng.below(255)));
            const auto read = contentAfter(bytes);
            QVERIFY2(!read || *read == m_content, qPrintable(QString("byte %1 changed what is read").arg(position)));
            noticed += !read;
        }
        QVERIFY(positions.size() > 800);
        QVERIFY2(noticed > positions.size() / 4, qPrintable(QString::number(noticed))); // or nothing was tested
    }

    void lostAndSwappedPagesAreNoticedOrDoNotMatter()
    {
        for (std::size_t at = 0; at < m_bytes.size(); at += page) {
            std::string zeroed = m_bytes;
            zeroed.replace(at, page, page, '\0');
            const auto read = contentAfter(zeroed);
            QVERIFY2(!read || *read == m_content, qPrintable(QString("page %1 zeroed").arg(at / page)));
            std::string copied = m_bytes; // a page that is written to the wrong place
            copied.replace(at, page, m_bytes, (at + page) % m_bytes.size(), page);
            const auto misread = contentAfter(copied);
            QVERIFY2(!misread || *misread == m_content, qPrintable(QString("page %1 swapped").arg(at / page)));
        }
    }

    void aFileCutShortSaysSo()
    {
        for (std::size_t length = 100; length < m_bytes.size(); length += 40'007) {
            const auto read = contentAfter(m_bytes.substr(0, length));
            QVERIFY2(!read, qPrintable(QString::number(length)));
            QCOMPARE(read.error().code, Code::Corrupt);
            QVERIFY(read.error().message.find(std::to_string(length)) != std::string::npos);
            QVERIFY(!read.error().hint.empty());
        }
    }

    void aChangedValueIsNoticedWhereverItIs_data()
    {
        QTest::addColumn<QString>("change");
        for (const char* change : {"UPDATE dataset SET name = 'other'",
                                   "UPDATE dataset SET rating_high = 10",
                                   "UPDATE dataset SET train_events = 5",
                                   "UPDATE dataset SET note = ''",
                                   "UPDATE dataset SET events = 7",
                                   "UPDATE dataset SET imported_at = '2020-01-01T00:00:00Z'",
                                   "UPDATE dataset SET feedback = 'implicit'",
                                   "UPDATE import_report SET report = replace(report, '9', '8')",
                                   "DELETE FROM import_report",
                                   "UPDATE item SET id = 'ronin' WHERE item = 0",
                                   "DELETE FROM item WHERE item = 3",
                                   "INSERT INTO person VALUES (1, 3, 'eve')",
                                   "UPDATE attribute SET name = 'released' WHERE name = 'year'",
                                   "UPDATE attribute SET rows = 3 WHERE name = 'year'",
                                   "UPDATE attribute SET of = 'person' WHERE name = 'year'",
                                   "UPDATE attribute_value SET value = 1996 WHERE value = 1995",
                                   "UPDATE attribute_value SET value = 'Drama' WHERE value = 'Crime'",
                                   "DELETE FROM attribute_value",
                                   "UPDATE tag SET name = 'War' WHERE name = 'never used'",
                                   "DELETE FROM array WHERE name = 'time'",
                                   "UPDATE array SET name = 'x' WHERE name = 'kind'",
                                   "UPDATE array SET type = 'int64' WHERE name = 'scores'",
                                   "UPDATE attribute SET name = 'groups' WHERE name = 'clusters'",
                                   "UPDATE attribute_value SET value = 'balloons' WHERE value = 'guns, snow'",
                                   "DELETE FROM attribute WHERE name = 'clusters'",
                                   "UPDATE kept_lists SET people = 2",
                                   "UPDATE kept_lists SET model_hash = 'x'",
                                   "DELETE FROM kept_lists",
                                   "DELETE FROM array WHERE name = 'lists/items'",
                                   "UPDATE model SET events = 3",
                                   "UPDATE model SET kind_weights = 'view=2'",
                                   "UPDATE derived SET attribute = 1",
                                   "UPDATE derived SET content = 'x'",
                                   "DELETE FROM derived",
                                   "UPDATE planted SET dimensions = '[\"mob\",\"war\"]'",
                                   "DELETE FROM planted",
                                   "DELETE FROM array WHERE name = 'planted'",
                                   "UPDATE model SET name = 'Best'",
                                   "UPDATE model SET seed = 1",
                                   "UPDATE model SET params = '{}'",
                                   "UPDATE model SET as_of = 0",
                                   "UPDATE model SET held_out = 1",
                                   "UPDATE model SET algorithm = 'imported-list'",
                                   "DELETE FROM model WHERE id = 2",
                                   "DELETE FROM array WHERE name = 'scores'",
                                   "UPDATE note SET value = 'Lists'",
                                   "UPDATE run SET seed = 4 WHERE id = 2",
                                   "UPDATE run SET people = 3",
                                   "UPDATE run SET summary = 'x'",
                                   "UPDATE run SET model = 2 WHERE id = 1",
                                   "DELETE FROM run WHERE id = 2",
                                   "UPDATE metric SET mean = 0.75 WHERE mean = 0.5",
                                   "UPDATE metric SET id = 'ndcg@5' WHERE id = 'ndcg@10'",
                                   "UPDATE metric SET low = NULL",
                                   "UPDATE metric SET mean = 0 WHERE mean IS NULL",
                                   "UPDATE array SET run = 3 - run WHERE run IS NOT NULL AND name = 'ndcg@10'",
                                   "UPDATE metric SET position = 5 WHERE id = 'ndcg@10'",
                                   "DELETE FROM note",
                                   "DELETE FROM dataset",
                                   "DELETE FROM seal",
                                   "UPDATE seal SET checksum = 'x' WHERE id = 'model'"})
            QTest::newRow(change) << change;
    }

    void aChangedValueIsNoticedWhereverItIs()
    {
        QFETCH(QString, change);
        const fs::path file = put(m_bytes);
        {
            const auto database = sqlite::Database::openExisting(file);
            const auto edited = database->execute(change.toUtf8().constData());
            QVERIFY2(edited, edited ? "" : edited.error().text().c_str());
            QVERIFY2(database->changes() > 0, "there is nothing of that name to change");
        }
        const auto read = contentAt(file);
        QVERIFY2(!read, "it was read as if nothing had changed");
        QCOMPARE(read.error().code, Code::Corrupt);
        QVERIFY(!read.error().hint.empty());
    }

    void whatIsNoWorkspaceIsToldApart()
    {
        const fs::path file = path("file");
        check(file, Code::NotFound, "no such file");
        check(m_folder.path().toStdString(), Code::BadFile, "folder");
        check("/dev/null", Code::BadFile, "not a file");
        std::ofstream(file).close();
        check(file, Code::BadFile, "empty");
        std::ofstream(file) << "x";
        check(file, Code::BadFile, "not a workspace");
        std::ofstream(file) << std::string(100'000, 'x');
        check(file, Code::BadFile, "not a workspace");
        fs::remove(file);
        QVERIFY(sqlite::Database::createNew(file)->execute("CREATE TABLE t (a)"));
        check(file, Code::BadFile, "another program");
    }

    void aNewerWorkspaceIsToldApartAndNotTouched()
    {
        const fs::path file = put(m_bytes);
        QVERIFY(sqlite::Database::openExisting(file)->execute("PRAGMA user_version = 99"));
        check(file, Code::BadFile, "newer");
        QCOMPARE(*sqlite::Database::openExisting(file)->integer("PRAGMA user_version"), std::int64_t{99});
    }

    void commandsInAWorkspaceAreRefused()
    {
        const fs::path file = put(m_bytes);
        QVERIFY(sqlite::Database::openExisting(file)->execute(
            "CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM model; END"));
        check(file, Code::BadFile, "commands of its own");
    }

    void aReadOnlyFileIsSaidToBeOne()
    {
        const fs::path file = put(m_bytes);
        fs::permissions(m_folder.path().toStdString(), fs::perms::group_exec | fs::perms::others_exec,
                        fs::perm_options::add);
        ::chmod(file.c_str(), 0444);
        // Root may write to anything: ask as somebody else.
        const int status = inChild([&] {
            if (::getuid() == 0 && ::setuid(65534) != 0)
                return 3;
            const auto opened = Workspace::open(file);
            return opened ? 1 : opened.error().code == Code::Io && !opened.error().hint.empty() ? 0 : 2;
        });
        fs::remove(file);
        QCOMPARE(WEXITSTATUS(status), 0);
    }

    void aFileInUseIsSaidToBe()
    {
        const fs::path file = put(m_bytes);
        auto workspace = Workspace::open(file);
        const auto other = sqlite::Database::openExisting(file);
        const auto held = sqlite::Transaction::begin(*other, sqlite::Transaction::Kind::Write);
        const auto noted = workspace->setNote("a", "b"); // after waiting for a while
        QVERIFY(!noted);
        QCOMPARE(noted.error().code, Code::Io);
        QVERIFY(noted.error().message.find("in use") != std::string::npos);
    }

    void aFileInUseIsNotHalfCopied()
    {
        auto workspace = Workspace::open(put(m_bytes));
        const auto other = sqlite::Database::openExisting(workspace->file());
        QVERIFY(other->execute("BEGIN EXCLUSIVE"));
        const auto saved = workspace->saveAs(path("copy.orrery"));
        QVERIFY(!saved);
        QVERIFY2(saved.error().message.find("in use") != std::string::npos, saved.error().text().c_str());
        QVERIFY(!fs::exists(path("copy.orrery")));
        QVERIFY(!fs::exists(path("copy.orrery.part")));
        QVERIFY(other->execute("ROLLBACK"));
        QVERIFY(workspace->saveAs(path("copy.orrery")));
        QCOMPARE(*contentOf(*workspace), m_content);
    }

    void aKilledProgramLeavesTheFileAsItWas()
    {
        const Imported many = manyEvents(2'000'000, 50'000, 5'000); // larger than SQLite's cache: it spills to the file
        int killedHalfWay = 0;
        for (int attempt = 0; attempt < 6; ++attempt) {
            const fs::path file = put(m_bytes);
            killedHalfWay += killWhileAdding(file, many, std::chrono::milliseconds(15 * attempt));
            const auto workspace = Workspace::open(file);
            QVERIFY2(workspace, workspace ? "" : workspace.error().text().c_str());
            const auto datasets = workspace->datasets();
            if (datasets->size() == 1)
                QCOMPARE(*contentOf(*workspace), m_content);
            else // it was done before the kill
                QCOMPARE(workspace->loadDataset(datasets->back().id)->dataset->hash(), many.dataset->hash());
        }
        QVERIFY2(killedHalfWay > 0, "no child was killed while it wrote to the file");
    }

private:
    static constexpr std::size_t page = 65536;

    fs::path path(const char* name) const { return m_folder.filePath(name).toStdString(); }

    fs::path put(const std::string& bytes) const
    {
        const fs::path file = path("changed.orrery");
        for (const char* suffix : {"", "-journal", "-wal", "-shm"})
            fs::remove(file.string() + suffix);
        std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return file;
    }

    static Result<std::string> contentAt(const fs::path& file)
    {
        const auto workspace = Workspace::open(file);
        if (!workspace)
            return tl::unexpected(workspace.error());
        return contentOf(*workspace);
    }

    Result<std::string> contentAfter(const std::string& bytes) const { return contentAt(put(bytes)); }

    /// The file's header, every page's header, every seventh byte that is not zero, and some anywhere.
    std::vector<std::size_t> interestingPositions(Rng& rng) const
    {
        std::vector<std::size_t> positions;
        for (std::size_t at = 0; at < 100; ++at)
            positions.push_back(at);
        for (std::size_t at = page; at < m_bytes.size(); at += page)
            for (std::size_t offset = 0; offset < 12; ++offset)
                positions.push_back(at + offset);
        std::size_t used = 0;
        for (std::size_t at = 100; at < m_bytes.size(); ++at)
            if (m_bytes[at] != 0 && used++ % 23 == 0)
                positions.push_back(at);
        for (int i = 0; i < 200; ++i)
            positions.push_back(rng.below(m_bytes.size()));
        return positions;
    }

    static void check(const fs::path& file, Code code, const std::string& words)
    {
        const auto opened = Workspace::open(file);
        QVERIFY2(!opened, words.c_str());
        QCOMPARE(opened.error().code, code);
        QVERIFY2(opened.error().message.find(words) != std::string::npos, opened.error().text().c_str());
        QVERIFY(!opened.error().hint.empty());
        QCOMPARE(opened.error().where, file.string());
    }

    /// Runs `body` in a process of its own; its wait status.
    template <class Body> static int inChild(Body&& body)
    {
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(body());
        int status = 0;
        ::waitpid(child, &status, 0);
        return status;
    }

    /// Kills a child `after` its first pages have reached the file. Whether it was not done yet.
    static bool killWhileAdding(const fs::path& file, const Imported& many, std::chrono::milliseconds after)
    {
        const auto before = fs::file_size(file);
        const pid_t child = ::fork();
        if (child == 0) {
            auto workspace = Workspace::open(file);
            ::_exit(workspace && workspace->addDataset(many) ? 0 : 1);
        }
        while (fs::file_size(file) == before && ::waitpid(child, nullptr, WNOHANG) == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        std::this_thread::sleep_for(after);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        return fs::exists(file.string() + "-journal") && fs::file_size(file) > before;
    }

    QTemporaryDir m_folder;
    std::string m_bytes;
    std::string m_content;
};

QTEST_APPLESS_MAIN(WorkspaceDamageTest)
#include "workspace_damage_test.moc"
