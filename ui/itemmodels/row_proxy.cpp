// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/row_proxy.h"

#include "ui/components/data_table.h"
#include "ui/components/picker.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery::ui {
namespace {

/// What a row is sorted by: numbers before texts, the unknown last.
struct Key {
    enum class Kind { Number, Text, Unknown } kind = Kind::Unknown;
    double number = 0;
    QString text;
};

bool isNumber(const QVariant& value)
{
    const int type = value.metaType().id();
    return type == QMetaType::Double || type == QMetaType::Float || type == QMetaType::Int || type == QMetaType::UInt ||
           type == QMetaType::LongLong || type == QMetaType::ULongLong;
}

Key keyOf(const QModelIndex& cell)
{
    const QVariant value = cell.data(SortRole);
    if (isNumber(value)) {
        const double number = value.toDouble();
        return {std::isnan(number) ? Key::Kind::Unknown : Key::Kind::Number, number, {}};
    }
    const QString text = (value.isValid() ? value : cell.data()).toString();
    return {text.isEmpty() ? Key::Kind::Unknown : Key::Kind::Text, 0, foldedForSearch(text)};
}

bool isBefore(const Key& a, const Key& b, Qt::SortOrder order)
{
    if (a.kind != b.kind) {
        return a.kind < b.kind;
    }
    const Key& low = order == Qt::AscendingOrder ? a : b;
    const Key& high = order == Qt::AscendingOrder ? b : a;
    return a.kind == Key::Kind::Number ? low.number < high.number : low.text < high.text;
}

} // namespace

void RowProxy::setSourceModel(QAbstractItemModel* source)
{
    beginResetModel();
    for (const auto& connection : m_connections) {
        disconnect(connection);
    }
    m_connections.clear();
    QAbstractProxyModel::setSourceModel(source);
    m_column = -1;
    if (source) {
        // Whatever happens to the source's rows, ours are made anew.
        const auto begin = [this] { beginResetModel(); };
        const auto end = [this] {
            rebuild();
            endResetModel();
        };
        using Model = QAbstractItemModel;
        m_connections = {connect(source, &Model::modelAboutToBeReset, this, begin),
                         connect(source, &Model::modelReset, this, end),
                         connect(source, &Model::layoutAboutToBeChanged, this, begin),
                         connect(source, &Model::layoutChanged, this, end),
                         connect(source, &Model::rowsAboutToBeInserted, this, begin),
                         connect(source, &Model::rowsInserted, this, end),
                         connect(source, &Model::rowsAboutToBeRemoved, this, begin),
                         connect(source, &Model::rowsRemoved, this, end),
                         connect(source, &Model::rowsAboutToBeMoved, this, begin),
                         connect(source, &Model::rowsMoved, this, end),
                         connect(source, &Model::columnsAboutToBeInserted, this, begin),
                         connect(source, &Model::columnsInserted, this, end),
                         connect(source, &Model::columnsAboutToBeRemoved, this, begin),
                         connect(source, &Model::columnsRemoved, this, end),
                         connect(source, &Model::headerDataChanged, this, &Model::headerDataChanged),
                         connect(source, &Model::dataChanged, this, &RowProxy::sourceDataChanged)};
    }
    rebuild();
    endResetModel();
}

void RowProxy::sourceDataChanged(const QModelIndex& from, const QModelIndex& to, const QList<int>& roles)
{
    m_texts.clear();
    const bool sorted = m_column >= from.column() && m_column <= to.column();
    if (isSearching() || sorted) {
        beginResetModel();
        rebuild();
        endResetModel();
        return;
    }
    for (int row = from.row(); row <= to.row(); ++row) {
        const QModelIndex left = mapFromSource(sourceModel()->index(row, from.column()));
        emit dataChanged(left, left.siblingAtColumn(to.column()), roles);
    }
}

void RowProxy::search(const QString& typed)
{
    const QStringList words = foldedForSearch(typed).split(' ', Qt::SkipEmptyParts);
    if (words == m_words) {
        return;
    }
    beginResetModel();
    m_words = words;
    matchRows();
    endResetModel();
}

