// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

namespace orrery::ui {

/// Bars that sum to a score: one line a term, positive to the right, negative to the left, the sum below.
class ContributionBars : public QWidget {
    Q_OBJECT
public:
    struct Line {
        QString label;
        double value = 0;
        QString tip;
    };
    explicit ContributionBars(QWidget* parent = nullptr);
    void setLines(std::vector<Line> lines, const QString& sumLabel, double sum, int colour);
    [[nodiscard]] const std::vector<Line>& lines() const { return m_lines; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    std::vector<Line> m_lines;
    QString m_sumLabel;
    double m_sum = 0;
    int m_colour = 0;
};

} // namespace orrery::ui
