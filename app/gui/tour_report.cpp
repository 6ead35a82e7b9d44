// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour_report.h"

#include <QSaveFile>

namespace orrery::ui {

void TourReport::addPicture(const QString& name, const QString& caption, const QPixmap& pixmap)
{
    const QString file = name + QStringLiteral(".png");
    if (pixmap.save(m_folder + u'/' + file))
        m_pictures.push_back({file, caption});
}

QString TourReport::plainText() const { return m_lines.join(u'\n') + QStringLiteral("\n\n") + m_table.join(u'\n'); }

QString TourReport::write() const
{
    QString html =
        QStringLiteral("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>A tour of Orrery</title>"
                       "<style>body{font:15px sans-serif;max-width:1000px;margin:32px auto;padding:0 16px}"
                       "img{width:100%;border:1px solid #c5cad3;border-radius:6px}"
                       "pre{background:#f6f7f9;padding:12px;overflow:auto}</style><h1>A tour of Orrery</h1>");
    for (const QString& line : m_lines)
        html += QStringLiteral("<p>%1</p>").arg(line.toHtmlEscaped());
    html += QStringLiteral("<h2>Leaderboard</h2><pre>%1</pre>").arg(m_table.join(u'\n').toHtmlEscaped());
    for (const Picture& picture : m_pictures)
        html +=
            QStringLiteral("<h3>%1</h3><img src=\"%2\" alt=\"%1\">").arg(picture.caption.toHtmlEscaped(), picture.file);
    html += QStringLiteral("</html>\n");
    const QString path = m_folder + QStringLiteral("/report.html");
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(html.toUtf8()) >= 0 && file.commit() ? path : QString();
}

} // namespace orrery::ui
