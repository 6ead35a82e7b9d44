// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/reranking/rule_comparison.h"
#include "ui/rules/rules_engine.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

class QLabel;
class QStackedLayout;
class QVBoxLayout;

namespace orrery::ui {

class Card;
class ListBoard;

/// The list of the person on screen before and after, and why: or in its place what differs between two sets of rules.
class EffectPane : public QWidget {
    Q_OBJECT
public:
    explicit EffectPane(QWidget* parent = nullptr);
    void show(const std::shared_ptr<const Dataset>& dataset, const PersonEffect& effect, const RuleSet& rules,
              int colour);
    void clear(const QString& why);
    [[nodiscard]] ListBoard* board() const { return m_board; }

    void showDifferences(const QString& title, const std::vector<RuleDifference>& differences);
    void showLists();
    [[nodiscard]] bool showsLists() const;

signals:
    void itemChosen(orrery::ItemIndex item);

private:
    void redraw();
    void explain();

    std::shared_ptr<const Dataset> m_dataset;
    PersonEffect m_effect;
    RuleSet m_rules;
    int m_colour = 0;
    std::optional<ItemIndex> m_item;
    QStackedLayout* m_stack;
    ListBoard* m_board;
    QLabel* m_title;
    QLabel* m_why;
    Card* m_differences;
    QVBoxLayout* m_lines;
};

} // namespace orrery::ui
