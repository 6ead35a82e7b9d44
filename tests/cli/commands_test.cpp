// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/run_cli.h"

#include <QtTest>

#include <cmath>

using namespace orrery::testing;

namespace {

QStringList itemsOf(const QJsonObject& list)
{
    QStringList ids;
    for (const auto& item : list[u"items"].toArray())
        ids << item.toObject()[u"item"].toString();
    return ids;
}

QJsonObject metricsOf(const QJsonObject& answer, qsizetype model)
{
    return answer[u"models"].toArray()[model].toObject()[u"metrics"].toObject();
}

} // namespace

class CommandsTest : public QObject {
    Q_OBJECT
private slots:
    void eventsAreWeighedByKindAndAppended()
    {
        const QTemporaryDir folder;
        const QString june = writeFile(folder, "june.csv",
                                       "session_id,user,item,event,time\ns1,ann,A,view,2020-06-01\n"
                                       "s1,ann,A,purchase,2020-06-02\ns2,bob,B,impression,2020-06-03\n");
        const QString july = writeFile(folder, "july.csv",
                                       "session_id,user,item,event,time\ns1,cid,A,view,2020-07-01\n"
                                       "s2,bob,C,cart,2020-07-02\n");
        const QString workspace = folder.filePath("w.orrery");
        QCOMPARE(runCli({"import", june, "--kind-weights", "view=2,purchase=4", "--workspace", workspace}).exitCode, 0);
        const Ran added = runCli({"import", july, "--append", "--workspace", workspace, "--json"});
        QVERIFY2(added.exitCode == 0, added.err);
        QCOMPARE(added.json()["added"].toObject()["events"].toInt(), 2);
        QCOMPARE(added.json()["added"].toObject()["people"].toInt(), 1);
        QCOMPARE(added.json()["added"].toObject()["items"].toInt(), 1);
        QCOMPARE(added.json()["dataset"].toObject()["events"].toInt(), 5);
        const QString out = folder.filePath("out");
        QCOMPARE(runCli({"export", "--workspace", workspace, "--to", out}).exitCode, 0);
        QFile ratings(out + "/ratings.csv");
        QVERIFY(ratings.open(QIODevice::ReadOnly));
        QVERIFY(ratings.readAll().endsWith("cid,A,1.0,1593561600,view,2\nbob,C,1.0,1593648000,cart,3\n"));
        QCOMPARE(runCli({"import", june, "--kind-weights", "gaze=2"}).exitCode, 2);
        QVERIFY(runCli({"import", july, "--append"}).exitCode != 0); // to what?
    }

    // Orders and catalog of May, with fixes; the recipe does the same with June's.
    void tablesAreJoinedAndTheRecipeServesTheNextMonth()
    {
        const QTemporaryDir folder;
        const QString may = writeFile(folder, "orders-05.csv",
                                      "order_id,customer_id,isbn,quantity,order_date\n1,ann,123,1,2026-05-01\n"
                                      "1,ann,124.0,2,2026-05-01\n2,bob,POST,1,2026-05-02\n2,bob,124,-1,2026-05-03\n");
        const QString books = writeFile(folder, "books.csv", "isbn,title\n00123,Emma\n00124,Persuasion\n");
        const QString june =
            writeFile(folder, "export.csv", "order_id,customer_id,isbn,quantity,order_date\n9,cid,124,1,2026-06-01\n");
        const QString recipe = folder.filePath("shop.json"), workspace = folder.filePath("w.orrery");
        const Ran bare = runCli({"import", may, books, "--json"});
        QVERIFY2(bare.exitCode == 0, bare.err);
        const QJsonObject items = bare.json()["match"].toObject()["items"].toObject();
        QCOMPARE(items["eventsFound"].toInt(), 0);
        QCOMPARE(items["withFix"].toObject()["leading-zeros"].toObject()["eventsFound"].toInt(), 2);
        const Ran first = runCli({"import", may, books, "--fix-items", "leading-zeros,point-zero", "--leave-out",
                                  "POST", "--save-recipe", recipe, "--workspace", workspace});
        QVERIFY2(first.exitCode == 0, first.err);
        QVERIFY2(first.out.contains("3 of 4 events are about items of 'books.csv' (75.0 %)"), first.out);
        const Ran next =
            runCli({"import", june, books, "--recipe", recipe, "--append", "--workspace", workspace, "--json"});
        QVERIFY2(next.exitCode == 0, next.err);
        QCOMPARE(next.json()["added"].toObject()["events"].toInt(), 1);
        QCOMPARE(next.json()["added"].toObject()["items"].toInt(), 0);
        const Ran other = runCli({"import", writeFile(folder, "odd.csv", "a,b\n1,2\n"), books, "--recipe", recipe});
        QCOMPARE(other.exitCode, 3);
        QVERIFY2(other.err.contains("odd.csv") && other.err.contains("customer_id"), other.err);
        QCOMPARE(runCli({"import", june, books, "--recipe", recipe, "--fix-items", "trim"}).exitCode, 2);
        QCOMPARE(runCli({"import", june, books, "--fix-items", "magic"}).exitCode, 2);
        QVERIFY(runCli({"import", june, books, "--separator", "tab"}).exitCode != 0);
        // A folder stands for its tables.
        const QTemporaryDir shop;
        writeFile(shop, "orders.csv", readFile(may));
        writeFile(shop, "books.csv", readFile(books));
        const Ran whole = runCli({"import", shop.path(), "--json"});
        QVERIFY2(whole.exitCode == 0, whole.err);
        QCOMPARE(whole.json()["tables"].toArray().size(), 2);
    }

