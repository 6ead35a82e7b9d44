// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/param_form.h"

#include "ui/components/widgets.h"
#include "ui/forms/param_field.h"
#include "ui/theme/tokens.h"

#include <QVBoxLayout>

#include <algorithm>

namespace orrery::ui {

struct ParamForm::Impl {
    QVBoxLayout* usual = nullptr;
    QVBoxLayout* advanced = nullptr;
    QWidget* advancedPart = nullptr;
    QPushButton* more = nullptr;
    QLabel* none = nullptr;
    std::vector<ParamField*> fields;
};

ParamForm::ParamForm(QWidget* parent) : QWidget(parent), m_impl(std::make_unique<Impl>())
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::lg);
    m_impl->none = secondaryLabel(tr("Nothing to choose: it has no parameters."), this);
    layout->addWidget(m_impl->none);
    m_impl->usual = new QVBoxLayout;
    m_impl->usual->setSpacing(space::lg);
    layout->addLayout(m_impl->usual);
    m_impl->more = linkButton(tr("More ▸"), this);
    m_impl->more->setObjectName(QStringLiteral("form.more"));
    layout->addWidget(m_impl->more, 0, Qt::AlignLeft);
    m_impl->advancedPart = new QWidget(this);
    m_impl->advanced = new QVBoxLayout(m_impl->advancedPart);
    m_impl->advanced->setContentsMargins({});
    m_impl->advanced->setSpacing(space::lg);
    layout->addWidget(m_impl->advancedPart);
    connect(m_impl->more, &QPushButton::clicked, this, [this] {
        m_impl->advancedPart->setVisible(m_impl->advancedPart->isHidden());
        m_impl->more->setText(m_impl->advancedPart->isHidden() ? tr("More ▸") : tr("Less ▾"));
    });
    setSpecs({});
}

ParamForm::~ParamForm() = default;

void ParamForm::setSpecs(std::vector<ParamSpec> specs)
{
    clearLayout(m_impl->usual);
    clearLayout(m_impl->advanced);
    m_impl->fields.clear();
    m_impl->none->setVisible(specs.empty());
    const bool anyAdvanced = std::ranges::any_of(specs, &ParamSpec::advanced);
    m_impl->more->setVisible(anyAdvanced);
    m_impl->more->setText(tr("More ▸"));
    m_impl->advancedPart->hide();
    for (ParamSpec& spec : specs) {
        const bool advanced = spec.advanced;
        auto* field = new ParamField(std::move(spec), this);
        (advanced ? m_impl->advanced : m_impl->usual)->addWidget(field);
        connect(field, &ParamField::changed, this, &ParamForm::changed);
        m_impl->fields.push_back(field);
    }
    emit changed();
}

void ParamForm::setValues(const ParamSet& values)
{
    for (ParamField* field : m_impl->fields)
        if (const ParamValue* value = values.find(field->spec().id))
            field->setValue(*value);
}

ParamSet ParamForm::values() const
{
    ParamSet set;
    for (const ParamField* field : m_impl->fields)
        if (field->differs())
            set.set(field->spec().id, field->value());
    return set;
}

ParamField* ParamForm::field(const std::string& id) const
{
    const auto found =
        std::ranges::find_if(m_impl->fields, [&](const ParamField* field) { return field->spec().id == id; });
    return found == m_impl->fields.end() ? nullptr : *found;
}

void ParamForm::resetAll()
{
    for (ParamField* field : m_impl->fields)
        field->setValue(field->spec().fallback);
}

} // namespace orrery::ui
