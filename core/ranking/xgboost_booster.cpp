// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/xgboost_booster.h"

#ifdef ORRERY_XGBOOST

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <xgboost/c_api.h>

namespace orrery {
namespace {

Status told(int code)
{
    if (code == 0)
        return {};
    const std::string_view words = XGBGetLastError();
    if (words.find("bad_alloc") != std::string_view::npos)
        return error(Code::OutOfMemory, "There is not enough memory to train trees on so many rows",
                     "Train on fewer questions, or with fewer candidates for each");
    return error(Code::Internal, fmt::format("XGBoost: {}", words.substr(0, words.find('\n'))));
}

std::string objectiveName(GbdtObjective objective)
{
    switch (objective) {
    case GbdtObjective::Ndcg: return "rank:ndcg";
    case GbdtObjective::Pairwise: return "rank:pairwise";
    case GbdtObjective::Pointwise: return "binary:logistic";
    case GbdtObjective::Squared: break;
    }
    return "reg:squarederror";
}

std::vector<std::pair<std::string, std::string>> settingsOf(const GbdtParams& params, std::uint64_t seed)
{
    return {{"booster", "gbtree"},
            {"objective", objectiveName(params.objective)},
            {"tree_method", "hist"},
            {"nthread", "1"}, // predictions depend on it
            {"verbosity", "0"},
            {"disable_default_eval_metric", "1"},
            {"base_score", "0.5"}, // stated, or later versions estimate one; the rows' own margins replace it
            {"max_depth", fmt::format("{}", params.depth)},
            {"eta", fmt::format("{}", params.learningRate)},
            {"min_child_weight", fmt::format("{}", params.minChildWeight)},
            {"lambda", fmt::format("{}", params.lambda)},
            {"subsample", fmt::format("{}", params.subsample)},
            {"colsample_bytree", fmt::format("{}", params.columnSample)},
            {"seed", fmt::format("{}", seed & 0x7FFFFFFF)},
            // Its generator belongs to the thread: what was trained there before must not matter.
            {"seed_per_iteration", "1"}};
}

Status setNumbers(DMatrixHandle matrix, const char* field, std::span<const float> values)
{
    return values.empty() ? Status() : told(XGDMatrixSetFloatInfo(matrix, field, values.data(), values.size()));
}

/// Labels above 31 overflow the library's NDCG; 4 is the highest of the usual five grades.
std::vector<float> grades(std::span<const float> labels)
{
    std::vector<float> clamped(labels.begin(), labels.end());
    for (float& label : clamped)
        label = std::clamp(label, 0.F, 4.F);
    return clamped;
}

Status setGroups(DMatrixHandle matrix, std::span<const std::uint32_t> starts)
{
    std::vector<unsigned> sizes;
    for (std::size_t g = 0; g + 1 < starts.size(); ++g)
        sizes.push_back(starts[g + 1] - starts[g]);
    return told(XGDMatrixSetUIntInfo(matrix, "group", sizes.data(), sizes.size()));
}

} // namespace

struct XgboostBooster::Handles {
    std::array<DMatrixHandle, 2> rows{}; ///< training, validation
    std::array<std::size_t, 2> counts{};
    BoosterHandle booster = nullptr;

    Handles() = default;
    Handles(const Handles&) = delete;
    Handles& operator=(const Handles&) = delete;
    ~Handles()
    {
        if (booster)
            XGBoosterFree(booster);
        for (DMatrixHandle matrix : rows)
            if (matrix)
                XGDMatrixFree(matrix);
    }

    Status fill(std::size_t which, const TrainingRows& from, bool ranks, double bias)
    {
        const MatrixView view = from.features.view();
        counts[which] = view.rows;
        if (view.rows == 0)
            return {};
        DMatrixHandle& matrix = rows[which];
        const auto made = told(XGDMatrixCreateFromMat_omp(view.data, view.rows, view.cols,
                                                          std::numeric_limits<float>::quiet_NaN(), &matrix, 1));
        if (!made)
            return made;
        const std::vector<float> margins(view.rows, static_cast<float>(bias));
        return setNumbers(matrix, "label", ranks ? grades(from.labels) : from.labels)
            .and_then([&] { return ranks ? setGroups(matrix, from.groupStarts) : Status(); })
            .and_then([&] { return setNumbers(matrix, "weight", from.weights); })
            .and_then([&] { return setNumbers(matrix, "base_margin", margins); });
    }

