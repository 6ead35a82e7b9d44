// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include "core/base/hash.h"
#include "core/data/attribute_hash.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <tuple>
#include <utility>

namespace orrery {

struct Dataset::Lazy {
    std::once_flag weightsOnce;
    KindWeights weights;
    std::once_flag interactionsOnce;
    Interactions interactions;
    std::once_flag shapeOnce;
    DatasetShape shape;
    std::once_flag hashOnce;
    std::string hash;
};

namespace {

/// How often each index stands in a column, counting only some events.
template <class Index>
std::vector<std::uint32_t> countsOf(std::span<const Index> of, std::size_t count, const std::vector<bool>& counted)
{
    std::vector<std::uint32_t> counts(count);
    for (std::size_t e = 0; e < of.size(); ++e)
        counts[of[e].value] += counted[e] ? 1 : 0;
    return counts;
}

/// Events whose kind counts, with values of at least `from`.
std::vector<bool> countedFrom(float from, const EventLog& log, const KindWeights& weights)
{
    std::vector<bool> counted(log.size());
    for (std::size_t e = 0; e < log.size(); ++e)
        counted[e] = log.values()[e] >= from && weights[log.kindOf(e)] > 0;
    return counted;
}

double sumOfSquares(std::span<const std::uint32_t> counts)
{
    double sum = 0;
    for (const std::uint32_t n : counts)
        sum += static_cast<double>(n) * static_cast<double>(n);
    return sum;
}

/// Bytes of texts and of tags, these as often as they stand there.
double writtenIn(const AttributeTable& table)
{
    double bytes = 0;
    for (const AttributeColumn& column : table.columns()) {
        if (const auto* texts = std::get_if<TextColumn>(&column.data))
            for (const std::string& text : texts->values)
                bytes += static_cast<double>(text.size());
        if (const auto* tags = std::get_if<TagColumn>(&column.data))
            for (const std::uint32_t tag : tags->tags)
                bytes += static_cast<double>(tags->vocabulary.name(tag).size());
    }
    return bytes;
}

template <class T> std::shared_ptr<const T> orEmpty(std::shared_ptr<const T> held)
{
    return held ? std::move(held) : std::make_shared<const T>();
}

void hashTable(Hasher& hasher, const AttributeTable& table)
{
    for (const AttributeColumn& column : table.columns())
        hashColumn(hasher, column);
    for (const VectorColumn& column : table.vectors())
        hasher.text(column.name).number(column.length).values(std::span(column.values));
}

// By their words: a log that was narrowed has more words than it needs.
void hashContexts(Hasher& hasher, const EventLog& log)
{
    for (const EventContext context : eventContexts) {
        if (log.context(context).empty())
            continue;
        hasher.text(nameOf(context));
        for (std::size_t event = 0; event < log.size(); ++event)
            hasher.text(log.contextOf(event, context));
    }
}

void hashShop(Hasher& hasher, const EventLog& log)
{
    if (!log.sessions().empty())
        hasher.text("session").values(log.sessions());
    if (!log.positions().empty())
        hasher.text("position").values(log.positions());
    if (!log.prices().empty())
        hasher.text("price").values(log.prices());
}

// Nothing where all kinds that occur count 1: that is what they did before there were weights.
void hashWeights(Hasher& hasher, const EventLog& log, const KindWeights& weights)
{
    if (std::ranges::any_of(log.kinds(), [&](EventKind kind) { return weights[kind] != 1; }))
        hasher.text("kind weights").values(std::span<const float>(weights.of));
}

/// The table without rows that are about nobody.
std::shared_ptr<const AttributeTable> ofFirst(std::size_t count, std::shared_ptr<const AttributeTable> table)
{
    return table->rowCount() <= count ? table : std::make_shared<const AttributeTable>(table->firstRows(count));
}

} // namespace

Dataset::Dataset(DatasetParts parts) : m_parts(std::move(parts)), m_lazy(std::make_shared<Lazy>())
{
    m_parts.log = orEmpty(std::move(m_parts.log));
    m_parts.personIds = orEmpty(std::move(m_parts.personIds));
    m_parts.itemIds = orEmpty(std::move(m_parts.itemIds));
    m_parts.people = ofFirst(personCount(), orEmpty(std::move(m_parts.people)));
    m_parts.items = ofFirst(itemCount(), orEmpty(std::move(m_parts.items)));
}

const Interactions& Dataset::interactions() const
{
    std::call_once(m_lazy->interactionsOnce, [this] {
        m_lazy->interactions =
            Interactions::derive(log(), personCount(), itemCount(),
                                 feedback() == Feedback::Explicit ? Duplicates::Last : Duplicates::Sum, kindWeights());
    });
    return m_lazy->interactions;
}

const KindWeights& Dataset::kindWeights() const
{
    std::call_once(m_lazy->weightsOnce, [this] {
        const KindWeights acting = m_parts.kindWeights.actingOn(log());
        m_lazy->weights = feedback() == Feedback::Explicit ? acting.whole() : acting;
    });
    return m_lazy->weights;
}

float Dataset::likedFrom() const
{
    if (feedback() == Feedback::Implicit)
        return std::numeric_limits<float>::lowest();
    return ratingLow() + 0.6F * (ratingHigh() - ratingLow());
}

const DatasetShape& Dataset::shape() const
{
    std::call_once(m_lazy->shapeOnce, [this] {
        const auto squaresOf = [this](const std::vector<bool>& counted) {
            return std::pair(sumOfSquares(countsOf(log().users(), personCount(), counted)),
                             sumOfSquares(countsOf(log().items(), itemCount(), counted)));
        };
        const auto all = countedFrom(std::numeric_limits<float>::lowest(), log(), kindWeights());
        const auto liked = countedFrom(likedFrom(), log(), kindWeights());
        DatasetShape& shape = m_lazy->shape;
        shape = {personCount(), itemCount(), static_cast<std::size_t>(std::ranges::count(all, true))};
        std::tie(shape.squaredRows, shape.squaredColumns) = squaresOf(all);
        std::tie(shape.squaredLikedRows, shape.squaredLikedColumns) = squaresOf(liked);
        shape.liked = static_cast<double>(std::ranges::count(liked, true));
        shape.itemText = writtenIn(items());
    });
    return m_lazy->shape;
}

const std::string& Dataset::hash() const
{
    std::call_once(m_lazy->hashOnce, [this] {
        Hasher hasher;
        hasher.values(log().users()).values(log().items()).values(log().values()).values(log().times());
        hasher.values(log().kinds()).number(static_cast<std::uint64_t>(feedback()));
        const float range[] = {ratingLow(), ratingHigh()};
        hasher.values(std::span<const float>(range));
        hashVocabulary(hasher, personIds());
        hashVocabulary(hasher, itemIds());
        hashTable(hasher, people());
        hashTable(hasher, items());
        hashContexts(hasher, log());
        hashShop(hasher, log());
        hashWeights(hasher, log(), kindWeights());
        m_lazy->hash = hasher.hex();
    });
    return m_lazy->hash;
}

std::string Dataset::title(ItemIndex item) const
{
    const TextColumn* titles = items().text("title");
    if (titles && item.value < titles->values.size() && !titles->values[item.value].empty())
        return titles->values[item.value];
    return item.value < itemCount() ? std::string(itemIds().name(item.value)) : std::string();
}

std::string Dataset::personName(UserIndex user) const
{
    return user.value < personCount() ? std::string(personIds().name(user.value)) : std::string();
}

std::optional<ItemIndex> Dataset::findItem(std::string_view id) const
{
    const auto found = itemIds().find(id);
    return found ? std::optional(ItemIndex{*found}) : std::nullopt;
}

std::optional<UserIndex> Dataset::findPerson(std::string_view id) const
{
    const auto found = personIds().find(id);
    return found ? std::optional(UserIndex{*found}) : std::nullopt;
}

std::shared_ptr<const Dataset> Dataset::withLog(EventLog log) const
{
    DatasetParts parts = m_parts;
    parts.log = std::make_shared<const EventLog>(std::move(log));
    return std::make_shared<const Dataset>(std::move(parts));
}

std::shared_ptr<const Dataset> Dataset::withKindWeights(const KindWeights& weights) const
{
    DatasetParts parts = m_parts;
    parts.kindWeights = weights;
    return std::make_shared<const Dataset>(std::move(parts));
}

std::shared_ptr<const Dataset> Dataset::before(Timestamp now) const
{
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < log().size(); ++i)
        if (log().at(i).at < now) // noTime is before everything
            kept.push_back(static_cast<std::uint32_t>(i));
    return withLog(log().select(kept));
}

Timestamp Dataset::timeOfShare(double share) const
{
    std::vector<Timestamp> times(log().times().begin(), log().times().end());
    std::erase(times, noTime);
    if (times.empty())
        return noTime;
    const auto last = static_cast<double>(times.size() - 1);
    const auto place = static_cast<std::ptrdiff_t>(std::clamp(share, 0.0, 1.0) * last);
    std::nth_element(times.begin(), times.begin() + place, times.end());
    return times[static_cast<std::size_t>(place)];
}

} // namespace orrery
