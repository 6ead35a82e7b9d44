// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/data_page.h"
#include "ui/pages/explore/explore_page.h"
#include "ui/pages/home/home_page.h"
#include "ui/pages/judge/judge_page.h"
#include "ui/pages/recipes/recipes_page.h"
#include "ui/shell/page.h"

namespace orrery::ui {
namespace {

template <class P> Page* make(WorkspaceSession& session, QWidget* parent) { return new P(session, parent); }

} // namespace

const std::vector<PageEntry>& pageEntries()
{
    static const std::vector<PageEntry> entries = {
        {QStringLiteral("home"), QObject::tr("Home"), QStringLiteral("home"), false, make<HomePage>},
        {QStringLiteral("data"), QObject::tr("Data"), QStringLiteral("data"), true, make<DataPage>},
        {QStringLiteral("recipes"), QObject::tr("Recipes"), QStringLiteral("recipes"), false, make<RecipesPage>},
        {QStringLiteral("explore"), QObject::tr("Explore"), QStringLiteral("explore"), true, make<ExplorePage>},
        {QStringLiteral("judge"), QObject::tr("Judge"), QStringLiteral("judge"), true, make<JudgePage>},
    };
    return entries;
}

} // namespace orrery::ui
