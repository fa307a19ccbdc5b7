// What only a store on a disk promises: it outlives the process, shares commits, and belongs to one process.
#include "storage/sqlite/sqlite_store.h"

#include "storage/faulty_disk.h"
#include "storage/items/key_bytes.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <future>
#include <iterator>
#include <latch>
#include <random>
#include <stdexcept>
#include <thread>

namespace stepd::storage::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

namespace fs = std::filesystem;

std::string refusal_of(const fs::path& dir) {
  try {
    open_sqlite(dir);
  } catch (const StoreError& error) {
    return error.what();
  }
  return "opened";
}

TEST(SqliteStore, KeepsEverythingOverARestart) {
  TempDir dir;
  {
    const auto store = open_sqlite(dir.path());
    write_now(*store, PutStateMachine{machine_record(), ""});
    write_now(*store, start_of(1, "open"));
    write_now(*store, step_of(1, 1, 4));
    write_now(*store, start_of(2, "closed"));
    write_now(*store, end_of(2, 1, 4));
    write_now(*store, put_item("images", key_bytes(Attribute::text("a")), "{}"));
    write_now(*store, PutArrival{"in", "k", "identity", at(0)});
  }
  const auto store = open_sqlite(dir.path());
  const auto& reader = store->reader();
  EXPECT_EQ(reader.state_machine(kMachine)->definition, machine_record().definition);
  const auto open = all_open(*store);
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].record.name, "open");
  EXPECT_EQ(open[0].version, 2u);
  EXPECT_EQ(open[0].head, "head 2");
  EXPECT_THAT(open[0].frames, SizeIs(2));
  EXPECT_THAT(numbers(reader.events(ExecutionId{1}, 1, 10, false)), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(reader.execution(execution_arn("closed"))->output, R"({"done":true})");
  EXPECT_EQ(reader.item({"images", key_bytes(Attribute::text("a"))}), "{}");
  EXPECT_EQ(reader.arrival("in", "k"), "identity");
  EXPECT_EQ(store->last_id(), ExecutionId{2});
  EXPECT_EQ(write_now(*store, step_of(1, 2, 5)), Outcome::Committed);
}

TEST(SqliteStore, StoresWhatWasQueuedBeforeItCloses) {
  TempDir dir;
  std::vector<Outcome> outcomes;
  {
    const auto store = open_sqlite(dir.path());
    for (int n = 0; n < 1000; ++n) {
      store->write(put_item("t", std::to_string(n), "{}"), [&](Outcome outcome) { outcomes.push_back(outcome); });
    }
  }
  EXPECT_THAT(outcomes, SizeIs(1000));
  EXPECT_THAT(outcomes, Each(Outcome::Committed));
  EXPECT_TRUE(open_sqlite(dir.path())->reader().item({"t", "999"}));
}

// ---- group commit -------------------------------------------------------------------------------------------------

TEST(SqliteStore, PutsAllThatQueuedUpDuringACommitIntoTheNext) {
  TempDir dir;
  std::vector<std::size_t> commits;
  {
    const auto store = open_sqlite(dir.path(), {.on_commit = [&](std::size_t writes) { commits.push_back(writes); }});
    std::latch queued(1);
    store->write(put_item("t", "first", "{}"), [&](Outcome) { queued.wait(); });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int n = 0; n < 25; ++n) store->write(put_item("t", std::to_string(t * 100 + n), "{}"), {});
      });
    }
    for (auto& thread : threads) thread.join();
    queued.count_down();
    store->flush();
  }
  // The first may have taken some of the others along, if the thread was slow to wake.
  std::size_t sum = 0;
  for (const auto writes : commits) sum += writes;
  EXPECT_EQ(sum, 101u);
  EXPECT_LE(commits.size(), 2u);
}

/// Queues all while the writer is busy, so that they share one commit.
std::vector<Outcome> write_in_one_batch(Store& store, std::vector<Write> writes) {
  std::latch busy(1);
  std::latch queued(1);
  std::vector<Outcome> outcomes(writes.size(), Outcome::Fatal);
  store.write(RemoveOutbox{"nobody", "nothing"}, [&](Outcome) {
    busy.count_down();
    queued.wait();
  });
  busy.wait();
  for (std::size_t i = 0; i < writes.size(); ++i) {
    store.write(std::move(writes[i]), [&outcomes, i](Outcome outcome) { outcomes[i] = outcome; });
  }
  queued.count_down();
  store.flush();
  return outcomes;
}

