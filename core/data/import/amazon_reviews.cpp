// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/catalog_columns.h"
#include "core/data/import/films.h"
#include "core/data/import/json_lines.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

// Amazon reviews of 2014 and 2018 (Ni, Li & McAuley 2019) and of 2023 (Hou et al. 2024): reviews as JSON lines or CSV,
// and products in meta_*.

namespace orrery::reading {
namespace {

/// How the editions call the parts of a review; of 2023 products are told apart by their parents.
struct ReviewNames {
    std::string_view person, item, otherItem, stars, time;
};
constexpr std::array<ReviewNames, 2> editions = {{
    {"reviewerID", "asin", "asin", "overall", "unixReviewTime"},
    {"user_id", "parent_asin", "asin", "rating", "timestamp"},
}};

bool isJsonName(std::string_view name) { return name.ends_with(".jsonl") || name.ends_with(".json"); }
bool isMetaName(std::string_view name) { return name.starts_with("meta_") || name.starts_with("meta-"); }

// Which edition's reviews a set of names is; null for none.
template <class Has> const ReviewNames* editionOf(const Has& has)
{
    for (const ReviewNames& names : editions)
        if (has(names.person) && (has(names.item) || has(names.otherItem)) && has(names.stars))
            return &names;
    return nullptr;
}

const ReviewNames* editionOf(const FileSet& files, std::string_view name)
{
    constexpr std::size_t longestReview = 256 * 1024;
    if (isMetaName(name))
        return nullptr;
    if (!isJsonName(name)) {
        const Header header(firstRecord(files.peek(name), {}));
        return editionOf([&](std::string_view field) { return header.find(field).has_value(); });
    }
    const std::string start = files.peek(name, longestReview);
    JsonObject object;
    if (!object.parse(std::string_view(start).substr(0, start.find('\n'))))
        return nullptr;
    return editionOf([&](std::string_view field) { return object.text(field) || object.number(field); });
}

std::string reviewFile(const FileSet& files)
{
    const bool any = files.chosen().empty() || isMetaName(files.chosen());
    std::string found;
    for (const std::string& name : files.names()) {
        if (any ? !isJsonName(name) && !looksLikeTable(name) : name != files.chosen())
            continue;
        if (!editionOf(files, name))
            continue;
        if (!found.empty())
            return {}; // which of them is for the person to say
        found = name;
    }
    return found;
}

std::string_view stemOf(std::string_view name) { return name.substr(0, name.find('.')); }

// That of the same category; else the only one.
std::string metaFile(const FileSet& files, std::string_view reviews)
{
    std::vector<std::string> found;
    for (const std::string& name : files.names())
        if (isMetaName(name) && isJsonName(name))
            found.push_back(name);
    for (const std::string& name : found)
        if (stemOf(name).substr(5) == stemOf(reviews))
            return name;
    return found.size() == 1 ? found[0] : "";
}

std::optional<Detection> detect(const FileSet& files)
{
    const std::string name = reviewFile(files);
    if (name.empty())
        return std::nullopt;
    const ReviewNames& names = *editionOf(files, name);
    const std::string meta = metaFile(files, name);
    return Detection{"amazon-reviews", "Amazon reviews",
                     fmt::format("the first line of {} names {}, {} and {}{}", name, names.person, names.otherItem,
                                 names.stars, meta.empty() ? "" : fmt::format(", and {} lies beside it", meta))};
}

std::optional<Refusal> addReview(Assembly& assembly, const ReviewNames& names, const JsonObject& review)
{
    const auto person = review.text(names.person);
    auto item = review.text(names.item);
    if (!item)
        item = review.text(names.otherItem);
    if (!person || trimmed(*person).empty())
        return Refusal{Fault::EmptyPerson, fmt::format("there is no {}", names.person)};
    if (!item || trimmed(*item).empty())
        return Refusal{Fault::EmptyItem, fmt::format("there is no {}", names.item)};
    const auto stars = review.number(names.stars);
    if (!stars || *stars < 1 || *stars > 5)
        return Refusal{stars ? Fault::OffScale : Fault::EmptyValue,
                       stars ? fmt::format("{} {} is not from 1 to 5", names.stars, *stars)
                             : fmt::format("there is no {}", names.stars)};
    const auto seconds = review.number(names.time);
    const auto time = seconds ? parseTime(fmt::format("{:.0f}", *seconds)) : Field<Timestamp>{noTime, {}};
    if (time.fault)
        return Refusal{*time.fault, fmt::format("{} {} is not a time", names.time, *seconds)};
    EventColumns& events = assembly.events;
    events.users.push_back(UserIndex{assembly.people.add(trimmed(*person))});
    events.items.push_back(ItemIndex{assembly.items.add(trimmed(*item))});
    events.values.push_back(static_cast<float>(*stars));
    events.times.push_back(time.value);
    events.withoutTime += seconds ? 0 : 1;
    return std::nullopt;
}

Status readReviewLines(Assembly& assembly, const FileSet& files, const std::string& name)
{
    const ReviewNames names = *editionOf(files, name);
    const auto rows = readJsonLines(assembly, files, name, "reviews",
                                    [&](const JsonObject& review) { return addReview(assembly, names, review); });
    return rows ? assembly.report.requireSome() : rows;
}

Result<EventLayout> tableLayout(BlockReader& reader)
{
    auto columns = reader.header();
    if (!columns)
        return tl::unexpected(columns.error());
    const Header header(std::move(*columns));
    const ReviewNames* const names = editionOf([&](std::string_view field) { return header.find(field).has_value(); });
    if (!names)
        return error(Code::BadFile, "There is no column of reviewers, products or stars",
                     "The first line must name them as the other file does");
    EventLayout layout;
    layout.columns = header.size();
    layout.person = *header.find(names->person);
    layout.item = header.find(names->item).value_or(header.find(names->otherItem).value_or(0));
    layout.value = header.find(names->stars);
    layout.time = header.find(names->time);
    layout.timeNeeded = false;
    layout.low = 1;
    layout.high = 5;
    return layout;
}

void setTexts(Assembly& assembly, CatalogField field, std::uint32_t item, const std::vector<std::string>& parts)
{
    if (const std::string text = fmt::format("{}", fmt::join(parts, " ")); !trimmed(text).empty())
        assembly.aboutItems.setText(nameOf(field), item, std::string(trimmed(text)));
}

// The first of these that tells something.
std::vector<std::string> firstOf(const JsonObject& product,
                                 std::initializer_list<std::pair<const char*, const char*>> fields)
{
    for (const auto& [field, within] : fields)
        if (auto texts = product.texts(field, within); !texts.empty())
            return texts;
    return {};
}

std::optional<Refusal> addProduct(Assembly& assembly, const JsonObject& product)
{
    auto id = product.text("parent_asin");
    if (!id)
        id = product.text("asin");
    if (!id || trimmed(*id).empty())
        return Refusal{Fault::EmptyItem, "there is no parent_asin and no asin"};
    const std::uint32_t item = assembly.items.add(trimmed(*id));
    AttributeBuilder& about = assembly.aboutItems;
    setTexts(assembly, CatalogField::Title, item, product.texts("title"));
    setTexts(assembly, CatalogField::Text, item, product.texts("description"));
    for (const std::string& brand : firstOf(product, {{"brand", ""}, {"store", ""}}))
        if (!trimmed(brand).empty())
            about.addTag(nameOf(CatalogField::Brand), item, trimmed(brand));
    for (const std::string& category :
         firstOf(product, {{"categories", ""}, {"category", ""}, {"main_category", ""}, {"main_cat", ""}}))
        if (!trimmed(category).empty())
            about.addTag(nameOf(CatalogField::Category), item, trimmed(category));
    if (const auto price = product.number("price"))
        about.setNumber(nameOf(CatalogField::Price), item, *price);
    const auto images = firstOf(
        product, {{"images", "large"}, {"imageURLHighRes", ""}, {"imageURL", ""}, {"image", ""}, {"imUrl", ""}});
    if (!images.empty())
        about.setText(nameOf(CatalogField::Image), item, images.front());
    return std::nullopt;
}

Status read(Assembly& assembly, const FileSet& files)
{
    const std::string name = reviewFile(files);
    assembly.itemWord = "product";
    assembly.feedback = Feedback::Explicit;
    assembly.scale = {1.F, 5.F};
    if (isJsonName(name))
        if (auto alone = refuseTestFile(assembly); !alone)
            return alone;
    auto reviews = isJsonName(name) ? readReviewLines(assembly, files, name)
                                    : readRatings(assembly, files, name, {}, "reviews", tableLayout);
    const std::string meta = metaFile(files, name);
    if (!reviews || meta.empty())
        return reviews;
    const auto products = readJsonLines(assembly, files, meta, "products",
                                        [&](const JsonObject& product) { return addProduct(assembly, product); });
    if (!products)
        return products;
    noteUnused(assembly);
    readNote(assembly, files);
    return {};
}

} // namespace

Format amazonReviews() { return {detect, read}; }

} // namespace orrery::reading
