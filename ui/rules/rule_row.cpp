// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/rule_row.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/number_slider.h"
#include "ui/forms/param_field.h"
#include "ui/forms/param_form.h"
#include "ui/rules/rule_help.h"
#include "ui/rules/rule_words.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolButton>

namespace orrery::ui {
namespace {

constexpr int handleWidth = 12, dot = 2, dotGap = 4, dotRows = 3;
constexpr int mainWidth = 168; // of slider and number

/// Name beside what conditions declare: all that is said of a rule but what it does.
std::vector<ParamSpec> conditionSpecs()
{
    std::vector<ParamSpec> specs(whenParams().begin(), whenParams().end());
    ParamSpec name{"name", "Name", "What it is called in lists and findings; empty: what it does"};
    name.type = ParamType::Text;
    name.fallback = std::string();
    name.check = [](std::string_view) -> Status { return {}; };
    specs.push_back(std::move(name));
    return specs;
}

} // namespace

RuleHandle::RuleHandle(QWidget* parent) : QWidget(parent)
{
    setFixedSize(handleWidth, 2 * space::md);
    setCursor(Qt::OpenHandCursor);
    setFocusPolicy(Qt::TabFocus);
    setToolTip(tr("Drag it to another place, or move it with the arrow keys"));
    setAccessibleName(tr("Place of the rule"));
}

void RuleHandle::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(hasFocus() ? tokensFor(this).accent : tokensFor(this).disabled);
    const int top = (height() - dotRows * (dot + dotGap) + dotGap) / 2;
    for (int row = 0; row < dotRows; ++row)
        for (int column = 0; column < 2; ++column)
            painter.drawEllipse(QRectF(2 + column * (dot + dotGap), top + row * (dot + dotGap), dot, dot));
}

void RuleHandle::mousePressEvent(QMouseEvent* event)
{
    m_isHeld = event->button() == Qt::LeftButton;
    setCursor(Qt::ClosedHandCursor);
}

void RuleHandle::mouseMoveEvent(QMouseEvent* event)
{
    if (m_isHeld)
        emit dragged(event->globalPosition().toPoint().y());
}

void RuleHandle::mouseReleaseEvent(QMouseEvent* event)
{
    setCursor(Qt::OpenHandCursor);
    if (std::exchange(m_isHeld, false))
        emit dropped(event->globalPosition().toPoint().y());
}

void RuleHandle::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)
        emit stepped(event->key() == Qt::Key_Up ? -1 : 1);
    else
        QWidget::keyPressEvent(event);
}

RuleRow::RuleRow(const Rule& rule, const QString& name, RuleHelp& help, QWidget* parent)
    : QFrame(parent), m_rule(rule), m_help(help)
{
    setObjectName(name);
    setProperty("part", "row");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::md, space::xs, space::sm, space::xs);
    layout->setSpacing(0);
    buildHead();
    buildMain();
    refresh();
    connect(&m_help, &RuleHelp::changed, this, [this] {
        refresh();
        if (isOpen()) {
            sayWhat();
            sayForWhom();
        }
    });
}

void RuleRow::buildHead()
{
    auto* head = new QHBoxLayout;
    head->setSpacing(space::sm);
    m_handle = new RuleHandle(this);
    m_handle->setObjectName(objectName() + QStringLiteral(".handle"));
    m_on = new QCheckBox(this);
    m_on->setObjectName(objectName() + QStringLiteral(".on"));
    m_title = new ElidedLabel({}, this);
    m_title->setObjectName(objectName() + QStringLiteral(".title"));
    m_opener = iconButton(QStringLiteral("chevron-down"), tr("All settings"), this);
    m_opener->setObjectName(objectName() + QStringLiteral(".open"));
    m_opener->setCheckable(true);
    auto* remove = iconButton(QStringLiteral("close"), tr("Remove the rule"), this);
    remove->setObjectName(objectName() + QStringLiteral(".remove"));
    for (QWidget* part : {static_cast<QWidget*>(m_handle), static_cast<QWidget*>(m_on)})
        head->addWidget(part);
    head->addWidget(m_title, 1);
    head->addWidget(m_opener);
    head->addWidget(remove);
    static_cast<QVBoxLayout*>(layout())->addLayout(head);
    connect(m_on, &QCheckBox::toggled, this, &RuleRow::switched);
    connect(m_opener, &QToolButton::toggled, this, &RuleRow::open);
    connect(remove, &QToolButton::clicked, this, &RuleRow::removed);
    connect(m_handle, &RuleHandle::dragged, this, &RuleRow::dragged);
    connect(m_handle, &RuleHandle::dropped, this, &RuleRow::dropped);
    connect(m_handle, &RuleHandle::stepped, this, &RuleRow::stepped);
}

