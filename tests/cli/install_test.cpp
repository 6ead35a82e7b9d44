// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/run_cli.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QtTest>

using namespace orrery::testing;

/// What `cmake --install` puts in place works there, whatever becomes of the build.
class InstallTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        const QString cmake = QStandardPaths::findExecutable("cmake");
        if (cmake.isEmpty())
            QSKIP("cmake is not here to install with");
        QProcess install;
        install.start(cmake, {"--install", ORRERY_BINARY_DIR, "--component", "cli", "--prefix", place("first")});
        QVERIFY(install.waitForFinished(60'000));
        QVERIFY2(install.exitCode() == 0, install.readAllStandardError().constData());
        // Somewhere else than it was installed to: nothing may depend on the prefix.
        QVERIFY(QDir().rename(place("first"), place("moved")));
    }

    void theProgramFindsItsLibrary()
    {
        const Ran ran = runInstalled({"--version"});
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QVERIFY(ran.out.startsWith("orrery-cli "));
    }

    void theProgramTakesTheSampleThatIsInstalledWithIt()
    {
        QFile ratings(place("moved/share/orrery/datasets/films/ratings.csv"));
        QVERIFY(ratings.open(QIODevice::ReadOnly));
        const QByteArray all = ratings.readAll();
        ratings.close();
        QCOMPARE(runInstalled({"profile", "--json"}).json()[u"dataset"][u"events"].toInt(), all.count('\n') - 1);
        // With three ratings less, so that it can only be this copy that is read.
        QByteArray fewer = all;
        for (int i = 0; i < 3; ++i)
            fewer.truncate(fewer.lastIndexOf('\n', -2) + 1);
        QVERIFY(ratings.open(QIODevice::WriteOnly));
        ratings.write(fewer);
        ratings.close();
        QCOMPARE(runInstalled({"profile", "--json"}).json()[u"dataset"][u"events"].toInt(), all.count('\n') - 4);
    }

    void everyCommandHasItsManualPage()
    {
        const QDir pages(place("moved/share/man/man1"));
        QVERIFY(pages.exists("orrery-cli.1"));
        for (const char* command : {"import", "train", "evaluate", "recommend", "explain", "export"})
            QVERIFY2(pages.exists(QString("orrery-cli-%1.1").arg(command)), command);
    }

private:
    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }

    [[nodiscard]] Ran runInstalled(const QStringList& arguments) const
    {
        QProcess process;
        QProcessEnvironment clean = QProcessEnvironment::systemEnvironment();
        clean.remove("ORRERY_DATASETS");
        clean.remove("LD_LIBRARY_PATH");
        process.setProcessEnvironment(clean);
        process.start(place("moved/bin/orrery-cli"), arguments);
        process.waitForFinished(60'000);
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(InstallTest)
#include "install_test.moc"
