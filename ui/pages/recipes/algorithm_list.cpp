// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/recipes/algorithm_list.h"

#include "core/models/catalogue.h"
#include "ui/components/text.h"
#include "ui/theme/tokens.h"

#include <QVBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr std::size_t starters = 6;

} // namespace

AlgorithmList::AlgorithmList(QWidget* parent) : Card(tr("Algorithms"), parent)
{
    body()->setContentsMargins(space::sm, space::sm, space::sm, space::sm);
    m_entries = new QVBoxLayout;
    m_entries->setSpacing(space::xs);
    body()->addLayout(m_entries);
    m_all = linkButton(tr("All %1…").arg(catalogue().size()), this);
    m_all->setVisible(catalogue().size() > starters);
    connect(m_all, &QPushButton::clicked, this, [this] {
        m_showAll = !m_showAll;
        m_all->setText(m_showAll ? tr("Fewer") : tr("All %1…").arg(catalogue().size()));
        fill();
    });
    body()->addWidget(m_all, 0, Qt::AlignLeft);
    body()->addStretch();
    m_current = catalogue().front().id;
    fill();
}

void AlgorithmList::setCurrent(const std::string& id)
{
    m_current = id;
    fill();
}

void AlgorithmList::fill()
{
    clearLayout(m_entries);
    std::vector<const Algorithm*> shown;
    for (const Algorithm& algorithm : catalogue())
        if (m_showAll || shown.size() < starters)
            shown.push_back(&algorithm);
    if (m_showAll)
        std::ranges::stable_sort(shown, {}, &Algorithm::family);
    for (const Algorithm* algorithm : shown)
        addEntry(algorithm->id, algorithm->title, algorithm->family);
}

void AlgorithmList::addEntry(const std::string& id, const std::string& title, const std::string& family)
{
    auto* button = new QPushButton(QStringLiteral("%1\n%2").arg(text(title), text(family)), this);
    button->setObjectName("algorithm." + text(id));
    button->setProperty("look", "entry");
    button->setCheckable(true);
    button->setChecked(id == m_current);
    connect(button, &QPushButton::clicked, this, [this, id] {
        m_current = id;
        for (auto* other : findChildren<QPushButton*>())
            if (other->isCheckable())
                other->setChecked(other->objectName() == "algorithm." + text(id));
        emit chosen(text(id));
    });
    m_entries->addWidget(button);
}

} // namespace orrery::ui
