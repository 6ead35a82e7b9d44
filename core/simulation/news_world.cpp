// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulation/news_world.h"

#include "core/simulation/planted_people.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr Timestamp hour = 3600, day = 24 * hour, firstDay = 1'717'372'800; // 3 June 2024
constexpr double burstBoost = 8, livesUntilGone = 4;
constexpr Timestamp burstLength = 4 * hour;

// ---- What is written about ----

struct Topic {
    std::string_view section, name;
    std::array<std::string_view, 6> subjects, events;
    std::string_view says;
};

constexpr std::array topics = {
    Topic{"City",
          "transport",
          {"Tram line 4", "The night bus", "The harbour tunnel", "The new station", "The ferry to the islands",
           "The ring road"},
          {"reopens after months of work", "gets a date at last", "will run twice as often", "closes for the summer",
           "is late again, and nobody says why", "divides the council"},
          "Commuters should check the timetable."},
    Topic{"City",
          "housing",
          {"The old brewery", "Rent in the north", "The student quarter", "A block on Mill Street",
           "The waiting list for flats", "The riverside plan"},
          {"makes room for two hundred flats", "rises faster than wages", "gets a second chance",
           "brings neighbours to court", "is halved by a new rule", "goes to a vote in autumn"},
          "The council decides after the holidays."},
    Topic{"Politics",
          "elections",
          {"The coalition", "The opposition leader", "A recount", "The youngest candidate", "The debate on Sunday",
           "The postal vote"},
          {"changes the picture", "loses two points in a week", "keeps everybody waiting", "surprises the capital",
           "raises an old question", "starts earlier than planned"},
          "Our correspondents follow the count."},
    Topic{"Politics",
          "budget",
          {"The finance bill", "The tax on sugar", "Money for schools", "The hole in the budget", "The pension reform",
           "The rail subsidy"},
          {"passes by three votes", "is sent back to committee", "grows by a fifth", "meets resistance in the regions",
           "will cost more than was said", "wins support from both sides"},
          "What it means for a family of four is in the table."},
    Topic{"Economy",
          "companies",
          {"The shipyard", "A chip maker", "The family bakery chain", "The airline", "The online grocer",
           "The carmaker in the east"},
          {"hires a thousand people", "reports its best quarter", "closes three branches", "is sold to a rival",
           "calls back its newest product", "moves its headquarters"},
          "Shares moved before noon."},
    Topic{"Economy",
          "energy",
          {"The price of power", "The wind park off the coast", "Heat pumps", "The gas contract", "The solar farm",
           "The old power plant"},
          {"falls below last year's", "stands still for want of a cable", "sells out in a week",
           "is signed after two years", "pays for itself early", "will be a museum"},
          "Bills follow with a delay of some months."},
    Topic{
        "Sport",
        "football",
        {"The derby", "The new striker", "The home side", "The cup final", "The injured captain", "The promoted club"},
        {"ends without a goal", "scores twice on the first day", "throws away a lead", "is sold out in an hour",
         "is back in training", "stays at the top"},
        "The next match is on Saturday."},
    Topic{"Sport",
          "cycling",
          {"The mountain stage", "The time trial", "A rider of nineteen", "The team in yellow", "The spring classic",
           "The women's tour"},
          {"is decided on the last climb", "brings a change of lead", "wins by half a wheel", "is cut short by hail",
           "loses its best helper", "draws crowds as never before"},
          "The full standings are below."},
    Topic{"Science",
          "space",
          {"The moon lander", "A comet", "The new telescope", "The crew in orbit", "A grain from an asteroid",
           "The Mars probe"},
          {"sends its first picture", "can be seen with the naked eye", "looks further back than any before",
           "repairs the cooling by hand", "holds more water than expected", "falls silent"},
          "Researchers ask for patience."},
    Topic{"Science",
          "health",
          {"A vaccine against malaria", "Sleep", "The flu season", "A blood test", "Hospital waiting times",
           "The sugar study"},
          {"works better than hoped", "protects the heart", "begins early", "finds what scans miss",
           "fall for the first time in years", "divides the experts"},
          "Ask your doctor before you change anything."},
    Topic{"Culture",
          "film",
          {"A small film from the north", "The festival jury", "The long-awaited sequel", "A silent classic",
           "The open-air cinema", "The director's cut"},
          {"wins the first prize", "chooses an outsider", "is better than feared", "sounds new with an orchestra",
           "shows forty nights of film", "is an hour longer"},
          "It opens here on Thursday."},
    Topic{"Culture",
          "books",
          {"A debut novel", "The translated thriller", "The poet of the harbour", "A forgotten diary",
           "The prize for non-fiction", "The independent bookshop"},
          {"sells out within days", "is read aloud all night", "tells of a vanished street", "comes to light",
           "goes to a book about moss", "finds a way to stay"},
          "An excerpt is on the next page."},
};

