// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/itemmodels/cross_filter.h"

#include <QWidget>

namespace orrery::ui {

/// The bins of a facet as bars: how many items in all, and how many of them pass; bins are chosen by clicks, a range of
/// numbers by dragging. With keys: arrows go from bin to bin, Space chooses, Escape lets go.
class FacetChart : public QWidget {
    Q_OBJECT
public:
    explicit FacetChart(const Facet& facet, QWidget* parent = nullptr);
    /// `passing`: by bin.
    void show(std::vector<std::size_t> passing, std::uint32_t chosen);
    [[nodiscard]] std::uint32_t chosen() const { return m_chosen; }
    [[nodiscard]] QRect binRect(int bin) const; ///< where it is clicked
    [[nodiscard]] QSize sizeHint() const override;

signals:
    void chosenChanged(std::uint32_t bins);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void paintTags(QPainter& painter) const;
    void paintRanges(QPainter& painter) const;
    void choose(std::uint32_t bins);
    void describe();
    [[nodiscard]] int binAt(QPoint at) const; ///< -1 beside the bars
    [[nodiscard]] QString wordsOf(int bin) const;

    QString m_title;
    bool m_isTags;
    QStringList m_bins;
    std::vector<std::size_t> m_all, m_passing;
    std::uint32_t m_chosen = 0;
    int m_cursor = -1, m_pressed = -1;
};

} // namespace orrery::ui
