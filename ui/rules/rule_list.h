// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/index.h"
#include "ui/components/widgets.h"
#include "ui/rules/rule_stack.h"

#include <memory>
#include <optional>
#include <vector>

namespace orrery {
class RuleCatalog;
struct RuleEffect;
} // namespace orrery

namespace orrery::ui {

class RuleHelp;
class RuleRow;

/// The stack of rules as rows that can be switched, set, dragged and removed, and the menu that adds one.
class RuleList : public Card {
    Q_OBJECT
public:
    RuleList(RuleStack& stack, RuleHelp& help, QWidget* parent = nullptr); ///< both live longer
    /// What rules can be about, and of each kind why it cannot do anything there (empty where it can). Null: not known
    /// yet, and nothing can be added.
    void setCatalog(const std::shared_ptr<const RuleCatalog>& catalog, const std::vector<QString>& whyNot);
    /// What every rule did to the list on screen: those that lack something say so.
    void setEffects(const std::vector<RuleEffect>& effects);
    void setPinned(std::optional<ItemIndex> item) { m_item = item; } ///< what a new pin takes
    void mark(std::optional<std::size_t> rule);                      ///< brings it into view
    [[nodiscard]] RuleRow* row(std::size_t place) const { return m_rows[place]; }

private:
    void rebuild();
    void refresh();
    RuleRow* makeRow(std::size_t place);
    void bringIntoView(std::size_t place);
    void offerKinds();
    void showTarget(int globalY);
    [[nodiscard]] std::size_t placeAt(int globalY) const; ///< before which row; their number: at the end
    void move(std::size_t from, std::size_t to);

    RuleStack& m_stack;
    RuleHelp& m_help;
    std::shared_ptr<const RuleCatalog> m_catalog;
    std::vector<QString> m_whyNot; ///< by kind
    std::optional<ItemIndex> m_item;
    std::vector<RuleRow*> m_rows;
    std::optional<std::size_t> m_opened; ///< the rule that is open after the rows are made anew
    QVBoxLayout* m_column;
    QPushButton* m_add;
    QFrame* m_target; ///< where a dragged rule would land
    QLabel* m_none;
};

} // namespace orrery::ui