const std::vector<std::string> pageWords = {"front page", "test page"};
enum Page : std::uint8_t { FrontPage, TestPage };

struct Article {
    std::size_t topic = 0;
    Timestamp published = 0;
    double life = 0; ///< in seconds
    double appeal = 0, quality = 0;
    std::string title, description;

    [[nodiscard]] Timestamp gone() const { return published + static_cast<Timestamp>(livesUntilGone * life); }
};

struct NewsReader {
    std::array<double, topics.size()> interests{};
    int age = 0;
    double phones = 0;
};

/// An article in a list; the smallest keys are in it.
struct Shown {
    std::uint32_t article = 0;
    double attention = 0, key = 0;
};

class Newsroom {
public:
    explicit Newsroom(const NewsPlan& plan) : m_plan(plan), m_bursts(burstsOf(plan))
    {
        Rng rng(seedFor(plan.seed, "news.articles"));
        for (std::size_t i = 0; i < plan.articles; ++i)
            m_articles.push_back(drawArticle(rng));
        std::ranges::stable_sort(m_articles, {}, &Article::published);
        for (std::size_t p = 0; p < plan.people; ++p)
            m_readers.push_back(drawReader(p));
        m_visits = visitsOf(plan.people, plan.visits, .9, seedFor(plan.seed, "news.visits"));
    }

    [[nodiscard]] DrawnLife live(std::size_t person) const;
    [[nodiscard]] EventWorld world(const std::vector<DrawnLife>& lives) const;

private:
    Article drawArticle(Rng& rng);
    [[nodiscard]] NewsReader drawReader(std::size_t index) const;
    [[nodiscard]] std::vector<Timestamp> drawTimes(std::size_t visits, Rng& rng) const;
    [[nodiscard]] double attention(const Article& article, Timestamp at) const;
    [[nodiscard]] std::vector<Shown> listAt(Timestamp at, Page page, const std::set<std::uint32_t>& clicked,
                                            Rng& rng) const;
    [[nodiscard]] AttributeTable itemTable() const;

    NewsPlan m_plan;
    std::vector<NewsBurst> m_bursts;
    std::vector<Article> m_articles; // by time
    std::vector<NewsReader> m_readers;
    std::vector<std::size_t> m_visits;
    std::set<std::string> m_titles;
};

Article Newsroom::drawArticle(Rng& rng)
{
    Article article;
    article.topic = rng.below(topics.size());
    const Topic& topic = topics[article.topic];
    const auto days = static_cast<std::uint64_t>(m_plan.days);
    // A newsroom writes from the morning on, for those who read in the evening.
    const double working = 5 + 16 * rng.uniform();
    article.published = firstDay + static_cast<Timestamp>(rng.below(days)) * day +
                        static_cast<Timestamp>(working * static_cast<double>(hour));
    const double longer = m_plan.longestLife / m_plan.shortestLife;
    article.life = static_cast<double>(hour) * m_plan.shortestLife * std::pow(longer, rng.uniform());
    article.appeal = .7 * rng.normal();
    article.quality = .4 * rng.normal();
    for (int attempt = 0; attempt < 100; ++attempt) {
        article.title = fmt::format("{} {}", topic.subjects[rng.below(topic.subjects.size())],
                                    topic.events[rng.below(topic.events.size())]);
        if (!m_titles.contains(article.title))
            break;
    }
    if (m_titles.contains(article.title))
        article.title += fmt::format(" ({})", m_titles.size());
    m_titles.insert(article.title);
    article.description = fmt::format("{}. {}", article.title, topic.says);
    return article;
}

