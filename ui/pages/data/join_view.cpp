// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/join_view.h"

#include "core/data/import_recipe.h"
#include "ui/components/save_file.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/pages/data/join_side_view.h"
#include "ui/theme/tokens.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QSignalBlocker>

#include <algorithm>
#include <utility>

namespace orrery::ui {
namespace {

constexpr int useWidth = 150, widestOffer = 420, mostCodesShown = 30;

QString useName(TableUse use)
{
    switch (use) {
    case TableUse::Events: return QObject::tr("events");
    case TableUse::Catalog: return QObject::tr("catalog");
    case TableUse::People: return QObject::tr("people");
    case TableUse::Ignore: return QObject::tr("not used");
    }
    return {};
}

QString variantName(const VariantOffer& offer)
{
    const QString merged = counted(static_cast<double>(offer.merged), QObject::tr("item"), QObject::tr("items"));
    const QString example = QObject::tr("%1 is %2").arg(text(offer.variant), text(offer.product));
    return offer.how == Variants::ByColumn ? QObject::tr("as the catalog says: %1 fewer (%2)").arg(merged, example)
                                           : QObject::tr("by the code: %1 fewer (%2)").arg(merged, example);
}

QString nameOf(const JoinTable& table) { return text(table.path.filename().string()); }

} // namespace

JoinView::JoinView(WorkspaceSession& session, QWidget* parent) : QWidget(parent), m_session(session)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    auto* scrolled = new QWidget(this);
    auto* column = scrolledColumn(scrolled);
    column->setSpacing(space::md);
    buildTop(column);
    m_items = new JoinSideView(tr("Events and the catalog"), QStringLiteral("items"), tr("the catalog"), scrolled);
    m_people = new JoinSideView(tr("Events and the people"), QStringLiteral("people"), tr("the people"), scrolled);
    column->addWidget(m_items);
    column->addWidget(m_people);
    connect(m_items, &JoinSideView::fixChosen, this, [this](KeyFix fix, bool on) {
        m_request.options.itemFixes[fix] = on;
        matchAgain();
    });
    connect(m_people, &JoinSideView::fixChosen, this, [this](KeyFix fix, bool on) {
        m_request.options.personFixes[fix] = on;
        matchAgain();
    });
    buildOffers(column);
    column->addStretch(1);
    layout->addWidget(scrolled, 1);
    buildButtons(layout);
    connect(&session, &WorkspaceSession::datasetChanged, this, &JoinView::letGo);
    connect(this, &JoinView::closed, this, &JoinView::letGo);
    connect(&session, &WorkspaceSession::importFailed, this, [this] { m_import->setEnabled(m_sources != nullptr); });
}

void JoinView::buildTop(QVBoxLayout* column)
{
    m_recipeBar = new Card({}, this);
    auto* bar = new QHBoxLayout;
    m_recipeText = new QLabel(m_recipeBar);
    m_recipeText->setWordWrap(true);
    m_recipeText->setObjectName(QStringLiteral("join.recipeText"));
    m_recipeButton = primaryButton(tr("As last time"), m_recipeBar);
    m_recipeButton->setObjectName(QStringLiteral("join.asLastTime"));
    bar->addWidget(m_recipeText, 1);
    bar->addWidget(m_recipeButton);
    m_recipeBar->body()->addLayout(bar);
    column->addWidget(m_recipeBar);
    connect(m_recipeButton, &QPushButton::clicked, this, &JoinView::takeRecipe);
    auto* card = new Card(tr("Files"), this);
    card->setNote(tr("what each is taken for"));
    m_files = new QVBoxLayout;
    m_files->setSpacing(space::sm);
    card->body()->addLayout(m_files);
    column->addWidget(card);
}

