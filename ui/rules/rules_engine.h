// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/rule_preview.h"
#include "core/reranking/rule_diagnostics.h"
#include "ui/rules/rules_subject.h"
#include "ui/rules/twin_preview.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace orrery::ui {

/// What rules do to the list of the person on screen.
struct PersonEffect {
    std::vector<Reranked> before, after; ///< at most RulesEngine::shown
    RuleTrail trail;                     ///< of the rules that are edited
    std::vector<ItemIndex> later;        ///< chosen later, ascending; empty where nothing is later than as-of
};

/// Runs what the drawer shows: the list of one person on the quick thread, what a change costs for a sample behind it.
/// A later edit takes the place of what is still under way. It draws nothing.
class RulesEngine : public QObject {
    Q_OBJECT
public:
    static constexpr std::size_t shown = 10;            ///< places of lists
    static constexpr std::size_t samplePeople = 1000;   ///< that a change is priced on
    static constexpr std::size_t diagnosedPeople = 100; ///< of these, that findings are made on

    explicit RulesEngine(WorkspaceSession& session, QObject* parent = nullptr);
    ~RulesEngine() override;

    /// Whose rules are edited from now on; null: nobody's, and all jobs are forgotten.
    void setSubject(const ModelEntry* entry);
    [[nodiscard]] const std::shared_ptr<const RulesSubject>& subject() const { return m_subject; }
    void setRules(const RuleSet& rules); ///< as they are edited
    void refreshPerson();                ///< another person, or an edited history
    /// Nobody looks while it rests: what comes to the session then is taken once somebody does. It begins at rest.
    void setResting(bool resting);

    [[nodiscard]] const std::shared_ptr<const RuleCatalog>& catalog() const { return m_catalog; }
    [[nodiscard]] const std::vector<UserIndex>& people() const; ///< of the sample
    [[nodiscard]] Timestamp cut() const;                        ///< what counts as later for them
    [[nodiscard]] bool isPricing() const { return m_isPricing; }
    [[nodiscard]] TwinPreview& twin() { return m_twin; } ///< whose lists agreement is counted on, where it is needed

signals:
    void opened(const std::vector<QString>& whyNot); ///< the catalog is known; why kinds of rules cannot act, or empty
    void personReady(const orrery::ui::PersonEffect& effect);
    void sampled();
    /// `agreementFollows`: what is not there yet of agreement is counted on the twin's lists, and comes with the next.
    void priced(const orrery::RuleChange& change, double milliseconds, bool agreementFollows);
    void diagnosed(const orrery::RuleReport& report);
    void failed(const orrery::Error& failure); ///< rules that cannot be made, for instance

private:
    struct Sampled;
    struct Asked;
    struct Replied;
    struct Request;
    [[nodiscard]] static Result<std::shared_ptr<Replied>> reply(const Request& request, const JobContext& job);
    void open();
    void drawPeople();
    void askPerson();
    void price();
    void takePrice(const std::shared_ptr<const RuleChange>& change);
    void startPricing(const std::shared_ptr<const RulePreview>& preview,
                      std::function<void(const std::shared_ptr<const RuleChange>&)> done);
    void diagnose();
    void tell(const Error& failure);

    WorkspaceSession& m_session;
    std::optional<ModelEntry> m_entry;
    std::shared_ptr<const RulesSubject> m_subject;
    std::shared_ptr<const RuleCatalog> m_catalog;
    std::shared_ptr<const Sampled> m_sample;
    std::shared_ptr<const Asked> m_person; ///< candidates of the person on screen
    TwinPreview m_twin;
    RuleSet m_rules;
    QTimer m_pricing; ///< waits for the hand on a slider
    QElapsedTimer m_since;
    bool m_isPricing = false, m_isResting = true;
};

} // namespace orrery::ui
