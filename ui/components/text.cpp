// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/text.h"

#include <QTextDocument>

#include <QDateTime>
#include <QLocale>

#include <array>
#include <cmath>

namespace orrery::ui {
namespace {

const QString minus = QString(QChar(0x2212));
const QString dash = QString(QChar(0x2013));

QString fixed(double number, int decimals)
{
    QString out = QString::number(std::abs(number), 'f', decimals);
    const bool zero = out.count('0') + out.count('.') == out.size();
    return std::signbit(number) && !zero ? minus + out : out;
}

QString withoutTrailingZero(double number) { return QString::number(number, 'f', 1).remove(".0"); }

} // namespace

QString count(double number)
{
    return std::isfinite(number) ? QLocale(QLocale::English).toString(std::llround(number)) : dash;
}

QString counted(double number, const QString& one, const QString& many)
{
    return count(number) + ' ' + (std::llround(number) == 1 ? one : many);
}

QString percent(double share, int decimals)
{
    return std::isfinite(share) ? fixed(100 * share, decimals) + " %" : dash;
}

QString decimal(double number, int decimals) { return std::isfinite(number) ? fixed(number, decimals) : dash; }

QString signedDecimal(double number, int decimals)
{
    const QString out = decimal(number, decimals);
    const bool zero = std::abs(number) < 0.5 * std::pow(10, -decimals);
    return std::isfinite(number) && number > 0 && !zero ? '+' + out : out;
}

QString duration(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0) {
        return dash;
    }
    if (seconds < 0.095) {
        return QString::number(std::ceil(1000 * seconds)) + " ms";
    }
    if (seconds < 1.95) {
        return withoutTrailingZero(seconds) + " s";
    }
    const long long whole = std::llround(seconds);
    if (whole < 60) {
        return QString("%1 s").arg(whole);
    }
    const bool hours = whole >= 3600;
    const long long minutes = hours ? std::llround(seconds / 60) : whole / 60;
    const long long rest = hours ? minutes % 60 : whole % 60;
    const QString large = hours ? QString("%1 h").arg(minutes / 60) : QString("%1 min").arg(minutes);
    return rest == 0 ? large : large + QString(hours ? " %1 min" : " %1 s").arg(rest);
}

QString bytes(double number)
{
    static const std::array<const char*, 5> units = {"bytes", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    // Not 1000: what would be rounded to "1000 kB" is "1 MB".
    while (number >= (unit == 0 ? 1000 : 999.5) && unit + 1 < units.size()) {
        number /= 1000;
        ++unit;
    }
    if (unit == 0) {
        return counted(number, "byte", "bytes");
    }
    return (number < 9.95 ? withoutTrailingZero(number) : QString::number(std::llround(number))) + ' ' + units[unit];
}

QString date(Timestamp at)
{
    if (at == endOfTime) {
        return "the end";
    }
    if (at == noTime) {
        return dash;
    }
    return QLocale(QLocale::English).toString(QDateTime::fromSecsSinceEpoch(at, Qt::UTC).date(), "d MMM yyyy");
}

QString stars(float value, float high)
{
    if (!std::isfinite(value)) {
        return dash;
    }
    if (high > 5 || value < 0 || value > high) {
        return withoutTrailingZero(value);
    }
    const int halves = static_cast<int>(std::lround(2 * value));
    const QString out = QString(halves / 2, QChar(0x2605)) + (halves % 2 ? QString(QChar(0xBD)) : QString());
    return out.isEmpty() ? "0" : out;
}

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

QString plainTip(const QString& words)
{
    return Qt::mightBeRichText(words)
               ? QStringLiteral("<p style='white-space:pre-line'>%1</p>").arg(words.toHtmlEscaped())
               : words;
}

} // namespace orrery::ui
