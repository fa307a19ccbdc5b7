// Executions that cannot go on, and those that ask for them.
#include "engine/run/quarantine.h"

#include "run/bench_of_one.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::test {
namespace {

using storage::ExecutionStatus;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr auto kMinute = R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})";

class Quarantined : public testing::Test {
 protected:
  Quarantined() {
    bench_.quarantine = std::make_unique<run::Quarantine>(bench_.store, bench_.clock, kin_);
    bench_.resting_max = 0;
    bench_.restart();
    const auto started = bench_.start(bench_.create(kMinute), "one");
    bench_.settle();
    arn_ = started->arn;
  }

  run::Quarantine& quarantine() { return *bench_.quarantine; }

  NotedKin kin_;
  BenchOfOne bench_;
  std::string arn_;
  const core::ParentLink one_{"parent", core::kRootFrame, 7, true};
  const core::ParentLink other_{"parent", core::kRootFrame, 9, true};
};

TEST_F(Quarantined, AStopEndsOneThatIsFoundToBeUnreadable) {
  bench_.store.is_unreadable = true;
  const auto stopped = bench_.stop(arn_);
  bench_.settle();
  ASSERT_TRUE(*stopped && (*stopped)->has_value());
  EXPECT_EQ(bench_.record(arn_).status, ExecutionStatus::Aborted);
  EXPECT_EQ(bench_.record(arn_).stopped_at, (*stopped)->value().stopped_at);
  EXPECT_FALSE(quarantine().find(arn_));
}

TEST_F(Quarantined, WhoAwaitsItsEndHearsOfIt) {
  bench_.shard->children().watch(arn_, one_);
  bench_.store.is_unreadable = true;
  bench_.advance(std::chrono::minutes{1});
  ASSERT_TRUE(quarantine().find(arn_)) << "it could not be woken";
  bench_.shard->children().watch(arn_, other_);
  EXPECT_THAT(kin_.watches, ElementsAre());
  bench_.store.is_unreadable = false;
  quarantine().stop(*quarantine().find(arn_), {arn_, "Enough", "of it"}, [](const auto&) {});
  EXPECT_THAT(kin_.watches, ElementsAre(Pair(arn_, one_), Pair(arn_, other_))) << "Kin::watch tells of an end";
  EXPECT_FALSE(quarantine().watch(arn_, one_)) << "it has ended";
}

TEST(Stop, BehindATurnThatIsNotStoredIsNotAcknowledged) {
  BenchOfOne bench;
  const auto machine = bench.create(R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})");
  bench.store.held = true;
  const auto started = bench.start(machine, "one");
  bench.settle();
  ASSERT_EQ(bench.store.waiting(), 1u) << "its first turn, which is its last";
  const auto stopped = bench.stop("arn:aws:states:us-east-1:123456789012:execution:machine:one");
  bench.store.refusals = {storage::Outcome::Unavailable};
  bench.store.release();
  bench.settle();
  ASSERT_TRUE(started->refusal && *stopped);
  ASSERT_FALSE((*stopped)->has_value());
  EXPECT_EQ((*stopped)->error().code, run::RefusalCode::ServiceUnavailable);
}

}  // namespace
}  // namespace stepd::test
