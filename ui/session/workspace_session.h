// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/curves.h"
#include "core/data/join.h"
#include "core/evaluation/candidates.h"
#include "core/evaluation/evaluator.h"
#include "core/pipeline/funnel.h"
#include "core/pipeline/what_if.h"
#include "core/store/places.h"
#include "core/store/workspace.h"
#include "ui/components/message.h"
#include "ui/itemmodels/dataset_digest.h"
#include "ui/jobs/job_runner.h"

#include <QObject>
#include <QString>

#include <map>
#include <optional>
#include <vector>

namespace orrery {
struct ItemRecord;
struct PersonQuestion;
} // namespace orrery

namespace orrery::ui {

/// A stored model or imported list, ready to be asked. Its name and colour are the same on every page.
struct ModelEntry {
    ModelRow row;
    RecommenderPtr recommender;
    [[nodiscard]] QString name() const { return QString::fromStdString(row.name); }
};

/// What is asked for when a model is to be trained.
struct TrainingOrder {
    std::string algorithm;
    ParamSet params;
    std::string name; ///< empty: the algorithm's title, numbered when taken
    std::uint64_t seed = 1;
};

/// How a model was trained.
struct Recipe {
    const Algorithm* algorithm = nullptr;
    ParamSet params;
    std::shared_ptr<const Dataset> dataset; ///< of which what is before asOf was used
    Timestamp asOf = endOfTime;
    std::uint64_t seed = 1;
};

/// What the four sentences of "Get a first answer" say.
struct Answer {
    std::vector<QString> sentences;
    std::string protocolHash; ///< of the runs that it speaks of
};

/// Whom Explore looks at.
struct Person {
    std::optional<UserIndex> user;  ///< none: a guest
    std::vector<HistoryEdit> edits; ///< on top of the stored history
    Facts context = {};             ///< told circumstances: "Saturday", "phone"
    /// Only so many of the newest entries of the stored history are known; none: all.
    std::optional<std::size_t> newest = {};
    Facts who = {}; ///< told of a guest: {"gender", "F"}
    bool operator==(const Person&) const = default;
};

/// How models are judged.
struct EvaluationPlan {
    SplitPlan split; ///< all its folds are judged
    CandidatePlan candidates;
    Protocol protocol;
};

/// Several tables, as they look, and as an earlier join of this workspace read such files.
struct JoinLook {
    JoinRequest request;
    std::optional<JoinRequest> asLastTime; ///< where a recipe fits
    std::string lastName;                  ///< of the dataset, or file, that the recipe is of
};

struct Addition;
struct AppendedData;
struct LoadedDataset;
struct OpenedFunnels;
struct StoredAnswer;
struct TrainedModel;

/// What is open, selected and running: the one state that all pages share. Pages call its verbs and hear its signals;
/// they hold no state of their own that another page would need.
class WorkspaceSession : public QObject {
    Q_OBJECT
public:
    explicit WorkspaceSession(JobRunner& jobs, QObject* parent = nullptr);
    ~WorkspaceSession() override;

    [[nodiscard]] JobRunner& jobs() const { return m_jobs; }

    // The workspace file.
    void openUntitled(const std::filesystem::path& file); ///< creates it
    void openWorkspace(const std::filesystem::path& file);
    void saveAs(const std::filesystem::path& file);
    [[nodiscard]] bool isOpen() const { return m_workspace.has_value(); }
    [[nodiscard]] std::filesystem::path file() const;
    /// Small state that should be there next time.
    void remember(const std::string& key, const std::string& value);
    [[nodiscard]] std::optional<std::string> remembered(const std::string& key) const;

