// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/tokens.h"

#include <QImage>
#include <QPixmap>
#include <QSize>
#include <QString>

namespace orrery::ui {

/// What a cover is made from where there is no picture of the item.
struct CoverWords {
    QString title;    ///< its initials stand on the cover
    QString category; ///< covers of one category have one colour; may be empty
};

/// A drawn cover: a disc with orbits, whose colour is the category's and whose orbits are the title's; always the same
/// for the same words.
[[nodiscard]] QPixmap drawnCover(const CoverWords& words, const QSize& size, double pixelRatio, const Tokens& tokens);
/// The picture in a file of this machine, cut to fill the size in points; null where there is none that can be read.
/// Pictures of more than 50 million points are not read. It may take long: not for the window's thread.
[[nodiscard]] QImage readPicture(const QString& file, const QSize& size);

} // namespace orrery::ui
