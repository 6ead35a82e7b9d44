// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/params/param_set.h"

#include <QWidget>

#include <memory>
#include <vector>

namespace orrery::ui {

class ParamField;

/// A form made from declared parameters: label above, help in one line beneath, slider and number together, changed
/// values marked, reset on each, the advanced ones behind "More". Never written by hand for one algorithm.
class ParamForm : public QWidget {
    Q_OBJECT
public:
    explicit ParamForm(QWidget* parent = nullptr);
    ~ParamForm() override;
    void setSpecs(std::vector<ParamSpec> specs);
    void setValues(const ParamSet& values);
    [[nodiscard]] ParamSet values() const; ///< only what differs from the defaults
    void resetAll();
    [[nodiscard]] ParamField* field(const std::string& id) const; ///< of a parameter; null where there is none

signals:
    void changed();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
