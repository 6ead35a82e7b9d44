// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/findings_bar.h"

#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>

namespace orrery::ui {

FindingsBar::FindingsBar(QWidget* parent) : QFrame(parent)
{
    setProperty("role", "card");
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(space::md, space::sm, space::md, space::sm);
    line->setSpacing(space::sm);
    m_title = new QLabel(this);
    m_title->setFont(ui::font(type::body, QFont::DemiBold));
    m_text = new QLabel(this);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setObjectName(QStringLiteral("rules.finding"));
    m_show = linkButton(tr("Show the rule"), this);
    m_show->setObjectName(QStringLiteral("rules.finding.show"));
    m_next = linkButton({}, this);
    m_next->setObjectName(QStringLiteral("rules.finding.next"));
    line->addWidget(m_title);
    line->addWidget(m_text, 1);
    line->addWidget(m_show);
    line->addWidget(m_next);
    connect(m_show, &QPushButton::clicked, this, [this] { emit ruleAsked(static_cast<int>(m_findings[m_at].rule)); });
    connect(m_next, &QPushButton::clicked, this, [this] { showFinding((m_at + 1) % m_findings.size()); });
    say({});
}

void FindingsBar::say(const QString& words)
{
    m_findings.clear();
    m_title->hide();
    m_show->hide();
    m_next->hide();
    m_text->setText(words);
    setTone(m_text, QStringLiteral("secondary"));
}

void FindingsBar::sayError(const QString& words)
{
    say(words);
    setTone(m_text, QStringLiteral("bad"));
}

void FindingsBar::show(const RuleReport& report)
{
    if (report.findings.empty())
        return say(tr("No rule is idle, undoes another or empties lists."));
    m_findings = report.findings;
    setTone(m_text, {});
    showFinding(0);
}

void FindingsBar::showFinding(std::size_t at)
{
    m_at = at;
    const RuleFinding& finding = m_findings[at];
    m_title->setText(finding.kind == RuleFinding::Kind::Dead     ? tr("A rule does nothing.")
                     : finding.kind == RuleFinding::Kind::Undoes ? tr("Two rules undo each other.")
                                                                 : tr("A rule empties lists."));
    setTone(m_title, QStringLiteral("warning"));
    m_title->show();
    m_text->setText(text(finding.text));
    m_show->show();
    m_next->setText(tr("%1 of %2 ›").arg(at + 1).arg(m_findings.size()));
    m_next->setVisible(m_findings.size() > 1);
}

} // namespace orrery::ui
