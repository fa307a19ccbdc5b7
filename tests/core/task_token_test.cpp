// Task tokens: whose they are, and what is none.
#include "engine/core/compile.h"
#include "engine/core/token.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace core;

World waiting_world() {
  World world(compile(Json::parse(R"({"StartAt":"T","States":{"T":{"Type":"Task","End":true,
      "Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken",
      "Parameters":{"FunctionName":"f","Payload":{"token.$":"$$.Task.Token"}}}}})"))
                  .definition);
  world.start(Payload());
  return world;
}

const AwaitingTask& awaited_task(const World& world) {
  return std::get<AwaitingTask>(world.execution().frame(kRootFrame).standing);
}

std::string token_in(const World& world) {
  return awaited_task(world).input.json()["Payload"]["token"].get<std::string>();
}

TEST(TaskTokens, TheContextShowsTheTokenOfTheTaskItself) {
  const auto world = waiting_world();
  const auto text = token_in(world);
  EXPECT_EQ(text, task_token(world.execution(), kRootFrame, awaited_task(world).token));
  const auto read = read_task_token(text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->execution_arn, world.execution().identity().arn);
  EXPECT_EQ(read->frame, kRootFrame);
  EXPECT_EQ(read->number, awaited_task(world).token);
  EXPECT_TRUE(is_proven(*read, world.execution().identity()));
  EXPECT_EQ(text.find_first_of("+/="), std::string::npos) << "it may stand in a URL";
}

TEST(TaskTokens, AnotherTasksTokenCannotBeMadeOfOne) {
  const auto world = waiting_world();
  auto read = *read_task_token(token_in(world));
  ++read.number;
  EXPECT_FALSE(is_proven(read, world.execution().identity()));
  --read.number;
  read.frame = FrameId{2};
  EXPECT_FALSE(is_proven(read, world.execution().identity()));
}

TEST(TaskTokens, AnotherExecutionDoesNotBelieveIt) {
  const auto world = waiting_world();
  const auto read = *read_task_token(token_in(world));
  auto stranger = world.execution().identity();
  stranger.secret = "another 16 bytes";
  EXPECT_FALSE(is_proven(read, stranger));
  stranger.secret.clear();
  EXPECT_FALSE(is_proven(read, stranger)) << "one of an older stepd has no secret, and never gave a token out";
  auto namesake = world.execution().identity();
  namesake.arn += "2";
  EXPECT_FALSE(is_proven(read, namesake));
}

TEST(TaskTokens, WhatIsNoneIsNotRead) {
  const auto text = token_in(waiting_world());
  for (const auto& none :
       {std::string(), std::string("no"), std::string("NoSuchTaskToken"), text.substr(0, text.size() / 2), text + "A",
        text + "=", " " + text, std::string(3'000, 'A'), std::string("c3RlcGQx"), "\xff" + text}) {
    EXPECT_FALSE(read_task_token(none).has_value()) << none;
  }
}

}  // namespace
}  // namespace stepd::test
