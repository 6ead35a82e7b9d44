// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QFile>

#include <utility>
#include <vector>

// In a static library resources are only linked in when somebody names them; outside of any namespace.
static void initResources() { Q_INIT_RESOURCE(resources); }

namespace orrery::ui {
namespace {

QString templateText()
{
    initResources();
    QFile file(":/style.qss");
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// Longer names first: "accentSoft" must not be read as "accent".
std::vector<std::pair<QString, QColor>> names(const Tokens& t)
{
    const bool dark = t.window.lightness() < 128;
    return {{"@accentPressed", dark ? t.accent.darker(115) : t.accent.darker(125)},
            {"@accentHover", dark ? t.accent.lighter(106) : t.accent.darker(110)},
            {"@accentSoft", t.accentSoft},
            {"@onAccent", dark ? t.window : t.surface},
            {"@accent", t.accent},
            {"@strongLine", t.strongLine},
            {"@secondary", t.secondary},
            {"@disabled", t.disabled},
            {"@hairline", t.hairline},
            {"@surface", t.surface},
            {"@raised", t.raised},
            {"@window", t.window},
            {"@text", t.text},
            {"@good", t.good},
            {"@warn", t.warn},
            {"@bad", t.bad}};
}

} // namespace

QString styleSheetOf(const Tokens& tokens)
{
    QString sheet = templateText();
    sheet.replace("@theme", tokens.window.lightness() < 128 ? "dark" : "light");
    for (const auto& [name, colour] : names(tokens)) {
        sheet.replace(name, colour.name());
    }
    return sheet;
}

} // namespace orrery::ui
