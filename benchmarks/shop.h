// SPDX-License-Identifier: GPL-3.0-or-later
// A large shop without any sense in it, for timing: catalogs have what rules and features look at.
#pragma once

#include "core/base/rng.h"
#include "core/data/dataset.h"

#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace orrery::bench {

inline constexpr Timestamp day = 86'400, shopOpens = 1'700'000'000;

struct ShopCatalog {
    std::uint32_t items = 0;
    std::uint64_t departments = 30; ///< of ten categories each
    std::uint64_t brands = 5000, sellers = 500;
    std::size_t vectors = 0; ///< length of one an item; 0: none
};

/// Category (two a item), brand, seller (few have most), price, stock, margin, promoted, added; vectors.
inline AttributeTable catalogOf(const ShopCatalog& shop, Rng& rng)
{
    TagColumn categories, brands, sellers;
    NumberColumn stock, margin, promoted, added, price;
    const auto tag = [](TagColumn& column, const std::string& name) {
        column.tags.push_back(column.vocabulary.add(name));
    };
    for (std::uint32_t i = 0; i < shop.items; ++i) {
        const auto department = rng.below(shop.departments);
        tag(categories, fmt::format("department {}", department));
        tag(categories, fmt::format("category {}", 10 * department + rng.below(10)));
        tag(brands, fmt::format("brand {}", rng.below(shop.brands)));
        tag(sellers,
            fmt::format("seller {}", static_cast<int>(static_cast<double>(shop.sellers) * std::pow(rng.uniform(), 2))));
        for (TagColumn* column : {&categories, &brands, &sellers})
            column->starts.push_back(static_cast<std::uint32_t>(column->tags.size()));
        stock.values.push_back(static_cast<double>(rng.below(20)));
        margin.values.push_back(rng.uniform());
        price.values.push_back(1 + 200 * rng.uniform());
        promoted.values.push_back(rng.below(10) == 0 ? 1 : 0);
        added.values.push_back(static_cast<double>(shopOpens + static_cast<Timestamp>(rng.below(365)) * day));
    }
    AttributeTable table;
    for (auto& [name, column] : {std::pair{"category", &categories}, {"brand", &brands}, {"seller", &sellers}})
        table.add({name, std::move(*column)});
    for (auto& [name, column] : {std::pair{"price", &price},
                                 {"stock", &stock},
                                 {"margin", &margin},
                                 {"promoted", &promoted},
                                 {"added", &added}})
        table.add({name, std::move(*column)});
    if (shop.vectors > 0) {
        VectorColumn column{"text", shop.vectors, std::vector<float>(shop.items * shop.vectors)};
        for (float& value : column.values)
            value = static_cast<float>(rng.uniform()) - .5F;
        table.set(std::move(column));
    }
    return table;
}

/// People p0, p1, ... and items i0, i1, ...
inline std::shared_ptr<const Dataset> shopOf(std::uint32_t people, const ShopCatalog& shop, EventLog log, Rng& rng)
{
    DatasetParts parts{"shop", Feedback::Implicit, 0, 0, {}, {}, {}, {}, {}, {}};
    Vocabulary personIds, itemIds;
    for (std::uint32_t p = 0; p < people; ++p)
        personIds.add(fmt::format("p{}", p));
    for (std::uint32_t i = 0; i < shop.items; ++i)
        itemIds.add(fmt::format("i{}", i));
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = std::make_shared<const Vocabulary>(std::move(personIds));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(itemIds));
    parts.people = std::make_shared<const AttributeTable>();
    parts.items = std::make_shared<const AttributeTable>(catalogOf(shop, rng));
    return std::make_shared<const Dataset>(std::move(parts));
}

} // namespace orrery::bench
