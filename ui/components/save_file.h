// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

class QWidget;

namespace orrery::ui {

/// Writes a file whole or not at all: what was there stays until the new content is. Errors: Io, with the reason that
/// the system gives.
[[nodiscard]] Status saveFile(const QString& file, const QByteArray& content);

/// "chart" and "Drawing (*.svg)" give "chart.svg"; a name that ends in one of `known` ("png", "svg") keeps its suffix.
[[nodiscard]] QString withSuffix(const QString& file, const QString& chosenFilter, const QStringList& known);

/// Says at the top of the window what came of an export.
void sayExported(QWidget* from, const QString& file, const Status& done);

} // namespace orrery::ui
