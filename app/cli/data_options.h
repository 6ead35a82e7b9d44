// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/table_options.h"
#include "core/store/workspace.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orrery::cli {

/// What a command works on.
struct OpenedData {
    std::shared_ptr<const Dataset> dataset;
    std::optional<std::size_t> trainEvents; ///< of a predefined split
    ImportReport report;
    std::optional<Workspace> workspace;
    DatasetId id = 0;              ///< in the workspace
    std::optional<Imported> whole; ///< files that are to be stored: all that was read, whatever was left out since
    std::shared_ptr<const PlantedItems> planted = nullptr; ///< of a generated world
    /// Of people: those of the workspace, and those of --segments; row r is person r. Never null.
    std::shared_ptr<const AttributeTable> segments = std::make_shared<const AttributeTable>();
    std::string narrowed; ///< what was left out: "3 of 9 interactions are left ..."; "" for nothing

    /// What recommenders may learn from: the training file's part of a predefined split, and nothing from `asOf` on.
    [[nodiscard]] Result<std::shared_ptr<const Dataset>> known(Timestamp asOf) const;
};

/// Where data comes from: a workspace (--workspace, --dataset) or files (--data, or --train with --test).
class DataOptions {
public:
    void declare(CLI::App& app);
    /// Of commands that ask funnels, whose rules see segments of people: --segments FILE, as often as wanted.
    void declareSegments(CLI::App& app);
    [[nodiscard]] bool namesSegments() const { return !m_segments.empty(); }
    /// Of commands that store something: --out FILE makes a workspace of data files.
    void declareOut(CLI::App& app);
    [[nodiscard]] bool named() const;
    /// Whether what is found can be stored: in the workspace that was named, or in the one to be made.
    [[nodiscard]] bool stores() const { return !m_workspace.empty() || !m_out.empty(); }
    [[nodiscard]] const std::string& storeFile() const { return m_out.empty() ? m_workspace : m_out; }
    /// Where nothing was named, the shipped sample is taken, and a note says so.
    /// Errors: InvalidArgument where the file of --out is there already; those of the files and of the workspace.
    [[nodiscard]] Result<OpenedData> open(const Context& context) const;
    /// Lets `write` store something about `data` in its workspace; makes that of --out first, with the dataset in it,
    /// and takes it away again where `write` fails. Only where stores().
    [[nodiscard]] Status store(OpenedData& data, const std::function<Status(Workspace&, DatasetId)>& write) const;

private:
    [[nodiscard]] Result<OpenedData> openFiles(const Context& context) const;
    [[nodiscard]] Status makeWorkspace(OpenedData& data) const;

    [[nodiscard]] Result<OpenedData> openStored() const;
    [[nodiscard]] Status addSegments(OpenedData& data, const Context& context) const;

    std::string m_data, m_train, m_test, m_workspace, m_dataset, m_out;
    std::vector<std::string> m_segments;
    TableOptions m_table;
};

/// The dataset of that name or number; the newest where nothing is named. Errors: NotFound that lists what there is.
[[nodiscard]] Result<DatasetRow> findDataset(const Workspace& workspace, const std::string& named);

} // namespace orrery::cli
