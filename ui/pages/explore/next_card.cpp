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
constexpr int chipWidth = 230;            // at most

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

NextCard::NextCard(WorkspaceSession& session, QWidget* parent) : QFrame(parent), m_session(session)
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

void NextCard::show(const Dataset& dataset, const PersonView& view, const std::vector<ModelEntry>& models, Timestamp asOf)
{
    clearLayout(m_chips);
    if (asOf == endOfTime) {
        m_when->setText(tr("Choose an as-of date above to hide what came later and see who foresaw it"));
        return;
    }
    if (view.next.empty()) {
        m_when->setText(tr("nothing after %1").arg(date(asOf)));
        return;
    }
    m_when->setText(tr("after %1, hidden from histories").arg(date(asOf)));
    std::vector<NextChoice> order = view.next;
    std::ranges::stable_sort(order, {}, bestPlace);
    const std::size_t shown = std::min(order.size(), static_cast<std::size_t>(std::max(1, (width() - wordsWidth) / chipWidth)));
    for (std::size_t i = 0; i < shown; ++i)
        addChip(dataset, order[i], models);
    if (order.size() > shown) {
        auto* more = new Badge(tr("+ %1 more").arg(order.size() - shown), Badge::Tone::Neutral, this);
        QStringList rest;
        for (std::size_t i = shown; i < order.size(); ++i)
            rest << tr("%1 · %2").arg(text(dataset.title(order[i].item)), places(order[i], models.size()));
        more->setToolTip(rest.join(u'\n'));
        m_chips->addWidget(more);
    }
}

void NextCard::addChip(const Dataset& dataset, const NextChoice& choice, const std::vector<ModelEntry>& models)
{
    constexpr int mostCharacters = 22;
    QString title = text(dataset.title(choice.item));
    if (title.size() > mostCharacters)
        title = title.left(mostCharacters - 1) + QStringLiteral("…");
    const bool found = bestPlace(choice) <= worthNaming;
    const QString words = tr("%1 · %2").arg(title, places(choice, models.size()));
    auto* chip = new Badge(found ? QStringLiteral("✓ ") + words : words,
                           found ? Badge::Tone::Good : Badge::Tone::Neutral, this);
    chip->setToolTip(tr("%1\n%2, on %3").arg(text(dataset.title(choice.item)), stars(choice.value, dataset.ratingHigh()),
                                              date(choice.at)));
    m_chips->addWidget(chip);
}

} // namespace orrery::ui
