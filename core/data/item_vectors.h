// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <filesystem>
#include <memory>
#include <string>

namespace orrery {

/// Vectors of items that were computed elsewhere, for example embeddings of their texts or pictures.
struct VectorFile {
    /// A .npy file of NumPy (two dimensions, float32 or float64, little-endian, C order), or a CSV with an item's id
    /// and its numbers in each line (.gz allowed; a first line whose second field is no number is a header).
    std::filesystem::path path;
    /// Of a .npy file: the item of each row, an id a line. Without it, rows are in the order of the catalog.
    std::filesystem::path ids;
    std::string name; ///< of the column; else that of the file
};

struct VectorReport {
    std::string name;
    std::size_t length = 0;  ///< numbers of each vector
    std::size_t rows = 0;    ///< in the file
    std::size_t unknown = 0; ///< of them, about items that are not in the catalog
    std::size_t missing = 0; ///< items without a vector
};

struct WithVectors {
    std::shared_ptr<const Dataset> dataset;
    VectorReport report;
};

/// The same dataset with one more column of item vectors, in place of one of the same name.
/// Errors, which name the line, the byte or the element: NotFound, Io, BadFile, BadRow (a line of another length, a
/// number that is none, an item twice), Cancelled.
[[nodiscard]] ORRERY_API Result<WithVectors> withItemVectors(const Dataset& dataset, const VectorFile& file,
                                                             const JobContext& job);

} // namespace orrery
