// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the sources: includes go down the list of layers only, the engine knows no Qt, and headers show no third-party
// types that would tie every user of them to a library.
#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path root = ORRERY_SOURCE_DIR;

/// From the ground up; the three parts on level 8 do not know one another.
const std::map<std::string, int> levels = {
    {"core/base", 0},
    {"core/params", 1},
    {"core/data", 2},
    {"core/models", 3},
    {"core/retrieval", 4},
    {"core/ranking", 5},
    {"core/reranking", 6},
    {"core/pipeline", 7},
    {"core/evaluation", 8},
    {"core/simulation", 8},
    {"core/projection", 8},
    {"core/store", 9},
    {"ui", 10},
    {"app", 11},
};

struct Include {
    fs::path file; ///< relative to the root
    int line = 0;
    std::string what;
    bool angled = false;

    [[nodiscard]] std::string text() const { return file.string() + ":" + std::to_string(line) + " includes " + what; }
};

/// "core/models/x.h" belongs to "core/models", "ui/pages/data/x.h" to "ui", "fmt/format.h" to none.
std::string layerOf(const std::string& path)
{
    for (const auto& [layer, level] : levels)
        if (path.starts_with(layer + "/"))
            return layer;
    return {};
}

std::vector<fs::path> sources(const std::vector<std::string>& folders, const std::vector<std::string>& extensions)
{
    std::vector<fs::path> files;
    for (const std::string& folder : folders) {
        if (!fs::exists(root / folder))
            continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.is_regular_file() && std::ranges::count(extensions, entry.path().extension().string()) > 0)
                files.push_back(fs::relative(entry.path(), root));
    }
    std::ranges::sort(files);
    return files;
}

std::vector<Include> includesOf(const fs::path& file)
{
    // Not raw strings: moc 6.4 loses its way in those that hold quotes.
    // Not a raw string: the moc of Qt 6.4 loses its way in one that holds quotes.
    static const std::regex pattern("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]");
    std::vector<Include> found;
    std::ifstream stream(root / file);
    std::string text;
    for (int line = 1; std::getline(stream, text); ++line)
        if (std::smatch match; std::regex_search(text, match, pattern))
            found.push_back({file, line, match[2], match[1] == "<"});
    return found;
}

/// Which includes of `file` break a rule.
template <class Rule> QStringList offences(const std::vector<fs::path>& files, Rule broken)
{
    QStringList list;
    for (const fs::path& file : files)
        for (const Include& include : includesOf(file))
            if (broken(include))
                list << QString::fromStdString(include.text());
    return list;
}

bool goesUp(const Include& include)
{
    const std::string from = layerOf(include.file.string()), to = layerOf(include.what);
    return !from.empty() && !to.empty() && from != to && levels.at(to) >= levels.at(from);
}

bool isQt(const Include& include)
{
    static const std::regex pattern(R"(^(Q[A-Z]\w*|Qt\w*(/.*)?|q[a-z]+\.h)$)");
    return include.angled && std::regex_match(include.what, pattern);
}

bool isKeptOutOfHeaders(const Include& include)
{
    static const std::regex pattern(
        R"(^(Eigen/.*|unsupported/Eigen/.*|Spectra/.*|sqlite3\.h|archive(_entry)?\.h|nlohmann/.*|zlib\.h|)"
        R"(simdjson.*|tbb/.*|oneapi/.*|xxhash\.h|hnswlib/.*|xgboost/.*|torch/.*|CLI/.*)$)");
    return std::regex_match(include.what, pattern);
}

const std::vector<std::string> code = {".h", ".cpp"};

} // namespace

class DependenciesTest : public QObject {
    Q_OBJECT
private slots:
    void theSourcesAreThere() { QVERIFY(sources({"core"}, code).size() > 30); }

    void everyPartHasItsLevel()
    {
        for (const auto& entry : fs::directory_iterator(root / "core"))
            if (entry.is_directory())
                QVERIFY2(levels.contains("core/" + entry.path().filename().string()), entry.path().c_str());
    }

    void includesGoDownTheLayers()
    {
        const auto found = offences(sources({"core", "ui", "app"}, code), goesUp);
        QVERIFY2(found.isEmpty(), qPrintable(found.join('\n')));
    }

    void theEngineKnowsNoQt()
    {
        const auto found = offences(sources({"core"}, code), isQt);
        QVERIFY2(found.isEmpty(), qPrintable(found.join('\n')));
    }

    void headersOfTheEngineHideLibraries()
    {
        const auto found = offences(sources({"core"}, {".h"}), isKeptOutOfHeaders);
        QVERIFY2(found.isEmpty(), qPrintable(found.join('\n')));
    }

    void ownHeadersAreIncludedFromTheRoot()
    {
        const auto besideIt = [](const Include& include) {
            const bool generated = include.what.ends_with(".moc") || include.what.starts_with("ui_");
            return !include.angled && !generated && include.what.find('/') == std::string::npos;
        };
        const auto found = offences(sources({"core", "ui", "app", "tests", "benchmarks"}, code), besideIt);
        QVERIFY2(found.isEmpty(), qPrintable(found.join('\n')));
    }

    void everySourceNamesItsLicence()
    {
        QStringList without;
        for (const fs::path& file :
             sources({"core", "ui", "app", "tests", "benchmarks"}, {".h", ".cpp", ".py", ".sh", ".cmake"})) {
            std::ifstream stream(root / file);
            std::string first, second; // the second line of a script
            std::getline(stream, first);
            std::getline(stream, second);
            if ((first + second).find("SPDX-License-Identifier: GPL-3.0-or-later") == std::string::npos)
                without << QString::fromStdString(file.string());
        }
        QVERIFY2(without.isEmpty(), qPrintable(without.join('\n')));
    }

    // The rules themselves, on made-up includes: a rule that never fires would pass everything.
    void theRulesFire()
    {
        QVERIFY(goesUp({"core/data/a.h", 1, "core/models/model.h"}));
        QVERIFY(goesUp({"core/evaluation/a.h", 1, "core/simulation/generator.h"}));
        QVERIFY(goesUp({"core/store/a.cpp", 1, "ui/theme/tokens.h"}));
        QVERIFY(goesUp({"core/reranking/a.h", 1, "core/pipeline/recommender.h"}));
        QVERIFY(!goesUp({"core/pipeline/a.h", 1, "core/reranking/rule_set.h"}));
        QVERIFY(!goesUp({"core/models/a.h", 1, "core/data/dataset.h"}));
        QVERIFY(!goesUp({"core/models/a.h", 1, "core/models/model.h"}));
        for (const char* header : {"QString", "QtTest", "QtCore/QString", "qglobal.h"})
            QVERIFY2(isQt({"core/a.h", 1, header, true}), header);
        for (const char* header : {"queue", "cmath", "fmt/format.h"})
            QVERIFY2(!isQt({"core/a.h", 1, header, true}), header);
        QVERIFY(isKeptOutOfHeaders({"core/a.h", 1, "Eigen/Dense", true}));
        QVERIFY(!isKeptOutOfHeaders({"core/a.h", 1, "tl/expected.hpp", true}));
        QCOMPARE(layerOf("core/models/a.h"), std::string("core/models"));
        QCOMPARE(layerOf("ui/pages/data/a.h"), std::string("ui"));
        QCOMPARE(layerOf("fmt/format.h"), std::string());
    }
};

QTEST_APPLESS_MAIN(DependenciesTest)
#include "dependencies_test.moc"
