// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/recipes/algorithm_help.h"

#include "core/models/catalogue.h"
#include "ui/components/text.h"

#include <QCoreApplication>
#include <QStringList>

namespace orrery::ui {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("AlgorithmHelp", words); }

QString heading(const QString& title) { return QStringLiteral("<h4>%1</h4>").arg(title.toHtmlEscaped()); }
QString paragraph(const QString& words) { return QStringLiteral("<p>%1</p>").arg(words.toHtmlEscaped()); }
QString section(const QString& title, const QString& words) { return heading(title) + paragraph(words); }

QString allowed(const ParamSpec& spec)
{
    switch (spec.type) {
    case ParamType::Boolean: return tr("on or off");
    case ParamType::Integer:
    case ParamType::Real: return tr("%1 to %2").arg(spec.low, 0, 'g', 6).arg(spec.high, 0, 'g', 6);
    case ParamType::Text: return text(spec.format);
    case ParamType::Choice: break;
    }
    QStringList titles;
    for (const ParamChoice& choice : spec.choices)
        titles << text(choice.title);
    return titles.join(tr(", "));
}

QString parameters(const Algorithm& algorithm)
{
    if (algorithm.params.empty())
        return paragraph(tr("There is nothing to set."));
    QString rows;
    for (const ParamSpec& spec : algorithm.params)
        rows +=
            QStringLiteral("<p><b>%1</b> <i>%2</i><br>%3<br>%4</p>")
                .arg(text(spec.title).toHtmlEscaped(), text(spec.id).toHtmlEscaped(), text(spec.help).toHtmlEscaped(),
                     tr("%1; usually %2").arg(allowed(spec), text(toText(spec.fallback))).toHtmlEscaped());
    return rows;
}

QString needText(Need need)
{
    switch (need) {
    case Need::Ratings: return tr("ratings on a scale");
    case Need::Times: return tr("events with a time");
    case Need::Context: return tr("events with a time, a device or a place");
    case Need::Dates: return tr("events with a time, or items with a year");
    case Need::ItemText: return tr("titles or other texts of the items");
    case Need::ItemTags: return tr("genres or other tags of the items");
    case Need::ItemVectors: return tr("item vectors that were imported");
    case Need::ItemContent: return tr("texts, tags or numbers of the items");
    case Need::PeopleFacts: return tr("attributes of the people");
    }
    return {};
}

QString needs(const Algorithm& algorithm)
{
    QStringList all;
    for (const Need need : algorithm.needs)
        all << needText(need);
    return all.isEmpty() ? tr("Any interactions will do.") : tr("It needs %1.").arg(all.join(tr(" and ")));
}

// The same data for all, so that algorithms can be compared.
QString cost(const Algorithm& algorithm)
{
    const auto line = [&](const QString& name, const DatasetShape& shape) {
        const Cost asked = expectedCost(algorithm, shape, {});
        return tr("%1: %2, %3 of memory").arg(name, duration(asked.seconds), bytes(static_cast<double>(asked.bytes)));
    };
    return paragraph(line(tr("100,000 ratings of 600 people and 9,700 items"), {610, 9'700, 100'000})) +
           paragraph(line(tr("1 million ratings of 6,000 people and 3,700 items"), {6'000, 3'700, 1'000'000}));
}

} // namespace

QString helpPage(const Algorithm& algorithm)
{
    QString page = section(tr("What it does"), text(algorithm.summary));
    page += section(tr("When to use it"), text(algorithm.whenToUse));
    page += section(tr("What it needs"), needs(algorithm));
    page += section(tr("For an empty history"), text(algorithm.fallback));
    if (!algorithm.can.reason.empty())
        page += section(tr("What it cannot do"), text(algorithm.can.reason));
    page += heading(tr("What can be set")) + parameters(algorithm);
    page += heading(tr("What training costs, on one core and with the usual settings")) + cost(algorithm);
    return page + section(tr("Where it comes from"), text(algorithm.paper));
}

} // namespace orrery::ui
