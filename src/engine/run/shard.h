// A part of the live executions, on one loop: decides their commands in turns, stores each turn, then does what the
// stored state awaits. Never an effect before its commit.
#pragma once

#include "base/clock.h"
#include "base/limits.h"
#include "engine/core/command.h"
#include "engine/core/execution.h"
#include "engine/core/observer.h"
#include "engine/core/token.h"
#include "engine/run/gateway.h"
#include "engine/run/kin.h"
#include "engine/run/loop.h"
#include "engine/run/machines.h"
#include "engine/run/quarantine.h"
#include "engine/run/redrive.h"
#include "engine/run/task_call.h"
#include "engine/run/turn_listener.h"
#include "storage/store.h"
#include "storage/turn_marker.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace stepd::run {

/// A start that the engine has checked.
struct CheckedStart {
  storage::ExecutionId id;
  std::string arn;
  std::string name;
  MachinePointer machine;
  Payload input;
  std::string trace_header;
  std::optional<storage::PutArrival> arrival;
  std::uint32_t machine_version = 0;  ///< as in storage::ExecutionRecord
  std::string machine_alias = {};
  std::optional<core::ParentLink> parent = {};  ///< the task that starts it
};

/// What shards share. All of it outlives them.
struct ShardDoors {
  storage::Store& store;
  Machines& machines;
  TaskRunner& tasks;
  const Clock& clock;
  std::string region;
  std::function<void()> fatal;  ///< the store will store nothing more
  std::size_t max_open = limits::kOpenExecutions;
  core::Observer* observer = nullptr;  ///< of every turn, also of one that cannot be stored and is decided again
  std::chrono::seconds express_limit{limits::kExpressSeconds};
  std::vector<TurnListener*> listeners = {};
  Kin* kin = nullptr;                     ///< null: no execution here awaits another
  Quarantine* quarantine = nullptr;       ///< null: an exception that leaves a turn is the caller's
  storage::TurnMarker* marker = nullptr;  ///< null: turns are not noted
  std::size_t number = 0;                 ///< of the shard, for the marker
  /// How long a turn may take while others wait; 0: no limit.
  std::chrono::microseconds slice{0};
  std::size_t express_max = limits::kExpressExecutions;            ///< EXPRESS executions at once
  std::size_t express_bytes_max = limits::kExpressExecutionBytes;  ///< of their inputs together
  /// Runs a job that blocks on reads of the store, on a thread that may; empty: at once.
  std::function<void(std::function<void()>)> read;
};

struct Live;

/// Thread: the loop's, for every member.
class Shard {
 public:
  Shard(Loop& loop, ShardDoors doors);
  ~Shard();

  void start(CheckedStart start, Reply<StartedExecution> reply);
  /// The same for an EXPRESS execution, whose end is the answer.
  void run(CheckedStart start, Reply<EndedExecution> reply);
  void stop(StopExecution request, Reply<StoppedExecution> reply);
  /// `answer` is for the task that `token` names.
  void answer_task(const core::TaskToken& token, core::Command answer, Reply<std::monostate> reply);
  void redrive(CheckedRedrive redrive, Reply<RedrivenExecution> reply);

  // Of executions that start others (kin.h).
  void watch(const std::string& child, const core::ParentLink& task);
  void child_ended(const core::ParentLink& task, const std::optional<storage::ExecutionRecord>& child);
  void abandon(const std::string& child, const core::ParentLink& task);
  /// Whether that task is still to be answered.
  bool awaits(const core::ParentLink& task);
  /// Stops those whose end was awaited by a task that is no more. Called once, when all are adopted.
  void abandon_orphans(const std::function<bool(const core::ParentLink& task)>& is_awaited);

  /// Takes over an execution that another process left open, and does what it awaits; quarantines it where it cannot
  /// be read, or where `deaths` of the process in a row found it in a turn.
  void adopt(const storage::OpenExecution& open, std::uint32_t deaths = 0);

