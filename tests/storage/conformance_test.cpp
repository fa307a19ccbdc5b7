// What every store owes its callers, whatever it is made of. Durability is tested where it exists.
#include "storage/faulty/faulty_store.h"
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <thread>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Backend {
  std::string name;
  std::function<std::unique_ptr<Store>(const std::filesystem::path&)> open;
};

void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }

class EveryStore : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override { store_ = GetParam().open(dir_.path()); }

  void put_machine(const std::string& arn = kMachine, const std::string& revision = "r1") {
    ASSERT_EQ(write_now(*store_, PutStateMachine{machine_record(arn, revision), ""}), Outcome::Committed);
  }
  const Reader& reader() const { return store_->reader(); }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

// ---- state machines -----------------------------------------------------------------------------------------------

TEST_P(EveryStore, IsEmptyAtFirst) {
  EXPECT_EQ(store_->last_id(), ExecutionId{0});
  EXPECT_THAT(all_open(*store_), IsEmpty());
  EXPECT_THAT(reader().state_machines("", 10), IsEmpty());
  EXPECT_THAT(reader().executions({}), IsEmpty());
  EXPECT_FALSE(reader().state_machine(kMachine));
  EXPECT_FALSE(reader().execution(execution_arn("none")));
  EXPECT_FALSE(store_->load(ExecutionId{1}));
}

TEST_P(EveryStore, KeepsEveryFieldOfAStateMachine) {
  put_machine();
  const auto wanted = machine_record();
  const auto found = reader().state_machine(kMachine);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->arn, wanted.arn);
  EXPECT_EQ(found->revision_id, wanted.revision_id);
  EXPECT_EQ(found->name, wanted.name);
  EXPECT_EQ(found->type, wanted.type);
  EXPECT_EQ(found->role_arn, wanted.role_arn);
  EXPECT_EQ(found->definition, wanted.definition);
  EXPECT_EQ(found->configuration, wanted.configuration);
  EXPECT_EQ(found->created_at, wanted.created_at);
  EXPECT_EQ(found->updated_at, wanted.updated_at);
}

TEST_P(EveryStore, RefusesASecondStateMachineOfTheSameArn) {
  put_machine();
  auto other = machine_record(kMachine, "r2");
  other.definition = "{}";
  EXPECT_EQ(write_now(*store_, PutStateMachine{other, ""}), Outcome::NameTaken);
  EXPECT_EQ(reader().state_machine(kMachine)->revision_id, "r1");
  EXPECT_FALSE(reader().revision(kMachine, "r2"));
}

TEST_P(EveryStore, AddsARevisionOnlyOnTopOfTheNewest) {
  put_machine();
  EXPECT_EQ(write_now(*store_, PutStateMachine{machine_record(kMachine, "r2"), "r1"}), Outcome::Committed);
  EXPECT_EQ(write_now(*store_, PutStateMachine{machine_record(kMachine, "r3"), "r1"}), Outcome::NameTaken);
  EXPECT_EQ(write_now(*store_, PutStateMachine{machine_record("arn:other", "r3"), "r1"}), Outcome::NameTaken);
  EXPECT_EQ(write_now(*store_, PutStateMachine{machine_record(kMachine, "r1"), "r2"}), Outcome::NameTaken);
  EXPECT_EQ(reader().state_machine(kMachine)->revision_id, "r2");
  EXPECT_TRUE(reader().revision(kMachine, "r1"));
  EXPECT_FALSE(reader().revision(kMachine, "r3"));
  EXPECT_FALSE(reader().state_machine("arn:other"));
  EXPECT_THAT(reader().state_machines("", 10), SizeIs(1));
}

TEST_P(EveryStore, ListsStateMachinesByArnInPages) {
  for (const char* arn : {"arn:c", "arn:a", "arn:b", "arn:d"}) put_machine(arn);
  std::vector<std::string> arns;
  std::string after;
  for (;;) {
    const auto page = reader().state_machines(after, 3);
    if (page.empty()) break;
    for (const auto& record : page) arns.push_back(record.arn);
    after = arns.back();
  }
  EXPECT_THAT(arns, ElementsAre("arn:a", "arn:b", "arn:c", "arn:d"));
}

