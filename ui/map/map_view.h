// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/map/map_overlay.h"
#include "ui/map/map_raster.h"

#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace orrery::ui {

/// Points to walk around in: drag moves, the wheel zooms, a click chooses, Shift and drag selects a rectangle, and the
/// lasso tool a free shape; with Ctrl what is drawn around is added, with Alt taken away. Arrows move, + and - zoom,
/// Home shows all, Escape lets go of the selection.
class MapView : public QWidget {
    Q_OBJECT
public:
    enum class Tool { Move, Rectangle, Lasso };

    explicit MapView(QWidget* parent = nullptr);
    ~MapView() override;

    /// What is shown; `titleOf` names a point for hovering. With `samePoints`, which lie elsewhere than before, what is
    /// selected, current and linked stays so, and the camera where it was moved to; else all is new and all is shown.
    void setPoints(std::shared_ptr<const PointGrid> grid, PointLooks looks,
                   std::function<QString(std::uint32_t id)> titleOf, bool samePoints = false);
    /// Colours, sizes and ground; marks are the view's own.
    void setLooks(PointLooks looks);
    void setLabels(std::vector<MapLabel> labels);
    void setLinks(std::vector<MapLink> links);
    void setPin(std::optional<MapPin> pin);
    [[nodiscard]] const std::optional<MapPin>& pin() const;
    /// Points in the order of time, drawn as a line.
    void setPath(std::vector<std::uint32_t> path);
    [[nodiscard]] const std::vector<std::uint32_t>& path() const;
    void setTool(Tool tool);
    [[nodiscard]] Tool tool() const;

    /// The point that everything is about, drawn large with its title.
    void setCurrent(std::optional<std::uint32_t> id);
    [[nodiscard]] std::optional<std::uint32_t> current() const;
    /// Ids, ascending; not announced.
    void setSelection(std::vector<std::uint32_t> ids);
    [[nodiscard]] const std::vector<std::uint32_t>& selection() const;
    /// As another view shows it under its mouse; not announced.
    void setHovered(std::optional<std::uint32_t> id);
    [[nodiscard]] std::optional<std::uint32_t> hovered() const;

    [[nodiscard]] MapCamera camera() const;
    void setCamera(const MapCamera& camera);
    void showAll();
    void flyTo(std::uint32_t id);
    [[nodiscard]] std::size_t pointCount() const;
    [[nodiscard]] MapPoint point(std::uint32_t id) const; ///< where it lies; id < pointCount()
    /// For a file: points as a picture of so many pixels each way, words as words, with all its names.
    void drawTo(QPainter& painter, double pixelRatio);
    /// Labels as they stand in the last picture.
    [[nodiscard]] const std::vector<PlacedLabel>& placedLabels() const;

signals:
    void hoveredChanged(std::optional<std::uint32_t> id);
    void clicked(std::uint32_t id);
    void selectionChanged(const std::vector<std::uint32_t>& ids);
    void cameraChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
