// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/neighbours_pane.h"

#include "core/retrieval/in_common.h"
#include "core/retrieval/neighbour_comparison.h"
#include "ui/components/bar_row.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr std::size_t itemsShown = 8, compared = 10, peopleShown = 5, valuesShown = 6, namesShown = 4;

/// What one model says is like an item.
struct Found {
    std::vector<Neighbour> items; ///< `compared` or fewer
    std::vector<InCommon> common; ///< one an item
    std::optional<NeighbourComparison<ItemIndex>> other;
    QString cannot;
};

struct FoundPeople {
    std::vector<SimilarPerson> people;
    std::vector<InCommon> common;
};

Result<Found> neighboursOf(const Dataset& dataset, const Recommender& recommender, const Recommender* beside,
                           ItemIndex item)
{
    Found found;
    const ModelPtr model = recommender.model();
    if (!model || !recommender.capabilities().similarItems) {
        found.cannot = text(recommender.capabilities().reason);
        return found;
    }
    auto items = model->similarItems(item, compared);
    if (!items) {
        found.cannot = text(items.error().message);
        return found;
    }
    found.items = std::move(*items);
    std::vector<ItemIndex> others;
    std::ranges::transform(found.items, std::back_inserter(others), &Neighbour::item);
    found.common = inCommon(dataset, item, others);
    if (beside && beside->model() && beside->capabilities().similarItems)
        if (auto comparison = compareSimilarItems(*beside->model(), *model, item, compared))
            found.other = std::move(*comparison);
    return found;
}

