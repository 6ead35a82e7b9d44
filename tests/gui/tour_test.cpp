// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the program's own tour, as ./run does where there is no display.
#include <QDir>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

class TourTest : public QObject {
    Q_OBJECT
private slots:
    void leavesPicturesAndAReport()
    {
        const QTemporaryDir folder;
        const QString tour = folder.filePath("tour");
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("QT_QPA_PLATFORM", "offscreen");
        environment.insert("XDG_DATA_HOME", folder.filePath("home"));
        program.setProcessEnvironment(environment);
        program.setProcessChannelMode(QProcess::MergedChannels);
        program.start(QStringLiteral(ORRERY_BINARY_DIR "/bin/orrery"), {"--tour", tour});
        QVERIFY(program.waitForFinished(840'000));
        const QByteArray said = program.readAll();
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QVERIFY2(program.exitCode() == 0, said.constData());
        QVERIFY(said.contains("NDCG@10")); // the leaderboard
        QVERIFY(said.contains("Because of"));

        QFile report(tour + "/report.html");
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QByteArray html = report.readAll();
        const QStringList pictures = QDir(tour).entryList({"*.png"});
        QVERIFY(pictures.size() >= 60); // 28 steps, and 8 pages in 2 sizes and 2 themes
        for (const QString& picture : pictures) {
            QVERIFY2(html.contains(picture.toUtf8()), qPrintable(picture));
            QVERIFY2(QImage(tour + '/' + picture).width() >= 1280, qPrintable(picture));
        }
    }
};

QTEST_GUILESS_MAIN(TourTest)
#include "tour_test.moc"
