// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_oddities.h"

#include "core/data/telling_tags.h"
#include "core/projection/hubs.h"
#include "core/projection/misplaced.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace orrery::ui {
namespace {

constexpr std::size_t hubNeighbours = 10, hubsShown = 5, misplacedShown = 8;

QString tagNames(const TagColumn& tags, std::span<const std::uint32_t> row)
{
    QStringList names;
    for (const std::uint32_t tag : row)
        names << text(std::string(tags.vocabulary.name(tag)));
    return names.join(QStringLiteral(", "));
}

} // namespace

struct MapOddities::Impl {
    Impl(MapOddities& owner, WorkspaceSession& openSession) : widget(owner), session(openSession) {}

    void build();
    QPushButton* buildSection(QVBoxLayout* layout, const QString& title, const QString& help, const QString& name,
                              QVBoxLayout*& answer);
    void refreshKinds();
    void refresh();
    [[nodiscard]] const TagColumn* kindTags() const;
    void askHubs();
    void showHubs(const Hubness& found);
    void askMisplaced();
    void showMisplaced(const Misplacement& found, const TagColumn& tags);
    void addItem(QVBoxLayout* to, const QString& words, const QString& reason, ItemIndex item);
    void addGroup(QVBoxLayout* to, const QString& words, std::vector<ItemIndex> items);

    MapOddities& widget;
    WorkspaceSession& session;
    std::shared_ptr<const ItemMap> map;
    MapSubjectPtr subject;
    QPushButton* findHubs = nullptr;
    QPushButton* findMisplaced = nullptr;
    QComboBox* kinds = nullptr;
    QVBoxLayout* hubs = nullptr;
    QVBoxLayout* misplaced = nullptr;
};

