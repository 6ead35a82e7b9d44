// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/inherited.h"

#include "core/base/parallel.h"
#include "core/base/words.h"
#include "core/models/artifact.h"
#include "core/models/content/content_features.h"
#include "core/models/content/content_neighbours.h"
#include "core/models/first_error.h"
#include "core/models/hybrids/list_scale.h"
#include "core/models/hybrids/parts.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double mostBonus = 10, mostWarm = 1e6;
constexpr std::size_t itemsPerChunk = 16;
constexpr std::uint64_t anyCount = std::uint64_t{1} << 32;
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

struct InheritedConfig {
    std::string part = "implicit-als";
    int neighbours = 50;
    int warmFrom = 3;
    double exploration = 1;
};

const ParamTable<InheritedConfig>& table()
{
    static const auto declared =
        ParamTable<InheritedConfig>{}
            .text("part", "Part", "The algorithm whose scores new items inherit", &InheritedConfig::part,
                  "an algorithm, with settings where wanted: item-knn neighbours=50", checkParts)
            .number("neighbours", "Neighbours", "From how many used items of like content one inherits; 20 to 100",
                    &InheritedConfig::neighbours, 1, 1000, ParamScale::Logarithmic)
            .number("warm-from", "Stands on its own from",
                    "How many people must have used an item until it inherits nothing; its own share grows with each",
                    &InheritedConfig::warmFrom, 1, mostWarm, ParamScale::Logarithmic)
            .number("exploration", "Exploration bonus",
                    "Added for an item that nobody used, in standard deviations of the list; halved once 3 people used "
                    "it. 0: none; .1 to 1 is usual",
                    &InheritedConfig::exploration, 0, mostBonus);
    return declared;
}

struct InheritedParts {
    std::vector<std::uint32_t> people; ///< who used each item
    SparseMatrix from;                 ///< [items x items]: cosines to those it inherits from; empty rows: none
    double warmFrom = 1;
    double exploration = 1;

    /// Of the item's own score.
    [[nodiscard]] double ownShare(std::size_t item) const
    {
        return from.row(item).size() == 0 ? 1 : std::min(1.0, people[item] / warmFrom);
    }
    /// In standard deviations.
    [[nodiscard]] double bonus(std::size_t item) const { return exploration / std::sqrt(1.0 + people[item]); }
    [[nodiscard]] double similarities(std::size_t item) const
    {
        double sum = 0;
        for (const float value : from.row(item).values)
            sum += static_cast<double>(value);
        return sum;
    }
};

class Inherited final : public HybridModel {
public:
    Inherited(std::vector<TrainedPart> part, InheritedParts inherited)
        : HybridModel(std::move(part)), m_inherited(std::move(inherited))
    {
        makeSpace();
    }

