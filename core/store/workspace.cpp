// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/workspace.h"

#include "core/store/migrations.h"
#include "core/store/open_workspace.h"

#include <array>
#include <chrono>
#include <ctime>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace orrery {

using store::OpenWorkspace;

namespace {

namespace fs = std::filesystem;
using Header = std::array<unsigned char, 100>;

constexpr std::string_view magic("SQLite format 3\0", 16);

std::uint32_t bigEndian(const Header& header, std::size_t at, std::size_t bytes)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        value = value << 8 | header[at + i];
    return value;
}

std::uint64_t expectedBytes(const Header& header)
{
    const std::uint32_t page = bigEndian(header, 16, 2);
    return std::uint64_t{page == 1 ? 65536 : page} * bigEndian(header, 28, 4);
}

fs::path besides(const fs::path& file, std::string_view suffix) { return file.string() + std::string(suffix); }

Status checkPlace(const fs::path& file)
{
    std::error_code failed;
    const auto status = fs::status(file, failed);
    const std::string where = file.string();
    if (status.type() == fs::file_type::not_found)
        return error(Code::NotFound, "There is no such file",
                     "It may have been moved or renamed; look for it elsewhere", where);
    if (failed)
        return error(Code::Io, fmt::format("The file cannot be reached ({})", failed.message()),
                     "Check the permissions of its folder", where);
    if (fs::is_directory(status))
        return error(Code::BadFile, "This is a folder, not a workspace",
                     "Import it as a dataset, or open a .orrery file", where);
    if (!fs::is_regular_file(status))
        return error(Code::BadFile, "This is not a file that can hold a workspace", "Open a .orrery file", where);
    if (fs::file_size(file, failed) == 0 && !fs::exists(besides(file, "-journal"), failed))
        return error(Code::BadFile, "The file is empty, not a workspace", "Open a copy of it from a backup", where);
    if (::access(file.c_str(), R_OK) != 0)
        return error(Code::Io, "The file cannot be read", "Check its permissions", where);
    if (::access(file.c_str(), W_OK) != 0)
        return error(Code::Io, "The workspace cannot be written to, and every change is kept in it at once",
                     "Copy it to a folder of your own and open the copy", where);
    return {};
}

// Before SQLite sees it: told apart here, a photo, a foreign database and a cut-off download get their own words.
Status checkHeader(const fs::path& file)
{
    std::error_code failed;
    if (fs::exists(besides(file, "-journal"), failed))
        return {}; // SQLite first has to undo what was under way
    Header header{};
    std::ifstream(file, std::ios::binary).read(reinterpret_cast<char*>(header.data()), header.size());
    const std::string where = file.string();
    if (std::string_view(reinterpret_cast<const char*>(header.data()), magic.size()) != magic)
        return error(Code::BadFile, "This is not a workspace of Orrery", "Import it as a dataset instead", where);
    if (bigEndian(header, 68, 4) != store::applicationId)
        return error(Code::BadFile, "This is a database of another program, not a workspace of Orrery",
                     "Open a .orrery file", where);
    const std::uint64_t bytes = fs::file_size(file, failed);
    if (bytes < expectedBytes(header))
        return error(Code::Corrupt,
                     fmt::format("The workspace was cut short: {} of {} bytes are there", bytes, expectedBytes(header)),
                     "Copy it again from where it came from", where);
    return {};
}

template <class T> Result<T> at(const fs::path& file, Result<T> result)
{
    if (!result)
        result.error().where = file.string();
    return result;
}

Status prepareOpened(const sqlite::Database& database)
{
    const auto application = database.integer("PRAGMA application_id");
    if (!application)
        return tl::unexpected(application.error());
    if (*application != store::applicationId)
        return error(Code::BadFile, "This is not a workspace of Orrery", "Open a .orrery file");
    if (database.readOnly())
        return error(Code::Io, "The workspace cannot be written to",
                     "Copy it to a folder of your own and open the copy");
    const auto version = database.integer("PRAGMA user_version");
    if (version && *version == 0)
        return error(Code::Corrupt, "The workspace is damaged: it does not tell its format",
                     "Open a copy of it from a backup");
    if (const auto migrated = store::migrate(database); !migrated)
        return migrated;
    return store::checkSchema(database);
}