MapOddities::MapOddities(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

MapOddities::~MapOddities() = default;

void MapOddities::Impl::build()
{
    QVBoxLayout* layout = scrolledColumn(&widget);
    QWidget* inside = layout->parentWidget();
    kinds = new QComboBox(inside);
    kinds->setObjectName(QStringLiteral("map.oddities.kinds"));
    kinds->setAccessibleName(MapOddities::tr("What says of which kind they are"));
    kinds->setToolTip(kinds->accessibleName());
    findMisplaced = buildSection(
        layout, MapOddities::tr("Misplaced"),
        MapOddities::tr("Those that lie among others than their kind: fewer of the nearest share a tag with them than "
                        "chance would have it."),
        QStringLiteral("misplaced"), misplaced);
    layout->insertWidget(layout->indexOf(findMisplaced), kinds);
    layout->addWidget(horizontalRule(inside));
    findHubs = buildSection(layout, MapOddities::tr("Hubs and orphans"),
                            MapOddities::tr("Those that are everyone's neighbour, and those that are nobody's."),
                            QStringLiteral("hubs"), hubs);
    layout->addStretch();
    connect(findHubs, &QPushButton::clicked, &widget, [this] { askHubs(); });
    connect(findMisplaced, &QPushButton::clicked, &widget, [this] { askMisplaced(); });
    connect(kinds, &QComboBox::currentIndexChanged, &widget, [this] { clearLayout(misplaced); });
    refresh();
}

QPushButton* MapOddities::Impl::buildSection(QVBoxLayout* layout, const QString& title, const QString& help,
                                             const QString& name, QVBoxLayout*& answer)
{
    QWidget* inside = layout->parentWidget();
    layout->addWidget(sectionLabel(title, inside));
    auto* words = secondaryLabel(help, inside);
    words->setWordWrap(true);
    layout->addWidget(words);
    auto* button = plainButton(MapOddities::tr("Find them"), inside);
    button->setObjectName("map.oddities." + name);
    layout->addWidget(button);
    answer = new QVBoxLayout;
    answer->setSpacing(space::xs);
    layout->addLayout(answer);
    return button;
}

void MapOddities::setMap(const std::shared_ptr<const ItemMap>& map, const MapSubjectPtr& subject)
{
    const std::shared_ptr<const ItemMap> before = std::exchange(m_impl->map, map);
    m_impl->subject = subject;
    m_impl->refreshKinds();
    m_impl->refresh();
    if (haveSameVectors(before, map))
        return;
    clearLayout(m_impl->hubs);
    clearLayout(m_impl->misplaced);
}

void MapOddities::Impl::refreshKinds()
{
    const QString kept = kinds->currentText();
    const QSignalBlocker quiet(kinds);
    kinds->clear();
    if (!subject)
        return;
    const AttributeColumn* telling = tellingTags(subject->dataset->items(), subject->dataset->itemCount());
    for (const AttributeColumn& column : subject->dataset->items().columns())
        if (std::holds_alternative<TagColumn>(column.data)) {
            kinds->addItem(columnTitle(column.name), text(column.name));
            if (&column == telling)
                kinds->setCurrentIndex(kinds->count() - 1);
        }
    if (const int at = kinds->findText(kept); at >= 0)
        kinds->setCurrentIndex(at);
}

const TagColumn* MapOddities::Impl::kindTags() const
{
    return subject ? subject->dataset->items().tags(kinds->currentData().toString().toStdString()) : nullptr;
}

void MapOddities::Impl::refresh()
{
    findHubs->setEnabled(map != nullptr);
    findMisplaced->setEnabled(map && kindTags());
    findMisplaced->setToolTip(!map || kindTags() ? QString()
                                                 : MapOddities::tr("No tags (such as genres) are known of these"));
    kinds->setVisible(kinds->count() > 1);
}

void MapOddities::Impl::addItem(QVBoxLayout* to, const QString& words, const QString& reason, ItemIndex item)
{
    auto* link = linkButton(words, &widget);
    link->setToolTip(reason);
    connect(link, &QPushButton::clicked, &widget, [this, item] { emit widget.picked(item); });
    to->addWidget(link, 0, Qt::AlignLeft);
}

void MapOddities::Impl::addGroup(QVBoxLayout* to, const QString& words, std::vector<ItemIndex> items)
{
    auto* link = linkButton(words, &widget);
    link->setEnabled(!items.empty());
    connect(link, &QPushButton::clicked, &widget, [this, items = std::move(items)] { emit widget.chosen(items); });
    to->addWidget(link, 0, Qt::AlignLeft);
}

void MapOddities::Impl::askHubs()
{
    if (!map)
        return;
    findHubs->setEnabled(false);
    session.jobs().startBehind<Hubness>(
        QStringLiteral("hubs"), [asked = map](const JobContext& job) { return hubsOf(*asked, hubNeighbours, job); },
        &widget,
        [this, asked = map](Result<Hubness> found) {
            refresh();
            if (!haveSameVectors(asked, map))
                return;
            if (!found)
                return session.raise(messageOf(found.error()));
            showHubs(*found);
        });
}

void MapOddities::Impl::showHubs(const Hubness& found)
{
    clearLayout(hubs);
    for (std::size_t i = 0; i < std::min(hubsShown, found.hubs.size()); ++i) {
        const ItemIndex item = map->items[found.hubs[i]];
        addItem(hubs,
                MapOddities::tr("%1 × %2").arg(count(static_cast<double>(found.occurrences[found.hubs[i]])),
                                               subject->title(item)),
                MapOddities::tr("among the %1 nearest of so many others").arg(hubNeighbours), item);
    }
    const auto group = [&](const std::vector<std::uint32_t>& points, const QString& one, const QString& many) {
        std::vector<ItemIndex> items;
        items.reserve(points.size());
        for (const std::uint32_t point : points)
            items.push_back(map->items[point]);
        addGroup(hubs, MapOddities::tr("Select all %1").arg(counted(static_cast<double>(points.size()), one, many)),
                 std::move(items));
    };
    group(found.hubs, MapOddities::tr("hub"), MapOddities::tr("hubs"));
    group(found.orphans, MapOddities::tr("orphan"), MapOddities::tr("orphans"));
}

void MapOddities::Impl::askMisplaced()
{
    const TagColumn* tags = kindTags();
    if (!map || !tags)
        return;
    findMisplaced->setEnabled(false);
    session.jobs().startBehind<Misplacement>(
        QStringLiteral("misplaced"),
        [asked = map, tags, owner = subject->dataset](const JobContext& job) {
            return misplacedItems(*asked, *tags, job);
        },
        &widget,
        [this, asked = map, tags, owner = subject->dataset](Result<Misplacement> found) {
            refresh();
            if (!haveSameVectors(asked, map) || tags != kindTags())
                return;
            if (!found)
                return session.raise(messageOf(found.error()));
            showMisplaced(*found, *tags);
        });
}

void MapOddities::Impl::showMisplaced(const Misplacement& found, const TagColumn& tags)
{
    clearLayout(misplaced);
    for (std::size_t i = 0; i < std::min(misplacedShown, found.worst.size()); ++i) {
        const Misplaced& one = found.worst[i];
        const QString reason = MapOddities::tr("%1 of its %2 nearest share a tag with it; of all, %3 do")
                                   .arg(one.alike)
                                   .arg(found.neighbours)
                                   .arg(percent(one.share));
        addItem(misplaced, subject->title(one.item), reason, one.item);
        auto* words = secondaryLabel(
            MapOddities::tr("%1 among %2").arg(tagNames(tags, tags.row(one.item.value)), tagNames(tags, one.around)),
            &widget);
        words->setWordWrap(true);
        words->setToolTip(reason);
        misplaced->addWidget(words);
    }
    std::vector<ItemIndex> items;
    for (const Misplaced& one : found.worst)
        items.push_back(one.item);
    if (items.empty())
        return misplaced->addWidget(secondaryLabel(MapOddities::tr("None: all lie among their kind."), &widget));
    const QString words = MapOddities::tr("Select all %1").arg(subject->counted(static_cast<double>(items.size())));
    addGroup(misplaced, words, std::move(items));
}

} // namespace orrery::ui
