// One shard on a loop that is driven by hand, over a store that can be held back, with tasks that the test answers.
#pragma once

#include "engine/run/loop.h"
#include "engine/run/machines.h"
#include "engine/run/shard.h"
#include "storage/faulty/faulty_store.h"
#include "storage/memory/memory_store.h"
#include "support/manual_clock.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stepd::test {

/// Passes everything on, except that execution deltas wait while `held`, and are answered `refusals` first.
class HeldStore final : public storage::Store {
 public:
  HeldStore() : inner_(storage::make_faulty(storage::open_memory(), {})) {}

  bool held = false;
  std::deque<storage::Outcome> refusals;  ///< for the next deltas, in order
  std::size_t deltas = 0;                 ///< stored
  bool is_unreadable = false;             ///< no open execution can be read

  void release();
  storage::FaultyStore& faulty() { return *inner_; }
  /// What a crash does to writes that were never stored.
  void lose_waiting() {
    waiting_.clear();
    held = false;
  }
  std::size_t waiting() const { return waiting_.size(); }

  void write(storage::Write write, storage::Committed done) override;
  const storage::Reader& reader() const override { return inner_->reader(); }
  void load_open(const std::function<void(storage::OpenExecution)>& each,
                 const storage::Unreadable& unreadable) const override {
    inner_->load_open(each, unreadable);
  }
  std::optional<storage::OpenExecution> load(storage::ExecutionId id) const override {
    if (is_unreadable) throw storage::StoreError("the disk says no");
    return inner_->load(id);
  }
  storage::ExecutionId last_id() const override { return inner_->last_id(); }
  storage::PayloadId next_payload_id() override { return inner_->next_payload_id(); }
  void flush() override { inner_->flush(); }

 private:
  void pass_on(storage::Write write, storage::Committed done);

  std::unique_ptr<storage::FaultyStore> inner_;
  std::deque<std::pair<storage::Write, storage::Committed>> waiting_;
};

/// Keeps what was started for the test to answer, until it is answered or cancelled.
class HandAnsweredTasks final : public run::TaskRunner {
 public:
  void start(run::TaskCall call) override;
  void cancel(const std::string& attempt) override {
    cancelled.push_back(attempt);
    open.erase(attempt);
  }

  std::optional<Result<Payload>> compute(const core::TaskLabel& label, const Payload& input) override {
    return computations.contains(label.resource) ? std::optional(computations.at(label.resource)(input)) : std::nullopt;
  }

  std::map<std::string, run::TaskCall> open;
  std::vector<std::string> cancelled;
  std::map<std::string, std::function<Result<Payload>(const Payload&)>> computations;  ///< by the task's resource
};

/// Keeps what it is asked for.
class NotedKin final : public run::Kin {
 public:
  using Watch = std::pair<std::string, core::ParentLink>;
  void watch(const std::string& child, const core::ParentLink& task) override { watches.emplace_back(child, task); }
  void tell(const core::ParentLink&, std::optional<storage::ExecutionRecord>) override {}
  void abandon(const std::string&, const core::ParentLink&) override {}

  std::vector<Watch> watches;
};

class BenchOfOne {
 public:
  BenchOfOne();

  /// Creates the state machine; answers its ARN.
  std::string create(const std::string& definition, const std::string& name = "machine");
  std::string create(run::CreateStateMachine request);
  /// What the start was answered, once it was.
  struct StartAnswer {
    bool answered = false;
    std::optional<run::Refusal> refusal;
    std::string arn;
  };
  std::shared_ptr<StartAnswer> start(const std::string& machine_arn, const std::string& name,
                                     const std::string& input = "{}");
  /// The same for EXPRESS ones: `run_express` answers the end.
  std::string create_express(const std::string& definition, const std::string& name = "express");
  std::shared_ptr<std::optional<run::Answer<run::EndedExecution>>> run_express(const std::string& machine_arn,
                                                                               const std::string& name = "one",
                                                                               const std::string& input = "{}");
  std::shared_ptr<StartAnswer> start_express(const std::string& machine_arn, const std::string& name);
  std::shared_ptr<std::optional<run::Answer<run::StoppedExecution>>> stop(const std::string& execution_arn);

  /// Lets everything happen that can happen now.
  void settle() { loop->run_ready(); }
  void advance(std::chrono::milliseconds by);
  /// A new process: shard and loop are new, the store stays.
  void restart();

  storage::ExecutionRecord record(const std::string& arn) const { return *store.reader().execution(arn); }

  ManualClock clock;
  HeldStore store;
  HandAnsweredTasks tasks;
  run::Machines machines;
  std::unique_ptr<run::Loop> loop;
  std::unique_ptr<run::Shard> shard;
  int fatal = 0;
  std::size_t max_open = 1'000'000;           ///< of the shard after the next restart
  std::vector<run::TurnListener*> listeners;  ///< as above
  std::chrono::seconds express_limit{300};    ///< as above
  std::size_t express_bytes_max = 1u << 20;   ///< as above
  std::size_t resting_max = 128;              ///< as above
  bool hold_reads = false;                    ///< reads off the loop wait in `reads`
  std::deque<std::function<void()>> reads;
  std::string trace_header;                     ///< of the next starts
  Lineage lineage = {};                         ///< likewise
  std::unique_ptr<run::Throttles> throttles;    ///< of the shard after the next restart; null: none
  bool paused = false;                          ///< as above
  std::unique_ptr<run::Quarantine> quarantine;  ///< as above

 private:
  void open();
  std::shared_ptr<StartAnswer> start(run::CheckedStart start);
  run::CheckedStart checked(const std::string& machine_arn, const std::string& arn, const std::string& name,
                            const std::string& input);
  std::int64_t last_id_ = 0;
};

}  // namespace stepd::test
