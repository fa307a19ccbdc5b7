// A world for one execution: a clock that is moved by hand and functions that answer by script. After every command it
// checks what must always hold: the events alone make the state, and so do the stored bytes.
#pragma once

#include "engine/asl/definition.h"
#include "engine/core/command.h"
#include "engine/core/decide.h"
#include "engine/core/execution.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace stepd::test {

/// What a scripted function does when it is called once.
struct Answer {
  std::optional<Payload> result;
  core::Failure failure;  ///< when there is no result
  std::chrono::milliseconds takes{0};
  bool never = false;  ///< it hangs
};

class World : private core::ActivityDirectory {
 public:
  World(std::shared_ptr<const asl::Definition> definition, std::uint64_t seed = 1);

  /// Of the function or resource that ends in `name`; the last answer repeats. A function without script echoes.
  void script(const std::string& name, std::vector<Answer> answers);
  /// Instead of scripts: an answer for each call.
  void answer_with(std::function<Answer(const core::AwaitingTask&)> respond) { respond_ = std::move(respond); }

  /// For long executions, whose caller asks for the disagreement() once.
  void leave_checking_to_caller() { checks_ = false; }

  void start(Payload input);
  /// Answers tasks and moves the clock to the next timer until nothing is awaited. False after `steps` commands.
  bool run(std::size_t steps = 100'000);
  /// The same for so long, and then moves the clock to that moment.
  void run_for(std::chrono::milliseconds span);
  /// Timers are noticed so late.
  void be_late(std::chrono::milliseconds by) { late_ = by; }
  /// Activities that are gone.
  void forget_activity(const std::string& arn) { forgotten_.insert(arn); }
  /// Does the one thing that comes next, the `choice`-th of those possible at the same moment. False: nothing is left.
  bool step(std::uint64_t choice = 0);

  core::Decision command(core::Command command);
  /// RedriveExecution, of an execution that has ended badly.
  core::Decision redrive();

  /// Forgets everything in memory and comes back from the stored bytes, as a new process would.
  void restart();

  const core::Execution& execution() const { return execution_; }
  const std::vector<core::Event>& events() const { return events_; }
  Instant now() const { return now_; }
  /// How the state differs from what its events or its stored bytes say; empty, always.
  std::string disagreement() const;
  /// Loses a stored row: what a broken store would do, to see that it is noticed.
  void lose_a_row() { hot_.begin()->second = cold_.begin()->second; }

  /// `2<1 PassStateEntered First`: what AWS's history would show, a line per event.
  std::vector<std::string> history() const;

 private:
  struct Due {
    Instant at;
    core::Command command;
  };

  bool has_activity(const std::string& arn) const override { return !forgotten_.contains(arn); }
  void store(const std::vector<core::Event>& events);
  std::vector<Due> possible() const;
  Answer next_answer(const core::AwaitingTask& task);

  std::shared_ptr<const asl::Definition> definition_;
  core::Execution execution_;
  std::vector<core::Event> events_;
  std::function<Answer(const core::AwaitingTask&)> respond_;
  std::map<std::string, std::vector<Answer>> scripts_;
  std::map<std::string, std::size_t> calls_;
  std::map<core::EventNumber, std::pair<Instant, Answer>> under_way_;  // by token
  Instant now_{std::chrono::milliseconds(1'700'000'000'000)};
  std::uint64_t seed_;
  bool checks_ = true;
  std::chrono::milliseconds late_{0};
  std::set<std::string> forgotten_;

  // What a store would hold.
  std::string head_;
  std::map<core::FrameId, std::string> cold_;
  std::map<core::FrameId, std::string> hot_;
};

}  // namespace stepd::test