void JoinView::buildOffers(QVBoxLayout* column)
{
    m_offers = new Card(tr("Also"), this);
    m_offers->body()->setSpacing(space::sm);
    const auto row = [this](const QString& title, QWidget* field, QLabel* label) {
        auto* line = new QHBoxLayout;
        line->setSpacing(space::md);
        auto* name = new QLabel(title, m_offers);
        name->setMinimumWidth(useWidth);
        line->addWidget(name);
        if (field) {
            field->setAccessibleName(title);
            field->setMaximumWidth(widestOffer);
            line->addWidget(field);
        }
        line->addWidget(label, 1);
        m_offers->body()->addLayout(line);
    };
    m_variants = new QComboBox(m_offers);
    m_variants->setObjectName(QStringLiteral("join.variants"));
    m_returns = new QComboBox(m_offers);
    m_returns->setObjectName(QStringLiteral("join.returns"));
    m_returns->addItem(tr("taken off earlier purchases"), QStringLiteral("net"));
    m_returns->addItem(tr("passed over"), QStringLiteral("drop"));
    m_returns->addItem(tr("kept as amounts below zero"), QStringLiteral("keep"));
    m_returnsText = secondaryLabel({}, m_offers);
    m_baskets = secondaryLabel({}, m_offers);
    m_codesText = secondaryLabel({}, m_offers);
    m_codesText->setObjectName(QStringLiteral("join.codesText"));
    row(tr("Variants"), m_variants, secondaryLabel(tr("rolled up to products"), m_offers));
    row(tr("Returns"), m_returns, m_returnsText);
    row(tr("Baskets"), nullptr, m_baskets);
    row(tr("No products"), nullptr, m_codesText);
    m_codes = new QVBoxLayout;
    m_codes->setSpacing(space::xs);
    m_codes->setContentsMargins(useWidth + space::md, 0, 0, 0);
    m_offers->body()->addLayout(m_codes);
    column->addWidget(m_offers);
    connect(m_variants, &QComboBox::currentIndexChanged, this, [this] {
        if (m_filling)
            return;
        m_request.options.variants = static_cast<Variants>(m_variants->currentData().toInt());
        matchAgain();
    });
    connect(m_returns, &QComboBox::currentIndexChanged, this, [this] {
        if (m_filling)
            return;
        const QString chosen = m_returns->currentData().toString();
        m_request.options.returns = chosen == u"net"    ? std::optional(Returns::Net)
                                    : chosen == u"drop" ? std::optional(Returns::Drop)
                                                        : std::nullopt;
    });
}

void JoinView::buildButtons(QVBoxLayout* layout)
{
    auto* row = new QHBoxLayout;
    m_import = primaryButton(tr("Import"), this);
    m_import->setObjectName(QStringLiteral("join.import"));
    auto* cancel = plainButton(tr("Cancel"), this);
    cancel->setObjectName(QStringLiteral("join.cancel"));
    m_save = plainButton(tr("Save the recipe…"), this);
    m_save->setObjectName(QStringLiteral("join.save"));
    m_save->setToolTip(tr("It is kept with the dataset anyway; a file of it serves other workspaces and orrery-cli."));
    m_verdict = secondaryLabel({}, this);
    m_verdict->setObjectName(QStringLiteral("join.verdict"));
    row->addWidget(m_import);
    row->addWidget(cancel);
    row->addWidget(m_save);
    row->addWidget(m_verdict, 1);
    layout->addLayout(row);
    connect(m_import, &QPushButton::clicked, this, &JoinView::startImport);
    connect(cancel, &QPushButton::clicked, this, &JoinView::closed);
    connect(m_save, &QPushButton::clicked, this, &JoinView::saveRecipe);
}

void JoinView::show(const JoinLook& look)
{
    m_look = look;
    m_request = look.request;
    m_offerNetting = true;
    m_recipeBar->setVisible(look.asLastTime.has_value());
    m_recipeText->setText(tr("These files look like those of <b>%1</b>: its roles, fixes and options fit.")
                              .arg(text(look.lastName).toHtmlEscaped()));
    readAgain();
}

void JoinView::takeRecipe()
{
    m_request = *m_look.asLastTime;
    m_offerNetting = false;
    m_recipeBar->hide();
    readAgain();
}

void JoinView::setLayoutOf(std::size_t table, const TableLayout& layout)
{
    m_request.tables.at(table).layout = layout;
    m_request.tables[table].why = tr("its columns were given roles").toStdString();
    readAgain();
}

