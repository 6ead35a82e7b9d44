// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/picker.h"

#include <QHash>

#include <algorithm>
#include <numeric>
#include <utility>

namespace orrery::ui {
namespace {

/// Letters that do not come apart into a letter and an accent.
QString spelledOut(QChar letter)
{
    static const QHash<char16_t, QString> table = {{u'ø', "o"},  {u'ł', "l"},  {u'đ', "d"},  {u'ð', "d"}, {u'ı', "i"},
                                                   {u'ß', "ss"}, {u'æ', "ae"}, {u'œ', "oe"}, {u'þ', "th"}};
    return table.value(letter.unicode());
}

bool isDropped(QChar sign) { return sign.isMark() || sign == '\'' || sign == u'’' || sign == '.' || sign == '*'; }

enum class Fit { None, Inside, WordStart };

Fit fitOf(const QString& folded, const QString& word)
{
    Fit best = Fit::None;
    for (qsizetype at = folded.indexOf(word); at > 0 && best != Fit::WordStart; at = folded.indexOf(word, at + 1)) {
        best = folded[at - 1] == ' ' ? Fit::WordStart : Fit::Inside;
    }
    return best;
}

Fit fitOf(const QString& folded, const QStringList& words)
{
    Fit worst = Fit::WordStart;
    for (const QString& word : words) {
        worst = std::min(worst, fitOf(folded, word));
        if (worst == Fit::None) {
            break;
        }
    }
    return worst;
}

} // namespace

QString foldedForSearch(const QString& text)
{
    const bool isPlain = std::all_of(text.begin(), text.end(), [](QChar sign) { return sign.unicode() < 128; });
    const QString apart = isPlain ? text.toLower() : text.normalized(QString::NormalizationForm_KD).toLower();
    QString out;
    out.reserve(apart.size());
    bool gap = false;
    for (const QChar sign : apart) {
        if (isDropped(sign)) {
            continue;
        }
        if (!sign.isLetterOrNumber() && !sign.isSurrogate()) {
            gap = !out.isEmpty();
            continue;
        }
        if (std::exchange(gap, false)) {
            out += ' ';
        }
        const QString spelled = sign.unicode() < 128 ? QString() : spelledOut(sign);
        spelled.isEmpty() ? out += sign : out += spelled;
    }
    return out;
}

NameIndex::NameIndex(const std::vector<QString>& names, const std::vector<float>& weights) : m_byWeight(names.size())
{
    m_folded.reserve(names.size());
    for (const QString& name : names) {
        m_folded.push_back(' ' + foldedForSearch(name));
    }
    std::iota(m_byWeight.begin(), m_byWeight.end(), 0);
    const auto weight = [&](int i) {
        const auto at = static_cast<std::size_t>(i);
        return at < weights.size() ? weights[at] : 0.F;
    };
    std::stable_sort(m_byWeight.begin(), m_byWeight.end(), [&](int a, int b) { return weight(a) > weight(b); });
}

NameIndex::Found NameIndex::findApart(const QString& typed, int most) const
{
    const QStringList words = foldedForSearch(typed).split(' ', Qt::SkipEmptyParts);
    const auto limit = static_cast<std::size_t>(std::max(0, most));
    Found found;
    for (const int i : m_byWeight) {
        if (found.atWordStart.size() == limit) {
            break;
        }
        const Fit fit = fitOf(m_folded[static_cast<std::size_t>(i)], words);
        if (fit == Fit::WordStart) {
            found.atWordStart.push_back(i);
        } else if (fit == Fit::Inside && found.inside.size() < limit) {
            found.inside.push_back(i);
        }
    }
    return found;
}

std::vector<int> NameIndex::find(const QString& typed, int most) const
{
    auto [all, inside] = findApart(typed, most);
    const auto room = static_cast<std::size_t>(std::max(0, most)) - all.size();
    inside.resize(std::min(inside.size(), room));
    all.insert(all.end(), inside.begin(), inside.end());
    return all;
}

} // namespace orrery::ui
