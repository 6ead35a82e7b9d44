// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/map_view.h"

#include "ui/theme/theme.h"
#include "ui/theme/tokens.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStyle>
#include <QTimer>
#include <QVariantAnimation>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace orrery::ui {
namespace {

constexpr double pickRadius = 10, zoomStep = 1.25, flightScale = 6, moveStep = .15;
constexpr int newLabelsOfFrame = 4, flightTime = 250, minimapWidth = 116, minimapHeight = 88;

/// What a drag does to the selection.
enum class Change { Replace, Add, Remove };

Change changeOf(Qt::KeyboardModifiers modifiers)
{
    if (modifiers & Qt::ControlModifier)
        return Change::Add;
    return modifiers & Qt::AltModifier ? Change::Remove : Change::Replace;
}

std::vector<std::uint32_t> changed(const std::vector<std::uint32_t>& selected, std::vector<std::uint32_t> drawn,
                                   Change change)
{
    std::vector<std::uint32_t> out;
    switch (change) {
    case Change::Replace: return drawn;
    case Change::Add: std::ranges::set_union(selected, drawn, std::back_inserter(out)); break;
    case Change::Remove: std::ranges::set_difference(selected, drawn, std::back_inserter(out)); break;
    }
    return out;
}

} // namespace

struct MapView::Impl {
    explicit Impl(MapView& owner) : view(owner) {}

    MapView& view;
    std::unique_ptr<MapRaster> raster;
    MapOverlay overlay;
    std::vector<std::uint32_t> selection;
    MapCamera camera;
    Tool tool = Tool::Move;
    QVariantAnimation flight;

    QImage picture;        // of the points
    bool isStale = true;   // it is to be drawn again, into the same memory
    QImage minimap;        // of all of them
    QPointF pressed, last; // where the mouse went down, and where it was
    bool isDown = false, hasMoved = false;
    Tool drag = Tool::Move; // what the drag at hand does
    std::vector<QPointF> shape;

    [[nodiscard]] const PointGrid& grid() const { return raster->grid(); }
    [[nodiscard]] bool empty() const { return !raster || grid().size() == 0; }
    void redraw()
    {
        isStale = true;
        view.update();
    }
    void look(const MapCamera& at)
    {
        if (at == camera)
            return;
        camera = at;
        redraw();
        emit view.cameraChanged();
    }
    void fly(const MapCamera& to);
    void select(std::vector<std::uint32_t> ids, bool announce);
    void hover(std::optional<std::uint32_t> id, bool announce);
    void drawPicture();
    void makeMinimap();
    void drawMinimap(QPainter& painter);
    void drawShape(QPainter& painter, const Tokens& tokens) const;
    void finishShape(Qt::KeyboardModifiers modifiers);
    [[nodiscard]] QRectF minimapRect() const
    {
        return QRect(view.width() - minimapWidth - space::md, view.height() - minimapHeight - space::md, minimapWidth,
                     minimapHeight);
    }
    [[nodiscard]] MapCamera minimapCamera() const
    {
        return MapCamera::around(grid().bounds(), QSizeF(minimapWidth, minimapHeight), space::sm);
    }
    [[nodiscard]] MapOverlay::Ground ground(std::optional<int> newLabels) const
    {
        return {grid(),
                camera,
                tokensFor(&view),
                view.size(),
                view.devicePixelRatioF(),
                [this](std::uint32_t id) { return colourOf(id); },
                newLabels};
    }
    [[nodiscard]] QColor colourOf(std::uint32_t id) const
    {
        const PointLooks& looks = raster->looks();
        return QColor::fromRgb(looks.palette[looks.colours[grid().slotOf(id)]]);
    }
};

void MapView::Impl::fly(const MapCamera& to)
{
    flight.stop();
    const MapCamera from = camera;
    QObject::disconnect(&flight, nullptr, &view, nullptr);
    QObject::connect(&flight, &QVariantAnimation::valueChanged, &view,
                     [this, from, to](const QVariant& share) { look(from.towards(to, share.toDouble())); });
    flight.setDuration(view.style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, &view) > 0 ? flightTime
                                                                                                         : 0);
    flight.setStartValue(0.0);
    flight.setEndValue(1.0);
    flight.setEasingCurve(QEasingCurve::OutCubic);
    if (flight.duration() == 0)
        look(to);
    else
        flight.start();
}

