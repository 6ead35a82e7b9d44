// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/params/param_set.h"

#include "ui/components/picker.h"

#include <QWidget>

#include <functional>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;

namespace orrery::ui {

class NumberSlider;

/// One parameter: label above, control, help in a line beneath; a mark and a reset where it differs from its default.
class ParamField : public QWidget {
    Q_OBJECT
public:
    explicit ParamField(ParamSpec spec, QWidget* parent = nullptr);
    [[nodiscard]] const ParamSpec& spec() const { return m_spec; }
    [[nodiscard]] ParamValue value() const { return m_value; }
    void setValue(const ParamValue& value); ///< one that is not allowed is not taken
    [[nodiscard]] bool differs() const { return m_value != m_spec.fallback; }

    /// Of a text: what can be picked while it is typed, and why a text is not taken beside what the declaration says
    /// (empty: it is).
    void setSearch(Picker::Search search, std::function<QString(const QString&)> whyNot = {});
    /// What is known of the value, in a line below; `tone` as setTone() takes it. An empty one hides it.
    void say(const QString& words, const QString& tone = QStringLiteral("secondary"));

signals:
    void changed();

private:
    void buildNumber(QWidget* row);
    void buildChoice(QWidget* row);
    void buildFlag(QWidget* row);
    void buildText(QWidget* row);
    void takeText(const QString& typed);
    void showProblem();
    void take(const ParamValue& value);
    void show();
    void refreshMark();
    [[nodiscard]] double asNumber() const;
    [[nodiscard]] ParamValue fromNumber(double number) const;

    ParamSpec m_spec;
    ParamValue m_value;
    QLabel* m_label = nullptr;
    QPushButton* m_reset = nullptr;
    NumberSlider* m_number = nullptr;
    QComboBox* m_choice = nullptr;
    QCheckBox* m_flag = nullptr;
    Picker* m_text = nullptr;
    QLabel* m_problem = nullptr; ///< why a text is not understood
    QLabel* m_said = nullptr;
    std::function<QString(const QString&)> m_whyNot;
};

} // namespace orrery::ui
