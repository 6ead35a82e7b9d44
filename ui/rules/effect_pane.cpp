// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/effect_pane.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/lists/list_board.h"
#include "ui/rules/effect_words.h"
#include "ui/theme/theme.h"

#include <QStackedLayout>
#include <QVBoxLayout>

namespace orrery::ui {
namespace {

constexpr int whyHeight = 128;
constexpr int listsFirst = 100; // what the lists do not need is for why

} // namespace

EffectPane::EffectPane(QWidget* parent) : QWidget(parent), m_stack(new QStackedLayout(this))
{
    auto* lists = new QWidget(this);
    auto* column = new QVBoxLayout(lists);
    column->setContentsMargins({});
    column->setSpacing(space::md);
    m_board = new ListBoard(lists);
    m_board->setObjectName(QStringLiteral("rules.board"));
    m_board->setMaximumHeight(ListColumn::heightOf(static_cast<int>(RulesEngine::shown)));
    column->addWidget(m_board, listsFirst);
    auto* why = new Card({}, lists);
    why->setMinimumHeight(whyHeight);
    m_title = new QLabel(why);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(ui::font(type::body, QFont::DemiBold));
    m_title->setObjectName(QStringLiteral("rules.why.title"));
    auto* lines = new QWidget(why);
    auto* inside = scrolledColumn(lines);
    m_why = secondaryLabel({}, lines);
    m_why->setWordWrap(true);
    m_why->setObjectName(QStringLiteral("rules.why"));
    inside->addWidget(m_why);
    inside->addStretch(1);
    why->body()->setSpacing(space::xs);
    why->body()->addWidget(m_title);
    why->body()->addWidget(lines, 1);
    column->addWidget(why, 1);
    m_stack->addWidget(lists);

    m_differences = new Card(tr("What differs"), this);
    auto* many = new QWidget(m_differences);
    m_lines = scrolledColumn(many);
    m_differences->body()->addWidget(many, 1);
    m_stack->addWidget(m_differences);
    connect(m_board, &ListBoard::clicked, this, [this](int, ItemIndex item) {
        m_item = item;
        m_board->setSelectedItem(item);
        explain();
        emit itemChosen(item);
    });
    connect(m_board, &ListBoard::roomChanged, this, &EffectPane::redraw);
}

void EffectPane::show(const std::shared_ptr<const Dataset>& dataset, const PersonEffect& effect, const RuleSet& rules,
                      int colour)
{
    m_dataset = dataset;
    m_effect = effect;
    m_rules = rules;
    m_colour = colour;
    redraw();
    explain();
}

void EffectPane::clear(const QString& why)
{
    m_dataset.reset();
    m_item.reset();
    m_board->setColumns({});
    m_title->setText({});
    m_why->setText(why);
}

void EffectPane::redraw()
{
    if (m_dataset)
        m_board->setColumns(
            effectColumns(*m_dataset, m_effect, m_rules, m_colour, static_cast<std::size_t>(m_board->visibleRows())));
}

void EffectPane::explain()
{
    if (!m_dataset)
        return;
    const QStringList way = m_item ? wayOf(*m_dataset, *m_item, m_effect, m_rules) : QStringList();
    m_title->setText(way.isEmpty() ? effectInShort(m_effect) : text(m_dataset->title(*m_item)));
    m_why->setText((way.isEmpty() ? effectsOf(*m_dataset, m_effect, m_rules) : way).join(u'\n'));
}

void EffectPane::showDifferences(const QString& title, const std::vector<RuleDifference>& differences)
{
    m_differences->setTitle(title);
    clearLayout(m_lines);
    const auto add = [this](const QString& words) {
        auto* line = new QLabel(m_differences);
        line->setTextFormat(Qt::PlainText);
        line->setText(words);
        line->setWordWrap(true);
        m_lines->addWidget(line);
    };
    for (const RuleDifference& difference : differences)
        add(text(difference.text));
    if (differences.empty())
        add(tr("Nothing: both do the same."));
    m_lines->addStretch(1);
    m_stack->setCurrentIndex(1);
}

void EffectPane::showLists() { m_stack->setCurrentIndex(0); }
bool EffectPane::showsLists() const { return m_stack->currentIndex() == 0; }

} // namespace orrery::ui
