// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/visit_panel.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int sliderSteps = 1000, playEvery = 250; // ms
constexpr Timestamp pause = 10, playStep = 60, jump = 600;

QString momentText(Timestamp at)
{
    return at == noTime || at == endOfTime
               ? QString()
               : QDateTime::fromSecsSinceEpoch(at, Qt::UTC).toString(QStringLiteral("d MMM yyyy  hh:mm"));
}

QString doneText(EventKind kind)
{
    switch (kind) {
    case EventKind::View:
    case EventKind::Click: return VisitPanel::tr("viewed");
    case EventKind::Cart: return VisitPanel::tr("into the cart");
    case EventKind::Purchase: return VisitPanel::tr("bought");
    case EventKind::Skip: return VisitPanel::tr("skipped");
    case EventKind::Impression: return VisitPanel::tr("was shown");
    case EventKind::Like: return VisitPanel::tr("liked");
    case EventKind::Play: return VisitPanel::tr("played");
    case EventKind::Rating: break;
    }
    return VisitPanel::tr("rated");
}

} // namespace

VisitPanel::VisitPanel(QWidget* parent) : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::sm);
    buildClock(layout);
    buildReplay(layout);
    layout->addWidget(horizontalRule(this));
    auto* head = new QHBoxLayout;
    head->addWidget(sectionLabel(tr("This visit"), this), 1);
    m_undo = linkButton(tr("Undo"), this);
    m_undo->setObjectName(QStringLiteral("visit.undo"));
    m_clear = linkButton(tr("Clear"), this);
    m_clear->setObjectName(QStringLiteral("visit.clear"));
    head->addWidget(m_undo);
    head->addWidget(m_clear);
    layout->addLayout(head);
    auto* list = new QWidget(this);
    m_events = scrolledColumn(list);
    m_events->setSpacing(space::xs);
    layout->addWidget(list, 1);
    connect(m_undo, &QPushButton::clicked, this, [this] {
        m_visit.undo();
        m_stepped -= m_replays && m_stepped > 0 ? 1 : 0;
        refresh();
        emit changed();
    });
    connect(m_clear, &QPushButton::clicked, this, [this] {
        m_visit.clear();
        m_begun = m_now;
        replay(false);
        emit changed();
    });
    refresh();
}

void VisitPanel::buildClock(QVBoxLayout* layout)
{
    m_clock = new QWidget(this);
    auto* column = new QVBoxLayout(m_clock);
    column->setContentsMargins({});
    column->setSpacing(space::xs);
    m_time = sectionLabel({}, m_clock);
    m_time->setObjectName(QStringLiteral("visit.time"));
    m_time->setToolTip(tr("When the visit is (UTC): what happened later is not known yet"));
    column->addWidget(m_time);
    m_slider = new QSlider(Qt::Horizontal, m_clock);
    m_slider->setObjectName(QStringLiteral("visit.slider"));
    m_slider->setAccessibleName(tr("The time of the visit"));
    m_slider->setRange(0, sliderSteps);
    column->addWidget(m_slider);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::sm);
    const auto button = [&](const QString& words, const QString& name, const QString& help) {
        auto* made = plainButton(words, m_clock);
        made->setObjectName("visit." + name);
        made->setToolTip(help);
        row->addWidget(made);
        return made;
    };
    auto* back = button(tr("−10 min"), QStringLiteral("back"), tr("Ten minutes back"));
    auto* on = button(tr("+10 min"), QStringLiteral("on"), tr("Ten minutes on"));
    m_play = button(tr("Play"), QStringLiteral("play"), tr("Let time pass, a minute each quarter of a second"));
    m_play->setCheckable(true);
    column->addLayout(row);
    m_traffic = secondaryLabel({}, m_clock);
    m_traffic->setObjectName(QStringLiteral("visit.traffic"));
    m_traffic->setWordWrap(true);
    m_traffic->hide();
    column->addWidget(m_traffic);
    layout->addWidget(m_clock);
    connect(m_slider, &QSlider::valueChanged, this, [this](int step) {
        setNow(m_first + static_cast<Timestamp>(static_cast<double>(m_last - m_first) * step / sliderSteps));
    });
    connect(back, &QPushButton::clicked, this, [this] { setNow(m_now - jump); });
    connect(on, &QPushButton::clicked, this, [this] { setNow(m_now + jump); });
    m_playing.setInterval(playEvery);
    connect(m_play, &QPushButton::toggled, this, [this](bool isOn) {
        m_play->setText(isOn ? tr("Pause") : tr("Play"));
        isOn ? m_playing.start() : m_playing.stop();
    });
    connect(&m_playing, &QTimer::timeout, this, [this] {
        if (m_now >= m_last)
            return m_play->setChecked(false);
        setNow(m_now + playStep);
    });
}

void VisitPanel::buildReplay(QVBoxLayout* layout)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(space::sm);
    m_replay = plainButton(tr("Replay a real visit"), this);
    m_replay->setObjectName(QStringLiteral("visit.replay"));
    m_replay->setToolTip(tr("What this person really did, one step at a time; the next visit with each press"));
    m_step = plainButton(tr("Next step"), this);
    m_step->setObjectName(QStringLiteral("visit.step"));
    row->addWidget(m_replay);
    row->addWidget(m_step);
    layout->addLayout(row);
    m_replayWords = secondaryLabel({}, this);
    m_replayWords->setWordWrap(true);
    layout->addWidget(m_replayWords);
    connect(m_replay, &QPushButton::clicked, this, [this] { replay(true); });
    connect(m_step, &QPushButton::clicked, this, [this] { step(); });
}

