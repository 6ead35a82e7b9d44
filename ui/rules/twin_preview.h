// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/rule_preview.h"
#include "ui/session/workspace_session.h"

#include <QObject>

#include <memory>
#include <optional>

namespace orrery::ui {

/// The sample of the drawer as a twin of the model answers it that was trained on what was before the cut, so that
/// agreement with later choices is a fair test. A twin that is quick to train is trained unasked, others on request.
class TwinPreview : public QObject {
    Q_OBJECT
public:
    enum class State {
        NotNeeded,  ///< the model itself has not seen the later choices, or none are known
        Impossible, ///< it has, and cannot be trained here
        Offered,    ///< train() would make the twin
        Training,
        Ready, ///< preview() is there
    };
    static constexpr double quickSeconds = 5; ///< of training, by the estimates: below, nobody is asked

    /// What is previewed: who is asked, before which rules, and the sample as it is without a twin.
    struct Subject {
        ModelEntry entry;
        RuleSet rules;
        std::shared_ptr<const RuleCatalog> catalog;
        std::shared_ptr<const RulePreview> preview;
        Timestamp cut = endOfTime;
    };

    explicit TwinPreview(WorkspaceSession& session, QObject* parent = nullptr);
    ~TwinPreview() override;

    void setSubject(Subject subject);
    void clear(); ///< nothing is previewed; a training is cancelled
    void train(); ///< where it is offered

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] double seconds() const { return m_seconds; } ///< that training is expected to take
    [[nodiscard]] const std::shared_ptr<const RulePreview>& preview() const { return m_made; }

signals:
    void changed(); ///< of its state

private:
    void take(const Result<std::shared_ptr<const RulePreview>>& made);
    void enter(State state);

    WorkspaceSession& m_session;
    std::optional<Subject> m_subject;
    std::shared_ptr<const RulePreview> m_made;
    std::optional<JobId> m_job;
    State m_state = State::NotNeeded;
    double m_seconds = 0;
};

} // namespace orrery::ui
