// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ranking/value_lab.h"
#include "ui/charts/chart_spec.h"
#include "ui/itemmodels/table_model.h"

#include <QString>

#include <memory>
#include <span>
#include <vector>

namespace orrery::ui {

using ValueAnswerPtr = std::shared_ptr<const ValueAnswer>;

/// How an answer to "who will matter" is said and drawn. Columns hold on to the answer.

/// "more than 100 in the next 7 days".
[[nodiscard]] QString wordsOf(const ValueLabel& label);
/// For whoever has to decide: how many of how many, and whether the trees are worth more than a simple rule.
[[nodiscard]] QString sentenceOf(const ValueAnswer& answer);
/// What it was judged on.
[[nodiscard]] QString judgedOn(const ValueAnswer& answer);
/// How many features must not be trusted: they see the future, or say too much alone.
[[nodiscard]] std::size_t doubtfulFeatures(const ValueReport& report);
/// "310 people, about 96 of them will": of whom is chosen.
[[nodiscard]] QString wordsOf(std::span<const PersonChance> people);

/// Predicted against seen, in tenths of the test rows, with the line on which they are equal.
[[nodiscard]] ChartSpec calibrationChart(const ValueAnswer& answer);
/// The features that move the probability most.
[[nodiscard]] ChartSpec importanceChart(const ValueAnswer& answer);

/// A row for each of `answer->people`.
[[nodiscard]] std::vector<TableColumn> peopleColumns(const ValueAnswerPtr& answer);
/// A row for each of `reasons->reasons`.
[[nodiscard]] std::vector<TableColumn> reasonColumns(const std::shared_ptr<const ValueAnswer::Reasons>& reasons);
/// Trees, rule, and the same for all: three rows.
inline constexpr int qualityRows = 3;
[[nodiscard]] std::vector<TableColumn> qualityColumns(const ValueAnswerPtr& answer);
/// A row for each of `answer->report.features`, the one with the largest effect first: drift and leaks.
[[nodiscard]] std::vector<TableColumn> featureColumns(const ValueAnswerPtr& answer);

} // namespace orrery::ui
