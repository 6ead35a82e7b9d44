// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/reranking/audience.h"
#include "core/reranking/rule_catalog.h"
#include "ui/components/picker.h"
#include "ui/session/workspace_session.h"

#include <QObject>

#include <functional>
#include <memory>

namespace orrery::ui {

/// What the forms of rules know of the data: whom a rule can be for, and what its items are called. It draws nothing.
class RuleHelp : public QObject {
    Q_OBJECT
public:
    explicit RuleHelp(WorkspaceSession& session, QObject* parent = nullptr);

    /// Of another dataset, or with other segments; null: nothing is known yet.
    void setCatalog(const std::shared_ptr<const RuleCatalog>& catalog);

    /// Ways to go on with what is typed of an audience; nothing until it is known.
    [[nodiscard]] std::vector<Picker::Choice> suggestAudience(const QString& typed, int most) const;
    /// Items by title, or by an id that is typed in full; what is chosen is its id.
    [[nodiscard]] std::vector<Picker::Choice> findItems(const QString& typed, int most) const;
    [[nodiscard]] const Dataset* dataset() const { return m_session.dataset().get(); } ///< null when none
    [[nodiscard]] QString titleOf(const std::string& item) const; ///< of an id; empty where there is no such item
    [[nodiscard]] bool knowsItems() const { return m_catalog != nullptr; }

    struct Counted {
        std::size_t people = 0, of = 0;
    };
    /// How many people an audience is, in a job; a later question of the same `key` takes its place. No answer until
    /// the audience is known. Errors: those of Audience::count().
    void count(const QString& key, const std::string& audience, QObject* receiver,
               std::function<void(const Result<Counted>&)> done) const;

signals:
    void changed(); ///< more is known

private:
    WorkspaceSession& m_session;
    std::shared_ptr<const RuleCatalog> m_catalog;
    std::shared_ptr<const Audience> m_audience;
};

} // namespace orrery::ui
