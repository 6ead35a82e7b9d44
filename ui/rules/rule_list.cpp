// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/rule_list.h"

#include "core/reranking/reranker.h"
#include "ui/components/text.h"
#include "ui/rules/rule_help.h"
#include "ui/rules/rule_row.h"
#include "ui/rules/rule_words.h"
#include "ui/theme/theme.h"

#include <QMenu>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int targetHeight = 2;

QScrollArea* scrollAround(const QWidget* widget)
{
    for (QWidget* parent = widget->parentWidget(); parent; parent = parent->parentWidget())
        if (auto* scroll = qobject_cast<QScrollArea*>(parent))
            return scroll;
    return nullptr;
}

} // namespace

RuleList::RuleList(RuleStack& stack, RuleHelp& help, QWidget* parent) : Card({}, parent), m_stack(stack), m_help(help)
{
    setFlush(true);
    auto* inside = new QWidget(this);
    m_column = scrolledColumn(inside);
    m_column->setContentsMargins({});
    m_column->setSpacing(0);
    body()->addWidget(inside, 1);
    m_none = secondaryLabel(tr("No rules: the list is what the ranker makes it. Add one below, and see at once what it "
                               "does and what it costs."),
                            this);
    m_none->setWordWrap(true);
    m_none->setContentsMargins(space::md, space::md, space::md, space::md);
    m_column->addWidget(m_none);
    m_column->addStretch(1);
    m_target = new QFrame(m_none->parentWidget());
    m_target->setProperty("part", "target");
    m_target->hide();
    body()->addWidget(horizontalRule(this));
    m_add = linkButton(tr("+ add a rule"), this);
    m_add->setObjectName(QStringLiteral("rules.add"));
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(space::md, 0, space::md, space::sm);
    foot->addWidget(m_add);
    foot->addStretch(1);
    body()->addLayout(foot);
    connect(m_add, &QPushButton::clicked, this, &RuleList::offerKinds);
    connect(&m_stack, &RuleStack::shapeChanged, this, &RuleList::rebuild);
    connect(&m_stack, &RuleStack::changed, this, &RuleList::refresh);
    setCatalog(nullptr, {});
    rebuild();
}

void RuleList::setCatalog(const std::shared_ptr<const RuleCatalog>& catalog, const std::vector<QString>& whyNot)
{
    m_catalog = catalog;
    m_whyNot = whyNot;
    m_add->setEnabled(catalog != nullptr);
    m_help.setCatalog(catalog);
}

void RuleList::setEffects(const std::vector<RuleEffect>& effects)
{
    for (std::size_t place = 0; place < std::min(m_rows.size(), effects.size()); ++place)
        m_rows[place]->setMissing(effects[place].state == RuleEffect::State::NothingToDo ? text(effects[place].why)
                                                                                         : QString());
}

void RuleList::rebuild()
{
    for (RuleRow* row : m_rows) {
        disconnect(row, nullptr, this, nullptr); // what is typed in it ends now, and would be of another rule
        row->hide();                             // deleted later: its own signal may have led here
        row->deleteLater();
    }
    m_rows.clear();
    for (std::size_t place = 0; place < m_stack.rules().rules.size(); ++place) {
        m_rows.push_back(makeRow(place));
        m_column->insertWidget(static_cast<int>(place), m_rows.back());
        m_rows.back()->show(); // at once: the one that was moved takes the focus
    }
    m_none->setVisible(m_rows.empty());
    if (m_opened && *m_opened < m_rows.size())
        m_rows[*m_opened]->open(true);
    m_opened.reset();
}

void RuleList::refresh()
{
    for (std::size_t place = 0; place < std::min(m_rows.size(), m_stack.rules().rules.size()); ++place)
        m_rows[place]->setRule(m_stack.rules().rules[place]);
}

