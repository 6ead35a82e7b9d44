// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/job_strip.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>

namespace orrery::ui {
namespace {

constexpr int barWidth = 160;
constexpr int barHeight = 6;
constexpr int hashDigits = 4;

QString headline(const JobInfo& job, std::size_t waiting)
{
    QString line = job.title;
    if (!job.doing.isEmpty())
        line += QStringLiteral(" · ") + job.doing;
    if (waiting > 0)
        line += QObject::tr(" · %1 waiting").arg(waiting);
    return line;
}

QString outcome(const JobInfo& job)
{
    switch (job.state) {
    case JobState::Done: return QObject::tr("%1: done in %2").arg(job.title, duration(job.seconds));
    case JobState::Cancelled: return QObject::tr("%1: cancelled after %2").arg(job.title, duration(job.seconds));
    case JobState::Failed: return QObject::tr("%1: failed after %2").arg(job.title, duration(job.seconds));
    default: return job.title;
    }
}

} // namespace

JobStrip::JobStrip(WorkspaceSession& session, QWidget* parent) : QWidget(parent), m_session(session)
{
    setFixedHeight(space::stripHeight);
    // In no layout of the window's: what a job says changes many times a second, and the pages need not be laid out
    // again.
    m_line = new QWidget(this);
    auto* layout = new QHBoxLayout(m_line);
    layout->setContentsMargins(space::lg, 0, space::lg, 0);
    layout->setSpacing(space::md);
    m_text = secondaryLabel(tr("Ready"), m_line);
    m_text->setObjectName(QStringLiteral("jobs.text"));
    m_bar = new QProgressBar(m_line);
    m_bar->setFixedSize(barWidth, barHeight);
    m_bar->setTextVisible(false);
    m_bar->setRange(0, 1000);
    m_left = secondaryLabel({}, m_line);
    m_cancel = linkButton(tr("Cancel"), m_line);
    m_cancel->setObjectName(QStringLiteral("jobs.cancel"));
    m_facts = secondaryLabel({}, m_line);
    for (QWidget* widget : {static_cast<QWidget*>(m_text), static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_left),
                            static_cast<QWidget*>(m_cancel)})
        layout->addWidget(widget);
    layout->addStretch();
    layout->addWidget(m_facts);
    m_bar->hide();
    m_cancel->hide();

    JobRunner& jobs = session.jobs();
    connect(&jobs, &JobRunner::jobStarted, this, &JobStrip::showJob);
    connect(&jobs, &JobRunner::jobChanged, this, &JobStrip::showJob);
    connect(&jobs, &JobRunner::jobFinished, this, &JobStrip::showFinished);
    connect(m_cancel, &QPushButton::clicked, this, [this] { m_session.jobs().cancel(m_shown); });
    connect(&session, &WorkspaceSession::modelsChanged, this, &JobStrip::refreshFacts);
    connect(&session, &WorkspaceSession::datasetChanged, this, &JobStrip::refreshFacts);
}

void JobStrip::showJob(const JobInfo& job)
{
    const auto running = m_session.jobs().jobs();
    if (running.empty() || running.front().id != job.id)
        return; // one that waits; it is counted beside the one that runs
    m_shown = job.id;
    m_text->setText(headline(job, running.size() - 1));
    m_bar->setValue(static_cast<int>(job.fraction * 1000));
    m_left->setText(job.secondsLeft >= 0 ? tr("%1 left").arg(duration(job.secondsLeft)) : QString());
    m_bar->show();
    m_cancel->show();
}

void JobStrip::showFinished(const JobInfo& job)
{
    const auto running = m_session.jobs().jobs();
    if (!running.empty())
        return showJob(running.front());
    m_text->setText(outcome(job));
    m_left->clear();
    m_bar->hide();
    m_cancel->hide();
}

void JobStrip::refreshFacts()
{
    if (!m_session.dataset())
        return m_facts->clear();
    const QString models = counted(static_cast<double>(m_session.models().size()), tr("model"), tr("models"));
    m_facts->setText(models + QStringLiteral("   ") +
                     tr("dataset %1").arg(text(m_session.dataset()->hash().substr(0, hashDigits))));
    m_facts->setToolTip(tr("The dataset's content hash begins with these digits: the same data has the same digits"));
}

void JobStrip::resizeEvent(QResizeEvent*) { m_line->setGeometry(rect()); }

void JobStrip::paintEvent(QPaintEvent*)
{
    const Tokens& tokens = tokensFor(this);
    QPainter painter(this);
    painter.fillRect(rect(), tokens.surface);
    painter.setPen(tokens.hairline);
    painter.drawLine(0, 0, width(), 0);
}

} // namespace orrery::ui
