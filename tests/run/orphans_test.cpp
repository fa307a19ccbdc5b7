// Executions that others have started, step by step on one shard: what only a crash shows.
#include "engine/run/arn.h"
#include "run/bench_of_one.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using run::RefusalCode;
using storage::ExecutionStatus;

class Orphans : public testing::Test {
 protected:
  static constexpr auto kWaiting = R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})";
  static constexpr auto kPassing = R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})";
  const core::ParentLink link_{"arn:aws:states:us-east-1:123456789012:execution:parent:one", core::kRootFrame, 3, true};

  std::optional<run::Answer<run::StartedExecution>> start(const std::string& machine, const core::ParentLink& parent) {
    std::optional<run::Answer<run::StartedExecution>> answer;
    run::CheckedStart start{storage::ExecutionId{++id_},     run::execution_arn(machine, "one"), "one",
                            bench_.machines.newest(machine), Payload(Json{{"n", id_}}),          ""};
    start.parent = parent;
    bench_.shard->starts().start(std::move(start), [&](auto given) { answer.emplace(std::move(given)); });
    bench_.settle();
    return answer;
  }
  ExecutionStatus status(const std::string& arn) { return bench_.record(arn).status; }

  BenchOfOne bench_;
  std::int64_t id_ = 100;
};

TEST_F(Orphans, AChildThatNobodyAwaitsAfterACrashIsStopped) {
  const auto child = start(bench_.create(kWaiting), link_);
  bench_.restart();
  bench_.shard->children().abandon_orphans([](const auto&) { return true; });
  bench_.settle();
  EXPECT_EQ(status((*child)->arn), ExecutionStatus::Running);
  bench_.restart();
  bench_.shard->children().abandon_orphans([&](const auto& task) { return task != link_; });
  bench_.settle();
  EXPECT_EQ(status((*child)->arn), ExecutionStatus::Aborted);
}

TEST_F(Orphans, AChildThatNobodyAwaitedAnywayRunsOn) {
  auto loose = link_;
  loose.awaits_end = false;
  const auto child = start(bench_.create(kWaiting), loose);
  bench_.restart();
  bench_.shard->children().abandon_orphans([](const auto&) { return false; });
  bench_.settle();
  EXPECT_EQ(status((*child)->arn), ExecutionStatus::Running);
}

TEST_F(Orphans, TheSameTaskStartsNoSecondChild) {
  for (const auto* definition : {kWaiting, kPassing}) {
    const auto machine = bench_.create(definition, definition == kWaiting ? "waiting" : "passing");
    const auto first = start(machine, link_);
    ASSERT_TRUE(first && first->has_value());
    const auto again = start(machine, link_);
    ASSERT_TRUE(again && again->has_value()) << "whether it runs or has ended, and whatever the input";
    EXPECT_EQ((*again)->arn, (*first)->arn);
    EXPECT_EQ((*again)->started_at, (*first)->started_at);
    auto other = link_;
    ++other.token;
    const auto refused = start(machine, other);
    ASSERT_TRUE(refused && !refused->has_value());
    EXPECT_EQ(refused->error().code, RefusalCode::ExecutionAlreadyExists);
  }
}

}  // namespace
}  // namespace stepd::test
