// A whole engine with its threads, over each store: what its tests create, start and wait for.
#pragma once

#include "engine/run/engine.h"
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "support/ask.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

namespace stepd::test {

/// The parameter is the store: `memory` or `sqlite`. A test class opens the engine with its services, and resets it
/// before whatever the services need.
class EngineBench : public testing::TestWithParam<const char*> {
 protected:
  EngineBench() {
    folder_ = std::filesystem::temp_directory_path() / ("stepd-engine-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~EngineBench() override {
    engine_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open(const run::ServicesFactory& make_services) {
    if (!store_) {
      if (std::string_view(GetParam()) == "memory")
        store_ = storage::open_memory();
      else
        store_ = storage::open_sqlite(folder_);
    }
    engine_ = run::make_engine({}, *store_, clock_, make_services);
    engine_->resume();
  }

  /// Ends the engine as SIGTERM does and begins another over the same data.
  void restart(const run::ServicesFactory& make_services) {
    engine_->drain(std::chrono::seconds(1));
    engine_.reset();
    if (std::string_view(GetParam()) != "memory") store_.reset();
    open(make_services);
  }

  std::string create(const Json& definition, const std::string& name = "machine") {
    const auto answer = ask<run::CreatedStateMachine>([&](auto reply) {
      engine_->create_state_machine({name, definition.dump(), "arn:aws:iam::123456789012:role/r"}, reply);
    });
    EXPECT_TRUE(answer.has_value()) << answer.error().message;
    return answer.has_value() ? answer->arn : "";
  }

  static Json one_task(const std::string& resource, Json parameters = nullptr) {
    Json task{{"Type", "Task"}, {"Resource", resource}, {"End", true}};
    if (!parameters.is_null()) task["Parameters"] = std::move(parameters);
    return Json{{"StartAt", "T"}, {"States", {{"T", std::move(task)}}}};
  }

  run::Answer<run::StartedExecution> start(const std::string& machine, const std::string& input = "{}",
                                           std::optional<std::string> name = {}) {
    return ask<run::StartedExecution>([&](auto reply) {
      engine_->start_execution({machine, name, input, ""}, std::move(reply));
    });
  }

  storage::ExecutionRecord await_end(const std::string& arn) {
    const auto limit = std::chrono::steady_clock::now() + kReplyDeadline;
    for (;;) {
      auto record = store_->reader().execution(arn);
      if (record && record->status != storage::ExecutionStatus::Running) return *record;
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error(arn + " does not end");
      std::this_thread::yield();
    }
  }

  storage::ExecutionRecord run(const Json& definition, const std::string& input = "{}") {
    static std::atomic<int> count{0};
    const auto answer = start(create(definition, "m" + std::to_string(++count)), input);
    EXPECT_TRUE(answer.has_value());
    return await_end(answer->arn);
  }

  std::filesystem::path folder_;
  SystemClock clock_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<run::Engine> engine_;
};

}  // namespace stepd::test