TEST_P(EveryStore, DeletesAStateMachineWithItsClosedExecutions) {
  put_machine();
  write_now(*store_, start_of(1, "closed"));
  write_now(*store_, end_of(1, 1, 4));
  ASSERT_TRUE(reader().execution(execution_arn("closed")));

  EXPECT_EQ(write_now(*store_, DeleteStateMachine{kMachine}), Outcome::Committed);
  EXPECT_FALSE(reader().state_machine(kMachine));
  EXPECT_FALSE(reader().execution(execution_arn("closed")));
  EXPECT_THAT(reader().events(ExecutionId{1}, 1, 10, false), IsEmpty());
  EXPECT_FALSE(reader().revision(kMachine, "r1"));
  EXPECT_EQ(store_->last_id(), ExecutionId{1}) << "ids are not used again";
  EXPECT_EQ(write_now(*store_, DeleteStateMachine{kMachine}), Outcome::Committed) << "it is gone already";

  put_machine();
  EXPECT_EQ(write_now(*store_, start_of(2, "closed")), Outcome::Committed) << "names are free again";
}

TEST_P(EveryStore, KeepsOpenExecutionsOfADeletedStateMachineUntilTheyEnd) {
  put_machine();
  write_now(*store_, start_of(1, "open"));
  write_now(*store_, start_of(2, "closed"));
  write_now(*store_, end_of(2, 1, 4));
  ASSERT_EQ(write_now(*store_, DeleteStateMachine{kMachine}), Outcome::Committed);

  EXPECT_FALSE(reader().state_machine(kMachine));
  EXPECT_TRUE(reader().revision(kMachine, "r1")) << "what the open execution runs by";
  EXPECT_TRUE(reader().execution(execution_arn("open")));
  EXPECT_THAT(all_open(*store_), SizeIs(1));
  EXPECT_EQ(write_now(*store_, PutStateMachine{machine_record(kMachine, "r9"), ""}), Outcome::NameTaken);
  EXPECT_EQ(write_now(*store_, start_of(3, "late")), Outcome::Conflict) << "no execution of what is being deleted";

  EXPECT_EQ(write_now(*store_, step_of(1, 1, 4)), Outcome::Committed);
  EXPECT_EQ(write_now(*store_, end_of(1, 2, 5)), Outcome::Committed);
  EXPECT_FALSE(reader().execution(execution_arn("open")));
  EXPECT_FALSE(reader().revision(kMachine, "r1"));
  EXPECT_EQ(write_now(*store_, PutStateMachine{machine_record(kMachine, "r9"), ""}), Outcome::Committed);
}

// ---- executions ---------------------------------------------------------------------------------------------------

TEST_P(EveryStore, KeepsEveryFieldOfAnExecution) {
  put_machine();
  ASSERT_EQ(write_now(*store_, start_of(5, "e")), Outcome::Committed);
  const auto wanted = execution_record(5, "e");
  const auto found = reader().execution(wanted.arn);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, wanted.id);
  EXPECT_EQ(found->arn, wanted.arn);
  EXPECT_EQ(found->state_machine_arn, wanted.state_machine_arn);
  EXPECT_EQ(found->revision_id, wanted.revision_id);
  EXPECT_EQ(found->name, wanted.name);
  EXPECT_EQ(found->status, ExecutionStatus::Running);
  EXPECT_EQ(found->started_at, wanted.started_at);
  EXPECT_EQ(found->input, wanted.input);
  EXPECT_EQ(found->trace_header, wanted.trace_header);
  EXPECT_FALSE(found->stopped_at || found->output || found->error || found->cause);
  EXPECT_EQ(store_->last_id(), ExecutionId{5});
}

TEST_P(EveryStore, KeepsHeadFramesAndEventsByteForByte) {
  put_machine();
  write_now(*store_, start_of(1, "e"));
  const auto open = store_->load(ExecutionId{1});
  ASSERT_TRUE(open);
  EXPECT_EQ(open->version, 1u);
  EXPECT_EQ(open->head, "head 1");
  ASSERT_THAT(open->frames, SizeIs(2));
  EXPECT_EQ(open->frames[0].id, 0u);
  EXPECT_EQ(open->frames[0].data, "root");
  EXPECT_EQ(open->frames[1].id, 7u);
  EXPECT_EQ(open->frames[1].data, std::string("branch\0seven", 12));
  const auto events = reader().events(ExecutionId{1}, 1, 10, false);
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[2].data, std::string("\xff\x00\x01", 3));
}

