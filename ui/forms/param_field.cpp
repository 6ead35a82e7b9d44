// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/param_field.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/number_box.h"
#include "ui/forms/number_slider.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <cmath>

namespace orrery::ui {
ParamField::ParamField(ParamSpec spec, QWidget* parent)
    : QWidget(parent), m_spec(std::move(spec)), m_value(m_spec.fallback)
{
    setObjectName("param." + text(m_spec.id));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::xs);
    auto* head = new QHBoxLayout;
    m_label = new QLabel(text(m_spec.title), this);
    m_reset = linkButton(tr("reset"), this);
    m_reset->setToolTip(tr("Back to %1").arg(text(toText(m_spec.fallback))));
    head->addWidget(m_label);
    head->addStretch();
    head->addWidget(m_reset);
    layout->addLayout(head);
    auto* row = new QWidget(this);
    auto* rowLayout = new QHBoxLayout(row);
    rowLayout->setContentsMargins({});
    rowLayout->setSpacing(space::sm);
    layout->addWidget(row);
    switch (m_spec.type) {
    case ParamType::Integer:
    case ParamType::Real: buildNumber(row); break;
    case ParamType::Choice: buildChoice(row); break;
    case ParamType::Boolean: buildFlag(row); break;
    case ParamType::Text: buildText(row); break;
    }
    auto* help = secondaryLabel(text(m_spec.help), this);
    help->setWordWrap(true);
    layout->addWidget(help);
    connect(m_reset, &QPushButton::clicked, this, [this] { take(m_spec.fallback); });
    show();
}

void ParamField::buildNumber(QWidget* row)
{
    m_number = new NumberSlider(m_spec, row);
    row->layout()->addWidget(m_number);
    m_label->setBuddy(m_number);
    connect(m_number, &NumberSlider::changed, this, [this](double value) { take(fromNumber(value)); });
}

void ParamField::buildChoice(QWidget* row)
{
    m_choice = new Unscrolled<QComboBox>(row);
    for (const ParamChoice& choice : m_spec.choices) {
        const bool usual = choice.id == std::get<std::string>(m_spec.fallback);
        m_choice->addItem(usual ? tr("%1 (default)").arg(text(choice.title)) : text(choice.title), text(choice.id));
    }
    m_choice->setAccessibleName(text(m_spec.title));
    row->layout()->addWidget(m_choice);
    connect(m_choice, &QComboBox::currentIndexChanged, this,
            [this] { take(m_choice->currentData().toString().toStdString()); });
}

void ParamField::buildFlag(QWidget* row)
{
    m_flag = new QCheckBox(tr("on"), row);
    m_flag->setAccessibleName(text(m_spec.title));
    row->layout()->addWidget(m_flag);
    connect(m_flag, &QCheckBox::toggled, this, [this](bool on) { take(on); });
}

void ParamField::buildText(QWidget* row)
{
    m_text = new Picker(text(m_spec.format), row, Picker::Use::Complete);
    m_text->setAccessibleName(text(m_spec.title));
    row->layout()->addWidget(m_text);
    m_label->setBuddy(m_text);
    m_problem = secondaryLabel({}, this);
    m_problem->setObjectName("param.problem." + text(m_spec.id));
    setTone(m_problem, QStringLiteral("bad"));
    m_problem->setWordWrap(true);
    m_problem->hide();
    layout()->addWidget(m_problem);
    connect(m_text, &QLineEdit::textEdited, this, &ParamField::takeText);
    connect(m_text, &Picker::closed, this, &ParamField::showProblem);
}

// A text that is not understood stays on screen, with the reason; the value stays the last one that was.
void ParamField::takeText(const QString& typed)
{
    const ParamValue value = typed.toStdString();
    const auto valid = validate(m_spec, value);
    const QString why = !valid ? text(valid.error().text()) : m_whyNot ? m_whyNot(typed) : QString();
    m_problem->setText(why);
    showProblem();
    if (why.isEmpty())
        take(value);
}

// While there is something to choose, what is typed is not at its end.
void ParamField::showProblem()
{
    const bool isWrong = !m_problem->text().isEmpty();
    m_problem->setVisible(isWrong && !m_text->isOpen());
    if (m_said)
        m_said->setVisible(!isWrong && !m_said->text().isEmpty());
}

void ParamField::setSearch(Picker::Search search, std::function<QString(const QString&)> whyNot)
{
    if (!m_text)
        return;
    m_text->setSearch(std::move(search));
    m_whyNot = std::move(whyNot);
}

void ParamField::say(const QString& words, const QString& tone)
{
    if (!m_said) {
        m_said = secondaryLabel({}, this);
        m_said->setObjectName("param.said." + text(m_spec.id));
        m_said->setTextFormat(Qt::PlainText);
        m_said->setWordWrap(true);
        layout()->addWidget(m_said);
    }
    m_said->setText(words);
    setTone(m_said, tone);
    m_said->setVisible(!words.isEmpty() && (!m_problem || m_problem->text().isEmpty()));
}

void ParamField::setValue(const ParamValue& value)
{
    if (validate(m_spec, value))
        take(value);
}

void ParamField::take(const ParamValue& value)
{
    if (value == m_value)
        return;
    m_value = value;
    show();
    emit changed();
}

void ParamField::show()
{
    const QSignalBlocker quietChoice(m_choice);
    const QSignalBlocker quietFlag(m_flag);
    if (m_number)
        m_number->setValue(asNumber());
    if (m_choice)
        m_choice->setCurrentIndex(m_choice->findData(text(std::get<std::string>(m_value))));
    if (m_flag)
        m_flag->setChecked(std::get<bool>(m_value));
    if (m_text && m_text->text() != text(std::get<std::string>(m_value))) {
        m_text->setText(text(std::get<std::string>(m_value)));
        m_problem->setText({});
        showProblem();
    }
    refreshMark();
}

void ParamField::refreshMark()
{
    m_label->setText(differs() ? QStringLiteral("● ") + text(m_spec.title) : text(m_spec.title));
    m_label->setToolTip(differs() ? tr("Differs from its default, %1").arg(text(toText(m_spec.fallback))) : QString());
    // Keeps its place, so that nothing jumps.
    QSizePolicy policy = m_reset->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_reset->setSizePolicy(policy);
    m_reset->setVisible(differs());
}

double ParamField::asNumber() const
{
    if (const auto* whole = std::get_if<std::int64_t>(&m_value))
        return static_cast<double>(*whole);
    return std::get<double>(m_value);
}

ParamValue ParamField::fromNumber(double number) const
{
    if (m_spec.type == ParamType::Integer)
        return static_cast<std::int64_t>(std::llround(number));
    return number;
}

} // namespace orrery::ui
