// What lists of executions are made of beside the rows: tallies by status, failures, and places in time; over each
// store.
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::storage::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ExecutionLists : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    store_ = GetParam() == std::string("sqlite") ? open_sqlite(dir_.path()) : open_memory();
    ASSERT_EQ(write(PutStateMachine{machine_record(), ""}), Outcome::Committed);
  }
  Outcome write(Write write) { return write_now(*store_, std::move(write)); }
  const Reader& reader() const { return store_->reader(); }
  void start(std::int64_t id, Instant when) {
    auto delta = start_of(id, "e" + std::to_string(id));
    delta.created->started_at = when;
    ASSERT_EQ(write(std::move(delta)), Outcome::Committed);
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

TEST_P(ExecutionLists, TalliesFollowStartsEndsRedrivesAndDeletions) {
  EXPECT_THAT(reader().tally_executions(), IsEmpty());
  for (const std::int64_t id : {1, 2, 3}) start(id, at(10));
  EXPECT_THAT(reader().tally_executions(), ElementsAre(ExecutionTally{kMachine, ExecutionStatus::Running, 3}));
  ASSERT_EQ(write(end_of(1, 1, 4, ExecutionStatus::Failed)), Outcome::Committed);
  ASSERT_EQ(write(end_of(2, 1, 4)), Outcome::Committed);
  EXPECT_THAT(reader().tally_executions(), ElementsAre(ExecutionTally{kMachine, ExecutionStatus::Running, 1},
                                                       ExecutionTally{kMachine, ExecutionStatus::Succeeded, 1},
                                                       ExecutionTally{kMachine, ExecutionStatus::Failed, 1}));
  auto again = step_of(1, 0, 5);
  again.redriven = Redrive{1, at(50), ""};
  ASSERT_EQ(write(std::move(again)), Outcome::Committed);
  EXPECT_THAT(reader().tally_executions(), ElementsAre(ExecutionTally{kMachine, ExecutionStatus::Running, 2},
                                                       ExecutionTally{kMachine, ExecutionStatus::Succeeded, 1}));
  ASSERT_EQ(write(end_of(1, 1, 6)), Outcome::Committed);
  ASSERT_EQ(write(end_of(3, 1, 4)), Outcome::Committed);
  ASSERT_EQ(write(DeleteStateMachine{kMachine}), Outcome::Committed);
  store_->flush();
  EXPECT_THAT(reader().tally_executions(), IsEmpty());
}

TEST_P(ExecutionLists, FailuresAreOfThoseThatFailedAndTheirCausesAreCut) {
  for (const std::int64_t id : {1, 2}) start(id, at(10));
  auto end = end_of(1, 1, 4, ExecutionStatus::Failed);
  end.ended->error = "E";
  end.ended->cause = std::string(1'000, 'x');
  ASSERT_EQ(write(std::move(end)), Outcome::Committed);
  const ExecutionId ids[] = {ExecutionId{2}, ExecutionId{1}, ExecutionId{9}, ExecutionId{1}};
  EXPECT_THAT(reader().failures(ids),
              ElementsAre(ListedFailure{ExecutionId{1}, "E", std::string(kListedCauseChars, 'x')}));
}

TEST_P(ExecutionLists, AMomentLeadsToTheFirstThatStartedThenOrLater) {
  EXPECT_EQ(reader().first_since(at(0)), std::nullopt);
  for (const std::int64_t id : {1, 2, 5, 9, 14}) start(id, at(id * 100));
  EXPECT_EQ(reader().first_since(at(0)), ExecutionId{1});
  EXPECT_EQ(reader().first_since(at(200)), ExecutionId{2});
  EXPECT_EQ(reader().first_since(at(201)), ExecutionId{5});
  EXPECT_EQ(reader().first_since(at(900)), ExecutionId{9});
  EXPECT_EQ(reader().first_since(at(1'400)), ExecutionId{14});
  EXPECT_EQ(reader().first_since(at(1'401)), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Stores, ExecutionLists, testing::Values("sqlite", "memory"),
                         [](const auto& store) { return std::string(store.param); });

}  // namespace
}  // namespace stepd::storage::test
