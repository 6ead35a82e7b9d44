// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "ui/charts/chart_spec.h"

#include <QFrame>

#include <memory>

namespace orrery::ui {

/// A card with a title and the chart of a ChartSpec, with hover for exact values and a menu to export PNG, SVG, CSV.
/// The only place that knows Qt Charts.
class ChartView : public QFrame {
    Q_OBJECT
public:
    explicit ChartView(QWidget* parent = nullptr);
    ~ChartView() override;
    void setSpec(const ChartSpec& spec);
    [[nodiscard]] const ChartSpec& spec() const;
    /// A widget at the right of the title, such as a menu of metrics. Ownership is taken.
    void setCornerWidget(QWidget* widget);

    /// Format by the suffix: .svg, .csv, else .png. Errors: Io.
    [[nodiscard]] Status exportTo(const QString& file) const;

signals:
    void pointClicked(int series, int point);

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
