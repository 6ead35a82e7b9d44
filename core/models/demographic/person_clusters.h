// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/models/query.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

class Artifact;

/// What is known of people as numbered features: a word each for what at least two of them share ("gender F"), a range
/// each for numbers ("age 25 to 34", about as many people in each). Features of one fact name form a group.
class FactFeatures {
public:
    static constexpr std::size_t ranges = 6, mostWords = 500; ///< of a group; the most frequent words
    struct Cell {
        std::uint32_t feature = 0;
        float value = 0; ///< 1 / root of the number of words of the group that are true
    };

    FactFeatures() = default;
    explicit FactFeatures(const Dataset& dataset);

    [[nodiscard]] std::size_t size() const { return m_groups.empty() ? 0 : m_groups.back().end(); }
    /// Ascending; facts that nobody of training shares are left out.
    [[nodiscard]] std::vector<Cell> of(const Facts& who) const;
    [[nodiscard]] std::size_t groupOf(std::uint32_t feature) const;
    [[nodiscard]] std::size_t groupCount() const { return m_groups.size(); }
    [[nodiscard]] std::string label(std::uint32_t feature) const; ///< "gender F"

    void save(Artifact& artifact) const;
    /// Errors: Corrupt.
    [[nodiscard]] static Result<FactFeatures> load(const Artifact& artifact);

private:
    struct Group {
        std::string name;
        std::uint32_t first = 0;
        std::vector<double> bounds; ///< ascending; of numbers: bounds + 1 ranges
        std::vector<std::string> words;
        std::map<std::string, std::uint32_t, std::less<>> places; ///< of words

        [[nodiscard]] std::uint32_t end() const
        {
            return first + static_cast<std::uint32_t>(bounds.empty() ? words.size() : bounds.size() + 1);
        }
        /// The feature of a value of this group.
        [[nodiscard]] std::optional<std::uint32_t> find(const std::string& value) const;
    };
    void add(Group group);
    void addWords(const std::string& name, const std::map<std::string, std::size_t, std::less<>>& people);

    std::vector<Group> m_groups;
};

/// Clusters of people by what is known of them: k-means (Lloyd, IEEE Transactions on Information Theory 1982) over the
/// different sets of facts, each weighing as many people as it is true of. Seeds are the sets with the largest weight
/// times squared distance to those before (k-means++ without chance; Arthur & Vassilvitskii, SODA 2007), so nothing is
/// drawn. Where there are no more sets than clusters, each is one.
class PersonClusters {
public:
    /// Errors: Cancelled.
    [[nodiscard]] static Result<PersonClusters> learn(const Dataset& dataset, std::size_t clusters,
                                                      const JobContext& job);

    [[nodiscard]] std::size_t size() const { return m_centres.rows(); }
    /// The nearest centre, by the facts that are told alone, of equally near ones the first; none where nothing that is
    /// told is known of anybody.
    [[nodiscard]] std::optional<std::uint32_t> of(const Facts& who) const;
    /// What its people have in common beyond others, up to three facts: "country France", "gender F, age 25 to 34".
    [[nodiscard]] const std::string& label(std::uint32_t cluster) const { return m_labels[cluster]; }

    void save(Artifact& artifact) const;
    /// Errors: Corrupt.
    [[nodiscard]] static Result<PersonClusters> load(const Artifact& artifact);

private:
    void describe();

    FactFeatures m_features;
    Matrix m_centres;             ///< [clusters x features]
    std::vector<float> m_average; ///< over all people with facts, one a feature
    Matrix m_norms;               ///< [clusters x groups]: squared lengths of the centres within each group
    std::vector<std::string> m_labels;
};

} // namespace orrery