    // The dataset. All verbs that read or train start a job and return at once.
    void importData(const ImportRequest& request);
    /// Looks first: what is a known layout is imported; of a table, its columns are asked about (tableFound).
    void openData(const std::filesystem::path& path);
    /// Several files at once: one dataset is opened as above; tables are asked about (joinFound).
    void openFiles(const std::vector<std::filesystem::path>& paths);
    /// Makes a dataset of tables that were read.
    void importJoin(const JoinRequest& request, const std::shared_ptr<const JoinSources>& sources);
    /// Looks at a table again, with what the person says about it: tableFound.
    void lookAgain(const std::filesystem::path& path, const TableHints& hints);
    /// Adds what files hold to the dataset that is shown, all or nothing of it; people and items keep their places, and
    /// so do person, selection and models. Models that are shown (A, B, columns) are then brought up to date. Tables
    /// are joined as those of the dataset were, where they fit.
    void appendData(const std::vector<std::filesystem::path>& paths);
    /// The same with an item that was written down, which is then selected.
    void addItem(const ItemRecord& record);
    /// The same with the guest, as they are now, under an id that nobody has; they are then the person on screen.
    void addGuest(const std::string& id);
    /// Lets kinds of events count otherwise in the dataset that is shown; who and what is selected stays. Models stay
    /// too, and are of other data until they are refreshed or the former weights are back.
    void weighKinds(const KindWeights& weights);
    void openSample();                                                                        ///< the films
    void openSample(const Sample& sample);                                                    ///< of samples()
    [[nodiscard]] const std::shared_ptr<const Dataset>& dataset() const { return m_dataset; } ///< null when none
    [[nodiscard]] DatasetId datasetId() const { return m_datasetId; }
    /// All that the workspace holds, oldest first; the one that is shown is among them.
    [[nodiscard]] const std::vector<DatasetRow>& datasets() const { return m_datasets; }
    /// Shows another of them, with its models, runs and what was chosen there.
    void showDataset(DatasetId id);
    [[nodiscard]] const ImportReport& report() const { return m_report; }
    /// Of a dataset that came as two files: how many of the first events are the training file's.
    [[nodiscard]] std::optional<std::size_t> trainEvents() const { return m_trainEvents; }
    /// Null until it has been worked out.
    [[nodiscard]] const std::shared_ptr<const DatasetDigest>& digest() const { return m_digest; }

    /// What was worked out of the items beside the columns of the dataset, such as clusters; row r is item r. Kept in
    /// the workspace, whatever becomes of the model that it was made with.
    [[nodiscard]] const std::shared_ptr<const AttributeTable>& derived() const { return m_derived; }
    void addDerived(AttributeColumn column); ///< in place of one of that name; a job stores it
    void removeDerived(const std::string& name);
    /// The same of people, row r is person r: segments, which rules see as facts of them.
    [[nodiscard]] const std::shared_ptr<const AttributeTable>& derivedPeople() const { return m_derivedPeople; }
    void addDerivedPeople(AttributeColumn column);
    void removeDerivedPeople(const std::string& name);
    /// What is true of the items of a generated world; null of others.
    [[nodiscard]] const std::shared_ptr<const PlantedItems>& planted() const { return m_planted; }

    // Models and imported lists.
    [[nodiscard]] const std::vector<ModelEntry>& models() const { return m_models; }
    [[nodiscard]] const ModelEntry* model(ModelId id) const;
    [[nodiscard]] JobId train(const TrainingOrder& order); ///< on what is before asOf()
    /// What a stored model was trained from and how, to train it again; none for lists and for what this build lacks.
    [[nodiscard]] std::optional<Recipe> recipeOf(const ModelEntry& entry) const;
    void importLists(const std::filesystem::path& file);
    /// Models that have not seen all they may of the dataset, and can be trained on it (core/store/freshness.h).
    [[nodiscard]] std::vector<ModelId> behind() const;
    /// Trains them on what is there now, in their place, a job each; those that can go on from what they were.
    void refresh(const std::vector<ModelId>& ids);

    /// What is kept of everybody's lists, by model; it may be of other data or of another state of the model.
    [[nodiscard]] const std::map<ModelId, KeptLists>& keptLists() const { return m_keptLists; }
    static constexpr std::size_t keptLength = 50; ///< of the lists that are kept
    void makeLists(ModelId id);                   ///< of everybody, and keeps them in the workspace
    /// Writes the first n items of everybody's list as listFormat(format) does: of those kept where they are current
    /// and long enough, else of lists made for it.
    void exportLists(ModelId id, const std::filesystem::path& file, const std::string& format, std::size_t n);
    void renameModel(ModelId id, const QString& name);
    void removeModel(ModelId id);
    /// Training curves of the models above; those that learn in one step have none.
    [[nodiscard]] const std::map<ModelId, Curves>& curves() const { return m_curves; }
    struct Training {
        QString name;
        DatasetId dataset = 0;
        Curves curves;
    };
    /// What is being trained now, on this dataset or on another.
    [[nodiscard]] const std::map<JobId, Training>& trainings() const { return m_trainings; }

