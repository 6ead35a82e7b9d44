// SPDX-License-Identifier: GPL-3.0-or-later
// Item vectors from .npy and CSV files, well-formed and not, and the model that is made of them.
#include "core/data/item_vectors.h"
#include "core/models/catalogue.h"
#include "core/store/workspace.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr std::array<float, 6> numbers{1, 2, 3, 4, 5, 6.5F};

template <class T> std::string bytesOf(std::span<const T> values)
{
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// A .npy file as the format's description says; `version` 1 to 3.
std::string npy(const std::string& header, const std::string& data, int version = 1)
{
    std::string out = "\x93NUMPY";
    out += static_cast<char>(version);
    out += '\0';
    std::string text = header;
    const std::size_t before = version == 1 ? 10 : 12;
    text.resize((before + header.size() + 1 + 63) / 64 * 64 - before, ' ');
    text.back() = '\n';
    const auto length = static_cast<std::uint32_t>(text.size());
    out.append(reinterpret_cast<const char*>(&length), version == 1 ? 2 : 4);
    return out + text + data;
}

std::string header(const std::string& type = "'<f4'", const std::string& order = "False",
                   const std::string& shape = "(2, 3)")
{
    return fmt::format("{{'descr': {}, 'fortran_order': {}, 'shape': {}, }}", type, order, shape);
}

std::string plain() { return bytesOf(std::span<const float>(numbers)); }

std::shared_ptr<const Dataset> twoItems() { return DatasetBuilder{}.row("ann", "a:5 b:1").row("bob", "b:4").build(); }

class Files {
public:
    std::filesystem::path write(const std::string& name, const std::string& bytes) const
    {
        const auto path = std::filesystem::path(m_folder.path().toStdString()) / name;
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    std::filesystem::path fixture(const std::string& name) const
    {
        return std::filesystem::path(ORRERY_FIXTURES) / "vectors" / name;
    }

private:
    QTemporaryDir m_folder;
};

std::span<const float> rowOf(const Dataset& dataset, std::string_view id)
{
    const VectorColumn& column = dataset.items().vectors().front();
    return std::span(column.values).subspan(dataset.findItem(id)->value * column.length, column.length);
}

bool equal(std::span<const float> a, std::initializer_list<float> b) { return std::ranges::equal(a, b); }

} // namespace

class ItemVectorsTest : public QObject {
    Q_OBJECT
private slots:
    void readsWhatNumPyWrites_data()
    {
        QTest::addColumn<QString>("file");
        for (const char* file : {"v1_f4.npy", "v1_f8.npy", "v2_f4.npy", "v3_f4.npy"})
            QTest::newRow(file) << file;
    }
    void readsWhatNumPyWrites()
    {
        QFETCH(QString, file);
        const auto read = withItemVectors(*twoItems(), {Files().fixture(file.toStdString()), {}, "sentences"}, {});
        QVERIFY2(read.has_value(), read ? "" : read.error().text().c_str());
        QVERIFY(equal(rowOf(*read->dataset, "a"), {1, 2, 3}) && equal(rowOf(*read->dataset, "b"), {4, 5, 6.5F}));
        QCOMPARE(read->report.name, "sentences");
        QCOMPARE(read->report.length, std::size_t{3});
        QCOMPARE(read->report.missing, std::size_t{0});
    }

    void rowsAreNamedByAFileOfIds()
    {
        const Files files;
        const auto path = files.write("v.npy", npy(header(), plain()));
        const auto read = withItemVectors(*twoItems(), {path, files.write("ids.txt", "zed\nb\n"), {}}, {});
        QVERIFY(equal(rowOf(*read->dataset, "b"), {4, 5, 6.5F}) && equal(rowOf(*read->dataset, "a"), {0, 0, 0}));
        QCOMPARE(read->report.name, "v");
        QCOMPARE(read->report.unknown, std::size_t{1});
        QCOMPARE(read->report.missing, std::size_t{1});
        const auto refused = [&](const std::string& ids) {
            return withItemVectors(*twoItems(), {path, files.write("ids.txt", ids), {}}, {}).error();
        };
        QCOMPARE(refused("a\n").code, Code::BadFile);
        QVERIFY(refused("a\n").message.find("2 rows for 1 id") != std::string::npos);
        QCOMPARE(refused("a\na\n").code, Code::BadRow);
        QCOMPARE(refused("a\na\n").where, "v.npy, row 2");
        QCOMPARE(refused("y\nz\n").code, Code::BadFile);
    }

    void whatIsNoSuchMatrixIsRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QTest::addColumn<QString>("where");
        const auto add = [](const char* name, const std::string& bytes, const char* says, const char* where) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())) << says << where;
        };
        const std::string good = npy(header(), plain());
        add("empty", "", "cut short", "byte 0");
        add("another file", "PK\x03\x04 something else", "does not begin with", "byte 0");
        add("version", npy(header(), plain(), 4), "Version 4.0", "byte 6");
        add("cut in the header", good.substr(0, 30), "more than there are", "byte 8");
        add("cut in the numbers", good.substr(0, good.size() - 1), "23 bytes follow", "byte 128");
        add("more than its shape", good + "x", "25 bytes follow", "byte 128");
        add("Fortran order", npy(header("'<f4'", "True"), plain()), "Fortran order", "byte");
        add("big-endian", npy(header("'>f4'"), plain()), "'>f4'", "byte");
        add("whole numbers", npy(header("'<i4'"), plain()), "'<i4'", "byte");
        add("objects", npy(header("'|O'"), plain()), "'|O'", "byte");
        add("records", npy(header("[('a', '<f4')]"), plain()), "records", "byte");
        add("one dimension", npy(header("'<f4'", "False", "(6,)"), plain()), "1 dimensions", "byte");
        add("three dimensions", npy(header("'<f4'", "False", "(1, 2, 3)"), plain()), "3 dimensions", "byte");
        add("no rows", npy(header("'<f4'", "False", "(0, 3)"), ""), "empty", "byte");
        add("huge shape", npy(header("'<f4'", "False", "(4611686018427387904, 8)"), plain()), "24 bytes follow",
            "byte");
        add("huge row", npy(header("'<f4'", "False", "(1, 4611686018427387905)"), plain()), "24 bytes follow", "byte");
        add("shape past 64 bits", npy(header("'<f4'", "False", "(99999999999999999999, 3)"), plain()), "too large",
            "byte");
        add("negative shape", npy(header("'<f4'", "False", "(-2, 3)"), plain()), "no whole number", "byte");
        add("no dictionary", npy("nonsense", plain()), "no dictionary", "byte 10");
        add("open dictionary", npy("{'descr': '<f4'", plain()), "breaks off", "byte");
        add("key missing", npy("{'descr': '<f4', 'fortran_order': False}", plain()), "does not say", "byte");
        add("unknown key", npy("{'descr': '<f4', 'evil': 1}", plain()), "'evil'", "byte");
        std::array<float, 6> broken = numbers;
        broken[4] = std::numeric_limits<float>::quiet_NaN();
        add("not a number", npy(header(), bytesOf(std::span<const float>(broken))), "finite", "row 2, column 2");
        broken[4] = std::numeric_limits<float>::infinity();
        add("infinity", npy(header(), bytesOf(std::span<const float>(broken))), "finite", "row 2, column 2");
        const std::array<double, 6> large{1, 2, 1e300, 4, 5, 6};
        add("beyond float32", npy(header("'<f8'"), bytesOf(std::span<const double>(large))), "finite",
            "row 1, column 3");
    }
    void whatIsNoSuchMatrixIsRefused()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        QFETCH(QString, where);
        const Files files;
        const auto read = withItemVectors(*twoItems(), {files.write("v.npy", bytes.toStdString()), {}, {}}, {});
        QVERIFY(!read.has_value());
        QCOMPARE(read.error().code, Code::BadFile);
        QVERIFY2(read.error().message.find(says.toStdString()) != std::string::npos, read.error().text().c_str());
        QVERIFY2(read.error().where.find(where.toStdString()) != std::string::npos, read.error().text().c_str());
    }

    void noByteOfAFileDoesHarm()
    {
        const Files files;
        const std::string good = npy(header(), plain());
        for (std::size_t at = 0; at < good.size(); ++at)
            for (const char byte : {'\0', '\xff', '9'}) {
                std::string changed = good;
                changed[at] = byte;
                (void)withItemVectors(*twoItems(), {files.write("v.npy", changed), {}, {}}, {});
            }
    }

    void readsCsvWithAndWithoutAHeader()
    {
        const Files files;
        for (const char* text : {"a,1,2,3\nb,4,5,6.5\n", "id,v1,v2,v3\r\nb,4,5,6.5\r\n\r\n\"a\", 1,2,3\r\n"}) {
            const auto read = withItemVectors(*twoItems(), {files.write("v.csv", text), {}, {}}, {});
            QVERIFY2(read.has_value(), read ? "" : read.error().text().c_str());
            QVERIFY(equal(rowOf(*read->dataset, "a"), {1, 2, 3}) && equal(rowOf(*read->dataset, "b"), {4, 5, 6.5F}));
        }
    }

    void badLinesOfCsvAreNamed_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::addColumn<QString>("where");
        QTest::newRow("length") << "a,1,2\nb,1\n"
                                << "has 1 numbers, those before it 2"
                                << "v.csv, line 2";
        QTest::newRow("word") << "a,1,2\nb,1,two\n"
                              << "'two'"
                              << "v.csv, line 2, field 3";
        QTest::newRow("not finite") << "a,1,nan\n"
                                    << "'nan'"
                                    << "v.csv, line 1, field 3";
        QTest::newRow("twice") << "a,1\nb,2\na,3\n"
                               << "two vectors of item 'a'"
                               << "v.csv, line 3";
        QTest::newRow("no numbers") << "a\n"
                                    << "no numbers"
                                    << "v.csv, line 1";
        QTest::newRow("nobody known") << "y,1\nz,2\n"
                                      << "None of its rows"
                                      << "v.csv";
        QTest::newRow("empty") << ""
                               << "None of its rows"
                               << "v.csv";
    }
    void badLinesOfCsvAreNamed()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        QFETCH(QString, where);
        const Files files;
        const auto read = withItemVectors(*twoItems(), {files.write("v.csv", text.toStdString()), {}, {}}, {});
        QVERIFY(!read.has_value());
        QVERIFY2(read.error().message.find(says.toStdString()) != std::string::npos, read.error().text().c_str());
        QCOMPARE(read.error().where, where.toStdString());
    }

    void aFileThatIsNotThereIsNamed()
    {
        for (const char* name : {"/nowhere/v.npy", "/nowhere/v.csv"})
            QCOMPARE(withItemVectors(*twoItems(), {name, {}, {}}, {}).error().code, Code::NotFound);
    }

    void aColumnOfTheSameNameIsReplaced()
    {
        const Files files;
        const auto first = withItemVectors(*twoItems(), {files.write("v.csv", "a,1\n"), {}, {}}, {})->dataset;
        const auto second = withItemVectors(*first, {files.write("v.csv", "a,2\n"), {}, {}}, {})->dataset;
        QCOMPARE(second->items().vectors().size(), std::size_t{1});
        QVERIFY(equal(rowOf(*second, "a"), {2}));
        QVERIFY(first->hash() != second->hash() && first->hash() != twoItems()->hash());
    }

    void aWorkspaceKeepsThem()
    {
        const Files files;
        const auto dataset = withItemVectors(*twoItems(), {files.write("v.csv", "b,1,-2.5\n"), {}, {}}, {})->dataset;
        const auto path = files.write("w.orrery", "");
        std::filesystem::remove(path);
        DatasetId id = 0;
        {
            auto workspace = Workspace::create(path).value();
            id = workspace.addDataset(Imported{dataset, {}, {}}).value();
        }
        const auto loaded = Workspace::open(path)->loadDataset(id).value().dataset;
        QVERIFY(equal(rowOf(*loaded, "b"), {1, -2.5F}));
        QCOMPARE(loaded->items().vectors().front().name, "v");
        QCOMPARE(loaded->hash(), dataset->hash());
    }

    // Vectors (1, 0), (0, 1), (1, 1) / sqrt 2 and none, lengths made one, the mean left on.
    void scoresAreCosinesAsWorkedByHand()
    {
        DatasetBuilder builder;
        builder.row("ann", "x:5 none:4").row("bob", "y:1");
        builder.vector("v", "x", {2, 0}).vector("v", "y", {0, 3}).vector("v", "both", {1, 1});
        const auto dataset = builder.build();
        const Algorithm& algorithm = *findAlgorithm("vectors");
        const auto params = parseAssignments(algorithm.params, std::vector<std::string>{"centre=false"}).value();
        const auto model = train(algorithm, {dataset}, params, JobContext{}).value();
        const auto at = [&](const char* id) { return *dataset->findItem(id); };
        const auto scores = scoresOf(*model, queryFor({{at("x"), 5}, {at("none"), 4}}));
        QVERIFY(std::abs(scores[at("x").value] - 1) < 1e-6F);
        QVERIFY(std::abs(scores[at("both").value] - std::sqrt(.5F)) < 1e-6F);
        QVERIFY(scores[at("none").value] <= 1e-3F && scores[at("none").value] > 0); // its popularity
        const auto similar = model->similarItems(at("y"), 5).value();
        QVERIFY(similar.at(0).item == at("both") && std::abs(similar[0].similarity - std::sqrt(.5F)) < 1e-6F);
    }

    void vectorsAreNeeded()
    {
        const auto model = train(*findAlgorithm("vectors"), {twoItems()}, {}, JobContext{});
        QCOMPARE(model.error().message, "Imported vectors needs item vectors that were imported.");
        const auto params =
            parseAssignments(findAlgorithm("vectors")->params, std::vector<std::string>{"column=missing"}).value();
        const auto unknown =
            train(*findAlgorithm("vectors"), {plantedWorld(Feedback::Explicit).dataset}, params, JobContext{});
        QCOMPARE(unknown.error().code, Code::NotFound);
        QCOMPARE(unknown.error().hint, "There are embedding");
    }
};

QTEST_APPLESS_MAIN(ItemVectorsTest)
#include "item_vectors_test.moc"
