// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/recipes/algorithm_list.h"

#include "core/models/catalogue.h"
#include "ui/components/text.h"
#include "ui/theme/tokens.h"

#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

/// In the order of the catalogue, with families kept together where the first of them stands.
std::vector<const Algorithm*> byFamily()
{
    std::vector<std::string> families;
    std::vector<const Algorithm*> all;
    for (const Algorithm& algorithm : catalogue()) {
        if (std::ranges::find(families, algorithm.family) == families.end())
            families.push_back(algorithm.family);
        all.push_back(&algorithm);
    }
    std::ranges::stable_sort(all, {}, [&](const Algorithm* algorithm) {
        return std::ranges::find(families, algorithm->family) - families.begin();
    });
    return all;
}

bool mentions(const Algorithm& algorithm, const QString& words)
{
    const QString searched = text(algorithm.title + " " + algorithm.family + " " + algorithm.id + " " +
                                  algorithm.summary + " " + algorithm.paper);
    const auto parts = words.split(' ', Qt::SkipEmptyParts);
    return std::ranges::all_of(parts,
                               [&](const QString& word) { return searched.contains(word, Qt::CaseInsensitive); });
}

} // namespace

AlgorithmList::AlgorithmList(QWidget* parent) : Card(tr("Algorithms"), parent)
{
    body()->setContentsMargins(space::sm, space::sm, space::sm, space::sm);
    buildSearch();
    buildEntries();
    m_current = catalogue().front().id;
    fill();
}

void AlgorithmList::buildSearch()
{
    m_search = new QLineEdit(this);
    m_search->setObjectName(QStringLiteral("algorithms.search"));
    m_search->setPlaceholderText(tr("Find by name or paper"));
    m_search->setAccessibleName(tr("Find an algorithm"));
    m_search->setClearButtonEnabled(true);
    body()->addWidget(m_search);
    connect(m_search, &QLineEdit::textChanged, this, &AlgorithmList::fill);
}

void AlgorithmList::buildEntries()
{
    m_scroll = new QScrollArea(this);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inside = new QWidget(m_scroll);
    inside->setObjectName(QStringLiteral("qt_scrollarea_content")); // takes the ground of the card
    auto* layout = new QVBoxLayout(inside);
    layout->setContentsMargins(0, 0, space::sm, 0); // room for the scroll bar
    m_entries = new QVBoxLayout;
    m_entries->setSpacing(space::xs);
    layout->addLayout(m_entries);
    m_all = linkButton({}, inside);
    m_all->setObjectName(QStringLiteral("algorithms.all"));
    connect(m_all, &QPushButton::clicked, this, [this] {
        m_showAll = !m_showAll;
        m_search->clear();
        fill();
    });
    layout->addWidget(m_all, 0, Qt::AlignLeft);
    layout->addStretch();
    m_scroll->setWidget(inside);
    body()->addWidget(m_scroll, 1);
}

void AlgorithmList::setCurrent(const std::string& id)
{
    m_current = id;
    fill();
}

void AlgorithmList::setDataset(std::shared_ptr<const Dataset> dataset)
{
    m_dataset = std::move(dataset);
    fill();
}

bool AlgorithmList::isShown(const Algorithm& algorithm) const
{
    if (const QString words = m_search->text().trimmed(); !words.isEmpty())
        return mentions(algorithm, words);
    return m_showAll || algorithm.starter || algorithm.id == m_current;
}

void AlgorithmList::fill()
{
    clearLayout(m_entries);
    const bool grouped = m_showAll || !m_search->text().trimmed().isEmpty();
    std::string family;
    for (const Algorithm* algorithm : byFamily()) {
        if (!isShown(*algorithm))
            continue;
        if (grouped && algorithm->family != family)
            addFamily(text(algorithm->family));
        family = algorithm->family;
        addEntry(*algorithm);
    }
    if (m_entries->count() == 0)
        m_entries->addWidget(secondaryLabel(tr("Nothing is called so."), this));
    m_all->setText(m_showAll ? tr("Fewer") : tr("All %1…").arg(catalogue().size()));
}

void AlgorithmList::addFamily(const QString& family)
{
    auto* label = secondaryLabel(family, this);
    label->setContentsMargins(space::sm, m_entries->count() == 0 ? 0 : space::sm, 0, 0);
    m_entries->addWidget(label);
}

void AlgorithmList::addEntry(const Algorithm& algorithm)
{
    const QString why = m_dataset ? text(whyNot(algorithm, *m_dataset)) : QString();
    auto* button = new QPushButton(text(algorithm.title), this);
    button->setObjectName("algorithm." + text(algorithm.id));
    button->setProperty("look", why.isEmpty() ? "entry" : "entry-dim");
    button->setToolTip(why.isEmpty() ? text(algorithm.summary) : why);
    button->setAccessibleDescription(button->toolTip());
    button->setCheckable(true);
    button->setChecked(algorithm.id == m_current);
    connect(button, &QPushButton::clicked, this, [this, id = algorithm.id] { choose(id); });
    m_entries->addWidget(button);
}

void AlgorithmList::choose(const std::string& id)
{
    m_current = id;
    for (auto* entry : findChildren<QPushButton*>())
        if (entry->isCheckable())
            entry->setChecked(entry->objectName() == "algorithm." + text(id));
    emit chosen(text(id));
}

} // namespace orrery::ui
