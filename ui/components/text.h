// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/event_log.h"

#include <QString>

namespace orrery::ui {

/// How numbers and things read in the window: one place, so that they read the same everywhere.
[[nodiscard]] QString count(double number);                                            ///< "9,742"
[[nodiscard]] QString counted(double number, const QString& one, const QString& many); ///< "1 film", "9,742 films"
[[nodiscard]] QString percent(double share, int decimals = 0);                         ///< "38 %"
[[nodiscard]] QString decimal(double number, int decimals = 3);                        ///< "0.312"; "–" for NaN
[[nodiscard]] QString signedDecimal(double number, int decimals = 3); ///< "+0.031", "−0.004" with a real minus
[[nodiscard]] QString duration(double seconds);                       ///< "0.8 s", "4 s", "2 min 5 s"
[[nodiscard]] QString bytes(double number);                           ///< "24 MB"
[[nodiscard]] QString date(Timestamp at);                             ///< "1 Mar 2018"; "the end" for endOfTime
[[nodiscard]] QString stars(float value, float high); ///< "★★★★½" for scales up to 5, else the number
[[nodiscard]] QString text(const std::string& utf8);
/// For tool tips that tell of data: what looks like markup there is shown as it is written.
[[nodiscard]] QString plainTip(const QString& words);

} // namespace orrery::ui