QLabel* wrapped(QLabel* label)
{
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

struct NeighboursPane::Impl {
    Impl(NeighboursPane& owner, WorkspaceSession& openSession) : pane(owner), session(openSession) {}

    void build();
    void chooseModel();
    void ask();
    void show(const Found& found);
    void showCommon(const InCommon& common, const QString& title);
    void showComparison(const NeighbourComparison<ItemIndex>& comparison, const QString& other);
    void showPeople(const FoundPeople& found);
    [[nodiscard]] QString namesOf(const std::vector<ComparedNeighbour<ItemIndex>>& items) const;
    /// The model asked, and the one it is compared with.
    [[nodiscard]] std::pair<const ModelEntry*, const ModelEntry*> asked() const;

    NeighboursPane& pane;
    WorkspaceSession& session;
    SegmentedControl* which = nullptr;
    QLabel* heading = nullptr;
    QVBoxLayout* rows = nullptr;
    Card* comparison = nullptr;
    Card* common = nullptr;
    Card* people = nullptr;
    QPushButton* select = nullptr;
    std::vector<ItemIndex> shown;
};

NeighboursPane::NeighboursPane(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

NeighboursPane::~NeighboursPane() = default;

void NeighboursPane::Impl::build()
{
    auto* layout = new QVBoxLayout(&pane);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    which = new SegmentedControl({NeighboursPane::tr("by A"), NeighboursPane::tr("by B")}, &pane);
    which->setObjectName(QStringLiteral("neighbours.which"));
    layout->addWidget(which, 0, Qt::AlignLeft);
    heading = wrapped(secondaryLabel({}, &pane));
    heading->setObjectName(QStringLiteral("neighbours.heading"));
    layout->addWidget(heading);
    rows = new QVBoxLayout;
    rows->setSpacing(0);
    layout->addLayout(rows);
    select = linkButton(NeighboursPane::tr("Select them on the map"), &pane);
    select->setObjectName(QStringLiteral("neighbours.select"));
    layout->addWidget(select, 0, Qt::AlignLeft);
    comparison = new Card({}, &pane);
    comparison->setObjectName(QStringLiteral("neighbours.comparison"));
    common = new Card(NeighboursPane::tr("In common"), &pane);
    people = new Card({}, &pane);
    people->setObjectName(QStringLiteral("neighbours.people"));
    for (Card* card : {comparison, common, people})
        layout->addWidget(card);
    connect(which, &SegmentedControl::currentChanged, &pane, [this] {
        ask();
        pane.refreshPeople();
    });
    connect(select, &QPushButton::clicked, &pane, [this] {
        auto items = shown;
        if (session.item())
            items.push_back(*session.item());
        session.chooseItems(items);
    });
}

std::pair<const ModelEntry*, const ModelEntry*> NeighboursPane::Impl::asked() const
{
    const ModelEntry *a = session.a(), *b = session.b();
    const auto list = session.itemList();
    // A list beside A and B, in which the item was selected, speaks for itself.
    if (list && (!a || *list != a->row.id) && (!b || *list != b->row.id))
        if (const ModelEntry* third = session.model(*list))
            return {third, a};
    if (!a || !b)
        return {a ? a : b, nullptr};
    return which->current() == 0 ? std::pair{a, b} : std::pair{b, a};
}

void NeighboursPane::Impl::chooseModel()
{
    const ModelEntry *a = session.a(), *b = session.b();
    if (!a || !b)
        return;
    const auto can = [](const ModelEntry* entry) { return entry->recommender->capabilities().similarItems; };
    const bool inB = session.itemList() == b->row.id;
    which->setCurrent((inB && can(b)) || (!can(a) && can(b)) ? 1 : 0);
}

void NeighboursPane::refresh()
{
    m_impl->chooseModel();
    m_impl->ask();
    refreshPeople();
}

void NeighboursPane::Impl::ask()
{
    which->setVisible(session.a() && session.b());
    const auto [model, beside] = asked();
    if (!model || !session.item())
        return;
    session.jobs().startQuick<Found>(
        QStringLiteral("similar"),
        [dataset = session.dataset(), recommender = model->recommender, other = beside ? beside->recommender : nullptr,
         item = *session.item()](const JobContext&) { return neighboursOf(*dataset, *recommender, other.get(), item); },
        &pane,
        [this, dataset = session.dataset(), item = session.item()](Result<Found> found) {
            if (found && dataset == session.dataset() && item == session.item())
                show(*found);
        });
}

void NeighboursPane::refreshPeople()
{
    const auto [model, beside] = m_impl->asked();
    WorkspaceSession& session = m_impl->session;
    const bool can = model && model->recommender->model() && model->recommender->capabilities().similarPeople;
    m_impl->people->setVisible(false);
    if (!can || !session.dataset())
        return;
    session.jobs().startQuick<FoundPeople>(
        QStringLiteral("similar people"),
        [dataset = session.dataset(), recommender = model->recommender,
         query = session.query()](const JobContext&) -> Result<FoundPeople> {
            auto found = recommender->model()->similarPeople(query, peopleShown);
            if (!found)
                return tl::unexpected(found.error());
            FoundPeople people{std::move(*found), {}};
            std::vector<UserIndex> others;
            std::ranges::transform(people.people, std::back_inserter(others), &SimilarPerson::person);
            if (query.user)
                people.common = inCommon(*dataset, *query.user, others);
            return people;
        },
        this,
        [this, dataset = session.dataset()](Result<FoundPeople> found) {
            if (found && dataset == m_impl->session.dataset())
                m_impl->showPeople(*found);
        });
}

void NeighboursPane::Impl::show(const Found& found)
{
    clearLayout(rows);
    shown.clear();
    const auto [model, beside] = asked();
    const Dataset& dataset = *session.dataset();
    heading->setText(found.cannot.isEmpty() ? NeighboursPane::tr("Closest under %1").arg(model->name()) : found.cannot);
    select->setVisible(!found.items.empty());
    common->setVisible(false);
    const float nearest = found.items.empty() ? 1 : found.items.front().similarity;
    for (std::size_t i = 0; i < std::min(itemsShown, found.items.size()); ++i) {
        const Neighbour& one = found.items[i];
        const QString title = text(dataset.title(one.item));
        // Cosines are lengths of their own; what has no such bound is shown against the nearest.
        const double length =
            nearest > 1 ? static_cast<double>(one.similarity / nearest) : static_cast<double>(one.similarity);
        auto* row = new BarRow(title, static_cast<double>(one.similarity), length, model->row.colour, &pane);
        rows->addWidget(row);
        shown.push_back(one.item);
        connect(row, &BarRow::clicked, &pane, [this, item = one.item] { session.selectItem(item); });
        connect(row, &BarRow::looked, &pane, [this, both = found.common[i], title] { showCommon(both, title); });
        if (i == 0)
            showCommon(found.common[0], title);
    }
    comparison->setVisible(found.other.has_value());
    if (found.other)
        showComparison(*found.other, beside->name());
}

void NeighboursPane::Impl::showCommon(const InCommon& both, const QString& title)
{
    clearLayout(common->body());
    common->setVisible(true);
    common->body()->addWidget(wrapped(secondaryLabel(NeighboursPane::tr("with %1").arg(title), common)));
    QStringList values;
    for (const CommonAttribute& attribute : both.attributes)
        for (const std::string& value : attribute.values)
            if (values.size() < static_cast<int>(valuesShown))
                values << text(value);
    common->body()->addWidget(wrapped(new QLabel(
        values.isEmpty() ? NeighboursPane::tr("no attribute") : values.join(QStringLiteral(" · ")), common)));
    const double lift = both.liked.lift();
    QString audience = counted(static_cast<double>(both.liked.both), NeighboursPane::tr("person liked both"),
                               NeighboursPane::tr("people liked both"));
    if (std::isfinite(lift) && both.liked.both > 0)
        audience += NeighboursPane::tr(", %1 times what chance would give").arg(decimal(lift, 1));
    common->body()->addWidget(wrapped(new QLabel(audience, common)));
}

QString NeighboursPane::Impl::namesOf(const std::vector<ComparedNeighbour<ItemIndex>>& items) const
{
    QStringList names;
    for (std::size_t i = 0; i < std::min(items.size(), namesShown); ++i)
        names << text(session.dataset()->title(items[i].who));
    if (items.size() > namesShown)
        names << NeighboursPane::tr("%1 more").arg(items.size() - namesShown);
    return names.join(QStringLiteral(", "));
}

void NeighboursPane::Impl::showComparison(const NeighbourComparison<ItemIndex>& found, const QString& other)
{
    clearLayout(comparison->body());
    comparison->setTitle(NeighboursPane::tr("%1 of %2 shared with %3")
                             .arg(found.shared.size())
                             .arg(found.shared.size() + found.gained.size())
                             .arg(other));
    if (!found.gained.empty())
        comparison->body()->addWidget(
            wrapped(secondaryLabel(NeighboursPane::tr("only here: %1").arg(namesOf(found.gained)), comparison)));
    if (!found.lost.empty())
        comparison->body()->addWidget(
            wrapped(secondaryLabel(NeighboursPane::tr("only there: %1").arg(namesOf(found.lost)), comparison)));
}

void NeighboursPane::Impl::showPeople(const FoundPeople& found)
{
    clearLayout(people->body());
    people->setVisible(!found.people.empty());
    const auto user = session.person().user;
    const Dataset& dataset = *session.dataset();
    people->setTitle(user ? NeighboursPane::tr("People like %1").arg(text(dataset.personName(*user)))
                          : NeighboursPane::tr("People like the guest"));
    const int colour = asked().first->row.colour;
    const float nearest = std::max(1.F, found.people.empty() ? 1.F : found.people.front().similarity);
    for (std::size_t i = 0; i < found.people.size(); ++i) {
        const SimilarPerson& one = found.people[i];
        const QString name = text(dataset.personName(one.person));
        auto* row = new BarRow(NeighboursPane::tr("Person %1").arg(name), static_cast<double>(one.similarity),
                               static_cast<double>(one.similarity / nearest), colour, people);
        if (i < found.common.size())
            row->setToolTip(counted(static_cast<double>(found.common[i].liked.both),
                                    NeighboursPane::tr("item liked by both"),
                                    NeighboursPane::tr("items liked by both")));
        connect(row, &BarRow::clicked, &pane, [this, person = one.person] { session.selectPerson(person); });
        people->body()->addWidget(row);
    }
}

} // namespace orrery::ui
