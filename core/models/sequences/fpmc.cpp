// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/sequences/fpmc.h"

#include "core/models/artifact.h"
#include "core/models/first_error.h"
#include "core/models/implicit/factor_model.h"
#include "core/models/implicit/ranking_fold_in.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/models/popular_fallback.h"
#include "core/models/sequences/fpmc_trainer.h"
#include "core/models/sequences/recent_history.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery {
namespace {

using implicit::RankingFoldIn;
constexpr std::size_t sampleSize = 256; ///< items that a fold-in compares the history with
constexpr int mostBasket = 200;
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

struct FpmcSettings {
    int factors = FpmcConfig{}.factors;
    int epochs = FpmcConfig{}.epochs;
    float learningRate = FpmcConfig{}.learningRate;
    float regularization = FpmcConfig{}.regularization;
    int candidates = FpmcConfig{}.candidates;
    int basket = FpmcConfig{}.basket;
    Entries entries = Entries::Liked;
    float foldInRegularization = .05F;

    [[nodiscard]] FpmcConfig training() const
    {
        return {factors, epochs, learningRate, regularization, candidates, basket};
    }
};

const ParamTable<FpmcSettings>& table()
{
    static const auto declared =
        ParamTable<FpmcSettings>{}
            .number("factors", "Factors", "Length of each vector; 16 to 64 is usual", &FpmcSettings::factors, 1, 512)
            .number("epochs", "Epochs", "Rounds over all steps; 20 to 100 is usual", &FpmcSettings::epochs, 1, 2000)
            .number("learning-rate", "Learning rate", "Size of a step; .01 to .1 is usual", &FpmcSettings::learningRate,
                    .0001, 1, ParamScale::Logarithmic)
            .number("regularization", "Regularization", "Higher is smoother; .00001 to .001 is usual",
                    &FpmcSettings::regularization, .000001, 1, ParamScale::Logarithmic)
            .number("basket", "Last basket", "How many of the newest entries tell of the next; 1 to 20 is usual",
                    &FpmcSettings::basket, 1, mostBasket, ParamScale::Logarithmic)
            .choice("entries", "Entries that count", "Of ratings: what was liked, or whatever was rated",
                    &FpmcSettings::entries, {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}})
            .number("candidates", "Candidates",
                    "Each choice is compared with the highest of so many items that were not chosen; 1 to 10 is usual",
                    &FpmcSettings::candidates, 1, 100)
            .advanced()
            .number("fold-in-regularization", "Fold-in regularization",
                    "How strongly a history is held to what all like; .01 to .2 is usual",
                    &FpmcSettings::foldInRegularization, .0001, 10, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

struct FpmcParts {
    Matrix items;                ///< [items x 2 k]: for whom, and after what
    Matrix people;               ///< [people x 2 k], as trained: only to be looked at
    Matrix last;                 ///< [items x k]: before what
    std::vector<float> itemBias; ///< one an item
    std::size_t basket = 1;
    HistoryWeigher weigher;
    PopularFallback fallback;
    RankingFoldIn::Settings foldIn;
    std::vector<std::uint32_t> sample; ///< items that a history is compared with, ascending

    [[nodiscard]] std::size_t k() const { return last.cols(); }
    [[nodiscard]] std::span<const float> next(std::size_t item) const { return items.row(item).last(k()); }
};

double product(std::span<const float> a, std::span<const float> b)
{
    return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>{},
                                 [](float x, float y) { return static_cast<double>(x) * static_cast<double>(y); });
}

class Fpmc final : public Model {
public:
    explicit Fpmc(FpmcParts parts)
        : m_parts(std::move(parts)), m_taste(m_parts.items.rows(), m_parts.k()), m_usualNext(m_parts.k())
    {
        for (std::size_t item = 0; item < m_taste.rows(); ++item)
            std::ranges::copy(std::as_const(m_parts.items).row(item).first(m_parts.k()), m_taste.row(item).begin());
        for (const std::uint32_t item : m_parts.sample)
            for (std::size_t d = 0; d < m_parts.k(); ++d)
                m_usualNext[d] += m_parts.next(item)[d] / static_cast<float>(m_parts.sample.size());
    }

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] Capabilities capabilities() const override { return fpmcAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.items.rows(); }
    [[nodiscard]] VectorSpace itemSpace() const override
    {
        return {m_parts.items.view(), SpaceMetric::Cosine, m_parts.itemBias};
    }
    [[nodiscard]] VectorSpace personSpace() const override { return {m_parts.people.view(), SpaceMetric::Cosine, {}}; }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const FpmcParts& parts() const { return m_parts; }
    [[nodiscard]] const Matrix& taste() const { return m_taste; }
    [[nodiscard]] std::span<const float> usualNext() const { return m_usualNext; }

private:
    FpmcParts m_parts;
    Matrix m_taste;                 ///< [items x k]: the first half of the items' vectors
    std::vector<float> m_usualNext; ///< [k] mean of next over the sample
};

