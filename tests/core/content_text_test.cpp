// SPDX-License-Identifier: GPL-3.0-or-later
// From texts to weights of words: cutting, stems, stop words, TF-IDF and BM25. Gold: fixtures/content/recipe.py.
#include "core/models/content/stop_words.h"
#include "core/models/content/term_weights.h"
#include "core/models/content/text_analyzer.h"
#include "core/models/content/word_counts.h"

#include <QtTest>

#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

using namespace orrery;

namespace {

std::vector<std::string> cut(std::string_view text)
{
    auto cutter = WordCutter::create().value();
    std::vector<std::string> words;
    cutter.cut(text, [&](std::string_view word) { words.emplace_back(word); });
    return words;
}

std::string stem(Language language, std::string_view word) { return Stemmer(language).stem(word); }

std::vector<std::string> linesOf(const std::string& name)
{
    std::ifstream file(fmt::format("{}/content/{}", ORRERY_FIXTURES, name));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

std::vector<std::vector<double>> tableOf(const std::string& name)
{
    std::vector<std::vector<double>> table;
    for (const std::string& line : linesOf(name)) {
        std::istringstream cells(line);
        table.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');)
            table.back().push_back(std::stod(cell));
    }
    return table;
}

WordCounts counted(const std::vector<std::string>& texts, const WordSettings& settings, int threads = 1)
{
    return countWords(
               texts.size(), [&](std::size_t text, const auto& visit) { visit(texts[text]); }, settings,
               JobContext({1, threads}))
        .value();
}

double valueAt(const SparseMatrix& matrix, std::size_t row, std::uint32_t column)
{
    const auto cells = matrix.row(row);
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (cells.columns[i] == column)
            return static_cast<double>(cells.values[i]);
    return 0;
}

/// Two texts of three and one words: the counts of a (2, 0), b (1, 0) and c (0, 1).
SparseMatrix handful()
{
    SparseMatrix counts;
    counts.columnCount = 3;
    counts.starts = {0, 2, 3};
    counts.columns = {0, 1, 2};
    counts.values = {2, 1, 1};
    return counts;
}

} // namespace

class ContentTextTest : public QObject {
    Q_OBJECT
private slots:
    void cutsWordsOfAnyScript()
    {
        using Words = std::vector<std::string>;
        QCOMPARE(cut("The Red-Haired \"Berliner\", (1998)!"), (Words{"the", "red", "haired", "berliner"}));
        QCOMPARE(cut("Don\u2019t STOP 3D in 39 steps"), (Words{"don't", "stop", "3d", "in", "steps"}));
        QCOMPARE(cut("\uFB01lm STRA\u00DFE A\u0301"), (Words{"film", "strasse", "\u00E1"})); // one form for each letter
        QCOMPARE(cut("Война и МИР"), (Words{"война", "и", "мир"}));
        QCOMPARE(cut(""), Words{});
        QCOMPARE(cut("12 + 30 = 42"), Words{});
        // Without spaces: by ICU's dictionary.
        QCOMPARE(cut("ภาษาไทย"), (Words{"ภาษา", "ไทย"}));
    }

    void bytesThatAreNoTextAreNoHarm()
    {
        std::string broken = "fine \xC3\x28 words";
        broken.push_back('\0');
        const auto words = cut(broken);
        QVERIFY(std::ranges::find(words, "fine") != words.end() && std::ranges::find(words, "words") != words.end());
    }

    // Of the tables of examples on the page of each of Snowball's stemmers; accents are then left out.
    void stemsAreSnowballs()
    {
        QCOMPARE(stem(Language::English, "consistency"), "consist");
        QCOMPARE(stem(Language::English, "consigning"), "consign");
        QCOMPARE(stem(Language::English, "knightly"), "knight");
        QCOMPARE(stem(Language::English, "skies"), "sky");
        QCOMPARE(stem(Language::German, "aufeinanderfolgenden"), "aufeinanderfolg");
        QCOMPARE(stem(Language::German, "häuser"), "haus");
        QCOMPARE(stem(Language::French, "continuellement"), "continuel");
        QCOMPARE(stem(Language::French, "majestueuses"), "majestu");
        QCOMPARE(stem(Language::Spanish, "chicharrones"), "chicharron");
        QCOMPARE(stem(Language::Italian, "abbandonata"), "abbandon");
        QCOMPARE(stem(Language::Portuguese, "quilométricas"), "quilometr");
        QCOMPARE(stem(Language::Dutch, "lichamelijke"), "licham");
        QCOMPARE(stem(Language::Swedish, "jaktkarlarne"), "jaktkarl");
        QCOMPARE(stem(Language::Russian, "взволнованные"), "взволнова");
        QCOMPARE(stem(Language::None, "skies"), "skies");
    }

    void accentsAndElisionsDoNotPart()
    {
        QCOMPARE(withoutAccents("amélie"), "amelie");
        QCOMPARE(withoutAccents("plain"), "plain");
        QCOMPARE(withoutAccents("東京"), "東京");
        QCOMPARE(stem(Language::English, "amélie"), stem(Language::English, "amelie"));
        QCOMPARE(stem(Language::French, "l'amour"), stem(Language::French, "amour"));
        QCOMPARE(stem(Language::Italian, "dell'arte"), stem(Language::Italian, "arte"));
        QCOMPARE(stem(Language::French, "l'"), "l'");
    }

    void stopWordsAreOfTheirLanguage()
    {
        QVERIFY(isStopWord("the", Language::English) && !isStopWord("the", Language::German));
        QVERIFY(isStopWord("für", Language::German) && isStopWord("и", Language::Russian));
        QVERIFY(!isStopWord("the", Language::None) && !isStopWord("space", Language::English));
    }

