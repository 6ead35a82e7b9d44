// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hash.h"
#include "core/base/words.h"
#include "core/data/catalog_columns.h"
#include "core/data/import/films.h"
#include "core/data/import/no_products.h"
#include "core/data/import/returns.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

// UCI Online Retail (Chen 2015) and its second edition: the invoice lines of a shop, one table.

namespace orrery::reading {
namespace {

constexpr std::array<std::string_view, 4> everywhere = {"StockCode", "Quantity", "InvoiceDate", "Country"};

// Of a code, counted for its title: a title that comes after so many others is none.
constexpr std::size_t mostDescriptions = 64;

/// Where things stand; the two editions call three columns differently.
struct InvoiceColumns {
    std::size_t invoice, code, quantity, time, price, customer, country;
    std::optional<std::size_t> description;
};

std::optional<InvoiceColumns> columnsIn(const Header& header)
{
    const auto either = [&](std::string_view one, std::string_view other) {
        const auto found = header.find(one);
        return found ? found : header.find(other);
    };
    const auto invoice = either("InvoiceNo", "Invoice"), price = either("UnitPrice", "Price"),
               customer = header.find("CustomerID");
    if (!namesAll(header, everywhere) || !invoice || !price || !customer)
        return std::nullopt;
    return InvoiceColumns{
        *invoice,  *header.find("StockCode"), *header.find("Quantity"),  *header.find("InvoiceDate"), *price,
        *customer, *header.find("Country"),   header.find("Description")};
}

std::string invoiceFile(const FileSet& files)
{
    return fileWithHeader(files, {}, [](const Header& header) { return columnsIn(header).has_value(); });
}

std::optional<Detection> detect(const FileSet& files)
{
    const std::string name = invoiceFile(files);
    if (name.empty())
        return std::nullopt;
    return Detection{"online-retail", "Online Retail",
                     fmt::format("the first line of {} names invoice, stock code, quantity, unit price, customer and "
                                 "country",
                                 name)};
}

/// Lines that are something else than a plain sale; one line may be several.
struct Oddities {
    std::uint64_t withoutCustomer = 0, cancelled = 0, negative = 0, nothing = 0, zeroPrice = 0, negativePrice = 0,
                  withoutDescription = 0, repeated = 0, quoted = 0, noProduct = 0, countries = 0;
    std::map<std::string, std::uint64_t> noProducts;
};

class InvoiceReader {
public:
    InvoiceReader(Assembly& assembly, const InvoiceColumns& columns) : m_assembly(assembly), m_columns(columns) {}

    std::optional<Refusal> add(const Record& record)
    {
        const std::string_view code = trimmed(record.fields[m_columns.code]);
        const std::string_view invoice = trimmed(record.fields[m_columns.invoice]);
        if (code.empty())
            return Refusal{Fault::EmptyItem, "the stock code is empty"};
        const auto quantity = parseValue(record.fields[m_columns.quantity]);
        if (quantity.fault)
            return refusal(*quantity.fault, "quantity", record.fields[m_columns.quantity]);
        const auto price = parseValue(record.fields[m_columns.price]);
        if (price.fault)
            return refusal(*price.fault, "unit price", record.fields[m_columns.price]);
        if (record.fields[m_columns.time] != m_lastTime)
            if (auto fault = readTime(record.fields[m_columns.time]))
                return fault;
        const std::uint32_t item = m_codes.add(toUtf8(code));
        if (item == m_isProduct.size())
            m_isProduct.push_back(!isNoProduct(code));
        count(record, invoice, quantity.value, price.value, item);
        describe(record, item);
        keep(record, invoice, item, quantity.value, price.value);
        return std::nullopt;
    }

    void finish()
    {
        countRepeated();
        const NettedSales sales = kept();
        fill(sales);
        for (std::uint32_t item = 0; item < m_assembly.items.names().size(); ++item)
            if (const std::string& title = titleOf(m_codeOfItem[item]); !title.empty())
                m_assembly.aboutItems.setText(nameOf(CatalogField::Title), item, title);
        addItemPrices(m_assembly);
        note(sales);
    }

private:
    static Refusal refusal(Fault fault, std::string_view what, std::string_view field)
    {
        return {fault, fault == Fault::EmptyValue ? fmt::format("the {} is empty", what)
                                                  : fmt::format("{} '{}' is not a number", what, excerpt(field, 60))};
    }

    std::optional<Refusal> readTime(std::string_view field)
    {
        const auto time = parseTime(field, DateOrder::MonthFirst);
        if (time.fault)
            return Refusal{*time.fault, *time.fault == Fault::EmptyTime
                                            ? "the invoice date is empty"
                                            : fmt::format("'{}' is not a time", excerpt(field, 60))};
        m_lastTime = field;
        m_time = time.value;
        return std::nullopt;
    }

