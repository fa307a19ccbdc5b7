// EXPRESS executions through the whole engine: what starts them, and what they are called.
#include "engine/run/engine.h"
#include "run/no_services.h"
#include "storage/memory/memory_store.h"

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <regex>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using run::RefusalCode;
using storage::StateMachineType;

constexpr auto kDeadline = 30s;
constexpr auto kLongWait = R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":250,"End":true}}})";
constexpr auto kEmptyPass = R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})";
constexpr auto kSelf =
    R"({"StartAt":"P","States":{"P":{"Type":"Pass","Parameters":{"me.$":"$$.Execution.Id"},"End":true}}})";

class ExpressEngine : public testing::Test {
 protected:
  ExpressEngine() {
    run::EngineOptions options;
    options.region = "eu-north-1";
    options.account = "999999999999";
    engine_ = run::make_engine(options, *store_, clock_, no_services);
    engine_->resume();
  }

  std::string create(const std::string& name, const std::string& definition,
                     StateMachineType type = StateMachineType::Express) {
    auto made = ask<run::CreatedStateMachine>([&](auto reply) {
      engine_->create_state_machine({name, definition, "arn:aws:iam::999999999999:role/r", type}, std::move(reply));
    });
    return made.get()->arn;
  }

  template <class T>
  struct Coming {
    std::future<run::Answer<T>> future;
    run::Answer<T> get() {
      if (future.wait_for(kDeadline) != std::future_status::ready) throw std::runtime_error("no reply");
      return future.get();
    }
  };
  template <class T, class Call>
  static Coming<T> ask(Call call) {
    auto promise = std::make_shared<std::promise<run::Answer<T>>>();
    Coming<T> coming{promise->get_future()};
    call([promise](run::Answer<T> answer) { promise->set_value(std::move(answer)); });
    return coming;
  }
  Coming<run::EndedExecution> run_sync(run::StartExecution request) {
    return ask<run::EndedExecution>(
        [&](auto reply) { engine_->start_sync_execution(std::move(request), std::move(reply)); });
  }
  Coming<run::StartedExecution> start(run::StartExecution request) {
    return ask<run::StartedExecution>(
        [&](auto reply) { engine_->start_execution(std::move(request), std::move(reply)); });
  }

  SystemClock clock_;
  std::unique_ptr<storage::Store> store_ = storage::open_memory();
  std::unique_ptr<run::Engine> engine_;
};

TEST_F(ExpressEngine, ItsArnNamesMachineExecutionAndAUuid) {
  const auto machine = create("m", kSelf);
  const auto named = run_sync({machine, "one"}).get();
  const std::regex form(
      "arn:aws:states:eu-north-1:999999999999:express:m:one:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  ASSERT_TRUE(named.has_value());
  EXPECT_TRUE(std::regex_match(named->arn, form)) << named->arn;
  EXPECT_EQ(named->output->text(), R"({"me":")" + named->arn + "\"}") << "the context object says the same";
  EXPECT_NE(run_sync({machine, "one"}).get()->arn, named->arn);
  const auto unnamed = run_sync({machine, std::nullopt}).get();
  EXPECT_EQ(unnamed->name.size(), 36u);
  EXPECT_EQ(unnamed->state_machine_arn, machine);
  EXPECT_TRUE(store_->reader().executions({}).empty());
}

TEST_F(ExpressEngine, AStandardMachineIsNotRunSynchronously) {
  const auto refused = run_sync({create("s", kEmptyPass, StateMachineType::Standard), std::nullopt}).get();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, RefusalCode::StateMachineTypeNotSupported);
  EXPECT_EQ(run_sync({"arn:aws:states:eu-north-1:999999999999:stateMachine:no", std::nullopt}).get().error().code,
            RefusalCode::StateMachineDoesNotExist);
  EXPECT_EQ(run_sync({create("m", kEmptyPass), "a b"}).get().error().code, RefusalCode::InvalidName);
  EXPECT_EQ(run_sync({create("m", kEmptyPass), std::nullopt, "no json"}).get().error().code,
            RefusalCode::InvalidExecutionInput);
}

TEST_F(ExpressEngine, WhoMustNotLoseItIsAnsweredAtItsEnd) {
  run::StartExecution waiting{create("w", kLongWait), "one"};
  EXPECT_TRUE(start(waiting).get().has_value()) << "others are answered at once";
  waiting.answer_at_end = true;
  auto lost = start(waiting);
  run::StartExecution passing{create("p", kEmptyPass), "one"};
  passing.answer_at_end = true;
  passing.arrival = storage::PutArrival{"uploads", "a.jpg", "identity", clock_.now()};
  const auto ended = start(passing).get();
  ASSERT_TRUE(ended.has_value());
  EXPECT_FALSE(ended->arrival_recorded) << "there was no commit to record it with";
  engine_->drain(0ms);
  const auto cut = lost.get();
  EXPECT_EQ(cut.error().code, RefusalCode::ServiceUnavailable) << "so that it is asked for again";
  EXPECT_NE(cut.error().message.find("not carried on"), std::string::npos) << cut.error().message;
  EXPECT_NE(start(waiting).get().error().message.find("This process is ending"), std::string::npos);
}

TEST_F(ExpressEngine, AStandardExecutionIsAnsweredWhenItIsStored) {
  run::StartExecution waiting{create("w", kLongWait, StateMachineType::Standard), "one"};
  waiting.answer_at_end = true;
  EXPECT_TRUE(start(waiting).get().has_value());
}

}  // namespace
}  // namespace stepd::test
