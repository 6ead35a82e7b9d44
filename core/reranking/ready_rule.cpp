// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/ready_rule.h"

#include "core/data/catalog_columns.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace orrery {
namespace {

/// Makes one rule ready; an error is one of its conditions.
class Preparation {
public:
    Preparation(const RuleCatalog& catalog, ReadyRule& ready) : m_catalog(catalog), m_ready(ready) {}

    Status operator()(const InStockRule&)
    {
        needs(CatalogField::Stock, "what is in stock");
        return {};
    }
    Status operator()(const UnseenRule&) { return {}; }
    Status operator()(const FilterRule& rule) { return look(rule.where); }
    Status operator()(const CapRule& rule)
    {
        static constexpr std::array fields{CatalogField::Category, CatalogField::Category, CatalogField::Category,
                                           CatalogField::Brand, CatalogField::Seller};
        static constexpr std::array names{"categories", "categories", "categories", "brands", "sellers"};
        needs(fields.at(static_cast<std::size_t>(rule.of)), names.at(static_cast<std::size_t>(rule.of)));
        return {};
    }
    Status operator()(const MarginRule& rule)
    {
        needs(CatalogField::Margin, "margins");
        mark([&](ItemIndex item) {
            return static_cast<double>(m_catalog.marginRank(item)) <= std::min(rule.share, .999);
        });
        return {};
    }
    Status operator()(const PromotedRule&)
    {
        needs(CatalogField::Promoted, "what is promoted");
        mark([&](ItemIndex item) { return m_catalog.promoted(item); });
        return {};
    }
    Status operator()(const NewRule&)
    {
        needsDates();
        return {};
    }
    Status operator()(const SessionRule&)
    {
        needs(CatalogField::Category, "categories");
        return {};
    }
    Status operator()(const BoostRule& rule) { return look(rule.where); }
    Status operator()(const BuryRule& rule) { return look(rule.where); }
    Status operator()(const PinRule& rule)
    {
        const auto item = m_catalog.dataset().findItem(rule.item);
        if (!item)
            return error(Code::InvalidArgument, fmt::format("There is no item '{}'", rule.item),
                         "Give the id of an item of this catalog");
        m_ready.pin = *item;
        return {};
    }
    Status operator()(const FreshnessRule&)
    {
        needsDates();
        return {};
    }
    Status operator()(const PositionBiasRule& rule)
    {
        if (m_catalog.dataset().log().positions().empty())
            m_ready.lacks = "events do not say at which place items were shown";
        m_ready.factors = m_catalog.positionWeights(rule.eta);
        const auto limit = static_cast<float>(rule.limit);
        for (float& factor : m_ready.factors)
            factor = std::clamp(factor, 1 / limit, limit);
        return {};
    }
    Status operator()(const DiversityRule& rule)
    {
        const bool byVectors = rule.by == DiversityRule::By::Vectors && m_catalog.hasVectors();
        if (!byVectors)
            needs(CatalogField::Category, "categories");
        return {};
    }
    Status operator()(const CalibrationRule&)
    {
        needs(CatalogField::Category, "categories");
        return {};
    }
    Status operator()(const ExposureRule&)
    {
        needs(CatalogField::Seller, "sellers");
        return {};
    }
    Status operator()(const ExploreRule&) { return {}; }

private:
    void needs(CatalogField field, std::string_view what)
    {
        if (!CatalogColumns(m_catalog.dataset().items())[field])
            m_ready.lacks = fmt::format("the catalog does not tell {}", what);
    }
    void needsDates()
    {
        if (m_catalog.medianAdded() == noTime)
            m_ready.lacks = "nothing tells when items came";
    }
    template <class About> void mark(About about)
    {
        m_ready.fits.resize(m_catalog.size());
        for (std::uint32_t item = 0; item < m_ready.fits.size(); ++item)
            m_ready.fits[item] = about(ItemIndex{item}) ? 1 : 0;
    }
    Status look(const std::string& where)
    {
        const auto wishes = parseWishes(where);
        if (!wishes)
            return tl::unexpected(wishes.error());
        if (auto known = checkWishes(*wishes, m_catalog.dataset()); !known)
            return known;
        mark([&](ItemIndex item) {
            return std::ranges::all_of(*wishes,
                                       [&](const Wish& wish) { return wish.holdsFor(m_catalog.dataset(), item); });
        });
        return {};
    }

    const RuleCatalog& m_catalog;
    ReadyRule& m_ready;
};

} // namespace

Result<ReadyRule> makeReady(const Rule& rule, const RuleCatalog& catalog)
{
    auto conditions = RuleConditions::from(rule.when);
    if (!conditions)
        return tl::unexpected(conditions.error());
    ReadyRule ready;
    ready.conditions = std::move(*conditions);
    if (rule.on)
        if (const auto prepared = std::visit(Preparation(catalog, ready), rule.action); !prepared)
            return tl::unexpected(prepared.error());
    return ready;
}

} // namespace orrery
