// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/header_bar.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/theme.h"

#include <QCalendarWidget>
#include <QDateTime>
#include <QEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QWidgetAction>

namespace orrery::ui {
namespace {

constexpr int swatchSize = 10;
constexpr int swatchCell = 16;

QIcon swatch(const QColor& colour)
{
    // As large as icons are drawn, or it would be scaled up.
    QPixmap pixmap(swatchCell * 2, swatchCell * 2);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    constexpr double margin = (swatchCell - swatchSize) / 2.0;
    painter.drawRoundedRect(QRectF(margin, margin, swatchSize, swatchSize), 3, 3);
    return QIcon(pixmap);
}

QColor seriesColour(const Tokens& tokens, int colour)
{
    return tokens.series[static_cast<std::size_t>(colour) % tokens.series.size()];
}

} // namespace

HeaderBar::HeaderBar(WorkspaceSession& session, QWidget* parent) : QWidget(parent), m_session(session)
{
    setFixedHeight(space::headerHeight);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::lg, 0, space::lg, 0);
    layout->setSpacing(space::sm);
    m_name = sectionLabel({}, this);
    m_name->setFont(ui::font(type::body, QFont::Bold));
    m_counts = new ElidedLabel({}, this);
    m_counts->setProperty("tone", "secondary");
    m_note = new Badge({}, Badge::Tone::Warning, this);
    layout->addWidget(m_name);
    layout->addWidget(m_counts, 1);
    layout->addWidget(m_note);
    buildTools();
    for (QWidget* tool :
         {static_cast<QWidget*>(m_a), static_cast<QWidget*>(m_b), static_cast<QWidget*>(m_asOf),
          static_cast<QWidget*>(m_find), static_cast<QWidget*>(m_theme), static_cast<QWidget*>(m_inspector)})
        layout->addWidget(tool);

    connect(&session, &WorkspaceSession::datasetChanged, this, &HeaderBar::refreshSummary);
    connect(&session, &WorkspaceSession::comparisonChanged, this, &HeaderBar::refreshSwitches);
    connect(&session, &WorkspaceSession::modelsChanged, this, &HeaderBar::refreshSwitches);
    connect(&session, &WorkspaceSession::asOfChanged, this, &HeaderBar::refreshAsOf);
    refreshSummary();
    refreshSwitches();
    refreshAsOf();
    refreshIcons();
}

QPushButton* HeaderBar::makeSwitch(const QString& letter)
{
    QPushButton* button = plainButton({}, this);
    button->setObjectName("header." + letter.toLower());
    button->setToolTip(tr("Which recommender is %1 on every page").arg(letter));
    connect(button, &QPushButton::clicked, this, [this, button, letter] { offerModels(button, letter == u"A"); });
    return button;
}

void HeaderBar::buildTools()
{
    m_a = makeSwitch(QStringLiteral("A"));
    m_b = makeSwitch(QStringLiteral("B"));
    m_asOf = plainButton({}, this);
    m_asOf->setObjectName(QStringLiteral("header.asOf"));
    m_asOf->setToolTip(tr("Later events are hidden from histories and from training, and shown as what they did next"));
    connect(m_asOf, &QPushButton::clicked, this, &HeaderBar::offerDates);
    m_find = plainButton(tr("Find  Ctrl K"), this);
    m_find->setObjectName(QStringLiteral("header.find"));
    m_find->setToolTip(tr("Find anything: pages, actions, models, titles, people"));
    connect(m_find, &QPushButton::clicked, this, &HeaderBar::paletteRequested);
    m_theme = new QToolButton(this);
    m_theme->setObjectName(QStringLiteral("header.theme"));
    m_theme->setAutoRaise(true);
    m_theme->setToolTip(tr("Light or dark"));
    m_theme->setAccessibleName(tr("Light or dark"));
    connect(m_theme, &QToolButton::clicked, this, &HeaderBar::themeToggled);
    m_inspector = new QToolButton(this);
    m_inspector->setObjectName(QStringLiteral("header.inspector"));
    m_inspector->setAutoRaise(true);
    m_inspector->setToolTip(tr("Show or hide the inspector"));
    m_inspector->setAccessibleName(tr("Show or hide the inspector"));
    connect(m_inspector, &QToolButton::clicked, this, &HeaderBar::inspectorToggled);
}

