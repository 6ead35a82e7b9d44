// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/next_card.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr std::uint32_t worthNaming = 20; // places; a later hit is no find
constexpr int wordsWidth = 470;           // what stands before and after the chips
constexpr int chipWidth = 225;            // at most
constexpr int mostCharacters = 22;
constexpr std::size_t mostInTip = 25;

// Choices that some list had near its top come first.
std::uint32_t bestPlace(const NextChoice& choice)
{
    std::uint32_t best = ~0U;
    for (const std::uint32_t rank : choice.ranks)
        if (rank > 0)
            best = std::min(best, rank);
    return best;
}

QString places(const NextChoice& choice, std::size_t models)
{
    QStringList parts;
    for (std::size_t i = 0; i < models; ++i)
        if (choice.ranks[i] > 0 && choice.ranks[i] <= worthNaming)
            parts << QStringLiteral("%1 %2").arg(QChar(u'A' + static_cast<char16_t>(i))).arg(choice.ranks[i]);
    return parts.isEmpty() ? NextCard::tr("neither") : parts.join(QStringLiteral(", "));
}

} // namespace

NextCard::NextCard(QWidget* parent) : QFrame(parent)
{
    setProperty("role", "card");
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::md, space::sm, space::md, space::sm);
    layout->setSpacing(space::md);
    m_title = new QLabel(tr("What they did next"), this);
    m_title->setFont(ui::font(type::body, QFont::DemiBold));
    m_when = secondaryLabel({}, this);
    m_when->setObjectName(QStringLiteral("next.when"));
    m_chips = new QHBoxLayout;
    m_chips->setSpacing(space::sm);
    layout->addWidget(m_title);
    layout->addWidget(m_when);
    layout->addLayout(m_chips);
    layout->addStretch();
}

void NextCard::show(const Dataset& dataset, const PersonView& view, const std::vector<ModelEntry>& models,
                    Timestamp asOf)
{
    std::vector<Chip> chips;
    if (asOf == endOfTime)
        m_when->setText(tr("Choose an as-of date above to hide what came later and see who foresaw it"));
    else if (!view.query.user)
        m_when->setText(tr("a guest has no later choices"));
    else if (view.next.empty())
        m_when->setText(tr("nothing after %1").arg(date(asOf)));
    else
        m_when->setText(tr("after %1, hidden from histories").arg(date(asOf)));
    std::vector<NextChoice> order = view.next;
    std::ranges::stable_sort(order, {}, bestPlace);
    for (const NextChoice& choice : order) {
        const QString title = text(dataset.title(choice.item));
        const QString shortTitle =
            title.size() > mostCharacters ? title.left(mostCharacters - 1) + QStringLiteral("…") : title;
        const QString where = places(choice, models.size());
        chips.push_back(
            {tr("%1 · %2").arg(shortTitle, where),
             tr("%1 · %2\n%3, on %4").arg(title, where, stars(choice.value, dataset.ratingHigh()), date(choice.at)),
             bestPlace(choice) <= worthNaming});
    }
    if (chips == m_all)
        return;
    m_all = std::move(chips);
    fill();
}

// As many chips as there is room for; the rest is counted.
void NextCard::fill()
{
    clearLayout(m_chips);
    const auto room = static_cast<std::size_t>(std::max(1, (width() - wordsWidth) / chipWidth));
    const std::size_t shown = std::min(m_all.size(), room);
    for (std::size_t i = 0; i < shown; ++i) {
        const Chip& chip = m_all[i];
        auto* badge = new Badge(chip.found ? QStringLiteral("✓ ") + chip.words : chip.words,
                                chip.found ? Badge::Tone::Good : Badge::Tone::Neutral, this);
        badge->setToolTip(chip.tip);
        m_chips->addWidget(badge);
    }
    if (shown == m_all.size())
        return;
    auto* more = new Badge(tr("+ %1 more").arg(m_all.size() - shown), Badge::Tone::Neutral, this);
    QStringList rest;
    for (std::size_t i = shown; i < std::min(m_all.size(), shown + mostInTip); ++i)
        rest << m_all[i].words;
    more->setToolTip(rest.join(u'\n'));
    m_chips->addWidget(more);
}

void NextCard::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    fill();
}

} // namespace orrery::ui
