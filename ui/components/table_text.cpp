// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/table_text.h"

#include "ui/components/data_table.h"

#include <QAbstractItemModel>
#include <QStringList>

#include <cmath>
#include <functional>

namespace orrery::ui {
namespace {

QString line(const QAbstractItemModel& model, QChar separator, const std::function<QString(int column)>& cell)
{
    QStringList cells;
    for (int column = 0; column < model.columnCount(); ++column) {
        cells += cell(column);
    }
    return cells.join(separator);
}

QString title(const QAbstractItemModel& model, int column)
{
    return model.headerData(column, Qt::Horizontal).toString();
}

QString onOneLine(QString text)
{
    for (QChar& sign : text) {
        sign = sign == '\t' || sign == '\n' || sign == '\r' ? QChar(' ') : sign;
    }
    return text;
}

QString quoted(QString text)
{
    const bool plain = !text.contains(',') && !text.contains('"') && !text.contains('\n') && !text.contains('\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
}

QString exact(const QModelIndex& cell)
{
    const QVariant value = cell.data(SortRole);
    const int type = value.metaType().id();
    if (type == QMetaType::Double || type == QMetaType::Float) {
        const double number = value.toDouble();
        return std::isfinite(number) ? QString::number(number, 'g', type == QMetaType::Float ? 8 : 15) : QString();
    }
    const bool whole = type == QMetaType::Int || type == QMetaType::UInt || type == QMetaType::LongLong ||
                       type == QMetaType::ULongLong;
    return (whole ? value : cell.data()).toString();
}

} // namespace

QString asTabSeparated(const QAbstractItemModel& model, const std::vector<int>& rows)
{
    QString out = line(model, '\t', [&](int column) { return onOneLine(title(model, column)); }) + '\n';
    for (const int row : rows) {
        out += line(model, '\t', [&](int column) { return onOneLine(model.index(row, column).data().toString()); });
        out += '\n';
    }
    return out;
}

QString asCsv(const QAbstractItemModel& model)
{
    QString out = line(model, ',', [&](int column) { return quoted(title(model, column)); }) + "\r\n";
    for (int row = 0; row < model.rowCount(); ++row) {
        out += line(model, ',', [&](int column) { return quoted(exact(model.index(row, column))); }) + "\r\n";
    }
    return out;
}

} // namespace orrery::ui
