// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"
#include "core/data/catalog_columns.h"
#include "core/data/import/films.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

// RetailRocket: events.csv, item_properties_part1.csv and so on, category_tree.csv. All values but categories and
// availability are hashed; numbers are written n277.200.

namespace orrery::reading {
namespace {

constexpr std::array<std::string_view, 5> eventColumns = {"timestamp", "visitorid", "event", "itemid", "transactionid"};
constexpr std::array<std::string_view, 4> propertyColumns = {"timestamp", "itemid", "property", "value"};
constexpr std::array<std::string_view, 2> treeColumns = {"categoryid", "parentid"};
constexpr std::string_view eventsName = "events.csv", treeName = "category_tree.csv";
constexpr std::size_t itemsBetweenChecks = 1000;
constexpr std::size_t mostProperties = 30; // hashed ones that become columns
constexpr std::size_t deepest = 64;        // categories one within the other

bool isEvents(const FileSet& files, std::string_view name)
{
    return namesAll(Header(firstRecord(files.peek(name), {})), eventColumns);
}

bool isPropertiesName(std::string_view name) { return name.starts_with("item_properties"); }

std::string eventsFile(const FileSet& files)
{
    const std::string& chosen = files.chosen();
    const bool side = chosen == treeName || isPropertiesName(chosen);
    const std::string name = chosen.empty() || side ? std::string(eventsName) : chosen;
    return files.has(name) && isEvents(files, name) ? name : "";
}

std::optional<Detection> detect(const FileSet& files)
{
    const std::string name = eventsFile(files);
    if (name.empty())
        return std::nullopt;
    const auto parts = std::ranges::count_if(files.names(), isPropertiesName);
    return Detection{
        "retail-rocket", "RetailRocket",
        fmt::format("the first line of {} names timestamp, visitorid, event, itemid and transactionid{}", name,
                    parts > 0 ? fmt::format(", and {} of item properties beside it",
                                            counted(static_cast<std::uint64_t>(parts), "file lies", "files lie"))
                              : "")};
}

Result<EventLayout> layoutOf(BlockReader& reader)
{
    auto names = reader.header();
    if (!names)
        return tl::unexpected(names.error());
    const Header header(std::move(*names));
    if (!namesAll(header, eventColumns))
        return error(Code::BadFile, "There is no column of visitors, events or items",
                     "The first line must name timestamp, visitorid, event, itemid and transactionid");
    EventLayout layout;
    layout.columns = header.size();
    layout.person = *header.find("visitorid");
    layout.item = *header.find("itemid");
    layout.value = std::nullopt;
    layout.time = header.find("timestamp");
    layout.kind = header.find("event");
    layout.session = header.find("transactionid");
    return layout;
}

/// Categories and the ones above them.
class CategoryTree {
public:
    void add(std::string_view category, std::string_view parent)
    {
        if (!parent.empty())
            m_parents[std::string(category)] = parent;
    }
    /// From the widest to the narrowest, the `deepest` narrowest ones. A chain that goes round ends where it began.
    [[nodiscard]] std::vector<std::string> pathTo(std::string category) const
    {
        std::vector<std::string> path = {std::move(category)};
        for (auto above = m_parents.find(path.back());
             above != m_parents.end() && path.size() < deepest && std::ranges::find(path, above->second) == path.end();
             above = m_parents.find(path.back()))
            path.push_back(above->second);
        std::ranges::reverse(path);
        return path;
    }

private:
    std::map<std::string, std::string, std::less<>> m_parents;
};

/// What the lines tell of items; of each property of an item the newest counts, of equally new ones the last.
class PropertyReader {
public:
    explicit PropertyReader(Assembly& assembly) : m_assembly(assembly) {}

    std::optional<Refusal> add(std::string_view time, std::string_view item, std::string_view property,
                               std::string_view value)
    {
        const auto at = parseTime(time);
        if (at.fault)
            return Refusal{*at.fault, fmt::format("'{}' is not a time", excerpt(time, 60))};
        if (trimmed(item).empty())
            return Refusal{Fault::EmptyItem, "the item has no id"};
        if (trimmed(property).empty())
            return Refusal{Fault::EmptyText, "the property has no name"};
        const std::uint32_t place = m_names.add(trimmed(property));
        m_told.resize(m_names.size());
        m_told[place].push_back(
            {m_assembly.items.add(toUtf8(trimmed(item))), m_values.add(toUtf8(trimmed(value))), at.value});
        return std::nullopt;
    }

