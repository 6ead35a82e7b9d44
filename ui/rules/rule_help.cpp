// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/rule_help.h"

#include "ui/components/text.h"
#include "ui/itemmodels/item_search.h"

namespace orrery::ui {

RuleHelp::RuleHelp(WorkspaceSession& session, QObject* parent) : QObject(parent), m_session(session) {}

void RuleHelp::setCatalog(const std::shared_ptr<const RuleCatalog>& catalog)
{
    if (catalog == m_catalog)
        return;
    m_catalog = catalog;
    m_audience.reset();
    if (!catalog)
        return;
    m_session.jobs().startBehind<std::shared_ptr<const Audience>>(
        QStringLiteral("rules.audience"),
        [catalog](const JobContext& job) { return Audience::open(catalog->dataset(), catalog->segments(), job); }, this,
        [this, catalog](const Result<std::shared_ptr<const Audience>>& audience) {
            if (catalog != m_catalog || !audience)
                return;
            m_audience = *audience;
            emit changed();
        });
    emit changed();
}

std::vector<Picker::Choice> RuleHelp::suggestAudience(const QString& typed, int most) const
{
    std::vector<Picker::Choice> choices;
    if (!m_audience)
        return choices;
    for (const Audience::Suggestion& one :
         m_audience->suggest(typed.toStdString(), static_cast<std::size_t>(std::max(0, most))))
        choices.push_back({text(one.title), text(one.note), static_cast<int>(choices.size()), text(one.text)});
    return choices;
}

std::vector<Picker::Choice> RuleHelp::findItems(const QString& typed, int most) const
{
    if (!m_catalog)
        return {};
    const Dataset& dataset = m_catalog->dataset();
    auto choices = itemSearch(m_session.digest())(typed, most);
    const auto exact = dataset.findItem(typed.trimmed().toStdString());
    if (exact)
        choices.insert(choices.begin(), {text(dataset.title(*exact)), {}, static_cast<int>(exact->value)});
    for (Picker::Choice& choice : choices) {
        choice.value = text(std::string(dataset.itemIds().name(static_cast<std::uint32_t>(choice.id))));
        choice.note = choice.value;
    }
    return choices;
}

QString RuleHelp::titleOf(const std::string& item) const
{
    const auto found = m_catalog ? m_catalog->dataset().findItem(item) : std::nullopt;
    return found ? text(m_catalog->dataset().title(*found)) : QString();
}

void RuleHelp::count(const QString& key, const std::string& audience, QObject* receiver,
                     std::function<void(const Result<Counted>&)> done) const
{
    if (!m_audience)
        return;
    m_session.jobs().startQuick<Counted>(
        key,
        [known = m_audience, audience](const JobContext&) {
            return known->count(audience).map([&](std::size_t people) { return Counted{people, known->people()}; });
        },
        receiver, [done = std::move(done)](const Result<Counted>& counted) { done(counted); });
}

} // namespace orrery::ui