NewsReader Newsroom::drawReader(std::size_t index) const
{
    Rng rng(seedFor(m_plan.seed + index, "news.person"));
    NewsReader reader;
    for (double& interest : reader.interests)
        interest = rng.uniform() < .25 ? .8 + .6 * rng.uniform() : -.3 + .3 * rng.normal();
    const Who who = drawWho(rng);
    reader.age = std::max(16, who.age);
    reader.phones = std::clamp(1.05 - reader.age / 90. + .15 * rng.normal(), .05, .9);
    return reader;
}

std::vector<Timestamp> Newsroom::drawTimes(std::size_t visits, Rng& rng) const
{
    std::vector<Timestamp> times;
    // Not in the first night: nothing has been published.
    const Timestamp begin = firstDay + 12 * hour, end = firstDay + m_plan.days * day;
    while (times.size() < visits) {
        const auto onDay = static_cast<Timestamp>(rng.below(static_cast<std::uint64_t>(m_plan.days)));
        const Timestamp at =
            firstDay + onDay * day + drawHour(rng) * hour + static_cast<Timestamp>(rng.below(hour - 600));
        if (at >= begin && at < end)
            times.push_back(at);
    }
    std::ranges::sort(times);
    return times;
}

double Newsroom::attention(const Article& article, Timestamp at) const
{
    if (at < article.published || at >= article.gone())
        return 0;
    const auto isOf = [&](const NewsBurst& burst) {
        return burst.topic == article.topic && at >= burst.from && at < burst.to;
    };
    const double burst = std::ranges::any_of(m_bursts, isOf) ? burstBoost : 1;
    return burst * std::exp(article.appeal - static_cast<double>(at - article.published) / article.life);
}

std::vector<Shown> Newsroom::listAt(Timestamp at, Page page, const std::set<std::uint32_t>& clicked, Rng& rng) const
{
    const auto longest = static_cast<Timestamp>(livesUntilGone * m_plan.longestLife * static_cast<double>(hour));
    auto first = std::ranges::lower_bound(m_articles, at - longest, {}, &Article::published);
    std::vector<Shown> list;
    for (; first != m_articles.end() && first->published <= at; ++first) {
        const auto article = static_cast<std::uint32_t>(first - m_articles.begin());
        // The first to ring of independent clocks with these rates: a draw in proportion, without replacement.
        if (const double rate = attention(*first, at); rate > 0 && !clicked.contains(article))
            list.push_back({article, rate, -std::log(1 - rng.uniform()) / rate});
    }
    const std::size_t length = std::min(m_plan.listLength, list.size());
    std::ranges::stable_sort(list, {}, &Shown::key);
    list.resize(length);
    if (page == TestPage)
        for (Shown& shown : list)
            shown.key = rng.uniform();
    else
        for (Shown& shown : list)
            shown.key = -shown.attention;
    std::ranges::stable_sort(list, {}, &Shown::key);
    return list;
}

DrawnLife Newsroom::live(std::size_t person) const
{
    Rng rng(seedFor(m_plan.seed + person, "news.life"));
    const NewsReader& reader = m_readers[person];
    std::set<std::uint32_t> clicked;
    DrawnLife life;
    std::uint32_t number = 0;
    for (Timestamp at : drawTimes(m_visits[person], rng)) {
        const Page page = rng.uniform() < m_plan.testPages ? TestPage : FrontPage;
        const std::uint8_t device = drawDevice(static_cast<int>(at % day / hour), reader.phones, rng);
        std::uint16_t position = 0;
        const auto list = listAt(at, page, clicked, rng);
        for (const Shown& shown : list) {
            const Article& article = m_articles[shown.article];
            ++position;
            EventKind kind = EventKind::Impression;
            if (rng.uniform() < std::pow(position, -m_plan.positionBias)) {
                const double chance = chanceOf(-1.2 + 1.6 * reader.interests[article.topic] + article.quality);
                kind = rng.uniform() < chance ? EventKind::Click : EventKind::Skip;
            }
            if (kind == EventKind::Click)
                clicked.insert(shown.article);
            life.push_back({shown.article, kind, at, number, position, noPrice, device, page});
            at += kind == EventKind::Click ? 20 + static_cast<Timestamp>(rng.below(160)) : 1;
        }
        number += list.empty() ? 0 : 1;
    }
    // Who reads long may open the next list before the last event of this one: events of a life go by time.
    std::ranges::stable_sort(life, {}, &DrawnEvent::at);
    return life;
}

