// What a simulated node has promised, as its clients and its tasks' world heard it, and what it must therefore keep.
// The ledger outlives every process of the node. What is broken is collected, in words.
#pragma once

#include "base/clock.h"
#include "engine/core/observer.h"
#include "engine/run/gateway.h"
#include "engine/run/task_call.h"
#include "engine/run/turn_listener.h"
#include "storage/store.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace stepd::test {

/// Of the node, all shards together.
inline constexpr std::size_t kExpressAtOnce = 4;

/// What has happened in one run or in many: a run in which nothing happens proves nothing.
struct NodeTally {
  std::uint64_t crashes = 0, drains = 0, faults = 0, lost_writes = 0, jumps = 0, unreadable = 0;
  std::uint64_t starts = 0, repeated_starts = 0, refused_starts = 0, stops = 0, redrives = 0, express_ends = 0;
  std::uint64_t answers = 0, late_answers = 0, handed_over = 0, children = 0, unavailable = 0;
  std::uint64_t ended = 0, succeeded = 0, oracle = 0;

  /// Each count by its name.
  std::vector<std::pair<const char*, std::uint64_t*>> counts();
  void add(NodeTally& other);
};

class NodeLedger final : public core::Observer, public run::TurnListener {
 public:
  NodeTally tally;
  std::vector<std::string> broken;

  void break_promise(std::string what) { broken.push_back(std::move(what)); }

  // ---- time and processes
  void follow(const Clock& clock) { clock_ = &clock; }
  void time_passed();
  /// Of every execution that is open, the rows that are read make what the history makes.
  void process_began(const storage::Store& store);

  /// A Reply of that kind that has to be called once, while its process lives.
  template <class T>
  run::Reply<T> expect(std::string what, std::function<void(const run::Answer<T>&)> then = {}) {
    const auto number = open_reply(std::move(what));
    return [this, number, then = std::move(then)](const run::Answer<T>& answer) {
      reply_came(number);
      if (!answer.has_value() && answer.error().code == run::RefusalCode::ServiceUnavailable) ++tally.unavailable;
      if (then) then(answer);
    };
  }
  /// The living process owes none.
  void check_replies();

  /// From now on it may be quarantined at any time.
  void made_unreadable(const std::string& arn) { ++tally.unreadable, unreadable_.insert(arn); }

  // ---- starts and their ends
  /// Names of state machines that begin so are functions of their inputs, and the oracle's.
  static constexpr const char* kPure = "pure";
  /// The state machine of that name may be deleted, with what it has run.
  static constexpr const char* kFleeting = "fleeting";
  /// A client asks for it; `arn`: the execution's, of a STANDARD one.
  void start_asked(const std::string& arn, const run::StartExecution& request);
  void start_answered(const std::string& arn, const run::StartExecution& request,
                      const run::Answer<run::StartedExecution>& answer);
  void child_started(const run::Answer<run::StartedExecution>& answer);
  void stopped(const run::StopExecution& request, const run::Answer<run::StoppedExecution>& answer);
  void redriven(const run::RedriveExecution& request, const run::Answer<run::RedrivenExecution>& answer);

  // ---- tasks
  /// Its scheduling has to be stored by now.
  void task_called(const run::TaskCall& call);
  struct PureTask {
    std::string state;
    int retries = 0;
  };
  /// Of a pure state machine; else null.
  const PureTask* pure_task(const core::ParentLink& task) const;
  /// The world answers so; it may have answered something else before.
  Payload offered(const core::ParentLink& task, Payload output);
  /// Tokens that anybody may answer, in the order in which they were handed out.
  void token_given(const std::string& token);
  void handed_over(const run::ActivityTask& task);
  const std::vector<std::string>& tokens() const { return tokens_; }
  bool is_answered(const std::string& token) const { return accepted_.contains(token); }
  void task_answered(const run::AnswerTask& request, const run::Answer<std::monostate>& answer);

  bool runs_express() const { return !express_.empty(); }

  // ---- what is stored
  /// Looks at what is stored: only what may change has changed since the last look.
  void look(const storage::Reader& reader);
  /// At the end: everything that was promised is there, and the histories make the executions.
  void check_finally(const storage::Reader& reader);

  /// As its history says.
  std::vector<core::Awaited> awaited(const storage::ExecutionSummary& execution) const {
    return fold(execution, *reader_).awaited();
  }

  std::vector<std::string> awaited_children(const storage::ExecutionSummary& execution) const;

  // ---- core::Observer
  void computed(core::FrameId, core::Step, const Payload&) override {}
  void failed(core::FrameId, const core::Failure&) override {}
  void recorded(const core::Execution& execution, const core::Event& event) override;
  // ---- run::TurnListener
  void committed(const run::HeardTurn& turn) override;

 private:
  struct OpenReply {
    std::string what;
    std::uint64_t process = 0;
    unsigned came = 0;
  };
  struct Ended {
    storage::ExecutionStatus status{};
    std::optional<Instant> at;
    std::uint32_t redrives = 0;
  };
  struct Known {
    std::set<std::string> inputs;       ///< that clients asked for
    std::optional<Instant> started_at;  ///< as it was acknowledged
    std::string input;                  ///< likewise
    std::optional<std::uint32_t> redrives;
    std::vector<std::string> events;  ///< bytes, as they were first read
    std::optional<Ended> ended;
  };
  /// A timer as it was stored: `due` by the date, and when that comes if the clock is not set.
  struct Due {
    Instant due;
    SteadyInstant comes;
    bool absolute = false;
  };
  using Dues = std::map<core::Awaited::Kind, Due>;
  using Task = std::pair<std::string, core::EventNumber>;

  std::size_t open_reply(std::string what);
  void reply_came(std::size_t number);
  bool has_come(const Dues& dues, core::Awaited::Kind kind) const;
  void note_dues(const core::Execution& execution, core::FrameId frame);
  void note_due(Dues& noted, const Dues& before, core::Awaited::Kind kind, Instant due, bool absolute,
                const ClockReading& as_of);
  void check_timers(const core::Execution& execution, const core::Event& event);
  void check_concurrency(const core::Execution& execution, const core::Event& event);
  bool settles_stored(const std::string& arn, core::EventNumber token, const std::string* output) const;
  core::Execution fold(const storage::ExecutionSummary& summary, const storage::Reader& reader) const;
  void check_history(const storage::ExecutionSummary& summary, const storage::Reader& reader);
  /// The task that `frame` awaits is settled by `event`.
  void check_result(const std::string& arn, core::EventNumber token, const core::Event& event, const core::Frame& frame,
                    const storage::Reader& reader);
  void check_end(const storage::ExecutionRecord& record, const core::Execution& folded);

  const Clock* clock_ = nullptr;
  Instant latest_{};  ///< that the clock has shown
  const storage::Reader* reader_ = nullptr;
  std::uint64_t process_ = 0;
  std::vector<OpenReply> replies_;
  std::map<std::string, Known> known_;  ///< by ARN; STANDARD ones
  std::map<Task, PureTask> pure_;
  std::map<Task, std::set<std::string>> offered_;
  std::vector<std::string> tokens_;
  std::set<std::string> accepted_;  ///< tokens
  std::map<std::pair<std::string, core::FrameId>, Dues> dues_;
  std::map<std::string, Dues> execution_dues_;
  std::map<std::string, ClockReading> decided_;  ///< when the last turn was, of each execution in this process
  std::set<std::string> express_;                ///< that run
  std::set<std::string> unreadable_;             ///< that are, or were
};

}  // namespace stepd::test
