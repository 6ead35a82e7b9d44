// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/why_above_pane.h"

#include "ui/components/picker.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/inspector/contribution_bars.h"
#include "ui/itemmodels/item_search.h"
#include "ui/theme/tokens.h"

#include <QVBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr std::size_t barsShown = 7;

/// The largest differences, the rest summed into one line: they sum to the difference of the scores.
std::vector<ContributionBars::Line> linesOf(const WhyAbove& why)
{
    std::vector<ContributionBars::Line> lines;
    double rest = 0;
    for (std::size_t i = 0; i < why.reasons.size(); ++i) {
        const ReasonPair& reason = why.reasons[i];
        if (i >= barsShown)
            rest += reason.difference();
        else
            lines.push_back(
                {text(reason.label), reason.difference(),
                 WhyAbovePane::tr("%1\n%2 against %3")
                     .arg(text(reason.label), signedDecimal(reason.above, 4), signedDecimal(reason.below, 4))});
    }
    if (why.reasons.size() > barsShown)
        lines.push_back({WhyAbovePane::tr("%1 others").arg(why.reasons.size() - barsShown), rest, {}});
    return lines;
}

QString stepsText(const WhyAbove& why)
{
    QStringList lines;
    const auto place = [](std::uint32_t at) { return at > 0 ? count(at) : QStringLiteral("–"); };
    for (const StepPair& step : why.steps)
        lines
            << WhyAbovePane::tr("%1: place %2 against %3").arg(text(step.title), place(step.above), place(step.below));
    return lines.join(QChar(u'\n'));
}

} // namespace

WhyAbovePane::WhyAbovePane(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_picker(new Picker(tr("Above which one? Type a title"), this)),
      m_verdict(new QLabel(this)), m_bars(new ContributionBars(this)), m_steps(secondaryLabel({}, this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::sm);
    layout->addWidget(sectionLabel(tr("Why above another?"), this));
    m_picker->setObjectName(QStringLiteral("inspector.above"));
    m_verdict->setObjectName(QStringLiteral("inspector.aboveVerdict"));
    m_bars->setObjectName(QStringLiteral("inspector.aboveBars"));
    m_verdict->setTextFormat(Qt::PlainText);
    m_verdict->setWordWrap(true);
    m_steps->setWordWrap(true);
    for (QWidget* part : {static_cast<QWidget*>(m_picker), static_cast<QWidget*>(m_verdict),
                          static_cast<QWidget*>(m_bars), static_cast<QWidget*>(m_steps)})
        layout->addWidget(part);
    hideAnswer();
    connect(m_picker, &Picker::picked, this, [this](int item) {
        m_picker->clear();
        m_below = ItemIndex{static_cast<std::uint32_t>(item)};
        ask();
    });
    connect(&session, &WorkspaceSession::digestReady, this,
            [this] { m_picker->setSearch(itemSearch(m_session.digest())); });
    connect(&session, &WorkspaceSession::datasetChanged, this, [this] {
        m_below.reset();
        m_entry.reset();
        hideAnswer();
    });
    m_picker->setSearch(itemSearch(session.digest()));
}

void WhyAbovePane::setList(const ModelEntry& entry)
{
    m_entry = entry;
    ask();
}

void WhyAbovePane::hideAnswer()
{
    for (QWidget* part :
         {static_cast<QWidget*>(m_verdict), static_cast<QWidget*>(m_bars), static_cast<QWidget*>(m_steps)})
        part->hide();
}

void WhyAbovePane::ask()
{
    if (!m_entry || !m_below || !m_session.item() || m_below == m_session.item())
        return hideAnswer();
    m_session.jobs().startQuick<WhyAbove>(
        QStringLiteral("why above"),
        [dataset = m_session.dataset(), recommender = m_entry->recommender, query = m_session.query(),
         above = *m_session.item(),
         below = *m_below](const JobContext&) { return whyAbove(*dataset, *recommender, query, above, below); },
        this,
        [this, dataset = m_session.dataset()](const Result<WhyAbove>& why) {
            if (dataset != m_session.dataset())
                return;
            if (why)
                return show(*why);
            hideAnswer();
            m_verdict->setText(
                text(why.error().hint.empty() ? why.error().message : why.error().message + ": " + why.error().hint));
            m_verdict->show();
        });
}

void WhyAbovePane::show(const WhyAbove& why)
{
    m_verdict->setText(text(why.verdict));
    m_bars->setLines(linesOf(why), tr("difference of the scores"), why.scoreAbove - why.scoreBelow,
                     m_entry->row.colour);
    m_steps->setText(stepsText(why));
    for (QWidget* part :
         {static_cast<QWidget*>(m_verdict), static_cast<QWidget*>(m_bars), static_cast<QWidget*>(m_steps)})
        part->show();
}

} // namespace orrery::ui