AttributeTable Newsroom::itemTable() const
{
    TextColumn titles, descriptions;
    OneTag section, topic;
    NumberColumn published;
    for (const Article& article : m_articles) {
        titles.values.push_back(article.title);
        descriptions.values.push_back(article.description);
        section.add(topics[article.topic].section);
        topic.add(topics[article.topic].name);
        published.values.push_back(static_cast<double>(article.published));
    }
    AttributeTable table;
    table.add({"title", std::move(titles)});
    table.add({"description", std::move(descriptions)});
    table.add({"section", section.take()});
    table.add({"topic", topic.take()});
    table.add({"published", std::move(published)});
    return table;
}

EventWorld Newsroom::world(const std::vector<DrawnLife>& lives) const
{
    EventWorld world;
    for (const Topic& topic : topics)
        world.items.dimensions.emplace_back(topic.name);
    world.people.dimensions = world.items.dimensions;
    Vocabulary itemIds, personIds;
    for (const Article& article : m_articles) {
        itemIds.add(fmt::format("a{}", itemIds.size() + 1));
        std::array<float, topics.size()> row{};
        row[article.topic] = 1;
        world.items.values.insert(world.items.values.end(), row.begin(), row.end());
        world.released.push_back(article.published);
        world.appeal.push_back(article.appeal);
        world.quality.push_back(article.quality);
    }
    NumberColumn ages;
    for (const NewsReader& reader : m_readers) {
        personIds.add(fmt::format("r{}", personIds.size() + 1));
        ages.values.push_back(reader.age);
        for (const double interest : reader.interests)
            world.people.values.push_back(static_cast<float>(interest));
    }
    AttributeTable people;
    people.add({"age", std::move(ages)});
    DatasetParts parts;
    parts.name = "Sample news";
    parts.feedback = Feedback::Implicit;
    parts.ratingLow = parts.ratingHigh = 1;
    parts.log = std::make_shared<const EventLog>(logOf(lives, deviceWords, pageWords));
    parts.personIds = std::make_shared<const Vocabulary>(std::move(personIds));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(itemIds));
    parts.people = std::make_shared<const AttributeTable>(std::move(people));
    parts.items = std::make_shared<const AttributeTable>(itemTable());
    parts.from = {"generator", "Generated", fmt::format("made with seed {}", m_plan.seed), "events are synthetic"};
    world.dataset = std::make_shared<const Dataset>(std::move(parts));
    return world;
}

} // namespace

NewsPlan newsSamplePlan()
{
    NewsPlan plan;
    plan.seed = 1605; // the year of the first newspaper
    return plan;
}

std::vector<NewsBurst> burstsOf(const NewsPlan& plan)
{
    Rng rng(seedFor(plan.seed, "news.bursts"));
    std::vector<NewsBurst> bursts;
    for (std::size_t b = 0; b < plan.bursts; ++b) {
        NewsBurst burst{rng.below(topics.size()), 0, 0};
        // At an hour when people read.
        burst.from = firstDay + static_cast<Timestamp>(1 + rng.below(static_cast<std::uint64_t>(plan.days - 1))) * day +
                     static_cast<Timestamp>(16 + rng.below(4)) * hour;
        burst.to = burst.from + burstLength;
        bursts.push_back(burst);
    }
    std::ranges::stable_sort(bursts, {}, &NewsBurst::from);
    return bursts;
}

Result<EventWorld> generateNews(const NewsPlan& plan, const JobContext& job)
{
    const bool fine = plan.people > 0 && plan.articles > 0 && plan.days >= 2 && plan.listLength >= 1 &&
                      plan.listLength <= 100 && plan.positionBias >= 0 && plan.testPages >= 0 && plan.testPages <= 1 &&
                      plan.shortestLife > 0 && plan.longestLife >= plan.shortestLife;
    if (!fine)
        return error(Code::InvalidArgument, "Such a newsroom cannot be made",
                     "It needs people, articles, two days or more, lists of 1 to 100 places, and articles that live");
    const Newsroom room(plan);
    return drawLives(plan.people, job, [&](std::size_t person) { return room.live(person); })
        .map([&](const std::vector<DrawnLife>& lives) { return room.world(lives); });
}

} // namespace orrery
