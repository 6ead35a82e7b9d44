// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <QWidget>

#include <map>

class QToolButton;

namespace orrery::ui {

/// The places, at the left: icon above name.
class Rail : public QWidget {
    Q_OBJECT
public:
    explicit Rail(const std::vector<PageEntry>& entries, QWidget* parent = nullptr);
    void setCurrent(const QString& page);

signals:
    void chosen(const QString& page);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void refreshIcons();
    struct Entry {
        QToolButton* button;
        QString icon;
    };
    std::map<QString, Entry> m_entries;
};

} // namespace orrery::ui
