// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import.h"
#include "tests/testing/archives.h"

#include <QtTest>

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

// Tables of texts take the optimizer minutes and gain nothing.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O0")
#endif

using namespace orrery;
using orrery::testing::gzipOf, orrery::testing::withField, orrery::testing::zipOf;
namespace fs = std::filesystem;
using namespace std::string_literals;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

/// Files, what is asked, and exactly what is said about them.
struct Malformed {
    const char* name;
    Files files;
    std::string expected;
    std::string path; ///< in the folder; "" for the folder itself
    BadRows policy = BadRows::Skip;
    std::size_t limit = 1'000;
};

const std::string head = "userId,movieId,rating,timestamp\n";
const std::string good = "1,10,4.0,100\n";
const std::string noTitles = "note: 1 film has no title\nnote: 1 film has no year\nnote: 1 film has no genre\n";

/// The whole outcome as text: an error, or files, kinds, refused lines and notes.
std::string outcome(const Result<Imported>& imported)
{
    if (!imported)
        return fmt::format("{}: {}\n", nameOf(imported.error().code), imported.error().text());
    const ImportReport& report = imported->report;
    std::string out;
    for (const auto& file : report.files)
        out += fmt::format("{}: {} = {} + {}\n", file.file, file.read, file.accepted, file.rejected);
    for (const auto& [kind, count] : report.rejectedByKind)
        out += fmt::format("{} x {}\n", count, kind);
    for (const auto& row : report.rejected)
        out += fmt::format("{}:{} [{}] {}: {}\n", row.file, row.line, row.raw, row.kind, row.reason);
    for (const auto& note : report.notes)
        out += "note: " + note + '\n';
    return out;
}

/// The outcome of a ratings.csv with one good line and one that is refused.
std::string oneRefused(const std::string& line, int at, const std::string& kind, const std::string& reason)
{
    return fmt::format("ratings.csv: 2 = 1 + 1\n1 x {}\nratings.csv:{} [{}] {}: {}\n{}", kind, at, line, kind, reason,
                       noTitles);
}

Malformed badLine(const char* name, const std::string& line, const std::string& kind, const std::string& reason)
{
    return {name, {{"ratings.csv", head + good + line + "\n"}}, oneRefused(line, 3, kind, reason), ""};
}

std::vector<Malformed> badLines()
{
    return {
        badLine("too few fields", "1,2,3", "too few fields", "3 fields where 4 are needed"),
        badLine("one field", "hello", "too few fields", "1 field where 4 are needed"),
        badLine("too many fields", "1,2,3,4,5", "too many fields", "5 fields where 4 are needed"),
        badLine("a comma at the end", "1,2,3,4,", "too many fields", "5 fields where 4 are needed"),
        badLine("rating in words", "1,2,five,4", "not a number", "rating 'five' is not a number"),
        badLine("two points", "1,2,3.5.1,4", "not a number", "rating '3.5.1' is not a number"),
        badLine("text behind the number", "1,2,3stars,4", "not a number", "rating '3stars' is not a number"),
        badLine("hexadecimal", "1,2,0x3,4", "not a number", "rating '0x3' is not a number"),
        badLine("a decimal comma", "1,2,\"3,5\",4", "not a number",
                "rating '3,5' has a comma: write it with a decimal point and nothing between thousands"),
        badLine("NaN", "1,2,NaN,4", "not a finite number", "rating 'NaN' is not a finite number"),
        badLine("infinity", "1,2,-inf,4", "not a finite number", "rating '-inf' is not a finite number"),
        badLine("a huge rating", "1,2,1e999,4", "number out of range", "rating '1e999' is out of range"),
        badLine("over the scale", "1,2,5.5,4", "rating out of scale", "rating 5.5 is not from 0.5 to 5"),
        badLine("under the scale", "1,2,0,4", "rating out of scale", "rating 0 is not from 0.5 to 5"),
        badLine("a negative rating", "1,2,-1,4", "rating out of scale", "rating -1 is not from 0.5 to 5"),
        badLine("no rating", "1,2,,4", "no value", "the rating is empty"),
        badLine("no person", ",2,3,4", "no person id", "the person has no id"),
        badLine("a blank person", "  ,2,3,4", "no person id", "the person has no id"),
        badLine("no item", "1,,3,4", "no item id", "the item has no id"),
        badLine("a quoted empty item", "1,\"\",3,4", "no item id", "the item has no id"),
        badLine("no time", "1,2,3,", "no time", "the time is empty"),
        badLine("no time at all", "1,2,3,soon", "not a time", "'soon' is not a time"),
        badLine("a month too many", "1,2,3,2020-13-01", "not a time", "'2020-13-01' is not a time"),
        badLine("the 30th of February", "1,2,3,2020-02-30", "not a time", "'2020-02-30' is not a time"),
        badLine("hour 25", "1,2,3,2020-02-03 25:00", "not a time", "'2020-02-03 25:00' is not a time"),
        badLine("a time beyond 64 bits", "1,2,3,99999999999999999999", "number out of range",
                "time '99999999999999999999' is out of range"),
        badLine("an open quote", "\"1,2,3,4", "quote not closed", "a quote is opened and not closed"),
        badLine("text behind a quote", "\"1\"x,2,3,4", "text after a closing quote",
                "there is text between a closing quote and the next separator"),
        badLine("only commas", ",,,", "no person id", "the person has no id"),
        badLine("other separators", "1;2;3;4", "too few fields", "1 field where 4 are needed"),
    };
}

