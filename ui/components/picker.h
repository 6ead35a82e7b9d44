// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

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
        QString note;  ///< secondary, at the right
        int id = -1;
    };
    /// Asked for at most `most` matches of what was typed; runs at each key, so it must be quick.
    using Search = std::function<std::vector<Choice>(const QString& typed, int most)>;

    explicit Picker(const QString& placeholder, QWidget* parent = nullptr);
    ~Picker() override;
    void setSearch(Search search);

signals:
    void picked(int id);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// The usual search over names: every typed word must occur, matches at the start of a word first, then by `weight`
/// (popularity), case and accents ignored. Prepared once for a catalog, then microseconds a key for 10k names.
class NameIndex {
public:
    NameIndex(std::vector<QString> names, std::vector<float> weights);
    [[nodiscard]] std::vector<int> find(const QString& typed, int most) const;

private:
    std::vector<QString> m_names;
    std::vector<QString> m_folded;
    std::vector<int> m_byWeight;
};

} // namespace orrery::ui