    /// Errors: Cancelled.
    Status finish(const CategoryTree& tree)
    {
        std::vector<std::pair<std::size_t, std::uint32_t>> hashed; // items told, property
        for (std::uint32_t place = 0; place < m_told.size(); ++place) {
            keepNewest(m_told[place]);
            const std::string_view name = m_names.name(place);
            if (name == "categoryid") {
                if (auto set = setCategories(m_told[place], tree); !set)
                    return set;
            } else if (name == "available") {
                setAvailable(m_told[place]);
            } else {
                hashed.emplace_back(m_told[place].size(), place);
            }
        }
        std::ranges::stable_sort(hashed, std::greater(), &std::pair<std::size_t, std::uint32_t>::first);
        const std::size_t kept = std::min(hashed.size(), mostProperties);
        for (std::size_t i = 0; i < kept; ++i)
            setProperty(hashed[i].second);
        if (hashed.size() > kept)
            m_assembly.report.note(fmt::format("Of {} the {} that most items have are kept",
                                               counted(hashed.size(), "hashed property", "hashed properties"), kept));
        return {};
    }

private:
    struct Told {
        std::uint32_t item, value;
        Timestamp at;
    };

    static void keepNewest(std::vector<Told>& told)
    {
        std::ranges::stable_sort(told, {}, [](const Told& one) { return std::pair(one.item, one.at); });
        const auto kept =
            std::unique(told.rbegin(), told.rend(), [](const Told& a, const Told& b) { return a.item == b.item; });
        told.erase(told.begin(), kept.base());
    }

    Status setCategories(const std::vector<Told>& told, const CategoryTree& tree)
    {
        for (std::size_t i = 0; i < told.size(); ++i) {
            if (i % itemsBetweenChecks == 0)
                if (auto goesOn = m_assembly.job.check(); !goesOn)
                    return goesOn;
            for (const std::string& category : tree.pathTo(std::string(m_values.name(told[i].value))))
                m_assembly.aboutItems.addTag(nameOf(CatalogField::Category), told[i].item, category);
        }
        return {};
    }

    void setAvailable(const std::vector<Told>& told)
    {
        for (const Told& one : told)
            if (const auto units = parseDouble(m_values.name(one.value)))
                m_assembly.aboutItems.setNumber(nameOf(CatalogField::Stock), one.item, *units);
    }

    static std::optional<double> numberIn(std::string_view word)
    {
        return word.starts_with('n') ? parseDouble(word.substr(1)) : std::nullopt;
    }

    // A number where all items have one, else the words as tags.
    void setProperty(std::uint32_t place)
    {
        const std::string column = fmt::format("property {}", m_names.name(place));
        const auto& told = m_told[place];
        const bool numbers =
            std::ranges::all_of(told, [&](const Told& one) { return numberIn(m_values.name(one.value)).has_value(); });
        for (const Told& one : told) {
            std::string_view text = m_values.name(one.value);
            if (numbers) {
                m_assembly.aboutItems.setNumber(column, one.item, *numberIn(text));
                continue;
            }
            while (!text.empty()) {
                const std::size_t end = std::min(text.find(' '), text.size());
                const std::string_view word = text.substr(0, end);
                const auto number = numberIn(word);
                if (!word.empty())
                    m_assembly.aboutItems.addTag(column, one.item, number ? fmt::format("{}", *number) : word);
                text.remove_prefix(std::min(end + 1, text.size()));
            }
        }
    }

    Assembly& m_assembly;
    Vocabulary m_names, m_values;
    std::vector<std::vector<Told>> m_told; // by property
};

Status readTree(Assembly& assembly, const FileSet& files, CategoryTree& tree)
{
    if (!files.has(treeName))
        return {};
    return readCsv(assembly, files, treeName, "categories", treeColumns, [&](const Header& header) -> OnRecord {
        return [&tree, category = *header.find("categoryid"),
                parent = *header.find("parentid")](const Record& record) -> std::optional<Refusal> {
            if (trimmed(record.fields[category]).empty())
                return Refusal{Fault::EmptyText, "the category has no id"};
            tree.add(trimmed(record.fields[category]), trimmed(record.fields[parent]));
            return std::nullopt;
        };
    });
}

Status readProperties(Assembly& assembly, const FileSet& files, PropertyReader& properties)
{
    for (const std::string& name : files.names()) {
        if (!isPropertiesName(name))
            continue;
        const auto rows =
            readCsv(assembly, files, name, "item properties", propertyColumns, [&](const Header& header) -> OnRecord {
                return [&properties, time = *header.find("timestamp"), item = *header.find("itemid"),
                        property = *header.find("property"), value = *header.find("value")](const Record& record) {
                    return properties.add(record.fields[time], record.fields[item], record.fields[property],
                                          record.fields[value]);
                };
            });
        if (!rows)
            return rows;
    }
    return {};
}

Status read(Assembly& assembly, const FileSet& files)
{
    assembly.itemWord = "product";
    assembly.feedback = Feedback::Implicit;
    if (auto events = readRatings(assembly, files, eventsFile(files), {}, "events", layoutOf); !events)
        return events;
    CategoryTree tree;
    PropertyReader properties(assembly);
    if (auto categories = readTree(assembly, files, tree); !categories)
        return categories;
    if (auto rows = readProperties(assembly, files, properties); !rows)
        return rows;
    if (auto told = properties.finish(tree); !told)
        return told;
    noteUnused(assembly);
    readNote(assembly, files);
    return {};
}

} // namespace

Format retailRocket() { return {detect, read}; }

} // namespace orrery::reading