class FpmcReader final : public Reader {
public:
    FpmcReader(const Fpmc& model, const History& history)
        : m_parts(model.parts()),
          m_recent(recentEntries(history, model.itemCount(), m_parts.weigher, m_parts.basket, PositionDecay::None))
    {
        for (const HistoryEntry& entry : history)
            if (entry.item.value < model.itemCount() && entry.value >= m_parts.weigher.from())
                m_liked.items.push_back(entry.item.value);
        if (m_liked.items.empty())
            return;
        m_liked.weights.assign(m_liked.items.size(), 1.F);
        m_biases = biasesOf(model, history);
        const RankingFoldIn method({model.taste().view(), m_biases}, m_parts.foldIn, m_parts.sample);
        m_person = method.fit(m_liked);
        m_vector.assign(m_person->vector().begin(), m_person->vector().end());
        m_vector.resize(2 * m_parts.k());
        for (const RecentEntry& entry : m_recent)
            for (std::size_t d = 0; d < m_parts.k(); ++d)
                m_vector[m_parts.k() + d] += share() * m_parts.last.row(entry.item)[d];
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        if (m_vector.empty())
            return m_parts.fallback.score(items, out);
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) {
            return item.value < m_parts.items.rows()
                       ? static_cast<float>(static_cast<double>(m_parts.itemBias[item.value]) +
                                            product(m_vector, m_parts.items.row(item.value)))
                       : unknown;
        });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        if (m_vector.empty() || item.value >= m_parts.items.rows())
            return m_parts.fallback.explain(item);
        float scored = unknown;
        score({&item, 1}, {&scored, 1});
        Explanation why{{}, static_cast<double>(scored)};
        why.terms.push_back(
            {TermKind::ItemBias, {}, "how it is liked by all", static_cast<double>(m_parts.itemBias[item.value])});
        const auto next = m_parts.next(item.value);
        for (const RecentEntry& entry : m_recent)
            why.terms.push_back({TermKind::HistoryItem,
                                 ItemIndex{entry.item},
                                 {},
                                 static_cast<double>(share()) * product(m_parts.last.row(entry.item), next)});
        why.terms.push_back(taste(item));
        return why;
    }

    [[nodiscard]] std::span<const float> vector() const override { return m_vector; }
    [[nodiscard]] std::string fallback() const override
    {
        return m_vector.empty() ? PopularFallback::sentence() : std::string();
    }

private:
    /// Of the items; that of an entry has, on top, what its own basket said for it against the usual item: taste is
    /// left to explain the rest, as in training.
    [[nodiscard]] std::vector<float> biasesOf(const Fpmc& model, const History& history) const
    {
        std::vector<float> biases = m_parts.itemBias;
        History known;
        std::ranges::copy_if(history, std::back_inserter(known), [&](const HistoryEntry& entry) {
            return entry.item.value < model.itemCount() && entry.value >= m_parts.weigher.from();
        });
        std::ranges::stable_sort(known, std::ranges::greater{}, momentOf);
        std::size_t before = 0; // first entry from before the moment
        for (const HistoryEntry& entry : known) {
            while (before < known.size() && momentOf(known[before]) >= momentOf(entry))
                ++before;
            const std::size_t count = std::min(m_parts.basket, known.size() - before);
            double said = 0;
            for (std::size_t b = before; b < before + count; ++b) {
                const auto last = m_parts.last.row(known[b].item.value);
                said += product(last, m_parts.next(entry.item.value)) - product(last, model.usualNext());
            }
            biases[entry.item.value] += count > 0 ? static_cast<float>(said / static_cast<double>(count)) : 0;
        }
        return biases;
    }

    /// Of each entry of the last basket.
    [[nodiscard]] float share() const { return 1 / static_cast<float>(m_recent.size()); }

    [[nodiscard]] Term taste(ItemIndex item) const
    {
        Term term{TermKind::Part, {}, "the person's taste, whatever came last", 0};
        const auto adds = m_person->contributions(item.value);
        for (std::size_t j = 0; j < adds.size(); ++j) {
            term.inside.push_back({TermKind::HistoryItem, ItemIndex{m_liked.items[j]}, {}, adds[j]});
            term.value += adds[j];
        }
        return term;
    }

    const FpmcParts& m_parts;
    std::vector<RecentEntry> m_recent;
    implicit::Liked m_liked;
    std::vector<float> m_biases;                        ///< of the items, in the fold-in
    std::unique_ptr<const implicit::FoldedIn> m_person; ///< null: nothing counts
    std::vector<float> m_vector;                        ///< [x, mean of last_l]; empty: nothing counts
};

