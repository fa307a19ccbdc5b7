// What the tests of the triggers share: short JSON, moments, a folder of one's own, and a gateway that remembers.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "engine/run/gateway.h"
#include "triggers/object_events.h"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::triggers::test {

Json json(std::string_view text);
/// Milliseconds after an arbitrary beginning.
Instant at(std::int64_t ms);
ObjectCreated object(std::string bucket, std::string key, std::string identity = "1.2.3.4");

/// Gone with its owner.
class Folder {
 public:
  Folder();
  ~Folder();
  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

class ManualClock final : public Clock {
 public:
  Instant now() const override { return Instant(std::chrono::milliseconds(ms_.load())); }
  SteadyInstant steady() const override { return SteadyInstant(std::chrono::milliseconds(ms_.load())); }
  void advance(std::int64_t ms) { ms_ += ms; }

 private:
  std::atomic<std::int64_t> ms_{1'800'000'000'000};
};

/// Numbers of the full test matrix take long: a tenth of them, or `STEPD_TEST_SCALE` (1 is all of them) times as many.
int scaled(int full);

/// Starts are idempotent by name, as the engine's are; `refuse` makes the next answers refusals. Arrivals go into
/// `records`, if there is one, as the engine stores them with the start.
class RememberingGateway final : public run::Gateway {
 public:
  asl::Diagnostics validate_definition(std::string_view, storage::StateMachineType) const override { return {}; }
  void create_state_machine(run::CreateStateMachine, run::Reply<run::CreatedStateMachine>) override {}
  void update_state_machine(run::UpdateStateMachine, run::Reply<run::UpdatedStateMachine>) override {}
  void delete_state_machine(std::string, run::Reply<std::monostate>) override {}
  void publish_version(run::PublishVersion, run::Reply<run::PublishedVersion>) override {}
  void delete_version(run::VersionName, run::Reply<std::monostate>) override {}
  void create_alias(run::CreateAlias, run::Reply<run::CreatedAlias>) override {}
  void update_alias(run::UpdateAlias, run::Reply<run::UpdatedAlias>) override {}
  void delete_alias(run::AliasName, run::Reply<std::monostate>) override {}
  void change_tags(run::TagChange, run::Reply<std::monostate>) override {}
  bool starts_at_once(const std::string&) const override { return false; }
  void start_sync_execution(run::StartExecution, run::Reply<run::EndedExecution>) override {}
  std::function<void()> await_end(run::AwaitEnd, run::Reply<storage::ExecutionRecord>) override {
    return [] {};
  }
  void create_activity(run::CreateActivity, run::Reply<run::CreatedActivity>) override {}
  void delete_activity(std::string, run::Reply<std::monostate>) override {}
  std::function<void()> poll_activity(run::PollActivity, run::Reply<run::ActivityTask>) override {
    return [] {};
  }
  void answer_task(run::AnswerTask, run::Reply<std::monostate>) override {}
  void stop_execution(run::StopExecution, run::Reply<run::StoppedExecution>) override {}
  void redrive_execution(run::RedriveExecution, run::Reply<run::RedrivenExecution>) override {}
  std::optional<std::string> why_not_redrivable(const storage::ExecutionRecord&) const override { return {}; }
  void test_state(run::TestState, run::Reply<run::TestedState>) override {}
  void invoke_function(run::InvokeFunction request, run::Reply<run::InvokedFunction> reply) override;
  void call_service(run::CallService, run::Reply<run::CalledService>) override {}
  run::Answer<run::HistoryPage> history(const run::HistoryQuery&) const override;
  run::Readings readings() const override { return {}; }
  void start_execution(run::StartExecution request, run::Reply<run::StartedExecution> reply) override;

  void refuse(run::RefusalCode code, int times);
  /// As Refusal::for_good.
  void refuse_for_good(run::RefusalCode code, int times);
  /// Of all requests and calls, in their order.
  std::vector<Lineage> lineages() const;
  /// Of the requests that carried an arrival: the execution's name -> bucket/key.
  std::map<std::string, std::string> arrivals() const;
  /// What functions were called with, as `NAME INPUT`.
  std::vector<std::string> calls() const;
  /// The next calls fail so often.
  void fail_calls(int times);
  bool records = false;
  /// Name -> input, of what was started.
  std::map<std::string, std::string> started() const;
  int asked() const;
  /// False if it took longer than a generous while.
  bool wait_for(std::size_t count) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, std::string> started_;
  std::map<std::string, std::string> arrivals_;
  std::vector<std::string> calls_;
  int failures_ = 0;
  int asked_ = 0;
  int refusals_ = 0;
  run::RefusalCode code_{};
  bool for_good_ = false;
  std::vector<Lineage> lineages_;
};

}  // namespace stepd::triggers::test
