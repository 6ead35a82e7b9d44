// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/inspector.h"

#include "ui/components/picker.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/inspector/neighbours_pane.h"
#include "ui/inspector/reasons.h"
#include "ui/inspector/why_above_pane.h"
#include "ui/itemmodels/item_search.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr std::size_t barsShown = 7;

QLabel* wrapped(QLabel* label)
{
    label->setWordWrap(true);
    label->setTextFormat(Qt::RichText);
    return label;
}

QWidget* pane(QWidget* parent, QVBoxLayout*& layout)
{
    auto* widget = new QWidget(parent);
    layout = new QVBoxLayout(widget);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    return widget;
}

// "crime · drama · 82 ratings, mean 3.9"
QString factsOf(const Dataset& dataset, ItemIndex item)
{
    QStringList parts;
    const QString genres =
        text(dataset.items().show("genres", item.value)).toLower().replace(QStringLiteral(", "), QStringLiteral(" · "));
    if (!genres.isEmpty())
        parts << genres;
    const auto column = dataset.interactions().column(item);
    double sum = 0;
    for (const float value : column.values)
        sum += static_cast<double>(value);
    const auto n = static_cast<double>(column.values.size());
    if (dataset.feedback() == Feedback::Explicit && n > 0)
        parts << QObject::tr("%1, mean %2")
                     .arg(counted(n, QObject::tr("rating"), QObject::tr("ratings")), decimal(sum / n, 1));
    else
        parts << counted(n, QObject::tr("person"), QObject::tr("people"));
    return parts.join(QStringLiteral(" · "));
}

QString wordsOf(const TrailStep& step)
{
    return QStringLiteral("%1: %2").arg(text(step.source), text(step.why)).toHtmlEscaped();
}

} // namespace

struct Inspector::Impl {
    Impl(Inspector& inspector, WorkspaceSession& openSession) : owner(inspector), session(openSession) {}

    void build();
    void buildHead(QVBoxLayout* layout);
    void buildWhy(QVBoxLayout* into);
    void buildWhyNot(QVBoxLayout* into);
    void buildNeighbours(QVBoxLayout* into);
    void showPane(int index);
    void refresh();
    void refreshCatalog();
    void ask();
    void showReasons(const std::vector<ModelEntry>& models, const std::vector<Reasons>& reasons);
    void showWay(const ItemTrace& trace);
    void showWhyNot(const std::vector<ModelEntry>& models, const std::vector<Reasons>& reasons);
    [[nodiscard]] std::vector<ModelEntry> models() const;

    Inspector& owner;
    WorkspaceSession& session;
    QLabel* title = nullptr;
    QLabel* facts = nullptr;
    QLabel* plot = nullptr;
    SegmentedControl* tabs = nullptr;
    SegmentedControl* which = nullptr;
    std::vector<QWidget*> panes; // why, why not, neighbours: one is shown
    QLabel* because = nullptr;
    QLabel* without = nullptr;
    ContributionBars* bars = nullptr;
    Card* way = nullptr;
    WhyAbovePane* above = nullptr;
    QVBoxLayout* whyNot = nullptr;
    Picker* whyNotPicker = nullptr;
    NeighboursPane* neighbours = nullptr;
    QWidget* content = nullptr;
    QLabel* nothing = nullptr;
};

