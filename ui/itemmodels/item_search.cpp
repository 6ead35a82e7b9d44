// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/item_search.h"

#include "ui/components/text.h"

namespace orrery::ui {

Picker::Search itemSearch(const std::shared_ptr<const Dataset>& dataset)
{
    std::vector<QString> names;
    std::vector<float> weights;
    for (std::uint32_t i = 0; dataset && i < dataset->itemCount(); ++i) {
        names.push_back(text(dataset->title(ItemIndex{i})));
        weights.push_back(static_cast<float>(dataset->interactions().column(ItemIndex{i}).users.size()));
    }
    const auto index = std::make_shared<const NameIndex>(names, weights);
    return [index, names = std::move(names)](const QString& typed, int most) {
        std::vector<Picker::Choice> choices;
        for (const int item : index->find(typed, most))
            choices.push_back({names[static_cast<std::size_t>(item)], {}, item});
        return choices;
    };
}

} // namespace orrery::ui