void RuleRow::buildMain()
{
    auto* line = new QHBoxLayout;
    line->setSpacing(space::sm);
    line->setContentsMargins(handleWidth + m_on->sizeHint().width() + 2 * space::sm, 0, 0, 0);
    m_when = new ElidedLabel({}, this);
    m_when->setFont(ui::font(type::secondary));
    line->addWidget(m_when, 1);
    if (const auto setting = mainSetting(m_rule.action)) {
        m_number = new NumberSlider(setting->spec, this);
        m_number->setObjectName(objectName() + QStringLiteral(".number"));
        m_number->setSliderRange(setting->low, setting->high, setting->scale);
        m_number->setCompact();
        m_number->setFixedWidth(mainWidth);
        m_number->setToolTip(text(setting->spec.title + ": " + setting->spec.help));
        line->addWidget(m_number);
        connect(m_number, &NumberSlider::changed, this, [this, setting](double value) {
            Rule rule = m_rule;
            rule.action = withNumber(rule.action, *setting, value);
            emit changed(rule, setting->spec.id);
        });
        connect(m_number, &NumberSlider::settled, this, &RuleRow::settled);
    }
    static_cast<QVBoxLayout*>(layout())->addLayout(line);
}

void RuleRow::buildForms()
{
    m_details = new QWidget(this);
    auto* column = new QVBoxLayout(m_details);
    column->setContentsMargins(handleWidth + space::sm, space::md, space::sm, space::sm);
    column->setSpacing(space::md);
    auto* summary = secondaryLabel(ruleTip(m_rule), m_details);
    summary->setWordWrap(true);
    column->addWidget(summary);
    if (!kindOf(m_rule.action).params.empty()) {
        m_settings = new ParamForm(m_details);
        const auto specs = kindOf(m_rule.action).params;
        m_settings->setSpecs({specs.begin(), specs.end()});
        column->addWidget(m_settings);
        connect(m_settings, &ParamForm::changed, this, &RuleRow::takeForms);
    }
    auto* when = new QLabel(tr("When it holds"), m_details);
    when->setFont(ui::font(type::body, QFont::DemiBold));
    column->addWidget(when);
    m_conditions = new ParamForm(m_details);
    m_conditions->setSpecs(conditionSpecs());
    column->addWidget(m_conditions);
    connect(m_conditions, &ParamForm::changed, this, &RuleRow::takeForms);
    layout()->addWidget(m_details);
    helpForms();
}

// What the declaration cannot know: whom and what there is in these data.
void RuleRow::helpForms()
{
    m_conditions->field("audience")->setSearch([this](const QString& typed, int most) {
        return m_help.suggestAudience(typed, most);
    });
    if (!std::holds_alternative<PinRule>(m_rule.action))
        return;
    m_settings->field("item")->setSearch(
        [this](const QString& typed, int most) { return m_help.findItems(typed, most); },
        [this](const QString& typed) {
            const bool isThere = !m_help.knowsItems() || !m_help.titleOf(typed.toStdString()).isEmpty();
            return isThere ? QString() : tr("No item has this id: choose one from the list, by its title");
        });
}

