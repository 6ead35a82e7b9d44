// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/places.h"

#include <filesystem>
#include <fstream>
#include <regex>

#include <QTemporaryDir>
#include <QtTest>

using namespace orrery;
namespace fs = std::filesystem;

class PlacesTest : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_root = m_folder->path().toStdString();
        qputenv("XDG_DATA_HOME", m_folder->path().toUtf8());
        qunsetenv("ORRERY_DATASETS");
    }

    void followsTheDesktopsDataFolder()
    {
        QCOMPARE(dataFolder().string(), (m_root / "orrery").string());
        qputenv("XDG_DATA_HOME", "not/absolute"); // to be ignored, says the specification
        qputenv("HOME", "/home/ann");
        QCOMPARE(dataFolder().string(), std::string("/home/ann/.local/share/orrery"));
        qunsetenv("XDG_DATA_HOME");
        QCOMPARE(dataFolder().string(), std::string("/home/ann/.local/share/orrery"));
    }

    void untitledNamesAreDatedAndFree()
    {
        const fs::path first = *untitledWorkspace();
        QVERIFY(std::regex_match(first.filename().string(), std::regex(R"(Untitled \d{4}-\d{2}-\d{2}\.orrery)")));
        QVERIFY(fs::is_directory(first.parent_path()));
        QVERIFY(!fs::exists(first));
        touch(first);
        const fs::path second = *untitledWorkspace();
        QCOMPARE(second.filename().string(), first.stem().string() + " (2).orrery");
        touch(second);
        QVERIFY(untitledWorkspace()->filename().string().ends_with(" (3).orrery"));
        QVERIFY(isUntitled(first) && isUntitled(second));
        QVERIFY(!isUntitled(m_root / "films.orrery"));
        QVERIFY(!isUntitled(m_root / first.filename()));
    }

    void aDataFolderThatCannotBeMadeIsAnError()
    {
        touch(m_root / "orrery"); // a file where the folder should be
        const auto made = untitledWorkspace();
        QVERIFY(!made);
        QCOMPARE(made.error().code, Code::Io);
        QVERIFY(!made.error().hint.empty());
    }

    void recentFilesAreNewestFirstOnceAndThere()
    {
        for (const char* name : {"a", "b", "c"}) {
            touch(m_root / name);
            QVERIFY(addRecentFile(m_root / name));
        }
        QVERIFY(addRecentFile(m_root / "." / "a"));
        QCOMPARE(names(), QStringList({"a", "c", "b"}));
        fs::rename(m_root / "c", m_root / "away");
        QCOMPARE(names(), QStringList({"a", "b"}));
        fs::rename(m_root / "away", m_root / "c"); // back again, as a drive that is plugged in
        QCOMPARE(names(), QStringList({"a", "c", "b"}));
    }

    void recentFilesAreAtMostTen()
    {
        for (int i = 0; i < 14; ++i) {
            touch(m_root / std::to_string(i));
            QVERIFY(addRecentFile(m_root / std::to_string(i)));
        }
        QCOMPARE(names().size(), 10);
        QCOMPARE(names().first(), QString("13"));
        QCOMPARE(names().last(), QString("4"));
    }

    void withoutAListThereAreNoRecentFiles() { QVERIFY(recentFiles().empty()); }

    void theSampleFolderCanBeNamed()
    {
        qputenv("ORRERY_DATASETS", m_folder->path().toUtf8());
        QCOMPARE(sampleFolder()->string(), m_root.string());
        qputenv("ORRERY_DATASETS", (m_folder->path() + "/nowhere").toUtf8());
        QCOMPARE(sampleFolder().error().code, Code::NotFound);
    }

    void theSampleFolderOfTheSourceTreeIsFound()
    {
        QVERIFY(fs::equivalent(*sampleFolder(), fs::path(ORRERY_SOURCE_DIR) / "datasets"));
    }

private:
    static void touch(const fs::path& file) { std::ofstream(file) << "x"; }
    static QStringList names()
    {
        QStringList out;
        for (const auto& file : recentFiles())
            out << QString::fromStdString(file.filename().string());
        return out;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_root;
};

QTEST_APPLESS_MAIN(PlacesTest)
#include "places_test.moc"