Inspector::Inspector(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

Inspector::~Inspector() = default;

void Inspector::Impl::build()
{
    owner.setObjectName(QStringLiteral("inspector"));
    owner.setAttribute(Qt::WA_StyledBackground);
    QVBoxLayout* layout = scrolledColumn(&owner);
    owner.layout()->setContentsMargins(1, 0, 0, 0); // the hairline at its left
    QWidget* inside = layout->parentWidget();
    inside->setFixedWidth(space::inspectorWidth - 1);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    nothing =
        secondaryLabel(tr("Select a title in any list, table or chart: here is why it is there, why it is not, and "
                          "what is like it."),
                       inside);
    nothing->setWordWrap(true);
    layout->addWidget(nothing);
    QVBoxLayout* inner = nullptr;
    content = pane(inside, inner);
    layout->addWidget(content);
    buildHead(inner);
    buildWhy(inner);
    buildWhyNot(inner);
    buildNeighbours(inner);
    showPane(0);
    layout->addStretch();

    for (const auto signal :
         {&WorkspaceSession::itemSelected, &WorkspaceSession::comparisonChanged, &WorkspaceSession::datasetChanged})
        connect(&session, signal, &owner, [this] { refresh(); });
    // An edit does not change what is similar. Queued: the lists are asked for first, reasons after them.
    connect(
        &session, &WorkspaceSession::personChanged, &owner,
        [this] {
            ask();
            neighbours->refreshPeople();
        },
        Qt::QueuedConnection);
    for (const auto signal : {&WorkspaceSession::datasetChanged, &WorkspaceSession::digestReady})
        connect(&session, signal, &owner, [this] { refreshCatalog(); });
    refreshCatalog();
    refresh();
}

void Inspector::Impl::buildHead(QVBoxLayout* layout)
{
    title = wrapped(sectionLabel({}, content));
    title->setObjectName(QStringLiteral("inspector.title"));
    facts = wrapped(secondaryLabel({}, content));
    plot = wrapped(secondaryLabel({}, content));
    auto* texts = new QVBoxLayout;
    texts->setSpacing(space::xs);
    texts->addWidget(title);
    texts->addWidget(facts);
    texts->addWidget(plot);
    layout->addLayout(texts);
    tabs = new SegmentedControl({tr("Why"), tr("Why not"), tr("Neighbours")}, content);
    tabs->setObjectName(QStringLiteral("inspector.tabs"));
    layout->addWidget(tabs, 0, Qt::AlignLeft);
    connect(tabs, &SegmentedControl::currentChanged, &owner, [this](int index) { showPane(index); });
}

// Not a stacked widget: that does not ask its pages how high they are at a width, and would squeeze them.
void Inspector::Impl::showPane(int index)
{
    for (std::size_t i = 0; i < panes.size(); ++i)
        panes[i]->setVisible(static_cast<int>(i) == index);
}

void Inspector::Impl::buildWhy(QVBoxLayout* into)
{
    QVBoxLayout* layout = nullptr;
    QWidget* why = panes.emplace_back(pane(content, layout));
    into->addWidget(why);
    which = new SegmentedControl({tr("in A"), tr("in B")}, why);
    layout->addWidget(which, 0, Qt::AlignLeft);
    connect(which, &SegmentedControl::currentChanged, &owner, [this] { ask(); });
    because = wrapped(new QLabel(why));
    because->setObjectName(QStringLiteral("inspector.because"));
    without = wrapped(secondaryLabel({}, why));
    without->setObjectName(QStringLiteral("inspector.without"));
    bars = new ContributionBars(why);
    bars->setObjectName(QStringLiteral("inspector.bars"));
    way = new Card(tr("Its way into the list"), why);
    layout->addWidget(because);
    layout->addWidget(without);
    layout->addWidget(bars);
    layout->addWidget(way);
    above = new WhyAbovePane(session, why);
    layout->addWidget(above);
    layout->addStretch();
}

void Inspector::Impl::buildWhyNot(QVBoxLayout* into)
{
    QVBoxLayout* layout = nullptr;
    QWidget* holder = panes.emplace_back(pane(content, layout));
    into->addWidget(holder);
    whyNotPicker = new Picker(tr("Why not this one? Type a title"), holder);
    whyNotPicker->setObjectName(QStringLiteral("inspector.whyNot"));
    layout->addWidget(whyNotPicker);
    whyNot = new QVBoxLayout;
    whyNot->setSpacing(space::sm);
    layout->addLayout(whyNot);
    layout->addStretch();
    connect(whyNotPicker, &Picker::picked, &owner, [this](int item) {
        whyNotPicker->clear();
        session.selectItem(ItemIndex{static_cast<std::uint32_t>(item)});
    });
}

void Inspector::Impl::buildNeighbours(QVBoxLayout* into)
{
    QVBoxLayout* layout = nullptr;
    QWidget* holder = panes.emplace_back(pane(content, layout));
    into->addWidget(holder);
    neighbours = new NeighboursPane(session, holder);
    layout->addWidget(neighbours);
    layout->addStretch();
}

std::vector<ModelEntry> Inspector::Impl::models() const
{
    std::vector<ModelEntry> all;
    for (const ModelEntry* entry : {session.a(), session.b()})
        if (entry)
            all.push_back(*entry);
    if (const auto id = session.itemList())
        if (const ModelEntry* entry = session.model(*id);
            entry && std::ranges::none_of(all, [&](const ModelEntry& held) { return held.row.id == *id; }))
            all.push_back(*entry);
    return all;
}

void Inspector::Impl::refresh()
{
    const bool selected = session.dataset() && session.item();
    nothing->setVisible(!selected);
    content->setVisible(selected);
    if (!selected)
        return;
    const Dataset& dataset = *session.dataset();
    title->setText(text(dataset.title(*session.item())).toHtmlEscaped());
    facts->setText(factsOf(dataset, *session.item()).toHtmlEscaped());
    const QString story = text(dataset.items().show("plot", session.item()->value));
    plot->setText(story.toHtmlEscaped());
    plot->setVisible(!story.isEmpty());
    if (session.itemList() && session.b() && session.itemList() == session.b()->row.id)
        which->setCurrent(1);
    else if (session.itemList())
        which->setCurrent(0);
    which->setVisible(session.a() && session.b());
    ask();
    neighbours->refresh();
}

void Inspector::Impl::ask()
{
    const auto asked = models();
    if (!session.item() || asked.empty())
        return;
    session.jobs().startQuick<std::vector<Reasons>>(
        QStringLiteral("reasons"),
        [asked, query = session.query(),
         item = *session.item()](const JobContext& job) -> Result<std::vector<Reasons>> {
            std::vector<Reasons> all;
            for (const ModelEntry& entry : asked) {
                auto reasons = reasonsFor(*entry.recommender, query, item, job);
                if (!reasons)
                    return tl::unexpected(reasons.error());
                all.push_back(std::move(*reasons));
            }
            return all;
        },
        &owner,
        [this, asked, dataset = session.dataset()](Result<std::vector<Reasons>> reasons) {
            if (dataset != session.dataset())
                return; // items of another dataset
            if (!reasons)
                return session.raise({Message::Kind::Error, text(reasons.error().text()), {}});
            showReasons(asked, *reasons);
            showWhyNot(asked, *reasons);
        });
}

void Inspector::Impl::showReasons(const std::vector<ModelEntry>& asked, const std::vector<Reasons>& reasons)
{
    const Dataset& dataset = *session.dataset();
    const bool third = asked.size() > 2 && session.itemList() == asked[2].row.id;
    const std::size_t chosen =
        third ? 2 : std::min<std::size_t>(static_cast<std::size_t>(which->current()), asked.size() - 1);
    const Reasons& why = reasons[chosen];
    const Recommender& recommender = *asked[chosen].recommender;
    bars->setVisible(why.explanation.has_value());
    if (why.explanation) {
        const QString sentence = becauseText(dataset, *why.explanation);
        because->setText(sentence.isEmpty() ? tr("Nothing in the history speaks for it: see what does.") : sentence);
        bars->setLines(linesOf(dataset, *why.explanation, recommender.scale(), barsShown),
                       sumLabel(recommender.scale(), asked[chosen].name()),
                       shownSum(dataset, *why.explanation, recommender.scale()), asked[chosen].row.colour);
    } else {
        because->setText(tr("No exact reasons: %1").arg(text(why.cannot).toHtmlEscaped()));
    }
    without->setText(why.counterfactual ? withoutText(dataset, *why.counterfactual).toHtmlEscaped() : QString());
    without->setVisible(why.counterfactual.has_value());
    showWay(why.trace);
    above->setVisible(why.explanation.has_value());
    above->setList(asked[chosen]);
}

void Inspector::Impl::showWay(const ItemTrace& trace)
{
    clearLayout(way->body());
    for (const TrailStep& step : trace.trail)
        way->body()->addWidget(wrapped(secondaryLabel(wordsOf(step), way)));
    auto* verdict = wrapped(new QLabel(QStringLiteral("<b>%1</b>").arg(text(trace.verdict).toHtmlEscaped()), way));
    way->body()->addWidget(verdict);
}

void Inspector::Impl::showWhyNot(const std::vector<ModelEntry>& asked, const std::vector<Reasons>& reasons)
{
    clearLayout(whyNot);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        auto* card = new Card(asked[i].name(), panes[1]);
        auto* verdict = wrapped(new QLabel(text(reasons[i].trace.verdict).toHtmlEscaped(), card));
        card->body()->addWidget(verdict);
        for (const TrailStep& step : reasons[i].trace.trail)
            card->body()->addWidget(wrapped(secondaryLabel(wordsOf(step), card)));
        whyNot->addWidget(card);
    }
}

void Inspector::Impl::refreshCatalog() { whyNotPicker->setSearch(itemSearch(session.digest())); }

} // namespace orrery::ui
