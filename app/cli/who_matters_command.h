// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/data_options.h"
#include "core/ranking/value_lab.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// Who will spend more than a sum in the next days: how well that can be told, by what, and the people themselves.
class WhoMattersCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "who-matters"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "Tell who will spend more than a sum in the next days, how sure that is, and why";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] Result<ValueQuestion> question() const;
    [[nodiscard]] std::span<const PersonChance> chosen(const ValueAnswer& answer) const;
    /// Keeps them as a segment where that is asked for. What was done, in words.
    [[nodiscard]] Result<std::string> keepSegment(OpenedData& data, const ValueAnswer& answer,
                                                  const Context& context) const;

    DataOptions m_data;
    ValueLabel m_label;
    CLI::App* m_app = nullptr;
    std::string m_at, m_out, m_segment;
    bool m_keep = false;
    std::vector<std::string> m_sets;
    double m_topShare = 100, m_atLeast = 0; ///< percent
    int m_shown = 10;
};

} // namespace orrery::cli
