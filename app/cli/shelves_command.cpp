// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/shelves_command.h"

#include "app/cli/json.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"
#include "core/pipeline/storefront.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

/// Adds what was done to each of these items, one second after the other.
Status addEvents(Visit& visit, const Dataset& dataset, const std::vector<std::string>& ids, EventKind kind,
                 Timestamp& at)
{
    for (const std::string& id : ids) {
        const auto item = requireItem(dataset, id);
        if (!item)
            return tl::unexpected(item.error());
        visit.add({*item, kind, at++});
    }
    return {};
}

Json shelfJson(const Dataset& dataset, const Shelf& shelf)
{
    Json json = {{"shelf", idOf(shelf.kind)}, {"title", shelf.title}, {"source", shelf.source}};
    if (!shelf.note.empty())
        json["note"] = shelf.note;
    json["items"] = Json::array();
    for (const ShelfItem& one : shelf.items) {
        json["items"].push_back(itemJson(dataset, one.item));
        if (!one.why.empty())
            json["items"].back()["why"] = one.why;
    }
    return json;
}

std::string shelfText(const Dataset& dataset, const Shelf& shelf)
{
    std::string out = fmt::format("{} ({})\n", shelf.title, shelf.source);
    if (!shelf.note.empty())
        out += shelf.note + "\n";
    TextTable table({"", "item", "id", "why"});
    for (std::size_t i = 0; i < shelf.items.size(); ++i)
        table.add({std::to_string(i + 1), dataset.title(shelf.items[i].item),
                   std::string(dataset.itemIds().name(shelf.items[i].item.value)), shelf.items[i].why});
    return out + (shelf.items.empty() ? "" : table.text()) + "\n";
}

ShopPage::Kind pageFrom(const std::string& name)
{
    return name == "product" ? ShopPage::Kind::Product : name == "cart" ? ShopPage::Kind::Cart : ShopPage::Kind::Home;
}

} // namespace

std::string_view ShelvesCommand::examples() const
{
    return "orrery-cli shelves --data datasets/shop --model cold-start --person c7\n"
           "orrery-cli shelves --data datasets/shop --model implicit-als --page product --item p12\n"
           "orrery-cli shelves --data datasets/shop --viewed p12 --cart p40 --page cart --json";
}

void ShelvesCommand::declare(CLI::App& app)
{
    app.add_option("--page", m_page, "Which page: home, product (of --item) or cart")
        ->capture_default_str()
        ->check(CLI::IsMember({"home", "product", "cart"}));
    app.add_option("--item", m_item, "The product of the page, by id")->type_name("ID");
    app.add_option("--person", m_person, "Who visits, by id; else a guest")->type_name("ID");
    app.add_option("--viewed", m_viewed, "Looked at in this visit, by id; may be repeated")->type_name("ID");
    app.add_option("--skipped", m_skipped, "Passed over in this visit")->type_name("ID");
    app.add_option("--cart", m_cart, "Put into the cart")->type_name("ID");
    app.add_option("--bought", m_bought, "Bought in this visit")->type_name("ID");
    app.add_option("-n,--n", m_count, "Items of a shelf, at most")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000).description(""));
    declareAsOf(app, m_asOf);
    m_models.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
}

Result<Output> ShelvesCommand::run(const Context& context)
{
    const auto asked = openAndMakeReady(m_data, m_models, m_asOf, context, .7);
    if (!asked)
        return tl::unexpected(asked.error());
    const Dataset& dataset = *asked->data.dataset;
    const auto shop = Storefront::open(asked->data.dataset, context.job.part(.7, .95));
    if (!shop)
        return tl::unexpected(shop.error());
    ShopPage page;
    page.kind = pageFrom(m_page);
    page.each = m_count;
    Timestamp at = asked->asOf != endOfTime ? asked->asOf : (*shop)->last() != noTime ? (*shop)->last() + 1 : 0;
    if (!m_person.empty()) {
        const auto user = requirePerson(dataset, m_person);
        if (!user)
            return tl::unexpected(user.error());
        page.visitor = queryFor(dataset, *user, at == 0 ? endOfTime : at);
    }
    if (!m_item.empty()) {
        const auto item = requireItem(dataset, m_item);
        if (!item)
            return tl::unexpected(item.error());
        page.product = *item;
    }
    const auto done = addEvents(page.visit, dataset, m_viewed, EventKind::View, at)
                          .and_then([&] { return addEvents(page.visit, dataset, m_skipped, EventKind::Skip, at); })
                          .and_then([&] { return addEvents(page.visit, dataset, m_cart, EventKind::Cart, at); })
                          .and_then([&] { return addEvents(page.visit, dataset, m_bought, EventKind::Purchase, at); });
    if (!done)
        return tl::unexpected(done.error());
    page.now = (*shop)->last() == noTime ? endOfTime : at;
    const auto shelves = (*shop)->shelves(page, *asked->ready.models.front().recommender, context.job.part(.95, 1));
    if (!shelves)
        return tl::unexpected(shelves.error());
    Json json = {{"dataset", datasetJson(dataset)},
                 {"model", asked->ready.models.front().choice.name},
                 {"page", m_page},
                 {"shelves", Json::array()}};
    std::string text;
    for (const Shelf& shelf : *shelves) {
        json["shelves"].push_back(shelfJson(dataset, shelf));
        text += shelfText(dataset, shelf);
    }
    return Output{dump(json), text};
}

} // namespace orrery::cli
