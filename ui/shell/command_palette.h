// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <QFrame>

#include <functional>
#include <memory>

namespace orrery::ui {

class NameIndex;
class Picker;
struct DatasetDigest;

/// Finds anything by typing: pages, actions, models, films, people. Ctrl+K opens it, Escape closes it.
class CommandPalette : public QFrame {
    Q_OBJECT
public:
    CommandPalette(WorkspaceSession& session, QWidget* parent);
    ~CommandPalette() override;
    /// Asked for afresh at each opening: the window's and the current page's actions.
    void setActions(std::function<std::vector<PageAction>()> actions) { m_actions = std::move(actions); }
    void open();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Entry {
        QString title, note;
        std::function<void()> run;
    };
    /// What was found has one number: first the entries, then the items of the dataset, then its people.
    struct Place {
        enum class Kind { Entry, Item, Person } kind = Kind::Entry;
        int at = 0;
    };
    void collect();
    [[nodiscard]] std::vector<int> find(const QString& typed, int most) const;
    [[nodiscard]] Place placeOf(int found) const;
    void runFound(int found);

    WorkspaceSession& m_session;
    Picker* m_picker;
    std::function<std::vector<PageAction>()> m_actions;
    std::vector<Entry> m_entries;
    std::unique_ptr<NameIndex> m_index; ///< of the entries; items and people have theirs in the digest
    std::shared_ptr<const DatasetDigest> m_digest;
};

} // namespace orrery::ui
