// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/reranking/rule_diagnostics.h"

#include <QFrame>

#include <optional>
#include <vector>

class QLabel;
class QPushButton;

namespace orrery::ui {

/// What is wrong with the rules, one finding at a time, with a way to the rule that it names.
class FindingsBar : public QFrame {
    Q_OBJECT
public:
    explicit FindingsBar(QWidget* parent = nullptr);
    void show(const RuleReport& report);
    void say(const QString& words); ///< instead: why there is nothing, or why the rules cannot be made
    void sayError(const QString& words);

signals:
    void ruleAsked(int rule);

private:
    void showFinding(std::size_t at);

    std::vector<RuleFinding> m_findings;
    std::size_t m_at = 0;
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_show;
    QPushButton* m_next;
};

} // namespace orrery::ui