RuleRow* RuleList::makeRow(std::size_t place)
{
    auto* row = new RuleRow(m_stack.rules().rules[place], QStringLiteral("rules.row.%1").arg(place), m_help,
                            m_none->parentWidget());
    // Its height is known once it is laid out.
    connect(
        row, &RuleRow::opened, this, [this, place] { bringIntoView(place); }, Qt::QueuedConnection);
    connect(row, &RuleRow::switched, this, [this, place](bool on) { m_stack.setOn(place, on); });
    connect(row, &RuleRow::changed, this,
            [this, place](const Rule& rule, const std::string& setting) { m_stack.change(place, rule, setting); });
    connect(row, &RuleRow::settled, this, [this] { m_stack.settle(); });
    connect(row, &RuleRow::removed, this, [this, place] { m_stack.remove(place); });
    connect(row, &RuleRow::stepped, this, [this, place](int by) {
        if (by > 0 || place > 0)
            move(place, by > 0 ? place + 1 : place - 1);
    });
    connect(row, &RuleRow::dragged, this, &RuleList::showTarget);
    connect(row, &RuleRow::dropped, this, [this, place](int globalY) {
        m_target->hide();
        const std::size_t before = placeAt(globalY);
        move(place, before > place ? before - 1 : before);
    });
    return row;
}

void RuleList::move(std::size_t from, std::size_t to)
{
    if (from == to || to >= m_rows.size())
        return;
    m_opened = m_rows[from]->isOpen() ? std::optional(to) : std::nullopt;
    m_stack.move(from, to);
    m_rows[to]->takeFocus();
}

std::size_t RuleList::placeAt(int globalY) const
{
    std::size_t place = 0;
    while (place < m_rows.size() && globalY > m_rows[place]->mapToGlobal(QPoint(0, m_rows[place]->height() / 2)).y())
        ++place;
    return place;
}

void RuleList::showTarget(int globalY)
{
    const std::size_t place = placeAt(globalY);
    const int y = place < m_rows.size() ? m_rows[place]->y() : m_rows.back()->geometry().bottom();
    m_target->setGeometry(0, std::max(0, y - targetHeight / 2), m_target->parentWidget()->width(), targetHeight);
    m_target->raise();
    m_target->show();
}

void RuleList::mark(std::optional<std::size_t> rule)
{
    for (std::size_t place = 0; place < m_rows.size(); ++place)
        m_rows[place]->setMarked(rule == place);
    if (rule)
        bringIntoView(*rule);
}

void RuleList::bringIntoView(std::size_t place)
{
    auto* scroll = place < m_rows.size() ? scrollAround(m_rows[place]) : nullptr;
    if (!scroll)
        return;
    m_column->activate();
    if (m_rows[place]->height() < scroll->viewport()->height())
        scroll->ensureWidgetVisible(m_rows[place], 0, 0);
    else
        scroll->verticalScrollBar()->setValue(m_rows[place]->y());
}

void RuleList::offerKinds()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    for (std::size_t kind = 0; kind < ruleKinds().size(); ++kind) {
        const QString why = kind < m_whyNot.size() ? m_whyNot[kind] : QString();
        const QString title = text(ruleKinds()[kind].title);
        QAction* action = menu->addAction(why.isEmpty() ? title : tr("%1 – %2").arg(title, why));
        action->setToolTip(text(ruleKinds()[kind].summary));
        action->setEnabled(why.isEmpty());
        connect(action, &QAction::triggered, this, [this, kind] {
            if (const auto rule = firstRule(kind, *m_catalog, m_item ? m_item : ItemIndex{0})) {
                // What it is about has to be said.
                const auto isText = [](const ParamSpec& spec) { return spec.type == ParamType::Text; };
                if (std::ranges::any_of(ruleKinds()[kind].params, isText))
                    m_opened = m_rows.size();
                m_stack.add(*rule);
                mark(std::nullopt);
            }
        });
    }
    menu->popup(m_add->mapToGlobal(QPoint(0, m_add->height())));
}

} // namespace orrery::ui
