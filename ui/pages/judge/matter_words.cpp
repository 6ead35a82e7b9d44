// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/judge/matter_words.h"

#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int shownFeatures = 6, mostLetters = 24; // as many as a narrow chart has room for
constexpr double noticeable = .005;                ///< of an AUC that is said with two decimals
constexpr int treesColour = 0, plainColour = 7;

QString tr(const char* words) { return QCoreApplication::translate("MatterLens", words); }

const Feature& featureOf(std::size_t number) { return valueFeatures()[number]; }

double expectedOf(std::span<const PersonChance> people)
{
    double sum = 0;
    for (const PersonChance& one : people)
        sum += static_cast<double>(one.probability);
    return sum;
}

QString comparedWords(const ValueReport& report)
{
    const double gain = report.trees.auc - report.rule.auc;
    if (gain >= noticeable)
        return tr("The trees tell them apart better (AUC %1) than how lately and often they bought (%2).");
    if (gain <= -noticeable)
        return tr("The trees tell them apart worse (AUC %1) than how lately and often they bought (%2): go by that.");
    return tr("The trees tell them apart no better (AUC %1) than how lately and often they bought (%2).");
}

TableColumn textColumn(const QString& title, std::function<QString(int)> display, const QString& help = {})
{
    TableColumn column{title, TableColumn::Kind::Text, std::move(display)};
    column.help = help;
    return column;
}

TableColumn numberColumn(const QString& title, std::function<double(int)> value,
                         const std::function<QString(double)>& words, const QString& help = {})
{
    TableColumn column{title, TableColumn::Kind::Number, [value, words](int row) { return words(value(row)); }};
    column.sort = [value](int row) -> QVariant { return value(row); };
    column.help = help;
    return column;
}

QString leakWords(const ValueFeatureReport& feature)
{
    if (feature.seesFuture)
        return tr("sees the future");
    return feature.suspicious ? tr("suspicious") : tr("fine");
}

} // namespace

QString wordsOf(const ValueLabel& label)
{
    return tr("more than %1 in the next %2")
        .arg(QString::number(label.moreThan, 'g', 12), counted(label.days, tr("day"), tr("days")));
}

QString sentenceOf(const ValueAnswer& answer)
{
    const ValueReport& report = answer.report;
    const double rate = static_cast<double>(report.test.positives) / static_cast<double>(report.test.rows);
    return tr("Of %1 about %2 will probably spend %3.")
               .arg(counted(static_cast<double>(answer.people.size()), tr("customer"), tr("customers")),
                    count(std::round(expectedOf(answer.people))), wordsOf(answer.question.label)) +
           u' ' + comparedWords(report).arg(decimal(report.trees.auc, 2), decimal(report.rule.auc, 2)) + u' ' +
           tr("Of the tenth that they held for the likeliest %1 did, of all %2.")
               .arg(percent(report.trees.topTenth.seen, 1), percent(rate, 1));
}

QString judgedOn(const ValueAnswer& answer)
{
    const ValuePart& test = answer.report.test;
    return tr("Judged on %1 from %2 to %3 that no training looked at: %4, of which %5 did.")
        .arg(counted(static_cast<double>(test.cuts.size()), tr("day"), tr("days")), date(test.cuts.front()),
             date(test.cuts.back()),
             counted(static_cast<double>(test.rows), tr("look at a customer"), tr("looks at a customer")),
             count(static_cast<double>(test.positives)));
}

std::size_t doubtfulFeatures(const ValueReport& report)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        report.features, [](const ValueFeatureReport& one) { return one.suspicious || one.seesFuture; }));
}

QString wordsOf(std::span<const PersonChance> people)
{
    return tr("%1, about %2 will")
        .arg(counted(static_cast<double>(people.size()), tr("customer"), tr("customers")),
             count(std::round(expectedOf(people))));
}

ChartSpec calibrationChart(const ValueAnswer& answer)
{
    ChartSpec spec;
    spec.title = tr("Does it keep its word?");
    spec.kind = ChartKind::Lines;
    spec.x.title = tr("predicted, by tenths of the test");
    spec.y.title = tr("seen");
    spec.x.percent = spec.y.percent = true;
    spec.x.from = spec.y.from = 0;
    ChartSeries trees{tr("trees"), treesColour, {}};
    double most = 0;
    for (const CalibrationBin& bin : answer.report.calibration) {
        trees.points.push_back(
            {bin.predicted,
             bin.seen,
             {},
             {},
             counted(static_cast<double>(bin.rows), tr("look at a customer"), tr("looks at a customer"))});
        most = std::max({most, bin.predicted, bin.seen});
    }
    spec.series = {{tr("as predicted"), plainColour, {{0, 0, {}, {}, {}}, {most, most, {}, {}, {}}}}, std::move(trees)};
    return spec;
}

ChartSpec importanceChart(const ValueAnswer& answer)
{
    ChartSpec spec;
    spec.title = tr("What it goes by");
    spec.kind = ChartKind::BarsAcross;
    spec.y.title = tr("mean effect, in log odds");
    ChartSeries effects{tr("effect"), treesColour, {}};
    for (const ValueFeatureReport& one : answer.report.features) {
        if (spec.categories.size() == shownFeatures)
            break;
        const QString title = text(featureOf(one.feature).title);
        spec.categories << (title.size() > mostLetters ? title.left(mostLetters - 1) + u'…' : title);
        effects.points.push_back({0, one.effect, {}, {}, title});
    }
    spec.series = {std::move(effects)};
    return spec;
}