void JoinView::fillFiles()
{
    clearLayout(m_files);
    for (std::size_t t = 0; t < m_request.tables.size(); ++t) {
        const JoinTable& table = m_request.tables[t];
        auto* row = new QHBoxLayout;
        row->setSpacing(space::md);
        auto* name = new ElidedLabel(nameOf(table), this);
        name->setMinimumWidth(useWidth);
        auto* use = new QComboBox(this);
        use->setObjectName(QStringLiteral("join.use.%1").arg(t));
        use->setAccessibleName(tr("What %1 is taken for").arg(nameOf(table)));
        use->setFixedWidth(useWidth);
        for (const TableUse one : {TableUse::Events, TableUse::Catalog, TableUse::People, TableUse::Ignore})
            use->addItem(useName(one), static_cast<int>(one));
        use->setCurrentIndex(use->findData(static_cast<int>(table.use)));
        auto* why = new ElidedLabel(text(table.why), this);
        setTone(why, QStringLiteral("secondary"));
        auto* columns = linkButton(tr("Columns…"), this);
        columns->setObjectName(QStringLiteral("join.columns.%1").arg(t));
        columns->setEnabled(table.use != TableUse::Ignore);
        row->addWidget(name, 2);
        row->addWidget(use);
        row->addWidget(why, 3);
        row->addWidget(columns);
        m_files->addLayout(row);
        connect(use, &QComboBox::activated, this,
                [this, t, use] { setUse(t, static_cast<TableUse>(use->currentData().toInt())); });
        connect(columns, &QPushButton::clicked, this, [this, t] { askColumns(t); });
    }
}

void JoinView::look(std::size_t table, const std::function<void(const TablePreview&)>& then)
{
    const JoinTable& of = m_request.tables.at(table);
    TableHints hints;
    hints.separator = of.layout.separator;
    hints.header = of.layout.header;
    m_session.jobs().startQuick<TablePreview>(
        QStringLiteral("look at data"),
        [path = of.path, hints](const JobContext&) { return previewTable(path, hints); }, this,
        [this, then, table, path = of.path](const Result<TablePreview>& preview) {
            if (table >= m_request.tables.size() || m_request.tables[table].path != path)
                return; // other files were dropped meanwhile
            if (preview)
                then(*preview);
            else
                m_session.raise(messageOf(preview.error()));
        });
}

void JoinView::setUse(std::size_t table, TableUse use)
{
    look(table, [this, table, use](const TablePreview& preview) {
        m_request.tables.at(table) = usedAs(use, m_request.tables[table].path, preview);
        readAgain();
    });
}

void JoinView::askColumns(std::size_t table)
{
    look(table, [this, table](TablePreview preview) {
        preview.layout = m_request.tables.at(table).layout;
        emit columnsAsked(table, preview, m_request.tables[table].use);
    });
}

void JoinView::setVerdict(const QString& words, const QString& tone)
{
    m_verdict->setText(words);
    setTone(m_verdict, tone);
}

// Lets go of what was read, and of what is being read.
void JoinView::letGo()
{
    ++m_generation;
    m_session.jobs().cancel(m_reading);
    m_sources.reset();
    m_report = {};
}

// Tables are read when they, or what their columns are, change; never for a fix or another option.
void JoinView::readAgain()
{
    letGo();
    const int generation = m_generation;
    fillFiles();
    refresh();
    if (const auto fine = checkJoin(m_request); !fine)
        return setVerdict(text(fine.error().message), QStringLiteral("warning"));
    setVerdict(tr("Reading the tables…"), QStringLiteral("secondary"));
    using Sources = std::shared_ptr<const JoinSources>;
    m_reading = m_session.jobs().start<Sources>(
        tr("Reading %1").arg(counted(static_cast<double>(m_request.tables.size()), tr("table"), tr("tables"))), {},
        [request = m_request](const JobContext& job) { return readTables(request, job); }, this,
        [this, generation](const Result<Sources>& sources) {
            if (generation != m_generation)
                return;
            if (!sources)
                return setVerdict(text(sources.error().text()), QStringLiteral("bad"));
            m_sources = *sources;
            matchAgain();
        });
}

void JoinView::matchAgain()
{
    if (!m_sources)
        return;
    m_session.jobs().startQuick<JoinReport>(
        QStringLiteral("join match"),
        [sources = m_sources, options = m_request.options](const JobContext& job) {
            return matchOf(*sources, options, job);
        },
        this,
        [this, generation = m_generation](Result<JoinReport> report) {
            if (generation != m_generation)
                return;
            if (!report)
                return m_session.raise(messageOf(report.error()));
            m_report = std::move(*report);
            // Offered once: what was chosen since stays.
            if (std::exchange(m_offerNetting, false) && m_report.returns > 0)
                m_request.options.returns = Returns::Net;
            refresh();
            sayReady();
        });
}

