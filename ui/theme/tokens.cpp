// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr std::array<const char*, 8> seriesHex = {"#3457D5", "#E07A1F", "#1E8E7E", "#C2417F",
                                                  "#7A5CC9", "#8A6D3B", "#5B8DEF", "#6B7280"};

std::array<QColor, 8> seriesColours(int lightnessGain)
{
    std::array<QColor, 8> out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const QColor base(seriesHex[i]);
        const int lightness = std::min(255, base.lightness() + lightnessGain * 255 / 100);
        // Unchanged colours do not take the way through HSL, where they would be rounded.
        out[i] = lightnessGain == 0 ? base : QColor::fromHsl(base.hslHue(), base.hslSaturation(), lightness);
    }
    return out;
}

} // namespace

const Tokens& Tokens::light()
{
    static const Tokens tokens = {"#F6F7F9", "#FFFFFF", "#FFFFFF", "#E2E5EA", "#C5CAD3", "#1B1F27", "#5B6472",
                                  "#9AA3B0", "#3457D5", "#E6EBFB", "#19794B", "#8F5E12", "#C0364A", seriesColours(0)};
    return tokens;
}

const Tokens& Tokens::dark()
{
    static const Tokens tokens = {"#15181D", "#1C2027", "#232831", "#2E3440", "#465061", "#E7EAF0", "#A3ADBC",
                                  "#667085", "#86A1FF", "#27314F", "#57C793", "#E5B454", "#F07C8B", seriesColours(15)};
    return tokens;
}

} // namespace orrery::ui
