// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulation/planted_catalogue.h"

#include "core/base/rng.h"
#include "core/data/vocabulary.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <optional>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr Timestamp secondsPerDay = 86'400;
constexpr double appealRange = 4.5; // an appeal of 1 is chosen e^4.5, 90 times as often as one of 0
constexpr std::array<std::array<float, 3>, 3> sharesOfTastes = {{{1, 0, 0}, {.65F, .35F, 0}, {.55F, .30F, .15F}}};

using Row = std::vector<std::string>;

/// RFC 4180, but for line breaks within a field, which catalogues do not have.
Row splitCsv(const std::string& line)
{
    Row fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            fields.back().push_back(line[i++]);
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == ',' && !quoted)
            fields.emplace_back();
        else if (line[i] != '\r')
            fields.back().push_back(line[i]);
    }
    return fields;
}

Row splitTags(const std::string& text)
{
    Row tags(1);
    for (const char c : text) {
        if (c == '|')
            tags.emplace_back();
        else
            tags.back().push_back(c);
    }
    return tags;
}

template <class T> std::optional<T> numberIn(const std::string& text)
{
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// The year of "Heat (1995)".
std::optional<int> yearOf(const std::string& title)
{
    if (title.size() < 6 || title.back() != ')' || title[title.size() - 6] != '(')
        return std::nullopt;
    return numberIn<int>(title.substr(title.size() - 5, 4));
}

/// Gives each row after the header to `use`, which returns what is wrong with it, or "".
Status readRows(const std::filesystem::path& file, std::size_t fields,
                const std::function<std::string(const Row&)>& use)
{
    std::ifstream in(file);
    if (!in)
        return error(Code::NotFound, fmt::format("The catalogue has no {}", file.filename().string()),
                     "Give a folder with movies.csv and tastes.csv", file.parent_path().string());
    std::string line;
    std::getline(in, line);
    for (std::uint64_t number = 2; std::getline(in, line); ++number) {
        if (line.empty() || line == "\r")
            continue;
        const Row row = splitCsv(line);
        const std::string wrong =
            row.size() == fields ? use(row) : fmt::format("{} fields instead of {}", row.size(), fields);
        if (!wrong.empty())
            return error(Code::BadRow, wrong, {}, fmt::format("{}:{}", file.filename().string(), number));
    }
    return {};
}

void plantTastes(PlantedItem& item, std::span<const std::uint32_t> tastes)
{
    item.shareCount = static_cast<std::uint32_t>(std::min(tastes.size(), item.shares.size()));
    for (std::size_t k = 0; k < item.shareCount; ++k)
        item.shares[k] = {tastes[k], sharesOfTastes[item.shareCount - 1][k]};
}

/// `appeal` is standardized here: what many choose is a little better, too.
void plantQuality(PlantedItem& item, double appeal, Rng& rng) { item.quality = .12 * appeal + .25 * rng.normal(); }

Timestamp dayOfRelease(int year, Rng& rng)
{
    return startOfYear(year) + static_cast<Timestamp>(rng.below(330)) * secondsPerDay;
}

class CatalogueReader {
public:
    explicit CatalogueReader(const WorldPlan& plan) : m_folder(plan.catalogue), m_rng(seedFor(plan.seed, "world.items"))
    {
    }

    Result<PlantedCatalogue> read()
    {
        return readRows(m_folder / "movies.csv", 3, [this](const Row& row) { return addMovie(row); })
            .and_then([this] {
                return readRows(m_folder / "tastes.csv", 3, [this](const Row& row) { return addTastes(row); });
            })
            .and_then([this] { return checkComplete(); })
            .and_then([this] { return readAudiences(); })
            .map([this] { return finished(); });
    }

private:
    std::string addMovie(const Row& row)
    {
        const auto year = yearOf(row[1]);
        if (!year)
            return fmt::format("'{}' does not end in a year, as in 'Heat (1995)'", row[1]);
        if (m_ids.find(row[0]))
            return fmt::format("There are two films {}", row[0]);
        m_ids.add(row[0]);
        m_catalogue.items.push_back({row[0], row[1], row[2], *year, dayOfRelease(*year, m_rng)});
        return {};
    }

    std::string addTastes(const Row& row)
    {
        const auto item = m_ids.find(row[0]);
        if (!item)
            return fmt::format("movies.csv has no film {}", row[0]);
        const auto appeal = numberIn<double>(row[1]);
        if (!appeal || !(*appeal >= 0 && *appeal <= 1))
            return fmt::format("'{}' is not an appeal from 0 to 1", row[1]);
        std::vector<std::uint32_t> tastes;
        for (const auto& tag : splitTags(row[2]))
            tastes.push_back(m_tastes.add(tag));
        PlantedItem& planted = m_catalogue.items[*item];
        planted.appeal = appealRange * *appeal;
        plantTastes(planted, tastes);
        plantQuality(planted, (*appeal - .45) / .2, m_rng);
        return {};
    }

    Status checkComplete() const
    {
        for (const auto& item : m_catalogue.items) {
            if (item.shareCount == 0)
                return error(Code::BadRow, fmt::format("The film {} has no tastes", item.id), {}, "tastes.csv");
        }
        if (m_catalogue.items.empty())
            return error(Code::BadFile, "The catalogue has no films", {}, (m_folder / "movies.csv").string());
        return {};
    }

    Status readAudiences()
    {
        const auto file = m_folder / "audiences.csv";
        if (!std::filesystem::exists(file))
            return {};
        return readRows(file, 5, [this](const Row& row) { return addAudience(row); });
    }

    std::string addAudience(const Row& row)
    {
        const auto taste = m_tastes.find(row[0]);
        const auto from = numberIn<int>(row[1]);
        const auto to = numberIn<int>(row[2]);
        const auto lift = numberIn<double>(row[4]);
        if (!taste)
            return fmt::format("No film has the taste '{}'", row[0]);
        if (!from || !to || !lift || !(*lift > 0))
            return "Ages are whole numbers and the lift is a number above 0";
        m_catalogue.audiences.push_back({*taste, *from, *to, row[3], *lift});
        return {};
    }

    PlantedCatalogue finished()
    {
        for (std::uint32_t t = 0; t < m_tastes.size(); ++t)
            m_catalogue.tastes.emplace_back(m_tastes.name(t));
        return std::move(m_catalogue);
    }

    std::filesystem::path m_folder;
    Rng m_rng;
    Vocabulary m_ids, m_tastes;
    PlantedCatalogue m_catalogue;
};

std::vector<std::uint32_t> inventTastes(std::size_t tastes, Rng& rng)
{
    std::vector<std::uint32_t> drawn;
    const std::size_t wanted = std::min<std::size_t>(1 + rng.below(3), tastes);
    while (drawn.size() < wanted) {
        const auto taste = static_cast<std::uint32_t>(rng.below(tastes));
        if (std::ranges::find(drawn, taste) == drawn.end())
            drawn.push_back(taste);
    }
    return drawn;
}

/// Most items are older than the first rating; the others appear while people rate.
int inventYear(const WorldPlan& plan, Rng& rng)
{
    if (rng.uniform() < .15)
        return plan.firstYear + static_cast<int>(rng.below(plan.lastYear - plan.firstYear + 1));
    const int age = 1 + static_cast<int>(-15 * std::log(1 - rng.uniform()));
    return plan.firstYear - std::min(age, 80);
}

PlantedItem inventItem(const WorldPlan& plan, const PlantedCatalogue& catalogue, std::size_t index, Rng& rng)
{
    PlantedItem item;
    const int year = inventYear(plan, rng);
    const double appeal = rng.normal();
    item.id = std::to_string(index + 1);
    item.title = fmt::format("Film {} ({})", index + 1, year);
    item.year = year;
    item.released = dayOfRelease(year, rng);
    item.appeal = 2.2 * appeal; // the most chosen tenth then gets about four fifths of the ratings
    plantTastes(item, inventTastes(plan.tastes, rng));
    plantQuality(item, appeal, rng);
    for (const auto& [taste, share] : item.tastes())
        item.genres += (item.genres.empty() ? "" : "|") + catalogue.tastes[taste];
    return item;
}

} // namespace

Timestamp startOfYear(int year)
{
    using namespace std::chrono;
    const sys_days day = std::chrono::year(year) / January / 1;
    return day.time_since_epoch().count() * secondsPerDay;
}

Result<PlantedCatalogue> readCatalogue(const WorldPlan& plan) { return CatalogueReader(plan).read(); }

PlantedCatalogue inventCatalogue(const WorldPlan& plan)
{
    PlantedCatalogue catalogue;
    Rng rng(seedFor(plan.seed, "world.items"));
    for (std::size_t t = 0; t < plan.tastes; ++t) {
        catalogue.tastes.push_back(fmt::format("Taste {}", t + 1));
        const int age = 15 + static_cast<int>(rng.below(40));
        catalogue.audiences.push_back({static_cast<std::uint32_t>(t), age, age + 12, "", 2});
    }
    for (std::size_t i = 0; i < plan.items; ++i)
        catalogue.items.push_back(inventItem(plan, catalogue, i, rng));
    return catalogue;
}

} // namespace orrery
