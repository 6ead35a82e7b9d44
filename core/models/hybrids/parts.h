// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

class Artifact;

/// What a hybrid is to be made of: another algorithm of the catalogue, and its settings.
struct PartPlan {
    const Algorithm* algorithm = nullptr;
    ParamSet params = {};
};

/// How parts are written: for ParamTable::text.
inline constexpr const char* partsFormat = "algorithms, each with settings where wanted: item-knn neighbours=50, ease";

/// Reads "item-knn neighbours=50, implicit-als": 1 to 8 algorithms. A hybrid cannot be a part, so none can contain
/// itself. Errors: InvalidArgument.
[[nodiscard]] Result<std::vector<PartPlan>> parseParts(std::string_view text);
/// For ParamTable::text.
[[nodiscard]] Status checkParts(std::string_view text);
/// Of the parts that were given, else of those that are written. Errors: InvalidArgument, also when there are fewer
/// than `least` or when one that was given is a hybrid.
[[nodiscard]] Result<std::vector<PartPlan>> plansOf(const FitInput& input, std::string_view text, std::size_t least);

/// Trains the parts one after the other, each as it would be trained alone under the same seed. What they measure is
/// reported as "Item kNN: series". Errors: those of train().
[[nodiscard]] Result<std::vector<TrainedPart>>
trainParts(const std::vector<PartPlan>& plans, const std::shared_ptr<const Dataset>& train, const JobContext& job);
/// The parts that were given, else trained. Errors: as trainParts, InvalidArgument when given parts know different
/// numbers of items.
[[nodiscard]] Result<std::vector<TrainedPart>> partsFor(const FitInput& input, const std::vector<PartPlan>& plans,
                                                        const JobContext& job);
/// Sum over the parts as they are written; those of `fallback` where they cannot be read.
[[nodiscard]] Cost costOfParts(const DatasetShape& shape, std::string_view text, std::string_view fallback);

/// Title, with the settings where there are some: "Item kNN (neighbours 50)".
[[nodiscard]] std::string nameOf(const TrainedPart& part);

/// What hybrids share: one catalog that all parts know, who is asked for similar items and people (the first part that
/// can tell), how parts are stored (each as an artifact in the artifact).
class HybridModel : public Model {
public:
    /// At least one part; all of the same number of items.
    explicit HybridModel(std::vector<TrainedPart> parts) : m_parts(std::move(parts)) {}

    [[nodiscard]] Scale scale() const override { return Scale::Rank; }
    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.front().model->itemCount(); }
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const override;
    [[nodiscard]] Result<std::vector<SimilarPerson>> similarPeople(const Query& query, std::size_t n) const override;
    void save(Artifact& artifact) const override;

    [[nodiscard]] const std::vector<TrainedPart>& parts() const { return m_parts; }

private:
    std::vector<TrainedPart> m_parts;
};

/// Errors: Corrupt, also for fewer parts than `least` and for a part that is a hybrid.
[[nodiscard]] Result<std::vector<TrainedPart>> loadParts(const Artifact& artifact, std::size_t least);

/// The settings of a stored hybrid make no sense.
[[nodiscard]] tl::unexpected<Error> corruptHybrid(const std::string& where);

/// The same reasons, each `factor` times as strong, and what is inside them.
[[nodiscard]] std::vector<Term> scaled(std::vector<Term> terms, double factor);

/// One reader a part.
using PartReaders = std::vector<std::unique_ptr<Reader>>;
[[nodiscard]] PartReaders readParts(const std::vector<TrainedPart>& parts, const Query& query);
/// What the first personal part says of a history that taught it nothing; empty as soon as one of them learnt from it.
[[nodiscard]] std::string fallbackOf(const std::vector<TrainedPart>& parts, const PartReaders& readers);

} // namespace orrery