// More than the preview looks at.
std::string manyCommas()
{
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += fmt::format("a;b{};1,5\n", i);
    return text;
}

std::vector<Malformed> wholeFiles()
{
    const std::string many(300, 'x');
    const std::string giant(3 * 1024 * 1024, 'y');
    return {
        {"a zero byte",
         {{"ratings.csv", head + good + "1,2\0,3,4\n"s}},
         oneRefused("1,2\xEF\xBF\xBD,3,4", 3, "zero byte", "the line holds a zero byte")},
        {"a long line is shown in part",
         {{"ratings.csv", head + good + many + "\n"}},
         oneRefused(std::string(200, 'x'), 3, "too few fields", "1 field where 4 are needed")},
        {"a line over 1 MiB",
         {{"ratings.csv", head + giant + "\n" + good}},
         oneRefused(std::string(200, 'y'), 2, "line too long", "the line is longer than 1 MiB")},
        {"a last line over 1 MiB",
         {{"ratings.csv", head + good + giant}},
         oneRefused(std::string(200, 'y'), 3, "line too long", "the line is longer than 1 MiB")},
        {"bytes that are no UTF-8 in a refused line",
         {{"ratings.csv", head + good + "\xFF\xFE,2\n"}},
         oneRefused("\xEF\xBF\xBD\xEF\xBF\xBD,2", 3, "too few fields", "2 fields where 4 are needed")},
        {"an id that is no UTF-8",
         {{"ratings.csv", head + "Ren\xE9,10,4.0,100\n"}},
         "ratings.csv: 1 = 1 + 0\n" + noTitles + "note: 1 line is not UTF-8 and read as Latin-1\n"},
        {"quoted newlines count as lines",
         {{"ratings.csv", head + "\"a\nb\",10,4,100\n1,2\n"}},
         oneRefused("1,2", 4, "too few fields", "2 fields where 4 are needed")},
        {"empty lines do not count",
         {{"ratings.csv", head + "\n\r\n" + good + "\n\n1,2\n"}},
         oneRefused("1,2", 7, "too few fields", "2 fields where 4 are needed")},
        {"an open quote costs one line",
         {{"ratings.csv", head + "\"1,10,4.0,100\n" + good}},
         oneRefused("\"1,10,4.0,100", 2, "quote not closed", "a quote is opened and not closed")},
        {"an empty file",
         {{"ratings.csv", ""}},
         "bad-file: 'ratings.csv' is empty. Choose a file with ratings or events\n",
         "ratings.csv"},
        {"only a byte order mark",
         {{"ratings.csv", "\xEF\xBB\xBF"}},
         "bad-file: 'ratings.csv' is empty. Choose a file with ratings or events\n",
         "ratings.csv"},
        {"only a header",
         {{"ratings.csv", head}},
         "bad-file: 'ratings.csv' holds no ratings. Choose the file with the ratings or events\n"},
        {"not one good line",
         {{"ratings.csv", head + "1,2,x,4\n1,2,y,4\n"}},
         "bad-file: None of the 2 lines of 'ratings.csv' can be used. Line 2: rating 'x' is not a number. Check the "
         "separator and the roles of the columns\n"},
        {"UTF-16 that ends in the middle of a character",
         {{"ratings.csv", "\xFF\xFEu\0s"s}},
         "bad-file: ratings.csv: The UTF-16 text is damaged at byte 4. Save it as UTF-8\n",
         "ratings.csv"},
        {"UTF-16 with half a pair",
         {{"ratings.csv", "\xFF\xFEu\0\0\xD8u\0"s}},
         "bad-file: ratings.csv: The UTF-16 text is damaged at byte 6. Save it as UTF-8\n",
         "ratings.csv"},
        {"UTF-16 without a mark",
         {{"ratings.csv", "u\0s\0e\0r\0,\0i\0"s}},
         "bad-file: 'ratings.csv' seems to be text in UTF-16 without a byte order mark. Save it as UTF-8\n",
         "ratings.csv"},
        {"UTF-32",
         {{"ratings.csv", "\xFF\xFE\0\0u\0\0\0"s}},
         "bad-file: ratings.csv: The text is in UTF-32. Save it as UTF-8\n",
         "ratings.csv"},
        {"carriage returns among newlines",
         {{"ratings.csv", head + good + "1,2,3,4\r5,6,3,4\n"}},
         oneRefused("1,2,3,4\r5,6,3,4", 3, "too many fields",
                    "7 fields where 4 are needed, and a carriage return inside: save the file with one kind of line "
                    "ends")},
        {"a comma that may part thousands",
         {{"e.csv", "user;item;amount\na;b;1,234\na;c;5\n"}},
         "e.csv: 2 = 1 + 1\n1 x not a number\ne.csv:2 [a;b;1,234] not a number: amount '1,234' has a comma: write it "
         "with a decimal point and nothing between thousands\nnote: There are no times: splits by time are not "
         "possible\n",
         "e.csv"},
        {"points and commas before the decimals",
         {{"e.csv", "user;item;score\na;b;1,5\na;c;2.5\n"}},
         "e.csv: 2 = 1 + 1\n1 x not a number\ne.csv:2 [a;b;1,5] not a number: score '1,5' has a comma: write it with a "
         "decimal point and nothing between thousands\nnote: There are no times: splits by time are not possible\n",
         "e.csv"},
        {"a point among decimal commas",
         {{"e.csv", "user;item;score\n" + manyCommas() + "a;c;2.5\n"}},
         "e.csv: 301 = 300 + 1\n1 x not a number\ne.csv:302 [a;c;2.5] not a number: score '2.5' has a decimal point "
         "where others have a comma\nnote: The numbers in 'score' are read with decimal commas\nnote: There are no "
         "times: splits by time are not possible\n",
         "e.csv"},
        {"a picture",
         {{"ratings.csv", "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s}},
         "bad-file: 'ratings.csv' is not a text file. Choose a table, a MovieLens folder or its .zip\n",
         "ratings.csv"},
        {"two columns of one name",
         {{"ratings.csv", "userId,movieId,rating,rating\n1,2,3,3\n"}},
         "bad-file: ratings.csv: There are two columns 'rating'. Rename one of them\n"},
        {"nothing says who",
         {{"shop.csv", "alpha,beta\nx,y\nx,z\n"}},
         "bad-file: 'shop.csv' does not say which column is the person and which the item. Choose the roles of its "
         "columns\n",
         "shop.csv"},
        {"no such file",
         {},
         "not-found: There is no file or folder 'nowhere.csv'. Check the name and the folder\n",
         "nowhere.csv"},
        {"an empty folder",
         {},
         "bad-file: 'data' holds no ratings that are known. It needs u.data, ratings.dat or ratings.csv, or one single "
         "table\n"},
        {"a folder without ratings",
         {{"movies.csv", "movieId,title,genres\n1,A,B\n"}, {"links.csv", "movieId\n1\n"}},
         "bad-file: 'data' holds no ratings that are known. It needs u.data, ratings.dat or ratings.csv, or one single "
         "table\n"},
        {"a folder in place of the ratings",
         {{"ratings.csv/x.txt", "x"}},
         "bad-file: 'data' holds no ratings that are known. It needs u.data, ratings.dat or ratings.csv, or one single "
         "table\n"},
        {"no zip archive",
         {{"data.zip", "PK\3\4 and then nothing"s}},
         "bad-file: 'data.zip' is no complete zip archive: Unrecognized archive format. Download it again\n",
         "data.zip"},
        {"no gzip file",
         {{"r.csv.gz", "\x1F\x8B\x08nonsense"s}},
         "bad-file: 'r.csv.gz' cannot be unpacked: it is no gzip file. Download it again\n",
         "r.csv.gz"},
        {"stop at the first",
         {{"ratings.csv", head + good + "1,2,x,4\n1,2,y,4\n"}},
         "bad-row: ratings.csv: Line 3: rating 'x' is not a number. Correct the file, or skip such lines\n",
         "",
         BadRows::Stop},
        {"stop after two",
         {{"ratings.csv", head + good + "1,2,x,4\n1,2,y,4\n1,2,z,4\n"}},
         "bad-row: ratings.csv: More than 2 lines cannot be used. Line 3: rating 'x' is not a number. Correct the "
         "file, "
         "choose other columns, or skip such lines\n",
         "",
         BadRows::StopAfter,
         2},
        {"two are allowed",
         {{"ratings.csv", head + good + "1,2,x,4\n1,2,3\n"}},
         "ratings.csv: 3 = 1 + 2\n1 x too few fields\n1 x not a number\nratings.csv:3 [1,2,x,4] not a number: rating "
         "'x' "
         "is not a number\nratings.csv:4 [1,2,3] too few fields: 3 fields where 4 are needed\n" +
             noTitles,
         "",
         BadRows::StopAfter,
         2},
    };
}

std::vector<Malformed> sideFiles()
{
    const std::string rated = "ratings.csv: 1 = 1 + 0\n";
    const std::string ratings = head + good;
    return {
        {"films without a title column",
         {{"ratings.csv", ratings}, {"movies.csv", "movieId,name\n10,A\n"}},
         "bad-file: movies.csv: 'movies.csv' has no column 'title'. Its first line must name the columns\n"},
        {"an empty film file",
         {{"ratings.csv", ratings}, {"movies.csv", ""}},
         "bad-file: movies.csv: 'movies.csv' has no column 'movieId'. Its first line must name the columns\n"},
        {"two title columns",
         {{"ratings.csv", ratings}, {"movies.csv", "movieId,title,Title\n10,A,B\n"}},
         "bad-file: movies.csv: 'movies.csv' has two columns 'Title'. Rename one of them\n"},
        {"a film listed twice",
         {{"ratings.csv", ratings}, {"movies.csv", "movieId,title,genres\n10,A (1999),X\n10,B (2000),Y\n"}},
         "movies.csv: 2 = 1 + 1\n" + rated +
             "1 x listed twice\nmovies.csv:3 [10,B (2000),Y] listed twice: film '10' was "
             "listed before\n"},
        {"a title with a bare comma",
         {{"ratings.csv", ratings}, {"movies.csv", "movieId,title,genres\n10,A (1999),X\n11,B, The (2000),Y\n"}},
         "movies.csv: 2 = 1 + 1\n" + rated +
             "1 x too many fields\nmovies.csv:3 [11,B, The (2000),Y] too many fields: 4 "
             "fields where 3 are needed\n"},
        {"a film without an id",
         {{"ratings.csv", ratings}, {"movies.csv", "movieId,title,genres\n,A (1999),X\n10,B (1),Y\n"}},
         "movies.csv: 2 = 1 + 1\n" + rated +
             "1 x no item id\nmovies.csv:2 [,A (1999),X] no item id: the film has no id\n"
             "note: 1 film has no year\n"},
        {"a tag of no film",
         {{"ratings.csv", ratings}, {"tags.csv", "userId,movieId,tag,timestamp\n1,99,odd,5\n1,10,,5\n"}},
         rated +
             "tags.csv: 2 = 0 + 2\n1 x unknown item\n1 x empty text\ntags.csv:2 [1,99,odd,5] unknown item: film '99' "
             "is "
             "not known\ntags.csv:3 [1,10,,5] empty text: the tag is empty\n" +
             noTitles},
        {"a link of no film",
         {{"ratings.csv", ratings}, {"links.csv", "movieId,imdbId,tmdbId\n99,1,2\n10,3,4\n"}},
         rated + "links.csv: 2 = 1 + 1\n1 x unknown item\nlinks.csv:2 [99,1,2] unknown item: film '99' is not known\n" +
             noTitles},
        {"an age in words",
         {{"ratings.csv", ratings}, {"people.csv", "userId,age\n1,old\n"}},
         "people.csv: 1 = 0 + 1\n" + rated +
             "1 x not a number\npeople.csv:2 [1,old] not a number: age 'old' is not a "
             "number\n" +
             noTitles},
        {"an occupation that 1M does not know",
         {{"ratings.dat", "1::10::4::100\n"}, {"users.dat", "1::F::1::99::48067\n2::F::2::1::48067\n"}},
         "users.dat: 2 = 0 + 2\nratings.dat: 1 = 1 + 0\n2 x unknown code\nusers.dat:1 [1::F::1::99::48067] unknown "
         "code: "
         "'99' is not a code of an occupation\nusers.dat:2 [2::F::2::1::48067] unknown code: '2' is not a code of an "
         "age "
         "group\nnote: Ages are groups: 1 stands for under 18, 18 for 18 to 24, and so on\n" +
             noTitles},
        {"a single colon",
         {{"ratings.dat", "1::10::4::100\n1:10:4:100\n"}},
         "ratings.dat: 2 = 1 + 1\n1 x too few fields\nratings.dat:2 [1:10:4:100] too few fields: 1 field where 4 are "
         "needed\n" +
             noTitles},
        {"a film of 100K with a genre too few",
         {{"u.data", "1\t10\t4\t100\n"}, {"u.genre", "unknown|0\nDrama|1\n"}, {"u.item", "10|A (1999)|||x|0\n"}},
         "u.genre: 2 = 2 + 0\nu.item: 1 = 0 + 1\nu.data: 1 = 1 + 0\n1 x too few fields\nu.item:1 [10|A (1999)|||x|0] "
         "too "
         "few fields: 6 fields where 7 are needed\n" +
             noTitles},
        {"a genre flag that is none",
         {{"u.data", "1\t10\t4\t100\n"}, {"u.genre", "unknown|0\nDrama|1\n"}, {"u.item", "10|A (1999)|||x|0|2\n"}},
         "u.genre: 2 = 2 + 0\nu.item: 1 = 0 + 1\nu.data: 1 = 1 + 0\n1 x unknown code\nu.item:1 [10|A (1999)|||x|0|2] "
         "unknown code: the flag of genre 'Drama' is '2', neither 0 nor 1\n" +
             noTitles},
        {"a kind of event that is not known",
         {{"e.csv", "user,item,event\na,b,view\na,c,teleport\n"}},
         "e.csv: 2 = 1 + 1\n1 x unknown event kind\ne.csv:3 [a,c,teleport] unknown event kind: 'teleport' is not a "
         "kind of "
         "event\nnote: There are no times: splits by time are not possible\n",
         "e.csv"},
        {"a table keeps any finite value",
         {{"e.csv", "user,item,score\na,b,-1e30\na,c,inf\n"}},
         "e.csv: 2 = 1 + 1\n1 x not a finite number\ne.csv:3 [a,c,inf] not a finite number: score 'inf' is not a "
         "finite "
         "number\nnote: There are no times: splits by time are not possible\n",
         "e.csv"},
        {"negative and huge ids are texts",
         {{"ratings.csv", head + "-1,99999999999999999999,4,100\n007,7,4,100\n"}},
         "ratings.csv: 2 = 2 + 0\nnote: 2 films have no title\nnote: 2 films have no year\nnote: 2 films have no "
         "genre\n"},
    };
}

/// A data.zip and what is said about it.
Malformed archive(const char* name, std::string bytes, std::string expected)
{
    return {name, {{"data.zip", std::move(bytes)}}, std::move(expected), "data.zip"};
}

std::string flipped(std::string bytes, std::size_t at)
{
    bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
    return bytes;
}

std::string cut(std::string bytes, std::size_t size)
{
    bytes.resize(size);
    return bytes;
}

std::string repeated(const std::string& line, std::size_t bytes)
{
    std::string text;
    text.reserve(bytes + line.size());
    while (text.size() < bytes)
        text += line;
    return text;
}

// Offsets in the local header and in the directory (APPNOTE 4.3.7, 4.3.12).
constexpr std::size_t flagsHere = 6, flagsThere = 8, methodHere = 8, methodThere = 10, sizeHere = 22, sizeThere = 24;

// The first deflate block of the first member gets the type that does not exist (RFC 1951, 3.2.3).
std::string withUnknownBlock(std::string zip)
{
    const auto length = [&](std::size_t at) {
        return static_cast<unsigned char>(zip[at]) + 256U * static_cast<unsigned char>(zip[at + 1]);
    };
    zip[30 + length(26) + length(28)] = 7;
    return zip;
}

std::vector<Malformed> archives()
{
    const std::string ratings = head + good + "2,10,3.0,100\n";
    const std::string films = "movieId,title,genres\n10,Heat (1995),Crime\n";
    const std::string both = zipOf({{"ml/ratings.csv", ratings}, {"ml/movies.csv", films}}, true);
    const std::string packed = zipOf({{"ratings.csv", ratings}});
    const std::string fine = "movies.csv: 1 = 1 + 0\nratings.csv: 2 = 2 + 0\n";
    const std::string again = "Download it again\n";
    const std::string bomb = "bad-file: ratings.csv: The archive unpacks to more than 100 times its size. Unpack it "
                             "yourself if you trust it\n";
    return {
        archive("an archive of which half is missing", cut(both, both.size() / 2),
                "bad-file: 'data.zip' is no complete zip archive: Unrecognized archive format. " + again),
        archive("an archive without its last byte", cut(both, both.size() - 1),
                "bad-file: 'data.zip' is no complete zip archive: Unrecognized archive format. " + again),
        archive("an empty archive", zipOf({}), "bad-file: The archive 'data.zip' is empty. Choose another one\n"),
        archive("an archive with an empty file", zipOf({{"ratings.csv", ""}}),
                "bad-file: 'data.zip' holds no ratings that are known. It needs u.data, ratings.dat or ratings.csv, or "
                "one single table\n"),
        archive("a changed byte in a kept member", flipped(both, both.find("3.0,100")),
                "bad-file: ratings.csv: The archive is damaged: a checksum does not fit. " + again),
        archive("a changed byte in a packed member", withUnknownBlock(packed),
                "bad-file: ratings.csv: The archive is damaged: a part cannot be unpacked. " + again),
        archive("a changed byte in the films beside good ratings", flipped(both, both.find("Crime")),
                "bad-file: movies.csv: The archive is damaged: a checksum does not fit. " + again),
        archive(
            "a damaged member that nobody reads",
            [&] {
                auto zip =
                    zipOf({{"ml/ratings.csv", ratings}, {"ml/movies.csv", films}, {"ml/more.bin", "abcdefgh"}}, true);
                const std::size_t at = zip.find("abcdefgh");
                return flipped(std::move(zip), at);
            }(),
            fine),
        archive("bad lines in a good archive", zipOf({{"ml/ratings.csv", ratings + "1,2\n"}, {"ml/movies.csv", films}}),
                "movies.csv: 1 = 1 + 0\nratings.csv: 3 = 2 + 1\n1 x too few fields\nratings.csv:4 [1,2] too few "
                "fields: 2 fields where 4 are needed\n"),
        archive("a member that claims to be larger", withField(packed, sizeHere, sizeThere, 5'000, 4),
                "bad-file: ratings.csv: The archive is damaged: a size is not what the archive says. " + again),
        archive("a member that claims to be smaller", withField(packed, sizeHere, sizeThere, 5, 4),
                "bad-file: ratings.csv: The archive is damaged: a size is not what the archive says. " + again),
        archive("a kept member that claims to be larger", withField(both, sizeHere, sizeThere, 1U << 30U, 4),
                "bad-file: movies.csv: The archive is damaged: a size is not what the archive says. " + again),
        archive("an encrypted archive", withField(packed, flagsHere, flagsThere, 1, 2),
                "unsupported: 'ratings.csv' is encrypted. Unpack the archive yourself\n"),
        archive(
            "packed in a way nobody knows", withField(packed, methodHere, methodThere, 97, 2),
            "unsupported: ratings.csv: The archive is packed in a way that cannot be read here. Unpack it yourself\n"),
        archive("an archive in an archive", zipOf({{"inner.zip", packed}}),
                "bad-file: 'data.zip' holds no ratings but another archive, 'inner.zip'. Unpack it and choose what is "
                "inside\n"),
        archive("an archive beside a table",
                zipOf({{"a/ratings.csv", ratings}, {"a/movies.csv", films}, {"a/inner.zip", packed}}), fine),
        archive("paths that lead out", zipOf({{"../../ratings.csv", ratings}, {"../../movies.csv", films}}), fine),
        archive("a path from the root", zipOf({{"/etc/ratings.csv", ratings}, {"/etc/movies.csv", films}}), fine),
        archive("two members of one name",
                zipOf({{"ratings.csv", ratings}, {"movies.csv", films}, {"ratings.csv", head}}), fine),
        archive("a bomb", zipOf({{"ratings.csv", head + repeated(good, 70'000'000)}}), bomb),
        archive("a bomb of one line", zipOf({{"ratings.csv", head + std::string(70'000'000, '1')}}), bomb),
        {"a gzip bomb", {{"ratings.csv.gz", gzipOf(head + repeated(good, 70'000'000))}}, bomb, "ratings.csv.gz"},
    };
}

} // namespace

class ImportMalformedTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_temporary;
    std::vector<Malformed> m_cases;

    fs::path folder() const { return fs::path(m_temporary.path().toStdString()) / "data"; }

    fs::path fill(const Files& files)
    {
        fs::remove_all(folder());
        fs::create_directories(folder());
        for (const auto& [name, text] : files) {
            fs::create_directories((folder() / name).parent_path());
            std::ofstream(folder() / name, std::ios::binary) << text;
        }
        fs::current_path(folder());
        return folder();
    }

private slots:
    void cleanupTestCase() { fs::current_path("/"); }

    void reportsExactly_data()
    {
        for (auto part : {badLines(), wholeFiles(), sideFiles(), archives()})
            m_cases.insert(m_cases.end(), part.begin(), part.end());
        QVERIFY(m_cases.size() >= 40);
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_cases.size(); ++i)
            QTest::newRow(m_cases[i].name) << static_cast<int>(i);
    }

    void reportsExactly()
    {
        QFETCH(int, index);
        const Malformed& bad = m_cases[static_cast<std::size_t>(index)];
        fill(bad.files);
        ImportRequest request;
        request.path = bad.path.empty() ? folder() : fs::path(bad.path);
        request.badRows = bad.policy;
        request.badRowLimit = bad.limit;
        const auto imported = import(request, JobContext());
        QCOMPARE(QString::fromStdString(outcome(imported)), QString::fromStdString(bad.expected));
        if (imported) // whole: as many events as lines accepted
            for (const auto& file : imported->report.files)
                if (file.content == "ratings" || file.content == "events")
                    QCOMPARE(imported->dataset->log().size(), std::size_t{file.accepted});
    }

    void aPackedFileThatIsCutShortGivesNoDataset()
    {
        const fs::path real = fs::path(ORRERY_SHARED_DATA) / "uci-online-retail/online-retail.csv.gz";
        if (!fs::exists(real))
            QSKIP("the real data is not beside the project");
        std::ifstream in(real, std::ios::binary);
        std::string half(2'000'000, '\0');
        in.read(half.data(), static_cast<std::streamsize>(half.size()));
        fill({{"retail.csv.gz", half}});
        QCOMPARE(outcome(import({.path = "retail.csv.gz"}, JobContext())),
                 "bad-file: retail.csv: The archive is damaged: truncated gzip input. Download it again\n"s);
    }

    void aFileThatMayNotBeReadSaysSo()
    {
        if (::geteuid() == 0)
            QSKIP("the superuser may read everything");
        fill({{"ratings.csv", head + good}});
        fs::permissions("ratings.csv", fs::perms::none);
        QCOMPARE(outcome(import({.path = "ratings.csv"}, JobContext())),
                 "io: 'ratings.csv' cannot be opened: Permission denied\n"s);
    }

    void onlyTheFirstThousandRefusedLinesAreKeptButAllAreCounted()
    {
        std::string text = head + good;
        for (int i = 0; i < 2'500; ++i)
            text += "1,2,x,4\n";
        fill({{"ratings.csv", text}});
        const auto imported = import({.path = "ratings.csv"}, JobContext());
        QVERIFY(imported.has_value());
        QCOMPARE(imported->report.rejected.size(), std::size_t{1'000});
        QCOMPARE(imported->report.rejectedCount(), std::uint64_t{2'500});
        QCOMPARE(imported->report.rejectedByKind[0].second, std::uint64_t{2'500});
    }

    void lineNumbersGoOnAcrossBlocks()
    {
        // 3 MB of good lines, one bad line every 50,000.
        std::string text = head;
        for (int i = 2; i <= 200'001; ++i)
            text += i % 50'000 == 0 ? "1,2,x,4\n" : "1,2,3.5,1000000\n";
        fill({{"ratings.csv", text}});
        const auto imported = import({.path = "ratings.csv"}, JobContext());
        QVERIFY(imported.has_value());
        QCOMPARE(imported->report.rejected.size(), std::size_t{4});
        for (std::size_t i = 0; i < 4; ++i)
            QCOMPARE(imported->report.rejected[i].line, std::uint64_t{50'000 * (i + 1)});
    }

    void aTestFileWithOtherColumnsIsRefused()
    {
        fill({{"a.csv", "user,item,rating\nx,A,1\n"}, {"b.csv", "item,user,rating\nA,x,1\n"}});
        QCOMPARE(
            outcome(import({.path = "a.csv", .testPath = "b.csv"}, JobContext())),
            "bad-file: b.csv: The first line is not that of the training file. Both files need the same columns\n"s);
    }

    void rolesThatMakeNoSenseAreRefused()
    {
        fill({{"a.csv", "user,item,rating\nx,A,1\n"}});
        auto layout = previewTable("a.csv")->layout;
        layout.columns[1].role = ColumnRole::Person;
        QCOMPARE(
            outcome(import({.path = "a.csv", .layout = layout}, JobContext())),
            "invalid-argument: No column is the item. Choose the column that says who, and the one that says what\n"s);
        layout.columns[2].role = ColumnRole::Item;
        QCOMPARE(outcome(import({.path = "a.csv", .layout = layout}, JobContext())),
                 "invalid-argument: Two columns are the person. Choose one of them\n"s);
    }
};

QTEST_APPLESS_MAIN(ImportMalformedTest)
#include "import_malformed_test.moc"
