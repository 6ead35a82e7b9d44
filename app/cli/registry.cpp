// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/registry.h"

#include "app/cli/audience_command.h"
#include "app/cli/benchmark_command.h"
#include "app/cli/evaluate_command.h"
#include "app/cli/explain_command.h"
#include "app/cli/export_command.h"
#include "app/cli/funnel_command.h"
#include "app/cli/generate_command.h"
#include "app/cli/help_command.h"
#include "app/cli/import_command.h"
#include "app/cli/man_command.h"
#include "app/cli/models_command.h"
#include "app/cli/neighbours_command.h"
#include "app/cli/profile_command.h"
#include "app/cli/project_command.h"
#include "app/cli/recommend_command.h"
#include "app/cli/rules_command.h"
#include "app/cli/shelves_command.h"
#include "app/cli/similar_command.h"
#include "app/cli/train_command.h"
#include "app/cli/who_matters_command.h"

namespace orrery::cli {
namespace {

template <class... Commands> std::vector<std::unique_ptr<Command>> oneOfEach()
{
    std::vector<std::unique_ptr<Command>> commands;
    (commands.push_back(std::make_unique<Commands>()), ...);
    return commands;
}

} // namespace

std::vector<std::unique_ptr<Command>> allCommands()
{
    return oneOfEach<ImportCommand, ProfileCommand, ModelsCommand, TrainCommand, RecommendCommand, SimilarCommand,
                     NeighboursCommand, ExplainCommand, ShelvesCommand, AudienceCommand, WhoMattersCommand,
                     ProjectCommand, FunnelCommand, RulesCommand, EvaluateCommand, BenchmarkCommand, GenerateCommand,
                     ExportCommand, HelpCommand, ManCommand>();
}

} // namespace orrery::cli