    [[nodiscard]] const Model& part() const { return *parts().front().model; }
    [[nodiscard]] const InheritedParts& inherited() const { return m_inherited; }

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    /// A bonus is no rating.
    [[nodiscard]] Scale scale() const override
    {
        return part().scale() == Scale::Rating && m_inherited.exploration > 0 ? Scale::Rank : part().scale();
    }
    [[nodiscard]] Capabilities capabilities() const override
    {
        Capabilities can = part().capabilities();
        can.ratings = scale() == Scale::Rating;
        return can;
    }
    [[nodiscard]] VectorSpace itemSpace() const override
    {
        const VectorSpace space = part().itemSpace();
        return space.vectors.empty() ? space : VectorSpace{m_vectors.view(), space.metric, m_bias};
    }
    [[nodiscard]] VectorSpace personSpace() const override { return part().personSpace(); }
    [[nodiscard]] std::vector<Neighbour> inheritsFrom(ItemIndex item) const override
    {
        std::vector<Neighbour> out;
        if (item.value >= itemCount() || m_inherited.ownShare(item.value) >= 1)
            return out;
        const auto row = m_inherited.from.row(item.value);
        for (std::size_t n = 0; n < row.size(); ++n)
            out.push_back({ItemIndex{row.columns[n]}, row.values[n]});
        std::ranges::stable_sort(out, std::greater{}, &Neighbour::similarity);
        return out;
    }
    void save(Artifact& artifact) const override
    {
        HybridModel::save(artifact);
        artifact.put("people", std::span<const std::uint32_t>(m_inherited.people));
        std::vector<std::uint32_t> starts;
        std::ranges::transform(m_inherited.from.starts, std::back_inserter(starts),
                               [](std::uint64_t start) { return static_cast<std::uint32_t>(start); });
        artifact.put("from-starts", std::span<const std::uint32_t>(starts));
        if (m_inherited.from.size() > 0) {
            artifact.put("from-items", std::span<const std::uint32_t>(m_inherited.from.columns));
            artifact.put("from-cosines", std::span<const float>(m_inherited.from.values));
        }
        artifact.putNumber("warm-from", m_inherited.warmFrom);
        artifact.putNumber("exploration", m_inherited.exploration);
    }

private:
    /// The part's vectors and biases, with those of inheriting items between their own and their neighbours' mean.
    void makeSpace()
    {
        const VectorSpace space = part().itemSpace();
        if (space.vectors.empty())
            return;
        m_vectors = Matrix(space.vectors.rows, space.vectors.cols);
        m_bias.assign(space.bias.begin(), space.bias.end());
        for (std::size_t item = 0; item < space.vectors.rows; ++item) {
            const double own = m_inherited.ownShare(item), sum = m_inherited.similarities(item);
            std::vector<double> vector(space.vectors.cols, 0.0);
            double bias = 0;
            const auto add = [&](std::size_t from, double weight) {
                for (std::size_t d = 0; d < vector.size(); ++d)
                    vector[d] += weight * static_cast<double>(space.vectors.row(from)[d]);
                bias += space.bias.empty() ? 0 : weight * static_cast<double>(space.bias[from]);
            };
            add(item, own);
            const auto row = m_inherited.from.row(item);
            for (std::size_t n = 0; n < row.size() && own < 1; ++n)
                add(row.columns[n], (1 - own) * static_cast<double>(row.values[n]) / sum);
            std::ranges::transform(vector, m_vectors.row(item).begin(), [](double x) { return static_cast<float>(x); });
            if (!m_bias.empty())
                m_bias[item] = static_cast<float>(bias);
        }
    }

    InheritedParts m_inherited;
    Matrix m_vectors;
    std::vector<float> m_bias;
};

class InheritedReader final : public Reader {
public:
    InheritedReader(const Inherited& model, const Query& query)
        : m_parts(model.inherited()), m_reader(model.part().read(query)), m_own(model.itemCount()),
          m_scores(model.itemCount())
    {
        m_reader->scoreAll(m_own);
        const ListScale scale(ListScaling::ZScore, m_own, query.history);
        m_deviation = scale.factor() > 0 ? 1 / scale.factor() : 0;
        for (std::size_t item = 0; item < m_scores.size(); ++item)
            m_scores[item] = static_cast<float>(scoreWith(item));
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) {
            return item.value < m_scores.size() ? m_scores[item.value] : unknown;
        });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        if (item.value >= m_scores.size() || (m_parts.ownShare(item.value) >= 1 && m_parts.exploration == 0))
            return m_reader->explain(item);
        Explanation why{{}, static_cast<double>(m_scores[item.value])};
        const double own = m_parts.ownShare(item.value);
        if (own > 0)
            why.terms.push_back(partOf(item, own, ownLabel(item.value)));
        const auto row = m_parts.from.row(item.value);
        for (std::size_t n = 0; n < row.size() && own < 1; ++n) {
            Term term = partOf(ItemIndex{row.columns[n]}, (1 - own) * weightOf(item.value, row.values[n]),
                               fmt::format("inherited (content alike {:.2f}) from", row.values[n]));
            term.item = ItemIndex{row.columns[n]};
            why.terms.push_back(std::move(term));
        }
        if (m_parts.exploration > 0)
            why.terms.push_back({TermKind::Part,
                                 {},
                                 "exploration bonus: " + usedBy(item.value),
                                 m_parts.bonus(item.value) * m_deviation});
        return why;
    }

    [[nodiscard]] std::span<const float> vector() const override { return m_reader->vector(); }
    [[nodiscard]] std::string fallback() const override { return m_reader->fallback(); }