void RuleRow::sayWhat()
{
    const auto* pin = std::get_if<PinRule>(&m_rule.action);
    if (!pin || !m_help.knowsItems())
        return;
    const QString item = m_help.titleOf(pin->item);
    m_settings->field("item")->say(item.isEmpty() ? tr("There is no such item here: the rule does nothing") : item,
                                   item.isEmpty() ? QStringLiteral("warning") : QString());
}

void RuleRow::sayForWhom()
{
    ParamField* field = m_conditions->field("audience");
    m_help.count(objectName() + QStringLiteral(".audience"), m_rule.when.audience, field,
                 [field, isAll = m_rule.when.audience.empty()](const Result<RuleHelp::Counted>& counted) {
                     if (!counted) {
                         if (counted.error().code != Code::Cancelled)
                             field->say(text(counted.error().text()), QStringLiteral("warning"));
                         return;
                     }
                     const QString of = ui::count(static_cast<double>(counted->of));
                     field->say(isAll ? tr("All %1 people").arg(of)
                                      : tr("%1 of %2 people").arg(ui::count(static_cast<double>(counted->people)), of),
                                counted->people == 0 ? QStringLiteral("warning") : QStringLiteral("secondary"));
                 });
}

void RuleRow::open(bool opened)
{
    if (opened && !m_details)
        buildForms();
    if (m_details)
        m_details->setVisible(opened);
    if (opened)
        showForms();
    const QSignalBlocker quiet(m_opener);
    m_opener->setChecked(opened);
    if (opened)
        emit this->opened();
}

bool RuleRow::isOpen() const { return m_opener->isChecked(); }

void RuleRow::showForms()
{
    m_isFilling = true;
    if (m_settings)
        m_settings->setValues(paramsOf(m_rule.action));
    ParamSet conditions = paramsOf(m_rule.when);
    conditions.set("name", m_rule.name);
    m_conditions->setValues(conditions);
    m_isFilling = false;
    sayWhat();
    sayForWhom();
}

// Fields hold only what can be understood, so what they say together is a rule.
void RuleRow::takeForms()
{
    if (m_isFilling)
        return;
    Rule rule = m_rule;
    if (m_settings)
        if (auto action = kindOf(rule.action).make(m_settings->values()))
            rule.action = std::move(*action);
    ParamSet conditions = m_conditions->values();
    const ParamValue* name = conditions.find("name");
    rule.name = name ? std::get<std::string>(*name) : std::string();
    conditions.reset("name");
    if (auto when = whenFrom(conditions))
        rule.when = std::move(*when);
    emit changed(rule, "form");
}

void RuleRow::setRule(const Rule& rule)
{
    m_rule = rule;
    refresh();
    if (isOpen())
        showForms();
}

void RuleRow::setMissing(const QString& why)
{
    m_missing = why;
    refresh();
}

void RuleRow::setMarked(bool marked) { setTone(m_title, marked ? QStringLiteral("warning") : QString()); }

void RuleRow::takeFocus() { m_handle->setFocus(); }

QString RuleRow::title() const { return ruleTitle(m_rule, m_help.dataset()); }

void RuleRow::refresh()
{
    const QSignalBlocker quiet(m_on);
    m_on->setChecked(m_rule.on);
    m_on->setAccessibleName(title());
    m_title->setFullText(title());
    m_title->setToolTip(ruleTip(m_rule));
    m_title->setEnabled(m_rule.on);
    m_when->setFullText(m_missing.isEmpty() ? whenWords(m_rule.when) : m_missing);
    setTone(m_when, m_missing.isEmpty() ? QStringLiteral("secondary") : QStringLiteral("warning"));
    if (m_number) {
        m_number->setValue(numberOf(m_rule.action, mainSetting(m_rule.action)->spec.id));
        m_number->setEnabled(m_rule.on);
    }
}

} // namespace orrery::ui
