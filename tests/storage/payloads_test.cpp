// Payloads that are stored once and referred to, over each store.
#include "base/packed_text.h"
#include "storage/faulty/faulty_store.h"
#include "storage/memory/memory_store.h"
#include "storage/sqlite/payload_list.h"
#include "storage/sqlite/purge.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <set>
#include <stdexcept>
#include <thread>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kLong = "[" + std::string(50'000, '1') + "]";

class Payloads : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    open();
    ASSERT_EQ(write(PutStateMachine{machine_record(), ""}), Outcome::Committed);
  }
  void open() {
    const std::string kind = GetParam();
    store_ = kind == "memory" ? open_memory() : open_sqlite(dir_.path());
    if (kind == "faulty") store_ = make_faulty(std::move(store_), {});
  }
  /// What is durable is read again from the files.
  void reopen() {
    if (GetParam() == std::string("memory")) return;
    store_.reset();
    open();
  }
  Outcome write(Write write) { return write_now(*store_, std::move(write)); }
  const Reader& reader() const { return store_->reader(); }
  PayloadRecord made(const std::string& text) { return {store_->next_payload_id(), pack_text(text)}; }
  ExecutionRecord record(const std::string& name = "e") const { return *reader().execution(execution_arn(name)); }
  std::vector<PayloadRecord> stored(const std::vector<PayloadId>& ids) const { return reader().payloads(ids); }

  /// Its input is a payload.
  PayloadId start(std::int64_t id, const std::string& name, const std::string& input) {
    auto delta = start_of(id, name);
    delta.payloads = {made(input)};
    delta.created->input = "not stored";
    delta.created->input_id = delta.payloads[0].id;
    EXPECT_EQ(write(delta), Outcome::Committed);
    return delta.created->input_id;
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

TEST_P(Payloads, AreGivenBackByTheirIds) {
  auto delta = start_of(1, "e");
  delta.payloads = {made("{}"), made(kLong)};
  const auto [first, second] = std::array{delta.payloads[0].id, delta.payloads[1].id};
  const auto bytes = delta.payloads[1].bytes;
  ASSERT_EQ(write(delta), Outcome::Committed);
  reopen();
  const auto found = stored({second, PayloadId{77}, first, second, PayloadId{}});
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].id, first);
  EXPECT_EQ(unpack_text(found[0].bytes, 100), "{}");
  EXPECT_EQ(found[1].id, second);
  EXPECT_EQ(found[1].bytes, bytes);
  EXPECT_THAT(stored({}), IsEmpty());
}

TEST_P(Payloads, HaveIdsThatGrowAndAreAboveThoseStored) {
  const auto first = start(1, "e", "{}");
  const auto second = store_->next_payload_id();
  EXPECT_GT(first, PayloadId{});
  EXPECT_GT(second, first);
  reopen();
  EXPECT_GT(store_->next_payload_id(), first);
}

TEST_P(Payloads, HaveAnIdOfTheirOwnWhicheverThreadAsks) {
  constexpr int kThreads = 4;
  constexpr int kEach = 1'000;
  std::array<std::vector<PayloadId>, kThreads> taken;
  std::vector<std::thread> threads;
  for (auto& mine : taken) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) mine.push_back(store_->next_payload_id());
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<PayloadId> all;
  for (const auto& mine : taken) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kThreads * kEach));
}

TEST_P(Payloads, AreTheInputAndTheOutputOfAnExecution) {
  const auto input = start(1, "e", kLong);
  EXPECT_EQ(record().input, kLong);
  EXPECT_EQ(record().input_id, input);
  EXPECT_EQ(store_->load(ExecutionId{1})->record.input, kLong);
  EXPECT_EQ(all_open(*store_).at(0).record.input_id, input);

  auto end = end_of(1, 1, 4);
  end.payloads = {made("\"result\"")};
  end.ended->output = "not stored";
  end.ended->output_id = end.payloads[0].id;
  ASSERT_EQ(write(end), Outcome::Committed);
  reopen();
  EXPECT_EQ(record().input, kLong);
  EXPECT_EQ(record().output, "\"result\"");
  EXPECT_EQ(record().output_id, end.ended->output_id);
}

