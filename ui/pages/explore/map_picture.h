// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <vector>

namespace orrery::ui {

class MapLegend;
class MapPanel;

/// Saves maps as they are seen, beside each other and each under its caption, with the legend of all: a drawing where
/// the file's name ends in .svg, else a picture. Errors: Io.
[[nodiscard]] Status saveMaps(const QString& file, const std::vector<MapPanel*>& maps, const MapLegend& legend,
                              const QString& provenance);

} // namespace orrery::ui