std::vector<TableColumn> peopleColumns(const ValueAnswerPtr& answer)
{
    const auto at = [answer](int row) -> const PersonChance& { return answer->people[static_cast<std::size_t>(row)]; };
    const double most = answer->people.empty() ? 1 : static_cast<double>(answer->people.front().probability);
    auto chance = numberColumn(
        tr("Probability"), [at](int row) { return static_cast<double>(at(row).probability); },
        [](double value) { return percent(value, 1); });
    chance.bar = [at, most](int row) { return most > 0 ? static_cast<double>(at(row).probability) / most : 0; };
    return {numberColumn(
                tr("Place"), [](int row) { return row + 1.; }, count),
            textColumn(tr("Person"),
                       [answer, at](int row) { return text(answer->history->dataset().personName(at(row).user)); }),
            std::move(chance)};
}

std::vector<TableColumn> reasonColumns(const std::shared_ptr<const ValueAnswer::Reasons>& reasons)
{
    const auto at = [reasons](int row) -> const ValueReason& {
        return reasons->reasons[static_cast<std::size_t>(row)];
    };
    auto name = textColumn(tr("Feature"), [at](int row) { return text(featureOf(at(row).feature).title); });
    name.tip = [at](int row) { return text(featureOf(at(row).feature).about); };
    auto value = textColumn(tr("Theirs"),
                            [at](int row) { return text(inWords(featureOf(at(row).feature).unit, at(row).value)); });
    auto effect = numberColumn(
        tr("Effect"), [at](int row) { return static_cast<double>(at(row).effect); },
        [](double number) { return signedDecimal(number, 2); },
        tr("What it adds to the log odds, against everybody on average (SHAP)"));
    const double most = reasons->reasons.empty() ? 0 : std::abs(static_cast<double>(at(0).effect));
    effect.bar = [at, most](int row) { return most > 0 ? std::abs(static_cast<double>(at(row).effect)) / most : 0; };
    return {std::move(name), std::move(value), std::move(effect)};
}

std::vector<TableColumn> qualityColumns(const ValueAnswerPtr& answer)
{
    const auto of = [answer](int row) -> const ValueQuality& {
        const ValueReport& report = answer->report;
        return row == 0 ? report.trees : row == 1 ? report.rule : report.base;
    };
    const auto fine = [](double number) { return decimal(number, 4); };
    const auto share = [of](double TopShare::*which) {
        return [of, which](int row) { return row == 2 ? std::nan("") : of(row).topTenth.*which; };
    };
    const auto shareWords = [](double value) { return std::isnan(value) ? QStringLiteral("–") : percent(value, 1); };
    const std::array names{tr("Trees"), tr("Lately and often"), tr("The same for all")};
    return {
        textColumn(tr("Of the test"), [names](int row) { return names[static_cast<std::size_t>(row)]; }),
        numberColumn(
            tr("AUC"), [of](int row) { return of(row).auc; }, [](double number) { return decimal(number, 3); },
            tr("The chance that one who did stands before one who did not")),
        numberColumn(
            tr("Log loss"), [of](int row) { return of(row).logLoss; }, fine, tr("Less is better")),
        numberColumn(tr("Top tenth"), share(&TopShare::seen), shareWords, tr("How many of the likeliest tenth did")),
        numberColumn(tr("Of all"), share(&TopShare::captured), shareWords,
                     tr("What share of all who did is in the likeliest tenth"))};
}

std::vector<TableColumn> featureColumns(const ValueAnswerPtr& answer)
{
    const auto at = [answer](int row) -> const ValueFeatureReport& {
        return answer->report.features[static_cast<std::size_t>(row)];
    };
    auto name = textColumn(tr("Feature"), [at](int row) { return text(featureOf(at(row).feature).title); });
    name.tip = [at](int row) { return text(featureOf(at(row).feature).about); };
    auto drift = textColumn(
        tr("Drift"), [at](int row) { return text(std::string(at(row).drift.inWords())); },
        tr("How far it is spread otherwise in the test than in training (PSI)"));
    drift.sort = [at](int row) -> QVariant { return at(row).drift.psi; };
    drift.tip = [at](int row) {
        return tr("Population stability index %1, missing in %2 then and in %3 now")
            .arg(decimal(at(row).drift.psi, 2), percent(at(row).drift.missingBefore, 1),
                 percent(at(row).drift.missingAfter, 1));
    };
    auto leak = textColumn(
        tr("Leak"), [at](int row) { return leakWords(at(row)); },
        tr("Suspicious: alone it tells next to all. Sees the future: it changes when later events are taken away"));
    leak.tip = [at](int row) { return tr("Alone it has an AUC of %1").arg(decimal(at(row).alone, 3)); };
    return {std::move(name), std::move(drift), std::move(leak)};
}

} // namespace orrery::ui
