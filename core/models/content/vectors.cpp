// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/vectors.h"

#include "core/models/content/content_features.h"
#include "core/models/content/vector_profile.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

struct VectorsConfig : ProfileConfig {
    std::string column;
    VectorLength length = VectorLength::One;
    bool centre = true;
};

Status anyName(std::string_view) { return {}; }

const ParamTable<VectorsConfig>& table()
{
    static const auto declared = [] {
        ParamTable<VectorsConfig> table;
        addProfile(table)
            .choice("length", "Length of item vectors", "One for all, or as they were imported", &VectorsConfig::length,
                    {{"one", "One: scores are cosines"}, {"kept", "Kept: scores are dot products"}})
            .flag("centre", "Take the mean off", "What the vectors of all items have in common tells none apart",
                  &VectorsConfig::centre)
            .text("column", "Column", "Which vectors, where several were imported; otherwise the first",
                  &VectorsConfig::column, "the name of imported vectors", anyName)
            .advanced();
        return table;
    }();
    return declared;
}

Result<const VectorColumn*> columnOf(const Dataset& dataset, const std::string& name)
{
    const auto columns = dataset.items().vectors();
    if (name.empty())
        return &columns.front();
    const auto found = std::ranges::find(columns, name, &VectorColumn::name);
    if (found != columns.end())
        return &*found;
    std::vector<std::string> names;
    for (const VectorColumn& column : columns)
        names.push_back(column.name);
    return error(Code::NotFound, fmt::format("There are no vectors '{}'", name),
                 fmt::format("There are {}", fmt::join(names, ", ")), "column");
}

bool isKnown(std::span<const float> row)
{
    return std::ranges::any_of(row, [](float value) { return value != 0; });
}

/// Of the rows that are known.
std::vector<double> meanOf(const Matrix& vectors)
{
    std::vector<double> mean(vectors.cols(), 0.0);
    double known = 0;
    for (std::size_t item = 0; item < vectors.rows(); ++item)
        if (const auto row = vectors.row(item); isKnown(row)) {
            known += 1;
            for (std::size_t d = 0; d < row.size(); ++d)
                mean[d] += static_cast<double>(row[d]);
        }
    for (double& value : mean)
        value /= std::max(known, 1.0);
    return mean;
}

void takeMeanOff(Matrix& vectors)
{
    const auto mean = meanOf(vectors);
    for (std::size_t item = 0; item < vectors.rows(); ++item)
        if (const auto row = vectors.row(item); isKnown(row))
            for (std::size_t d = 0; d < row.size(); ++d)
                row[d] = static_cast<float>(static_cast<double>(row[d]) - mean[d]);
}

Result<ModelPtr> fitVectors(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto column = columnOf(*input.train, config->column);
    if (!column)
        return tl::unexpected(column.error());
    job.progress(0, "scaling vectors");
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    Matrix vectors(input.train->itemCount(), (*column)->length);
    std::ranges::copy((*column)->values, vectors.all().begin());
    if (config->centre)
        takeMeanOff(vectors);
    if (config->length == VectorLength::One)
        scaleToUnitLength(vectors);
    if (!isKnown(vectors.all()))
        return error(Code::InvalidArgument, "All item vectors are the same", "Import others, or switch centre off",
                     "centre");
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    return std::make_shared<const VectorProfile>(VectorProfileParts{std::move(vectors),
                                                                    ProfileWeigher(*input.train, *config),
                                                                    PopularFallback(input.train->interactions())},
                                                 vectorsAlgorithm().can);
}

Result<ModelPtr> loadVectors(const Artifact& artifact) { return VectorProfile::load(artifact, vectorsAlgorithm().can); }

Cost estimateVectors(const DatasetShape& shape, const ParamSet&)
{
    constexpr double length = 384; // of a small text embedding
    const auto items = static_cast<double>(shape.items);
    return {items * length * 4e-9 + static_cast<double>(shape.interactions) * 2e-9,
            static_cast<std::size_t>(items * (length * 4 + 8))};
}

} // namespace

Algorithm vectorsAlgorithm()
{
    Algorithm a;
    a.id = "vectors";
    a.title = "Imported vectors";
    a.family = "Content";
    a.summary = "Takes item vectors that were computed elsewhere, for example embeddings of texts or pictures. It "
                "recommends what lies in the direction of the history.";
    a.whenToUse = "To see what an embedding knows of your catalog, for items nobody used yet, and for a map of it.";
    a.paper = "Reimers & Gurevych: Sentence-BERT: sentence embeddings using Siamese BERT-networks, EMNLP 2019";
    a.fallback = PopularFallback::declaration();
    a.needs = {Need::ItemVectors};
    a.params = table().specs();
    a.fit = fitVectors;
    a.load = loadVectors;
    a.estimate = estimateVectors;
    return a;
}

} // namespace orrery