void RowProxy::sort(int column, Qt::SortOrder order)
{
    if (column == m_column && order == m_order) {
        return;
    }
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    QModelIndexList sources;
    std::transform(before.begin(), before.end(), std::back_inserter(sources),
                   [this](const QModelIndex& index) { return mapToSource(index); });
    m_column = column;
    m_order = order;
    sortRows();
    matchRows();
    QModelIndexList after;
    std::transform(sources.begin(), sources.end(), std::back_inserter(after),
                   [this](const QModelIndex& index) { return mapFromSource(index); });
    changePersistentIndexList(before, after);
    emit layoutChanged({}, VerticalSortHint);
}

void RowProxy::rebuild()
{
    m_texts.clear();
    sortRows();
    matchRows();
}

void RowProxy::sortRows()
{
    const int count = sourceModel() ? sourceModel()->rowCount() : 0;
    m_sorted.resize(static_cast<std::size_t>(count));
    std::iota(m_sorted.begin(), m_sorted.end(), 0);
    if (m_column < 0 || count == 0 || m_column >= sourceModel()->columnCount()) {
        return;
    }
    std::vector<Key> keys;
    keys.reserve(m_sorted.size());
    for (int row = 0; row < count; ++row) {
        keys.push_back(keyOf(sourceModel()->index(row, m_column)));
    }
    const auto key = [&](int row) -> const Key& { return keys[static_cast<std::size_t>(row)]; };
    std::stable_sort(m_sorted.begin(), m_sorted.end(), [&](int a, int b) { return isBefore(key(a), key(b), m_order); });
}

void RowProxy::matchRows()
{
    if (isSearching()) {
        prepareTexts();
    }
    const auto matches = [this](int row) {
        return std::all_of(m_words.begin(), m_words.end(),
                           [&](const QString& word) { return m_texts[static_cast<std::size_t>(row)].contains(word); });
    };
    m_rows.clear();
    std::copy_if(m_sorted.begin(), m_sorted.end(), std::back_inserter(m_rows), matches);
    m_places.assign(m_sorted.size(), -1);
    for (std::size_t place = 0; place < m_rows.size(); ++place) {
        m_places[static_cast<std::size_t>(m_rows[place])] = static_cast<int>(place);
    }
}

void RowProxy::prepareTexts()
{
    if (m_texts.size() == m_sorted.size()) {
        return;
    }
    const int columns = sourceModel()->columnCount();
    m_texts.resize(m_sorted.size());
    for (std::size_t row = 0; row < m_texts.size(); ++row) {
        QStringList cells;
        for (int column = 0; column < columns; ++column) {
            cells += sourceModel()->index(static_cast<int>(row), column).data().toString();
        }
        m_texts[row] = foldedForSearch(cells.join(' '));
    }
}

QModelIndex RowProxy::index(int row, int column, const QModelIndex& parent) const
{
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

QModelIndex RowProxy::parent(const QModelIndex&) const { return {}; }

int RowProxy::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RowProxy::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() || !sourceModel() ? 0 : sourceModel()->columnCount();
}

QModelIndex RowProxy::mapToSource(const QModelIndex& proxy) const
{
    const auto place = static_cast<std::size_t>(proxy.row());
    return proxy.isValid() && place < m_rows.size() ? sourceModel()->index(m_rows[place], proxy.column())
                                                    : QModelIndex();
}

QModelIndex RowProxy::mapFromSource(const QModelIndex& source) const
{
    const auto row = static_cast<std::size_t>(source.row());
    if (!source.isValid() || row >= m_places.size() || m_places[row] < 0) {
        return {};
    }
    return createIndex(m_places[row], source.column());
}

QVariant RowProxy::headerData(int section, Qt::Orientation orientation, int role) const
{
    return orientation == Qt::Horizontal && sourceModel() ? sourceModel()->headerData(section, orientation, role)
                                                          : QVariant();
}

} // namespace orrery::ui