    // Funnels: recipes of sources, ranker and rules. They are among models(), and are A or B like them.
    /// Null until the first funnel of this dataset is asked for: needGround().
    [[nodiscard]] const std::shared_ptr<const FunnelGround>& ground() const { return m_ground; }
    void needGround(); ///< groundReady() follows, at once where it is there
    /// All models, as funnels may name them.
    [[nodiscard]] std::vector<FunnelPart> funnelParts() const;
    /// Stores a recipe under its name, or a free one like it, and shows it among the models: funnelSaved().
    void saveFunnel(const FunnelRecipe& recipe);
    /// Puts it in the place of one that is stored; what its ranker learned stays.
    void changeFunnel(ModelId id, const FunnelRecipe& recipe);
    /// The same, and learns its ranker and merge from what is before asOf(): funnelSaved() when they act.
    void trainRanker(ModelId id, const FunnelRecipe& recipe);

    // A | B, as-of and the selection.
    [[nodiscard]] const ModelEntry* a() const { return m_a ? model(*m_a) : nullptr; }
    [[nodiscard]] const ModelEntry* b() const { return m_b ? model(*m_b) : nullptr; }
    void setA(std::optional<ModelId> id);
    void setB(std::optional<ModelId> id);
    [[nodiscard]] const std::vector<ModelId>& extraColumns() const { return m_extra; } ///< beyond A and B
    void setExtraColumns(std::vector<ModelId> ids);
    [[nodiscard]] Timestamp asOf() const { return m_asOf; } ///< endOfTime: nothing is hidden
    void setAsOf(Timestamp at);
    [[nodiscard]] const Person& person() const { return m_person; }
    void selectPerson(UserIndex user);
    void selectGuest();
    void editHistory(const HistoryEdit& edit); ///< replaces an earlier edit of the same item
    void undoEdit(ItemIndex item);
    void resetHistory();
    void knowOnly(std::optional<std::size_t> newest); ///< of the stored history, as if this were somebody new
    void tellWho(const Fact& fact);                   ///< of a guest; an empty value takes it back
    void tellContext(const Fact& fact);               ///< an empty value takes it back
    /// The person's query: stored history before asOf() and the edits.
    [[nodiscard]] Query query() const;
    /// What Explore asks of the person on screen.
    [[nodiscard]] PersonQuestion question() const;
    [[nodiscard]] std::optional<ItemIndex> item() const { return m_item; }
    void selectItem(ItemIndex item, std::optional<ModelId> inListOf = {});
    void chooseItems(const std::vector<ItemIndex>& items);                       ///< on the map, which is shown
    [[nodiscard]] std::optional<ModelId> itemList() const { return m_itemList; } ///< in whose list it was selected

    // Evaluation. A model that has not been trained on the split's training part is trained on it first (a twin that is
    // not kept), so that nothing leaks.
    void evaluate(const std::vector<ModelId>& ids, const EvaluationPlan& plan);
    /// Without the values of single people, which are in the file: Workspace::run().
    [[nodiscard]] const std::vector<RunRow>& runs() const { return m_runs; }
    void removeRun(RunId id);
    void getFirstAnswer(double budgetSeconds);
    [[nodiscard]] const std::optional<Answer>& firstAnswer() const { return m_answer; }