    void importsATableWithRolesAndReportsEveryRow()
    {
        QTemporaryDir folder;
        const auto file = writeFile(folder, "orders.csv",
                                    "customer;sku;qty;ts\n"
                                    "ann;A;2;1600000000\n"
                                    "bob;B;many;1600000001\n"
                                    "ann;B;1;1600000002\n");
        const auto ran = runCli({"import", file, "--columns", "person=customer,item=sku,value=qty,time=ts",
                                 "--separator", ";", "--feedback", "implicit", "--json"});
        QCOMPARE(ran.exitCode, 0);
        QCOMPARE(ran.json()[u"dataset"][u"people"].toInt(), 1);
        QCOMPARE(ran.json()[u"dataset"][u"items"].toInt(), 2);
        const auto report = ran.json()[u"report"].toObject();
        QCOMPARE(report[u"files"].toArray()[0][u"read"].toInt(), 3);
        QCOMPARE(report[u"files"].toArray()[0][u"accepted"].toInt(), 2);
        QCOMPARE(report[u"rejected"].toArray()[0][u"line"].toInt(), 3);
    }

    void stopsAtTheFirstBadRowWhenAsked()
    {
        QTemporaryDir folder;
        const auto file = writeFile(folder, "ratings.csv", "userId,movieId,rating\n1,A,4\n1,B,five\n");
        const auto ran = runCli({"import", file, "--bad-rows", "stop", "--json"});
        QCOMPARE(ran.exitCode, 3);
        QCOMPARE(ran.json()[u"error"][u"code"].toString(), QString("bad-row"));
        QVERIFY(ran.err.contains("five"));
    }

    void projectsTheItemsOfAModel()
    {
        const auto ran =
            runCli({"project", "--model", "implicit-als", "--set", "factors=8", "--method", "pca", "--json"});
        QCOMPARE(ran.exitCode, 0);
        QCOMPARE(ran.json()[u"items"].toArray().size(), 400); // the sample films
        for (const auto& item : ran.json()[u"items"].toArray())
            QVERIFY(item[u"x"].isDouble() && item[u"y"].isDouble());
        const double trust = ran.json()[u"trust"].toDouble();
        QVERIFY2(trust > .6 && trust <= 1, qPrintable(QString::number(trust)));
        QVERIFY(!ran.json()[u"regions"].toArray().isEmpty());
        const auto without = runCli({"project", "--model", "popularity", "--json"});
        QCOMPARE(without.json()[u"error"][u"code"].toString(), QString("unsupported"));
        const auto unknown = runCli({"project", "--model", "svd", "--method-set", "sparkle=1", "--json"});
        QCOMPARE(unknown.exitCode, 2);
    }

    void comparesFactorsWithWhatWasPlanted()
    {
        const auto ran =
            runCli({"project", "--model", "implicit-als", "--set", "factors=24", "--method", "pca", "--json"});
        const auto planted = ran.json()[u"planted"].toObject();
        QCOMPARE(planted[u"dimensions"].toArray().size(), 24);
        QCOMPARE(planted[u"items"].toInt(), 400);
        const double explained = planted[u"explained"].toDouble();
        QVERIFY2(explained > .3 && explained < 1, qPrintable(QString::number(explained)));
        const auto people = runCli({"project", "--model", "svd", "--method", "pca", "--people", "--json"});
        QCOMPARE(people.exitCode, 0);
        QVERIFY(!people.json().contains(u"planted"));
    }

    void makesShopsAndNewsrooms()
    {
        QTemporaryDir folder;
        const QString shop = folder.filePath("shop"), news = folder.filePath("news");
        const auto made = runCli(
            {"generate", "shop", "--users", "50", "--items", "90", "--visits", "200", "--output", shop, "--json"});
        QCOMPARE(made.exitCode, 0);
        QCOMPARE(made.json()[u"people"].toInt(), 50);
        const auto shown = runCli({"profile", "--data", shop, "--json"});
        QCOMPARE(shown.exitCode, 0);
        QCOMPARE(runCli({"generate", "news", "--visits", "100", "--output", news}).exitCode, 0);
        QVERIFY(QFile::exists(news + "/truth_items.csv"));
        QCOMPARE(runCli({"generate", "news", "--noise", "1", "--output", folder.filePath("x")}).exitCode, 2);
        QCOMPARE(runCli({"generate", "--visits", "9", "--output", folder.filePath("x")}).exitCode, 2);
        QVERIFY(!QFile::exists(folder.filePath("x")));
    }

