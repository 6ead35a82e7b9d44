// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/cost_pane.h"

#include "core/reranking/rule_catalog.h"
#include "ui/components/text.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr std::size_t segmentsShown = 4, shiftsShown = 3;

constexpr int ofItsSize = -1; // decimals

using Kind = RuleMeasure::Kind;

struct MeasureWords {
    QString title, note, tip;
    bool isShare = false;
    int decimals = 3;
};

MeasureWords wordsOf(Kind kind)
{
    const auto tr = [](const char* words) { return CostPane::tr(words); };
    switch (kind) {
    case Kind::Agreement:
        return {tr("agreement"), tr("with later choices, NDCG@10"),
                tr("How well the lists agree with what these people chose later; of those with a later choice")};
    case Kind::OwnOrder:
        return {tr("ranker's own order"), tr("kept of its best 10"),
                tr("What the lists are worth by the ranker alone, as a share of its best 10")};
    case Kind::Coverage:
        return {tr("catalog shown"), tr("to anybody of them"),
                tr("Share of the items that anybody of the sample is shown; interval by the jackknife"), true, 1};
    case Kind::Sellers:
        return {tr("sellers shown"), tr("to anybody of them"),
                tr("Share of the sellers of whom anybody is shown something; interval by the jackknife"), true, 1};
    case Kind::Diversity:
        return {tr("diversity"), tr("unlikeness within a list"),
                tr("Mean over pairs of a list of 1 - Jaccard index of their categories")};
    case Kind::Margin:
        return {tr("margin shown"), tr("of items, not revenue"), tr("Mean margin of the places shown"), false,
                ofItsSize};
    case Kind::HighMargin:
        return {tr("high margin"), tr("of places shown; not revenue"),
                tr("Share of places with an item of the tier \"high\""), true, 1};
    case Kind::NewSellers:
        return {tr("new sellers' share"), tr("of places shown"),
                tr("A seller is new when nothing of theirs came more than 90 days before the last event"), true, 1};
    case Kind::Novelty:
        return {tr("novelty"), tr("bits; one more: half as known"),
                tr("Mean over places shown of -log2 of the share of people who have the item"), false, 2};
    }
    return {};
}

/// Numbers of any size with three figures, others as declared.
int decimalsOf(double value, const MeasureWords& words)
{
    if (words.decimals >= 0)
        return words.decimals;
    return std::clamp(2 - static_cast<int>(std::floor(std::log10(std::max(std::abs(value), 1e-3)))), 0, 5);
}

QString shown(double value, const MeasureWords& words, int decimals)
{
    return words.isShare ? percent(value, decimals) : decimal(value, decimals);
}

QString shownChange(double value, const MeasureWords& words, int decimals)
{
    return words.isShare ? signedDecimal(100 * value, decimals) : signedDecimal(value, decimals);
}

QString titleOf(PlacesShift::Of of)
{
    switch (of) {
    case PlacesShift::Of::Category: return CostPane::tr("categories");
    case PlacesShift::Of::Brand: return CostPane::tr("brands");
    case PlacesShift::Of::Seller: return CostPane::tr("sellers");
    case PlacesShift::Of::Item: return CostPane::tr("items");
    }
    return {};
}

QString nameOf(const RuleCatalog& catalog, const PlacesShift& shift)
{
    if (shift.of == PlacesShift::Of::Item)
        return text(catalog.dataset().title(ItemIndex{shift.index}));
    const ItemGroup group = shift.of == PlacesShift::Of::Category ? ItemGroup::Category
                            : shift.of == PlacesShift::Of::Brand  ? ItemGroup::Brand
                                                                  : ItemGroup::Seller;
    return text(std::string(catalog.nameOf(group, shift.index)));
}

QString toneOf(int sign) { return sign > 0 ? QStringLiteral("good") : sign < 0 ? QStringLiteral("bad") : QString(); }

