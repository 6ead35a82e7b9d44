// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/card_faces.h"

#include "ui/components/text.h"
#include "ui/pages/explore/item_cover.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int newForHalfLives = 2;
constexpr double fewLeft = 5;
constexpr std::size_t mostPictures = 500; // about 100 MB

QString tr(const char* words) { return QCoreApplication::translate("CardFaces", words); }

double numberOf(const AttributeColumn* column, ItemIndex item)
{
    const auto* numbers = column ? std::get_if<NumberColumn>(&column->data) : nullptr;
    return numbers && item.value < numbers->values.size() ? numbers->values[item.value] : std::nan("");
}

bool hasSales(const EventLog& log)
{
    return log.kinds().empty() || std::ranges::any_of(log.kinds(), [](EventKind kind) {
               return kind == EventKind::Cart || kind == EventKind::Purchase;
           });
}

} // namespace

CardFaces::CardFaces(std::shared_ptr<const Storefront> shop, std::filesystem::path folder)
    : m_shop(std::move(shop)), m_columns(m_shop->dataset().items()),
      m_sells(m_columns[CatalogField::Price] || hasSales(m_shop->dataset().log())), m_folder(std::move(folder))
{
}

QString CardFaces::cell(CatalogField field, ItemIndex item) const
{
    const AttributeColumn* column = m_columns[field];
    return column ? text(m_shop->dataset().items().show(column->name, item.value)) : QString();
}

QStringList CardFaces::badges(ItemIndex item, Timestamp now) const
{
    QStringList badges;
    const Timestamp last = now == endOfTime ? m_shop->last() : now;
    const Timestamp added = m_shop->added(item);
    if (added != noTime && last != noTime && last - added < newForHalfLives * m_shop->halfLife())
        badges << tr("new");
    if (const double promoted = numberOf(m_columns[CatalogField::Promoted], item); promoted > 0)
        badges << tr("offer");
    const double stock = numberOf(m_columns[CatalogField::Stock], item);
    if (stock > 0 && stock <= fewLeft)
        badges << tr("%1 left").arg(count(stock));
    return badges;
}

CardFace CardFaces::face(const ShelfItem& shown, Timestamp now) const
{
    CardFace face;
    face.item = shown.item;
    face.isForSale = m_sells;
    face.title = text(m_shop->dataset().title(shown.item));
    face.badges = badges(shown.item, now);
    face.why = text(shown.why);
    face.maker = cell(CatalogField::Brand, shown.item);
    face.category = cell(CatalogField::Category, shown.item).section(QStringLiteral(", "), 0, 0);
    if (const double price = numberOf(m_columns[CatalogField::Price], shown.item); std::isfinite(price))
        face.price = decimal(price, 2);
    face.picture = picture(shown.item);
    return face;
}

QImage CardFaces::picture(ItemIndex item) const
{
    const QString name = cell(CatalogField::Image, item);
    if (name.isEmpty() || name.contains(QStringLiteral("://")))
        return {};
    const std::scoped_lock lock(m_mutex);
    if (const auto known = m_pictures.find(item); known != m_pictures.end())
        return known->second;
    if (m_pictures.size() >= mostPictures)
        m_pictures.clear();
    const QFileInfo file(QString::fromStdString((m_folder / name.toStdString()).string()));
    return m_pictures[item] = file.isFile() ? readPicture(file.absoluteFilePath(), ItemCard::pictureSize) : QImage();
}

} // namespace orrery::ui
