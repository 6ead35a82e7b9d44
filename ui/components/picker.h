// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

#include <QString>

#include <functional>
#include <memory>
#include <vector>

namespace orrery::ui {

/// A search field with a list of matches below: type, arrow down, Enter; or click. Used to pick films and people.
class Picker : public QLineEdit {
    Q_OBJECT
public:
    struct Choice {
        QString title;
        QString note; ///< secondary, at the right
        int id = -1;
        QString value = {}; ///< where the field completes: what takes the place of all that is typed
    };
    enum class Use {
        Pick,     ///< what is picked is told by picked(), and the field is empty again
        Complete, ///< a field of text: what is picked stands in it, as if it was typed, and the list goes on from there
    };
    /// Asked for at most `most` matches of what was typed; runs at each key, so it must be quick.
    using Search = std::function<std::vector<Choice>(const QString& typed, int most)>;

    explicit Picker(const QString& placeholder, QWidget* parent = nullptr, Use use = Use::Pick);
    ~Picker() override;
    void setSearch(Search search);
    [[nodiscard]] bool isOpen() const; ///< the list is shown

signals:
    void picked(int id);
    void closed(); ///< the list

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Text made comparable for searching: lower case, no accents, no apostrophes, other punctuation as spaces.
[[nodiscard]] QString foldedForSearch(const QString& text);

/// The usual search over names: every typed word must occur, matches at the start of a word first, then by `weight`
/// (popularity), case and accents ignored. Prepared once for a catalog, then microseconds a key for 10k names.
class NameIndex {
public:
    /// `weights` may be empty: then names come in their order.
    explicit NameIndex(const std::vector<QString>& names, const std::vector<float>& weights = {});
    /// Indices of names; all of them (the first `most` by weight) when nothing was typed.
    [[nodiscard]] std::vector<int> find(const QString& typed, int most) const;
    /// The same in two parts, to be joined with what other indexes find: at most `most` of each.
    struct Found {
        std::vector<int> atWordStart, inside;
    };
    [[nodiscard]] Found findApart(const QString& typed, int most) const;

private:
    std::vector<QString> m_folded; // one space before each word
    std::vector<int> m_byWeight;
};

} // namespace orrery::ui