    void findsTheLanguageByItsCommonestWords()
    {
        const auto found = [](const std::string& text) { return counted({text}, {}).language; };
        QCOMPARE(found("A man must find the money that will save his friend"), Language::English);
        QCOMPARE(found("Ein Mann muss das Geld finden, das seinen Freund rettet, und zwar bald"), Language::German);
        QCOMPARE(found("Un homme doit trouver l'argent qui sauvera son ami avant la nuit"), Language::French);
        QCOMPARE(found("Un hombre debe encontrar el dinero para salvar a su amigo y a la mujer"), Language::Spanish);
        QCOMPARE(found("Un uomo deve trovare il denaro che salva la vita di un amico e della moglie"),
                 Language::Italian);
        QCOMPARE(found("Um homem precisa achar o dinheiro para salvar os amigos e não tem tempo"),
                 Language::Portuguese);
        QCOMPARE(found("Een man moet het geld vinden om zijn vriend te redden en de stad"), Language::Dutch);
        QCOMPARE(found("En man måste hitta pengarna för att rädda sin vän och staden"), Language::Swedish);
        QCOMPARE(found("Он должен найти деньги и спасти друга, но не знает как"), Language::Russian);
        QCOMPARE(found("Xylo Qwerty Zed"), Language::None);
        QCOMPARE(found(""), Language::None);
    }

    void countsStemsInTheOrderOfTheirBytes()
    {
        const auto words =
            counted({"Warring kings and a war", "The king of wars", "An éclair"}, {Language::English, 1, 1.0});
        QCOMPARE(words.stems, (std::vector<std::string>{"eclair", "king", "war"}));
        // "king" and "kings" once each, "war", "warring" and "wars" too: the first by letters.
        QCOMPARE(words.labels, (std::vector<std::string>{"éclair", "king", "war"}));
        QCOMPARE(valueAt(words.counts, 0, 2), 2.0);
        QCOMPARE(valueAt(words.counts, 1, 1), 1.0);
        QCOMPARE(valueAt(words.counts, 2, 0), 1.0);
        QCOMPARE(words.counts.size(), std::size_t{5});
    }

    void wordsOfTooFewAndTooManyTextsAreLeftOut()
    {
        const auto words = counted({"red apple", "red pear", "red apple", "blue plum"}, {Language::None, 2, 0.5});
        QCOMPARE(words.stems, std::vector<std::string>{"apple"}); // red: 3 of 4
        QCOMPARE(words.counts.rowCount(), std::size_t{4});
    }

    void countsAreTheSameOnAnyNumberOfThreads()
    {
        std::vector<std::string> texts;
        for (int round = 0; round < 20; ++round)
            for (const std::string& line : linesOf("texts.txt"))
                texts.push_back(fmt::format("{} extra{}", line, round));
        const auto one = counted(texts, {}), four = counted(texts, {}, 4);
        QVERIFY(one.stems == four.stems && one.labels == four.labels);
        QVERIFY(one.counts.columns == four.counts.columns && one.counts.values == four.counts.values &&
                one.counts.starts == four.counts.starts);
    }

    void tfIdfIsThatOfScikitLearn_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("logarithm");
        QTest::newRow("counts") << "tfidf.csv" << false;
        QTest::newRow("logarithm") << "tfidf_log.csv" << true;
    }
    void tfIdfIsThatOfScikitLearn()
    {
        QFETCH(QString, file);
        QFETCH(bool, logarithm);
        auto words = counted(linesOf("texts.txt"), {Language::None, 2, 0.25});
        QCOMPARE(words.stems, linesOf("words.txt"));
        weighTfIdf(words.counts, logarithm);
        scaleToUnitLength(words.counts);
        const auto expected = tableOf(file.toStdString());
        QCOMPARE(words.counts.rowCount(), expected.size());
        for (std::size_t text = 0; text < expected.size(); ++text)
            for (std::uint32_t word = 0; word < expected[text].size(); ++word) // float32, and 8 digits in the table
                QVERIFY(std::abs(valueAt(words.counts, text, word) - expected[text][word]) < 1e-6);
    }

    void bm25IsAsWorkedByHand()
    {
        SparseMatrix weights = handful();
        weighBm25(weights, {1.2F, 0.75F});
        // N = 2, each term in n = 1 text: idf = ln(1 + 1.5 / 1.5) = ln 2. Lengths 3 and 1, mean 2.
        // First text: k1 (1 - b + b 3/2) = 1.2 * 1.375 = 1.65; second: 1.2 * .625 = .75.
        const double idf = std::log(2.0);
        QVERIFY(std::abs(valueAt(weights, 0, 0) - idf * 2 * 2.2 / (2 + 1.65)) < 1e-6);
        QVERIFY(std::abs(valueAt(weights, 0, 1) - idf * 1 * 2.2 / (1 + 1.65)) < 1e-6);
        QVERIFY(std::abs(valueAt(weights, 1, 2) - idf * 1 * 2.2 / (1 + 0.75)) < 1e-6);
        SparseMatrix presence = handful();
        weighBm25(presence, {0, 0.75F});
        for (const float value : presence.values)
            QVERIFY(std::abs(static_cast<double>(value) - idf) < 1e-6);
    }

    void logarithmOfCountsIsAsWorkedByHand()
    {
        SparseMatrix weights = handful();
        weighTfIdf(weights, true);
        const double idf = std::log(3.0 / 2) + 1;
        QVERIFY(std::abs(valueAt(weights, 0, 0) - (1 + std::log(2.0)) * idf) < 1e-6);
        QVERIFY(std::abs(valueAt(weights, 1, 2) - idf) < 1e-6);
    }
};

QTEST_APPLESS_MAIN(ContentTextTest)
#include "content_text_test.moc"
