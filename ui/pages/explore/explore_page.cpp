// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/explore_page.h"

#include "ui/components/widgets.h"
#include "ui/pages/explore/funnel_lens.h"
#include "ui/pages/explore/item_lens.h"
#include "ui/pages/explore/map_lens.h"
#include "ui/pages/explore/person_lens.h"
#include "ui/pages/explore/shelves_lens.h"
#include "ui/pages/rules_button.h"
#include "ui/session/workspace_session.h"

#include <QStackedLayout>

namespace orrery::ui {

namespace {

enum Lens { PersonAt, ItemAt, ShelvesAt, MapAt, FunnelAt };

} // namespace

struct ExplorePage::Impl {
    explicit Impl(WorkspaceSession& openSession) : session(openSession) {}

    WorkspaceSession& session;
    PersonLens* person = nullptr;
    ItemLens* item = nullptr;
    ShelvesLens* shelves = nullptr;
    MapLens* map = nullptr;
    FunnelLens* funnel = nullptr;
    QStackedLayout* stack = nullptr;

    [[nodiscard]] Page* current() const { return qobject_cast<Page*>(stack->currentWidget()); }
    void show(int lens)
    {
        stack->setCurrentIndex(lens);
        current()->shown();
    }
    template <class LensPage> void add(LensPage* lens, ExplorePage& page);
};

// Each lens has the switch in its own header, and shows there which one it is.
template <class LensPage> void ExplorePage::Impl::add(LensPage* lens, ExplorePage& page)
{
    const int at = stack->addWidget(lens);
    auto* lenses = new SegmentedControl({tr("Person"), tr("Item"), tr("Shelves"), tr("Map"), tr("Funnel")}, &page);
    lenses->setObjectName(QStringLiteral("explore.lens.%1").arg(at));
    lenses->setCurrent(at);
    connect(lenses, &SegmentedControl::currentChanged, &page, [this, lenses, at](int chosen) {
        lenses->setCurrent(at);
        show(chosen);
    });
    lens->addLeading(lenses);
    lens->addLeading(rulesButton(session, QStringLiteral("explore.rules.%1").arg(at), &page));
}

ExplorePage::ExplorePage(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(session))
{
    m_impl->stack = new QStackedLayout(this);
    m_impl->person = new PersonLens(session, this);
    m_impl->item = new ItemLens(session, this);
    m_impl->shelves = new ShelvesLens(session, this);
    m_impl->map = new MapLens(session, this);
    m_impl->funnel = new FunnelLens(session, this);
    m_impl->add(m_impl->person, *this);
    m_impl->add(m_impl->item, *this);
    m_impl->add(m_impl->shelves, *this);
    m_impl->add(m_impl->map, *this);
    m_impl->add(m_impl->funnel, *this);
    connect(m_impl->item, &ItemLens::personAsked, this, [this] { m_impl->show(PersonAt); });
    connect(&session, &WorkspaceSession::itemsChosen, this, [this] { m_impl->show(MapAt); });
}

ExplorePage::~ExplorePage() = default;

std::vector<PageAction> ExplorePage::actions()
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
    add(m_impl->person->actions(), PersonAt);
    all.push_back({tr("Show the item's audience"), [this] { m_impl->show(ItemAt); }, {}});
    add(m_impl->item->actions(), ItemAt);
    all.push_back({tr("Show the shelves"), [this] { m_impl->show(ShelvesAt); }, {}});
    add(m_impl->shelves->actions(), ShelvesAt);
    all.push_back({tr("Show the map"), [this] { m_impl->show(MapAt); }, {}});
    add(m_impl->map->actions(), MapAt);
    all.push_back({tr("Show the funnel"), [this] { m_impl->show(FunnelAt); }, {}});
    add(m_impl->funnel->actions(), FunnelAt);
    return all;
}

void ExplorePage::shown() { m_impl->current()->shown(); }

} // namespace orrery::ui