void JoinView::sayReady()
{
    const QString events = counted(double(m_report.events), tr("event"), tr("events"));
    const auto misses = [this](const SideMatch& side) {
        return side.given && m_report.events > 0 && side.match.eventsFound == 0;
    };
    if (misses(m_report.items))
        return setVerdict(tr("No event finds its item: try the fixes of the keys, or other columns."),
                          QStringLiteral("warning"));
    if (misses(m_report.people))
        return setVerdict(tr("No event finds its person: try the fixes of the keys, or other columns."),
                          QStringLiteral("warning"));
    setVerdict(tr("Ready: %1.").arg(events), QStringLiteral("secondary"));
}

void JoinView::refresh()
{
    m_import->setEnabled(m_sources != nullptr);
    m_save->setEnabled(m_sources != nullptr);
    m_items->setVisible(m_sources && m_report.items.given);
    m_people->setVisible(m_sources && m_report.people.given);
    m_offers->setVisible(m_sources && m_report.events > 0);
    m_items->show(m_report.items, m_request.options.itemFixes);
    m_people->show(m_report.people, m_request.options.personFixes);
    refreshOffers();
}

void JoinView::refreshOffers()
{
    m_filling = true;
    fillVariants();
    const auto& returns = m_request.options.returns;
    m_returns->setCurrentIndex(m_returns->findData(!returns                   ? QStringLiteral("keep")
                                                   : *returns == Returns::Net ? QStringLiteral("net")
                                                                              : QStringLiteral("drop")));
    m_returns->setEnabled(m_report.returns > 0);
    m_returnsText->setText(
        m_report.returns == 0
            ? tr("no event has an amount below zero")
            : tr("%1 with an amount below zero").arg(counted(double(m_report.returns), tr("event"), tr("events"))));
    m_baskets->setText(m_report.sessions == 0
                           ? tr("no column says what was bought together: give one the role “visit or basket”")
                           : tr("%1 tell what was bought together")
                                 .arg(counted(double(m_report.sessions), tr("basket"), tr("baskets"))));
    fillNoProducts();
    m_filling = false;
}

void JoinView::fillVariants()
{
    m_variants->clear();
    m_variants->addItem(m_report.variants.empty() ? tr("no two items look like variants") : tr("each is an item"),
                        static_cast<int>(Variants::Apart));
    for (const VariantOffer& offer : m_report.variants)
        m_variants->addItem(variantName(offer), static_cast<int>(offer.how));
    m_variants->setEnabled(!m_report.variants.empty());
    m_variants->setCurrentIndex(std::max(0, m_variants->findData(static_cast<int>(m_request.options.variants))));
}

void JoinView::fillNoProducts()
{
    clearLayout(m_codes);
    const auto& codes = m_report.noProducts;
    m_codesText->setText(codes.empty() ? tr("no code looks like postage, a fee or a discount")
                                       : tr("codes that may be no products: tick what is to be left out"));
    for (std::size_t c = 0; c < std::min<std::size_t>(codes.size(), mostCodesShown); ++c) {
        const NoProduct& code = codes[c];
        const QString title = code.title.empty() ? QString() : QStringLiteral(" · %1").arg(text(code.title));
        auto* box = new QCheckBox(
            tr("%1%2 · %3").arg(text(code.id), title, counted(double(code.events), tr("event"), tr("events"))),
            m_offers);
        box->setObjectName(QStringLiteral("join.leaveOut.%1").arg(text(code.id)));
        box->setChecked(code.leftOut);
        m_codes->addWidget(box);
        connect(box, &QCheckBox::toggled, this, [this, id = code.id](bool on) {
            auto& leftOut = m_request.options.leftOut;
            std::erase(leftOut, id);
            if (on)
                leftOut.push_back(id);
        });
    }
}

void JoinView::startImport()
{
    m_import->setEnabled(false);
    m_session.importJoin(m_request, m_sources);
}

void JoinView::saveRecipe()
{
    const QString file = QFileDialog::getSaveFileName(this, tr("Save the recipe"), QStringLiteral("recipe.json"),
                                                      tr("Recipes (*.json)"));
    if (!file.isEmpty())
        sayExported(this, file, writeRecipe(recipeOf(m_request), file.toStdString()));
}

} // namespace orrery::ui
