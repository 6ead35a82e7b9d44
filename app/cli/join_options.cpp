// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/join_options.h"

#include "app/cli/text_table.h"
#include "core/base/words.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr auto joinGroup = "How tables are joined";
constexpr std::size_t shownKeys = 5;

Result<KeyFixes> fixesFrom(const std::vector<std::string>& ids)
{
    KeyFixes fixes;
    for (const std::string& id : ids) {
        if (id == "none")
            continue;
        const auto fix = keyFixFrom(id);
        if (!fix)
            return tl::unexpected(fix.error());
        fixes[*fix] = true;
    }
    return fixes;
}

std::string percentText(double share) { return fmt::format("{:.1f} %", 100 * share); }

Json matchJson(const KeyMatch& match)
{
    return {{"events", match.events},
            {"eventsFound", match.eventsFound},
            {"rows", match.rows},
            {"rowsUsed", match.rowsUsed}};
}

Json keysJson(const std::vector<UnmatchedKey>& keys)
{
    Json out = Json::array();
    for (const UnmatchedKey& key : keys)
        out.push_back({{"key", key.key}, {"count", key.count}});
    return out;
}

Json sideJson(const SideMatch& side)
{
    Json json = matchJson(side.match);
    for (const KeyFix fix : keyFixes)
        json["withFix"][std::string(idOf(fix))] = matchJson(side.withFix[static_cast<std::size_t>(fix)]);
    json["unknownKeys"] = side.unknownKeys;
    json["unknown"] = keysJson(side.unknown);
    json["unusedKeys"] = side.unusedKeys;
    json["unused"] = keysJson(side.unused);
    json["fallTogether"] = side.fallTogether;
    return json;
}

std::string keysText(const std::vector<UnmatchedKey>& keys, std::uint64_t all, std::string_view what)
{
    if (all == 0)
        return {};
    std::string out = fmt::format("  {} {}:", grouped(all), what);
    for (std::size_t i = 0; i < std::min(shownKeys, keys.size()); ++i)
        out += fmt::format(" '{}' ({})", keys[i].key, grouped(keys[i].count));
    return out + (all > shownKeys ? " ...\n" : "\n");
}

std::string sideText(const SideMatch& side, std::string_view title, std::string_view table)
{
    if (!side.given)
        return {};
    TextTable shares(
        {std::string(title), "events in the " + std::string(table), "of the " + std::string(table) + " used"});
    shares.add({"now", percentText(side.match.eventShare()), percentText(side.match.rowShare())});
    for (const KeyFix fix : keyFixes) {
        const KeyMatch& with = side.withFix[static_cast<std::size_t>(fix)];
        if (with != side.match)
            shares.add(
                {fmt::format("with {}", idOf(fix)), percentText(with.eventShare()), percentText(with.rowShare())});
    }
    std::string out = "\n" + shares.text();
    out += keysText(side.unknown, side.unknownKeys, fmt::format("keys of events that the {} does not have", table));
    out += keysText(side.unused, side.unusedKeys, fmt::format("keys of the {} that no event has", table));
    if (side.fallTogether > 0)
        out += fmt::format("  {} of the {} the same as another with these fixes\n",
                           counted(side.fallTogether, "key", "keys"), table);
    return out;
}

} // namespace

