// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/catalog_columns.h"
#include "core/pipeline/storefront.h"
#include "ui/pages/explore/item_card.h"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

namespace orrery::ui {

/// What the catalog says of items, as it stands on their cards.
class CardFaces {
public:
    /// Pictures are looked for from `folder`, where the workspace lies; those of other machines are not fetched.
    CardFaces(std::shared_ptr<const Storefront> shop, std::filesystem::path folder);
    /// Thread-safe; the first time that an item with a picture is asked for, its file is read.
    [[nodiscard]] CardFace face(const ShelfItem& item, Timestamp now) const;
    /// Whether items can be put into a cart: they have prices, somebody bought one, or nothing is known of it.
    [[nodiscard]] bool sells() const { return m_sells; }

private:
    [[nodiscard]] QString cell(CatalogField field, ItemIndex item) const;
    [[nodiscard]] QImage picture(ItemIndex item) const;
    [[nodiscard]] QStringList badges(ItemIndex item, Timestamp now) const;

    std::shared_ptr<const Storefront> m_shop;
    CatalogColumns m_columns;
    bool m_sells;
    std::filesystem::path m_folder;
    mutable std::mutex m_mutex;
    mutable std::map<ItemIndex, QImage> m_pictures; ///< read lately; null images of those that cannot be read
};

} // namespace orrery::ui
