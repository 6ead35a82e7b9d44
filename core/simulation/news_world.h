// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/simulation/event_world.h"

namespace orrery {

/// A synthetic newsroom: articles that live some hours, and readers who are shown a list of them at each visit.
///
/// Planted dimensions are the topics, two in each section; a reader is interested in some of them. Attention to an
/// article falls from the moment it is published, and while its topic is in a burst it is many times as high:
///
///     attention(article, t) = e^appeal * e^(-(t - published) / life) * (burst, 8), 0 before and after 4 lives
///     P(examined | position) = position^-positionBias, P(click | examined) = logistic(-1.2 + 1.6 match + quality)
///
/// A list holds articles by chance in proportion to attention, without those that the reader clicked before. On the
/// front page they stand in the order of attention; on a test page, a share of all visits, in any order, so that the
/// position bias can be measured there. Each place of a list is one event with its position: a click, a skip (examined
/// and passed over), or an impression (not examined). The page is told as the events' place.
struct NewsPlan {
    std::size_t people = 350;
    std::size_t articles = 320;
    std::size_t visits = 1950;                ///< about; everybody comes at least once
    int days = 14;                            ///< from 3 June 2024 (UTC)
    std::size_t listLength = 8;               ///< of a list, 1 to 100
    double positionBias = .7;                 ///< 0: everything is examined
    double testPages = .4;                    ///< share of the visits
    double shortestLife = 2, longestLife = 9; ///< hours until attention has fallen to 1 / e
    std::size_t bursts = 5;
    std::uint64_t seed = 1;
};
/// What datasets/news is made with.
[[nodiscard]] ORRERY_API NewsPlan newsSamplePlan();

/// A topic that everybody looks at for some hours.
struct NewsBurst {
    std::size_t topic = 0; ///< a planted dimension
    Timestamp from = 0, to = 0;
};
/// Those of the plan, by time.
[[nodiscard]] ORRERY_API std::vector<NewsBurst> burstsOf(const NewsPlan& plan);

/// Articles have title, description, section, topic, and the second when they were published; readers an age. Same
/// plan, same bits, for any number of threads. O(visits x articles that live). Errors: InvalidArgument, Cancelled.
[[nodiscard]] ORRERY_API Result<EventWorld> generateNews(const NewsPlan& plan, const JobContext& job);

} // namespace orrery
