// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace orrery::reading {

/// Postage, manual entries, discounts, samples and fees, as UCI Online Retail writes them.
[[nodiscard]] bool isNoProduct(std::string_view code);

/// The same for any shop: also codes without a digit, and titles, that say so ("SHIPPING", "Gift voucher"). A guess,
/// to be asked about.
[[nodiscard]] bool mayBeNoProduct(std::string_view code, std::string_view title);

} // namespace orrery::reading
