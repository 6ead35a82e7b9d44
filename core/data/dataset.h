// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/attribute_table.h"
#include "core/data/event_log.h"
#include "core/data/interactions.h"
#include "core/data/vocabulary.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orrery {

enum class Feedback {
    Explicit, ///< ratings on a scale
    Implicit, ///< counts or strengths; more is more interest
};

/// Where a dataset comes from.
struct Provenance {
    std::string source;    ///< file or folder name, without its path
    std::string format;    ///< "MovieLens 100K", "CSV", ...
    std::string detection; ///< why it was read as that
    std::string note;      ///< shown wherever the dataset is: "ratings are synthetic"; may be empty
};

/// What a Dataset is made of; a plain struct, so that readers and tests can fill it.
struct DatasetParts {
    std::string name;
    Feedback feedback = Feedback::Explicit;
    float ratingLow = 0; ///< smallest and largest value of the scale; predictions are kept within
    float ratingHigh = 0;
    std::shared_ptr<const EventLog> log;
    std::shared_ptr<const Vocabulary> personIds, itemIds;
    std::shared_ptr<const AttributeTable> people, items;
    Provenance from;
    KindWeights kindWeights = {}; ///< of implicit feedback; of ratings only which kinds count at all
};

/// How much there is: what estimates of time and memory are made from.
struct ORRERY_API DatasetShape {
    std::size_t people = 0;
    std::size_t items = 0;
    std::size_t interactions = 0;
    double squaredRows = 0;         ///< sum over people of their interactions squared; 0: not known
    double squaredColumns = 0;      ///< sum over items of their interactions squared; 0: not known
    double liked = 0;               ///< interactions of at least Dataset::likedFrom(); 0: not known
    double squaredLikedRows = 0;    ///< sum over people of theirs among these, squared
    double squaredLikedColumns = 0; ///< sum over items of theirs among these, squared
    double itemText = 0;            ///< bytes of all texts and tags of the items; 0: not known

    /// The work of comparing items with items, or people with people; where it is not counted, that of a usual long
    /// tail (four times that of equal rows).
    [[nodiscard]] double itemPairs() const { return squaredRows > 0 ? squaredRows : usual(people); }
    [[nodiscard]] double personPairs() const { return squaredColumns > 0 ? squaredColumns : usual(items); }

private:
    [[nodiscard]] double usual(std::size_t rows) const
    {
        const auto n = static_cast<double>(interactions);
        return rows > 0 ? 4 * n * n / static_cast<double>(rows) : 0;
    }
};

/// One immutable snapshot: events, names, attributes. Cheap to narrow (a training part shares all but the log).
class ORRERY_API Dataset {
public:
    /// Rows of attributes beyond the people's or the items' ids are left out: no model meets more rows than items.
    explicit Dataset(DatasetParts parts);

    [[nodiscard]] const std::string& name() const { return m_parts.name; }
    [[nodiscard]] Feedback feedback() const { return m_parts.feedback; }
    [[nodiscard]] float ratingLow() const { return m_parts.ratingLow; }
    [[nodiscard]] float ratingHigh() const { return m_parts.ratingHigh; }
    /// The smallest value that counts as liked: of ratings the upper 40 % of the scale (from 4 of 5 stars, 3.5 where
    /// there are halves, from 7 of 10); any value of counts.
    [[nodiscard]] float likedFrom() const;
    [[nodiscard]] const Provenance& from() const { return m_parts.from; }
    [[nodiscard]] const EventLog& log() const { return *m_parts.log; }
    [[nodiscard]] const Vocabulary& personIds() const { return *m_parts.personIds; }
    [[nodiscard]] const Vocabulary& itemIds() const { return *m_parts.itemIds; }
    [[nodiscard]] const AttributeTable& people() const { return *m_parts.people; }
    [[nodiscard]] const AttributeTable& items() const { return *m_parts.items; }
    [[nodiscard]] std::size_t personCount() const { return m_parts.personIds->size(); }
    [[nodiscard]] std::size_t itemCount() const { return m_parts.itemIds->size(); }
    [[nodiscard]] const DatasetParts& parts() const { return m_parts; }

    /// Duplicates resolved (Last for explicit, Sum for implicit feedback). Derived on first use, once; thread-safe.
    /// Values are weighted by kind, see kindWeights().
    [[nodiscard]] const Interactions& interactions() const;
    /// What an event of each kind counts here: parts().kindWeights as they act on this log. Found on first use, once;
    /// thread-safe.
    [[nodiscard]] const KindWeights& kindWeights() const;
    /// Counted on first use in O(events), once; thread-safe.
    [[nodiscard]] const DatasetShape& shape() const;
    /// Content hash of events, weights of kinds, ids and attributes, 32 hex digits: the identity in runs and reports.
    /// Thread-safe.
    [[nodiscard]] const std::string& hash() const;

    /// Title of an item, or its id where there is none.
    [[nodiscard]] std::string title(ItemIndex item) const;
    [[nodiscard]] std::string personName(UserIndex user) const;
    [[nodiscard]] std::optional<ItemIndex> findItem(std::string_view id) const;
    [[nodiscard]] std::optional<UserIndex> findPerson(std::string_view id) const;

    /// The same catalog and people with another log (a training part).
    [[nodiscard]] std::shared_ptr<const Dataset> withLog(EventLog log) const;
    /// The same with other weights of the kinds of events.
    [[nodiscard]] std::shared_ptr<const Dataset> withKindWeights(const KindWeights& weights) const;
    /// Only events before `now` (events without a time are kept).
    [[nodiscard]] std::shared_ptr<const Dataset> before(Timestamp now) const;

    /// The moment before which `share` of the timed events lie (0.9: the last tenth is at or after it); noTime when no
    /// event has a time. O(events).
    [[nodiscard]] Timestamp timeOfShare(double share) const;

private:
    struct Lazy;
    DatasetParts m_parts;
    std::shared_ptr<Lazy> m_lazy;
};

} // namespace orrery
