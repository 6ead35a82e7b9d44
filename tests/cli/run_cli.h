// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

namespace orrery::testing {

/// What a run of the program gave.
struct Ran {
    int exitCode = -1;
    QByteArray out, err;

    /// The one document on stdout; empty where it is not exactly one.
    [[nodiscard]] QJsonObject json() const
    {
        QJsonParseError problem;
        const auto document = QJsonDocument::fromJson(out, &problem);
        return problem.error == QJsonParseError::NoError ? document.object() : QJsonObject();
    }
};

inline QString programFile() { return QStringLiteral(ORRERY_BINARY_DIR "/bin/orrery-cli"); }

inline Ran runCli(const QStringList& arguments)
{
    QProcess process;
    process.start(programFile(), arguments);
    process.waitForFinished(60'000);
    const bool ended = process.state() == QProcess::NotRunning && process.exitStatus() == QProcess::NormalExit;
    return {ended ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

/// As runCli, with the words of one line; none of them holds a blank.
inline Ran runLine(const QString& line) { return runCli(line.split(u' ', Qt::SkipEmptyParts)); }

inline QString films() { return QStringLiteral(ORRERY_SOURCE_DIR "/datasets/films"); }

inline QString writeFile(const QTemporaryDir& folder, const QString& name, const QByteArray& text)
{
    QFile file(folder.filePath(name));
    if (file.open(QIODevice::WriteOnly))
        file.write(text);
    return file.fileName();
}

inline QByteArray readFile(const QString& name)
{
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace orrery::testing
