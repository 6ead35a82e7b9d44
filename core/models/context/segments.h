// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/models/query.h"
#include "core/params/param_set.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

class Artifact;

/// By what the circumstances are told apart.
enum class ContextBy {
    Weekend,   ///< Saturday and Sunday, or any other day
    Weekday,   ///< the seven
    PartOfDay, ///< night, morning, afternoon, evening
    Device,    ///< as the events tell it
    Place,     ///< as the events tell it
};

/// For ParamTable::choice.
[[nodiscard]] std::vector<ParamChoice> contextChoices();

/// The circumstances as a model tells them apart, numbered from 0.
class Segments {
public:
    /// Those of time are fixed; devices and places are those that at least one event of the log tells, the most
    /// frequent first (equally frequent ones by name), at most `most`, which is at most `mostWords`.
    Segments(ContextBy by, const EventLog& log, std::size_t most = mostWords);
    static constexpr std::size_t mostWords = 250;

    [[nodiscard]] ContextBy by() const { return m_by; }
    [[nodiscard]] std::size_t size() const { return m_words.size(); }
    /// For labels: "on Saturdays", "at weekends", "in the evening", "where the device is phone".
    [[nodiscard]] std::string name(std::size_t segment) const;
    /// None where the facts do not tell, or tell what was not known in training.
    [[nodiscard]] std::optional<std::size_t> of(const Facts& context) const;
    /// The segment of each event; `none` without one, and where its kind counts nothing. O(events).
    static constexpr std::uint8_t none = 255;
    [[nodiscard]] std::vector<std::uint8_t> ofEvents(const EventLog& log,
                                                     const KindWeights& weights = KindWeights::equal()) const;

    /// Puts "by" and, of devices and places, "word-0", "word-1", ..., each after `prefix`.
    void save(Artifact& artifact, const std::string& prefix = {}) const;
    /// Errors: Corrupt.
    [[nodiscard]] static Result<Segments> load(const Artifact& artifact, const std::string& prefix = {});

private:
    explicit Segments(ContextBy by);
    [[nodiscard]] std::vector<std::uint8_t> ofAllEvents(const EventLog& log) const;

    ContextBy m_by;
    std::vector<std::string> m_words; ///< what the facts say: "Saturday", "phone"
};

/// A circumstance that can be told, as a Fact, and what can be said of it.
struct Circumstance {
    std::string name; ///< "weekday", "part of the day", "device", "place"
    std::vector<std::string> words;
};
/// Weekday and part of the day, and where events tell it the device and the place with their most frequent words.
[[nodiscard]] ORRERY_API std::vector<Circumstance> circumstancesOf(const EventLog& log);

/// For estimates: how many there are; of devices and places as many as there usually are.
[[nodiscard]] std::size_t usualSegments(ContextBy by);
/// Errors: InvalidArgument when no event of the log tells.
[[nodiscard]] Status checkTold(const Segments& segments, const EventLog& log);

} // namespace orrery
