// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/knowledge/wish_list.h"

#include "core/data/wishes.h"
#include "core/models/artifact.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double broken = 1000; // more than all preferences together can add

struct WishListConfig {
    std::string wishes;
};

Status check(std::string_view text)
{
    const auto wishes = parseWishes(text);
    if (!wishes)
        return tl::unexpected(wishes.error());
    double most = 0;
    for (const Wish& wish : *wishes)
        most += wish.hard ? 0 : std::abs(wish.weight);
    if (most >= broken)
        return error(Code::InvalidArgument, fmt::format("The weights of the preferences add up to {:g}", most),
                     fmt::format("Keep their sum below {:g}", broken));
    return {};
}

const ParamTable<WishListConfig>& table()
{
    static const auto declared = ParamTable<WishListConfig>{}.text(
        "wishes", "Wishes", "What items must have, and what is preferred; separated by semicolons",
        &WishListConfig::wishes, "year 1990..1999; genres != Horror; prefer genres = Comedy * 2", check);
    return declared;
}

/// A wish, and for each item what it adds: 0, the weight of a preference, or less for a constraint that is broken.
struct Answer {
    std::string words;
    std::vector<float> adds;
};

struct WishListParts {
    std::vector<Answer> answers;
    PopularFallback popular;
};

class WishListReader final : public Reader {
public:
    explicit WishListReader(const WishListParts& parts) : m_parts(parts) {}

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation why{{}, static_cast<double>(scoreOf(item))};
        if (item.value >= m_parts.popular.itemCount())
            return why;
        for (const Answer& answer : m_parts.answers)
            if (const float adds = answer.adds[item.value]; adds != 0)
                why.terms.push_back({TermKind::Attribute,
                                     {},
                                     (adds < -500 ? "breaks: " : "") + answer.words,
                                     static_cast<double>(adds)});
        why.terms.push_back(
            {TermKind::Popularity, {}, "how many people used it", static_cast<double>(m_parts.popular.score(item))});
        return why;
    }

private:
    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        if (item.value >= m_parts.popular.itemCount())
            return std::numeric_limits<float>::quiet_NaN();
        double sum = static_cast<double>(m_parts.popular.score(item));
        for (const Answer& answer : m_parts.answers)
            sum += static_cast<double>(answer.adds[item.value]);
        return static_cast<float>(sum);
    }

    const WishListParts& m_parts;
};

class WishList final : public Model {
public:
    explicit WishList(WishListParts parts) : m_parts(std::move(parts)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query&) const override
    {
        return std::make_unique<WishListReader>(m_parts);
    }
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] Capabilities capabilities() const override { return wishListAlgorithm().can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.popular.itemCount(); }
    void save(Artifact& artifact) const override
    {
        artifact.putNumber("items", static_cast<double>(itemCount()));
        artifact.putNumber("wishes", static_cast<double>(m_parts.answers.size()));
        for (std::size_t w = 0; w < m_parts.answers.size(); ++w) {
            artifact.putText(fmt::format("words-{}", w), m_parts.answers[w].words);
            artifact.put(fmt::format("adds-{}", w), std::span<const float>(m_parts.answers[w].adds));
        }
        m_parts.popular.save(artifact);
    }

private:
    WishListParts m_parts;
};

Result<ModelPtr> fitWishList(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto wishes = parseWishes(config->wishes);
    if (!wishes)
        return tl::unexpected(wishes.error());
    if (const auto known = checkWishes(*wishes, *input.train); !known)
        return tl::unexpected(known.error());
    WishListParts parts{{}, PopularFallback(input.train->interactions())};
    for (const Wish& wish : *wishes) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        Answer answer{wish.words, std::vector<float>(input.train->itemCount(), 0.F)};
        for (std::uint32_t item = 0; item < answer.adds.size(); ++item) {
            const bool holds = wish.holdsFor(*input.train, ItemIndex{item});
            if (wish.hard ? !holds : holds)
                answer.adds[item] = static_cast<float>(wish.hard ? -broken : wish.weight);
        }
        parts.answers.push_back(std::move(answer));
    }
    return std::make_shared<const WishList>(std::move(parts));
}

Result<ModelPtr> loadWishList(const Artifact& artifact)
{
    const auto items = artifact.number("items");
    const auto wishes = artifact.number("wishes");
    if (!items)
        return tl::unexpected(items.error());
    if (!wishes)
        return tl::unexpected(wishes.error());
    if (!(*items >= 1 && *items <= 4e9) || !(*wishes >= 0 && *wishes <= 10'000))
        return error(Code::Corrupt, "The stored model's counts make no sense", "Train the model again");
    const auto count = static_cast<std::size_t>(*items);
    WishListParts parts;
    for (std::size_t w = 0; w < static_cast<std::size_t>(*wishes); ++w) {
        auto words = artifact.text(fmt::format("words-{}", w));
        auto adds = artifact.floats(fmt::format("adds-{}", w), count);
        if (!words)
            return tl::unexpected(words.error());
        if (!adds)
            return tl::unexpected(adds.error());
        parts.answers.push_back({std::move(*words), std::move(*adds)});
    }
    auto popular = PopularFallback::load(artifact, count);
    if (!popular)
        return tl::unexpected(popular.error());
    parts.popular = std::move(*popular);
    return std::make_shared<const WishList>(std::move(parts));
}

Cost estimateWishList(const DatasetShape& shape, const ParamSet& params)
{
    const auto config = table().read(params).value_or(WishListConfig{});
    const auto wishes = static_cast<double>(std::ranges::count(config.wishes, ';') + 1);
    const auto items = static_cast<double>(shape.items);
    return {items * wishes * 3e-8 + static_cast<double>(shape.interactions) * 2e-9,
            static_cast<std::size_t>(items * (8 + 4 * wishes))};
}

} // namespace

Algorithm wishListAlgorithm()
{
    Algorithm a;
    a.id = "wish-list";
    a.title = "Wish list";
    a.family = "Knowledge-based";
    a.summary = "Offers what fulfils stated wishes: hard constraints such as a year or a genre that must not be, and "
                "weighted preferences. It needs no history, and of equal items the more popular comes first.";
    a.whenToUse = "Where people buy rarely and can say what they want, or to see what a filter leaves.";
    a.paper = "Burke: Knowledge-based recommender systems, Encyclopedia of Library and Information Systems 2000; "
              "Felfernig et al.: Constraint-based recommender systems, Recommender Systems Handbook 2015";
    a.fallback = "The same list as for everybody: what fulfils the wishes.";
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "A wish list has no notion of similar items.";
    a.params = table().specs();
    a.fit = fitWishList;
    a.load = loadWishList;
    a.estimate = estimateWishList;
    return a;
}

} // namespace orrery
