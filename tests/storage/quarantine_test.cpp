// Executions that cannot go on: marked, listed, ended; and the others, which are not held back. Over each store.
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Quarantine : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    open();
    ASSERT_EQ(write(PutStateMachine{machine_record(), ""}), Outcome::Committed);
    for (std::int64_t id = 1; id <= 4; ++id) {
      ASSERT_EQ(write(start_of(id, "e" + std::to_string(id))), Outcome::Committed);
    }
  }
  void open() { store_ = GetParam() == std::string("sqlite") ? open_sqlite(dir_.path()) : open_memory(); }
  /// What is durable is read again from the files.
  void reopen() {
    if (GetParam() != std::string("sqlite")) return;
    store_.reset();
    open();
  }
  Outcome write(Write write) { return write_now(*store_, std::move(write)); }
  const Reader& reader() const { return store_->reader(); }
  Outcome put(std::int64_t id, const std::string& cause = "because") {
    return write(PutQuarantine{{ExecutionId{id}, at(77), "Resize", cause}});
  }
  ExecutionRecord record(std::int64_t id) const { return *reader().execution(execution_arn("e" + std::to_string(id))); }
  std::vector<std::int64_t> listed(std::int64_t after = 0, std::size_t limit = 10) const {
    std::vector<std::int64_t> ids;
    for (const auto& one : reader().quarantined(ExecutionId{after}, limit)) {
      ids.push_back(static_cast<std::int64_t>(one.record.id));
    }
    return ids;
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

TEST_P(Quarantine, IsShownWhereverTheExecutionIs) {
  ASSERT_EQ(put(2), Outcome::Committed);
  reopen();
  const auto found = record(2);
  EXPECT_EQ(found.status, ExecutionStatus::Running);
  EXPECT_TRUE(found.quarantined);
  ASSERT_TRUE(found.quarantine);
  EXPECT_EQ(found.quarantine->id, ExecutionId{2});
  EXPECT_EQ(found.quarantine->at, at(77));
  EXPECT_EQ(found.quarantine->state, "Resize");
  EXPECT_EQ(found.quarantine->cause, "because");
  EXPECT_FALSE(record(1).quarantined || record(1).quarantine);
  EXPECT_TRUE(store_->load(ExecutionId{2})->record.quarantine);
  std::vector<bool> marks;
  for (const auto& one : reader().executions({})) marks.push_back(one.quarantined);
  EXPECT_THAT(marks, ElementsAre(false, false, true, false));
  const auto list = reader().quarantined(ExecutionId{}, 10);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].arn, execution_arn("e2"));
  EXPECT_EQ(list[0].record.cause, "because");
}

TEST_P(Quarantine, IsListedInPages) {
  for (const std::int64_t id : {4, 1, 3}) ASSERT_EQ(put(id), Outcome::Committed);
  EXPECT_THAT(listed(), ElementsAre(1, 3, 4));
  EXPECT_THAT(listed(0, 2), ElementsAre(1, 3));
  EXPECT_THAT(listed(3, 2), ElementsAre(4));
  EXPECT_THAT(listed(4), IsEmpty());
}

TEST_P(Quarantine, MayBePutAgainAndDropped) {
  EXPECT_EQ(put(2), Outcome::Committed);
  EXPECT_EQ(put(2), Outcome::Committed);
  EXPECT_EQ(put(2, "another"), Outcome::Committed);
  EXPECT_EQ(record(2).quarantine->cause, "another");
  EXPECT_EQ(write(DropQuarantine{ExecutionId{2}}), Outcome::Committed);
  EXPECT_EQ(write(DropQuarantine{ExecutionId{2}}), Outcome::Committed);
  EXPECT_EQ(write(DropQuarantine{ExecutionId{99}}), Outcome::Committed);
  EXPECT_FALSE(record(2).quarantined);
  EXPECT_THAT(listed(), IsEmpty());
  EXPECT_EQ(write(step_of(2, 1, 4)), Outcome::Committed) << "it goes on";
}

TEST_P(Quarantine, IsForOpenExecutionsOnly) {
  EXPECT_EQ(put(99), Outcome::Conflict);
  ASSERT_EQ(write(end_of(1, 1, 4)), Outcome::Committed);
  EXPECT_EQ(put(1), Outcome::Conflict);
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_P(Quarantine, EndsWithTheExecution) {
  ASSERT_EQ(put(1), Outcome::Committed);
  ASSERT_EQ(write(end_of(1, 1, 4, ExecutionStatus::Failed)), Outcome::Committed);
  EXPECT_FALSE(record(1).quarantined || record(1).quarantine);
  EXPECT_THAT(listed(), IsEmpty());
  auto again = step_of(1, 0, 5);
  again.redriven = Redrive{1, at(50), "tokens"};
  ASSERT_EQ(write(again), Outcome::Committed);
  EXPECT_FALSE(record(1).quarantined) << "nor does a redrive bring it back";
}

TEST_P(Quarantine, LetsTheExecutionEndAtAnyVersion) {
  auto end = end_of(2, 0, 4, ExecutionStatus::Aborted);
  end.expected_version = 99;
  end.any_version = true;
  EXPECT_EQ(write(end), Outcome::Conflict) << "it is not in quarantine";
  ASSERT_EQ(put(2), Outcome::Committed);
  auto step = step_of(2, 99, 4);
  step.any_version = true;
  EXPECT_EQ(write(step), Outcome::Conflict) << "it may only end";
  auto begin = start_of(7, "e7");
  begin.any_version = true;
  begin.ended = end.ended;
  EXPECT_EQ(write(begin), Outcome::Conflict);
  EXPECT_EQ(record(2).status, ExecutionStatus::Running);

  EXPECT_EQ(write(end), Outcome::Committed);
  EXPECT_EQ(record(2).status, ExecutionStatus::Aborted);
  EXPECT_FALSE(record(2).quarantined);
  EXPECT_FALSE(store_->load(ExecutionId{2}));
  EXPECT_THAT(numbers(reader().events(ExecutionId{2}, 1, 10, false)), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(write(end), Outcome::Conflict) << "it has ended";
}

TEST_P(Quarantine, CausesAreCutBetweenCharacters) {
  ASSERT_EQ(put(1, std::string(kQuarantineCauseBytes, 'x')), Outcome::Committed);
  EXPECT_EQ(record(1).quarantine->cause.size(), kQuarantineCauseBytes);
  ASSERT_EQ(put(1, std::string(kQuarantineCauseBytes + 1, 'x')), Outcome::Committed);
  EXPECT_EQ(record(1).quarantine->cause.size(), kQuarantineCauseBytes);
  const auto text = std::string(kQuarantineCauseBytes - 2, 'x') + "\xf0\x9f\x98\x80 and more";
  ASSERT_EQ(put(1, text), Outcome::Committed);
  EXPECT_EQ(record(1).quarantine->cause, std::string(kQuarantineCauseBytes - 2, 'x'));
}

INSTANTIATE_TEST_SUITE_P(Stores, Quarantine, ::testing::Values("memory", "sqlite"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace stepd::storage::test