TEST(SqliteStore, LeavesAloneWhatSharesACommitWithARefusedWrite) {
  TempDir dir;
  std::vector<std::size_t> commits;
  const auto store = open_sqlite(dir.path(), {.on_commit = [&](std::size_t writes) { commits.push_back(writes); }});
  write_now(*store, PutStateMachine{machine_record(), ""});
  write_now(*store, start_of(1, "open"));
  store->flush();
  commits.clear();
  // Refused by the version, by the name, and by a constraint of the table: that event is there already.
  const auto outcomes =
      write_in_one_batch(*store, {put_item("t", "a", "1"), step_of(1, 7, 4), put_item("t", "a", "2", "1"),
                                  start_of(2, "open"), step_of(1, 1, 3), step_of(1, 1, 4), put_item("t", "b", "3")});
  EXPECT_THAT(outcomes, ElementsAre(Outcome::Committed, Outcome::Conflict, Outcome::Committed, Outcome::NameTaken,
                                    Outcome::Conflict, Outcome::Committed, Outcome::Committed));
  EXPECT_THAT(commits, ElementsAre(1, 7)) << "a write that is refused costs the others no commit";
  EXPECT_EQ(store->reader().item({"t", "a"}), "2");
  EXPECT_EQ(store->reader().item({"t", "b"}), "3");
  EXPECT_FALSE(store->load(ExecutionId{2}));
  EXPECT_EQ(store->load(ExecutionId{1})->version, 2u);
  EXPECT_THAT(numbers(store->reader().events(ExecutionId{1}, 1, 10, false)), ElementsAre(1, 2, 3, 4));
}

TEST(SqliteStore, TakesTheSameOfABatchAsOfSingleWrites) {
  TempDir dir_of_batches(On::Memory);
  TempDir dir_of_singles(On::Memory);
  const auto batches = open_sqlite(dir_of_batches.path());
  const auto singles = open_sqlite(dir_of_singles.path());
  std::mt19937 chance(7);
  const auto draw = [&](unsigned below) { return static_cast<int>(chance() % below); };
  const auto any_write = [&]() -> Write {
    const auto id = 1 + draw(12);
    const auto version = static_cast<std::uint64_t>(1 + draw(4));
    switch (draw(5)) {
      case 0:
        return start_of(id, "e" + std::to_string(draw(12)));
      case 1:
        return step_of(id, version, static_cast<std::uint32_t>(3 + version));
      case 2:
        return end_of(id, version, static_cast<std::uint32_t>(2 + draw(6)));
      case 3:
        return put_item("t", std::to_string(draw(4)), std::to_string(draw(3)));
      default:
        return put_item("t", std::to_string(draw(4)), std::to_string(draw(3)), std::to_string(draw(3)));
    }
  };
  for (auto* store : {batches.get(), singles.get()}) write_now(*store, PutStateMachine{machine_record(), ""});
  for (int round = 0; round < 200; ++round) {
    std::vector<Write> writes;
    for (int n = draw(6); n >= 0; --n) writes.push_back(any_write());
    std::vector<Outcome> one_by_one;
    for (const auto& write : writes) one_by_one.push_back(write_now(*singles, write));
    EXPECT_EQ(write_in_one_batch(*batches, writes), one_by_one) << "in round " << round;
  }
  for (std::int64_t id = 1; id <= 12; ++id) {
    EXPECT_EQ(numbers(batches->reader().events(ExecutionId{id}, 1, 100, false)),
              numbers(singles->reader().events(ExecutionId{id}, 1, 100, false)));
  }
  for (const auto* key : {"0", "1", "2", "3"}) {
    EXPECT_EQ(batches->reader().item({"t", key}), singles->reader().item({"t", key}));
  }
}

TEST(SqliteStore, CommitsAtOnceWhenNothingElseIsQueued) {
  TempDir dir;
  std::vector<std::size_t> commits;
  const auto store = open_sqlite(dir.path(), {.on_commit = [&](std::size_t writes) { commits.push_back(writes); }});
  for (int n = 0; n < 5; ++n) write_now(*store, put_item("t", std::to_string(n), "{}"));
  store->flush();
  EXPECT_THAT(commits, ElementsAre(1, 1, 1, 1, 1));
}

// ---- readers ------------------------------------------------------------------------------------------------------