void JoinFlags::declare(CLI::App& app)
{
    auto* catalog = app.add_option("--catalog", m_catalog, "The table of items; guessed otherwise")
                        ->type_name("FILE")
                        ->group(joinGroup);
    auto* persons = app.add_option("--people", m_people, "The table of people; guessed otherwise")
                        ->type_name("FILE")
                        ->group(joinGroup);
    constexpr auto fixes = "trim, leading-zeros, point-zero (123.0 is 123), ignore-case; none";
    auto* items = app.add_option("--fix-items", m_fixItems, fmt::format("Fixes of the keys of items: {}", fixes))
                      ->delimiter(',')
                      ->allow_extra_args(false)
                      ->type_name("FIX,...")
                      ->group(joinGroup);
    auto* people = app.add_option("--fix-people", m_fixPeople, fmt::format("Fixes of the keys of people: {}", fixes))
                       ->delimiter(',')
                       ->allow_extra_args(false)
                       ->type_name("FIX,...")
                       ->group(joinGroup);
    auto* variants =
        app.add_option("--variants", m_variants,
                       "Roll variants up to products: by-column (the catalog names the product), trailing-letters "
                       "(85123A is 85123), after-dash, after-underscore, after-dot, after-slash; apart otherwise")
            ->type_name("HOW")
            ->group(joinGroup);
    auto* leaveOut = app.add_option("--leave-out", m_leaveOut, "Ids that are no products, such as POST")
                         ->delimiter(',')
                         ->allow_extra_args(false)
                         ->type_name("ID,...")
                         ->group(joinGroup);
    app.add_option("--recipe", m_recipe, "Join the files as this recipe says, which an earlier import saved")
        ->type_name("FILE")
        ->excludes(catalog)
        ->excludes(persons)
        ->excludes(items)
        ->excludes(people)
        ->excludes(variants)
        ->excludes(leaveOut)
        ->group(joinGroup);
    app.add_option("--save-recipe", m_saveRecipe, "Save how it was done, for next month's files")
        ->type_name("FILE")
        ->group(joinGroup);
}

bool JoinFlags::any() const
{
    return names() || !m_fixItems.empty() || !m_fixPeople.empty() || !m_variants.empty() || !m_leaveOut.empty() ||
           !m_recipe.empty() || !m_saveRecipe.empty();
}

Result<std::vector<std::filesystem::path>> JoinFlags::filesOf(const std::vector<std::string>& paths)
{
    std::vector<std::filesystem::path> named(paths.begin(), paths.end());
    for (const std::string& file : {m_catalog, m_people})
        if (!file.empty() && std::ranges::find(named, std::filesystem::path(file)) == named.end())
            named.emplace_back(file);
    std::error_code failed;
    if (named.size() == 1 && !any() && !std::filesystem::is_directory(named.front(), failed))
        return std::vector<std::filesystem::path>();
    auto together = filesTogether(named);
    if (!together && named.size() == 1 && !any())
        return std::vector<std::filesystem::path>(); // import() says what is wrong with it
    if (!together)
        return tl::unexpected(together.error());
    if (together->recipe) {
        if (any())
            return error(Code::InvalidArgument,
                         fmt::format("'{}' is a recipe, and says all of the join already",
                                     together->recipe->filename().string()),
                         "Leave it, or the options of joins, out");
        m_recipe = together->recipe->string();
    }
    if (!together->dataset)
        return std::move(together->tables);
    if (any() && std::ranges::find(named, *together->dataset) != named.end() &&
        detectFormat(*together->dataset)
            .map([](const Detection& found) { return found.format == "table" || found.format == "online-retail"; })
            .value_or(true))
        return std::vector{*together->dataset};
    if (any() || named.size() > 1)
        return error(Code::InvalidArgument,
                     fmt::format("'{}' is a dataset of a known layout, which is not joined with other tables",
                                 together->dataset->filename().string()),
                     "Import it alone, without the options of joins");
    return std::vector<std::filesystem::path>();
}

Status JoinFlags::applyUses(JoinRequest& request) const
{
    for (const auto& [file, use] : {std::pair(m_catalog, TableUse::Catalog), std::pair(m_people, TableUse::People)}) {
        if (file.empty())
            continue;
        for (JoinTable& table : request.tables) {
            const bool isIt = table.path == std::filesystem::path(file);
            if (!isIt && table.use == use)
                table.use = TableUse::Ignore;
            if (!isIt || table.use == use)
                continue;
            const auto preview = previewTable(table.path);
            if (!preview)
                return tl::unexpected(preview.error());
            table = usedAs(use, table.path, *preview);
        }
    }
    return {};
}

Status JoinFlags::applyOptions(JoinOptions& options) const
{
    for (const auto& [ids, fixes] :
         {std::pair(&m_fixItems, &options.itemFixes), std::pair(&m_fixPeople, &options.personFixes)}) {
        if (ids->empty())
            continue;
        const auto chosen = fixesFrom(*ids);
        if (!chosen)
            return tl::unexpected(chosen.error());
        *fixes = *chosen;
    }
    options.leftOut = m_leaveOut;
    if (m_variants.empty())
        return {};
    const auto how = variantsFrom(m_variants);
    if (!how)
        return tl::unexpected(how.error());
    options.variants = *how;
    return {};
}