    void count(const Record& record, std::string_view invoice, float quantity, float price, std::uint32_t item)
    {
        m_odd.withoutCustomer += trimmed(record.fields[m_columns.customer]).empty();
        m_odd.cancelled += invoice.starts_with('C') || invoice.starts_with('c');
        m_odd.negative += quantity < 0;
        m_odd.nothing += quantity == 0;
        m_odd.zeroPrice += price == 0;
        m_odd.negativePrice += price < 0;
        m_odd.quoted += record.raw.find('"') != std::string_view::npos;
        m_odd.noProduct += !m_isProduct[item];
        if (!m_isProduct[item])
            ++m_odd.noProducts[std::string(m_codes.name(item))];
        m_lines.push_back(checksum(std::as_bytes(std::span(record.raw))));
    }

    void describe(const Record& record, std::uint32_t item)
    {
        const std::string_view text =
            m_columns.description ? trimmed(record.fields[*m_columns.description]) : std::string_view();
        m_odd.withoutDescription += text.empty();
        if (text.empty())
            return;
        m_descriptions.resize(m_codes.size());
        auto& counts = m_descriptions[item];
        const auto known = m_texts.find(text);
        const auto found = known ? std::ranges::find(counts, *known, &Count::first) : counts.end();
        if (found != counts.end())
            ++found->second;
        else if (counts.size() < mostDescriptions)
            counts.emplace_back(m_texts.add(text), 1);
    }

    // The most frequent of those that are counted; of equally frequent ones the first.
    std::string titleOf(std::uint32_t code) const
    {
        if (code >= m_descriptions.size() || m_descriptions[code].empty())
            return {};
        return toUtf8(m_texts.name(std::ranges::max_element(m_descriptions[code], {}, &Count::second)->first));
    }

    void keep(const Record& record, std::string_view invoice, std::uint32_t item, float quantity, float price)
    {
        std::string_view customer = trimmed(record.fields[m_columns.customer]);
        if (customer.empty() || quantity == 0 || (m_assembly.request.productsOnly && !m_isProduct[item]))
            return;
        if (customer.ends_with(".0") && plainNumber(customer.substr(0, customer.size() - 2), IdMap::numberLimit))
            customer.remove_suffix(2);
        const std::uint32_t person = m_customers.add(toUtf8(customer));
        const std::uint32_t country = m_countries.add(toUtf8(trimmed(record.fields[m_columns.country])));
        if (person == m_home.size()) {
            m_home.push_back(country);
            m_moved.push_back(false);
        }
        m_moved[person] = m_moved[person] || m_home[person] != country;
        m_sales.push_back({UserIndex{person}, ItemIndex{item}, quantity, m_time});
        m_prices.push_back(price);
        m_invoices.push_back(m_invoiceIds.add(toUtf8(invoice)));
    }

    void countRepeated()
    {
        std::ranges::sort(m_lines);
        for (std::size_t i = 1; i < m_lines.size(); ++i)
            m_odd.repeated += m_lines[i] == m_lines[i - 1];
    }

    NettedSales kept() const
    {
        if (m_assembly.request.returns == Returns::Net)
            return netted(m_sales);
        NettedSales sales;
        for (const SaleLine& line : m_sales) {
            sales.quantities.push_back(std::max(line.quantity, 0.F));
            sales.returns += line.quantity < 0;
        }
        return sales;
    }

    void fill(const NettedSales& sales)
    {
        EventColumns& events = m_assembly.events;
        events.reserve(m_sales.size(), true, true);
        for (std::size_t i = 0; i < m_sales.size(); ++i) {
            const float quantity = sales.quantities[i];
            if (quantity <= 0)
                continue;
            events.users.push_back(UserIndex{personOf(m_sales[i].user.value)});
            events.items.push_back(ItemIndex{itemOf(m_sales[i].item.value)});
            events.values.push_back(quantity);
            events.times.push_back(m_sales[i].at);
            events.kinds.push_back(EventKind::Purchase);
            events.sessions.push_back(m_assembly.sessions.add(m_invoiceIds.name(m_invoices[i])));
            events.prices.push_back(m_prices[i]);
            events.lowest = std::min(events.lowest, quantity);
            events.highest = std::max(events.highest, quantity);
        }
    }

    std::uint32_t itemOf(std::uint32_t code)
    {
        m_itemOfCode.resize(m_codes.size(), noSession);
        if (m_itemOfCode[code] == noSession) {
            m_itemOfCode[code] = m_assembly.items.add(m_codes.name(code));
            m_codeOfItem.push_back(code);
        }
        return m_itemOfCode[code];
    }