TEST_P(Payloads, MayBeInputAndOutputAtOnce) {
  const auto input = start(1, "e", "{\"a\":1}");
  auto end = end_of(1, 1, 4);
  end.ended->output_id = input;
  ASSERT_EQ(write(end), Outcome::Committed);
  EXPECT_EQ(record().input, "{\"a\":1}");
  EXPECT_EQ(record().output, "{\"a\":1}");
}

TEST_P(Payloads, ServeAnExecutionThatBeginsAndEndsInOneTurn) {
  auto delta = start_of(1, "e");
  delta.payloads = {made("\"in\""), made("\"out\"")};
  delta.created->input_id = delta.payloads[0].id;
  delta.ended = end_of(1, 0, 0).ended;
  delta.ended->output_id = delta.payloads[1].id;
  ASSERT_EQ(write(delta), Outcome::Committed);
  EXPECT_EQ(record().input, "\"in\"");
  EXPECT_EQ(record().output, "\"out\"");
}

TEST_P(Payloads, LeaveTextsInTheRowWhereNoneIsNamed) {
  ASSERT_EQ(write(start_of(1, "e")), Outcome::Committed);
  ASSERT_EQ(write(end_of(1, 1, 4)), Outcome::Committed);
  EXPECT_EQ(record().input, R"({"id":1})");
  EXPECT_EQ(record().output, R"({"done":true})");
  EXPECT_EQ(record().input_id, PayloadId{});
  EXPECT_EQ(record().output_id, PayloadId{});
}

TEST_P(Payloads, OfAnOutputAreForgottenByARedriveAndStay) {
  start(1, "e", "{}");
  auto end = end_of(1, 1, 4, ExecutionStatus::Failed);
  end.payloads = {made("\"out\"")};
  end.ended->output_id = end.payloads[0].id;
  ASSERT_EQ(write(end), Outcome::Committed);
  auto again = step_of(1, 0, 5);
  again.redriven = Redrive{1, at(50), "tokens"};
  ASSERT_EQ(write(again), Outcome::Committed);
  EXPECT_FALSE(record().output);
  EXPECT_EQ(record().output_id, PayloadId{});
  EXPECT_EQ(record().input, "{}");
  EXPECT_THAT(stored({end.payloads[0].id}), SizeIs(1)) << "the history names it";
}

TEST_P(Payloads, ThatAreNotThereOrTakenAreAConflict) {
  const auto input = start(1, "e", "{}");
  const auto expect_conflict = [&](ExecutionDelta delta, const char* why) {
    const auto before = store_->load(ExecutionId{1})->version;
    EXPECT_EQ(write(delta), Outcome::Conflict) << why;
    EXPECT_EQ(store_->load(ExecutionId{1})->version, before) << "nothing of it is stored";
    for (const auto& event : delta.events) {
      EXPECT_TRUE(event.number <= 3 || reader().events(delta.id, event.number, 1, false).empty());
    }
  };
  auto delta = step_of(1, 1, 4);
  delta.payloads = {{input, "again"}};
  expect_conflict(delta, "the id is taken");
  delta.payloads = {{PayloadId{}, "none"}};
  expect_conflict(delta, "no id");
  delta.payloads = {made("a"), made("b")};
  delta.payloads[1].id = delta.payloads[0].id;
  expect_conflict(delta, "twice in one delta");
  delta.payloads = {made("a")};
  delta.events.clear();
  expect_conflict(delta, "no event would name it");

  auto end = end_of(1, 1, 4);
  end.ended->output_id = store_->next_payload_id();
  expect_conflict(end, "the output is not there");
  const auto other = start(2, "other", "{}");
  end.ended->output_id = other;
  expect_conflict(end, "the output belongs to another execution");
  auto begin = start_of(3, "third");
  begin.created->input_id = input;
  expect_conflict(begin, "the input belongs to another execution");
  EXPECT_FALSE(reader().execution(execution_arn("third")));
}

