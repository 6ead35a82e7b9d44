// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/map/map_colours.h"

#include <QWidget>

#include <vector>

namespace orrery::ui {

/// What the colours of a map mean: swatches with words, on one line, as many as have room.
class MapLegend : public QWidget {
    Q_OBJECT
public:
    explicit MapLegend(QWidget* parent = nullptr);
    void setEntries(const QString& title, std::vector<ColouredItems::Entry> entries);
    [[nodiscard]] const std::vector<ColouredItems::Entry>& entries() const { return m_entries; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<ColouredItems::Entry> m_entries;
};

} // namespace orrery::ui