    Status start(const std::vector<std::pair<std::string, std::string>>& settings)
    {
        // Its log goes to the terminal, by thread.
        if (const auto quiet = told(XGBSetGlobalConfig(R"({"verbosity": 0})")); !quiet)
            return quiet;
        const bst_ulong known = rows[1] ? 2 : 1;
        if (const auto made = told(XGBoosterCreate(rows.data(), known, &booster)); !made)
            return made;
        for (const auto& [name, value] : settings)
            if (const auto set = told(XGBoosterSetParam(booster, name.c_str(), value.c_str())); !set)
                return set;
        return {};
    }
};

std::string XgboostBooster::whyAbsent() { return {}; }

std::string XgboostBooster::version()
{
    int major = 0, minor = 0, patch = 0;
    XGBoostVersion(&major, &minor, &patch);
    return fmt::format("XGBoost {}.{}.{}", major, minor, patch);
}

XgboostBooster::XgboostBooster(std::unique_ptr<Handles> handles) : m_handles(std::move(handles)) {}

XgboostBooster::~XgboostBooster() = default;

Result<std::unique_ptr<XgboostBooster>> XgboostBooster::make(const TrainingRows& train, const TrainingRows& validation,
                                                             const GbdtParams& params, double bias, std::uint64_t seed)
{
    const bool ranks = isRanking(params.objective);
    auto handles = std::make_unique<Handles>();
    const auto ready = handles->fill(0, train, ranks, bias)
                           .and_then([&] { return handles->fill(1, validation, ranks, bias); })
                           .and_then([&] { return handles->start(settingsOf(params, seed)); });
    if (!ready)
        return tl::unexpected(ready.error());
    return std::unique_ptr<XgboostBooster>(new XgboostBooster(std::move(handles)));
}

Status XgboostBooster::addTree(int round)
{
    return told(XGBoosterUpdateOneIter(m_handles->booster, round, m_handles->rows[0]));
}

Result<std::vector<float>> XgboostBooster::margins()
{
    constexpr const char* wanted =
        R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false})";
    const std::size_t which = m_handles->rows[1] ? 1 : 0;
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    const auto asked = told(
        XGBoosterPredictFromDMatrix(m_handles->booster, m_handles->rows[which], wanted, &shape, &dimensions, &values));
    if (!asked)
        return tl::unexpected(asked.error());
    std::size_t count = 1;
    for (bst_ulong d = 0; d < dimensions; ++d)
        count *= shape[d];
    if (count != m_handles->counts[which])
        return error(Code::Internal,
                     fmt::format("XGBoost gave {} margins for {} rows", count, m_handles->counts[which]));
    // The memory is the library's until the next call.
    return std::vector<float>(values, values + count);
}

Result<std::string> XgboostBooster::json()
{
    bst_ulong length = 0;
    const char* text = nullptr;
    const auto asked = told(XGBoosterSaveModelToBuffer(m_handles->booster, R"({"format": "json"})", &length, &text));
    if (!asked)
        return tl::unexpected(asked.error());
    return std::string(text, length);
}

} // namespace orrery

#else

namespace orrery {

struct XgboostBooster::Handles {};

std::string XgboostBooster::whyAbsent()
{
    return "This build has no XGBoost: install libxgboost-dev (Debian 12 and later, Ubuntu 24.04) and build again";
}

std::string XgboostBooster::version() { return "no XGBoost"; }

XgboostBooster::XgboostBooster(std::unique_ptr<Handles> handles) : m_handles(std::move(handles)) {}

XgboostBooster::~XgboostBooster() = default;

Result<std::unique_ptr<XgboostBooster>> XgboostBooster::make(const TrainingRows&, const TrainingRows&,
                                                             const GbdtParams&, double, std::uint64_t)
{
    return error(Code::Unsupported, "This build cannot train trees", whyAbsent());
}

Status XgboostBooster::addTree(int) { return error(Code::Unsupported, "This build cannot train trees", whyAbsent()); }

Result<std::vector<float>> XgboostBooster::margins()
{
    return error(Code::Unsupported, "This build cannot train trees", whyAbsent());
}

Result<std::string> XgboostBooster::json()
{
    return error(Code::Unsupported, "This build cannot train trees", whyAbsent());
}

} // namespace orrery

#endif
