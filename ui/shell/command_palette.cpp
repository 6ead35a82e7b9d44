// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/command_palette.h"

#include "ui/components/picker.h"
#include "ui/components/text.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/tokens.h"

#include <QKeyEvent>
#include <QVBoxLayout>

namespace orrery::ui {
namespace {

constexpr int paletteWidth = 560;
constexpr int fromTop = 96;
constexpr float actionWeight = 1e9F; // actions come before films and people of the same match

} // namespace

CommandPalette::CommandPalette(WorkspaceSession& session, QWidget* parent)
    : QFrame(parent), m_session(session),
      m_picker(new Picker(tr("Type a page, an action, a model, a title or a person"), this))
{
    setProperty("role", "card");
    setObjectName(QStringLiteral("palette"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::md, space::md, space::md, space::md);
    layout->addWidget(m_picker);
    m_picker->setObjectName(QStringLiteral("palette.field"));
    m_picker->setSearch([this](const QString& typed, int most) {
        std::vector<Picker::Choice> choices;
        for (const int id : m_index->find(typed, most))
            choices.push_back({m_entries[size_t(id)].title, m_entries[size_t(id)].note, id});
        return choices;
    });
    connect(m_picker, &Picker::picked, this, &CommandPalette::runEntry);
    setFocusProxy(m_picker);
    hide();
}

CommandPalette::~CommandPalette() = default;

void CommandPalette::open()
{
    collect();
    const int width = std::min(paletteWidth, parentWidget()->width() - 2 * space::xl);
    setGeometry((parentWidget()->width() - width) / 2, fromTop, width, sizeHint().height());
    m_picker->clear();
    show();
    raise();
    m_picker->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::collect()
{
    m_entries.clear();
    for (const PageAction& action : m_actions())
        m_entries.push_back({action.title, action.shortcut, action.run});
    for (const ModelEntry& entry : m_session.models()) {
        m_entries.push_back(
            {tr("Set A to %1").arg(entry.name()), tr("model"), [this, id = entry.row.id] { m_session.setA(id); }});
        m_entries.push_back(
            {tr("Set B to %1").arg(entry.name()), tr("model"), [this, id = entry.row.id] { m_session.setB(id); }});
    }
    const std::size_t actions = m_entries.size();
    if (m_session.dataset())
        collectCatalog();
    std::vector<QString> names;
    std::vector<float> weights;
    for (const Entry& entry : m_entries) {
        names.push_back(entry.title);
        weights.push_back(weights.size() < actions ? actionWeight : entry.weight);
    }
    m_index = std::make_unique<NameIndex>(std::move(names), std::move(weights));
}

void CommandPalette::collectCatalog()
{
    const Dataset& dataset = *m_session.dataset();
    for (std::uint32_t i = 0; i < dataset.itemCount(); ++i)
        m_entries.push_back({text(dataset.title(ItemIndex{i})), tr("item"),
                             [this, i] { m_session.selectItem(ItemIndex{i}); },
                             static_cast<float>(dataset.interactions().column(ItemIndex{i}).users.size())});
    for (std::uint32_t u = 0; u < dataset.personCount(); ++u)
        m_entries.push_back({tr("Person %1").arg(text(dataset.personName(UserIndex{u}))), tr("person"), [this, u] {
                                 m_session.selectPerson(UserIndex{u});
                                 m_session.showPage(QStringLiteral("explore"));
                             }});
}

void CommandPalette::runEntry(int index)
{
    hide();
    if (index >= 0 && static_cast<std::size_t>(index) < m_entries.size()) {
        const auto run = m_entries[static_cast<std::size_t>(index)].run;
        run();
    }
}

void CommandPalette::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        return hide();
    QFrame::keyPressEvent(event);
}

} // namespace orrery::ui
