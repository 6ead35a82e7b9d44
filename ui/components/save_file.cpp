// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/save_file.h"

#include "ui/components/message.h"
#include "ui/theme/theme.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QWidget>

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

QByteArray drawingOf(QWidget& widget, const QString& title, const QString& provenance)
{
    return drawingOf(widget.size(), title, provenance, [&widget](QPainter& painter) { widget.render(&painter); });
}

QByteArray drawingOf(const QSize& size, const QString& title, const QString& provenance,
                     const std::function<void(QPainter&)>& paint)
{
    QBuffer out;
    QSvgGenerator svg;
    svg.setOutputDevice(&out);
    svg.setSize(size);
    svg.setViewBox(QRect(QPoint(0, 0), size));
    svg.setTitle(title);
    svg.setDescription(provenance);
    QPainter painter(&svg);
    paint(painter);
    painter.end();
    return out.data();
}

QByteArray pictureOf(QWidget& widget, const QString& provenance)
{
    return pictureOf(widget.size(), tokensFor(&widget).surface, provenance,
                     [&widget](QPainter& painter) { widget.render(&painter); });
}

QByteArray pictureOf(const QSize& size, const QColor& ground, const QString& provenance,
                     const std::function<void(QPainter&)>& paint)
{
    constexpr int scale = 2; // sharp on paper and on fine screens
    QImage image(size * scale, QImage::Format_ARGB32);
    image.setDevicePixelRatio(scale);
    image.fill(ground);
    image.setText(QStringLiteral("Description"), provenance);
    QPainter painter(&image);
    paint(painter);
    painter.end();
    QBuffer out;
    out.open(QIODevice::WriteOnly);
    image.save(&out, "PNG");
    return out.data();
}

void sayExported(QWidget* from, const QString& file, const Status& done)
{
    sayFrom(from, done ? Message{Message::Kind::Good, tr("Saved as %1").arg(QFileInfo(file).fileName()), {}}
                       : messageOf(done.error()));
}

} // namespace orrery::ui
