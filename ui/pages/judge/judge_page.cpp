// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/judge/judge_page.h"

#include "ui/components/widgets.h"
#include "ui/pages/judge/matter_lens.h"
#include "ui/pages/judge/scores_lens.h"
#include "ui/pages/rules_button.h"
#include "ui/session/workspace_session.h"

#include <QStackedLayout>

namespace orrery::ui {
namespace {

enum Lens { ScoresAt, MatterAt };

} // namespace

struct JudgePage::Impl {
    ScoresLens* scores = nullptr;
    MatterLens* matter = nullptr;
    QStackedLayout* stack = nullptr;

    [[nodiscard]] Page* current() const { return qobject_cast<Page*>(stack->currentWidget()); }
    void show(int lens)
    {
        stack->setCurrentIndex(lens);
        current()->shown();
    }
    template <class LensPage> void add(LensPage* lens, JudgePage& page, WorkspaceSession& session);
};

// Each lens has the switch in its own header, and shows there which one it is.
template <class LensPage> void JudgePage::Impl::add(LensPage* lens, JudgePage& page, WorkspaceSession& session)
{
    const int at = stack->addWidget(lens);
    auto* lenses = new SegmentedControl({tr("Scores"), tr("Who will matter")}, &page);
    lenses->setObjectName(QStringLiteral("judge.lens.%1").arg(at));
    lenses->setCurrent(at);
    connect(lenses, &SegmentedControl::currentChanged, &page, [this, lenses, at](int chosen) {
        lenses->setCurrent(at);
        show(chosen);
    });
    lens->addLeading(lenses);
    lens->addLeading(rulesButton(session, QStringLiteral("judge.rules.%1").arg(at), &page));
}

JudgePage::JudgePage(WorkspaceSession& session, QWidget* parent) : Page(parent), m_impl(std::make_unique<Impl>())
{
    m_impl->stack = new QStackedLayout(this);
    m_impl->scores = new ScoresLens(session, this);
    m_impl->matter = new MatterLens(session, this);
    m_impl->add(m_impl->scores, *this, session);
    m_impl->add(m_impl->matter, *this, session);
}

JudgePage::~JudgePage() = default;

std::vector<PageAction> JudgePage::actions()
{
    std::vector<PageAction> all;
    const auto add = [&](std::vector<PageAction> actions, int lens) {
        for (PageAction& action : actions) {
            action.run = [this, lens, run = action.run] {
                m_impl->show(lens);
                run();
            };
            all.push_back(std::move(action));
        }
    };
    add(m_impl->scores->actions(), ScoresAt);
    add(m_impl->matter->actions(), MatterAt);
    return all;
}

void JudgePage::shown() { m_impl->current()->shown(); }

} // namespace orrery::ui
