// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/explore_page.h"

#include "ui/components/widgets.h"
#include "ui/pages/explore/map_lens.h"
#include "ui/pages/explore/person_lens.h"
#include "ui/session/workspace_session.h"

#include <QStackedLayout>

namespace orrery::ui {

struct ExplorePage::Impl {
    PersonLens* person = nullptr;
    MapLens* map = nullptr;
    QStackedLayout* stack = nullptr;

    [[nodiscard]] Page* current() const { return qobject_cast<Page*>(stack->currentWidget()); }
    void show(int lens)
    {
        stack->setCurrentIndex(lens);
        current()->shown();
    }
};

ExplorePage::ExplorePage(WorkspaceSession& session, QWidget* parent) : Page(parent), m_impl(std::make_unique<Impl>())
{
    m_impl->stack = new QStackedLayout(this);
    m_impl->person = new PersonLens(session, this);
    m_impl->map = new MapLens(session, this);
    m_impl->stack->addWidget(m_impl->person);
    m_impl->stack->addWidget(m_impl->map);
    connect(&session, &WorkspaceSession::itemsChosen, this, [this] { m_impl->show(1); });
    // Each lens has the switch in its own header, and shows there which one it is.
    for (int lens = 0; lens < m_impl->stack->count(); ++lens) {
        auto* lenses = new SegmentedControl({tr("Person"), tr("Map")}, this);
        lenses->setObjectName(QStringLiteral("explore.lens.%1").arg(lens));
        lenses->setCurrent(lens);
        connect(lenses, &SegmentedControl::currentChanged, this, [this, lenses, lens](int chosen) {
            lenses->setCurrent(lens);
            m_impl->show(chosen);
        });
        lens == 0 ? m_impl->person->addLeading(lenses) : m_impl->map->addLeading(lenses);
    }
}

ExplorePage::~ExplorePage() = default;

std::vector<PageAction> ExplorePage::actions()
{
    std::vector<PageAction> all = m_impl->person->actions();
    for (PageAction& action : all)
        action.run = [this, run = action.run] {
            m_impl->show(0);
            run();
        };
    all.push_back({tr("Show the map"), [this] { m_impl->show(1); }, {}});
    for (PageAction action : m_impl->map->actions()) {
        action.run = [this, run = action.run] {
            m_impl->show(1);
            run();
        };
        all.push_back(std::move(action));
    }
    return all;
}

void ExplorePage::shown() { m_impl->current()->shown(); }

} // namespace orrery::ui
