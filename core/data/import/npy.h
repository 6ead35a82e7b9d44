// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"

#include <filesystem>

namespace orrery::reading {

/// A matrix as NumPy stores it (.npy, versions 1.0, 2.0 and 3.0): two dimensions, float32 or float64, little-endian, in
/// C order; becomes float32. Errors that name the byte or the element: NotFound, Io; BadFile for anything else, for a
/// length that is not what the shape says, and for an element that is not finite (in float32).
[[nodiscard]] Result<Matrix> readNpy(const std::filesystem::path& path);

} // namespace orrery::reading
