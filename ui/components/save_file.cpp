// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/save_file.h"

#include "ui/components/message.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSaveFile>

namespace orrery::ui {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("SaveFile", words); }

tl::unexpected<Error> cannotWrite(const QString& file, const QString& reason)
{
    return error(Code::Io, tr("It could not be written (%1)").arg(reason).toStdString(),
                 tr("Choose another folder, or make room; what was there before is unchanged").toStdString(),
                 file.toStdString());
}

} // namespace

Status saveFile(const QString& file, const QByteArray& content)
{
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly))
        return cannotWrite(file, out.errorString());
    if (out.write(content) != content.size() || !out.commit())
        return cannotWrite(file, out.errorString());
    return {};
}

QString withSuffix(const QString& file, const QString& chosenFilter, const QStringList& known)
{
    if (known.contains(QFileInfo(file).suffix(), Qt::CaseInsensitive))
        return file;
    const auto found = QRegularExpression(QStringLiteral("\\*\\.(\\w+)")).match(chosenFilter);
    return file + u'.' + (found.hasMatch() ? found.captured(1) : known.value(0));
}

void sayExported(QWidget* from, const QString& file, const Status& done)
{
    sayFrom(from, done ? Message{Message::Kind::Good, tr("Saved as %1").arg(QFileInfo(file).fileName()), {}}
                       : messageOf(done.error()));
}

} // namespace orrery::ui
