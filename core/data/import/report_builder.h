// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/words.h"
#include "core/data/import.h"
#include "core/data/import/fields.h"
#include "core/data/import/records.h"

#include <array>

namespace orrery::reading {

/// At most this many refused lines are kept with their text; all are counted.
inline constexpr std::size_t mostKeptRows = 1'000;

/// Why one line was refused.
struct Refusal {
    Fault fault;
    std::string reason; ///< with the offending value
};

/// Refused lines of one block, found by a worker.
struct RefusedRows {
    std::uint64_t count = 0;
    std::array<std::uint64_t, faultCount> byFault{};
    std::vector<RejectedRow> kept; ///< `line` counts from the begin of the block; `file` is left out

    /// `describe` gives the reason; it is only asked for lines that are kept.
    template <class Describe> void add(const Record& record, Fault fault, const Describe& describe)
    {
        ++count;
        ++byFault[static_cast<std::size_t>(fault)];
        if (kept.size() < mostKeptRows)
            kept.push_back({{}, record.line, excerpt(record.raw), std::string(nameOf(fault)), describe()});
    }
};

/// Collects what happened to each line and applies the policy for bad rows.
class ReportBuilder {
public:
    explicit ReportBuilder(const ImportRequest& request);

    void beginFile(std::string file, std::string content);
    void accept(std::uint64_t lines = 1);
    /// Errors: BadRow when the policy says to stop.
    [[nodiscard]] Status refuse(const Record& record, Refusal refusal);
    [[nodiscard]] Status refuse(RefusedRows rows, std::uint64_t linesBefore);
    void note(std::string text);
    [[nodiscard]] const FileReport& file() const { return m_report.files.back(); }
    /// BadFile when not one line of the current file could be used.
    [[nodiscard]] Status requireSome() const;
    [[nodiscard]] ImportReport take();

private:
    [[nodiscard]] Status applyPolicy(const RefusedRows& rows);
    void keep(RefusedRows& rows);

    BadRows m_policy;
    std::size_t m_limit;
    ImportReport m_report;
    std::array<std::uint64_t, faultCount> m_byFault{};
    std::uint64_t m_rejected = 0;
    std::string m_firstOfFile; // "Line 2: ..."
};

/// What is wrong with a record before anyone looks at its fields; `columns` fields are needed.
[[nodiscard]] std::optional<Fault> faultOf(const Record& record, std::size_t columns);
[[nodiscard]] std::string describe(Fault fault, const Record& record, std::size_t columns);

} // namespace orrery::reading
