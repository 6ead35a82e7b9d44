// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/protocol_json.h"

#include <QtTest>

using namespace orrery;

class ProtocolJsonTest : public QObject {
    Q_OBJECT
private slots:
    void namesWhatTheSplitDependsOn()
    {
        SplitPlan plan;
        plan.testShare = 0.1;
        QCOMPARE(toJson(plan), std::string(R"({"kind":"temporal","testShare":0.1})"));
        plan.cut = 1000;
        QCOMPARE(toJson(plan), std::string(R"({"kind":"temporal","cut":1000})"));
        plan.kind = SplitKind::Random;
        plan.seed = 7;
        plan.folds = 5;
        plan.fold = 2;
        QCOMPARE(toJson(plan), std::string(R"({"kind":"random","seed":7,"folds":5,"fold":2})"));
    }

    void namesWhatIsAskedOfEveryModel()
    {
        Protocol protocol;
        protocol.relevantFrom = 3.5F;
        protocol.metrics = parseMetrics("ndcg@10,rmse").value();
        protocol.bootstrapRounds = 100;
        SplitPlan plan;
        plan.kind = SplitKind::Predefined;
        QCOMPARE(toJson(plan, protocol),
                 std::string(R"({"split":{"kind":"predefined"},"relevantFrom":3.5,)"
                             R"("candidates":"all catalog items unseen in training","metrics":["ndcg@10","rmse"],)"
                             R"("bootstrap":{"seed":1,"rounds":100}})"));
    }
};

QTEST_APPLESS_MAIN(ProtocolJsonTest)
#include "protocol_json_test.moc"