private:
    [[nodiscard]] double weightOf(std::size_t item, float cosine) const
    {
        return static_cast<double>(cosine) / m_parts.similarities(item);
    }
    [[nodiscard]] double scoreWith(std::size_t item) const
    {
        const double own = m_parts.ownShare(item);
        double score = own > 0 ? own * static_cast<double>(m_own[item]) : 0;
        const auto row = m_parts.from.row(item);
        const double sum = own < 1 ? m_parts.similarities(item) : 1;
        for (std::size_t n = 0; n < row.size() && own < 1; ++n)
            score += (1 - own) * static_cast<double>(row.values[n]) / sum * static_cast<double>(m_own[row.columns[n]]);
        return score + m_parts.bonus(item) * m_deviation;
    }
    [[nodiscard]] std::string usedBy(std::size_t item) const
    {
        return fmt::format("{} used it", counted(m_parts.people[item], "person", "people"));
    }
    [[nodiscard]] std::string ownLabel(std::size_t item) const { return "its own: " + usedBy(item); }
    /// `weight` times what the part says of an item, with its reasons.
    [[nodiscard]] Term partOf(ItemIndex item, double weight, std::string label) const
    {
        Explanation own = m_reader->explain(item);
        Term term{TermKind::Part, {}, std::move(label), 0};
        term.inside = scaled(std::move(own.terms), weight);
        for (const Term& reason : term.inside)
            term.value += reason.value;
        return term;
    }

    const InheritedParts& m_parts;
    std::unique_ptr<Reader> m_reader;
    std::vector<float> m_own; ///< what the part says
    std::vector<float> m_scores;
    double m_deviation = 0;
};

std::unique_ptr<Reader> Inherited::read(const Query& query) const
{
    return std::make_unique<InheritedReader>(*this, query);
}

std::vector<std::uint32_t> peopleOf(const Interactions& interactions)
{
    std::vector<std::uint32_t> people(interactions.items(), 0);
    for (std::size_t cell = 0; cell < interactions.size(); ++cell)
        people[interactions.allItems()[cell].value] += interactions.allValues()[cell] > 0 ? 1 : 0;
    return people;
}

/// Of items that fewer than `warmFrom` people used.
Result<SparseMatrix> donorsOf(const Dataset& dataset, const std::vector<std::uint32_t>& people,
                              const InheritedConfig& config, const JobContext& job)
{
    const auto content = ContentNeighbours::of(dataset, job.part(0, .3));
    if (!content)
        return tl::unexpected(content.error());
    const auto used = usedItems(dataset.interactions());
    std::vector<std::vector<Neighbour>> rows(people.size());
    const auto done = parallelFor(job, rows.size(), itemsPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t item = first; item < last && !job.cancelled(); ++item)
            if (people[item] < static_cast<std::uint32_t>(config.warmFrom))
                rows[item] = content->nearest(ItemIndex{static_cast<std::uint32_t>(item)},
                                              static_cast<std::size_t>(config.neighbours), used);
    });
    if (!done)
        return tl::unexpected(done.error());
    SparseMatrix from;
    from.columnCount = people.size();
    for (auto& row : rows) {
        std::ranges::sort(row, {}, &Neighbour::item);
        for (const Neighbour& neighbour : row) {
            from.columns.push_back(neighbour.item.value);
            from.values.push_back(neighbour.similarity);
        }
        from.starts.push_back(from.columns.size());
    }
    return from;
}

