// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/ranking/gbdt.h"

#include <memory>
#include <string>
#include <vector>

namespace orrery {

/// XGBoost's C interface, the only place where it is spoken to (1.7.4; 2.0 and 3.0 have what is used). A build without
/// the library has the same functions: whyAbsent() tells, and make() is an error.
class XgboostBooster {
public:
    /// Why there is no such library; empty when there is.
    [[nodiscard]] static std::string whyAbsent();
    [[nodiscard]] static std::string version(); ///< "XGBoost 1.7.4"

    /// All rows start from the margin `bias`. `validation` may have no rows. The rows are copied.
    /// Errors: Unsupported, OutOfMemory, Internal with the library's words; so below.
    [[nodiscard]] static Result<std::unique_ptr<XgboostBooster>> make(const TrainingRows& train,
                                                                      const TrainingRows& validation,
                                                                      const GbdtParams& params, double bias,
                                                                      std::uint64_t seed);
    ~XgboostBooster();
    XgboostBooster(const XgboostBooster&) = delete;
    XgboostBooster& operator=(const XgboostBooster&) = delete;

    [[nodiscard]] Status addTree(int round);
    /// The library's own margins of the validation rows (or, without any, the training rows) by all trees so far.
    [[nodiscard]] Result<std::vector<float>> margins();
    [[nodiscard]] Result<std::string> json();

private:
    struct Handles;
    explicit XgboostBooster(std::unique_ptr<Handles> handles);
    std::unique_ptr<Handles> m_handles;
};

} // namespace orrery
