// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "ui/itemmodels/dataset_columns.h"
#include "ui/theme/tokens.h"

#include <QColor>
#include <QString>

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::ui {

/// What the points of items can be coloured by.
struct MapColouring {
    enum class Kind { Plain, Popularity, Mean, Tag, Number, Kept };
    Kind kind = Kind::Plain;
    std::string column = {}; ///< of Tag and Number
    QString title;           ///< "Genres"
};
/// Those that the dataset can support.
[[nodiscard]] std::vector<MapColouring> colouringsOf(const Dataset& dataset);

/// Colours by item, and what they mean.
struct ColouredItems {
    struct Entry {
        QString words;
        QColor colour;
        std::size_t count = 0;
    };
    std::vector<QRgb> palette;
    std::vector<std::uint8_t> colours; ///< a place in the palette for each item
    std::vector<Entry> legend;         ///< the kinds, most first; of numbers from the lowest range to the highest
};
/// Tags: the first of each item, with a series colour for the seven most used and grey for the rest. Numbers: ranges
/// that hold about as many items each, from pale to strong; grey where nothing is known. `kept`: of each item the share
/// of its neighbours that the map keeps, for Kept; NaN or too short where it is not known.
[[nodiscard]] ColouredItems colouredItems(const Dataset& dataset, const Tally& tally, const MapColouring& by,
                                          const Tokens& tokens, std::span<const float> kept = {});
/// 0, least used, to 3 by item: the top hundredth, tenth and third of what is used stand out.
[[nodiscard]] std::vector<std::uint8_t> sizesByUse(const Tally& tally);

} // namespace orrery::ui
