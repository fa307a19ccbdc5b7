// An execution in memory, as its shard sees it: the core's state, the turn under way, and what is owed to it.
#pragma once

#include "engine/asl/resource.h"
#include "engine/core/command.h"
#include "engine/core/execution.h"
#include "engine/run/gateway.h"
#include "engine/run/journal.h"
#include "engine/run/loop.h"
#include "engine/run/machines.h"
#include "engine/run/turn_listener.h"
#include "storage/store.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace stepd::run {

/// What became of a command.
enum class Verdict { Done, Rejected, NameTaken, MachineGone, Unavailable };

/// A command and who waits for its verdict.
struct Request {
  core::Command command;
  std::function<void(Verdict, const core::Execution&)> answered = nullptr;  ///< may be empty
  bool rejected = false;
  std::string child = {};        ///< an execution that is abandoned if the command is rejected
  core::ParentLink parent = {};  ///< the task that has started it
};

/// An execution whose end a task awaits, and the form in which the task wants to be told.
struct AwaitedChild {
  std::string arn;
  asl::Resource::Pattern pattern = asl::Resource::Pattern::Sync;
};

/// One thing that an execution has asked for and still awaits.
struct OwedEffect {
  core::Awaited awaited;
  TimerId timer{};         ///< 0 of a task
  bool is_called = false;  ///< of a task: its call is under way, or waits to be made (TaskCall)
};

/// What an execution has asked of its surroundings. It is in memory as long as the execution is open.
struct PendingEffects {
  std::map<core::FrameId, std::vector<OwedEffect>> owed;  ///< per frame
  std::optional<TimerId> execution_timeout;
  std::map<core::EventNumber, AwaitedChild> children;  ///< by the task's token
  std::vector<core::ParentLink> watchers;              ///< tasks that await this execution's end
  std::vector<core::EventNumber> waiting_calls;        ///< tokens of tasks in StartQueue: owed, but not called yet
  bool awaits_tokens = false;                          ///< it is in TransitionQueue
};

struct Live {
  storage::ExecutionId id{};
  std::string arn;
  MachinePointer machine;
  std::uint32_t machine_version = 0;  ///< as in storage::ExecutionRecord
  std::string machine_alias;
  std::string trace_header;
  bool in_memory = false;  ///< EXPRESS: its journal is this struct, and it ends with the process
  core::Execution execution;
  std::uint64_t version = 0;  ///< turns stored
  PendingEffects pending;

  std::deque<Request> queue;
  std::vector<Request> turn;            ///< decided, not yet stored
  std::optional<ClockReading> decided;  ///< when the last turn was; none: by another process
  bool storing = false;
  std::optional<JournalEntry> entry;  ///< what is being stored
  bool idling = false;                ///< a timer will pump
  bool admitted = false;              ///< TransitionQueue lets the next turn enter states
  std::set<core::FrameId> touched;    ///< frames that the turn changed
  std::vector<core::Event> events;    ///< of the turn that is being stored
  bool has_messages = false;          ///< it is stored with messages

  std::optional<storage::ExecutionRecord> created;  ///< until the first turn is stored
  std::optional<storage::Redrive> redriven;         ///< likewise, instead of `created`
  std::optional<storage::PutArrival> arrival;       ///< goes with `created`
  /// Wait for the first turn: the same start may be asked for twice.
  std::vector<std::function<void(Verdict, const Live&)>> starters;

  bool suspected = false;       ///< the process died in its turn; absolved by the first one that ends well
  Reply<EndedExecution> ended;  ///< may be empty; of an execution in memory alone
  std::size_t input_bytes = 0;  ///< of that one's input, before it has started too
  std::size_t data_bytes = 0;   ///< of that one's states, when they were most
  unsigned full_turns = 0;      ///< of that one: turns that ended because they were long enough

  // LiveTable's:
  std::optional<std::list<storage::ExecutionId>::iterator> resting;
  bool visited = false;  ///< visits that waited take place: it does not rest before the last one
};

/// The turn that is being stored, or has been. Valid as long as `live` is not changed.
HeardTurn heard_turn(const Live& live);

/// Without its state.
std::unique_ptr<Live> make_live(const storage::ExecutionRecord& record);

}  // namespace stepd::run