    std::uint32_t personOf(std::uint32_t customer)
    {
        m_personOf.resize(m_customers.size(), noSession);
        if (m_personOf[customer] == noSession) {
            m_personOf[customer] = m_assembly.people.add(m_customers.name(customer));
            if (const auto country = m_countries.name(m_home[customer]); !country.empty())
                m_assembly.aboutPeople.addTag("country", m_personOf[customer], country);
            m_odd.countries += m_moved[customer];
        }
        return m_personOf[customer];
    }

    void note(const NettedSales& sales)
    {
        const auto say = [&](std::uint64_t count, std::string_view one, std::string_view many, std::string_view what) {
            if (count > 0)
                m_assembly.report.note(fmt::format("{} {}", counted(count, one, many), what));
        };
        say(m_odd.withoutCustomer, "line has", "lines have",
            "no customer: nobody is known who bought, so they are left out");
        say(m_odd.cancelled, "line is", "lines are", "of cancelled invoices (C...)");
        say(m_odd.negative, "line has", "lines have", "a quantity below zero");
        say(m_odd.nothing, "line has", "lines have", "a quantity of zero");
        noteReturns(sales);
        say(m_odd.zeroPrice, "line has", "lines have", "a price of zero");
        say(m_odd.negativePrice, "line has", "lines have", "a price below zero");
        say(m_odd.withoutDescription, "line has", "lines have", "no description");
        say(m_odd.repeated, "line stands", "lines stand", "there twice or more; all are kept");
        say(m_odd.quoted, "line has", "lines have", "quotes");
        noteNoProducts();
        say(m_odd.countries, "customer has", "customers have", "several countries: the first one is kept");
    }

    void noteReturns(const NettedSales& sales)
    {
        if (sales.returns == 0)
            return;
        const std::string returns = counted(sales.returns, "return", "returns") + " of known customers: ";
        m_assembly.report.note(
            m_assembly.request.returns == Returns::Drop
                ? returns + "passed over"
                : fmt::format("{}{} taken off earlier purchases, {} passed over at least in part, as not so much was "
                              "bought before; of {} nothing is left, of {} less",
                              returns, counted(sales.matched, "is", "are"), grouped(sales.returns - sales.matched),
                              counted(sales.gone, "purchase"), counted(sales.shortened, "purchase")));
    }

    void noteNoProducts()
    {
        if (m_odd.noProduct == 0)
            return;
        std::vector<std::string> codes;
        for (const auto& [code, count] : m_odd.noProducts)
            codes.push_back(fmt::format("{} {}", code, grouped(count)));
        m_assembly.report.note(fmt::format(
            "{} no product ({}): {}", counted(m_odd.noProduct, "line is", "lines are"), fmt::join(codes, ", "),
            m_assembly.request.productsOnly ? "left out" : "kept, as they can be left out on request"));
    }

    using Count = std::pair<std::uint32_t, std::uint32_t>; // of a description

    Assembly& m_assembly;
    InvoiceColumns m_columns;
    Oddities m_odd;
    Vocabulary m_codes, m_texts, m_customers, m_countries, m_invoiceIds;
    std::vector<bool> m_isProduct;                  // by code
    std::vector<std::vector<Count>> m_descriptions; // by code
    std::vector<std::uint64_t> m_lines;             // checksums
    std::vector<SaleLine> m_sales;                  // of known customers, by code and customer
    std::vector<float> m_prices;
    std::vector<std::uint32_t> m_invoices, m_home, m_itemOfCode, m_codeOfItem, m_personOf;
    std::vector<bool> m_moved;
    std::string m_lastTime;
    Timestamp m_time = noTime;
};

Status read(Assembly& assembly, const FileSet& files)
{
    if (auto alone = refuseTestFile(assembly); !alone)
        return alone;
    std::optional<InvoiceReader> reader;
    assembly.itemWord = "product";
    assembly.feedback = Feedback::Implicit;
    const auto rows = readCsv(assembly, files, invoiceFile(files), "invoice lines", everywhere,
                              [&](const Header& header) -> OnRecord {
                                  reader.emplace(assembly, *columnsIn(header));
                                  return [&](const Record& record) { return reader->add(record); };
                              });
    if (!rows)
        return rows;
    if (auto some = assembly.report.requireSome(); !some)
        return some;
    reader->finish();
    if (assembly.events.users.empty())
        return error(Code::BadFile, "No line is a sale to a known customer", "Choose a file with customers");
    readNote(assembly, files);
    return {};
}

} // namespace

Format onlineRetail() { return {detect, read}; }

} // namespace orrery::reading
