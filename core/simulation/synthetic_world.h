// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/simulation/generator.h"
#include "core/simulation/planted_catalogue.h"
#include "core/simulation/weighted_pick.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace orrery {

/// A person and the truth about them.
struct PlantedPerson {
    std::size_t index = 0;
    int age = 0;       ///< when they joined
    char gender = 'F'; ///< F, M or X; planted tastes do not depend on it
    std::string_view occupation;
    double mean = 0;            ///< of their ratings, in stars
    bool wholeStars = false;    ///< some people never use the halves
    std::vector<double> tastes; ///< one a taste: loved 0.7 to 1.2, disliked -0.9 to -0.4, others near 0
    Timestamp joined = 0, left = 0;
    std::uint32_t ratings = 0; ///< how many they give
};

struct PlantedRating {
    std::uint32_t item = 0;
    std::uint8_t halfStars = 0; ///< 1 to 10
    Timestamp at = 0;
};

/// A planned world from which any person's life can be drawn on its own: each has a random stream of their own, so
/// the order of drawing, and the number of threads, change nothing. Immutable; safe to call from many threads.
class SyntheticWorld {
public:
    /// Errors: InvalidArgument, and those of readCatalogue.
    static Result<SyntheticWorld> build(const WorldPlan& plan);

    [[nodiscard]] const WorldPlan& plan() const { return m_plan; }
    [[nodiscard]] const PlantedCatalogue& catalogue() const { return m_catalogue; }

    /// What drawing one history after the other needs: a mark for each item.
    struct Scratch {
        std::vector<std::uint8_t> seenBy; ///< small, to stay in the cache
        std::uint8_t round = 0;
    };
    struct Life {
        PlantedPerson person;
        std::vector<PlantedRating> ratings; ///< ascending by item, each item once
    };
    [[nodiscard]] Life live(std::size_t person, Scratch& scratch) const;

private:
    struct Session {
        Timestamp start = 0;
        std::uint32_t ratings = 0;
        std::uint32_t mood = 0; ///< the taste that most of it is about
    };

    /// What choosing reads of an item, packed and with the most appealing first: choosing is bound by memory.
    struct Choice {
        Timestamp released = 0;
        std::array<float, 3> shares{};
        float quality = 0;
        std::array<std::uint8_t, 3> tastes{};
    };

    Status planActivity();
    void rankByAppeal();
    void prepareChoices();
    void prepareTastes();
    void plantTastes(PlantedPerson& person, Rng& rng) const;
    [[nodiscard]] double chanceToLove(const PlantedPerson& person, std::uint32_t taste) const;
    [[nodiscard]] PlantedPerson drawPerson(std::size_t index, Rng& rng) const;
    [[nodiscard]] std::vector<Session> drawSessions(const PlantedPerson& person, const WeightedPick& tastes,
                                                    Rng& rng) const;
    [[nodiscard]] Timestamp drawEvening(const PlantedPerson& person, Rng& rng) const;
    [[nodiscard]] WeightedPick tasteChoice(const PlantedPerson& person) const;
    /// The rank of an item that is out and not yet seen.
    [[nodiscard]] std::uint32_t choose(const PlantedPerson& person, Timestamp at, std::uint32_t mood,
                                       const WeightedPick& tastes, Scratch& scratch, Rng& rng) const;
    /// How much of what the item is the person likes: about -1 to 1.2.
    [[nodiscard]] static double matchOf(const PlantedPerson& person, const Choice& item);
    [[nodiscard]] bool accepts(const PlantedPerson& person, const Choice& item, Timestamp at, Rng& rng) const;
    [[nodiscard]] std::uint8_t rate(const PlantedPerson& person, const Choice& item, Rng& rng) const;

    WorldPlan m_plan;
    PlantedCatalogue m_catalogue;
    std::vector<std::uint32_t> m_ratings;              // one a person
    std::vector<Choice> m_choices;                     // one an item, by rank of appeal
    std::vector<std::uint32_t> m_itemAt;               // the item of each rank
    std::vector<std::uint32_t> m_rankOf;               // the rank of each item
    std::vector<WeightedPick> m_itemsOfTaste;          // positions in m_members
    std::vector<std::vector<std::uint32_t>> m_members; // ranks of each taste, the most chosen first
    std::uint64_t m_peopleSeed = 0;
};

} // namespace orrery
