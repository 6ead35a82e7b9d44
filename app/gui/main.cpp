// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/startup.h"
#include "app/gui/tour.h"
#include "ui/session/workspace_session.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QCommandLineParser>

using namespace orrery::ui;

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("Orrery"));
    QApplication::setApplicationVersion(QStringLiteral(ORRERY_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("orrery"));

    QCommandLineParser options;
    options.setApplicationDescription(QObject::tr("A workbench for seeing how recommenders work."));
    options.addHelpOption();
    options.addVersionOption();
    options.addPositionalArgument(QStringLiteral("file"), QObject::tr("A workspace, or data to import"),
                                  QStringLiteral("[file]"));
    const QCommandLineOption tourOption(
        QStringLiteral("tour"),
        QObject::tr("Walk through every page by itself, and leave pictures and a report in this folder"),
        QStringLiteral("folder"));
    const QCommandLineOption themeOption(QStringLiteral("theme"), QObject::tr("light, dark or system"),
                                         QStringLiteral("name"), QStringLiteral("system"));
    options.addOptions({tourOption, themeOption});
    options.process(application);

    Theme theme(application);
    if (options.value(themeOption) != u"system")
        theme.choose(options.value(themeOption) == u"dark" ? ThemeChoice::Dark : ThemeChoice::Light);
    JobRunner jobs;
    WorkspaceSession session(jobs);
    MainWindow window(session, theme);
    window.show();
    if (options.isSet(tourOption))
        return runTour(application, window, session, theme, options.value(tourOption));
    openAtStart(session, options.positionalArguments().value(0));
    return QApplication::exec();
}
