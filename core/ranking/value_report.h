// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ranking/value_lab.h"

namespace orrery {

struct ValueSets {
    ValueRows train, validation, test;
};

/// Judges trained trees on the test rows. `test` probabilities are the trees'.
[[nodiscard]] Result<ValueReport> valueReportOf(const CustomerHistory& history, const ValueCuts& cuts,
                                                const ValueSets& sets, const TreeEnsemble& trees,
                                                const JobContext& job);

/// Probabilities of rows.
[[nodiscard]] std::vector<float> chancesOf(const TreeEnsemble& trees, MatrixView rows);

} // namespace orrery