std::unique_ptr<Reader> Fpmc::read(const Query& query) const
{
    return std::make_unique<FpmcReader>(*this, query.history);
}

void Fpmc::save(Artifact& artifact) const
{
    const std::int64_t shape[] = {static_cast<std::int64_t>(m_parts.items.rows()),
                                  static_cast<std::int64_t>(m_parts.people.rows()),
                                  static_cast<std::int64_t>(m_parts.k()), static_cast<std::int64_t>(m_parts.basket),
                                  static_cast<std::int64_t>(m_parts.sample.size())};
    artifact.put("shape", std::span<const std::int64_t>(shape));
    artifact.put("items", m_parts.items.view().all());
    artifact.put("people", m_parts.people.view().all());
    artifact.put("last", m_parts.last.view().all());
    artifact.put("item-bias", std::span<const float>(m_parts.itemBias));
    artifact.putNumber("fold-in", static_cast<double>(m_parts.foldIn.strength));
    artifact.put("sample", std::span<const std::uint32_t>(m_parts.sample));
    m_parts.weigher.save(artifact);
    m_parts.fallback.save(artifact);
}

Matrix sideBySide(const Matrix& left, const Matrix& right)
{
    Matrix both(left.rows(), left.cols() + right.cols());
    for (std::size_t row = 0; row < both.rows(); ++row)
        std::ranges::copy(right.row(row), std::ranges::copy(left.row(row), both.row(row).begin()).out);
    return both;
}

/// Of everybody's newest entries: what the next is told from.
Matrix lastBaskets(const FpmcSteps& steps, const FpmcFactors& factors, std::size_t basket)
{
    Matrix means(factors.people.rows(), factors.last.cols());
    for (std::size_t first = 0; first < steps.steps.size();) {
        const std::uint32_t person = steps.steps[first].person;
        std::size_t end = first;
        while (end < steps.steps.size() && steps.steps[end].person == person)
            ++end;
        const std::size_t count = std::min(basket, end - first);
        for (std::size_t s = first; s < first + count; ++s)
            for (std::size_t d = 0; d < means.cols(); ++d)
                means.row(person)[d] += factors.last.row(steps.steps[s].item)[d] / static_cast<float>(count);
        first = end;
    }
    return means;
}

Result<ModelPtr> fitFpmc(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Interactions& interactions = input.train->interactions();
    FpmcParts parts;
    parts.basket = static_cast<std::size_t>(config->basket);
    parts.weigher = HistoryWeigher(*input.train, Weighting::Binary, config->entries);
    parts.fallback = PopularFallback(interactions);
    parts.foldIn.strength = config->foldInRegularization;
    const FpmcSteps steps = fpmcSteps(interactions, parts.weigher, parts.basket);
    if (steps.steps.empty())
        return error(Code::InvalidArgument, "No rating is high enough to count as liked", "Set entries to all");
    auto factors = trainFpmc(interactions, steps, config->training(), job);
    if (!factors)
        return tl::unexpected(factors.error());
    parts.people = sideBySide(factors->people, lastBaskets(steps, *factors, parts.basket));
    parts.items = sideBySide(factors->items, factors->next);
    parts.last = std::move(factors->last);
    parts.itemBias = std::move(factors->bias);
    parts.sample = RankingFoldIn::sampleOf(interactions.items(), sampleSize, job.rng("fpmc.sample"));
    return std::make_shared<const Fpmc>(std::move(parts));
}

