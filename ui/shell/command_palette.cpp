// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/command_palette.h"

#include "ui/components/picker.h"
#include "ui/components/text.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/tokens.h"

#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int paletteWidth = 560;
constexpr int fromTop = 96;

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
        for (const int found : find(typed, most)) {
            const auto [kind, at] = placeOf(found);
            const auto index = static_cast<std::uint32_t>(at);
            if (kind == Place::Kind::Entry)
                choices.push_back({m_entries[index].title, m_entries[index].note, found});
            else if (kind == Place::Kind::Item)
                choices.push_back({text(m_digest->dataset->title(ItemIndex{index})), tr("item"), found});
            else
                choices.push_back({personTitle(*m_digest->dataset, UserIndex{index}), tr("person"), found});
        }
        return choices;
    });
    connect(m_picker, &Picker::picked, this, &CommandPalette::runFound);
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
    std::vector<QString> names;
    for (const Entry& entry : m_entries)
        names.push_back(entry.title);
    m_index = std::make_unique<NameIndex>(names);
    m_digest = m_session.digest();
}

// Matches at the start of a word first; of equal matches actions, then items, then people.
std::vector<int> CommandPalette::find(const QString& typed, int most) const
{
    std::vector<NameIndex::Found> parts{m_index->findApart(typed, most)};
    std::vector<int> offsets{0, static_cast<int>(m_entries.size())};
    if (m_digest) {
        parts.push_back(m_digest->titles.findApart(typed, most));
        parts.push_back(m_digest->names.findApart(typed, most));
        offsets.push_back(offsets.back() + static_cast<int>(m_digest->dataset->itemCount()));
    }
    std::vector<int> all;
    for (const auto which : {&NameIndex::Found::atWordStart, &NameIndex::Found::inside})
        for (std::size_t part = 0; part < parts.size(); ++part)
            for (const int at : parts[part].*which)
                if (all.size() < static_cast<std::size_t>(most))
                    all.push_back(offsets[part] + at);
    return all;
}

CommandPalette::Place CommandPalette::placeOf(int found) const
{
    const auto entries = static_cast<int>(m_entries.size());
    if (found < entries)
        return {Place::Kind::Entry, found};
    const auto items = static_cast<int>(m_digest->dataset->itemCount());
    return found < entries + items ? Place{Place::Kind::Item, found - entries}
                                   : Place{Place::Kind::Person, found - entries - items};
}

void CommandPalette::runFound(int found)
{
    hide();
    const auto [kind, at] = placeOf(found);
    const auto index = static_cast<std::uint32_t>(at);
    if (kind == Place::Kind::Entry) {
        const auto run = m_entries[index].run; // it may open the palette again
        return run();
    }
    if (!m_digest || m_digest->dataset != m_session.dataset())
        return;
    if (kind == Place::Kind::Item)
        return m_session.selectItem(ItemIndex{index});
    m_session.selectPerson(UserIndex{index});
    m_session.showPage(QStringLiteral("explore"));
}

void CommandPalette::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        return hide();
    QFrame::keyPressEvent(event);
}

} // namespace orrery::ui