  /// No more turns: what arrives from now on is left to the next process, and EXPRESS executions are lost.
  void halt();

  /// Nothing is being stored and nothing waits to be.
  bool idle() const;

 private:
  using Id = storage::ExecutionId;

  /// What became of a command.
  enum class Verdict { Done, Rejected, NameTaken, MachineGone, Unavailable };
  using Answered = std::function<void(Verdict, const core::Execution&)>;
  friend struct Live;

  Live* find(Id id);
  /// What the store knows of an execution, without its state.
  static std::unique_ptr<Live> stored_live(const storage::ExecutionRecord& record);
  Live& begin(CheckedStart start);
  bool admits_express(const CheckedStart& start) const;
  /// Null where the execution's revision is not there.
  Live* load(const storage::OpenExecution& open);
  /// Why nobody awaits the answer: of an execution that is not live.
  static Refusal refusal_of(const core::TaskToken& token, const storage::Reader& reader);
  static void stop_closed(const std::string& arn, const Reply<StoppedExecution>& reply, const storage::Reader& reader);
  /// A command from a timer or a task; ignored if the execution has gone.
  void submit(Id id, core::Command command);
  /// The same, but nobody minds if it waits for company (the event that a task began).
  void submit_idly(Id id, core::Command command);
  void pump(Live& live);
  void take_turn(Live& live);
  /// After an exception left a turn: the execution fails if nobody has seen it run, else it is quarantined.
  void contain(Live& live, const char* why);
  /// The state at which the execution stands, as far as that can be told.
  static std::string state_of(const Live& live);
  /// Gives back the memory that an execution needs only while it has turns.
  void rest(const Live& live) const;
  /// Off the loop, where the doors have a place for it.
  void read(std::function<void()> job) const;
  /// Another turn, if the last one ended because it was long enough.
  static void go_on(Live& live);
  void write(Live& live, std::vector<core::Event> events);
  void committed(Id id, storage::Outcome outcome);
  void tell(const Live& live) const;
  void answer(Live& live, Verdict verdict);
  void tell_of(const std::string& child, const core::ParentLink& task) const;
  static const core::AwaitingTask* awaited_task(const Live& live, const core::ParentLink& task);
  /// An execution of that name was started by the same task before, and has ended. Blocks on reads.
  static std::optional<StartedExecution> started_before(const std::string& arn, const core::ParentLink& parent,
                                                        const storage::Reader& reader);
  void leave_child(const std::string& child, const core::ParentLink& task) const;
  /// Of an execution that was never stored.
  static Refusal refusal_of(const Live& live, Verdict verdict);
  /// Its start failed: nobody but the callers has heard of it.
  void give_up(Live& live, Verdict verdict);
  /// After a turn that could not be stored: back to what is stored, and again later.
  void roll_back(Live& live);
  void reload(Live& live);
  void forget(Live& live);

  // ---- effects ----
  void settle(Live& live, core::FrameId frame);
  void settle_execution_timeout(Live& live);
  void cancel(Live& live, core::FrameId frame);
  TimerId arm(Live& live, const core::Awaited& awaited);
  void start_task(Live& live, const core::Awaited& awaited);
  void end_task(Live& live, const core::Awaited& awaited);
  void await_child(Live& live, const core::Awaited& awaited);
  /// A task's call was answered.
  void call_done(Id id, const core::TaskLabel& label, const core::ParentLink& task, Result<Payload> result);
  /// A worker takes the task of an activity up.
  void hand_over(Id id, const core::command::TaskStart& start, const std::function<void(Handover)>& handed);

  Loop& loop_;
  const ShardDoors doors_;
  std::unordered_map<std::int64_t, std::unique_ptr<Live>> live_;
  std::unordered_map<std::string, Id> by_arn_;
  std::size_t in_memory_ = 0;        ///< of live_
  std::size_t in_memory_bytes_ = 0;  ///< of the inputs of those
  bool halted_ = false;
};

}  // namespace stepd::run
