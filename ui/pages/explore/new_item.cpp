// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/new_item.h"

#include "ui/components/bar_row.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/dataset_columns.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>

#include <fmt/format.h>

namespace orrery::ui {
namespace {

constexpr std::size_t inheritedFrom = 10, mostFields = 12;
const QString idName = QStringLiteral("newItem.id");

std::string freeId(const Vocabulary& taken)
{
    std::size_t n = 1;
    while (taken.find(fmt::format("new-{}", n)))
        ++n;
    return fmt::format("new-{}", n);
}

} // namespace

struct NewItem::Impl {
    Impl(NewItem& owner, WorkspaceSession& openSession) : widget(owner), session(openSession) {}

    void build();
    [[nodiscard]] Result<ItemRecord> record() const;
    QLineEdit* addField(const QString& name, const QString& title);
    void place();
    void add();
    void show(const Landing& landing);

    struct Field {
        std::string column;
        QLineEdit* edit = nullptr;
    };

    NewItem& widget;
    WorkspaceSession& session;
    std::optional<ModelEntry> entry;
    std::shared_ptr<const ListSample> lists;
    std::vector<Field> fields;
    QLineEdit* id = nullptr;
    QVBoxLayout* form = nullptr;
    QPushButton* placeButton = nullptr;
    QPushButton* addButton = nullptr;
    QVBoxLayout* answer = nullptr;
};

NewItem::NewItem(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

NewItem::~NewItem() = default;

void NewItem::Impl::build()
{
    auto* row = new QHBoxLayout(&widget);
    row->setContentsMargins({});
    row->setSpacing(space::md);
    auto* left = new Card(NewItem::tr("What is it?"), &widget);
    auto* inside = new QWidget(left);
    form = scrolledColumn(inside);
    form->setSpacing(space::xs);
    left->body()->addWidget(inside, 1);
    placeButton = primaryButton(NewItem::tr("See where it lands"), left);
    placeButton->setObjectName(QStringLiteral("newItem.place"));
    addButton = plainButton(NewItem::tr("Add to the catalog"), left);
    addButton->setObjectName(QStringLiteral("newItem.add"));
    addButton->setToolTip(NewItem::tr("It becomes part of the dataset, and A and B are brought up to date"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(placeButton);
    buttons->addWidget(addButton);
    buttons->addStretch();
    left->body()->addLayout(buttons);
    row->addWidget(left, 1);
    auto* right = new Card(NewItem::tr("Where it lands"), &widget);
    auto* found = new QWidget(right);
    answer = scrolledColumn(found);
    answer->setSpacing(space::sm);
    right->body()->addWidget(found, 1);
    row->addWidget(right, 1);
    connect(placeButton, &QPushButton::clicked, &widget, [this] { place(); });
    connect(addButton, &QPushButton::clicked, &widget, [this] { add(); });
}

void NewItem::setModel(const ModelEntry* entry, const std::shared_ptr<const ListSample>& lists)
{
    m_impl->entry = entry ? std::optional(*entry) : std::nullopt;
    m_impl->lists = lists;
    m_impl->placeButton->setEnabled(entry && entry->recommender->model());
}

void NewItem::refreshFields()
{
    clearLayout(m_impl->form);
    m_impl->fields.clear();
    clearLayout(m_impl->answer);
    auto* help = secondaryLabel(tr("Say what it is, and see which items it is like, what it inherits from them and who "
                                   "would get it, before anybody has used it."),
                                this);
    help->setWordWrap(true);
    m_impl->answer->addWidget(help);
    m_impl->answer->addStretch();
    m_impl->addButton->setEnabled(m_impl->session.dataset() && !m_impl->session.trainEvents());
    if (!m_impl->session.dataset())
        return;
    m_impl->id = m_impl->addField(idName, tr("Id"));
    m_impl->id->setText(text(freeId(m_impl->session.dataset()->itemIds())));
    for (const AttributeColumn& column : m_impl->session.dataset()->items().columns()) {
        if (m_impl->fields.size() == mostFields)
            break;
        const bool isTags = std::holds_alternative<TagColumn>(column.data);
        auto* edit = m_impl->addField(QStringLiteral("newItem.%1").arg(text(column.name)), columnTitle(column.name));
        if (isTags)
            edit->setPlaceholderText(tr("separated by commas"));
        m_impl->fields.push_back({column.name, edit});
    }
    m_impl->form->addStretch();
}

QLineEdit* NewItem::Impl::addField(const QString& name, const QString& title)
{
    auto* edit = new QLineEdit(form->parentWidget());
    edit->setObjectName(name);
    edit->setAccessibleName(title);
    form->addWidget(secondaryLabel(title, form->parentWidget()));
    form->addWidget(edit);
    connect(edit, &QLineEdit::returnPressed, &widget, [this] { place(); });
    return edit;
}

Result<ItemRecord> NewItem::Impl::record() const
{
    ItemRecord record{id ? id->text().trimmed().toStdString() : std::string(), {}};
    for (const Field& field : fields) {
        const QString typed = field.edit->text().trimmed();
        if (typed.isEmpty())
            continue;
        auto value = recordValueFrom(session.dataset()->items(), field.column, typed.toStdString());
        if (!value)
            return tl::unexpected(value.error());
        record.values.emplace_back(field.column, std::move(*value));
    }
    if (record.values.empty())
        return error(Code::InvalidArgument, NewItem::tr("Nothing was said of the item").toStdString(),
                     NewItem::tr("Fill in a title or a category at least").toStdString());
    return record;
}

void NewItem::Impl::place()
{
    const auto told = record();
    if (!told)
        return session.raise(messageOf(told.error()));
    if (!entry || !entry->recommender->model())
        return;
    session.jobs().startBehind<Landing>(
        QStringLiteral("new item"),
        [record = *told, dataset = session.dataset(), model = entry->recommender->model(), sample = lists,
         asOf = session.asOf()](const JobContext& job) {
            return landingOf(*dataset, record, *model, inheritedFrom, sample.get(), asOf, job);
        },
        &widget,
        [this, dataset = session.dataset(), model = entry->recommender](Result<Landing> landing) {
            if (dataset != session.dataset() || !entry || entry->recommender != model)
                return;
            if (!landing)
                return session.raise(messageOf(landing.error()));
            show(*landing);
        });
}

void NewItem::Impl::add()
{
    if (const auto told = record())
        session.addItem(*told);
    else
        session.raise(messageOf(told.error()));
}

void NewItem::Impl::show(const Landing& landing)
{
    clearLayout(answer);
    const auto say = [this](const QString& words) {
        auto* label = new QLabel(words, &widget);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        answer->addWidget(label);
    };
    if (landing.placement.from.empty()) {
        say(NewItem::tr("It is like nothing that was used: say more of it."));
        return answer->addStretch();
    }
    if (landing.asked > 0)
        say(NewItem::tr("%1 would show it to %2 of %3 people within the first %4.")
                .arg(entry->name(), count(double(landing.within)), count(double(landing.asked)))
                .arg(ItemAudience::top));
    answer->addWidget(sectionLabel(NewItem::tr("It inherits from"), &widget));
    for (const Neighbour& one : landing.placement.from) {
        const double alike = static_cast<double>(one.similarity);
        auto* row = new BarRow(text(session.dataset()->title(one.item)), alike, alike, entry->row.colour, &widget);
        connect(row, &BarRow::clicked, &widget, [this, item = one.item] { session.selectItem(item); });
        answer->addWidget(row);
    }
    answer->addWidget(secondaryLabel(NewItem::tr("How alike their contents are (cosine)"), &widget));
    answer->addStretch();
}

} // namespace orrery::ui
