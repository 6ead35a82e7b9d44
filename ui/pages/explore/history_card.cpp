// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/history_card.h"

#include "core/pipeline/person_view.h"
#include "ui/components/picker.h"
#include "ui/components/text.h"
#include "ui/itemmodels/item_search.h"
#include "ui/pages/explore/history_list.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QInputDialog>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>
#include <cmath>
#include <set>

namespace orrery::ui {
namespace {

constexpr float likedShare = 0.9F; // of the rating scale: what "something they liked" means

} // namespace

HistoryCard::HistoryCard(WorkspaceSession& session, QWidget* parent) : Card(tr("History"), parent), m_session(session)
{
    body()->setContentsMargins(1, 0, 1, 1);
    body()->setSpacing(0);
    m_empty = secondaryLabel(tr("Nothing yet. Add something they liked and watch the lists."), this);
    m_empty->setWordWrap(true);
    m_empty->setMargin(space::md);
    body()->addWidget(m_empty);
    m_list = new HistoryList(this);
    m_list->setObjectName(QStringLiteral("history.list"));
    body()->addWidget(m_list, 1);
    buildFoot();
    connect(m_list, &HistoryList::rated, &session, [this](ItemIndex item, float value) {
        m_session.editHistory({item, value});
    });
    connect(m_list, &HistoryList::removed, &session, [this](ItemIndex item) {
        m_session.editHistory({item, std::nullopt});
    });
    connect(m_list, &HistoryList::opened, &session, [this](ItemIndex item) { m_session.selectItem(item); });
    for (const auto signal : {&WorkspaceSession::datasetChanged, &WorkspaceSession::digestReady})
        connect(&session, signal, this, &HistoryCard::refreshCatalog);
    refreshCatalog();
    refresh();
}

HistoryCard::~HistoryCard() = default;

void HistoryCard::buildFoot()
{
    auto* foot = new QVBoxLayout;
    foot->setContentsMargins(space::md, space::sm, space::md, space::sm);
    foot->setSpacing(space::xs);
    m_dial = new QWidget(this);
    m_dial->setToolTip(
        tr("As if this were somebody new: only the newest of the history are known. Slide to 0 and watch "
           "what serves the lists"));
    auto* dial = new QHBoxLayout(m_dial);
    dial->setContentsMargins({});
    m_known = secondaryLabel({}, m_dial);
    m_known->setObjectName(QStringLiteral("history.known"));
    m_newest = new QSlider(Qt::Horizontal, m_dial);
    m_newest->setObjectName(QStringLiteral("history.newest"));
    m_newest->setAccessibleName(tr("How much of the history is known"));
    dial->addWidget(m_known);
    dial->addWidget(m_newest, 1);
    foot->addWidget(m_dial);
    connect(m_newest, &QSlider::valueChanged, this, [this](int known) {
        m_session.knowOnly(known == m_newest->maximum() ? std::nullopt
                                                        : std::optional(static_cast<std::size_t>(known)));
    });
    m_add = new Picker(tr("+ add something they liked"), this);
    m_add->setObjectName(QStringLiteral("history.add"));
    foot->addWidget(m_add);
    auto* row = new QHBoxLayout;
    m_changes = secondaryLabel({}, this);
    m_changes->setObjectName(QStringLiteral("history.changes"));
    m_reset = linkButton(tr("reset"), this);
    m_reset->setObjectName(QStringLiteral("history.reset"));
    row->addWidget(m_changes);
    row->addWidget(m_reset);
    row->addStretch();
    m_keep = linkButton(tr("keep…"), this);
    m_keep->setObjectName(QStringLiteral("history.keep"));
    m_keep->setToolTip(
        tr("Keep this guest: they become one of the people of the dataset, and A and B are brought up to date"));
    row->addWidget(m_keep);
    foot->addLayout(row);
    body()->addLayout(foot);
    connect(m_add, &Picker::picked, this, &HistoryCard::add);
    connect(m_reset, &QPushButton::clicked, &m_session, &WorkspaceSession::resetHistory);
    connect(m_keep, &QPushButton::clicked, this, &HistoryCard::keepGuest);
}

void HistoryCard::keepGuest()
{
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keep this guest"));
    dialog->setLabelText(tr("Under which id should they be among the people?"));
    connect(dialog, &QInputDialog::textValueSelected, &m_session,
            [session = &m_session](const QString& id) { session->addGuest(id.trimmed().toStdString()); });
    dialog->open();
}

void HistoryCard::refreshCatalog() { m_add->setSearch(itemSearch(m_session.digest())); }

void HistoryCard::add(int item)
{
    const Dataset& dataset = *m_session.dataset();
    const bool rated = dataset.feedback() == Feedback::Explicit;
    const float liked = rated ? std::max(dataset.ratingLow(), std::round(dataset.ratingHigh() * likedShare)) : 1;
    m_add->clear();
    m_session.editHistory({ItemIndex{static_cast<std::uint32_t>(item)}, liked});
}

void HistoryCard::refresh()
{
    const Query query = m_session.query();
    const auto& edits = m_session.person().edits;
    std::set<ItemIndex> edited;
    for (const HistoryEdit& edit : edits)
        edited.insert(edit.item);
    m_list->history().setHistory(m_session.dataset(), query.history, edited);
    setNote(tr("%1, newest first").arg(count(static_cast<double>(query.history.size()))));
    m_empty->setVisible(query.history.empty());
    const bool isRated = m_session.dataset() && m_session.dataset()->feedback() == Feedback::Explicit;
    m_changes->setText(edits.empty()
                           ? (isRated ? tr("Click a star or ✕: what if?") : tr("Click ✕: what if?"))
                           : tr("%1 ·").arg(counted(static_cast<double>(edits.size()), tr("change"), tr("changes"))));
    m_reset->setVisible(!edits.empty());
    m_keep->setVisible(!m_session.person().user && !query.history.empty() && !m_session.trainEvents());
    refreshDial();
}

void HistoryCard::refreshDial()
{
    PersonQuestion all = m_session.question();
    all.newest.reset();
    all.edits.clear();
    const std::size_t entries = m_session.dataset() ? queryOf(*m_session.dataset(), all).history.size() : 0;
    const std::size_t known = std::min(entries, m_session.person().newest.value_or(entries));
    m_dial->setVisible(entries > 0);
    const QSignalBlocker quiet(m_newest);
    m_newest->setRange(0, static_cast<int>(entries));
    m_newest->setValue(static_cast<int>(known));
    m_known->setText(known == entries ? tr("all known") : tr("newest %1").arg(count(static_cast<double>(known))));
}

} // namespace orrery::ui
