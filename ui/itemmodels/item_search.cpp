// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/item_search.h"

#include "ui/components/text.h"

namespace orrery::ui {

Picker::Search itemSearch(const std::shared_ptr<const DatasetDigest>& digest)
{
    return [digest](const QString& typed, int most) {
        std::vector<Picker::Choice> choices;
        if (digest)
            for (const int item : digest->titles.find(typed, most))
                choices.push_back(
                    {text(digest->dataset->title(ItemIndex{static_cast<std::uint32_t>(item)})), {}, item});
        return choices;
    };
}

Picker::Search personSearch(const std::shared_ptr<const DatasetDigest>& digest)
{
    return [digest](const QString& typed, int most) {
        std::vector<Picker::Choice> choices;
        if (digest)
            for (const int person : digest->names.find(typed, most))
                choices.push_back({personTitle(*digest->dataset, UserIndex{static_cast<std::uint32_t>(person)}),
                                   count(digest->people->counts[static_cast<std::size_t>(person)]), person});
        return choices;
    };
}

} // namespace orrery::ui
