// Executions that run again after their end, over each store.
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gtest/gtest.h>

namespace stepd::storage::test {
namespace {

class Redrives : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    open();
    ASSERT_EQ(write(PutStateMachine{machine_record(), ""}), Outcome::Committed);
    ASSERT_EQ(write(start_of(1, "one")), Outcome::Committed);
  }
  void open() { store_ = GetParam() == std::string("sqlite") ? open_sqlite(dir_.path()) : open_memory(); }
  /// What is durable is read again from the files.
  void reopen() {
    if (GetParam() != std::string("sqlite")) return;
    store_.reset();
    open();
  }
  Outcome write(Write write) { return write_now(*store_, std::move(write)); }
  void end_with(ExecutionStatus status) { ASSERT_EQ(write(end_of(1, 1, 4, status)), Outcome::Committed); }
  ExecutionRecord record() const { return *store_->reader().execution(execution_arn("one")); }

  static ExecutionDelta redrive_of(std::int64_t id, std::uint32_t count, std::uint32_t event) {
    auto delta = step_of(id, 0, event);
    delta.redriven = Redrive{count, at(50), "tokens"};
    return delta;
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

TEST_P(Redrives, TheExecutionIsOpenAgainAndKeepsItsHistory) {
  end_with(ExecutionStatus::Failed);
  ASSERT_EQ(write(redrive_of(1, 1, 5)), Outcome::Committed);
  reopen();
  const auto found = record();
  EXPECT_EQ(found.status, ExecutionStatus::Running);
  EXPECT_EQ(found.redrive_count, 1u);
  EXPECT_EQ(found.redriven_at, at(50));
  EXPECT_EQ(found.redrive_tokens, "tokens");
  EXPECT_FALSE(found.stopped_at || found.output || found.error || found.cause);
  EXPECT_EQ(store_->reader().events(found.id, 1, 10, false).size(), 5u);
  const auto loaded = store_->load(found.id);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->version, 1u);
  EXPECT_EQ(write(step_of(1, 1, 6)), Outcome::Committed);
  EXPECT_EQ(write(end_of(1, 2, 7, ExecutionStatus::Succeeded)), Outcome::Committed);
  EXPECT_EQ(record().status, ExecutionStatus::Succeeded);
}

TEST_P(Redrives, ItMayEndInTheSameTurn) {
  end_with(ExecutionStatus::TimedOut);
  auto delta = redrive_of(1, 1, 5);
  delta.ended = Ending{ExecutionStatus::Failed, at(51), std::nullopt, "Again", std::nullopt};
  ASSERT_EQ(write(std::move(delta)), Outcome::Committed);
  EXPECT_EQ(record().status, ExecutionStatus::Failed);
  EXPECT_EQ(record().error, "Again");
  EXPECT_FALSE(store_->load(ExecutionId{1}));
  EXPECT_EQ(write(redrive_of(1, 2, 6)), Outcome::Committed);
  EXPECT_EQ(record().redrive_count, 2u);
}

TEST_P(Redrives, WhatRunsHasSucceededOrWasRedrivenMeanwhileIsAConflict) {
  EXPECT_EQ(write(redrive_of(1, 1, 4)), Outcome::Conflict) << "it runs";
  end_with(ExecutionStatus::Aborted);
  EXPECT_EQ(write(redrive_of(1, 2, 5)), Outcome::Conflict) << "not the next";
  ASSERT_EQ(write(redrive_of(1, 1, 5)), Outcome::Committed);
  ASSERT_EQ(write(end_of(1, 1, 6, ExecutionStatus::Failed)), Outcome::Committed);
  EXPECT_EQ(write(redrive_of(1, 1, 7)), Outcome::Conflict) << "somebody else did it";
  ASSERT_EQ(write(redrive_of(1, 2, 7)), Outcome::Committed);
  ASSERT_EQ(write(end_of(1, 1, 8, ExecutionStatus::Succeeded)), Outcome::Committed);
  EXPECT_EQ(write(redrive_of(1, 3, 9)), Outcome::Conflict) << "it has succeeded";
  EXPECT_EQ(record().redrive_count, 2u);
}

TEST_P(Redrives, OfADeletedStateMachineAreAConflict) {
  end_with(ExecutionStatus::Failed);
  ASSERT_EQ(write(start_of(2, "two")), Outcome::Committed);  // keeps the machine's rows there
  ASSERT_EQ(write(DeleteStateMachine{kMachine}), Outcome::Committed);
  EXPECT_EQ(write(redrive_of(1, 1, 5)), Outcome::Conflict);
}

INSTANTIATE_TEST_SUITE_P(Stores, Redrives, ::testing::Values("memory", "sqlite"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace stepd::storage::test