void MapView::Impl::select(std::vector<std::uint32_t> ids, bool announce)
{
    if (empty() || ids == selection)
        return;
    selection = std::move(ids);
    PointLooks looks = raster->looks();
    looks.marks.assign(selection.empty() ? 0 : grid().size(), 0);
    for (const std::uint32_t id : selection)
        looks.marks[grid().slotOf(id)] = 1;
    raster->setLooks(std::move(looks));
    redraw();
    if (announce)
        emit view.selectionChanged(selection);
}

void MapView::Impl::hover(std::optional<std::uint32_t> id, bool announce)
{
    if (id == overlay.hovered)
        return;
    overlay.hovered = id;
    view.update();
    if (announce)
        emit view.hoveredChanged(id);
}

void MapView::Impl::drawPicture()
{
    const double ratio = view.devicePixelRatioF();
    const QSize size = view.size() * ratio;
    if (picture.size() != size)
        picture = QImage(size, QImage::Format_RGB32);
    else if (!isStale)
        return;
    isStale = false;
    picture.setDevicePixelRatio(1);
    raster->paint(picture, camera, ratio);
    picture.setDevicePixelRatio(ratio);
}

void MapView::Impl::makeMinimap()
{
    if (!minimap.isNull() || empty())
        return;
    minimap = QImage(minimapRect().size().toSize(), QImage::Format_RGB32);
    raster->paint(minimap, minimapCamera());
}

void MapView::Impl::drawMinimap(QPainter& painter)
{
    const Tokens& tokens = tokensFor(&view);
    const QRectF rect = minimapRect();
    const MapCamera whole = minimapCamera();
    // Nothing to find one's way in while all is in view.
    if (camera.scale <= 1.2 * MapCamera::around(grid().bounds(), camera.size).scale)
        return;
    if (minimap.isNull()) {
        // All points once more would make one frame late: it comes with the next.
        QTimer::singleShot(0, &view, [this] {
            makeMinimap();
            view.update();
        });
        return;
    }
    makeMinimap();
    painter.drawImage(rect.topLeft(), minimap);
    painter.setPen(QPen(tokens.strongLine, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect);
    const MapRect shown = camera.shown();
    const QRectF frame(whole.toScreen({shown.left, shown.top}), whole.toScreen({shown.right, shown.bottom}));
    painter.setPen(QPen(tokens.accent, 1.5));
    painter.drawRect(frame.translated(rect.topLeft()).intersected(rect.adjusted(1, 1, -1, -1)));
}

void MapView::Impl::drawShape(QPainter& painter, const Tokens& tokens) const
{
    if (!isDown || !hasMoved || drag == Tool::Move)
        return;
    QColor fill = tokens.accent;
    fill.setAlphaF(.12F);
    painter.setPen(QPen(tokens.accent, 1.5));
    painter.setBrush(fill);
    if (drag == Tool::Rectangle)
        painter.drawRect(QRectF(pressed, last).normalized());
    else
        painter.drawPolygon(shape.data(), static_cast<int>(shape.size()));
}

void MapView::Impl::finishShape(Qt::KeyboardModifiers modifiers)
{
    std::vector<std::uint32_t> drawn;
    if (drag == Tool::Rectangle) {
        const QRectF rect = QRectF(pressed, last).normalized();
        const MapPoint from = camera.toMap(rect.topLeft()), to = camera.toMap(rect.bottomRight());
        drawn = grid().inside(MapRect{from.x, from.y, to.x, to.y});
    } else {
        std::vector<MapPoint> polygon;
        std::ranges::transform(shape, std::back_inserter(polygon), [this](QPointF at) { return camera.toMap(at); });
        drawn = grid().inside(polygon);
    }
    select(changed(selection, std::move(drawn), changeOf(modifiers)), true);
}

MapView::MapView(QWidget* parent) : QWidget(parent), m_impl(std::make_unique<Impl>(*this))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(320, 240);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Map"));
}

MapView::~MapView() = default;

void MapView::setPoints(std::shared_ptr<const PointGrid> grid, PointLooks looks,
                        std::function<QString(std::uint32_t id)> titleOf, bool samePoints)
{
    looks.marks.clear();
    const bool same = samePoints && grid->size() == pointCount();
    const bool sawAll = m_impl->empty() || m_impl->camera == MapCamera::around(m_impl->grid().bounds(), size());
    const auto selected = same ? std::exchange(m_impl->selection, {}) : std::vector<std::uint32_t>{};
    m_impl->raster = std::make_unique<MapRaster>(std::move(grid), std::move(looks));
    m_impl->overlay.titleOf = std::move(titleOf);
    m_impl->overlay.setLabels({});
    m_impl->overlay.pin.reset();
    m_impl->overlay.path.clear();
    m_impl->selection.clear();
    m_impl->minimap = {};
    if (!same) {
        m_impl->overlay.links.clear();
        m_impl->overlay.hovered.reset();
        m_impl->overlay.current.reset();
    }
    m_impl->select(selected, false);
    if (!same || sawAll)
        showAll();
    m_impl->redraw();
}

