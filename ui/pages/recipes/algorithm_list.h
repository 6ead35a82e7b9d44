// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "ui/components/widgets.h"

#include <memory>
#include <string>

class QLineEdit;
class QScrollArea;
class QVBoxLayout;

namespace orrery {
struct Algorithm;
}

namespace orrery::ui {

/// The algorithms of the catalogue: the starters first, all of them by family behind a click, found by typing. What the
/// dataset cannot support stays in its place, dimmed, and says why.
class AlgorithmList : public Card {
    Q_OBJECT
public:
    explicit AlgorithmList(QWidget* parent = nullptr);
    [[nodiscard]] const std::string& current() const { return m_current; }
    void setCurrent(const std::string& id);
    void setDataset(std::shared_ptr<const Dataset> dataset); ///< null: everything is possible

signals:
    void chosen(const QString& id);

private:
    void buildSearch();
    void buildEntries();
    void fill();
    void addFamily(const QString& family);
    void addEntry(const Algorithm& algorithm);
    void choose(const std::string& id);
    [[nodiscard]] bool isShown(const Algorithm& algorithm) const;

    std::shared_ptr<const Dataset> m_dataset;
    QLineEdit* m_search = nullptr;
    QScrollArea* m_scroll = nullptr;
    QVBoxLayout* m_entries = nullptr;
    QPushButton* m_all = nullptr;
    bool m_showAll = false;
    std::string m_current;
};

} // namespace orrery::ui