Status readMatrix(const Artifact& artifact, const std::string& name, std::int64_t rows, std::int64_t cols, Matrix& to)
{
    const auto values = artifact.floats(name, static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
    if (!values)
        return tl::unexpected(values.error());
    to = Matrix(static_cast<std::size_t>(rows), static_cast<std::size_t>(cols));
    std::ranges::copy(*values, to.all().begin());
    return {};
}

Status readRest(const Artifact& artifact, std::size_t samples, FpmcParts& parts)
{
    auto bias = artifact.floats("item-bias", parts.items.rows());
    auto sample = artifact.indices("sample", samples, parts.items.rows());
    const auto strength = artifact.number("fold-in");
    auto weigher = HistoryWeigher::load(artifact);
    auto fallback = PopularFallback::load(artifact, parts.items.rows());
    if (const Error* failed = firstError(bias, sample, strength, weigher, fallback))
        return tl::unexpected(*failed);
    if (!implicit::isPositiveFloat(*strength))
        return implicit::corruptSettings("fold-in");
    if (std::ranges::adjacent_find(*sample, std::greater_equal{}) != sample->end())
        return implicit::corruptSettings("sample");
    parts.itemBias = std::move(*bias);
    parts.sample = std::move(*sample);
    parts.foldIn.strength = static_cast<float>(*strength);
    parts.weigher = *weigher;
    parts.fallback = std::move(*fallback);
    return {};
}

Result<ModelPtr> loadFpmc(const Artifact& artifact)
{
    const auto shape = artifact.integers("shape", 5);
    if (!shape)
        return tl::unexpected(shape.error());
    constexpr std::int64_t mostRows = std::numeric_limits<std::uint32_t>::max();
    const auto items = (*shape)[0], people = (*shape)[1], k = (*shape)[2], basket = (*shape)[3], samples = (*shape)[4];
    if (items < 1 || items > mostRows || people < 0 || people > mostRows || k < 1 || k > 4096 || basket < 1 ||
        basket > mostBasket || samples < 1 || samples > items)
        return implicit::corruptSettings("shape");
    FpmcParts parts;
    parts.basket = static_cast<std::size_t>(basket);
    if (const auto read = readMatrix(artifact, "items", items, 2 * k, parts.items); !read)
        return tl::unexpected(read.error());
    if (const auto read = readMatrix(artifact, "people", people, 2 * k, parts.people); !read)
        return tl::unexpected(read.error());
    if (const auto read = readMatrix(artifact, "last", items, k, parts.last); !read)
        return tl::unexpected(read.error());
    if (const auto read = readRest(artifact, static_cast<std::size_t>(samples), parts); !read)
        return tl::unexpected(read.error());
    return std::make_shared<const Fpmc>(std::move(parts));
}

Cost estimateFpmc(const DatasetShape& shape, const ParamSet& params)
{
    const FpmcSettings config = table().read(params).value_or(FpmcSettings{});
    const double k = config.factors;
    const double steps = overlaps::cellsOf(shape, config.entries);
    const auto values = static_cast<double>(2 * shape.people + 5 * shape.items) * k;
    const double step = 4e-7 + k * (12 + 2.0 * config.basket) * 6e-10 + config.candidates * (3e-8 + k * 6e-10);
    return {config.epochs * steps * step + values * 1e-9,
            shape.interactions * 2 * (sizeof(FpmcStep) + sizeof(std::uint32_t)) +
                static_cast<std::size_t>(values * 2 * sizeof(float))};
}

} // namespace

Algorithm fpmcAlgorithm()
{
    Algorithm a;
    a.id = "fpmc";
    a.title = "FPMC";
    a.family = "Sequences and sessions";
    a.summary = "Adds two things that it learns together: what a person likes in general, and what follows what they "
                "chose last. Both are products of short vectors, so that it can tell of pairs that nobody had yet.";
    a.whenToUse = "For what comes next, in shopping baskets or listening, when people have lasting tastes, too.";
    a.paper = "Rendle, Freudenthaler & Schmidt-Thieme: Factorizing personalized Markov chains for next-basket "
              "recommendation, WWW 2010";
    a.fallback = PopularFallback::declaration();
    a.can.similarPeople = true;
    a.needs = {Need::Times};
    a.seeded = true;
    a.params = table().specs();
    a.fit = fitFpmc;
    a.load = loadFpmc;
    a.estimate = estimateFpmc;
    return a;
}

} // namespace orrery
