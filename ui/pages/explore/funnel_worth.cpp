// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/funnel_worth.h"

#include "core/evaluation/funnel_trial.h"
#include "core/pipeline/funnel_training.h"
#include "ui/components/data_table.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/table_model.h"
#include "ui/theme/tokens.h"

#include <QHBoxLayout>

namespace orrery::ui {
namespace {

constexpr std::size_t askedPeople = 1000;

TableColumn shareColumn(const QString& title, const QString& help, std::function<double(int)> shareOf)
{
    TableColumn column{title, TableColumn::Kind::Number, [shareOf](int row) { return percent(shareOf(row), 1); },
                       [shareOf](int row) { return QVariant(shareOf(row)); }};
    column.bar = shareOf;
    column.help = help;
    return column;
}

/// What the sources bring does not depend on who orders what they found, nor on rules.
bool isMeasuredAlike(const FunnelRecipe& a, const FunnelRecipe& b)
{
    return a.sources == b.sources && a.mergeBy == b.mergeBy && a.keep == b.keep && a.again == b.again;
}

} // namespace

QString trainedAgainWords(const WorkspaceSession& session)
{
    return session.asOf() == endOfTime
               ? FunnelWorthPane::tr("The models are trained again, on what was before the last tenth of the events.")
               : FunnelWorthPane::tr("The models are trained again, on what was before %1.").arg(date(session.asOf()));
}

FunnelWorthPane::FunnelWorthPane(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_words(secondaryLabel({}, this)),
      m_measure(plainButton(tr("Measure"), this)), m_table(new DataTable(this)), m_rows(new TableModel(m_table))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(space::md, space::md, space::md, 0);
    m_words->setWordWrap(true);
    m_words->setObjectName(QStringLiteral("funnel.worth.words"));
    m_measure->setObjectName(QStringLiteral("funnel.worth.measure"));
    row->addWidget(m_words, 1);
    row->addWidget(m_measure);
    column->addLayout(row);
    m_table->setObjectName(QStringLiteral("funnel.worth.table"));
    m_table->setTitle(tr("Sources"));
    m_table->setModel(m_rows);
    m_table->setEmptyText(tr("Not measured yet"));
    column->addWidget(m_table, 1);
    connect(m_measure, &QPushButton::clicked, this, [this] { measure(); });
    connect(&m_session, &WorkspaceSession::datasetChanged, this, &FunnelWorthPane::forget);
    connect(&m_session, &WorkspaceSession::asOfChanged, this, &FunnelWorthPane::forget);
    forget();
}

void FunnelWorthPane::setRecipe(const FunnelRecipe& recipe)
{
    const bool same = isMeasuredAlike(recipe, m_recipe);
    m_recipe = recipe;
    if (!same)
        forget();
}

void FunnelWorthPane::forget()
{
    m_rows->reset(0, {});
    m_words->setText(
        tr("How much of what people chose later is among the candidates, and what each source brings to it.") + u' ' +
        trainedAgainWords(m_session));
}

void FunnelWorthPane::measure()
{
    if (!m_session.dataset())
        return;
    m_session.jobs().start<FunnelWorth>(
        tr("Measuring the sources of %1").arg(text(m_recipe.name)), {},
        [recipe = m_recipe, parts = withoutModels(m_session.funnelParts()), dataset = m_session.dataset(),
         asOf = m_session.asOf(), segments = m_session.derivedPeople()](const JobContext& job) -> Result<FunnelWorth> {
            FunnelRecipe merged = recipe; // what the sources bring does not depend on who orders
            merged.rankBy = RankBy::Merged;
            const auto trial = tryFunnel(merged, parts, dataset, asOf, askedPeople, job.part(0, .8), segments);
            if (!trial)
                return tl::unexpected(trial.error());
            return worthOf(*trial->funnel, trial->queries, trial->later, job.part(.8, 1));
        },
        this,
        [this, asked = m_recipe, dataset = m_session.dataset(),
         asOf = m_session.asOf()](const Result<FunnelWorth>& worth) {
            if (!worth)
                return m_session.raise(messageOf(worth.error()));
            if (isMeasuredAlike(asked, m_recipe) && dataset == m_session.dataset() && asOf == m_session.asOf())
                show(*worth);
        });
}

void FunnelWorthPane::show(const FunnelWorth& worth)
{
    m_words->setText(tr("%1 candidates hold %2 of the %3 later choices of %4.")
                         .arg(count(worth.candidates), percent(worth.recall, 1),
                              count(static_cast<double>(worth.choices)),
                              counted(static_cast<double>(worth.people), tr("person"), tr("people"))));
    const auto sources = std::make_shared<const std::vector<SourceWorth>>(worth.sources);
    const auto at = [sources](int row) -> const SourceWorth& { return (*sources)[static_cast<std::size_t>(row)]; };
    const double recall = worth.recall;
    m_rows->reset(static_cast<int>(sources->size()),
                  {{tr("Source"), TableColumn::Kind::Text, [at](int row) { return text(at(row).title); }},
                   {tr("Proposes"), TableColumn::Kind::Number, [at](int row) { return count(at(row).proposed); },
                    [at](int row) { return QVariant(at(row).proposed); }},
                   shareColumn(tr("Finds"), tr("Share of the later choices that it proposes"),
                               [at](int row) { return at(row).recall; }),
                   shareColumn(tr("It alone"), tr("Share of the later choices that no other source proposes"),
                               [at](int row) { return at(row).exclusive; }),
                   shareColumn(tr("Lost without it"), tr("Share of the later choices that would be lost without it"),
                               [at, recall](int row) { return std::max(0.0, recall - at(row).recallWithout); })});
}

} // namespace orrery::ui
