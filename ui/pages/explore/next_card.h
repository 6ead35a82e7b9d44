// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/person_view.h"
#include "ui/session/workspace_session.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;

namespace orrery::ui {

/// "What they did next": later choices, and where each list had them.
class NextCard : public QFrame {
    Q_OBJECT
public:
    explicit NextCard(QWidget* parent = nullptr);
    void show(const Dataset& dataset, const PersonView& view, const std::vector<ModelEntry>& models, Timestamp asOf);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Chip {
        QString words, tip;
        bool found = false;
        bool operator==(const Chip&) const = default;
    };
    void fill();

    std::vector<Chip> m_all; ///< the best found first
    QLabel* m_title;
    QLabel* m_when;
    QHBoxLayout* m_chips;
};

} // namespace orrery::ui