void MapView::setLooks(PointLooks looks)
{
    if (!m_impl->raster)
        return;
    looks.marks = m_impl->raster->looks().marks;
    m_impl->raster->setLooks(std::move(looks));
    m_impl->minimap = {};
    m_impl->redraw();
}

void MapView::setLabels(std::vector<MapLabel> labels)
{
    m_impl->overlay.setLabels(std::move(labels));
    update();
}

void MapView::setLinks(std::vector<MapLink> links)
{
    m_impl->overlay.links = std::move(links);
    update();
}

void MapView::setPin(std::optional<MapPin> pin)
{
    m_impl->overlay.pin = std::move(pin);
    update();
}

void MapView::setPath(std::vector<std::uint32_t> path)
{
    m_impl->overlay.path = std::move(path);
    update();
}

const std::vector<std::uint32_t>& MapView::path() const { return m_impl->overlay.path; }

const std::optional<MapPin>& MapView::pin() const { return m_impl->overlay.pin; }

void MapView::setTool(Tool tool)
{
    m_impl->tool = tool;
    setCursor(tool == Tool::Move ? Qt::ArrowCursor : Qt::CrossCursor);
}

MapView::Tool MapView::tool() const { return m_impl->tool; }

void MapView::setCurrent(std::optional<std::uint32_t> id)
{
    m_impl->overlay.current = id && *id < pointCount() ? id : std::nullopt;
    update();
}

std::optional<std::uint32_t> MapView::current() const { return m_impl->overlay.current; }

void MapView::setSelection(std::vector<std::uint32_t> ids) { m_impl->select(std::move(ids), false); }

const std::vector<std::uint32_t>& MapView::selection() const { return m_impl->selection; }

void MapView::setHovered(std::optional<std::uint32_t> id)
{
    m_impl->hover(id && *id < pointCount() ? id : std::nullopt, false);
}

std::optional<std::uint32_t> MapView::hovered() const { return m_impl->overlay.hovered; }

MapCamera MapView::camera() const { return m_impl->camera; }

void MapView::setCamera(const MapCamera& camera) { m_impl->look(camera); }

void MapView::showAll()
{
    if (m_impl->raster)
        m_impl->look(MapCamera::around(m_impl->grid().bounds(), size()));
}

void MapView::flyTo(std::uint32_t id)
{
    if (id >= pointCount())
        return;
    const MapPoint at = m_impl->grid().point(id);
    MapCamera to = m_impl->camera;
    to.x = static_cast<double>(at.x);
    to.y = static_cast<double>(at.y);
    to.scale = std::max(to.scale, flightScale * MapCamera::around(m_impl->grid().bounds(), size()).scale);
    m_impl->fly(to);
}

MapPoint MapView::point(std::uint32_t id) const { return m_impl->grid().point(id); }

std::size_t MapView::pointCount() const { return m_impl->raster ? m_impl->grid().size() : 0; }

void MapView::drawTo(QPainter& painter, double pixelRatio)
{
    if (m_impl->empty())
        return;
    QImage points((QSizeF(size()) * pixelRatio).toSize(), QImage::Format_RGB32);
    m_impl->raster->paint(points, m_impl->camera, pixelRatio);
    points.setDevicePixelRatio(pixelRatio);
    painter.drawImage(QPointF(0, 0), points);
    (void)m_impl->overlay.draw(painter, m_impl->ground({}));
}

const std::vector<PlacedLabel>& MapView::placedLabels() const { return m_impl->overlay.placed(); }

void MapView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(this);
    if (m_impl->empty()) {
        painter.fillRect(rect(), tokens.surface);
        return;
    }
    m_impl->drawPicture();
    painter.drawImage(QPointF(0, 0), m_impl->picture);
    if (!m_impl->overlay.draw(painter, m_impl->ground(newLabelsOfFrame)))
        QTimer::singleShot(0, this, qOverload<>(&QWidget::update));
    m_impl->drawShape(painter, tokens);
    m_impl->drawMinimap(painter);
}