TEST(SqliteStore, ReadsWhileSomebodyHoldsTheWriteLockAndWritesAfterwards) {
  TempDir dir;
  const auto store = open_sqlite(dir.path());
  write_now(*store, put_item("t", "k", "old"));
  sqlite::Connection foreign(dir.path() / "stepd.db", sqlite::Access::ReadWrite);
  foreign.script("PRAGMA wal_autocheckpoint = 0; BEGIN IMMEDIATE; UPDATE item SET data = 'new'");

  std::promise<Outcome> answer;
  store->write(put_item("t", "k2", "queued"), [&](Outcome outcome) { answer.set_value(outcome); });
  EXPECT_EQ(store->reader().item({"t", "k"}), "old") << "the reader waits for no writer and sees none of its work";
  EXPECT_FALSE(store->reader().item({"t", "k2"}));

  foreign.script("COMMIT");
  EXPECT_EQ(answer.get_future().get(), Outcome::Committed);
  EXPECT_EQ(store->reader().item({"t", "k"}), "new");
}

TEST(SqliteStore, WritesWhileALongReadIsUnderWay) {
  TempDir dir;
  const auto store = open_sqlite(dir.path());
  write_now(*store, PutStateMachine{machine_record(), ""});
  write_now(*store, start_of(1, "a"));
  write_now(*store, start_of(2, "b"));
  std::vector<std::uint64_t> versions;
  store->load_open(
      [&](const OpenExecution& open) {
        versions.push_back(open.version);
        if (open.record.id == ExecutionId{1}) {
          EXPECT_EQ(write_now(*store, step_of(2, 1, 4)), Outcome::Committed);
        }
      },
      {});
  EXPECT_THAT(versions, ElementsAre(1, 1)) << "the whole read sees one state";
  EXPECT_EQ(store->load(ExecutionId{2})->version, 2u);
}

