// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/map/map_colours.h"

#include <QWidget>

#include <vector>

namespace orrery::ui {

/// What the colours of a map mean: swatches with words, on up to three lines.
class MapLegend : public QWidget {
    Q_OBJECT
public:
    explicit MapLegend(QWidget* parent = nullptr);
    void setEntries(const QString& title, std::vector<ColouredItems::Entry> entries);
    [[nodiscard]] const std::vector<ColouredItems::Entry>& entries() const { return m_entries; }

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    /// As it is painted, on lines of that width.
    void drawTo(QPainter& painter, int width) const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    /// Where entries begin, of those that have room.
    [[nodiscard]] std::vector<QPoint> places(int width) const;

    std::vector<ColouredItems::Entry> m_entries;
};

} // namespace orrery::ui
