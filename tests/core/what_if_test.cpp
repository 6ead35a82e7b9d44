// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/models/catalogue.h"
#include "core/pipeline/what_if.h"
#include "tests/testing/dataset_builder.h"

#include <map>

#include <QtTest>

using namespace orrery;

namespace {

// An item's score is the sum, over the history, of what the test says one item does for another.
class LinkModel final : public Model {
public:
    using Links = std::map<std::pair<std::uint32_t, std::uint32_t>, float>; // (of the history, recommended)
    LinkModel(std::size_t items, Links links) : m_items(items), m_links(std::move(links)) {}

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Similarity; }
    [[nodiscard]] std::size_t itemCount() const override { return m_items; }
    void save(Artifact&) const override {}
    [[nodiscard]] float link(ItemIndex from, ItemIndex to) const
    {
        const auto found = m_links.find({from.value, to.value});
        return found == m_links.end() ? 0 : found->second;
    }

private:
    std::size_t m_items;
    Links m_links;
};

class LinkReader final : public Reader {
public:
    LinkReader(const LinkModel& model, History history) : m_model(model), m_history(std::move(history)) {}
    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            out[i] = static_cast<float>(explain(items[i]).score);
    }
    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation out;
        for (const auto& entry : m_history) {
            out.terms.push_back({TermKind::HistoryItem, entry.item, {}, m_model.link(entry.item, item)});
            out.score += out.terms.back().value;
        }
        return out;
    }

private:
    const LinkModel& m_model;
    History m_history;
};

std::unique_ptr<Reader> LinkModel::read(const Query& query) const
{
    return std::make_unique<LinkReader>(*this, query.history);
}

RecommenderPtr linked(std::size_t items, LinkModel::Links links)
{
    return makeModelRecommender("Links", std::make_shared<const LinkModel>(items, std::move(links)));
}

Query having(std::initializer_list<std::uint32_t> items)
{
    History history;
    for (const auto item : items)
        history.push_back({ItemIndex{item}, 5});
    return queryFor(std::move(history));
}

} // namespace

class WhatIfTest : public QObject {
    Q_OBJECT
private slots:
    void editsAddRerateAndTakeOut()
    {
        const History before = {{ItemIndex{1}, 3, 100}, {ItemIndex{4}, 5, 200}};
        const std::vector<HistoryEdit> edits = {
            {ItemIndex{2}, 4.F}, {ItemIndex{4}, 1.F}, {ItemIndex{1}, {}}, {ItemIndex{9}, {}}};
        const History after = {{ItemIndex{2}, 4, 300}, {ItemIndex{4}, 1, 200}}; // by item; a re-rating keeps its time
        QCOMPARE(edited(before, edits, 300), after);
        QCOMPARE(edited(before, {}, 300), before);
    }

    void editsApplyInTheirOrder()
    {
        const std::vector<HistoryEdit> edits = {{ItemIndex{2}, 4.F}, {ItemIndex{2}, {}}, {ItemIndex{2}, 1.F}};
        QCOMPARE(edited({}, edits), (History{{ItemIndex{2}, 1, noTime}}));
    }

    void findsTheEntryThatAPlaceHangsOn()
    {
        // History 0, 1. Item 2 has 3 from 0 and 1 from 1; item 3 has 2 from 1; item 4 has 2.5 from 1.
        // All: item 2 = 4 is first. Without 0: item 2 = 1, behind 3 and 4: third. Without 1: item 2 = 3 stays first.
        const auto recommender = linked(5, {{{0, 2}, 3.F}, {{1, 2}, 1.F}, {{1, 3}, 2.F}, {{1, 4}, 2.5F}});
        const auto found = strongestCounterfactual(*recommender, having({0, 1}), ItemIndex{2}, 5, {});
        QVERIFY(found->has_value());
        QCOMPARE((*found)->without, ItemIndex{0});
        QCOMPARE((*found)->rankBefore, 1U);
        QCOMPARE((*found)->rankAfter, 3U);
    }

    void whatIsReportedIsWhatTheListThenSays()
    {
        // Without 0, item 0 itself is a candidate again and comes first: item 2 really stands third, behind 0 and 3.
        const auto recommender = linked(4, {{{0, 2}, 3.F}, {{1, 2}, 1.F}, {{1, 3}, 2.F}, {{1, 0}, 9.F}});
        const Query query = having({0, 1});
        const auto found = strongestCounterfactual(*recommender, query, ItemIndex{2}, 5, {});
        QCOMPARE((*found)->rankAfter, 3U);
        QCOMPARE(recommender->trace(having({1}), ItemIndex{2})->rank, 3U);
    }

    void theReturnOfTheRemovedItemIsNotAFall()
    {
        // Without 0, item 2 still beats item 3, but item 0 is recommended above it: no entry carries item 2's place.
        const auto recommender = linked(4, {{{0, 2}, 1.F}, {{1, 2}, 4.F}, {{1, 3}, 1.F}, {{1, 0}, 9.F}});
        const auto found = strongestCounterfactual(*recommender, having({0, 1}), ItemIndex{2}, 1, {});
        QVERIFY(found.has_value());
        // Only the strongest term (item 1) is tried, and without it item 2 keeps 1 against 0 of item 3.
        QVERIFY(!found->has_value());
        const auto both = strongestCounterfactual(*recommender, having({0, 1}), ItemIndex{2}, 2, {});
        QVERIFY(!both->has_value());
    }

    void entriesThatSpeakAgainstItAreNotTried()
    {
        const auto recommender = linked(4, {{{0, 2}, -3.F}, {{0, 3}, -5.F}});
        QVERIFY(!strongestCounterfactual(*recommender, having({0}), ItemIndex{2}, 5, {})->has_value());
    }

    void seenItemsHaveNone()
    {
        const auto recommender = linked(3, {{{0, 2}, 3.F}});
        QVERIFY(!strongestCounterfactual(*recommender, having({0, 2}), ItemIndex{2}, 5, {})->has_value());
    }

    void stopsWhenCancelled()
    {
        const CancelToken token;
        token.cancel();
        const auto recommender = linked(3, {{{0, 2}, 3.F}});
        const auto found = strongestCounterfactual(*recommender, having({0}), ItemIndex{2}, 5, JobContext({}, token));
        QCOMPARE(found.error().code, Code::Cancelled);
    }
};

QTEST_APPLESS_MAIN(WhatIfTest)
#include "what_if_test.moc"
