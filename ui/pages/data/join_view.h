// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/join.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace orrery::ui {

class Card;
class JoinSideView;

/// Several tables that are to become one dataset: what each is taken for, how their keys meet, what each fix would
/// give, and what else can be put right.
class JoinView : public QWidget {
    Q_OBJECT
public:
    explicit JoinView(WorkspaceSession& session, QWidget* parent = nullptr);
    void show(const JoinLook& look);
    [[nodiscard]] std::filesystem::path pathOf(std::size_t table) const { return m_request.tables.at(table).path; }
    /// Other columns of a table, as a person chose them.
    void setLayoutOf(std::size_t table, const TableLayout& layout);

signals:
    void closed();
    void columnsAsked(std::size_t table, const orrery::TablePreview& preview, orrery::TableUse use);

private:
    void buildTop(QVBoxLayout* column);
    void buildOffers(QVBoxLayout* column);
    void buildButtons(QVBoxLayout* layout);
    void fillFiles();
    void setUse(std::size_t table, TableUse use);
    void askColumns(std::size_t table);
    void look(std::size_t table, const std::function<void(const TablePreview&)>& then);
    void letGo();
    void readAgain();
    void matchAgain();
    void refresh();
    void refreshOffers();
    void fillVariants();
    void fillNoProducts();
    void takeRecipe();
    void startImport();
    void saveRecipe();
    void sayReady();
    void setVerdict(const QString& text, const QString& tone);

    WorkspaceSession& m_session;
    JoinLook m_look;
    JoinRequest m_request;
    std::shared_ptr<const JoinSources> m_sources;
    JoinReport m_report;
    int m_generation = 0; ///< of reading: an older one that ends late is let go
    JobId m_reading = 0;  ///< the newest job of these
    bool m_filling = false;
    bool m_offerNetting = false; ///< returns, if there are any, are netted unless somebody says otherwise

    Card* m_recipeBar;
    QLabel* m_recipeText;
    QPushButton* m_recipeButton;
    QVBoxLayout* m_files;
    JoinSideView* m_items;
    JoinSideView* m_people;
    Card* m_offers;
    QComboBox* m_variants;
    QComboBox* m_returns;
    QLabel* m_returnsText;
    QLabel* m_baskets;
    QLabel* m_codesText;
    QVBoxLayout* m_codes;
    QLabel* m_verdict;
    QPushButton* m_import;
    QPushButton* m_save;
};

} // namespace orrery::ui
