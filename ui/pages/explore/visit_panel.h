// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/visit.h"

#include <QTimer>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

class QLabel;
class QPushButton;
class QSlider;
class QVBoxLayout;

namespace orrery::ui {

/// What a visitor has done, the clock of the visit, and the replay of a real one. It holds the visit and its time; what
/// comes of them is the page's.
class VisitPanel : public QWidget {
    Q_OBJECT
public:
    explicit VisitPanel(QWidget* parent = nullptr);

    /// Of other data or another visitor: nothing was done, and it is `now`. The clock can be moved from `first` to
    /// `last`; noTime: there are no times, and no clock.
    void begin(Timestamp first, Timestamp last, Timestamp now, const std::function<QString(ItemIndex)>& titleOf);
    /// More has come: the clock reaches to `last`. It goes on to `now` where nothing was done yet.
    void extend(Timestamp last, Timestamp now);
    /// What others did in the hour before now; empty: nothing is said.
    void setTraffic(const QString& words);
    /// The visitor's real visits, which can be replayed.
    void setReal(std::vector<std::vector<VisitEvent>> visits);
    void add(ItemIndex item, EventKind kind); ///< ten seconds after what was done before

    [[nodiscard]] const Visit& visit() const { return m_visit; }
    [[nodiscard]] Timestamp now() const { return m_now; }
    [[nodiscard]] Timestamp begun() const { return m_begun; } ///< when the first event was, else now

signals:
    void changed();
    void picked(orrery::ItemIndex item);

private:
    void buildClock(QVBoxLayout* layout);
    void buildReplay(QVBoxLayout* layout);
    void setNow(Timestamp now);
    void step(); ///< the next event of the real visit
    void replay(bool on);
    void refresh();

    Visit m_visit;
    std::function<QString(ItemIndex)> m_titleOf;
    Timestamp m_first = noTime, m_last = noTime, m_now = endOfTime, m_begun = endOfTime;
    std::vector<std::vector<VisitEvent>> m_real;
    std::size_t m_replayed = 0, m_stepped = 0; ///< which of them, and how many of its events were replayed
    bool m_replays = false;
    QTimer m_playing;
    QLabel* m_time;
    QLabel* m_traffic;
    QSlider* m_slider;
    QWidget* m_clock;
    QPushButton* m_play;
    QPushButton* m_replay;
    QPushButton* m_step;
    QLabel* m_replayWords;
    QPushButton* m_undo;
    QPushButton* m_clear;
    QVBoxLayout* m_events;
};

} // namespace orrery::ui
