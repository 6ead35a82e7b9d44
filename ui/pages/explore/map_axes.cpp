// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_axes.h"

#include "core/projection/planted_match.h"
#include "ui/components/bar_row.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QSpinBox>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace orrery::ui {
namespace {

constexpr std::size_t endsShown = 5, correlationsShown = 6, fewestTagged = 20;

/// An axis and what is said about it.
struct Found {
    std::shared_ptr<const std::vector<float>> values;
    AxisEnds ends;
    std::vector<AxisCorrelation> correlations;
    std::optional<PlantedComparison> planted; ///< of all factors
};

// Items without a vector lie nowhere: their rows are all zeros.
Found describe(std::vector<float> values, const MatrixView& vectors, const Dataset& dataset)
{
    for (std::size_t row = 0; row < vectors.rows; ++row)
        if (std::ranges::none_of(vectors.row(row), [](float value) { return value != 0; }))
            values[row] = std::numeric_limits<float>::quiet_NaN();
    Found found;
    found.ends = endsOf(values, endsShown);
    found.correlations = correlate(values, dataset.items(), std::min(fewestTagged, values.size() / 10 + 1));
    found.correlations.resize(std::min(found.correlations.size(), correlationsShown));
    found.values = std::make_shared<const std::vector<float>>(std::move(values));
    return found;
}

} // namespace

struct MapAxes::Impl {
    Impl(MapAxes& owner, WorkspaceSession& openSession) : axes(owner), session(openSession) {}

    void build();
    void buildEnds(QVBoxLayout* layout);
    void take(std::vector<ItemIndex>& end);
    void refresh();
    void work();
    void show(const Found& found);
    void addPlanted(const PlantedComparison& found);
    /// Of items of a generated world; else null.
    [[nodiscard]] std::shared_ptr<const PlantedItems> plantedHere() const
    {
        return subject && !subject->isPeople ? session.planted() : nullptr;
    }
    void addItems(const QString& title, const std::vector<AxisPlace>& places);
    [[nodiscard]] bool isBetween() const { return !from.empty() && !to.empty(); }
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString wordsOf(const std::vector<ItemIndex>& items) const;

    MapAxes& axes;
    WorkspaceSession& session;
    std::shared_ptr<const ItemMap> map;
    MapSubjectPtr subject;
    std::vector<ItemIndex> selected, from, to;
    bool stale = true;
    QSpinBox* factor = nullptr;
    QLabel* fromWords = nullptr;
    QLabel* toWords = nullptr;
    QPushButton* takeFrom = nullptr;
    QPushButton* takeTo = nullptr;
    QPushButton* forget = nullptr;
    QVBoxLayout* answer = nullptr;
};

