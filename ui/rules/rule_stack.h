// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/reranking/rule_set.h"

#include <QObject>
#include <QString>

#include <vector>

namespace orrery::ui {

/// A set of rules that is being edited, with undo. An edit is a copy; undo is the copy before.
class RuleStack : public QObject {
    Q_OBJECT
public:
    explicit RuleStack(QObject* parent = nullptr);

    [[nodiscard]] const RuleSet& rules() const { return m_rules; }
    void reset(RuleSet rules); ///< another set altogether: nothing to undo

    void add(const Rule& rule); ///< as the last
    void remove(std::size_t place);
    void move(std::size_t from, std::size_t to);
    void setOn(std::size_t place, bool on);
    /// Edits of the same `setting` of the same rule are one step to undo, until something else is edited or settled.
    void change(std::size_t place, const Rule& rule, const std::string& setting = {});
    void replace(RuleSet rules); ///< by a file; can be undone
    void settle() { m_editing.clear(); }

    [[nodiscard]] bool canUndo() const { return !m_before.empty(); }
    [[nodiscard]] bool canRedo() const { return !m_after.empty(); }
    void undo();
    void redo();

signals:
    void changed();
    void shapeChanged(); ///< rules were added, removed, moved or replaced; before changed()

private:
    void keep(const std::string& editing = {});
    void told(bool isShape);

    RuleSet m_rules;
    std::vector<RuleSet> m_before, m_after;
    std::string m_editing; ///< what the last step changes
};

} // namespace orrery::ui
