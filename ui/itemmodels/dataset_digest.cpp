// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/dataset_digest.h"

#include "core/base/machine_speed.h"
#include "ui/components/text.h"

#include <QCoreApplication>

namespace orrery::ui {
namespace {

constexpr int latePercents[] = {10, 20, 50};

std::vector<float> weightsOf(const Tally& tally) { return {tally.counts.begin(), tally.counts.end()}; }

NameIndex titlesOf(const Dataset& dataset, const Tally& tally)
{
    std::vector<QString> titles;
    titles.reserve(dataset.itemCount());
    for (std::uint32_t i = 0; i < dataset.itemCount(); ++i)
        titles.push_back(text(dataset.title(ItemIndex{i})));
    return NameIndex(titles, weightsOf(tally));
}

NameIndex namesOf(const Dataset& dataset, const Tally& tally)
{
    std::vector<QString> names;
    names.reserve(dataset.personCount());
    for (std::uint32_t u = 0; u < dataset.personCount(); ++u)
        names.push_back(personTitle(dataset, UserIndex{u}));
    return NameIndex(names, weightsOf(tally));
}

std::vector<DatasetDigest::LatePart> latePartsOf(const Dataset& dataset)
{
    std::vector<DatasetDigest::LatePart> parts;
    for (const int percent : latePercents)
        if (const Timestamp from = dataset.timeOfShare(1 - percent / 100.0); from != noTime)
            parts.push_back({percent, from});
    return parts;
}

} // namespace

Result<std::shared_ptr<const DatasetDigest>> digestOf(const std::shared_ptr<const Dataset>& dataset,
                                                      const JobContext& job)
{
    // Worked out here, so that the window's thread never does.
    (void)machineSpeed();
    (void)dataset->shape();
    const auto items = std::make_shared<const Tally>(tallyOfItems(*dataset));
    const auto people = std::make_shared<const Tally>(tallyOfPeople(*dataset));
    if (const auto on = job.check(); !on)
        return tl::unexpected(on.error());
    NameIndex titles = titlesOf(*dataset, *items);
    NameIndex names = namesOf(*dataset, *people);
    if (const auto on = job.check(); !on)
        return tl::unexpected(on.error());
    DatasetProfile profile = profileOf(*dataset);
    if (const auto on = job.check(); !on)
        return tl::unexpected(on.error());
    const Timestamp last = profile.last;
    return std::make_shared<const DatasetDigest>(
        DatasetDigest{dataset, std::move(profile), items, people, std::move(titles), std::move(names),
                      Protocol::standard(*dataset), suggestSplit(*dataset).plan, latePartsOf(*dataset), last});
}

QString personTitle(const Dataset& dataset, UserIndex user)
{
    return QCoreApplication::translate("Person", "Person %1").arg(text(dataset.personName(user)));
}

} // namespace orrery::ui