void MapView::resizeEvent(QResizeEvent* event)
{
    MapCamera camera = m_impl->camera;
    camera.size = event->size();
    const bool sawAll = m_impl->raster && event->oldSize().isValid() &&
                        m_impl->camera == MapCamera::around(m_impl->grid().bounds(), event->oldSize());
    m_impl->look(sawAll || !event->oldSize().isValid() || !m_impl->raster
                     ? (m_impl->raster ? MapCamera::around(m_impl->grid().bounds(), size()) : camera)
                     : camera);
}

void MapView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        m_impl->minimap = {};
        m_impl->overlay.forgetPictures();
        m_impl->redraw();
    }
    QWidget::changeEvent(event);
}

void MapView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || m_impl->empty())
        return;
    m_impl->flight.stop();
    m_impl->pressed = m_impl->last = event->position();
    m_impl->isDown = true;
    m_impl->hasMoved = false;
    m_impl->drag = event->modifiers() & Qt::ShiftModifier ? Tool::Rectangle : m_impl->tool;
    m_impl->shape = {event->position()};
}

void MapView::mouseMoveEvent(QMouseEvent* event)
{
    if (m_impl->empty())
        return;
    const QPointF at = event->position();
    if (!m_impl->isDown) {
        const double radius = pickRadius / m_impl->camera.scale;
        m_impl->hover(m_impl->grid().nearest(m_impl->camera.toMap(at), static_cast<float>(radius)), true);
        return;
    }
    constexpr double still = 3; // a hand is never quite
    m_impl->hasMoved = m_impl->hasMoved || QLineF(at, m_impl->pressed).length() > still;
    if (!m_impl->hasMoved)
        return;
    if (m_impl->drag == Tool::Move)
        m_impl->look(m_impl->camera.moved(at - m_impl->last));
    else
        m_impl->shape.push_back(at);
    m_impl->last = at;
    update();
}

void MapView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_impl->isDown)
        return;
    m_impl->isDown = false;
    if (m_impl->hasMoved) {
        if (m_impl->drag != Tool::Move)
            m_impl->finishShape(event->modifiers());
        update();
        return;
    }
    const double radius = pickRadius / m_impl->camera.scale;
    const auto id = m_impl->grid().nearest(m_impl->camera.toMap(event->position()), static_cast<float>(radius));
    if (id && event->modifiers() & Qt::ControlModifier)
        m_impl->select(changed(m_impl->selection, {*id},
                               std::ranges::binary_search(m_impl->selection, *id) ? Change::Remove : Change::Add),
                       true);
    else if (id) {
        setCurrent(id);
        emit clicked(*id);
    } else
        m_impl->select({}, true);
}

void MapView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (!m_impl->empty())
        m_impl->fly(m_impl->camera.zoomed(zoomStep * zoomStep, event->position()));
}

void MapView::wheelEvent(QWheelEvent* event)
{
    if (m_impl->empty())
        return;
    m_impl->flight.stop();
    constexpr double notch = 120;
    m_impl->look(m_impl->camera.zoomed(std::pow(zoomStep, event->angleDelta().y() / notch), event->position()));
    event->accept();
}

void MapView::leaveEvent(QEvent* event)
{
    m_impl->hover({}, true);
    QWidget::leaveEvent(event);
}

void MapView::keyPressEvent(QKeyEvent* event)
{
    if (m_impl->empty())
        return QWidget::keyPressEvent(event);
    const QPointF middle(width() / 2.0, height() / 2.0);
    const double step = moveStep * std::min(width(), height());
    switch (event->key()) {
    case Qt::Key_Left: return m_impl->look(m_impl->camera.moved({step, 0}));
    case Qt::Key_Right: return m_impl->look(m_impl->camera.moved({-step, 0}));
    case Qt::Key_Up: return m_impl->look(m_impl->camera.moved({0, step}));
    case Qt::Key_Down: return m_impl->look(m_impl->camera.moved({0, -step}));
    case Qt::Key_Plus:
    case Qt::Key_Equal: return m_impl->fly(m_impl->camera.zoomed(zoomStep, middle));
    case Qt::Key_Minus: return m_impl->fly(m_impl->camera.zoomed(1 / zoomStep, middle));
    case Qt::Key_Home: return m_impl->fly(MapCamera::around(m_impl->grid().bounds(), size()));
    case Qt::Key_Escape: return m_impl->select({}, true);
    default: QWidget::keyPressEvent(event);
    }
}

} // namespace orrery::ui
