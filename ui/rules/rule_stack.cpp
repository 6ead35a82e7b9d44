// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/rule_stack.h"

#include <algorithm>
#include <utility>

namespace orrery::ui {
namespace {

constexpr std::size_t mostSteps = 200;

} // namespace

RuleStack::RuleStack(QObject* parent) : QObject(parent) {}

void RuleStack::reset(RuleSet rules)
{
    m_rules = std::move(rules);
    m_before.clear();
    m_after.clear();
    settle();
    told(true);
}

void RuleStack::keep(const std::string& editing)
{
    m_after.clear();
    if (!editing.empty() && editing == m_editing)
        return;
    m_editing = editing;
    m_before.push_back(m_rules);
    if (m_before.size() > mostSteps)
        m_before.erase(m_before.begin());
}

void RuleStack::told(bool isShape)
{
    if (isShape)
        emit shapeChanged();
    emit changed();
}

void RuleStack::add(const Rule& rule)
{
    if (m_rules.rules.size() >= RuleSet::mostRules)
        return;
    keep();
    m_rules.rules.push_back(rule);
    told(true);
}

void RuleStack::remove(std::size_t place)
{
    keep();
    m_rules.rules.erase(m_rules.rules.begin() + static_cast<std::ptrdiff_t>(place));
    told(true);
}

void RuleStack::move(std::size_t from, std::size_t to)
{
    if (from == to || to >= m_rules.rules.size())
        return;
    keep();
    const auto first = m_rules.rules.begin();
    const auto at = [&](std::size_t place) { return first + static_cast<std::ptrdiff_t>(place); };
    if (from < to)
        std::rotate(at(from), at(from + 1), at(to + 1));
    else
        std::rotate(at(to), at(from), at(from + 1));
    told(true);
}

void RuleStack::setOn(std::size_t place, bool on)
{
    keep();
    m_rules.rules[place].on = on;
    told(false);
}

void RuleStack::change(std::size_t place, const Rule& rule, const std::string& setting)
{
    keep(setting.empty() ? std::string() : std::to_string(place) + "/" + setting);
    m_rules.rules[place] = rule;
    told(false);
}

void RuleStack::replace(RuleSet rules)
{
    keep();
    m_rules = std::move(rules);
    told(true);
}

void RuleStack::undo()
{
    if (!canUndo())
        return;
    m_after.push_back(std::exchange(m_rules, std::move(m_before.back())));
    m_before.pop_back();
    settle();
    told(true);
}

void RuleStack::redo()
{
    if (!canRedo())
        return;
    m_before.push_back(std::exchange(m_rules, std::move(m_after.back())));
    m_after.pop_back();
    settle();
    told(true);
}

} // namespace orrery::ui
