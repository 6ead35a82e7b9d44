// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_epochs.h"

#include "ui/charts/chart_view.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QSlider>
#include <QTimer>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr std::size_t mostEpochs = 12;
constexpr int stepsBetween = 8, playEvery = 40, chartHeight = 240; // steps of the slider; ms

struct Watched {
    std::vector<EpochLayout> epochs;
    Curves curves;
};

} // namespace

struct MapEpochs::Impl {
    Impl(MapEpochs& owner, WorkspaceSession& openSession) : widget(owner), session(openSession) {}

    void build();
    void watch();
    void take(Watched found);
    void forget();
    void show(int at);
    void showCurve(double step);
    void play(bool on);

    MapEpochs& widget;
    WorkspaceSession& session;
    std::shared_ptr<const ItemMap> map;
    std::optional<ModelEntry> model;
    const ProjectionMethod* method = nullptr;
    ParamSet params;
    Watched watched;
    QPushButton* watchButton = nullptr;
    QLabel* help = nullptr;
    QWidget* controls = nullptr;
    QLabel* epoch = nullptr;
    QSlider* slider = nullptr;
    QPushButton* playButton = nullptr;
    ChartView* chart = nullptr;
    QTimer playing;
};

MapEpochs::MapEpochs(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

MapEpochs::~MapEpochs() = default;

void MapEpochs::Impl::build()
{
    auto* layout = new QVBoxLayout(&widget);
    layout->setContentsMargins({});
    layout->setSpacing(space::sm);
    layout->addWidget(sectionLabel(MapEpochs::tr("Training"), &widget));
    help =
        secondaryLabel(MapEpochs::tr("See how the map came about. The model is trained once more, which gives the same "
                                     "one, and its vectors are kept on the way."),
                       &widget);
    help->setWordWrap(true);
    layout->addWidget(help);
    watchButton = primaryButton(MapEpochs::tr("Watch the training"), &widget);
    watchButton->setObjectName(QStringLiteral("map.epochs.watch"));
    layout->addWidget(watchButton);
    controls = new QWidget(&widget);
    auto* inside = new QVBoxLayout(controls);
    inside->setContentsMargins({});
    auto* row = new QHBoxLayout;
    epoch = new QLabel(controls);
    epoch->setObjectName(QStringLiteral("map.epochs.epoch"));
    playButton = plainButton(MapEpochs::tr("Play"), controls);
    playButton->setObjectName(QStringLiteral("map.epochs.play"));
    playButton->setCheckable(true);
    row->addWidget(epoch, 1);
    row->addWidget(playButton);
    inside->addLayout(row);
    slider = new QSlider(Qt::Horizontal, controls);
    slider->setObjectName(QStringLiteral("map.epochs.slider"));
    slider->setAccessibleName(MapEpochs::tr("Epoch"));
    slider->setSingleStep(stepsBetween);
    slider->setPageStep(stepsBetween);
    inside->addWidget(slider);
    chart = new ChartView(controls);
    chart->setFixedHeight(chartHeight);
    inside->addWidget(chart);
    layout->addWidget(controls);
    layout->addStretch();
    controls->hide();
    playing.setInterval(playEvery);
    connect(watchButton, &QPushButton::clicked, &widget, [this] { watch(); });
    connect(slider, &QSlider::valueChanged, &widget, [this](int at) { show(at); });
    connect(playButton, &QPushButton::toggled, &widget, [this](bool on) { play(on); });
    connect(&playing, &QTimer::timeout, &widget, [this] {
        if (slider->value() >= slider->maximum())
            playButton->setChecked(false);
        else
            slider->setValue(slider->value() + 1);
    });
}

void MapEpochs::setMap(const std::shared_ptr<const ItemMap>& map, const ModelEntry* model,
                       const ProjectionMethod* method, const ParamSet& params)
{
    m_impl->forget();
    m_impl->map = map;
    m_impl->model = model ? std::optional(*model) : std::nullopt;
    m_impl->method = method;
    m_impl->params = params;
    m_impl->watchButton->setEnabled(map && map->grid && model && method);
}

void MapEpochs::Impl::forget()
{
    playButton->setChecked(false);
    watched = {};
    controls->hide();
    watchButton->show();
    help->show();
}

void MapEpochs::Impl::watch()
{
    const auto recipe = model ? session.recipeOf(*model) : std::nullopt;
    if (!recipe || !map)
        return session.raise({Message::Kind::Error, MapEpochs::tr("This model cannot be trained again here"),
                              MapEpochs::tr("Train one under Recipes, and look at its map")});
    watchButton->setEnabled(false);
    (void)session.jobs().start<Watched>(
        MapEpochs::tr("Epochs of %1").arg(model->name()), {recipe->seed, 0},
        [shown = map, recipe = *recipe, how = method, settings = params](const JobContext& job) -> Result<Watched> {
            const auto data = recipe.asOf == endOfTime ? recipe.dataset : recipe.dataset->before(recipe.asOf);
            const auto training =
                trainAgain(*recipe.algorithm, {data}, recipe.params, *shown->model, mostEpochs, job.part(0, .3));
            if (!training)
                return tl::unexpected(training.error());
            auto epochs = layOutEpochs(*shown, training->checkpoints, *how, settings, job.part(.3, 1));
            if (!epochs)
                return tl::unexpected(epochs.error());
            return Watched{std::move(*epochs), training->curves};
        },
        &widget,
        [this, asked = map](Result<Watched> found) {
            watchButton->setEnabled(map != nullptr);
            if (asked != map || (!found && found.error().code == Code::Cancelled))
                return;
            if (!found)
                return session.raise(messageOf(found.error()));
            take(std::move(*found));
        });
}

void MapEpochs::Impl::take(Watched found)
{
    watched = std::move(found);
    controls->show();
    watchButton->hide();
    help->hide();
    slider->setRange(0, static_cast<int>(watched.epochs.size() - 1) * stepsBetween);
    slider->setValue(slider->maximum());
    show(slider->value());
}

void MapEpochs::Impl::show(int at)
{
    if (watched.epochs.empty())
        return;
    const auto place = static_cast<std::size_t>(at / stepsBetween);
    const int past = at % stepsBetween;
    const EpochLayout& from = watched.epochs[place];
    const double share = static_cast<double>(past) / stepsBetween;
    const EpochLayout& to = watched.epochs[std::min(place + 1, watched.epochs.size() - 1)];
    epoch->setText(MapEpochs::tr("Epoch %1 of %2")
                       .arg(past * 2 < stepsBetween ? from.step : to.step)
                       .arg(watched.epochs.back().step));
    showCurve(from.step + share * (to.step - from.step));
    if (at == slider->maximum() && !playing.isActive())
        emit widget.placesChanged({});
    else
        emit widget.placesChanged(past == 0 ? from.layout : between(from.layout, to.layout, share));
}

void MapEpochs::Impl::showCurve(double step)
{
    ChartSpec spec;
    spec.title = MapEpochs::tr("While it learned");
    spec.kind = ChartKind::Lines;
    spec.x.title = MapEpochs::tr("epoch");
    spec.empty = MapEpochs::tr("This algorithm reports no loss.");
    if (!watched.curves.empty()) {
        const auto& [name, curve] = *watched.curves.begin();
        spec.y.title = text(name);
        ChartSeries line{text(name), model ? model->row.colour : 0, {}}, now{MapEpochs::tr("now"), 1, {}};
        for (const auto& [x, y] : curve)
            line.points.push_back({x, y, {}, {}, {}});
        const auto next = std::ranges::lower_bound(curve, step, {}, &std::pair<double, double>::first);
        const auto& here = next == curve.end() ? curve.back() : *next;
        const double low = std::ranges::min(curve, {}, &std::pair<double, double>::second).second;
        now.points = {{here.first, low, {}, {}, {}}, {here.first, here.second, {}, {}, {}}};
        spec.series = {line, now};
    }
    chart->setSpec(spec);
}

void MapEpochs::Impl::play(bool on)
{
    if (on && slider->value() == slider->maximum())
        slider->setValue(0);
    on ? playing.start() : playing.stop();
    if (!on)
        show(slider->value());
}

} // namespace orrery::ui
