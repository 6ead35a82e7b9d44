// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/rule_files.h"

#include "ui/components/save_file.h"
#include "ui/components/text.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileDialog>
#include <QMenu>

namespace orrery::ui {
namespace {

constexpr qint64 longestFile = 1 << 20;

QString tr(const char* words) { return QCoreApplication::translate("RuleFiles", words); }

QString rulesFilter() { return tr("Rules (*.json);;All files (*)"); }

} // namespace

void importRules(RuleStack& stack, const QString& file, WorkspaceSession& session)
{
    QFile from(file);
    if (!from.open(QIODevice::ReadOnly))
        return session.raise({Message::Kind::Error, tr("%1 cannot be read: %2").arg(file, from.errorString()), {}});
    auto rules = rulesFromJson(from.read(longestFile + 1).toStdString());
    if (!rules)
        return session.raise(messageOf(rules.error()));
    stack.replace(std::move(*rules));
}

void exportRules(const RuleStack& stack, const QString& file, QWidget* parent)
{
    sayExported(parent, file, saveFile(file, QByteArray::fromStdString(toJson(stack.rules()))));
}

QMenu* wholeSetsMenu(RuleStack& stack, WorkspaceSession& session, QWidget* parent)
{
    auto* menu = new QMenu(parent);
    const auto offer = [&](const QString& words, auto done) {
        QObject::connect(menu->addAction(words), &QAction::triggered, &stack, done);
    };
    offer(tr("Take the usual rules of a shop"), [&stack] { stack.replace(usualRules()); });
    offer(tr("Remove all rules"), [&stack] { stack.replace({}); });
    menu->addSeparator();
    offer(tr("Import from a file…"), [&stack, &session, parent] {
        const QString file = QFileDialog::getOpenFileName(parent, tr("Import rules"), {}, rulesFilter());
        if (!file.isEmpty())
            importRules(stack, file, session);
    });
    offer(tr("Export to a file…"), [&stack, parent] {
        const QString file =
            QFileDialog::getSaveFileName(parent, tr("Export rules"), QStringLiteral("rules.json"), rulesFilter());
        if (!file.isEmpty())
            exportRules(stack, withSuffix(file, rulesFilter(), {QStringLiteral("json")}), parent);
    });
    return menu;
}

} // namespace orrery::ui
