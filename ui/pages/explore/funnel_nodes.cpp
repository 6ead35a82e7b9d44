// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/funnel_nodes.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/number_box.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QToolButton>
#include <QVBoxLayout>

namespace orrery::ui {
namespace {

constexpr int weightWidth = 48, weightHeight = 30;

QVBoxLayout* columnOf(QFrame* frame)
{
    frame->setProperty("role", "card");
    auto* column = new QVBoxLayout(frame);
    column->setContentsMargins(space::md, space::sm, space::md, space::sm);
    column->setSpacing(space::xs);
    return column;
}

} // namespace

SourceNode::SourceNode(SourceChoice choice, QWidget* parent)
    : QFrame(parent), m_choice(std::move(choice)), m_on(new QCheckBox(this)), m_weight(new NumberBox(this)),
      m_counts(new ElidedLabel({}, this))
{
    const QString title = text(titleOf(m_choice));
    auto* column = columnOf(this);
    column->setContentsMargins(space::sm, space::xs, space::xs, space::xs);
    column->setSpacing(0);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::xs);
    m_on->setChecked(m_choice.on);
    m_on->setAccessibleName(tr("Ask %1").arg(title));
    m_on->setToolTip(tr("Whether it is asked"));
    m_weight->setRange(0, 100);
    m_weight->setSingleStep(.5);
    m_weight->setValue(m_choice.weight);
    m_weight->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_weight->setFixedSize(weightWidth, weightHeight);
    m_weight->setAccessibleName(tr("Weight of %1").arg(title));
    m_weight->setToolTip(tr("Weight: how much its order counts in the merged order"));
    auto* name = new ElidedLabel(title, this);
    auto* remove = iconButton(QStringLiteral("close"), tr("Remove %1").arg(title), this);
    remove->setFixedSize(weightHeight, weightHeight);
    row->addWidget(m_on);
    row->addWidget(name, 1);
    row->addWidget(m_weight);
    row->addWidget(remove);
    column->addLayout(row);
    setTone(m_counts, QStringLiteral("secondary"));
    m_counts->setFont(ui::font(type::secondary));
    column->addWidget(m_counts);
    connect(m_on, &QCheckBox::toggled, this, [this](bool on) {
        m_choice.on = on;
        emit changed();
    });
    connect(m_weight, &QDoubleSpinBox::valueChanged, this, [this](double weight) {
        m_choice.weight = weight;
        emit changed();
    });
    connect(remove, &QToolButton::clicked, this, &SourceNode::removed);
}

void SourceNode::show(const SourceReport& report)
{
    if (!report.why.empty())
        return m_counts->setFullText(text(report.why));
    m_counts->setFullText(
        tr("%1 found, %2 by it alone · %3 ms").arg(count(report.found), count(report.only), decimal(report.ms, 1)));
    setToolTip(plainTip(tr("%1\n%2 of its items are in the list below").arg(text(report.how), count(report.listed))));
}

StageNode::StageNode(const QString& title, QWidget* parent)
    : QFrame(parent), m_count(new QLabel(this)), m_of(secondaryLabel({}, this)), m_controls(new QVBoxLayout),
      m_lines(new QVBoxLayout)
{
    auto* column = columnOf(this);
    auto* name = new QLabel(title, this);
    name->setFont(ui::font(type::body, QFont::DemiBold));
    column->addWidget(name);
    m_count->setFont(ui::numberFont(type::pageTitle, QFont::DemiBold));
    column->addWidget(m_count);
    m_of->setWordWrap(true);
    column->addWidget(m_of);
    m_controls->setSpacing(space::xs);
    column->addLayout(m_controls);
    m_lines->setSpacing(space::xs);
    column->addLayout(m_lines);
    column->addStretch();
}

void StageNode::setCount(const QString& count, const QString& of)
{
    m_count->setText(count);
    m_of->setText(of);
}

void StageNode::setLines(const QStringList& lines)
{
    clearLayout(m_lines);
    for (const QString& line : lines) {
        auto* label = secondaryLabel(line, this);
        label->setWordWrap(true);
        m_lines->addWidget(label);
        label->show();
    }
}

void StageNode::addControl(QWidget* control) { m_controls->addWidget(control); }

} // namespace orrery::ui