void VisitPanel::begin(Timestamp first, Timestamp last, Timestamp now, const std::function<QString(ItemIndex)>& titleOf)
{
    m_titleOf = titleOf;
    m_first = first;
    m_last = last;
    m_now = m_begun = now;
    m_visit.clear();
    m_real.clear();
    m_replayed = m_stepped = 0;
    m_replays = false;
    m_play->setChecked(false);
    refresh();
}

void VisitPanel::extend(Timestamp last, Timestamp now)
{
    m_last = std::max(last, m_last);
    if (m_visit.events().empty())
        m_now = m_begun = std::max(m_now, now);
    refresh();
}

// The visit after the clock is the first to be replayed, so that it is news to the models.
void VisitPanel::setReal(std::vector<std::vector<VisitEvent>> visits)
{
    m_real = std::move(visits);
    if (m_replays) // more has come meanwhile
        return refresh();
    const auto next = std::ranges::find_if(m_real, [this](const auto& visit) { return visit.front().at >= m_now; });
    const std::size_t latest = m_real.empty() ? 0 : m_real.size() - 1;
    m_replayed = next == m_real.end() ? latest : static_cast<std::size_t>(next - m_real.begin());
    refresh();
}

void VisitPanel::add(ItemIndex item, EventKind kind)
{
    if (m_visit.events().empty())
        m_begun = m_now;
    const bool hasClock = m_first != noTime;
    if (hasClock)
        m_now = std::max(m_now, m_visit.events().empty() ? m_now : m_visit.events().back().at) + pause;
    m_visit.add({item, kind, hasClock ? m_now : static_cast<Timestamp>(m_visit.events().size())});
    refresh();
    emit changed();
}

void VisitPanel::setTraffic(const QString& words)
{
    m_traffic->setVisible(!words.isEmpty());
    m_traffic->setText(words);
}

void VisitPanel::setNow(Timestamp now)
{
    now = std::clamp(now, m_first, m_last);
    if (now == m_now)
        return;
    m_now = now;
    if (m_visit.events().empty())
        m_begun = m_now;
    refresh();
    emit changed();
}

void VisitPanel::replay(bool on)
{
    if (on && m_replays && m_stepped > 0)
        m_replayed = (m_replayed + 1) % m_real.size();
    m_replays = on && !m_real.empty();
    m_stepped = 0;
    if (m_replays) {
        m_visit.clear();
        m_now = m_begun = m_real[m_replayed].front().at;
        return step();
    }
    refresh();
}

void VisitPanel::step()
{
    const std::vector<VisitEvent>& real = m_real[m_replayed];
    if (!m_replays || m_stepped >= real.size())
        return;
    const VisitEvent& event = real[m_stepped++];
    m_visit.add(event);
    m_now = event.at;
    refresh();
    emit changed();
}

void VisitPanel::refresh()
{
    m_clock->setVisible(m_first != noTime);
    m_time->setText(momentText(m_now));
    if (m_last > m_first) {
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(static_cast<int>(static_cast<double>(m_now - m_first) * sliderSteps /
                                            static_cast<double>(m_last - m_first)));
    }
    m_replay->setVisible(!m_real.empty());
    m_step->setVisible(m_replays);
    m_step->setEnabled(m_replays && m_stepped < m_real[m_replayed].size());
    m_replayWords->setVisible(m_replays);
    if (m_replays)
        m_replayWords->setText(tr("Visit %1 of %2: step %3 of %4")
                                   .arg(m_replayed + 1)
                                   .arg(m_real.size())
                                   .arg(m_stepped)
                                   .arg(m_real[m_replayed].size()));
    m_undo->setVisible(!m_visit.events().empty());
    m_clear->setVisible(!m_visit.events().empty());
    clearLayout(m_events);
    if (m_visit.events().empty()) {
        auto* words = secondaryLabel(tr("Nothing yet. Click a card to look at it; what else a visitor can do stands on "
                                        "the card under the mouse."),
                                     this);
        words->setWordWrap(true);
        m_events->addWidget(words);
    }
    const auto lived = m_visit.at(m_first == noTime ? endOfTime : m_now);
    for (auto event = m_visit.events().rbegin(); event != m_visit.events().rend(); ++event) {
        const bool lives = std::ranges::find(lived, *event) != lived.end();
        const QString words = tr("%1 · %2").arg(doneText(event->kind), m_titleOf(event->item));
        auto* link = linkButton(fontMetrics().elidedText(words, Qt::ElideRight, width() - space::xl), this);
        link->setAccessibleName(words);
        link->setToolTip(plainTip(lives ? words + u'\n' + momentText(event->at)
                                        : tr("%1: forgotten, as it is not within the last hour or the last %2 events")
                                              .arg(words)
                                              .arg(Visit::mostEvents)));
        link->setEnabled(lives);
        connect(link, &QPushButton::clicked, this, [this, item = event->item] { emit picked(item); });
        m_events->addWidget(link, 0, Qt::AlignLeft);
    }
    m_events->addStretch();
}

} // namespace orrery::ui
