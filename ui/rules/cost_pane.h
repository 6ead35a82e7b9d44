// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/rule_preview.h"
#include "ui/components/widgets.h"
#include "ui/rules/twin_preview.h"

#include <array>
#include <memory>
#include <optional>

class QComboBox;

namespace orrery::ui {

/// A number before and after a change, with what it means and how sure it is.
class MeasureRow : public QWidget {
    Q_OBJECT
public:
    explicit MeasureRow(QWidget* parent);
    void show(const RuleMeasure& measure);
    void showWaiting(RuleMeasure::Kind kind); ///< is being worked out; the number that stood there stays
    void clear();                             ///< no number

private:
    QLabel* m_title;
    QLabel* m_before;
    QLabel* m_after;
    ElidedLabel* m_note;
};

/// What a change of rules costs for the sample: numbers, who is affected, who and what wins and loses.
class CostPane : public Card {
    Q_OBJECT
public:
    enum class Example { MostChanged, Typical, MostHarmed };

    explicit CostPane(QWidget* parent = nullptr);
    /// `agreementFollows`: the change has none yet; what is said of it stays until it comes.
    void show(const std::shared_ptr<const RuleCatalog>& catalog, const RuleChange& change, bool agreementFollows);
    void say(const QString& words); ///< in place of numbers
    /// Beneath: as of when people are counted, whose agreement it is, and a button that asks for a twin.
    void showSample(const QString& model, Timestamp cut, const TwinPreview& twin);

signals:
    void exampleChosen(int person); ///< of the sample
    void twinWanted();

private:
    void buildPeople();
    void buildShifts();
    void showAffected(const RuleChange& change);
    void showAgreement(const RuleChange& change);
    void showSegments(const RuleChange& change);
    void showShifts();
    void setNote(const QString& words, bool warns);
    void addLine(QVBoxLayout* to, const QString& words, const QString& number, int sign, const QString& tip);

    std::shared_ptr<const RuleCatalog> m_catalog;
    RuleChange m_change;
    QLabel* m_instead;
    QWidget* m_numbers;
    QVBoxLayout* m_column;
    std::array<MeasureRow*, 9> m_rows{};
    QLabel* m_affected;
    QLabel* m_better;
    std::array<QPushButton*, 3> m_examples{};
    QVBoxLayout* m_segments;
    QLabel* m_segmentsTitle;
    QComboBox* m_of;
    QVBoxLayout* m_shifts;
    QLabel* m_unmet;
    QLabel* m_note;
    QPushButton* m_offer;
};

} // namespace orrery::ui
