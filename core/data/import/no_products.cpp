// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/no_products.h"

#include "core/data/import/fields.h"

#include <algorithm>
#include <array>
#include <string>

namespace orrery::reading {
namespace {

// What a title, or a code without a digit, is or begins with, as a word of its own.
constexpr std::array<std::string_view, 24> words = {
    "POSTAGE", "SHIPPING", "DELIVERY", "CARRIAGE",    "FREIGHT",      "DISCOUNT",       "VOUCHER",   "GIFT CARD",
    "COUPON",  "FEE",      "FEES",     "SURCHARGE",   "DEPOSIT",      "GIFT VOUCHER",   "DONATION",  "ADJUSTMENT",
    "ADJUST",  "MANUAL",   "SAMPLES",  "BANK CHARGE", "BANK CHARGES", "DOTCOM POSTAGE", "GIFT WRAP", "TIP"};

bool saysSo(std::string_view text)
{
    const std::string upper = upperCase(trimmed(text));
    return std::ranges::any_of(words, [&](std::string_view word) {
        return upper == word || (upper.starts_with(word) && (upper[word.size()] == '_' || upper[word.size()] == '-'));
    });
}

} // namespace

bool isNoProduct(std::string_view code)
{
    static constexpr std::array<std::string_view, 13> codes = {
        "POST", "DOT", "M", "D", "S", "B", "C2", "CRUK", "PADS", "ADJUST", "BANK CHARGES", "AMAZONFEE", "TEST"};
    const std::string upper = upperCase(code);
    return std::ranges::find(codes, upper) != codes.end() || upper.starts_with("GIFT_");
}

bool mayBeNoProduct(std::string_view code, std::string_view title)
{
    return isNoProduct(trimmed(code)) || saysSo(code) || saysSo(title);
}

} // namespace orrery::reading
