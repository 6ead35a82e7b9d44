// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/rule_comparison.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

/// A setting of a rule as it is read.
struct Setting {
    std::string title, value;
    bool operator==(const Setting&) const = default;
};

std::string shown(const ParamSpec& spec, const ParamValue& value)
{
    const auto named = std::ranges::find(spec.choices, toText(value), &ParamChoice::id);
    return named != spec.choices.end() ? named->title : toText(value);
}

void append(std::vector<Setting>& to, std::span<const ParamSpec> specs, const ParamSet& params)
{
    for (const ParamSpec& spec : specs)
        to.push_back({spec.title, shown(spec, *params.find(spec.id))});
}

/// All that makes a rule what it is; of two rules of one kind in the same order.
std::vector<Setting> settingsOf(const Rule& rule)
{
    std::vector<Setting> all;
    append(all, kindOf(rule.action).params, paramsOf(rule.action));
    append(all, whenParams(), paramsOf(rule.when));
    all.push_back({"name", rule.name});
    all.push_back({"switched", rule.on ? "on" : "off"});
    return all;
}

std::string lowered(std::string text)
{
    if (!text.empty() && text.front() >= 'A' && text.front() <= 'Z')
        text.front() = static_cast<char>(text.front() - 'A' + 'a');
    return text;
}

std::string changedWords(const Rule& a, const std::vector<Setting>& was, const std::vector<Setting>& is)
{
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < was.size(); ++i) {
        if (was[i] == is[i])
            continue;
        const auto quoted = [](const std::string& value) { return value.empty() ? std::string("any") : value; };
        if (was[i].title == "switched")
            parts.push_back("switched " + is[i].value);
        else if (was[i].title == "name")
            parts.push_back(is[i].value.empty() ? "no name" : fmt::format("called '{}'", is[i].value));
        else
            parts.push_back(
                fmt::format("{} {} \u2192 {}", lowered(was[i].title), quoted(was[i].value), quoted(is[i].value)));
    }
    return fmt::format("'{}': {}", wordsOf(a), fmt::join(parts, "; "));
}

class Comparison {
public:
    Comparison(const RuleSet& a, const RuleSet& b) : m_a(a), m_b(b), m_ofB(b.rules.size()), m_taken(a.rules.size(), 0)
    {
        for (const Rule& rule : a.rules)
            m_settingsA.push_back(settingsOf(rule));
        for (const Rule& rule : b.rules)
            m_settingsB.push_back(settingsOf(rule));
    }

    std::vector<RuleDifference> run()
    {
        pairInOrder();
        pairMoved();
        pairChanged();
        for (std::size_t j = 0; j < m_b.rules.size(); ++j)
            if (!m_ofB[j])
                m_found.push_back({RuleDifference::Kind::Added, {}, j, fmt::format("'{}' is added", wordsB(j))});
        std::ranges::stable_sort(m_found, {}, [](const RuleDifference& one) { return *one.inB; });
        for (std::size_t i = 0; i < m_a.rules.size(); ++i)
            if (m_taken[i] == 0)
                m_found.push_back({RuleDifference::Kind::Removed, i, {}, fmt::format("'{}' is removed", wordsA(i))});
        return m_found;
    }

private:
    [[nodiscard]] std::string wordsA(std::size_t i) const { return wordsOf(m_a.rules[i]); }
    [[nodiscard]] std::string wordsB(std::size_t j) const { return wordsOf(m_b.rules[j]); }
    [[nodiscard]] bool same(std::size_t i, std::size_t j) const
    {
        return sameKind(i, j) && m_settingsA[i] == m_settingsB[j];
    }
    [[nodiscard]] bool sameKind(std::size_t i, std::size_t j) const
    {
        return m_a.rules[i].action.index() == m_b.rules[j].action.index();
    }
    void pair(std::size_t i, std::size_t j)
    {
        m_ofB[j] = i;
        m_taken[i] = 1;
    }

    void pairInOrder()
    {
        const std::size_t n = m_a.rules.size(), m = m_b.rules.size();
        std::vector<std::vector<std::size_t>> longest(n + 1, std::vector<std::size_t>(m + 1, 0)); // of what follows
        for (std::size_t i = n; i-- > 0;)
            for (std::size_t j = m; j-- > 0;)
                longest[i][j] = same(i, j) ? longest[i + 1][j + 1] + 1 : std::max(longest[i + 1][j], longest[i][j + 1]);
        for (std::size_t i = 0, j = 0; i < n && j < m;)
            if (same(i, j))
                pair(i++, j++);
            else
                longest[i + 1][j] >= longest[i][j + 1] ? ++i : ++j;
    }

    void pairMoved()
    {
        for (std::size_t j = 0; j < m_b.rules.size(); ++j)
            for (std::size_t i = 0; i < m_a.rules.size() && !m_ofB[j]; ++i)
                if (m_taken[i] == 0 && same(i, j)) {
                    pair(i, j);
                    m_found.push_back({RuleDifference::Kind::Moved, i, j,
                                       fmt::format("'{}' moves from place {} to {}", wordsA(i), i + 1, j + 1)});
                }
    }

    void pairChanged()
    {
        struct Pairing {
            std::size_t common, i, j;
        };
        std::vector<Pairing> possible;
        for (std::size_t j = 0; j < m_b.rules.size(); ++j)
            for (std::size_t i = 0; i < m_a.rules.size(); ++i)
                if (!m_ofB[j] && m_taken[i] == 0 && sameKind(i, j)) {
                    std::size_t common = 0;
                    for (std::size_t s = 0; s < m_settingsA[i].size(); ++s)
                        common += m_settingsA[i][s] == m_settingsB[j][s] ? 1 : 0;
                    possible.push_back({common, i, j});
                }
        std::ranges::stable_sort(possible, std::greater<>(), &Pairing::common);
        for (const Pairing& one : possible)
            if (!m_ofB[one.j] && m_taken[one.i] == 0) {
                pair(one.i, one.j);
                m_found.push_back({RuleDifference::Kind::Changed, one.i, one.j,
                                   changedWords(m_a.rules[one.i], m_settingsA[one.i], m_settingsB[one.j])});
            }
    }

    const RuleSet& m_a;
    const RuleSet& m_b;
    std::vector<std::vector<Setting>> m_settingsA, m_settingsB;
    std::vector<std::optional<std::size_t>> m_ofB; ///< its pair in a
    std::vector<std::uint8_t> m_taken;
    std::vector<RuleDifference> m_found;
};

} // namespace

std::vector<RuleDifference> compareRules(const RuleSet& a, const RuleSet& b) { return Comparison(a, b).run(); }

} // namespace orrery