MapAxes::MapAxes(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

MapAxes::~MapAxes() = default;

void MapAxes::Impl::build()
{
    QVBoxLayout* layout = scrolledColumn(&axes);
    QWidget* inside = layout->parentWidget();
    auto* line = new QHBoxLayout;
    line->addWidget(sectionLabel(MapAxes::tr("Factor"), inside));
    factor = new QSpinBox(inside);
    factor->setObjectName(QStringLiteral("map.axes.factor"));
    factor->setAccessibleName(MapAxes::tr("Factor"));
    factor->setMinimum(1);
    line->addWidget(factor);
    line->addStretch();
    layout->addLayout(line);
    buildEnds(layout);
    layout->addWidget(horizontalRule(inside));
    answer = new QVBoxLayout;
    answer->setSpacing(space::xs);
    layout->addLayout(answer);
    layout->addStretch();
    connect(factor, &QSpinBox::valueChanged, &axes, [this] {
        from.clear();
        to.clear();
        refresh();
        work();
    });
    refresh();
}

void MapAxes::Impl::buildEnds(QVBoxLayout* layout)
{
    auto* help =
        secondaryLabel(MapAxes::tr("Or your own: select items at one end on the map, then at the other."), &axes);
    help->setWordWrap(true);
    layout->addWidget(help);
    const auto row = [&](const QString& words, const QString& name, QLabel*& label, std::vector<ItemIndex>& end) {
        auto* button = plainButton(words, &axes);
        button->setObjectName("map.axes." + name);
        layout->addWidget(button);
        label = secondaryLabel({}, &axes);
        label->setWordWrap(true);
        layout->addWidget(label);
        connect(button, &QPushButton::clicked, &axes, [this, &end] { take(end); });
        return button;
    };
    takeFrom = row(MapAxes::tr("From the selection"), QStringLiteral("from"), fromWords, from);
    takeTo = row(MapAxes::tr("To the selection"), QStringLiteral("to"), toWords, to);
    forget = linkButton(MapAxes::tr("Back to factors"), &axes);
    layout->addWidget(forget, 0, Qt::AlignLeft);
    connect(forget, &QPushButton::clicked, &axes, [this] {
        from.clear();
        to.clear();
        refresh();
        work();
    });
}

void MapAxes::Impl::take(std::vector<ItemIndex>& end)
{
    end = selected;
    refresh();
    if (isBetween())
        work();
}

QString MapAxes::Impl::wordsOf(const std::vector<ItemIndex>& items) const
{
    if (items.empty() || !subject)
        return MapAxes::tr("nothing yet");
    const QString first = subject->title(items.front());
    return items.size() == 1 ? first
                             : MapAxes::tr("%1 and %2 more").arg(first, count(static_cast<double>(items.size() - 1)));
}

QString MapAxes::Impl::title() const
{
    return isBetween() ? MapAxes::tr("From %1 to %2").arg(wordsOf(from), wordsOf(to))
                       : MapAxes::tr("Factor %1").arg(factor->value());
}

void MapAxes::Impl::refresh()
{
    takeFrom->setEnabled(!selected.empty());
    takeTo->setEnabled(!selected.empty());
    fromWords->setText(wordsOf(from));
    toWords->setText(wordsOf(to));
    forget->setVisible(!from.empty() || !to.empty());
}

void MapAxes::setMap(const std::shared_ptr<const ItemMap>& map, const MapSubjectPtr& subject)
{
    const std::shared_ptr<const ItemMap> before = std::exchange(m_impl->map, map);
    m_impl->subject = subject;
    if (haveSameVectors(before, map))
        return;
    m_impl->from.clear();
    m_impl->to.clear();
    const QSignalBlocker quiet(m_impl->factor);
    m_impl->factor->setMaximum(map ? std::max(1, static_cast<int>(map->space.vectors.cols)) : 1);
    m_impl->factor->setValue(1);
    m_impl->stale = true;
    m_impl->refresh();
    if (isVisible())
        shown();
}

void MapAxes::setSelected(std::vector<ItemIndex> items)
{
    m_impl->selected = std::move(items);
    m_impl->refresh();
}

void MapAxes::shown()
{
    if (m_impl->stale)
        m_impl->work();
}

void MapAxes::Impl::work()
{
    stale = false;
    if (!map || !subject)
        return;
    std::vector<std::uint32_t> first, last;
    std::ranges::transform(from, std::back_inserter(first), &ItemIndex::value);
    std::ranges::transform(to, std::back_inserter(last), &ItemIndex::value);
    if (!isBetween())
        first.clear();
    session.jobs().startQuick<Found>(
        QStringLiteral("map axis"),
        [asked = map, dataset = subject->dataset, planted = plantedHere(), first, last,
         place = static_cast<std::size_t>(factor->value() - 1)](const JobContext& job) -> Result<Found> {
            const MatrixView vectors = asked->space.vectors;
            if (first.empty())
                return valuesOfFactor(vectors, place).map([&](std::vector<float> values) {
                    Found found = describe(std::move(values), vectors, *dataset);
                    // With too few items for so many factors nothing is said of what was planted.
                    if (planted)
                        if (auto compared = comparePlanted(vectors, *planted, job))
                            found.planted = std::move(*compared);
                    return found;
                });
            return axisBetween(vectors, first, last).map([&](Axis axis) {
                return describe(std::move(axis.values), vectors, *dataset);
            });
        },
        &axes,
        [this, asked = map](Result<Found> found) {
            if (!haveSameVectors(asked, map))
                return;
            if (!found)
                return session.raise(messageOf(found.error()));
            show(*found);
            emit axes.axisChanged(found->values, title());
        });
}

void MapAxes::Impl::addItems(const QString& words, const std::vector<AxisPlace>& places)
{
    answer->addWidget(sectionLabel(words, &axes));
    const float farthest = places.empty() ? 1 : std::max(std::abs(places.front().value), 1e-6F);
    for (const AxisPlace& place : places) {
        const ItemIndex item{place.row};
        auto* row = new BarRow(subject->title(item), static_cast<double>(place.value),
                               static_cast<double>(std::abs(place.value) / farthest), 0, &axes);
        connect(row, &BarRow::clicked, &axes, [this, item] { emit axes.picked(item); });
        answer->addWidget(row);
    }
}

void MapAxes::Impl::show(const Found& found)
{
    clearLayout(answer);
    auto* heading = sectionLabel(title(), &axes);
    heading->setObjectName(QStringLiteral("map.axes.title"));
    heading->setWordWrap(true);
    answer->addWidget(heading);
    addItems(MapAxes::tr("One end"), found.ends.highest);
    addItems(MapAxes::tr("The other end"), found.ends.lowest);
    answer->addWidget(sectionLabel(MapAxes::tr("Goes along with"), &axes));
    for (const AxisCorrelation& one : found.correlations) {
        const QString words = one.tag.empty() ? text(one.column) : text(one.tag);
        answer->addWidget(
            secondaryLabel(MapAxes::tr("r %1  %2").arg(signedDecimal(one.r, 2), words.toHtmlEscaped()), &axes));
    }
    if (found.correlations.empty())
        answer->addWidget(secondaryLabel(MapAxes::tr("no attribute that is known"), &axes));
    if (found.planted)
        addPlanted(*found.planted);
}

void MapAxes::Impl::addPlanted(const PlantedComparison& found)
{
    const auto planted = plantedHere();
    if (!planted)
        return;
    answer->addWidget(sectionLabel(MapAxes::tr("Planted in this world"), &axes));
    const auto own =
        std::ranges::find(found.matches, static_cast<std::size_t>(factor->value() - 1), &PlantedMatch::factor);
    const QString match =
        own == found.matches.end()
            ? MapAxes::tr("this factor stands for none of it")
            : MapAxes::tr("r %1  %2")
                  .arg(signedDecimal(own->r, 2), text(planted->dimensions[own->dimension]).toHtmlEscaped());
    auto* matchLabel = secondaryLabel(match, &axes);
    matchLabel->setObjectName(QStringLiteral("map.axes.planted"));
    answer->addWidget(matchLabel);
    auto* explained = secondaryLabel(MapAxes::tr("All factors together explain %1 of what was planted.")
                                         .arg(percent(std::max(0., found.meanExplained))),
                                     &axes);
    explained->setObjectName(QStringLiteral("map.axes.explained"));
    explained->setWordWrap(true);
    explained->setToolTip(MapAxes::tr("Adjusted R² of a linear regression of each planted dimension on all factors, "
                                      "their mean. Factors may be turned: each then matches little."));
    answer->addWidget(explained);
}

} // namespace orrery::ui