Result<sqlite::Database> openDatabase(const fs::path& file)
{
    if (const auto fit = checkPlace(file).and_then([&] { return checkHeader(file); }); !fit)
        return tl::unexpected(fit.error());
    auto database = at(file, sqlite::Database::openExisting(file));
    if (database)
        if (const auto ready = at(file, prepareOpened(*database)); !ready)
            return tl::unexpected(ready.error());
    return database;
}

Status fillNew(const OpenWorkspace& made)
{
    return store::migrate(made.database).and_then([&] {
        return made.write([&]() -> Status {
            for (const auto* table : {"dataset", "derived", "planted", "model", "run", "kept_lists", "note"})
                if (const auto sealed = made.seal(table); !sealed)
                    return sealed;
            return {};
        });
    });
}

void syncFolder(const fs::path& folder)
{
    if (const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); handle >= 0) {
        ::fsync(handle);
        ::close(handle);
    }
}

void removeWithCompanions(const fs::path& file)
{
    std::error_code ignored;
    fs::remove(file, ignored);
    for (const auto* suffix : {"-journal", "-wal", "-shm"})
        fs::remove(besides(file, suffix), ignored);
}

Status copyDatabase(const sqlite::Database& from, const fs::path& to)
{
    auto copy = at(to, sqlite::Database::createNew(to));
    if (!copy)
        return tl::unexpected(copy.error());
    return at(to, from.copyTo(*copy));
}

// The journal of a file that is replaced would be played back into the new one: it goes first.
Status replaceFile(const fs::path& with, const fs::path& target)
{
    std::error_code failed;
    for (const auto* suffix : {"-journal", "-wal", "-shm"})
        fs::remove(besides(target, suffix), failed);
    fs::rename(with, target, failed);
    if (failed)
        return error(Code::Io, fmt::format("The workspace could not be saved there ({})", failed.message()),
                     "Choose another name or folder", target.string());
    syncFolder(target.parent_path());
    return {};
}

} // namespace

Workspace::Workspace(std::unique_ptr<OpenWorkspace> open) : m_open(std::move(open)) {}
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
Workspace::~Workspace() = default;

Result<Workspace> Workspace::open(const fs::path& file)
{
    auto database = openDatabase(file);
    if (!database)
        return tl::unexpected(database.error());
    return Workspace(std::make_unique<OpenWorkspace>(OpenWorkspace{fs::absolute(file), std::move(*database)}));
}

Result<Workspace> Workspace::create(const fs::path& file)
{
    std::error_code failed;
    if (fs::exists(file, failed))
        return error(Code::InvalidArgument, "There is a file of that name already",
                     "Choose another name, or open it instead", file.string());
    auto database = at(file, sqlite::Database::createNew(file));
    if (!database)
        return tl::unexpected(database.error());
    auto made = std::make_unique<OpenWorkspace>(OpenWorkspace{fs::absolute(file), std::move(*database)});
    if (const auto filled = at(file, fillNew(*made)); !filled) {
        made.reset();
        removeWithCompanions(file);
        return tl::unexpected(filled.error());
    }
    return Workspace(std::move(made));
}

Result<Workspace> Workspace::openOrCreate(const fs::path& file)
{
    std::error_code failed;
    return fs::exists(file, failed) ? open(file) : create(file);
}

Result<WorkspaceGlance> Workspace::glanceAt(const fs::path& file)
{
    if (const auto ours = checkHeader(file); !ours)
        return tl::unexpected(ours.error());
    const auto database = at(file, sqlite::Database::openToRead(file));
    if (!database)
        return tl::unexpected(database.error());
    WorkspaceGlance glance;
    auto rows = database->prepare("SELECT id, name, people, items, events FROM dataset ORDER BY id");
    while (rows.next()) {
        DatasetRow& row = glance.datasets.emplace_back();
        row.id = rows.integer(0);
        row.name = rows.text(1);
        row.people = static_cast<std::size_t>(rows.integer(2));
        row.items = static_cast<std::size_t>(rows.integer(3));
        row.events = static_cast<std::size_t>(rows.integer(4));
    }
    const auto models = rows.status().and_then([&] { return database->integer("SELECT count(*) FROM model"); });
    if (!models)
        return at(file, Result<WorkspaceGlance>(tl::unexpected(models.error())));
    glance.models = static_cast<std::size_t>(*models);
    return glance;
}

