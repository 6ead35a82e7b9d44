// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/widgets.h"

#include <string>

class QVBoxLayout;

namespace orrery::ui {

/// The algorithms of the catalogue: six starters first, all of them by family behind a click.
class AlgorithmList : public Card {
    Q_OBJECT
public:
    explicit AlgorithmList(QWidget* parent = nullptr);
    [[nodiscard]] const std::string& current() const { return m_current; }
    void setCurrent(const std::string& id);

signals:
    void chosen(const QString& id);

private:
    void fill();
    void addEntry(const std::string& id, const std::string& title, const std::string& family);

    QVBoxLayout* m_entries;
    QPushButton* m_all;
    bool m_showAll = false;
    std::string m_current;
};

} // namespace orrery::ui
