// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/funnel.h"

#include <QFrame>
#include <QStringList>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QVBoxLayout;

namespace orrery::ui {

class ElidedLabel;

/// One source of a funnel: on or off, its weight, and what it gave to the question on screen.
class SourceNode : public QFrame {
    Q_OBJECT
public:
    explicit SourceNode(SourceChoice choice, QWidget* parent = nullptr);
    [[nodiscard]] const SourceChoice& choice() const { return m_choice; }
    void show(const SourceReport& report);

signals:
    void changed(); ///< choice() is another
    void removed();

private:
    SourceChoice m_choice;
    QCheckBox* m_on;
    QDoubleSpinBox* m_weight;
    ElidedLabel* m_counts;
};

/// A stage of a funnel: its title, how many it let through, and lines about it; controls may be added.
class StageNode : public QFrame {
    Q_OBJECT
public:
    explicit StageNode(const QString& title, QWidget* parent = nullptr);
    void setCount(const QString& count, const QString& of); ///< "1,000" "candidates"
    void setLines(const QStringList& lines);
    void addControl(QWidget* control);

private:
    QLabel* m_count;
    QLabel* m_of;
    QVBoxLayout* m_controls;
    QVBoxLayout* m_lines;
};

} // namespace orrery::ui
