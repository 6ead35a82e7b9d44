// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace orrery::ui {

/// A share of a whole as a bar across, with a line of words above it and the percentage at its right.
class ShareBar : public QWidget {
    Q_OBJECT
public:
    explicit ShareBar(QWidget* parent = nullptr);
    void show(const QString& words, double share); ///< `share` in [0, 1]
    [[nodiscard]] QString shown() const;           ///< "3 of 8 events are in the catalog: 37.5 %"
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_words;
    double m_share = 0;
};

} // namespace orrery::ui
