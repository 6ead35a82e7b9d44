// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/save_line.h"

#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>

namespace orrery::ui {
namespace {

constexpr int nameWidth = 320;

} // namespace

SaveLine::SaveLine(QWidget* parent) : QWidget(parent), m_name(new QLineEdit(this)), m_change(plainButton({}, this))
{
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins({});
    line->setSpacing(space::sm);
    auto* label = new QLabel(tr("Save as a recipe named"), this);
    m_name->setObjectName(QStringLiteral("rules.name"));
    m_name->setAccessibleName(label->text());
    m_name->setMaximumWidth(nameWidth);
    label->setBuddy(m_name);
    auto* keep = primaryButton(tr("Save"), this);
    keep->setObjectName(QStringLiteral("rules.save.new"));
    m_change->setObjectName(QStringLiteral("rules.save.change"));
    auto* cancel = linkButton(tr("Cancel"), this);
    line->addStretch(1);
    line->addWidget(label);
    line->addWidget(m_name, 1);
    for (QPushButton* button : {keep, m_change, cancel})
        line->addWidget(button);
    hide();
    connect(m_name, &QLineEdit::returnPressed, keep, &QPushButton::click);
    connect(cancel, &QPushButton::clicked, this, &QWidget::hide);
    connect(keep, &QPushButton::clicked, this, [this] {
        hide();
        emit nameChosen(m_name->text().trimmed());
    });
    connect(m_change, &QPushButton::clicked, this, [this] {
        hide();
        emit changeChosen();
    });
}

void SaveLine::ask(const QString& name, const QString& inPlace)
{
    m_name->setText(name);
    m_name->selectAll();
    m_change->setText(tr("Change %1 itself").arg(inPlace));
    m_change->setVisible(!inPlace.isEmpty());
    setVisible(isHidden());
    m_name->setFocus();
}

} // namespace orrery::ui
