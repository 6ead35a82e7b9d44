// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/reranking/rule.h"

#include <QFrame>

#include <optional>

class QCheckBox;
class QToolButton;

namespace orrery::ui {

class ElidedLabel;
class NumberSlider;
class ParamForm;
class RuleHelp;

/// What a rule is taken by: dragged with the mouse, or moved with the arrow keys.
class RuleHandle : public QWidget {
    Q_OBJECT
public:
    explicit RuleHandle(QWidget* parent);

signals:
    void dragged(int globalY);
    void dropped(int globalY);
    void stepped(int by); ///< -1: one place up

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    bool m_isHeld = false;
};

/// One rule of the stack: on or off, what it does in words, its main setting, when it holds; all its settings when it
/// is opened.
class RuleRow : public QFrame {
    Q_OBJECT
public:
    /// `name`: "rules.row.0"; `help` lives longer.
    RuleRow(const Rule& rule, const QString& name, RuleHelp& help, QWidget* parent);
    void setRule(const Rule& rule);
    void setMissing(const QString& why); ///< why it cannot do anything here
    void setMarked(bool marked);         ///< a finding is about it
    void open(bool opened);
    [[nodiscard]] bool isOpen() const;
    void takeFocus(); ///< to its handle

signals:
    void opened();
    void switched(bool on);
    void changed(const orrery::Rule& rule, const std::string& setting);
    void settled();
    void removed();
    void dragged(int globalY);
    void dropped(int globalY);
    void stepped(int by);

private:
    void buildHead();
    void buildMain();
    void buildForms();
    void showForms();
    void takeForms();
    void refresh();
    void helpForms();
    void sayWhat();    ///< which item a pin is about
    void sayForWhom(); ///< how many people a rule is for
    [[nodiscard]] QString title() const;

    Rule m_rule;
    RuleHelp& m_help;
    RuleHandle* m_handle;
    QCheckBox* m_on;
    ElidedLabel* m_title;
    ElidedLabel* m_when;
    NumberSlider* m_number = nullptr;
    QToolButton* m_opener;
    QWidget* m_details = nullptr; ///< made when first opened
    ParamForm* m_settings = nullptr;
    ParamForm* m_conditions = nullptr;
    QString m_missing;
    bool m_isFilling = false;
};

} // namespace orrery::ui