    void keepsClustersInTheWorkspace()
    {
        QTemporaryDir folder;
        const QString workspace = folder.filePath("w.orrery");
        QCOMPARE(runCli({"train", "--model", "implicit-als", "--set", "factors=8", "--out", workspace}).exitCode, 0);
        const QStringList ask{"project", "--workspace", workspace, "--method", "pca", "--clusters", "6", "--json"};
        const auto shown = runCli(ask);
        QCOMPARE(shown.exitCode, 0);
        QSet<QString> names;
        for (const auto& item : shown.json()[u"items"].toArray())
            names.insert(item[u"cluster"].toString());
        QCOMPARE(names.size(), 6);
        const QStringList items{"export", "--workspace", workspace, "--items", folder.filePath("items.csv"), "--json"};
        QVERIFY(runCli(items).json()[u"derived"].toArray().isEmpty()); // it was only shown
        QCOMPARE(runCli(ask + QStringList{"--keep"}).exitCode, 0);
        const auto exported = runCli(items);
        QCOMPARE(exported.json()[u"derived"].toArray().size(), 1);
        QFile file(folder.filePath("items.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readLine().trimmed().endsWith(",Clusters of Implicit ALS"));
        const QByteArray first = file.readLine().trimmed();
        QVERIFY(first.startsWith("1,"));
        const QString cluster = shown.json()[u"items"].toArray()[0][u"cluster"].toString();
        QVERIFY2(first.endsWith(',' + cluster.toUtf8()) || first.endsWith(",\"" + cluster.toUtf8() + '"'),
                 first.constData());
        QCOMPARE(runCli({"project", "--model", "svd", "--clusters", "6", "--keep", "--json"}).exitCode, 2);
        QCOMPARE(runCli({"project", "--model", "svd", "--clusters", "few", "--json"}).exitCode, 2);
    }

    void listsNeighboursExactlyAndByTheIndex()
    {
        const QStringList ask{"neighbours", "--model", "implicit-als", "--set", "factors=8", "--json"};
        const auto exact = runCli(ask + QStringList{"--item", "7"});
        QCOMPARE(exact.exitCode, 0);
        const auto near = exact.json()[u"neighbours"].toArray();
        QCOMPARE(near.size(), 10);
        for (int i = 1; i < near.size(); ++i)
            QVERIFY(near[i - 1][u"similarity"].toDouble() >= near[i][u"similarity"].toDouble());
        const auto index = runCli(ask + QStringList{"--item", "7", "--search", "hnsw", "--candidates", "400"});
        QCOMPARE(index.exitCode, 0);
        const auto found = index.json()[u"neighbours"].toArray();
        for (int i = 0; i < near.size(); ++i) // as many candidates as items: nothing is missed
            QCOMPARE(found[i][u"item"], near[i][u"item"]);
        const auto rows = runCli(ask + QStringList{"--compare"}).json()[u"tradeOff"].toArray();
        QCOMPARE(rows.size(), 6);
        QVERIFY(rows.last()[u"recall"].toDouble() > .99);
        QVERIFY(rows.first()[u"queriesPerSecond"].toDouble() > 0);
        QCOMPARE(runCli({"neighbours", "--model", "svd", "--json"}).exitCode, 2); // of what?
    }

    void tellsWhatNeighboursHaveInCommon()
    {
        QTemporaryDir folder;
        writeFile(folder, "ratings.csv",
                  "userId,movieId,rating\n1,1,5\n1,2,4\n2,1,4\n2,2,1\n3,1,5\n3,3,5\n4,3,4\n4,2,5\n");
        writeFile(folder, "movies.csv",
                  "movieId,title,genres\n1,Alien (1979),Horror|Sci-Fi\n2,Aliens (1986),Action|Sci-Fi\n"
                  "3,Rocky (1976),Drama\n");
        const auto ran = runCli({"neighbours", "--data", folder.path(), "--model", "implicit-als", "--set", "factors=2",
                                 "--item", "1", "--json"});
        QCOMPARE(ran.exitCode, 0);
        int met = 0;
        for (const auto& near : ran.json()[u"neighbours"].toArray()) {
            const auto common = near[u"inCommon"];
            if (near[u"item"].toString() == "2") {
                QCOMPARE(common[u"attributes"][u"genres"].toArray(), QJsonArray{"Sci-Fi"});
                QVERIFY(common[u"attributes"][u"year"].isUndefined());
                QCOMPARE(common[u"used"][u"both"].toInt(), 2);
                QCOMPARE(common[u"used"][u"lift"].toDouble(), 2. * 4 / (3 * 3));
                QCOMPARE(common[u"liked"][u"both"].toInt(), 1);
                ++met;
            } else if (near[u"item"].toString() == "3") {
                QCOMPARE(common[u"attributes"][u"year"].toArray(), QJsonArray{"1970s"});
                QCOMPARE(common[u"used"][u"both"].toInt(), 1);
                ++met;
            }
        }
        QCOMPARE(met, 2);
    }

    void comparesNeighboursUnderTwoModels()
    {
        const QStringList two{"neighbours", "--model", "item-knn", "--model", "implicit-als", "--set", "factors=8"};
        const auto ran = runCli(two + QStringList{"--item", "7", "-n", "5", "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto compared = ran.json();
        const auto shared = compared[u"shared"].toArray(), gained = compared[u"gained"].toArray(),
                   lost = compared[u"lost"].toArray();
        QCOMPARE(shared.size() + lost.size(), 5);
        QCOMPARE(shared.size() + gained.size(), 5);
        QCOMPARE(compared[u"jaccard"].toDouble(), double(shared.size()) / double(5 + gained.size()));
        // Ranks and similarities are those that the models tell by themselves.
        const auto alone = runCli({"similar", "--model", "item-knn", "--item", "7", "--n", "5", "--json"}).json();
        for (const QJsonArray& part : {shared, lost})
            for (const auto& one : part) {
                const auto same = alone[u"similar"][one[u"ranks"][0].toInt() - 1];
                QCOMPARE(same[u"item"], one[u"item"]);
                QCOMPARE(same[u"similarity"], one[u"similarities"][0]);
            }
        for (const auto& one : gained)
            QVERIFY(one[u"ranks"][0].isNull() || one[u"ranks"][0].toInt() > 5);
        QVERIFY(runCli(two + QStringList{"--item", "7"}).out.contains("shared"));
    }

    void comparesSimilarPeopleUnderTwoModels()
    {
        const QStringList one{"neighbours", "--person", "7", "-n", "5", "--json", "--model", "user-knn"};
        const auto ran = runCli(one + QStringList{"--model", "implicit-als", "--set", "factors=8"});
        QCOMPARE(ran.exitCode, 0);
        QCOMPARE(ran.json()[u"shared"].toArray().size() + ran.json()[u"lost"].toArray().size(), 5);
        QCOMPARE(ran.json()[u"person"].toString(), QString("7"));
    }

    void looksAtPeopleInThePlaceOfItems()
    {
        const QStringList als{"--model", "implicit-als", "--set", "factors=8", "--json"};
        const auto near = runCli(QStringList{"neighbours", "--person", "7", "-n", "5"} + als);
        QCOMPARE(near.exitCode, 0);
        QCOMPARE(near.json()[u"of"].toString(), QString("people"));
        QCOMPARE(near.json()[u"item"].toString(), QString("7"));
        QCOMPARE(near.json()[u"neighbours"].toArray().size(), 5);
        const auto map = runCli(QStringList{"project", "--people", "--method", "pca"} + als);
        QCOMPARE(map.exitCode, 0);
        QCOMPARE(map.json()[u"items"].toArray().size(), 600);
        const auto hubs = runCli(QStringList{"neighbours", "--people", "--hubs"} + als);
        QCOMPARE(hubs.json()[u"items"].toInt(), 600);
        QCOMPARE(runCli(QStringList{"neighbours", "--people"} + als).exitCode, 2);
        QCOMPARE(runCli({"project", "--people", "--model", "lsa", "--json"}).json()[u"error"][u"code"].toString(),
                 QString("unsupported"));
    }

    void namesWhatIsMisplaced()
    {
        const auto ran = runCli({"neighbours", "--model", "implicit-als", "--misplaced", "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto found = ran.json()[u"misplaced"].toArray();
        QVERIFY(!found.isEmpty());
        for (const auto& one : found) {
            QVERIFY(one[u"chance"].toDouble() <= .05);
            QVERIFY(!one[u"tags"].toArray().isEmpty() && !one[u"around"].toArray().isEmpty());
        }
    }

    void fillsTheShelvesOfAShop()
    {
        const QStringList shop{"shelves", "--data",     ORRERY_SOURCE_DIR "/datasets/shop",
                               "--model", "popularity", "--json"};
        const auto home = runCli(shop);
        QCOMPARE(home.exitCode, 0);
        const auto shelves = home.json()[u"shelves"].toArray();
        QCOMPARE(shelves.size(), 3);
        QCOMPARE(shelves[0][u"shelf"].toString(), QString("for-you"));
        const QString first = shelves[0][u"items"][0][u"item"].toString();
        const auto viewed = runCli(shop + QStringList{"--viewed", first, "--skipped", first});
        QCOMPARE(viewed.json()[u"shelves"][0][u"shelf"].toString(), QString("because-you-viewed"));
        const auto product = runCli(shop + QStringList{"--page", "product", "--item", first});
        QCOMPARE(product.json()[u"shelves"][0][u"shelf"].toString(), QString("bought-together"));
        QCOMPARE(runCli(shop + QStringList{"--page", "product"}).exitCode, 2); // of which product?
    }

    void tellsWhoWouldGetAnItemThatIsOnlyDescribed()
    {
        const auto ran = runCli({"audience", "--model", "item-knn", "--new", "title=Western Duel", "--new",
                                 "genres=western,drama", "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto found = ran.json();
        const auto from = found[u"inheritsFrom"].toArray();
        QCOMPARE(from.size(), 10);
        QVERIFY(from[0][u"similarity"].toDouble() >= from[9][u"similarity"].toDouble());
        QCOMPARE(found[u"people"].toInt(), 600);
        QVERIFY(found[u"within10"].toInt() <= 600);
        QCOMPARE(runCli({"audience", "--model", "popularity", "--new", "year=soon"}).exitCode, 2);
        QCOMPARE(runCli({"audience", "--model", "popularity", "--new", "colour=red"}).exitCode, 2);
    }

    void tellsWhoGetsAnItem()
    {
        const auto ran = runCli({"audience", "--item", "7", "--model", "item-knn", "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto found = ran.json();
        QCOMPARE(found[u"people"].toInt(), 600);
        QVERIFY(found[u"within10"].toInt() <= found[u"within100"].toInt());
        QVERIFY(found[u"owners"].toInt() > 0);
        QVERIFY(!found[u"groups"].toArray().isEmpty());
    }

    void tellsWhoWillSpend()
    {
        const QString shop = QStringLiteral(ORRERY_SOURCE_DIR "/datasets/shop");
        const QTemporaryDir folder;
        const QString file = folder.filePath("likely.csv");
        const QStringList asked{"who-matters", "--data", shop,    "--more-than", "50",
                                "--days",      "14",     "--set", "trees=30"};
        const auto ran = runCli(asked + QStringList{"--json", "--top", "3", "--out", file, "--top-share", "10"});
        if (ran.exitCode != 0 && ran.err.contains("XGBoost"))
            QSKIP("This build cannot train trees");
        QCOMPARE(ran.exitCode, 0);
        const auto found = ran.json();
        const auto report = found[u"report"].toObject();
        QVERIFY(report[u"trees"].toObject()[u"auc"].toDouble() > .55);
        QCOMPARE(report[u"calibration"].toArray().size(), 10);
        QVERIFY(report[u"comparedRows"].toInt() > 100);
        for (const auto& feature : report[u"features"].toArray())
            QVERIFY(!feature.toObject()[u"seesFuture"].toBool(true));
        const auto people = found[u"people"].toArray();
        QCOMPARE(people.size(), 3);
        QCOMPARE(people[0].toObject()[u"reasons"].toArray().size(), 3);
        const auto lines = readFile(file).split('\n');
        QCOMPARE(lines[0], QByteArray("person,probability"));
        QCOMPARE(lines[1].split(',')[0], people[0].toObject()[u"person"].toString().toUtf8());
        QCOMPARE(lines.size(), 1 + 42 + 1); // a tenth of 420 people, and what follows the last line end
        const auto text = runCli(asked);
        QVERIFY(text.out.contains("likely to spend more than 50 in 14 days"));
        QVERIFY(text.out.contains("recency and frequency"));
        QCOMPARE(runCli(asked + QStringList{"--set", "depht=3"}).exitCode, 2);
        const auto early = runCli(asked + QStringList{"--at", "2010-01-01"});
        QCOMPARE(early.exitCode, 2);
        QVERIFY(early.err.contains("Nothing was bought before 1 January 2010"));
        QCOMPARE(runCli({"who-matters", "--data", films()}).exitCode, 2);
    }

    void countsHubsAndOrphans()
    {
        const auto ran =
            runCli({"neighbours", "--model", "implicit-als", "--set", "factors=64", "--hubs", "-n", "5", "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto found = ran.json();
        QCOMPARE(found[u"items"].toInt(), 400);
        QVERIFY(found[u"skewness"].isDouble());
        const auto hubs = found[u"hubs"].toArray();
        QVERIFY(!hubs.isEmpty());
        for (int i = 0; i < hubs.size(); ++i) {
            QVERIFY(hubs[i][u"occurrences"].toDouble() > 5 + 2 * found[u"deviation"].toDouble());
            QVERIFY(i == 0 || hubs[i][u"occurrences"].toInt() <= hubs[i - 1][u"occurrences"].toInt());
        }
        for (const auto& orphan : found[u"orphans"].toArray())
            QCOMPARE(orphan[u"occurrences"].toInt(), 0);
    }

    void neighboursSayWhatDoesNotGoTogether()
    {
        const QString two = "neighbours --json --model svd --model item-knn";
        for (const QString& asked : {two + " --hubs", two + " --compare", two + " --item 7 --search hnsw",
                                     two + " --model svd --item 7", QString("neighbours --json --hubs --item 7")})
            QCOMPARE(runLine(asked).exitCode, 2);
        const auto without = runLine("neighbours --json --model item-knn --hubs");
        QCOMPARE(without.json()[u"error"][u"code"].toString(), QString("unsupported"));
    }

    void profilesTheSample()
    {
        const auto ran = runCli({"profile", "--data", films(), "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto profile = ran.json()[u"profile"].toObject();
        QCOMPARE(profile[u"people"].toInt(), 600);
        QCOMPARE(profile[u"items"].toInt(), 400);
        QCOMPARE(profile[u"interactions"].toInt(), 60'000);
        QVERIFY(std::abs(profile[u"density"].toDouble() - 60'000.0 / (600 * 400)) < 1e-9);
        QVERIFY(ran.json()[u"dataset"][u"note"].toString().contains("synthetic"));
    }

    void everyParameterSaysItsType()
    {
        const QStringList types = {"boolean", "integer", "real", "choice", "text"};
        QStringList met;
        for (const auto& algorithm : runLine("models --json").json()[u"algorithms"].toArray())
            for (const auto& parameter : algorithm[u"parameters"].toArray()) {
                const QString type = parameter[u"type"].toString();
                QVERIFY2(types.contains(type), qPrintable(parameter[u"id"].toString() + " is of type " + type));
                QCOMPARE(parameter.toObject().contains(u"format"), type == u"text");
                met += type;
            }
        QVERIFY(met.contains("text") && met.contains("real"));
    }

    void listsTheCatalogueWithParameters()
    {
        const auto ran = runLine("models --json");
        QCOMPARE(ran.exitCode, 0);
        QStringList ids;
        for (const auto& algorithm : ran.json()[u"algorithms"].toArray()) {
            ids << algorithm[u"id"].toString();
            QVERIFY(!algorithm[u"summary"].toString().isEmpty());
            for (const auto& parameter : algorithm[u"parameters"].toArray())
                for (const QString key : {"id", "help", "type", "default"})
                    QVERIFY2(parameter.toObject().contains(key), qPrintable(ids.last() + " lacks " + key));
        }
        QVERIFY(ids.contains("svd") && ids.contains("popularity"));
    }

    void helpOnAnAlgorithmNamesEveryParameter()
    {
        const auto help = runLine("help models svd");
        QCOMPARE(help.exitCode, 0);
        for (const auto& algorithm : runLine("models svd --json").json()[u"algorithms"].toArray())
            for (const auto& parameter : algorithm[u"parameters"].toArray())
                QVERIFY(help.out.contains(parameter[u"id"].toString().toUtf8()));
        QCOMPARE(runLine("models svd").out, help.out);
    }

    void recommendsWhatAPersonHasNot()
    {
        const auto ran = runCli({"recommend", "--data", films(), "--model", "item-knn", "--person", "42", "--n", "10",
                                 "--as-of", "2022-01-01", "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto answer = ran.json();
        QCOMPARE(answer[u"asOf"].toString(), QString("2022-01-01T00:00:00Z"));
        const auto list = answer[u"lists"].toArray()[0].toObject();
        QCOMPARE(itemsOf(list).size(), 10);
        for (const auto& entry : answer[u"history"].toArray()) {
            QVERIFY(!itemsOf(list).contains(entry[u"item"].toString()));
            QVERIFY(entry[u"at"].toString() < QString("2022-01-01"));
        }
        for (const auto& choice : answer[u"next"].toArray())
            QVERIFY(choice[u"at"].toString() >= QString("2022-01-01"));
    }

    void recommendsByTheCircumstancesThatAreTold()
    {
        QTemporaryDir folder;
        QByteArray csv = "person,item,device\n";
        csv += "p0,other,phone\n";
        for (int p = 1; p < 12; ++p)
            csv += QStringLiteral("p%1,%2,phone\np%1,%3,tv\n")
                       .arg(p)
                       .arg(p < 10 ? "short" : "long", p < 10 ? "long" : "short")
                       .toUtf8();
        const auto file = writeFile(folder, "films.csv", csv);
        const auto first = [&](const QString& told) {
            const auto ran =
                runCli({"recommend", "--data", file, "--model", "context-filter", "--set", "part=popularity", "--set",
                        "by=device", "--set", "least=2", "--person", "p0", "--context", told, "--json"});
            return ran.exitCode == 0 ? itemsOf(ran.json()[u"lists"].toArray()[0].toObject()).value(0)
                                     : ran.json()[u"error"][u"message"].toString();
        };
        QCOMPARE(first("device=phone"), QString("short"));
        QCOMPARE(first("device=TV"), QString("long"));
        QCOMPARE(first("device=fridge"), QString("'fridge' is no device"));
        QCOMPARE(first("mood=sad"), QString("This data does not know the circumstance 'mood'"));
    }

    void recommendsToAGuestBySeveralModels()
    {
        const auto ran = runCli({"recommend", "--data", films(), "--model", "popularity", "--model", "item-knn",
                                 "--history", "12=5,55=4.5", "--n", "5", "--explain", "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto answer = ran.json();
        QCOMPARE(answer[u"history"].toArray().size(), 2);
        QVERIFY(answer[u"person"].isNull());
        QCOMPARE(answer[u"lists"].toArray().size(), 2);
        for (const auto& list : answer[u"lists"].toArray())
            for (const auto& item : list[u"items"].toArray()) {
                double sum = 0, size = 0;
                for (const auto& term : item[u"terms"].toArray()) {
                    sum += term[u"value"].toDouble();
                    size += std::abs(term[u"value"].toDouble());
                }
                // The bound that explanations keep, and the five digits of a printed float.
                QVERIFY(std::abs(sum - item[u"score"].toDouble()) <= 1e-4 * size + 1e-5);
            }
    }

    void explanationsSumToTheScore_data()
    {
        QTest::addColumn<QString>("model");
        for (const char* model : {"popularity", "bias", "item-knn", "svd", "implicit-als"})
            QTest::newRow(model) << model;
    }
    void explanationsSumToTheScore()
    {
        QFETCH(QString, model);
        QStringList line = {"explain", "--data", films(), "--model", model};
        if (model == "svd")
            line << "--set"
                 << "factors=8"
                 << "--set"
                 << "epochs=3";
        const auto ran = runCli(line + QStringList{"--person", "42", "--item", "7", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        const auto answer = ran.json();
        double sum = 0, size = 0;
        for (const auto& term : answer[u"terms"].toArray()) {
            sum += term[u"value"].toDouble();
            size += std::abs(term[u"value"].toDouble());
        }
        QVERIFY(!answer[u"terms"].toArray().isEmpty());
        QVERIFY(std::abs(sum - answer[u"score"].toDouble()) <= 1e-4 * size);
        QVERIFY(!answer[u"verdict"].toString().isEmpty());
        QCOMPARE(answer[u"trail"].toArray().size(), 3);
        QVERIFY(answer.contains(u"counterfactual"));
    }

    void namesWhatIsSimilar()
    {
        const auto ran = runCli({"similar", "--data", films(), "--item", "7", "--n", "5", "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto similar = ran.json()[u"similar"].toArray();
        QCOMPARE(similar.size(), 5);
        for (qsizetype i = 1; i < similar.size(); ++i)
            QVERIFY(similar[i - 1][u"similarity"].toDouble() >= similar[i][u"similarity"].toDouble());
    }

    void namesWhoIsSimilar()
    {
        const auto ran = runCli({"similar", "--data", films(), "--person", "1", "--model", "implicit-als", "--json"});
        QCOMPARE(ran.exitCode, 0);
        const auto similar = ran.json()[u"similar"].toArray();
        QVERIFY(!similar.empty());
        for (const auto& one : similar)
            QVERIFY(one[u"person"].toString() != "1");
        QCOMPARE(runCli({"similar", "--data", films(), "--person", "1", "--model", "ease"}).exitCode, 2);
        QCOMPARE(runCli({"similar", "--data", films()}).exitCode, 2);
    }

    void evaluatesFilesThatCameSplit()
    {
        QTemporaryDir folder;
        const auto train = writeFile(folder, "u1.base",
                                     "1\t1\t5\t10\n1\t2\t3\t11\n2\t1\t4\t12\n2\t3\t2\t13\n3\t2\t4\t14\n3\t3\t5\t15\n");
        const auto test = writeFile(folder, "u1.test", "1\t3\t4\t20\n2\t2\t5\t21\n");
        const auto ran = runCli({"evaluate", "--train", train, "--test", test, "--model", "svd", "--set", "factors=4",
                                 "--set", "epochs=2", "--metrics", "rmse,mae,ndcg@10", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        const auto answer = ran.json();
        QCOMPARE(answer[u"splits"].toArray()[0][u"kind"].toString(), QString("predefined"));
        QCOMPARE(answer[u"splits"].toArray()[0][u"test"].toInt(), 2);
        QCOMPARE(metricsOf(answer, 0).keys(), QStringList({"mae", "ndcg@10", "rmse"}));
        // One candidate each, and it is relevant: a perfect list.
        QCOMPARE(metricsOf(answer, 0)[u"ndcg@10"][u"mean"].toDouble(), 1.0);
        QCOMPARE(answer[u"models"].toArray()[0][u"parameters"][u"factors"].toInt(), 4);
    }

    void ranksSeveralModelsWithTheSettingsOfEach()
    {
        const auto ran = runCli({"evaluate", "--data", films(), "--split", "temporal", "--test-share", "0.2", "--model",
                                 "popularity", "--model", "item-knn", "--set", "neighbours=20", "--metrics",
                                 "ndcg@10,coverage@10", "--bootstrap", "50", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        const auto answer = ran.json();
        QVERIFY(metricsOf(answer, 0)[u"ndcg@10"][u"mean"].toDouble() >=
                metricsOf(answer, 1)[u"ndcg@10"][u"mean"].toDouble());
        for (const auto& model : answer[u"models"].toArray())
            if (model[u"algorithm"].toString() == "item-knn")
                QCOMPARE(model[u"parameters"][u"neighbours"].toInt(), 20);
    }

    void foldsGiveTheirMeanAndEach()
    {
        const auto ran = runCli({"evaluate", "--data", films(), "--split", "random", "--folds", "3", "--model", "bias",
                                 "--metrics", "rmse", "--bootstrap", "0", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        const auto model = ran.json()[u"models"].toArray()[0].toObject();
        const auto folds = model[u"folds"].toArray();
        QCOMPARE(folds.size(), 3);
        double sum = 0;
        for (const auto& fold : folds)
            sum += fold[u"metrics"][u"rmse"][u"mean"].toDouble();
        QVERIFY(std::abs(model[u"metrics"][u"rmse"][u"mean"].toDouble() - sum / 3) < 1e-12);
    }

    void relevantFromIsPartOfTheProtocol()
    {
        const QString line =
            "evaluate --data " + films() + " --model popularity --metrics ndcg@10 --bootstrap 0 --json";
        const auto usual = runLine(line).json(), strict = runLine(line + " --relevant-from 5").json();
        QCOMPARE(usual[u"protocol"][u"relevantFrom"].toDouble(), 4.0);
        QCOMPARE(strict[u"protocol"][u"relevantFrom"].toDouble(), 5.0);
        QVERIFY(usual[u"models"].toArray()[0][u"protocol"] != strict[u"models"].toArray()[0][u"protocol"]);
    }

    void threadsNeverChangeAResult()
    {
        const QString line = "recommend --data " + films() +
                             " --model svd --set factors=16 --set epochs=3 --seed 5 --person 42 --json --threads ";
        const auto one = runLine(line + "1"), two = runLine(line + "2");
        QCOMPARE(one.exitCode, 0);
        QCOMPARE(one.out, two.out);
        QVERIFY(one.out != runLine(line + "1 --seed 6").out);
    }

    void generatesTheShippedSampleByteForByte()
    {
        QTemporaryDir folder;
        const auto ran = runCli({"generate", "--catalogue", films(), "--output", folder.filePath("made"), "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QCOMPARE(readFile(folder.filePath("made/ratings.csv")), readFile(films() + "/ratings.csv"));
    }

    void exportsADatasetThatImportsToTheSameHash()
    {
        QTemporaryDir folder;
        QCOMPARE(runCli({"export", "--data", films(), "--to", folder.filePath("out"), "--json"}).exitCode, 0);
        const auto before = runCli({"import", films(), "--json"}).json();
        const auto after = runCli({"import", folder.filePath("out"), "--json"}).json();
        QCOMPARE(after[u"dataset"][u"hash"].toString(), before[u"dataset"][u"hash"].toString());
        QVERIFY(!before[u"dataset"][u"hash"].toString().isEmpty());
    }

    void exportedListsComeBackAsTheSameRecommender()
    {
        QTemporaryDir folder;
        const QString file = folder.filePath("lists.csv");
        const auto ran =
            runCli({"export", "--data", films(), "--model", "item-knn", "--lists", file, "--n", "10", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QCOMPARE(ran.json()[u"people"].toInt(), 600);
        QVERIFY(readFile(file).startsWith("person,item,rank,score\n"));
        const auto lists = runCli({"recommend", "--data", films(), "--model", "item-knn", "--lists-from", file,
                                   "--person", "42", "--json"})
                               .json()[u"lists"]
                               .toArray();
        QCOMPARE(itemsOf(lists[0].toObject()), itemsOf(lists[1].toObject()));
        QCOMPARE(itemsOf(lists[0].toObject()).size(), 10);
    }
};

QTEST_GUILESS_MAIN(CommandsTest)
#include "commands_test.moc"
