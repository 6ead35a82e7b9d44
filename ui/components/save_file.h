// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <functional>

class QColor;
class QPainter;
class QSize;
class QWidget;

namespace orrery::ui {

/// Writes a file whole or not at all: what was there stays until the new content is. Errors: Io, with the reason that
/// the system gives.
[[nodiscard]] Status saveFile(const QString& file, const QByteArray& content);

/// "chart" and "Drawing (*.svg)" give "chart.svg"; a name that ends in one of `known` ("png", "svg") keeps its suffix.
[[nodiscard]] QString withSuffix(const QString& file, const QString& chosenFilter, const QStringList& known);

/// The widget as an SVG drawing: what it paints as a picture stays one. `provenance` says how to make it again.
[[nodiscard]] QByteArray drawingOf(QWidget& widget, const QString& title, const QString& provenance);
/// The widget as a PNG picture of twice its size, with its provenance.
[[nodiscard]] QByteArray pictureOf(QWidget& widget, const QString& provenance);

/// The same of what `paint` draws on an area of that size.
[[nodiscard]] QByteArray drawingOf(const QSize& size, const QString& title, const QString& provenance,
                                   const std::function<void(QPainter&)>& paint);
[[nodiscard]] QByteArray pictureOf(const QSize& size, const QColor& ground, const QString& provenance,
                                   const std::function<void(QPainter&)>& paint);

/// Says at the top of the window what came of an export.
void sayExported(QWidget* from, const QString& file, const Status& done);

} // namespace orrery::ui
