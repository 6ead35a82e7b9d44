// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/filter.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

using namespace orrery;
using namespace orrery::testing;

class FilterTest : public QObject {
    Q_OBJECT
    std::shared_ptr<const Dataset> m_data =
        DatasetBuilder{}.row("ann", "A:5@1 B:4@2 C:2@3").row("bob", "A:5@4 B:1@5").row("cat", "A:4@6 C:4@7").build();

private slots:
    void nothingAskedIsTheSameDataset() { QCOMPARE(filtered(m_data, {}).value(), m_data); }

    void keepsLargeValuesOnly()
    {
        const auto kept = filtered(m_data, {3.5F, false, 0, 0}).value();
        QCOMPARE(kept->log().size(), std::size_t{5});
        QCOMPARE(kept->feedback(), Feedback::Explicit);
        QCOMPARE(kept->from().note, std::string("5 of 7 interactions: values from 3.5"));
    }

    void thenPeopleThenItems()
    {
        // From 3.5: ann A B, bob A, cat A C. People with two: ann, cat. Items with two: A alone.
        const auto kept = filtered(m_data, {3.5F, true, 2, 2}).value();
        QCOMPARE(kept->log().size(), std::size_t{2});
        QCOMPARE(kept->feedback(), Feedback::Implicit);
        for (std::size_t i = 0; i < 2; ++i) {
            QCOMPARE(kept->title(kept->log().at(i).item), QString("A").toStdString());
            QCOMPARE(kept->log().at(i).value, 1.F);
        }
        QCOMPARE(kept->log().at(1).at, Timestamp{6});
    }

    void nothingLeftIsAnError() { QCOMPARE(filtered(m_data, {6.F, false, 0, 0}).error().code, Code::InvalidArgument); }

    void twoFilesKeepTheirBorder()
    {
        std::size_t ofTraining = 4; // ann's, and bob's A
        const auto kept = filteredEvents(m_data, {3.5F, true, 0, 0}, ofTraining).value();
        QCOMPARE(ofTraining, std::size_t{3});
        QCOMPARE(kept->log().size(), std::size_t{5});
        QCOMPARE(filteredEvents(m_data, {{}, false, 2, 0}, ofTraining).error().code, Code::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(FilterTest)
#include "filter_test.moc"
