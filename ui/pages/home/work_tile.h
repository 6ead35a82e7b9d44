// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace orrery::ui {

/// A dataset or a workspace to go on with: its name and what it holds. The whole of it can be pressed; the one that is
/// shown now is marked, and cannot be.
class WorkTile : public QAbstractButton {
    Q_OBJECT
public:
    WorkTile(QString iconName, const QString& title, QWidget* parent = nullptr);
    void setFacts(const QString& facts); ///< "610 people · 9,742 items"
    void setShown(bool shown);
    [[nodiscard]] QString facts() const { return m_facts; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_icon;
    QString m_facts;
    bool m_shown = false;
};

} // namespace orrery::ui