Result<ModelPtr> fitInherited(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto plans = plansOf(input, config->part, 1);
    if (!plans)
        return tl::unexpected(plans.error());
    if (plans->size() != 1)
        return error(Code::InvalidArgument, fmt::format("There are {} parts", plans->size()), "Give one", "part");
    auto parts = partsFor(input, *plans, job.part(0, .7));
    if (!parts)
        return tl::unexpected(parts.error());
    InheritedParts inherited;
    inherited.people = peopleOf(input.train->interactions());
    inherited.warmFrom = config->warmFrom;
    inherited.exploration = config->exploration;
    auto from = donorsOf(*input.train, inherited.people, *config, job.part(.7, 1));
    if (!from)
        return tl::unexpected(from.error());
    inherited.from = std::move(*from);
    return std::make_shared<const Inherited>(std::move(*parts), std::move(inherited));
}

Result<SparseMatrix> loadDonors(const Artifact& artifact, std::size_t items)
{
    const auto starts = artifact.indices("from-starts", items + 1, anyCount);
    if (!starts)
        return tl::unexpected(starts.error());
    if (starts->front() != 0 || !std::ranges::is_sorted(*starts))
        return corruptHybrid("from-starts");
    Result<std::vector<std::uint32_t>> columns;
    Result<std::vector<float>> values;
    if (starts->back() > 0) {
        columns = artifact.indices("from-items", starts->back(), items);
        values = artifact.floats("from-cosines", starts->back());
    }
    if (const Error* failed = firstError(columns, values))
        return tl::unexpected(*failed);
    if (!std::ranges::all_of(*values, [](float value) { return value > 0 && value < 2; }))
        return corruptHybrid("from-cosines");
    SparseMatrix from{items, {}, std::move(*columns), std::move(*values)};
    from.starts.assign(starts->begin(), starts->end());
    return from;
}

Result<ModelPtr> loadInherited(const Artifact& artifact)
{
    auto parts = loadParts(artifact, 1);
    if (!parts)
        return tl::unexpected(parts.error());
    if (parts->size() != 1)
        return corruptHybrid("parts");
    const std::size_t items = parts->front().model->itemCount();
    auto people = artifact.indices("people", items, anyCount);
    auto from = loadDonors(artifact, items);
    const auto warmFrom = artifact.number("warm-from"), exploration = artifact.number("exploration");
    if (const Error* failed = firstError(people, from, warmFrom, exploration))
        return tl::unexpected(*failed);
    if (!(*warmFrom >= 1 && *warmFrom <= mostWarm) || !(*exploration >= 0 && *exploration <= mostBonus))
        return corruptHybrid("warm-from");
    return std::make_shared<const Inherited>(
        std::move(*parts), InheritedParts{std::move(*people), std::move(*from), *warmFrom, *exploration});
}

Cost estimateInherited(const DatasetShape& shape, const ParamSet& params)
{
    const InheritedConfig config = table().read(params).value_or(InheritedConfig{});
    const Cost part = costOfParts(shape, config.part, InheritedConfig{}.part);
    const Cost content = costOfFeatures(shape);
    const auto items = static_cast<double>(shape.items);
    return {part.seconds + content.seconds + items * items * 2e-9,
            part.bytes + content.bytes + static_cast<std::size_t>(items * (4 + 4 * config.neighbours))};
}

} // namespace

Algorithm inheritedAlgorithm()
{
    Algorithm a;
    a.id = "inherited";
    a.title = "Inherited by new items";
    a.family = "Hybrid";
    a.summary = "Gives items that nobody or hardly anybody used the scores of used items that are most like them in "
                "words, tags and numbers. All other items are scored by its part.";
    a.whenToUse = "Where items come and go, as in shops and news, and the model learns from what people did.";
    a.paper = "Gantner, Drumond, Freudenthaler, Rendle & Schmidt-Thieme: Learning attribute-to-feature mappings for "
              "cold-start recommendations, ICDM 2010 (kNN mapping)";
    a.fallback = PopularFallback::declaration() + " New items take the place of those they are like.";
    a.can.similarPeople = true;
    a.hybrid = true;
    a.seeded = true;
    a.needs = {Need::ItemContent};
    a.params = table().specs();
    a.fit = fitInherited;
    a.load = loadInherited;
    a.estimate = estimateInherited;
    return a;
}

} // namespace orrery
