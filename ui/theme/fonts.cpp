// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QFontDatabase>
#include <QFontMetricsF>

#include <algorithm>

namespace orrery::ui {
namespace {

bool isInstalled(const QString& family) { return QFontDatabase::hasFamily(family); }

QString firstInstalled(const QStringList& families, const QString& otherwise)
{
    const auto found = std::find_if(families.begin(), families.end(), isInstalled);
    return found == families.end() ? otherwise : *found;
}

/// Names by which a system without an interface font of its own says "any".
bool isGeneric(const QString& family)
{
    static const QStringList generic = {"", "sans", "sans serif", "sans-serif", "system-ui", "helvetica"};
    return generic.contains(family.toLower());
}

QString chooseFamily()
{
    const QString system = QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    if (!isGeneric(system) && isInstalled(system)) {
        return system;
    }
    return firstInstalled({"Inter", "DejaVu Sans"}, system);
}

bool hasTabularFigures(const QString& family)
{
    QFont font(family);
    font.setPixelSize(100); // large, so that a difference is not lost in rounding
    const QFontMetricsF metrics(font);
    const qreal width = metrics.horizontalAdvance('0');
    const QString figures = "123456789";
    return std::all_of(figures.begin(), figures.end(),
                       [&](QChar figure) { return qAbs(metrics.horizontalAdvance(figure) - width) < 0.5; });
}

QString chooseNumberFamily(const QString& interface)
{
    QStringList families = {interface, "DejaVu Sans", "Liberation Sans", "Noto Sans", "Cantarell"};
    families.removeIf([](const QString& family) { return !isInstalled(family) || !hasTabularFigures(family); });
    return families.value(0, interface);
}

QFont made(const QString& family, int pixels, QFont::Weight weight)
{
    QFont font(family);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

const QString& interfaceFamily()
{
    static const QString family = chooseFamily();
    return family;
}

} // namespace

QFont font(int pixels, QFont::Weight weight) { return made(interfaceFamily(), pixels, weight); }

QFont numberFont(int pixels, QFont::Weight weight)
{
    static const QString family = chooseNumberFamily(interfaceFamily());
    return made(family, pixels, weight);
}

} // namespace orrery::ui
