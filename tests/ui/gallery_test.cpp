// SPDX-License-Identifier: GPL-3.0-or-later
// Renders every shared part in both themes into gallery/*.png of the build folder, to be looked at.
#include "tests/testing/dataset_builder.h"
#include "ui/components/data_table.h"
#include "ui/components/picker.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/table_model.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QMenu>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QRadioButton>
#include <QSlider>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

using namespace orrery::ui;

namespace {

const QStringList iconNames = {
    "logo",  "home",    "data",     "recipes",   "explore",      "judge",         "search",   "close", "plus",
    "check", "more",    "download", "shuffle",   "chevron-down", "chevron-right", "person",   "guest", "sun",
    "moon",  "warning", "info",     "play",      "stop",         "trash",         "edit",     "copy",  "undo",
    "star",  "file",    "folder",   "star-half", "table",        "chart",         "inspector"};

QHBoxLayout* rowOf(const QList<QWidget*>& widgets)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(space::sm);
    for (QWidget* widget : widgets) {
        row->addWidget(widget);
    }
    row->addStretch(1);
    return row;
}

Card* buttons()
{
    auto* card = new Card("Buttons and badges");
    card->setNote("secondary note");
    card->addCorner(new Badge("held out"));
    auto* off = plainButton("Disabled");
    off->setEnabled(false);
    auto* offPrimary = primaryButton("Cannot");
    offPrimary->setEnabled(false);
    auto* menu = plainButton("Most changed");
    menu->setMenu(new QMenu(menu));
    auto* withIcon = plainButton("Shuffle");
    withIcon->setIcon(icon("shuffle", withIcon));
    card->body()->addLayout(rowOf({primaryButton("Report"), plainButton("Change protocol"), menu, withIcon}));
    card->body()->addLayout(rowOf({off, offPrimary, linkButton("Show five of them"), iconButton("close", "Remove")}));
    using Tone = Badge::Tone;
    card->body()->addLayout(rowOf({new Badge("A only"), new Badge("✓ chosen", Tone::Good),
                                   new Badge("ratings are synthetic", Tone::Warning), new Badge("leak", Tone::Bad),
                                   new Badge("most changed", Tone::Accent)}));
    auto* segments = new SegmentedControl({"Why", "Why not", "Neighbours"});
    card->body()->addLayout(rowOf({segments}));
    card->body()->addWidget(horizontalRule());
    card->body()->addLayout(rowOf({sectionLabel("Section title"), secondaryLabel("secondary text 0123456789")}));
    return card;
}

Card* fields()
{
    auto* card = new Card("Fields");
    auto* combo = new QComboBox;
    combo->addItems({"implicit ALS", "item kNN"});
    auto* spin = new QDoubleSpinBox;
    spin->setValue(0.05);
    auto* line = new QLineEdit;
    line->setPlaceholderText("Find anything");
    auto* wrong = new QLineEdit("five");
    wrong->setProperty("invalid", true);
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setValue(60);
    auto* check = new QCheckBox("At most 3 per category");
    check->setChecked(true);
    auto* radio = new QRadioButton("random");
    radio->setChecked(true);
    auto* progress = new QProgressBar;
    progress->setValue(45);
    auto* offCheck = new QCheckBox("Not now");
    offCheck->setEnabled(false);
    card->body()->addLayout(rowOf({combo, spin}));
    card->body()->addLayout(rowOf({line, wrong}));
    card->body()->addLayout(rowOf({check, new QCheckBox("Diversity"), offCheck}));
    card->body()->addLayout(rowOf({radio, new QRadioButton("by time")}));
    card->body()->addWidget(slider);
    card->body()->addWidget(progress);
    card->body()->addWidget(new QPlainTextEdit("ann,Heat,5\nbob,Fargo,4"));
    return card;
}

Card* icons()
{
    auto* card = new Card("Icons");
    auto* grid = new QGridLayout;
    for (int i = 0; i < iconNames.size(); ++i) {
        auto* shown = iconButton(iconNames[i], iconNames[i]);
        shown->setIconSize({24, 24});
        shown->setCheckable(true);
        shown->setChecked(i == 4);
        grid->addWidget(shown, i / 12, i % 12);
    }
    card->body()->addLayout(grid);
    return card;
}

struct Film {
    const char* title;
    const char* genres;
    int ratings;
    double mean;
};
constexpr Film films[] = {{"Heat (1995)", "Action, Crime, Thriller", 102, 3.95},
                          {"Fargo (1996)", "Comedy, Crime, Drama, Thriller", 181, 4.12},
                          {"The Shawshank Redemption, in a longer title than fits (1994)", "Crime, Drama", 317, 4.43},
                          {"Clueless (1995)", "Comedy, Romance", 104, 3.30},
                          {"Waterworld (1995)", "Action, Adventure, Sci-Fi", 115, 2.91},
                          {"Amélie (2001)", "Comedy, Romance", 1202, 4.18}};

