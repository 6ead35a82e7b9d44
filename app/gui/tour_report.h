// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPixmap>
#include <QString>
#include <QStringList>

#include <vector>

namespace orrery::ui {

/// What the tour saw: pictures with captions, sentences, the leaderboard; written as report.html beside the pictures.
class TourReport {
public:
    explicit TourReport(QString folder) : m_folder(std::move(folder)) {}
    void addPicture(const QString& name, const QString& caption, const QPixmap& pixmap);
    void addLine(const QString& line) { m_lines << line; }
    void addTableLine(const QString& line) { m_table << line; }
    [[nodiscard]] const QString& folder() const { return m_folder; }
    [[nodiscard]] QString plainText() const;
    /// Returns the path of report.html; empty when it could not be written.
    [[nodiscard]] QString write() const;

private:
    struct Picture {
        QString file, caption;
    };
    QString m_folder;
    std::vector<Picture> m_pictures;
    QStringList m_lines;
    QStringList m_table;
};

} // namespace orrery::ui