QLabel* plainLabel(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

MeasureRow::MeasureRow(QWidget* parent)
    : QWidget(parent), m_title(plainLabel(this)), m_before(plainLabel(this)), m_after(plainLabel(this)),
      m_note(new ElidedLabel({}, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::xs);
    m_before->setFont(numberFont(type::body));
    m_after->setFont(numberFont(type::body, QFont::DemiBold));
    setTone(m_before, QStringLiteral("secondary"));
    line->addWidget(m_title, 1);
    line->addWidget(m_before);
    line->addWidget(m_after);
    column->addLayout(line);
    m_note->setFont(ui::font(type::secondary));
    setTone(m_note, QStringLiteral("secondary"));
    column->addWidget(m_note);
    auto* rule = horizontalRule(this);
    column->addSpacing(space::sm);
    column->addWidget(rule);
}

void MeasureRow::clear()
{
    m_before->clear();
    m_after->clear();
}

// Its colour says only what the interval bears out, and only where more is better.
void MeasureRow::show(const RuleMeasure& measure)
{
    const MeasureWords words = wordsOf(measure.kind);
    const int decimals = decimalsOf(measure.before, words);
    m_title->setText(words.title);
    m_before->setText(tr("%1 →").arg(shown(measure.before, words, decimals)));
    m_after->setText(shown(measure.after, words, decimals));
    const bool isBetterMore = measure.kind != Kind::Novelty && measure.kind != Kind::OwnOrder;
    setTone(m_after, measure.isClear() && isBetterMore ? toneOf(measure.difference() > 0 ? 1 : -1) : QString());
    const double half = (measure.interval.high - measure.interval.low) / 2;
    m_note->setFullText(tr("%1 ± %2").arg(words.note, shown(half, words, decimals)));
    setToolTip(tr("%1\nChange %2, 95 %: %3 to %4 · %5")
                   .arg(words.tip, shownChange(measure.difference(), words, decimals),
                        shownChange(measure.interval.low, words, decimals),
                        shownChange(measure.interval.high, words, decimals),
                        counted(static_cast<double>(measure.people), tr("person"), tr("people"))));
}

void MeasureRow::showWaiting(RuleMeasure::Kind kind)
{
    const MeasureWords words = wordsOf(kind);
    m_title->setText(words.title);
    m_note->setFullText(tr("being worked out…"));
    setTone(m_after, QStringLiteral("secondary"));
    setToolTip(words.tip);
}

CostPane::CostPane(QWidget* parent) : Card(tr("What it costs"), parent)
{
    setFlush(true);
    auto* inside = new QWidget(this);
    auto* column = scrolledColumn(inside);
    column->setContentsMargins(space::md, space::md, space::md, space::md);
    body()->addWidget(inside, 1);
    m_instead = secondaryLabel({}, inside);
    m_instead->setWordWrap(true);
    m_instead->setObjectName(QStringLiteral("rules.cost.instead"));
    column->addWidget(m_instead);
    m_numbers = new QWidget(inside);
    column->addWidget(m_numbers);
    column->addStretch(1);
    m_column = new QVBoxLayout(m_numbers);
    m_column->setContentsMargins({});
    m_column->setSpacing(space::sm);
    for (std::size_t kind = 0; kind < m_rows.size(); ++kind) {
        m_rows[kind] = new MeasureRow(m_numbers);
        m_rows[kind]->setObjectName(QStringLiteral("rules.measure.%1").arg(kind));
        m_column->addWidget(m_rows[kind]);
    }
    buildPeople();
    buildShifts();
    m_unmet = plainLabel(m_numbers);
    m_unmet->setWordWrap(true);
    setTone(m_unmet, QStringLiteral("warning"));
    m_column->addWidget(m_unmet);
    m_note = secondaryLabel({}, m_numbers);
    m_note->setWordWrap(true);
    m_note->setObjectName(QStringLiteral("rules.cost.note"));
    m_column->addWidget(m_note);
    m_offer = new QPushButton(m_numbers);
    m_offer->setObjectName(QStringLiteral("rules.cost.twin"));
    m_offer->setToolTip(tr("Trains the same model once more, on what was known then, to count agreement fairly"));
    m_offer->hide();
    m_column->addWidget(m_offer);
    connect(m_offer, &QPushButton::clicked, this, &CostPane::twinWanted);
    m_numbers->hide();
}

void CostPane::buildPeople()
{
    m_affected = plainLabel(m_numbers);
    m_affected->setFont(ui::font(type::body, QFont::DemiBold));
    m_affected->setWordWrap(true);
    m_affected->setObjectName(QStringLiteral("rules.affected"));
    m_better = secondaryLabel({}, m_numbers);
    m_better->setWordWrap(true);
    m_better->setObjectName(QStringLiteral("rules.better"));
    m_column->addWidget(m_affected);
    m_column->addWidget(m_better);
    const std::array titles{tr("most changed"), tr("typical"), tr("most harmed")};
    const std::array tips{tr("Whose list is least like it was"), tr("The middle one of those whose list changes"),
                          tr("Whose list agrees less with their later choices by most")};
    auto* first = new QHBoxLayout;
    auto* second = new QHBoxLayout;
    for (std::size_t i = 0; i < titles.size(); ++i) {
        m_examples[i] = new QPushButton(titles[i], m_numbers);
        m_examples[i]->setProperty("look", "chip");
        m_examples[i]->setToolTip(tips[i]);
        m_examples[i]->setObjectName(QStringLiteral("rules.example.%1").arg(i));
        (i < 2 ? first : second)->addWidget(m_examples[i]);
        connect(m_examples[i], &QPushButton::clicked, this, [this, i] {
            const std::array people{m_change.mostChanged, m_change.typical, m_change.mostHarmed};
            if (people[i])
                emit exampleChosen(static_cast<int>(*people[i]));
        });
    }
    first->addStretch(1);
    second->addStretch(1);
    m_column->addLayout(first);
    m_column->addLayout(second);
    m_column->addWidget(horizontalRule(m_numbers));
    m_segmentsTitle = plainLabel(m_numbers);
    m_segmentsTitle->setFont(ui::font(type::body, QFont::DemiBold));
    m_segmentsTitle->setText(tr("For whom agreement changes"));
    m_column->addWidget(m_segmentsTitle);
    m_segments = new QVBoxLayout;
    m_segments->setSpacing(space::xs);
    m_column->addLayout(m_segments);
}

void CostPane::buildShifts()
{
    auto* head = new QHBoxLayout;
    auto* title = plainLabel(m_numbers);
    title->setText(tr("Places won and lost"));
    title->setFont(ui::font(type::body, QFont::DemiBold));
    m_of = new QComboBox(m_numbers);
    m_of->setObjectName(QStringLiteral("rules.shifts.of"));
    m_of->setAccessibleName(tr("Places won and lost by"));
    head->addWidget(title, 1);
    head->addWidget(m_of);
    m_column->addLayout(head);
    m_shifts = new QVBoxLayout;
    m_shifts->setSpacing(space::xs);
    m_column->addLayout(m_shifts);
    connect(m_of, &QComboBox::currentIndexChanged, this, [this] { showShifts(); });
}

void CostPane::say(const QString& words)
{
    m_instead->setText(words);
    m_instead->show();
    m_numbers->hide();
    m_rows[static_cast<std::size_t>(Kind::Agreement)]->clear(); // of somebody else
    m_better->clear();
    clearLayout(m_segments);
    m_segmentsTitle->hide();
}

void CostPane::setNote(const QString& words, bool warns)
{
    m_note->setText(words);
    setTone(m_note, warns ? QStringLiteral("warning") : QStringLiteral("secondary"));
}

// Later choices are a fair test only of a model that has not seen them.
void CostPane::showSample(const QString& model, Timestamp cut, const TwinPreview& twin)
{
    using State = TwinPreview::State;
    const State state = twin.state();
    m_offer->setVisible(state == State::Offered);
    m_offer->setText(tr("Learn as of %1 (%2)").arg(date(cut), duration(twin.seconds())));
    if (cut == endOfTime)
        return setNote(tr("These data have no times: there are no later choices to agree with."), false);
    const QString people = tr("People as they were on %1, and what they chose from then on.").arg(date(cut));
    const QString seen =
        tr("%1 may have learned from what they chose since: look at differences of agreement, not at levels.")
            .arg(model);
    const QString follows =
        tr("Agreement follows once a like of %1 has learned from what was before alone.").arg(model);
    const QString fair = tr("Agreement is that of a like of %1 that learned from what was before alone.").arg(model);
    switch (state) {
    case State::NotNeeded: return setNote(people, false);
    case State::Training: return setNote(people + u' ' + follows, false);
    case State::Ready: return setNote(people + u' ' + fair, false);
    case State::Impossible:
    case State::Offered: return setNote(people + u' ' + seen, true);
    }
}

void CostPane::show(const std::shared_ptr<const RuleCatalog>& catalog, const RuleChange& change, bool agreementFollows)
{
    m_catalog = catalog;
    m_change = change;
    for (std::size_t kind = 0; kind < m_rows.size(); ++kind) {
        const RuleMeasure* measure = change.find(static_cast<Kind>(kind));
        const bool waits = agreementFollows && kind == static_cast<std::size_t>(Kind::Agreement);
        m_rows[kind]->setVisible(measure || waits);
        if (measure)
            m_rows[kind]->show(*measure);
        else if (waits)
            m_rows[kind]->showWaiting(Kind::Agreement);
    }
    showAffected(change);
    if (!agreementFollows)
        showAgreement(change);
    const QSignalBlocker quiet(m_of);
    const QVariant kept = m_of->currentData();
    m_of->clear();
    for (const PlacesShift& shift : change.shifts)
        if (const auto of = static_cast<int>(shift.of); m_of->findData(of) < 0)
            m_of->addItem(titleOf(shift.of), of);
    m_of->setCurrentIndex(std::max(0, m_of->findData(kept)));
    showShifts();
    QStringList unmet;
    for (const Unmet& one : change.unmet)
        unmet << text(one.why);
    m_unmet->setText(unmet.mid(0, static_cast<qsizetype>(shiftsShown)).join(u'\n'));
    m_unmet->setVisible(!unmet.isEmpty());
    m_instead->hide();
    m_numbers->show();
}

void CostPane::showAffected(const RuleChange& change)
{
    const auto all = static_cast<double>(change.people.size());
    m_affected->setText(
        tr("%1 of %2 see a change.")
            .arg(percent(static_cast<double>(change.affected) / all), counted(all, tr("person"), tr("people"))));
    const std::array people{change.mostChanged, change.typical, change.mostHarmed};
    for (std::size_t i = 0; i < people.size(); ++i)
        m_examples[i]->setEnabled(people[i].has_value());
}

void CostPane::showAgreement(const RuleChange& change)
{
    showSegments(change);
    m_better->setText(change.judged == 0
                          ? tr("What they chose later is not known: no agreement can be told.")
                          : tr("Better for %1, worse for %2, the same agreement for the other %3 with later choices.")
                                .arg(count(static_cast<double>(change.better)),
                                     count(static_cast<double>(change.worse)),
                                     count(static_cast<double>(change.judged - change.better - change.worse))));
}

void CostPane::addLine(QVBoxLayout* to, const QString& words, const QString& number, int sign, const QString& tip)
{
    auto* line = new QWidget(m_numbers);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins({});
    auto* title = new ElidedLabel(words, line);
    auto* value = plainLabel(line);
    value->setText(number);
    value->setFont(numberFont(type::body));
    setTone(value, toneOf(sign));
    row->addWidget(title, 1);
    row->addWidget(value);
    line->setToolTip(plainTip(tip));
    to->addWidget(line);
}

// The largest changes first; colour only where the interval leaves out 0.
void CostPane::showSegments(const RuleChange& change)
{
    clearLayout(m_segments);
    std::vector<PeopleSegment> told;
    for (const PeopleSegment& segment : change.segments)
        if (segment.judged > 1 && segment.difference != 0)
            told.push_back(segment);
    std::ranges::stable_sort(told, std::greater<>(),
                             [](const PeopleSegment& segment) { return std::abs(segment.difference); });
    told.resize(std::min(told.size(), segmentsShown));
    for (const PeopleSegment& segment : told) {
        const bool isClear = segment.interval.low > 0 || segment.interval.high < 0;
        addLine(m_segments, tr("%1 %2").arg(text(segment.name), text(segment.value)), signedDecimal(segment.difference),
                isClear ? (segment.difference > 0 ? 1 : -1) : 0,
                tr("95 %: %1 to %2 · %3 with later choices, better for %4, worse for %5")
                    .arg(signedDecimal(segment.interval.low), signedDecimal(segment.interval.high))
                    .arg(counted(static_cast<double>(segment.judged), tr("person"), tr("people")))
                    .arg(segment.better)
                    .arg(segment.worse));
    }
    m_segmentsTitle->setVisible(!told.empty());
}

void CostPane::showShifts()
{
    clearLayout(m_shifts);
    const auto of = static_cast<PlacesShift::Of>(m_of->currentData().toInt());
    std::size_t won = 0, lost = 0;
    m_of->setVisible(m_of->count() > 0);
    for (const PlacesShift& shift : m_change.shifts) {
        const bool wins = shift.difference() > 0;
        if (shift.of != of || (wins ? won : lost)++ >= shiftsShown)
            continue;
        const bool isClear = shift.interval.low > 0 || shift.interval.high < 0;
        addLine(m_shifts, nameOf(*m_catalog, shift), signedDecimal(static_cast<double>(shift.difference()), 0),
                isClear ? (wins ? 1 : -1) : 0,
                tr("%1 to %2 places; change, 95 %: %3 to %4")
                    .arg(shift.before)
                    .arg(shift.after)
                    .arg(signedDecimal(shift.interval.low, 0), signedDecimal(shift.interval.high, 0)));
    }
    if (m_change.shifts.empty())
        addLine(m_shifts, tr("Nothing changes place"), {}, 0, {});
}

} // namespace orrery::ui
