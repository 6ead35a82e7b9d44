// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/data/dataset.h"
#include "core/models/catalogue.h"
#include "core/models/content/text_analyzer.h"
#include "core/params/param_table.h"

#include <string>
#include <vector>

namespace orrery {

enum class TermWeighting { TfIdf, Bm25 };

/// What the tags of an item (genres, keywords) are read as.
enum class TagUse {
    Attributes, ///< each tag is one attribute
    Words,      ///< their words join the text
    Both,
};

enum class VectorLength {
    One,  ///< scores are cosines
    Kept, ///< scores are dot products: items of which more is said score higher
};

/// What of the items their vectors are made of. The defaults were chosen on an inner fold of ml-latest-small and on the
/// sample (CONTRIBUTING.md).
struct FeatureConfig {
    TermWeighting weighting = TermWeighting::TfIdf;
    VectorLength length = VectorLength::Kept;
    Language language = Language::Detected;
    TagUse tags = TagUse::Both;
    float textWeight = 1;
    float tagWeight = 1;
    float numberWeight = 1;
    int fewestItems = 2;
    float mostItems = .5F;
    bool logarithm = true;
    float k1 = 1.2F;
    float b = .75F;
    int ranges = 10;
};

/// Declares them, with the defaults of `Config`, which derives from FeatureConfig.
template <class Config> ParamTable<Config> featureTable()
{
    const auto real = [](float FeatureConfig::*field) { return static_cast<float Config::*>(field); };
    const auto whole = [](int FeatureConfig::*field) { return static_cast<int Config::*>(field); };
    ParamTable<Config> table;
    table
        .choice("weighting", "Weight of a word", "What a word counts that occurs so often in so many texts",
                static_cast<TermWeighting Config::*>(&FeatureConfig::weighting),
                {{"tf-idf", "TF-IDF"}, {"bm25", "BM25"}})
        .number("text-weight", "Weight of the text", "Titles, descriptions and other texts; 0 leaves them out",
                real(&FeatureConfig::textWeight), 0, 100)
        .number("tag-weight", "Weight of tags", "Each column of genres, categories or keywords; 0 leaves them out",
                real(&FeatureConfig::tagWeight), 0, 100)
        .number("number-weight", "Weight of numbers", "Each column of years, prices and the like; 0 leaves them out",
                real(&FeatureConfig::numberWeight), 0, 100)
        .choice("tags", "Tags are", "Whether a tag is one attribute, words of the text, or both",
                static_cast<TagUse Config::*>(&FeatureConfig::tags),
                {{"attributes", "Attributes"}, {"words", "Words"}, {"both", "Both"}})
        .choice("language", "Language of the texts", "For the stems of words and the words that are left out",
                static_cast<Language Config::*>(&FeatureConfig::language),
                {{"auto", "Found by its commonest words"},
                 {"none", "None: words stay as they are"},
                 {"english", "English"},
                 {"german", "German"},
                 {"french", "French"},
                 {"spanish", "Spanish"},
                 {"italian", "Italian"},
                 {"portuguese", "Portuguese"},
                 {"dutch", "Dutch"},
                 {"swedish", "Swedish"},
                 {"russian", "Russian"}})
        .choice("length", "Length of item vectors", "One for all, or longer where more is said of an item",
                static_cast<VectorLength Config::*>(&FeatureConfig::length),
                {{"one", "One: scores are cosines"}, {"kept", "Kept: scores are dot products"}})
        .advanced()
        .number("fewest-items", "Fewest items", "Words and tags of fewer items are left out",
                whole(&FeatureConfig::fewestItems), 1, 1000, ParamScale::Logarithmic)
        .advanced()
        .number("most-items", "Most items", "Words in a larger share of the items are left out",
                real(&FeatureConfig::mostItems), .01, 1)
        .advanced()
        .flag("logarithm", "Logarithm of counts", "TF-IDF: a word that occurs twice counts 1.7 times, not twice",
              static_cast<bool Config::*>(&FeatureConfig::logarithm))
        .advanced()
        .number("k1", "BM25: k1", "How fast a repeated word counts less; 0: only whether it is there",
                real(&FeatureConfig::k1), 0, 100)
        .advanced()
        .number("b", "BM25: b", "How much long texts are held against them: 0 not at all, 1 in full",
                real(&FeatureConfig::b), 0, 1)
        .advanced()
        .number("ranges", "Ranges of a number", "Numbers are near one another within so many ranges of equal counts",
                whole(&FeatureConfig::ranges), 2, 1000, ParamScale::Logarithmic)
        .advanced();
    return table;
}

/// What is known of the items as sparse vectors.
struct ContentFeatures {
    SparseMatrix rows;               ///< [items x features], values above 0
    std::vector<std::string> labels; ///< of the features, for people: "genres Crime", "year around 1994", "\"space\""
};

/// One block of features for all texts together, one for each column of tags (0 or 1, by TF-IDF), one for each column
/// of numbers (a number lies between two of the quantiles and has a share in both). With vectors of length one, each
/// block of an item has the length 1 times the root of its weight, and then the whole has the length 1: so the dot
/// product of two items is the weighted mean of the cosines of their blocks. An item of which nothing is known has
/// nothing. The same on any number of threads. Errors: Unsupported (WordCutter), Cancelled.
[[nodiscard]] Result<ContentFeatures> contentFeatures(const Dataset& dataset, const FeatureConfig& config,
                                                      const JobContext& job);

/// What to say where that leaves no features: InvalidArgument.
[[nodiscard]] tl::unexpected<Error> nothingShared();

/// Expected cost of that: seconds of one thread, bytes at the peak.
[[nodiscard]] Cost costOfFeatures(const DatasetShape& shape);
/// Bytes of what is written of the items, for estimates: a title and a sentence of each where it is not counted.
[[nodiscard]] double writtenBytes(const DatasetShape& shape);

} // namespace orrery
