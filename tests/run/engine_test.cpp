// What the engine itself answers, over each store: starts, definitions, updates, histories.
#include "run/no_services.h"
#include "support/engine_bench.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace stepd::test {
namespace {

using run::RefusalCode;

class EngineTest : public EngineBench {
 protected:
  EngineTest() { open(no_services); }
};

TEST_P(EngineTest, RecordsAnArrivalInTheCommitOfTheStart) {
  const auto machine = create(one_task("arn:aws:lambda:us-east-1:123456789012:function:echo"));
  const auto ask_for = [&](const std::string& name) {
    run::StartExecution request{machine, name};
    request.arrival = storage::PutArrival{"uploads", name + ".jpg", "identity", clock_.now()};
    return ask<run::StartedExecution>([&](auto reply) { engine_->start_execution(request, std::move(reply)); });
  };
  const auto started = ask_for("one");
  ASSERT_TRUE(started.has_value());
  EXPECT_TRUE(started->arrival_recorded);
  EXPECT_EQ(store_->reader().arrival("uploads", "one.jpg"), "identity");
  await_end(started->arn);
  EXPECT_EQ(ask_for("one").error().code, run::RefusalCode::ExecutionAlreadyExists);
  ASSERT_TRUE(start(machine, "{}", "two").has_value());
  EXPECT_FALSE(store_->reader().arrival("uploads", "two.jpg"));
}

TEST_P(EngineTest, RefusesAWrongStart) {
  const auto machine = create(one_task("echo"));
  EXPECT_EQ(start(machine, "not json").error().code, RefusalCode::InvalidExecutionInput);
  EXPECT_EQ(start(machine, std::string("{}\0x", 4)).error().code, RefusalCode::InvalidExecutionInput);
  EXPECT_EQ(start(machine, "\xEF\xBB\xBF{}").error().code, RefusalCode::InvalidExecutionInput);
  EXPECT_EQ(start(machine, "\"" + std::string(262'145, 'x') + "\"").error().code, RefusalCode::InvalidExecutionInput);
  EXPECT_EQ(start(machine + "x").error().code, RefusalCode::StateMachineDoesNotExist);
  EXPECT_EQ(start(machine, "{}", "a b").error().code, RefusalCode::InvalidName);
}

TEST_P(EngineTest, RefusesAWrongDefinitionWithEveryFault) {
  const auto answer = ask<run::CreatedStateMachine>([&](auto reply) {
    engine_->create_state_machine({"bad", R"({"StartAt":"X","States":{"A":{"Type":"Pass","Next":"B"}}})", "r"}, reply);
  });
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, RefusalCode::InvalidDefinition);
  EXPECT_NE(answer.error().message.find("/States/A/Next"), std::string::npos) << answer.error().message;
  EXPECT_NE(answer.error().message.find("/StartAt"), std::string::npos) << answer.error().message;
}

TEST_P(EngineTest, CreatingTheSameStateMachineTwiceIsOne) {
  const auto one = create(one_task("echo"));
  EXPECT_EQ(create(one_task("echo")), one);
  const auto other = ask<run::CreatedStateMachine>([&](auto reply) {
    engine_->create_state_machine({"machine", one_task("fail").dump(), "r"}, reply);
  });
  EXPECT_EQ(other.error().code, RefusalCode::StateMachineAlreadyExists);
}

TEST_P(EngineTest, AnUpdateIsForNewExecutionsOnly) {
  const Json wait{{"StartAt", "W"},
                  {"States",
                   {{"W", {{"Type", "Wait"}, {"Seconds", 1}, {"Next", "P"}}},
                    {"P", {{"Type", "Pass"}, {"Result", "old"}, {"End", true}}}}}};
  const auto machine = create(wait);
  const auto before = start(machine);
  auto changed = wait;
  changed["States"]["P"]["Result"] = "new";
  const auto updated = ask<run::UpdatedStateMachine>([&](auto reply) {
    engine_->update_state_machine({machine, changed.dump(), std::nullopt, std::nullopt}, reply);
  });
  ASSERT_TRUE(updated.has_value());
  const auto after = start(machine);
  restart(no_services);
  EXPECT_EQ(await_end(before->arn).output, "\"old\"");
  EXPECT_EQ(await_end(after->arn).output, "\"new\"");
}

TEST_P(EngineTest, AStartNeedsNoReadOnceItsStateMachineIsHeld) {
  const auto machine = create(one_task("echo"));
  EXPECT_FALSE(engine_->starts_at_once(machine)) << "nobody has started it yet";
  ASSERT_TRUE(start(machine).has_value());
  EXPECT_TRUE(engine_->starts_at_once(machine));
  EXPECT_FALSE(engine_->starts_at_once(machine + ":1")) << "versions and aliases are read";
  EXPECT_FALSE(engine_->starts_at_once(machine + "x"));
  const auto updated = ask<run::UpdatedStateMachine>([&](auto reply) {
    engine_->update_state_machine({machine, one_task("other").dump(), std::nullopt, std::nullopt}, reply);
  });
  ASSERT_TRUE(updated.has_value());
  EXPECT_FALSE(engine_->starts_at_once(machine)) << "it has changed";
}

TEST_P(EngineTest, HistoryIsReadInPagesBothWays) {
  Json states = Json::object();
  for (int i = 0; i < 20; ++i) {
    states["S" + std::to_string(i)] = Json{{"Type", "Pass"}, {"Next", "S" + std::to_string(i + 1)}};
  }
  states["S20"] = Json{{"Type", "Succeed"}};
  const auto record = run(Json{{"StartAt", "S0"}, {"States", states}});
  for (const bool reverse : {false, true}) {
    std::vector<int> ids;
    run::HistoryQuery query{record.arn, 0, 7, reverse, true};
    do {
      const auto page = engine_->history(query);
      ASSERT_TRUE(page.has_value());
      for (const auto& event : page->events) ids.push_back(event["id"].get<int>());
      query.from = page->next_from;
    } while (query.from != 0);
    if (reverse) std::reverse(ids.begin(), ids.end());
    ASSERT_EQ(ids.size(), 44u);
    for (int i = 0; i < 44; ++i) EXPECT_EQ(ids[static_cast<std::size_t>(i)], i + 1);
  }
}

/// 13 states over 200 KB: 28 events, each with the 200 KB.
TEST_P(EngineTest, APageOfLargeEventsEndsBeforeItsCount) {
  Json states = Json::object();
  for (int i = 0; i < 12; ++i) {
    states["S" + std::to_string(i)] = Json{{"Type", "Pass"}, {"Next", "S" + std::to_string(i + 1)}};
  }
  states["S12"] = Json{{"Type", "Succeed"}};
  const auto machine = create(Json{{"StartAt", "S0"}, {"States", states}});
  const auto started = start(machine, '"' + std::string(200'000, 'x') + '"');
  ASSERT_TRUE(started.has_value());
  await_end(started->arn);
  for (const bool reverse : {false, true}) {
    run::HistoryQuery query{started->arn, 0, 1000, reverse};
    std::vector<std::int64_t> ids;
    std::size_t pages = 0;
    do {
      const auto page = engine_->history(query);
      ASSERT_TRUE(page.has_value());
      ASSERT_GE(page->events.size(), 1u);
      EXPECT_LE(page->events.size(), 7u) << "six texts of 200 KB and an event without one";
      for (const auto& event : page->events) ids.push_back(event["id"].get<std::int64_t>());
      query.from = page->next_from;
      ++pages;
    } while (query.from != 0);
    if (reverse) std::reverse(ids.begin(), ids.end());
    std::vector<std::int64_t> all(28);
    std::iota(all.begin(), all.end(), 1);
    EXPECT_EQ(ids, all);
    EXPECT_GE(pages, 4u);
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, EngineTest, testing::Values("memory", "sqlite"),
                         [](const auto& store) { return std::string(store.param); });

}  // namespace
}  // namespace stepd::test
