// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/migrations.h"

#include "core/base/hash.h"

#include <array>
#include <map>
#include <string>

#include <fmt/format.h>

namespace orrery::store {
namespace {

// Step n takes a workspace from version n to n + 1. A step is never edited once released.
constexpr std::array steps{
    R"sql(
CREATE TABLE dataset (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,               -- of events, ids and attributes: the identity in runs
    source TEXT NOT NULL,
    format TEXT NOT NULL,
    detection TEXT NOT NULL,          -- why it was read as that format
    note TEXT NOT NULL,               -- shown wherever the dataset is
    feedback TEXT NOT NULL CHECK (feedback IN ('explicit', 'implicit')),
    rating_low ANY,
    rating_high ANY,
    people INTEGER NOT NULL,
    items INTEGER NOT NULL,
    events INTEGER NOT NULL,
    train_events INTEGER,             -- of a predefined split: the first so many are for training
    imported_at TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT;

CREATE TABLE import_report (
    dataset INTEGER PRIMARY KEY REFERENCES dataset ON DELETE CASCADE,
    report TEXT NOT NULL,             -- JSON
    checksum TEXT NOT NULL
) STRICT;

CREATE TABLE person (
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    person INTEGER NOT NULL,          -- index in event columns and models
    id TEXT NOT NULL,                 -- as in the imported file
    PRIMARY KEY (dataset, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE item (
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    item INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (dataset, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE attribute (
    id INTEGER PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    of TEXT NOT NULL CHECK (of IN ('item', 'person')),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('text', 'number', 'tags')),
    rows INTEGER NOT NULL             -- of the column, known or not
) STRICT;

CREATE TABLE attribute_value (        -- what is unknown has no row
    attribute INTEGER NOT NULL REFERENCES attribute ON DELETE CASCADE,
    row INTEGER NOT NULL,             -- index of the item or person
    position INTEGER NOT NULL,        -- several tags of one row
    value ANY NOT NULL,
    PRIMARY KEY (attribute, row, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag (                    -- the tags of a column, in their order of first appearance
    attribute INTEGER NOT NULL REFERENCES attribute ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (attribute, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE model (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    name TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    params TEXT NOT NULL,             -- JSON
    seed INTEGER NOT NULL,
    trained_on TEXT NOT NULL,
    train_hash TEXT NOT NULL,         -- of the training dataset
    as_of INTEGER NOT NULL,           -- seconds since 1970: nothing at or after it was seen in training
    held_out INTEGER NOT NULL,
    split TEXT NOT NULL,              -- JSON; empty for all data
    seconds REAL NOT NULL,
    build TEXT NOT NULL,
    created_at TEXT NOT NULL,
    colour INTEGER NOT NULL,
    content TEXT NOT NULL,            -- hash of its arrays
    checksum TEXT NOT NULL
) STRICT;

CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
    protocol_hash TEXT NOT NULL,
    split TEXT NOT NULL,
    protocol TEXT NOT NULL,           -- JSON
    created_at TEXT NOT NULL,
    build TEXT NOT NULL,
    seed INTEGER NOT NULL,
    recommender TEXT NOT NULL,
    seconds REAL NOT NULL,
    ranked_people INTEGER NOT NULL,   -- with something relevant held out: ranking metrics are means over them
    people_without_history INTEGER NOT NULL,
    ratings INTEGER NOT NULL,         -- held-out ratings behind the rating metrics
    ratings_filled INTEGER NOT NULL,
    people INTEGER NOT NULL,          -- how many had anything held out
    checksum TEXT NOT NULL            -- of this row, its metrics and its arrays
) STRICT;

CREATE TABLE metric (
    run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,                 -- 'ndcg@10'
    mean REAL,                        -- NULL where it does not apply
    low REAL,                         -- 95 % interval
    high REAL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE array (                  -- event columns, trained factors, values by person
    id INTEGER PRIMARY KEY,
    dataset INTEGER REFERENCES dataset ON DELETE CASCADE,
    model INTEGER REFERENCES model ON DELETE CASCADE,
    run INTEGER REFERENCES run ON DELETE CASCADE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,               -- 'float32', 'uint32', ...: little-endian
    bytes INTEGER NOT NULL,
    CHECK ((dataset IS NOT NULL) + (model IS NOT NULL) + (run IS NOT NULL) = 1)
) STRICT;

CREATE TABLE chunk (
    id INTEGER PRIMARY KEY,
    array INTEGER NOT NULL REFERENCES array ON DELETE CASCADE,
    position INTEGER NOT NULL,
    checksum INTEGER NOT NULL,        -- XXH3 of data
    data BLOB NOT NULL,
    UNIQUE (array, position)
) STRICT;

CREATE TABLE note (
    id TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE seal (                   -- hash of all checksums of a table: a lost row is noticed
    id TEXT PRIMARY KEY,
    checksum TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIEW item_attribute AS
    SELECT dataset.name AS dataset, item.dataset AS dataset_id, item.item, item.id, attribute.name AS attribute,
           attribute_value.value
    FROM attribute JOIN dataset ON dataset.id = attribute.dataset
         JOIN attribute_value ON attribute_value.attribute = attribute.id
         JOIN item ON item.dataset = attribute.dataset AND item.item = attribute_value.row
    WHERE attribute.of = 'item';

CREATE VIEW person_attribute AS
    SELECT dataset.name AS dataset, person.dataset AS dataset_id, person.person, person.id,
           attribute.name AS attribute, attribute_value.value
    FROM attribute JOIN dataset ON dataset.id = attribute.dataset
         JOIN attribute_value ON attribute_value.attribute = attribute.id
         JOIN person ON person.dataset = attribute.dataset AND person.person = attribute_value.row
    WHERE attribute.of = 'person';

CREATE VIEW score AS
    SELECT dataset.name AS dataset, model.name AS model, model.algorithm, metric.id AS metric, metric.mean, metric.low,
           metric.high, run.split, run.people, run.ranked_people, run.protocol_hash, run.created_at, model.params, model.id AS model_id,
           run.id AS run_id
    FROM metric JOIN run ON run.id = metric.run JOIN model ON model.id = run.model
         JOIN dataset ON dataset.id = model.dataset;
)sql",
    // A run's row and metrics can be checked without reading the values of every person. Empty in runs of version 1.
    R"sql(
ALTER TABLE run ADD COLUMN summary TEXT NOT NULL DEFAULT '';
)sql",
    // What was worked out of the items: columns beside those that the dataset came with, which its hash does not cover.
    R"sql(
CREATE TABLE derived (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    attribute INTEGER NOT NULL REFERENCES attribute ON DELETE CASCADE,
    content TEXT NOT NULL,            -- hash of the column
    checksum TEXT NOT NULL
) STRICT;

CREATE TABLE planted (                -- what is true of a generated world's items
    id INTEGER PRIMARY KEY REFERENCES dataset ON DELETE CASCADE,
    dimensions TEXT NOT NULL,         -- names, as JSON
    checksum TEXT NOT NULL            -- of this row and of the array 'planted'
) STRICT;
)sql",
    // What a model is behind, and everybody's lists. A model of before does not know how many events it was trained on.
    R"sql(
ALTER TABLE model ADD COLUMN events INTEGER;
ALTER TABLE model ADD COLUMN up_to INTEGER;

CREATE TABLE kept_lists (             -- everybody's lists; the arrays 'lists/items' and 'lists/scores' of the model
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
    dataset_hash TEXT NOT NULL,
    model_hash TEXT NOT NULL,         -- as model.content was
    as_of INTEGER NOT NULL,
    length INTEGER NOT NULL,
    people INTEGER NOT NULL,
    events INTEGER NOT NULL,          -- of the dataset then
    seconds REAL NOT NULL,
    made_at TEXT NOT NULL,
    content TEXT NOT NULL,            -- hash of the arrays
    checksum TEXT NOT NULL
) STRICT;
)sql",
    // What an event of each kind counted when a model was trained. A model of before does not know.
    R"sql(
ALTER TABLE model ADD COLUMN kind_weights TEXT;
)sql",
};

Result<std::map<std::string, std::string>> objectsOf(const sqlite::Database& database)
{
    std::map<std::string, std::string> objects;
    auto rows = database.prepare("SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema");
    while (rows.next())
        objects.emplace(rows.text(0), rows.text(1));
    if (!rows.status())
        return tl::unexpected(rows.status().error());
    return objects;
}

Result<std::map<std::string, std::string>> expectedObjects()
{
    const auto fresh = sqlite::Database::inMemory();
    if (!fresh)
        return tl::unexpected(fresh.error());
    if (const auto made = migrate(*fresh); !made)
        return tl::unexpected(made.error());
    return objectsOf(*fresh);
}

// As OpenWorkspace::seal does of a table without rows.
Status sealEmpty(const sqlite::Database& database, std::string_view table)
{
    return database.prepare("INSERT INTO seal (id, checksum) VALUES (?, ?)").run(table, Hasher().hex()).status();
}

Status apply(const sqlite::Database& database, std::int64_t version)
{
    for (auto step = static_cast<std::size_t>(version); step < steps.size(); ++step)
        if (const auto done = database.execute(steps[step]); !done)
            return done;
    if (version < 3)
        for (const auto* table : {"derived", "planted"})
            if (const auto sealed = sealEmpty(database, table); !sealed)
                return sealed;
    if (version < 4)
        if (const auto sealed = sealEmpty(database, "kept_lists"); !sealed)
            return sealed;
    return database.execute(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", applicationId, latestVersion()).c_str());
}

} // namespace

int latestVersion() { return static_cast<int>(steps.size()); }

Status migrate(const sqlite::Database& database)
{
    const auto version = database.integer("PRAGMA user_version");
    if (!version)
        return tl::unexpected(version.error());
    if (*version > latestVersion())
        return error(Code::BadFile,
                     fmt::format("This workspace was made by a newer Orrery (format {}, this one knows {})", *version,
                                 latestVersion()),
                     "Open it with a newer version of Orrery");
    if (*version < 0)
        return error(Code::Corrupt, "The workspace is damaged", "Open a copy of it from a backup");
    if (*version == latestVersion())
        return {};
    return sqlite::inTransaction(database, sqlite::Transaction::Kind::Write, [&] { return apply(database, *version); });
}

Status checkSchema(const sqlite::Database& database)
{
    const auto expected = expectedObjects();
    const auto found = objectsOf(database);
    if (!expected || !found)
        return tl::unexpected(expected ? found.error() : expected.error());
    for (const auto& [name, sql] : *expected)
        if (const auto same = found->find(name); same == found->end() || same->second != sql)
            return error(Code::Corrupt, fmt::format("The workspace is damaged: {} is not as it should be", name),
                         "Open a copy of it from a backup");
    for (const auto& [name, sql] : *found)
        if (name.starts_with("trigger "))
            return error(Code::BadFile, fmt::format("The workspace holds commands of its own ({})", name),
                         "Use a workspace that was made by Orrery alone");
    return {};
}

} // namespace orrery::store