TEST_P(Payloads, ThatAreDamagedAreSaidToBe) {
  auto delta = start_of(1, "e");
  delta.payloads = {{store_->next_payload_id(), "\x01no frame"}};
  delta.created->input_id = delta.payloads[0].id;
  ASSERT_EQ(write(delta), Outcome::Committed) << "bytes are not looked at";
  ASSERT_EQ(write(start_of(2, "sound")), Outcome::Committed);
  EXPECT_THROW(reader().execution(execution_arn("e")), StoreError);
  EXPECT_THROW(store_->load(ExecutionId{1}), StoreError);
  EXPECT_THAT(reader().executions({}), SizeIs(2)) << "lists read no payload";
  std::vector<std::string> loaded;
  std::vector<std::string> unreadable;
  store_->load_open([&](const OpenExecution& open) { loaded.push_back(open.record.name); },
                    [&](ExecutionId id, const std::string& arn, const std::string& why) {
                      EXPECT_EQ(id, ExecutionId{1});
                      EXPECT_EQ(arn, execution_arn("e"));
                      unreadable.push_back(why);
                    });
  EXPECT_THAT(loaded, ElementsAre("sound"));
  EXPECT_THAT(unreadable, ElementsAre("payload 1 is damaged"));
}

TEST_P(Payloads, GoWithTheClosedExecutionsOfADeletedStateMachine) {
  std::vector<PayloadId> closed;
  for (std::int64_t id = 1; id <= 5; ++id) {
    closed.push_back(start(id, "e" + std::to_string(id), kLong));
    auto step = step_of(id, 1, 4);
    step.payloads = {made("a"), made("b")};
    closed.push_back(step.payloads[0].id);
    closed.push_back(step.payloads[1].id);
    ASSERT_EQ(write(step), Outcome::Committed);
    ASSERT_EQ(write(end_of(id, 2, 5)), Outcome::Committed);
  }
  const auto open = start(6, "open", "{}");
  ASSERT_THAT(stored(closed), SizeIs(15));
  ASSERT_EQ(write(DeleteStateMachine{kMachine}), Outcome::Committed);
  EXPECT_THAT(stored(closed), IsEmpty());
  EXPECT_THAT(stored({open}), SizeIs(1));
  ASSERT_EQ(write(end_of(6, 1, 4)), Outcome::Committed);
  EXPECT_THAT(stored({open}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Stores, Payloads, ::testing::Values("memory", "sqlite", "faulty"),
                         [](const auto& tested) { return std::string(tested.param); });

// ---- what only the database has -----------------------------------------------------------------------------------

TEST(PayloadList, GivesBackItsIdsInOrder) {
  const auto ids = [](const std::vector<std::int64_t>& numbers) {
    std::vector<PayloadRecord> payloads;
    for (const auto number : numbers) payloads.push_back({PayloadId{number}, ""});
    return payloads;
  };
  constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(sqlite::list_payloads({}), "");
  EXPECT_THAT(sqlite::payloads_of(sqlite::list_payloads(ids({300, 7, kLast, 127, 128}))),
              ElementsAre(PayloadId{7}, PayloadId{127}, PayloadId{128}, PayloadId{300}, PayloadId{kLast}));
  EXPECT_EQ(sqlite::list_payloads(ids({1'000'000, 1'000'001, 1'000'003})).size(), 5u);
  EXPECT_THAT(sqlite::payloads_of("\xff"), IsEmpty());
  EXPECT_THAT(sqlite::payloads_of(std::string(20, '\xff')), IsEmpty());
}

/// What this process has given to write calls.
std::uint64_t bytes_written() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (io >> name >> value) {
    if (name == "wchar:") return value;
  }
  throw std::runtime_error("/proc/self/io says nothing");
}

struct Cost {
  double written = 0;  ///< WAL and checkpoint, for each byte of the payload's text
  double kept = 0;     ///< in the database file
};

/// An execution of six commits and twelve small events, whose input is one payload that its output names too.
Cost cost_of(const std::string& text, const std::string& packed) {
  TempDir dir(On::Memory);
  open_sqlite(dir.path());
  const auto file = dir.path() / "stepd.db";
  const auto kept = std::filesystem::file_size(file);
  const auto written = bytes_written();
  {
    const auto store = open_sqlite(dir.path());
    EXPECT_EQ(write_now(*store, PutStateMachine{machine_record(), ""}), Outcome::Committed);
    for (std::uint32_t turn = 0; turn < 6; ++turn) {
      auto delta = turn == 0 ? start_of(1, "e") : turn == 5 ? end_of(1, turn, 0) : step_of(1, turn, 0);
      delta.head = std::string(300, 'h');
      if (turn < 5) delta.frames = {{0, std::string(200, 'f')}};
      delta.events = {{2 * turn + 1, std::string(100, 'e')}, {2 * turn + 2, std::string(100, 'e')}};
      if (turn == 0) {
        delta.payloads = {{store->next_payload_id(), packed}};
        delta.created->input_id = delta.payloads[0].id;
      }
      if (turn == 5) delta.ended->output_id = PayloadId{1};
      EXPECT_EQ(write_now(*store, delta), Outcome::Committed);
    }
    EXPECT_EQ(store->reader().execution(execution_arn("e"))->output, text);
  }
  const auto size = static_cast<double>(text.size());
  return {static_cast<double>(bytes_written() - written) / size,
          static_cast<double>(std::filesystem::file_size(file) - kept) / size};
}

TEST(SqlitePayloads, AreWrittenOnceAndKeptOnce) {
  std::string text;
  for (std::uint64_t n = 1; text.size() < 182'000; ++n) {
    text += R"({"id":)" + std::to_string(n * 0x9E3779B97F4A7C15ULL) + R"(,"name":"photo.jpg","size":[640,480]},)";
  }
  const auto plain = cost_of(text, std::string(1, '\0') + text);
  EXPECT_LT(plain.written, 4.5) << "each byte twice (WAL, checkpoint), and the other pages of six commits";
  EXPECT_LT(plain.kept, 1.1);
  const auto packed = cost_of(text, pack_text(text));
  EXPECT_LT(packed.written, plain.written - 1.5);
  EXPECT_LT(packed.kept, plain.kept / 2);
  for (const auto& [name, cost] : {std::pair("plain", plain), std::pair("packed", packed)}) {
    RecordProperty(std::string(name) + "_written", std::to_string(cost.written));
    RecordProperty(std::string(name) + "_kept", std::to_string(cost.kept));
    if (std::getenv("STEPD_SHOW_COST") != nullptr) std::cout << name << " " << cost.written << " " << cost.kept << "\n";
  }
}

TEST(SqlitePayloads, OfOneLargeExecutionAreTakenAwayInSteps) {
  TempDir dir(On::Memory);
  constexpr std::uint32_t kEvents = 3'000;
  constexpr std::uint32_t kTurns = 40;
  {
    const auto store = open_sqlite(dir.path());
    ASSERT_EQ(write_now(*store, PutStateMachine{machine_record(), ""}), Outcome::Committed);
    auto delta = start_of(1, "large");
    for (std::uint32_t n = 4; n <= kEvents; ++n) delta.events.push_back({n, std::string(1'100, 'e')});
    ASSERT_EQ(write_now(*store, delta), Outcome::Committed);
    for (std::uint32_t n = 1; n <= kTurns; ++n) {
      auto step = step_of(1, n, kEvents + n);
      step.payloads = {{store->next_payload_id(), std::string(256 * 1'024, 'x')}};
      ASSERT_EQ(write_now(*store, step), Outcome::Committed);
    }
    ASSERT_EQ(write_now(*store, end_of(1, kTurns + 1, kEvents + kTurns + 1)), Outcome::Committed);
  }
  sqlite::Connection connection(dir.path() / "stepd.db", sqlite::Access::ReadWrite);
  connection.script("UPDATE machine SET deleting = 1");
  const auto rows = [&] {
    auto row = connection.query("SELECT (SELECT count(*) FROM event) + 33 * (SELECT count(*) FROM payload)");
    return row.next() ? row.integer(0) : -1;
  };
  ASSERT_EQ(rows(), kEvents - 3 + kTurns + 1 + 33 * kTurns) << "the first four events lie in one row, the others alone";
  sqlite::Purge purge;
  purge.look(connection);
  while (purge.is_due()) {
    const auto before = rows();
    purge.step(connection, 500);
    EXPECT_LE(before - rows(), 500 + 33);
    EXPECT_TRUE(before - rows() >= 500 || rows() == 0) << "each step does its part";
  }
  EXPECT_EQ(rows(), 0);
  auto row = connection.query("SELECT (SELECT count(*) FROM execution) + (SELECT count(*) FROM machine)");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(0), 0);
}

}  // namespace
}  // namespace stepd::storage::test