TEST(SqliteStore, ListsExecutionsWithoutReadingTheirTexts) {
  FaultyDisk disk;
  TempDir dir(On::Memory);
  constexpr std::int64_t kExecutions = 50;
  {
    const auto store = open_sqlite(dir.path());
    write_now(*store, PutStateMachine{machine_record(), ""});
    for (std::int64_t id = 1; id <= kExecutions; ++id) {
      auto start = start_of(id, "e" + std::to_string(id));
      start.created->input = std::string(100'000, 'i');
      write_now(*store, start);
      auto end = end_of(id, 1, 4, ExecutionStatus::Failed);
      end.ended->cause = std::string(30'000, 'c');
      write_now(*store, end);
    }
  }
  const auto store = open_sqlite(dir.path());
  const auto reads_of = [&](const ExecutionQuery& query) {
    disk.fail(DiskCall::Read, 0, SQLITE_OK, 0);
    EXPECT_EQ(store->reader().executions(query).size(), static_cast<std::size_t>(kExecutions));
    return disk.calls(DiskCall::Read);
  };
  // A row has 13 pages of input and 4 of cause. 8 rows lie on a page, beside the pages of the schema and indices.
  EXPECT_LT(reads_of({}), 100u);
  EXPECT_LT(reads_of({.state_machine_arn = kMachine}), 100u);
  EXPECT_LT(reads_of({.state_machine_arn = kMachine, .status = ExecutionStatus::Failed}), 100u);
  disk.fail(DiskCall::Read, 0, SQLITE_OK, 0);
  EXPECT_EQ(store->reader().execution(execution_arn("e1"))->input.size(), 100'000u);
  EXPECT_GT(disk.calls(DiskCall::Read), 12u) << "reads are counted";
}

TEST(SqliteStore, CheckpointsByItselfAndKeepsTheWalSmall) {
  TempDir dir;
  int checkpoints = 0;
  int unmoved = 0;
  const auto store =
      open_sqlite(dir.path(), {.checkpoint_bytes = 128 * 1024, .on_checkpoint = [&](int in_wal, int moved) {
                                 ++checkpoints;
                                 unmoved += in_wal - moved;
                               }});
  const std::string big(20'000, 'x');
  for (int n = 0; n < 300; ++n) write_now(*store, put_item("t", std::to_string(n), big));
  store->flush();
  EXPECT_GT(checkpoints, 20);
  EXPECT_EQ(unmoved, 0) << "with no reader in the way, all of it";
  EXPECT_LT(fs::file_size(dir.path() / "stepd.db-wal"), 512u * 1024) << "of 6 MB written";
  EXPECT_GT(fs::file_size(dir.path() / "stepd.db"), 5'000'000u);
}

// ---- one process --------------------------------------------------------------------------------------------------

TEST(SqliteStore, BelongsToOneProcessAndSaysWhich) {
  TempDir dir;
  auto store = open_sqlite(dir.path());
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto text = refusal_of(dir.path());
    ::_exit(::write(pipe[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  std::array<char, 1024> buffer{};
  ASSERT_GT(::read(pipe[0], buffer.data(), buffer.size() - 1), 0);
  ::close(pipe[0]);
  ::close(pipe[1]);
  const std::string text = buffer.data();
  EXPECT_THAT(text, HasSubstr("in use by another stepd"));
  EXPECT_THAT(text, HasSubstr("process " + std::to_string(::getpid())));
  EXPECT_THAT(text, HasSubstr(dir.path().string()));
  EXPECT_THAT(refusal_of(dir.path()), HasSubstr("in use")) << "not even twice in one process";
  EXPECT_EQ(write_now(*store, put_item("t", "k", "{}")), Outcome::Committed) << "the holder is not disturbed";
  store.reset();
  EXPECT_EQ(refusal_of(dir.path()), "opened");
}

TEST(SqliteStore, KeepsAMadeDataDirectoryToItsOwner) {
  TempDir dir;
  const auto store = open_sqlite(dir.path() / "a" / "data");
  EXPECT_EQ(fs::status(dir.path() / "a" / "data").permissions(), fs::perms::owner_all);
}

// ---- what it refuses to open --------------------------------------------------------------------------------------

TEST(SqliteStore, RefusesASchemaThatOnlyANewerStepdKnows) {
  TempDir dir;
  open_sqlite(dir.path());
  sqlite::Connection(dir.path() / "stepd.db", sqlite::Access::ReadWrite).script("PRAGMA user_version = 77");
  EXPECT_THAT(refusal_of(dir.path()), HasSubstr("schema 77, written by a newer stepd"));
  EXPECT_THAT(refusal_of(dir.path()), HasSubstr("stepd.db"));
}

TEST(SqliteStore, RefusesADatabaseThatIsNotItsOwnAndLeavesItAsItWas) {
  TempDir dir;
  const auto file = dir.path() / "stepd.db";
  sqlite::Connection(file, sqlite::Access::ReadWrite).script("CREATE TABLE somebody_elses (n)");
  std::ifstream before(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(before), {}};
  EXPECT_THAT(refusal_of(dir.path()), HasSubstr("not a stepd database"));
  std::ifstream after(file, std::ios::binary);
  EXPECT_EQ(bytes, std::string(std::istreambuf_iterator<char>(after), {}));
}

TEST(SqliteStore, RefusesAFileThatIsNoDatabase) {
  TempDir dir;
  std::ofstream(dir.path() / "stepd.db") << std::string(10'000, 'x');
  EXPECT_THAT(refusal_of(dir.path()), HasSubstr("not a database"));
}

TEST(SqliteStore, RefusesADataDirectoryThatCannotBe) {
  TempDir dir;
  std::ofstream(dir.path() / "file") << "x";
  EXPECT_THAT(refusal_of(dir.path() / "file" / "data"), HasSubstr("cannot make the data directory"));
}

// ---- migrations ---------------------------------------------------------------------------------------------------

constexpr std::array<const char*, 1> kOldSteps{"CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('kept')"};

std::string note_of(const fs::path& file) {
  sqlite::Connection connection(file, sqlite::Access::ReadWrite);
  auto row = connection.query("SELECT text FROM note");
  return row.next() ? row.text(0) : "";
}

TEST(Migration, GoesFromAnOlderSchemaToTheNewestAndKeepsWhatWasThere) {
  TempDir dir;
  const auto file = dir.path() / "db";
  {
    sqlite::Connection connection(file, sqlite::Access::ReadWrite);
    sqlite::migrate(connection, kOldSteps);
  }
  constexpr std::array<const char*, 3> kNewSteps{kOldSteps[0], "ALTER TABLE note ADD COLUMN more TEXT",
                                                 "UPDATE note SET text = text || ' and moved'"};
  {
    sqlite::Connection connection(file, sqlite::Access::ReadWrite);
    sqlite::migrate(connection, kNewSteps);
    sqlite::migrate(connection, kNewSteps);
  }
  EXPECT_EQ(note_of(file), "kept and moved") << "each step once";
}

TEST(Migration, ThatFailsLeavesTheOldSchema) {
  TempDir dir;
  const auto file = dir.path() / "db";
  constexpr std::array<const char*, 3> kBadSteps{kOldSteps[0], "UPDATE note SET text = 'half'", "NO SUCH STATEMENT"};
  {
    sqlite::Connection connection(file, sqlite::Access::ReadWrite);
    sqlite::migrate(connection, kOldSteps);
    EXPECT_THROW(sqlite::migrate(connection, kBadSteps), StoreError);
    EXPECT_TRUE(connection.is_idle());
  }
  EXPECT_EQ(note_of(file), "kept");
  sqlite::Connection connection(file, sqlite::Access::ReadWrite);
  EXPECT_NO_THROW(sqlite::migrate(connection, kOldSteps)) << "its version is the old one too";
}

/// Opens the database that a dump of an older release describes.
std::unique_ptr<Store> open_dump(const fs::path& dir, const std::string& name) {
  const fs::path script = fs::path(STEPD_SOURCE_DIR) / "tests/storage/schemas" / name;
  std::ifstream file(script);
  if (!file) throw std::runtime_error(script.string() + " is missing: add a dump of what this schema's release wrote");
  sqlite::Connection(dir / "stepd.db", sqlite::Access::ReadWrite).script({std::istreambuf_iterator<char>(file), {}});
  return open_sqlite(dir);
}

/// A database as the release with that schema wrote it: one state machine, an open and a closed execution, an item, an
/// arrival (those of KeepsEverythingOverARestart).
TEST(Migration, OpensADatabaseOfEverySchemaThatWasEverReleased) {
  for (int schema = 1; schema <= static_cast<int>(sqlite::migrations().size()); ++schema) {
    SCOPED_TRACE("schema " + std::to_string(schema));
    TempDir dir;
    const auto store = open_dump(dir.path(), std::to_string(schema) + ".sql");
    const auto open = all_open(*store);
    ASSERT_THAT(open, SizeIs(1));
    EXPECT_EQ(open[0].record.revision_id, "r1");
    EXPECT_EQ(open[0].version, 2u);
    EXPECT_THAT(open[0].frames, SizeIs(2));
    EXPECT_EQ(open[0].record.input, R"({"id":1})");
    EXPECT_EQ(open[0].record.quarantined, schema >= 6);
    const auto closed = store->reader().execution(execution_arn("closed"));
    EXPECT_EQ(closed->status, ExecutionStatus::Succeeded);
    EXPECT_EQ(closed->output, R"({"done":true})");
    EXPECT_EQ(closed->output_id, PayloadId{schema < 6 ? 0 : 3});
    EXPECT_EQ(store->next_payload_id(), PayloadId{schema < 6 ? 1 : 4});
    EXPECT_EQ(store->reader().state_machine(kMachine)->definition, machine_record().definition);
    EXPECT_EQ(store->reader().item({"images", key_bytes(Attribute::text("a"))}), "{}");
    EXPECT_EQ(store->reader().arrival("in", "k"), "identity");
    EXPECT_EQ(store->last_id(), ExecutionId{2});
    const std::uint32_t versions = schema < 3 ? 0 : 2;
    EXPECT_EQ(store->reader().tally_versions(kMachine).last, versions);
    EXPECT_EQ(open[0].record.machine_version, versions);
    EXPECT_EQ(store->reader().alias(kMachine, "PROD").has_value(), schema >= 3);
    EXPECT_THAT(store->reader().tags(kMachine), SizeIs(schema < 3 ? 0U : 1U));
    EXPECT_THAT(store->reader().activities("", 10), SizeIs(schema < 4 ? 0U : 1U));
    EXPECT_EQ(store->reader().tally_outbox(), (schema < 7 ? OutboxTally{} : OutboxTally{1, 16, 0}));
    EXPECT_THAT(store->reader().outbox("topic/news/hook", 10), SizeIs(schema < 7 ? 0U : 1U));
    EXPECT_THAT(store->reader().tally_executions(),
                ElementsAre(ExecutionTally{kMachine, ExecutionStatus::Running, 1},
                            ExecutionTally{kMachine, ExecutionStatus::Succeeded, 1}));
    EXPECT_EQ(write_now(*store, PutOutbox{{{"m2", "topic/news/hook", "{}", 0, at(1), at(1)}}}), Outcome::Committed);
    EXPECT_EQ(write_now(*store, step_of(1, 2, 5)), Outcome::Committed);
  }
}

/// Written by the program itself, the last release before payloads: one execution waits for a time, one for an
/// activity's worker, one for another after it was redriven, and one has succeeded.
TEST(Migration, KeepsWhatTheEngineWroteBeforePayloads) {
  TempDir dir;
  const auto store = open_dump(dir.path(), "5-engine.sql");
  const auto record_of = [&](const std::string& machine, const std::string& name) {
    return *store->reader().execution("arn:aws:states:us-east-1:123456789012:execution:" + machine + ":" + name);
  };
  std::vector<std::string> open;
  for (const auto& one : all_open(*store)) {
    open.push_back(one.record.name);
    EXPECT_THAT(one.head, Not(IsEmpty()));
    EXPECT_THAT(one.frames, SizeIs(2)) << one.record.name;
    EXPECT_THAT(one.record.input, HasSubstr("photo"));
    EXPECT_TRUE(store->reader().revision(one.record.state_machine_arn, one.record.revision_id));
  }
  EXPECT_THAT(open, UnorderedElementsAre("waiting", "running", "redriven"));
  const auto redriven = record_of("desk", "redriven");
  EXPECT_EQ(redriven.redrive_count, 1u);
  EXPECT_TRUE(redriven.redriven_at);
  EXPECT_THAT(redriven.redrive_tokens, HasSubstr("again"));
  EXPECT_FALSE(redriven.error);
  const auto closed = record_of("once", "closed");
  EXPECT_EQ(closed.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(closed.output, R"({"seen":"a.jpg"})");
  EXPECT_THAT(store->reader().events(closed.id, 1, 100, false), SizeIs(4));
  EXPECT_THAT(store->reader().executions({}), SizeIs(4));
  EXPECT_EQ(store->last_id(), record_of("desk", "running").id);

  auto end = end_of(static_cast<std::int64_t>(redriven.id), 0, 1'000, ExecutionStatus::Failed);
  end.expected_version = store->load(redriven.id)->version;
  EXPECT_EQ(write_now(*store, end), Outcome::Committed);
  EXPECT_EQ(write_now(*store, DeleteStateMachine{closed.state_machine_arn}), Outcome::Committed);
  EXPECT_FALSE(store->reader().execution(closed.arn));
  EXPECT_THAT(store->reader().events(closed.id, 1, 100, false), IsEmpty());
}

// ---- deletion in steps --------------------------------------------------------------------------------------------

TEST(SqliteStore, TakesAwayALargeStateMachineInStepsAlsoOverARestart) {
  TempDir dir;
  constexpr int kExecutions = 200;
  {
    const auto store = open_sqlite(dir.path());
    write_now(*store, PutStateMachine{machine_record(), ""});
    std::vector<Write> writes;
    for (int id = 1; id <= kExecutions; ++id) {
      writes.emplace_back(start_of(id, "e" + std::to_string(id)));
      writes.emplace_back(end_of(id, 1, 4));
    }
    EXPECT_THAT(write_all(*store, std::move(writes)), Each(Outcome::Committed));
    ASSERT_EQ(write_now(*store, DeleteStateMachine{kMachine}), Outcome::Committed);
    EXPECT_THAT(store->reader().executions({}), SizeIs(0)) << "hidden at once";
  }
  const auto store = open_sqlite(dir.path());
  EXPECT_THAT(store->reader().executions({}), SizeIs(0));
  auto outcome = Outcome::NameTaken;
  int tries = 0;
  for (; outcome == Outcome::NameTaken && tries < kExecutions; ++tries) {
    outcome = write_now(*store, PutStateMachine{machine_record(), ""});
  }
  EXPECT_EQ(outcome, Outcome::Committed);
  EXPECT_EQ(store->reader().events(ExecutionId{1}, 0, 10, false).size(), 0u);
  sqlite::Connection look(dir.path() / "stepd.db", sqlite::Access::ReadOnly);
  auto row = look.query("SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM execution)");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(0), 0);
  EXPECT_EQ(row.integer(1), 0);
}

}  // namespace
}  // namespace stepd::storage::test
