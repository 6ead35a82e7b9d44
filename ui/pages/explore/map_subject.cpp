// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_subject.h"

#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace orrery::ui {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("MapSubject", words); }

} // namespace

QString MapSubject::title(ItemIndex item) const { return text(dataset->title(item)); }

QString MapSubject::counted(double number) const
{
    return isPeople ? ui::counted(number, tr("person"), tr("people")) : ui::counted(number, tr("item"), tr("items"));
}

std::vector<MapColouring> MapSubject::colourings() const
{
    using Kind = MapColouring::Kind;
    std::vector<MapColouring> all = colouringsOf(*dataset, *derived);
    if (isPeople) {
        std::erase_if(all,
                      [](const MapColouring& one) { return one.kind == Kind::Novelty || one.kind == Kind::Error; });
        for (MapColouring& one : all)
            if (one.kind == Kind::Popularity)
                one.title = tr("Activity");
    }
    return all;
}

MapSubject MapSubject::with(AttributeColumn column) const
{
    AttributeTable table;
    for (const AttributeColumn& held : derived->columns())
        if (held.name != column.name)
            table.add(held);
    table.add(std::move(column));
    MapSubject changed = *this;
    changed.derived = std::make_shared<const AttributeTable>(std::move(table));
    return changed;
}

std::optional<ItemIndex> MapSubject::selected(const WorkspaceSession& session) const
{
    if (!isPeople)
        return session.item();
    const auto user = session.person().user;
    return user ? std::optional(ItemIndex{user->value}) : std::nullopt;
}

void MapSubject::select(WorkspaceSession& session, ItemIndex item, std::optional<ModelId> of) const
{
    if (isPeople)
        session.selectPerson(UserIndex{item.value});
    else
        session.selectItem(item, of);
}

bool haveSameVectors(const std::shared_ptr<const ItemMap>& a, const std::shared_ptr<const ItemMap>& b)
{
    return a && b && a->model == b->model && a->space.vectors.all().data() == b->space.vectors.all().data();
}

MapSubjectPtr itemsOnMap(const WorkspaceSession& session)
{
    if (!session.dataset())
        return nullptr;
    return std::make_shared<const MapSubject>(
        MapSubject{false, session.dataset(), session.digest() ? session.digest()->items : nullptr, session.derived()});
}

} // namespace orrery::ui