    void raise(const Message& message) { emit messageRaised(message); }

signals:
    void workspaceChanged();
    void workspaceChoiceRequested(bool copy); ///< a page asks the window to open another, or to save a copy
    void datasetChanged();                    ///< models, runs and selection have changed with it
    void digestReady();
    void derivedChanged();
    void derivedPeopleChanged();
    void importFailed(const orrery::Error& failure);
    void tableFound(const std::filesystem::path& path, const orrery::TablePreview& preview);
    void joinFound(const orrery::ui::JoinLook& look);
    void modelsChanged();
    void modelTrained(orrery::ModelId id);
    void groundReady();
    void funnelSaved(orrery::ModelId id);
    void keptListsChanged();
    void curvesChanged(orrery::ui::JobId job);
    void comparisonChanged(); ///< A, B or the extra columns
    void asOfChanged();
    void personChanged(); ///< another person, or an edited history
    void itemSelected();
    void itemsChosen(const std::vector<orrery::ItemIndex>& items);
    void runsChanged();
    void firstAnswerReady();
    void messageRaised(const orrery::ui::Message& message);
    /// A page asks the window for the rules drawer; of A where that is named, else of B.
    void rulesRequested(std::optional<orrery::ModelId> of);
    void pageRequested(const QString& page); ///< "home", "data", "recipes", "explore", "judge"

public slots:
    void showPage(const QString& page) { emit pageRequested(page); }
    void showRules(std::optional<orrery::ModelId> of = {}) { emit rulesRequested(of); }

private:
    void lookAtData(const std::filesystem::path& path);
    void adopt(LoadedDataset loaded);
    void takeImported(Result<LoadedDataset> loaded, const std::filesystem::path& into);
    void closeDataset();
    void noteRecent(const std::filesystem::path& file);
    void append(Addition addition);
    void takeAppended(AppendedData appended);
    void takeWeighed(LoadedDataset weighed);
    void takeContent(LoadedDataset dataset);
    void startRefresh(const ModelEntry& entry);
    void takeRefreshed(TrainedModel trained);
    [[nodiscard]] std::vector<ModelId> shownModels() const;
    void addModel(ModelEntry entry);
    void reopenFunnels();
    void takeDerivedPeople(AttributeTable table);
    void takeFunnels(const OpenedFunnels& opened);
    void followNames(ModelId id, const std::vector<ModelEntry>& before);
    void storeFunnel(const QString& title, ModelRow row, const FunnelRecipe& recipe, std::optional<ModelId> place,
                     bool trains = false);
    void takeTrained(TrainedModel trained);
    void takeRuns(std::vector<RunRow> runs);
    void addMeasurement(JobId id, const QString& series, double step, double value);
    void restoreSelection();
    void restoreAnswer();
    void workOutDigest();
    /// What is remembered for the dataset shown; each has its own A, B, person and so on.
    void rememberHere(const std::string& key, const std::string& value);
    [[nodiscard]] std::optional<std::string> rememberedHere(const std::string& key) const;
    void takeAnswer(StoredAnswer answer);
    void keepDerived(const AttributeColumn& column);
    [[nodiscard]] AttributeTable derivedWithout(const std::string& name) const;
    [[nodiscard]] std::string freeName(const std::string& wanted) const;
    [[nodiscard]] int freeColour(std::size_t ahead = 0) const;
    [[nodiscard]] JobContext::Settings settings(std::uint64_t seed) const;
    void fail(const Error& failure);

    JobRunner& m_jobs;
    std::optional<Workspace> m_workspace;
    DatasetId m_datasetId = 0;
    std::shared_ptr<const Dataset> m_dataset;
    ImportReport m_report;
    std::optional<std::size_t> m_trainEvents;
    std::vector<DatasetRow> m_datasets;
    std::shared_ptr<const DatasetDigest> m_digest;
    std::shared_ptr<const AttributeTable> m_derived = std::make_shared<const AttributeTable>();
    std::shared_ptr<const AttributeTable> m_derivedPeople = std::make_shared<const AttributeTable>();
    std::shared_ptr<const PlantedItems> m_planted;
    std::vector<ModelEntry> m_models;
    std::shared_ptr<const FunnelGround> m_ground;
    std::vector<RunRow> m_runs;
    std::map<ModelId, Curves> m_curves;
    std::map<ModelId, KeptLists> m_keptLists;
    std::map<JobId, Training> m_trainings;
    std::optional<ModelId> m_a, m_b, m_itemList;
    std::vector<ModelId> m_extra;
    Timestamp m_asOf = endOfTime;
    Person m_person;
    std::optional<ItemIndex> m_item;
    std::optional<Answer> m_answer;
};

} // namespace orrery::ui
