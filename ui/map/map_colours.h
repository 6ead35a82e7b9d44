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
    enum class Kind {
        Plain,
        Popularity,
        Mean,
        Novelty, ///< -log2 of the share of people who used it (Vargas & Castells, RecSys 2011), in bits
        Tag,
        Number,
        // What follows is worked out for a map, and given as values.
        Kept,  ///< share of an item's neighbours that the map keeps
        Hubs,  ///< how many others have an item among their nearest
        Error, ///< how far off the model is on events that it has not seen
        Axis,  ///< where an item lies between two ends
    };
    Kind kind = Kind::Plain;
    std::string column = {}; ///< of Tag and Number
    QString title;           ///< "Genres"

    [[nodiscard]] bool isGiven() const { return kind >= Kind::Kept; }
};
/// Those that the dataset and what was derived of it can support; without Axis, which must be made first.
[[nodiscard]] std::vector<MapColouring> colouringsOf(const Dataset& dataset, const AttributeTable& derived);

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
/// that hold about as many items each, from pale to strong; grey where nothing is known. `given`: the values of each
/// item of a colouring that isGiven(); NaN or too short where they are not known.
[[nodiscard]] ColouredItems colouredItems(const Dataset& dataset, const AttributeTable& derived, const Tally& tally,
                                          const MapColouring& by, const Tokens& tokens,
                                          std::span<const float> given = {});
/// 0, least used, to 3 by item: the top hundredth, tenth and third of what is used stand out.
[[nodiscard]] std::vector<std::uint8_t> sizesByUse(const Tally& tally);

} // namespace orrery::ui
