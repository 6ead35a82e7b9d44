// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/stop_words.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <unordered_set>

namespace orrery {
namespace {

constexpr auto english =
    "a about after again all also although always am an and any are aren't as at be because been "
    "before being both but by can can't cannot could couldn't did didn't do does doesn't doing "
    "don't down during each either ever every few for from further had hadn't has hasn't have "
    "haven't having he her here hers herself him himself his how however i i'm if in into is isn't "
    "it it's its itself just me might more most must my myself neither no nor not now of off on "
    "once one only onto or other our ours out over own s same she should shouldn't since so some "
    "such t than that that's the their theirs them themselves then there these they this those "
    "through to too under until up upon us very was wasn't we were weren't what when where which "
    "while who whom whose why will with within without won't would wouldn't yet you your yours "
    "yourself";
constexpr auto german =
    "aber als am an andere anderen auch auf aus bei beim bin bis bist da damit dann das dass dein "
    "deine dem den denn der deren des dessen die dies diese dieser dieses doch dort du durch ein "
    "eine einem einen einer eines er es etwas euch euer für gegen hab habe haben hat hatte hatten "
    "hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jeder jedes "
    "kann kein keine können man mehr mein meine mich mir mit muss nach nicht nichts noch nun nur "
    "ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind so soll sondern um und "
    "uns unser unter vom von vor war waren was weil wenn wer werden wie wieder will wir wird wo "
    "wurde wurden zu zum zur zwischen über";
constexpr auto french = "a ai ainsi alors après au aussi autre aux avait avant avec avoir c ce cela ces cet cette ceux "
                        "chez comme d dans de des deux donc dont du elle elles en encore entre est et était étaient "
                        "être eu eux fait il ils j je jusque l la le les leur leurs lui m ma mais me même mes moi mon "
                        "n ne ni nos notre nous on ont ou où par pas plus pour puis qu que quel quelle quelques qui s "
                        "sa sans se ses si son sont sous sur t ta te tes toi ton tous tout toute toutes très tu un une "
                        "vers vos votre vous y à été c'est d'un d'une n'est qu'il qu'elle qu'un aujourd'hui s'est";
constexpr auto spanish = "a al algo ante antes aunque cada como con contra cual cuando de del desde donde dos durante "
                         "e el él ella ellas ellos en entre era eran es esa ese eso esta está estaba están estas este "
                         "esto estos fue fueron ha había han hasta hay la las le les lo los me mi mis mientras muy más "
                         "ni no nos nosotros o otra otro otros para pero poco por porque que quien qué se sea ser si "
                         "sido sin sobre son su sus sí también tan te tiene todo todos tu tus un una uno unos y ya yo";
constexpr auto italian =
    "a abbia agli ai al alla alle allo anche ancora avere aveva c che chi ci ciò come con contro cui "
    "da dagli dai dal dalla dalle dallo degli dei del dell della delle dello di dopo dove e ed era "
    "erano essere fra gli ha hanno ho i il in io l la le lei lo loro lui ma me mi mia mio ne negli "
    "nei nel nella nelle nello noi non nostro o ogni per perché più poi prima quale quando quella "
    "quello questa queste questi questo se senza si sia solo sono sta su sua sue sugli sui sul "
    "sulla sulle suo suoi ti tra tu tutti tutto un una uno vi voi è c'è un'altra dell'altro";
constexpr auto portuguese = "a ainda ao aos as até cada com como contra da das de dela dele deles depois do dos e ela "
                            "elas ele eles em entre era eram essa esse esta estava este está eu foi foram ha há isso "
                            "isto já lhe mais mas me mesmo meu minha muito na nas nem no nos nossa nosso num numa não "
                            "nós o os ou para pela pelas pelo pelos por porque quando que quem se sem ser seu seus sob "
                            "sobre sua suas são só também te tem têm tinha toda todos tu um uma umas uns você vocês à "
                            "às é";
constexpr auto dutch = "aan al alles als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een "
                       "eens en er ge geen geweest haar had heb hebben heeft hem het hier hij hoe hun iemand iets ik "
                       "in is ja je kan kon kunnen maar me meer men met mij mijn moet na naar niet niets nog nu of om "
                       "omdat onder ons ook op over reeds te tegen toch toen tot u uit uw van veel voor want waren was "
                       "wat we werd wezen wie wij wil worden wordt zal ze zei zelf zich zij zijn zo zonder zou";
constexpr auto swedish =
    "alla allt att av blev bli blir de dem den denna deras dess det detta dig din dina du där då "
    "efter ej eller en er ett från för ha hade han hans har henne hennes hon honom hur här i icke "
    "inom inte jag ju kan kunde man med mellan men mig min mina mitt mot mycket ni nu när någon "
    "något några och om oss på samma sedan sig sin sina sitt själv skulle som så till under upp ut "
    "utan vad var vara varför varit vars vem vi vid vilken är än över";
constexpr auto russian =
    "а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да даже для "
    "до его ее если есть еще же за здесь и из или им их к как ко когда кто ли либо мне может мой "
    "мы на над нас не него нее нет ни них но ну о об он она они оно от очень по под после потом "
    "потому при с сам свою себя сейчас со так такой там тебя тем теперь то того тоже той только "
    "том тут ты у уже хотя чего чем что чтобы эта эти это этого этой этот я";

using Words = std::unordered_set<std::string>;

Words wordsOf(const char* list)
{
    std::istringstream words(list);
    Words all;
    for (std::string word; words >> word;)
        all.insert(word);
    return all;
}

constexpr std::size_t firstLanguage = static_cast<std::size_t>(Language::English);

const auto& lists()
{
    static const std::array<Words, 9> all{wordsOf(english), wordsOf(german),  wordsOf(french),
                                          wordsOf(spanish), wordsOf(italian), wordsOf(portuguese),
                                          wordsOf(dutch),   wordsOf(swedish), wordsOf(russian)};
    return all;
}

} // namespace

bool isStopWord(std::string_view word, Language language)
{
    const auto place = static_cast<std::size_t>(language);
    return place >= firstLanguage && lists().at(place - firstLanguage).contains(std::string(word));
}

Language detectLanguage(
    const std::function<void(const std::function<void(std::string_view word, std::uint64_t times)>& visit)>& each)
{
    std::array<std::uint64_t, std::tuple_size_v<std::decay_t<decltype(lists())>>> common{};
    std::uint64_t words = 0;
    each([&](std::string_view word, std::uint64_t times) {
        words += times;
        for (std::size_t l = 0; l < common.size(); ++l)
            common.at(l) += lists().at(l).contains(std::string(word)) ? times : 0;
    });
    const auto most = std::ranges::max_element(common);
    if (words == 0 || *most * 50 < words)
        return Language::None;
    return static_cast<Language>(firstLanguage + static_cast<std::size_t>(most - common.begin()));
}

} // namespace orrery