TableModel* filmModel(QObject* parent)
{
    auto* model = new TableModel(parent);
    const auto film = [](int row) { return films[row]; };
    using Kind = TableColumn::Kind;
    model->reset(
        6,
        {{"Title", Kind::Text, [=](int row) { return QString(film(row).title); }, {}, {}, [](int row) { return row; }},
         {"Genres", Kind::Text, [=](int row) { return QString(film(row).genres); }},
         {"Ratings", Kind::Number, [=](int row) { return QLocale(QLocale::English).toString(film(row).ratings); },
          [=](int row) { return QVariant(film(row).ratings); }, [=](int row) { return film(row).ratings / 1202.0; }},
         {"Mean rating",
          Kind::Number,
          [=](int row) { return QString::number(film(row).mean, 'f', 2); },
          [=](int row) { return QVariant(film(row).mean); },
          {},
          {},
          {},
          [](int row) { return row == 2; }}});
    return model;
}

DataTable* table(QWidget* parent)
{
    auto* made = new DataTable(parent);
    made->setTitle("Films");
    made->setModel(filmModel(made));
    made->sortBy(2, Qt::DescendingOrder);
    made->selectSourceRow(1);
    return made;
}

QWidget* page()
{
    auto* page = new QWidget;
    auto* grid = new QGridLayout(page);
    grid->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    grid->setSpacing(space::md);
    auto* header = new PageHeader("Person 42");
    header->setSubtitle("128 ratings · mostly crime, thriller, drama");
    header->addAction(plainButton("Shuffle"));
    header->addAction(primaryButton("Report"));
    grid->addWidget(header, 0, 0, 1, 2);
    auto* tabs = new QTabWidget;
    tabs->addTab(new QWidget, "Person");
    tabs->addTab(new QWidget, "Item");
    tabs->addTab(new QWidget, "Map");
    tabs->setMaximumHeight(44);
    grid->addWidget(tabs, 1, 0, 1, 2);
    grid->addWidget(buttons(), 2, 0);
    grid->addWidget(fields(), 2, 1, 2, 1);
    grid->addWidget(icons(), 3, 0);
    auto* tableCard = new Card;
    tableCard->setFlush(true);
    tableCard->body()->addWidget(table(tableCard));
    grid->addWidget(tableCard, 4, 0);
    auto* right = new Card("Empty");
    auto* empty = new EmptyState("No model yet", "Train one, or import lists that another recommender has made, to see "
                                                 "what it recommends to this person.");
    empty->addButton("Train a model", [] {});
    empty->addButton(
        "Import lists", [] {}, false);
    right->body()->addWidget(empty);
    grid->addWidget(right, 4, 1);
    grid->setRowStretch(4, 1);
    page->resize(1000, 900);
    return page;
}

QWidget* pickerPage()
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    auto* picker = new Picker("Add something they liked", page);
    picker->setSearch([](const QString&, int) {
        return std::vector<Picker::Choice>{
            {"Heat (1995)", "102 ratings", 0},
            {"The Heat, with a title that is far too long to be shown whole (2013)", "12 ratings", 1},
            {"Body Heat (1981)", "9 ratings", 2}};
    });
    layout->addWidget(picker);
    auto* many = new DataTable(page);
    auto* model = new TableModel(many);
    model->reset(60000,
                 {{"Title", TableColumn::Kind::Text, [](int row) { return QString("Film %1").arg(row); }},
                  {"Ratings", TableColumn::Kind::Number, [](int row) { return QString::number(row * 7919 % 60000); },
                   [](int row) { return QVariant(row * 7919 % 60000); }}});
    many->setModel(model);
    auto* card = new Card("Many rows");
    card->setFlush(true);
    card->body()->addWidget(many);
    layout->addWidget(card, 1);
    page->resize(560, 420);
    return page;
}

QColor groundOf(const QImage& image) { return image.pixelColor(2, 2); }

} // namespace

class GalleryTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY(QDir().mkpath(folder())); }

    void everyPartStandsOnTheGroundOfItsTheme_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void everyPartStandsOnTheGroundOfItsTheme()
    {
        QFETCH(bool, dark);
        m_theme.choose(dark ? ThemeChoice::Dark : ThemeChoice::Light);
        const QString suffix = dark ? "-dark.png" : "-light.png";
        const std::unique_ptr<QWidget> parts(page());
        QCOMPARE(groundOf(shot(*parts, "parts" + suffix)), (dark ? Tokens::dark() : Tokens::light()).window);

        const std::unique_ptr<QWidget> list(pickerPage());
        list->show();
        auto* picker = list->findChild<Picker*>();
        picker->setFocus();
        QTest::keyClicks(picker, "hea");
        QVERIFY(picker->isOpen());
        QCOMPARE(groundOf(shot(*list, "picker" + suffix)), (dark ? Tokens::dark() : Tokens::light()).window);

        QMenu menu;
        menu.addAction(icon("copy", &menu), "Copy");
        menu.addAction("Save as CSV…");
        menu.addSeparator();
        menu.addAction("Not possible")->setEnabled(false);
        menu.setActiveAction(menu.actions()[1]);
        shot(menu, "menu" + suffix);
    }

private:
    [[nodiscard]] static QString folder() { return QString(ORRERY_BINARY_DIR) + "/gallery"; }
    static QImage shot(QWidget& widget, const QString& name)
    {
        widget.show();
        QTest::qWait(50);
        const QImage image = widget.grab().toImage();
        image.save(folder() + '/' + name);
        return image;
    }

    Theme m_theme{*qApp};
};

QTEST_MAIN(GalleryTest)
#include "gallery_test.moc"