// What is said beside the recipe counts more than what the recipe says.
Result<JoinRequest> JoinFlags::asRecipeSays(const std::vector<std::filesystem::path>& files, const TableOptions& table,
                                            Completeness completeness) const
{
    auto request =
        readRecipe(m_recipe).and_then([&](const ImportRecipe& recipe) { return applied(recipe, files, completeness); });
    if (!request)
        return request;
    JoinRequest said = *request;
    if (auto fine = table.applyTo(said, false); !fine)
        return tl::unexpected(fine.error());
    request->feedback = said.feedback;
    request->kindWeights = said.kindWeights;
    if (said.badRows != BadRows::Skip) {
        request->badRows = said.badRows;
        request->badRowLimit = said.badRowLimit;
    }
    return request;
}

Result<JoinRequest> JoinFlags::request(const std::vector<std::filesystem::path>& files, const TableOptions& table,
                                       Completeness completeness) const
{
    if (!m_recipe.empty())
        return asRecipeSays(files, table, completeness);
    auto request = guessJoin(files);
    if (!request)
        return request;
    request->completeness = completeness;
    if (auto uses = applyUses(*request); !uses)
        return tl::unexpected(uses.error());
    if (auto options = applyOptions(request->options); !options)
        return tl::unexpected(options.error());
    if (auto rest = table.applyTo(*request, true); !rest)
        return tl::unexpected(rest.error());
    return request;
}

Status JoinFlags::save(const ImportRecipe& recipe) const
{
    return m_saveRecipe.empty() ? Status() : writeRecipe(recipe, m_saveRecipe);
}

Json tablesJson(const JoinRequest& request)
{
    Json out = Json::array();
    for (const JoinTable& table : request.tables) {
        Json one = {{"file", table.path.filename().string()}, {"use", idOf(table.use)}, {"why", table.why}};
        for (const ColumnGuess& column : table.layout.columns)
            one["columns"][column.header] = idOf(column.role);
        out.push_back(std::move(one));
    }
    return out;
}

Json matchJson(const JoinReport& report)
{
    Json json;
    if (report.items.given)
        json["items"] = sideJson(report.items);
    if (report.people.given)
        json["people"] = sideJson(report.people);
    json["variants"] = Json::array();
    for (const VariantOffer& offer : report.variants)
        json["variants"].push_back({{"how", idOf(offer.how)},
                                    {"merged", offer.merged},
                                    {"variant", offer.variant},
                                    {"product", offer.product}});
    json["noProducts"] = Json::array();
    for (const NoProduct& code : report.noProducts)
        json["noProducts"].push_back(
            {{"id", code.id}, {"title", code.title}, {"events", code.events}, {"leftOut", code.leftOut}});
    json["returns"] = report.returns;
    json["sessions"] = report.sessions;
    return json;
}

std::string tablesText(const JoinRequest& request)
{
    TextTable files({"file", "taken for", "because"});
    for (const JoinTable& table : request.tables)
        files.add({table.path.filename().string(), std::string(idOf(table.use)), table.why});
    return files.text();
}

std::string matchText(const JoinReport& report)
{
    std::string out = sideText(report.items, "items", "catalog") + sideText(report.people, "people", "table");
    for (const VariantOffer& offer : report.variants)
        out += fmt::format("--variants {} would make {} fewer items: {} is {}\n", idOf(offer.how),
                           grouped(offer.merged), offer.variant, offer.product);
    std::string codes;
    for (const NoProduct& code : report.noProducts)
        if (!code.leftOut)
            codes += fmt::format("{}{} ({})", codes.empty() ? "" : ", ", code.id, grouped(code.events));
    if (!codes.empty())
        out += fmt::format("May be no products (--leave-out): {}\n", codes);
    return out + '\n';
}

} // namespace orrery::cli