void HeaderBar::refreshSummary()
{
    const auto& dataset = m_session.dataset();
    for (QWidget* widget : {m_a, m_b, m_asOf})
        widget->setVisible(dataset != nullptr);
    if (!dataset) {
        m_name->setText(tr("No data yet"));
        m_counts->setFullText(tr("Open the sample or your own file to begin"));
        return m_note->hide();
    }
    m_name->setText(text(dataset->name()));
    const bool ratings = dataset->feedback() == Feedback::Explicit;
    m_counts->setFullText(tr("%1 · %2 · %3")
                              .arg(counted(double(dataset->personCount()), tr("person"), tr("people")),
                                   counted(double(dataset->itemCount()), tr("item"), tr("items")),
                                   counted(double(dataset->log().size()), ratings ? tr("rating") : tr("event"),
                                           ratings ? tr("ratings") : tr("events"))));
    m_note->setText(text(dataset->from().note));
    m_note->setVisible(!dataset->from().note.empty());
}

void HeaderBar::fillSwitch(QPushButton* button, const QString& letter, const ModelEntry* entry)
{
    constexpr int mostCharacters = 16;
    if (!entry) {
        button->setIcon({});
        button->setText(tr("%1  choose ▾").arg(letter));
        return;
    }
    QString name = entry->name();
    if (name.size() > mostCharacters)
        name = name.left(mostCharacters - 1) + QStringLiteral("…");
    button->setIcon(swatch(seriesColour(tokensFor(this), entry->row.colour)));
    button->setText(QStringLiteral("%1  %2 ▾").arg(letter, name));
}

void HeaderBar::refreshSwitches()
{
    fillSwitch(m_a, QStringLiteral("A"), m_session.a());
    fillSwitch(m_b, QStringLiteral("B"), m_session.b());
}

void HeaderBar::refreshAsOf() { m_asOf->setText(tr("as of  %1 ▾").arg(date(m_session.asOf()))); }

void HeaderBar::refreshIcons()
{
    const bool dark = tokensFor(this).window.lightness() < 128;
    m_theme->setIcon(icon(dark ? QStringLiteral("sun") : QStringLiteral("moon"), this));
    m_inspector->setIcon(icon(QStringLiteral("inspector"), this));
    m_find->setIcon(icon(QStringLiteral("search"), this));
    refreshSwitches();
}

void HeaderBar::offerModels(QPushButton* button, bool forA)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const ModelEntry& entry : m_session.models()) {
        QAction* action = menu->addAction(swatch(seriesColour(tokensFor(this), entry.row.colour)), entry.name());
        connect(action, &QAction::triggered, this,
                [this, forA, id = entry.row.id] { forA ? m_session.setA(id) : m_session.setB(id); });
    }
    if (!m_session.models().empty())
        menu->addSeparator();
    connect(menu->addAction(tr("Train another…")), &QAction::triggered, this,
            [this] { m_session.showPage(QStringLiteral("recipes")); });
    menu->popup(button->mapToGlobal(QPoint(0, button->height() + space::xs)));
}

void HeaderBar::offerDates()
{
    const auto& dataset = m_session.dataset();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto offer = [&](const QString& title, Timestamp at) {
        connect(menu->addAction(title), &QAction::triggered, this, [this, at] { m_session.setAsOf(at); });
    };
    offer(tr("The end: hide nothing"), endOfTime);
    const auto& digest = m_session.digest();
    if (dataset && !digest) {
        menu->addAction(tr("Counting the dates…"))->setEnabled(false);
    } else if (dataset && dataset->log().hasTimes()) {
        for (const DatasetDigest::LatePart& part : digest->lateParts)
            offer(tr("%1: hide the last %2 %").arg(date(part.from)).arg(part.percent), part.from);
        menu->addSeparator();
        auto* calendar = new QCalendarWidget(menu);
        const Timestamp shown = m_session.asOf() == endOfTime ? digest->last : m_session.asOf();
        calendar->setSelectedDate(QDateTime::fromSecsSinceEpoch(shown, Qt::UTC).date());
        auto* action = new QWidgetAction(menu);
        action->setDefaultWidget(calendar);
        menu->addAction(action);
        connect(calendar, &QCalendarWidget::clicked, menu, [this, menu](QDate day) {
            m_session.setAsOf(day.startOfDay(Qt::UTC).toSecsSinceEpoch());
            menu->close();
        });
    } else {
        menu->addAction(tr("This dataset has no times"))->setEnabled(false);
    }
    menu->popup(m_asOf->mapToGlobal(QPoint(0, m_asOf->height() + space::xs)));
}

void HeaderBar::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        refreshIcons();
    QWidget::changeEvent(event);
}

void HeaderBar::paintEvent(QPaintEvent*)
{
    const Tokens& tokens = tokensFor(this);
    QPainter painter(this);
    painter.fillRect(rect(), tokens.surface);
    painter.setPen(tokens.hairline);
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

} // namespace orrery::ui
