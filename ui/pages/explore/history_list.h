// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/models/query.h"

#include <QAbstractListModel>
#include <QListView>
#include <QStyledItemDelegate>

#include <memory>
#include <set>

namespace orrery::ui {

/// A person's history, newest first, as a list of what was rated and how.
class HistoryModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { ValueRole = Qt::UserRole + 1, ItemRole, EditedRole };
    using QAbstractListModel::QAbstractListModel;
    /// `edited`: items that the person on screen has changed; they are marked and stand first.
    void setHistory(std::shared_ptr<const Dataset> dataset, const History& history, const std::set<ItemIndex>& edited);
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] const HistoryEntry& entry(int row) const { return m_entries[static_cast<std::size_t>(row)]; }
    [[nodiscard]] float high() const { return m_dataset ? m_dataset->ratingHigh() : 5; }
    [[nodiscard]] bool rated() const { return !m_dataset || m_dataset->feedback() == Feedback::Explicit; }

private:
    std::shared_ptr<const Dataset> m_dataset;
    std::vector<HistoryEntry> m_entries;
    std::set<ItemIndex> m_edited;
};

/// The list with its stars and crosses: click a star (or press 1 to 5) to re-rate, the cross (or Delete) to take out.
class HistoryList : public QListView {
    Q_OBJECT
public:
    explicit HistoryList(QWidget* parent = nullptr);
    [[nodiscard]] HistoryModel& history() { return m_model; }
    [[nodiscard]] QRect starsRect(int row) const; ///< where the stars of a row are, in the viewport
    [[nodiscard]] QRect crossRect(int row) const;

signals:
    void rated(orrery::ItemIndex item, float value);
    void removed(orrery::ItemIndex item);
    void opened(orrery::ItemIndex item);

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    class Delegate;
    HistoryModel m_model;
};

} // namespace orrery::ui