TEST_P(EveryStore, ReplacesAddsAndDropsFrames) {
  put_machine();
  write_now(*store_, start_of(1, "e"));
  auto delta = step_of(1, 1, 4);
  delta.frames = {{0, "root again"}, {9, "nine"}};
  delta.dropped = {7};
  ASSERT_EQ(write_now(*store_, delta), Outcome::Committed);
  const auto open = store_->load(ExecutionId{1});
  ASSERT_TRUE(open);
  EXPECT_EQ(open->version, 2u);
  EXPECT_EQ(open->head, "head 2");
  ASSERT_THAT(open->frames, SizeIs(2));
  EXPECT_EQ(open->frames[0].data, "root again");
  EXPECT_EQ(open->frames[1].id, 9u);
}

TEST_P(EveryStore, ClosesAnExecutionForGood) {
  put_machine();
  write_now(*store_, start_of(1, "good"));
  write_now(*store_, start_of(2, "bad"));
  ASSERT_EQ(write_now(*store_, end_of(1, 1, 4)), Outcome::Committed);
  ASSERT_EQ(write_now(*store_, end_of(2, 1, 4, ExecutionStatus::Failed)), Outcome::Committed);

  const auto good = reader().execution(execution_arn("good"));
  EXPECT_EQ(good->status, ExecutionStatus::Succeeded);
  EXPECT_EQ(good->stopped_at, at(15));
  EXPECT_EQ(good->output, R"({"done":true})");
  EXPECT_FALSE(good->error || good->cause);
  const auto bad = reader().execution(execution_arn("bad"));
  EXPECT_EQ(bad->status, ExecutionStatus::Failed);
  EXPECT_EQ(bad->error, "States.TaskFailed");
  EXPECT_EQ(bad->cause, "because");
  EXPECT_FALSE(bad->output);

  EXPECT_THAT(all_open(*store_), IsEmpty());
  EXPECT_FALSE(store_->load(ExecutionId{1}));
  EXPECT_THAT(numbers(reader().events(ExecutionId{1}, 1, 10, false)), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(write_now(*store_, step_of(1, 2, 5)), Outcome::Conflict);
  EXPECT_EQ(write_now(*store_, end_of(1, 2, 5)), Outcome::Conflict);
}

TEST_P(EveryStore, TakesAnExecutionThatBeginsAndEndsInOneTurn) {
  put_machine();
  auto delta = start_of(1, "short");
  delta.ended = end_of(1, 0, 0).ended;
  delta.frames.clear();
  ASSERT_EQ(write_now(*store_, delta), Outcome::Committed);
  const auto found = reader().execution(execution_arn("short"));
  EXPECT_EQ(found->status, ExecutionStatus::Succeeded);
  EXPECT_EQ(found->output, R"({"done":true})");
  EXPECT_EQ(found->stopped_at, at(15));
  EXPECT_THAT(all_open(*store_), IsEmpty());
  EXPECT_THAT(numbers(reader().events(ExecutionId{1}, 1, 10, false)), ElementsAre(1, 2, 3));
}

TEST_P(EveryStore, RefusesATakenNameAndStoresNothingOfIt) {
  put_machine();
  write_now(*store_, start_of(1, "same"));
  EXPECT_EQ(write_now(*store_, start_of(2, "same")), Outcome::NameTaken);
  EXPECT_EQ(reader().execution(execution_arn("same"))->id, ExecutionId{1});
  EXPECT_FALSE(store_->load(ExecutionId{2}));
  EXPECT_THAT(reader().events(ExecutionId{2}, 1, 10, false), IsEmpty());
  write_now(*store_, end_of(1, 1, 4));
  EXPECT_EQ(write_now(*store_, start_of(2, "same")), Outcome::NameTaken) << "a closed execution keeps its name";
}

TEST_P(EveryStore, RefusesAWrongVersionAndStoresNothingOfIt) {
  put_machine();
  write_now(*store_, start_of(1, "e"));
  auto stale = step_of(1, 0, 4);
  stale.dropped = {7};
  EXPECT_EQ(write_now(*store_, stale), Outcome::Conflict);
  EXPECT_EQ(write_now(*store_, step_of(1, 2, 4)), Outcome::Conflict);
  EXPECT_EQ(write_now(*store_, end_of(1, 2, 4)), Outcome::Conflict);
  EXPECT_EQ(write_now(*store_, step_of(99, 1, 1)), Outcome::Conflict) << "no such execution";
  const auto open = store_->load(ExecutionId{1});
  EXPECT_EQ(open->version, 1u);
  EXPECT_THAT(open->frames, SizeIs(2));
  EXPECT_THAT(numbers(reader().events(ExecutionId{1}, 1, 10, false)), ElementsAre(1, 2, 3));
}

TEST_P(EveryStore, UndoesADeltaWhoseEventsAreStoredAlready) {
  put_machine();
  write_now(*store_, start_of(1, "e"));
  auto delta = step_of(1, 1, 4);
  delta.dropped = {7};
  delta.events = {{4, "new"}, {3, "a second three"}};
  EXPECT_EQ(write_now(*store_, delta), Outcome::Conflict);
  const auto open = store_->load(ExecutionId{1});
  EXPECT_EQ(open->version, 1u);
  EXPECT_EQ(open->head, "head 1");
  EXPECT_THAT(open->frames, SizeIs(2)) << "the drop is undone";
  EXPECT_THAT(numbers(reader().events(ExecutionId{1}, 1, 10, false)), ElementsAre(1, 2, 3));
}

TEST_P(EveryStore, RefusesAnExecutionWithoutItsRevision) {
  EXPECT_EQ(write_now(*store_, start_of(1, "no machine")), Outcome::Conflict);
  put_machine();
  auto delta = start_of(1, "no revision");
  delta.created->revision_id = "r7";
  EXPECT_EQ(write_now(*store_, delta), Outcome::Conflict);
  EXPECT_FALSE(reader().execution(execution_arn("no revision")));
}

TEST_P(EveryStore, RefusesAnIdThatIsTaken) {
  put_machine();
  write_now(*store_, start_of(1, "first"));
  EXPECT_EQ(write_now(*store_, start_of(1, "second")), Outcome::Conflict);
  EXPECT_FALSE(reader().execution(execution_arn("second")));
  EXPECT_EQ(store_->load(ExecutionId{1})->record.name, "first");
}

TEST_P(EveryStore, AnswersEachOfManyWritesByItself) {
  put_machine();
  std::vector<Write> writes;
  std::vector<Outcome> wanted;
  for (std::int64_t id = 1; id <= 50; ++id) {
    writes.push_back(start_of(id, "e" + std::to_string(id)));
    wanted.push_back(Outcome::Committed);
    writes.push_back(start_of(1000 + id, "e" + std::to_string(id)));
    wanted.push_back(Outcome::NameTaken);
    writes.push_back(step_of(id, 7, 4));
    wanted.push_back(Outcome::Conflict);
    writes.push_back(step_of(id, 1, 4));
    wanted.push_back(Outcome::Committed);
  }
  EXPECT_EQ(write_all(*store_, std::move(writes)), wanted);
  EXPECT_THAT(all_open(*store_), SizeIs(50));
  for (std::int64_t id = 1; id <= 50; ++id) {
    EXPECT_EQ(store_->load(ExecutionId{id})->version, 2u);
    EXPECT_THAT(numbers(reader().events(ExecutionId{id}, 1, 10, false)), ElementsAre(1, 2, 3, 4));
  }
}

TEST_P(EveryStore, AnswersInTheOrderOfTheWrites) {
  std::vector<int> order;
  for (int i = 0; i < 200; ++i) {
    store_->write(put_item("t", std::to_string(i), "{}"), [&order, i](Outcome) { order.push_back(i); });
  }
  store_->flush();
  ASSERT_THAT(order, SizeIs(200));
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_P(EveryStore, FlushOfAnIdleStoreReturns) { store_->flush(); }

TEST_P(EveryStore, MayBeWrittenToFromAnAnswer) {
  std::promise<Outcome> second;
  store_->write(put_item("t", "1", "{}"), [&](Outcome) {
    store_->write(put_item("t", "2", "{}"), [&](Outcome outcome) { second.set_value(outcome); });
  });
  EXPECT_EQ(second.get_future().get(), Outcome::Committed);
  EXPECT_TRUE(reader().item({"t", "2"}));
}

TEST_P(EveryStore, LoadsOpenExecutionsOldestFirst) {
  put_machine();
  for (const std::int64_t id : {3, 1, 2}) write_now(*store_, start_of(id, "e" + std::to_string(id)));
  write_now(*store_, end_of(2, 1, 4));
  std::vector<std::int64_t> ids;
  store_->load_open(
      [&](const OpenExecution& open) {
        ids.push_back(static_cast<std::int64_t>(open.record.id));
        EXPECT_TRUE(reader().revision(open.record.state_machine_arn, open.record.revision_id)) << "readable meanwhile";
        EXPECT_THAT(open.frames, SizeIs(2));
      },
      {});
  EXPECT_THAT(ids, ElementsAre(1, 3));
}

TEST_P(EveryStore, ListsExecutionsNewestFirstByEveryFilter) {
  put_machine();
  put_machine("arn:other");
  for (std::int64_t id = 1; id <= 9; ++id) {
    auto delta = start_of(id, "e" + std::to_string(id));
    if (id % 3 == 0) delta.created->state_machine_arn = "arn:other";
    write_now(*store_, delta);
  }
  for (const std::int64_t id : {1, 3, 5}) write_now(*store_, end_of(id, 1, 4));
  for (const std::int64_t id : {2, 6}) write_now(*store_, end_of(id, 1, 4, ExecutionStatus::Failed));

  const auto listed = [&](std::optional<std::string> machine, std::optional<ExecutionStatus> status,
                          std::optional<std::int64_t> before = {}, std::size_t limit = 100) {
    ExecutionQuery query{std::move(machine), status, {}, limit};
    if (before) query.before = ExecutionId{*before};
    return names(reader().executions(query));
  };
  using enum ExecutionStatus;
  EXPECT_THAT(listed({}, {}), ElementsAre("e9", "e8", "e7", "e6", "e5", "e4", "e3", "e2", "e1"));
  EXPECT_THAT(listed({}, {}, 7, 2), ElementsAre("e6", "e5"));
  EXPECT_THAT(listed({}, Succeeded), ElementsAre("e5", "e3", "e1"));
  EXPECT_THAT(listed({}, Failed), ElementsAre("e6", "e2"));
  EXPECT_THAT(listed({}, Running), ElementsAre("e9", "e8", "e7", "e4"));
  EXPECT_THAT(listed({}, Running, 8), ElementsAre("e7", "e4"));
  EXPECT_THAT(listed("arn:other", {}), ElementsAre("e9", "e6", "e3"));
  EXPECT_THAT(listed("arn:other", {}, 9, 1), ElementsAre("e6"));
  EXPECT_THAT(listed("arn:other", Failed), ElementsAre("e6"));
  EXPECT_THAT(listed(kMachine, Succeeded), ElementsAre("e5", "e1"));
  EXPECT_THAT(listed(kMachine, Running, 8), ElementsAre("e7", "e4"));
  EXPECT_THAT(listed(kMachine, Aborted), IsEmpty());
  EXPECT_THAT(listed("arn:none", {}), IsEmpty());
}

TEST_P(EveryStore, PagesThroughEventsBothWays) {
  put_machine();
  write_now(*store_, start_of(1, "e"));
  write_now(*store_, start_of(2, "neighbour"));
  for (std::uint32_t n = 4; n <= 10; ++n) write_now(*store_, step_of(1, n - 3, n));
  const ExecutionId id{1};
  const auto all = std::numeric_limits<std::uint32_t>::max();
  EXPECT_THAT(numbers(reader().events(id, 0, 100, false)), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_THAT(numbers(reader().events(id, 4, 3, false)), ElementsAre(4, 5, 6));
  EXPECT_THAT(numbers(reader().events(id, 9, 100, false)), ElementsAre(9, 10));
  EXPECT_THAT(numbers(reader().events(id, 11, 100, false)), IsEmpty());
  EXPECT_THAT(numbers(reader().events(id, all, 3, true)), ElementsAre(10, 9, 8));
  EXPECT_THAT(numbers(reader().events(id, 2, 100, true)), ElementsAre(2, 1));
  EXPECT_THAT(numbers(reader().events(ExecutionId{3}, 0, 100, false)), IsEmpty());
}

// ---- arrivals -----------------------------------------------------------------------------------------------------

TEST_P(EveryStore, RemembersArrivalsByBucketAndKey) {
  for (const char* key : {"b", "a", "d/e", "c"}) {
    ASSERT_EQ(write_now(*store_, PutArrival{"in", key, std::string("1 ") + key, at(0)}), Outcome::Committed);
  }
  write_now(*store_, PutArrival{"other", "a", "foreign", at(0)});
  write_now(*store_, PutArrival{"in", "a", "2 a", at(1)});
  EXPECT_EQ(reader().arrival("in", "a"), "2 a");
  EXPECT_EQ(reader().arrival("other", "a"), "foreign");
  EXPECT_FALSE(reader().arrival("in", "z"));
  EXPECT_THAT(reader().arrivals("in", "", 3), ElementsAre("a", "b", "c"));
  EXPECT_THAT(reader().arrivals("in", "c", 3), ElementsAre("d/e"));
  EXPECT_EQ(write_now(*store_, DeleteArrival{"in", "b"}), Outcome::Committed);
  EXPECT_THAT(reader().arrivals("in", "", 10), ElementsAre("a", "c", "d/e"));
}

TEST_P(EveryStore, RecordsAnArrivalWithTheStartOrNotAtAll) {
  put_machine();
  auto start = start_of(1, "a");
  start.arrival = PutArrival{"in", "a.jpg", "first", at(0)};
  ASSERT_EQ(write_now(*store_, start), Outcome::Committed);
  EXPECT_EQ(reader().arrival("in", "a.jpg"), "first");
  auto twin = start_of(2, "a");
  twin.arrival = PutArrival{"in", "a.jpg", "second", at(1)};
  ASSERT_EQ(write_now(*store_, twin), Outcome::NameTaken);
  EXPECT_EQ(reader().arrival("in", "a.jpg"), "first");
}

TEST_P(EveryStore, OrdersKeysBytewise) {
  for (const char* key : {"\xc3\xa9", "z", "Z", "\xf0\x9f\x98\x80", "\xef\xbf\xbd"}) {
    write_now(*store_, PutArrival{"in", key, "1", at(0)});
  }
  EXPECT_THAT(reader().arrivals("in", "", 10), ElementsAre("Z", "z", "\xc3\xa9", "\xef\xbf\xbd", "\xf0\x9f\x98\x80"));
}

// ---- many threads -------------------------------------------------------------------------------------------------

TEST_P(EveryStore, LetsOneOfManyClaimAName) {
  put_machine();
  constexpr int kThreads = 8;
  constexpr int kNames = 20;
  std::array<std::atomic<int>, kNames> winners{};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int n = 0; n < kNames; ++n) {
        if (write_now(*store_, start_of(1 + t * kNames + n, "n" + std::to_string(n))) == Outcome::Committed)
          ++winners[n];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& count : winners) EXPECT_EQ(count.load(), 1);
  EXPECT_THAT(all_open(*store_), SizeIs(kNames));
}

TEST_P(EveryStore, ShowsAReaderWholeDeltasOnly) {
  put_machine();
  write_now(*store_, start_of(1, "e"));
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::uint32_t n = 0; n < 200; ++n) {
      auto delta = step_of(1, n + 1, 4 + n);
      delta.frames = {{0, delta.head}, {7, delta.head}};
      write_now(*store_, delta);
    }
    done = true;
  });
  std::uint64_t last = 0;
  while (!done) {
    const auto open = store_->load(ExecutionId{1});
    ASSERT_TRUE(open);
    EXPECT_GE(open->version, last);
    last = open->version;
    EXPECT_EQ(open->head, "head " + std::to_string(open->version));
    if (last > 1) {
      EXPECT_EQ(open->frames[0].data, open->head);
      EXPECT_EQ(open->frames[1].data, open->head);
    }
  }
  writer.join();
  EXPECT_EQ(store_->load(ExecutionId{1})->version, 201u);
}

INSTANTIATE_TEST_SUITE_P(Stores, EveryStore,
                         ::testing::Values(Backend{"Memory", [](const auto&) { return open_memory(); }},
                                           Backend{"Sqlite", [](const auto& dir) { return open_sqlite(dir); }},
                                           Backend{"FaultyWithoutFaults",
                                                   [](const auto& dir) { return make_faulty(open_sqlite(dir), {}); }}),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace stepd::storage::test