const fs::path& Workspace::file() const { return m_open->file; }

Status Workspace::saveAs(const fs::path& file)
{
    const fs::path target = fs::absolute(file);
    std::error_code failed;
    if (fs::equivalent(target, m_open->file, failed))
        return {};
    if (fs::is_directory(target, failed))
        return error(Code::InvalidArgument, "This is a folder", "Give the workspace a file name", target.string());
    const fs::path part = besides(target, ".part");
    removeWithCompanions(part);
    const auto saved = copyDatabase(m_open->database, part).and_then([&] { return replaceFile(part, target); });
    if (!saved) {
        removeWithCompanions(part);
        return saved;
    }
    auto database = openDatabase(target);
    if (!database)
        return tl::unexpected(database.error());
    m_open = std::make_unique<OpenWorkspace>(OpenWorkspace{target, std::move(*database)});
    return {};
}

Status Workspace::setNote(const std::string& key, const std::string& value)
{
    return m_open->write([&] {
        return m_open->database.prepare("INSERT OR REPLACE INTO note (id, value, checksum) VALUES (?, ?, ?)")
            .run(key, value, Hasher().text(key).text(value).hex())
            .status()
            .and_then([&] { return m_open->seal("note"); });
    });
}

Result<std::optional<std::string>> Workspace::note(const std::string& key) const
{
    return m_open->read([&]() -> Result<std::optional<std::string>> {
        if (const auto whole = m_open->checkSeal("note"); !whole)
            return tl::unexpected(whole.error());
        auto row = m_open->database.prepare("SELECT value, checksum FROM note WHERE id = ?");
        if (row.with(key).next()) {
            std::string value(row.text(0));
            if (Hasher().text(key).text(value).hex() != row.text(1))
                return m_open->damaged(fmt::format("the note '{}'", key));
            return value;
        }
        return row.status().map([] { return std::optional<std::string>(); });
    });
}

Result<std::string> store::OpenWorkspace::sealOf(std::string_view table) const
{
    // The parent is part of it: a changed one would hide a row from the list that it belongs to.
    const std::string_view parent = table == "model" || table == "derived"    ? "dataset"
                                    : table == "run" || table == "kept_lists" ? "model"
                                                                              : "''";
    Hasher hasher;
    auto rows = database.prepare(fmt::format("SELECT id, checksum, {} FROM {} ORDER BY id", parent, table));
    while (rows.next())
        hasher.text(rows.text(0)).text(rows.text(1)).text(rows.text(2));
    return rows.status().map([&] { return hasher.hex(); });
}

Status store::OpenWorkspace::seal(std::string_view table) const
{
    const auto now = sealOf(table);
    if (!now)
        return tl::unexpected(now.error());
    return database.prepare("INSERT OR REPLACE INTO seal (id, checksum) VALUES (?, ?)").run(table, *now).status();
}

Status store::OpenWorkspace::checkSeal(std::string_view table) const
{
    const auto now = sealOf(table);
    if (!now)
        return tl::unexpected(now.error());
    auto row = database.prepare("SELECT checksum FROM seal WHERE id = ?");
    if (row.with(table).next() && row.text(0) == *now)
        return {};
    return row.status() ? damaged(fmt::format("the list '{}'", table)) : row.status();
}

Status store::OpenWorkspace::requireDataset(DatasetId id) const
{
    auto row = database.prepare("SELECT 1 FROM dataset WHERE id = ?");
    if (row.with(id).next())
        return {};
    if (!row.status())
        return row.status();
    return error(Code::NotFound, fmt::format("There is no dataset {} in this workspace", id),
                 "It may have been removed; look at the list of datasets");
}

tl::unexpected<Error> store::OpenWorkspace::damaged(std::string_view what) const
{
    return error(Code::Corrupt, fmt::format("The workspace is damaged: {} is not as it was stored", what),
                 "Open a copy of it from a backup", file.filename().string());
}

std::string store::isoNow() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

} // namespace orrery
