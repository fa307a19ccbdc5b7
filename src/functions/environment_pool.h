// Pool: which environment of a function runs which call, and how calls end. It sees time as a value and processes
// through an interface, so that its rules can be tested without either.
//
// 1. An environment runs one call at a time. It is free for another when it asks for the next one, not when it has
//    answered: until then the first call's deadline holds.
// 2. A call takes the free environment that was used last, and waits kSettlingTime for one that has just answered; else
//    one is started for it, unless there are as many as may be. Then the call is refused if the function has a
//    `concurrency`, as on Lambda, and waits if it has none.
// 3. A cold start has kInitTime of its own. One that fails or takes longer is tried once more as part of the call,
// within
//    its timeout (Lambda dev guide: execution environment, failures during the Init phase).
// 4. A call whose environment ends, or is still busy at the deadline, fails. It is never made twice by the pool, with
//    one exception: an idle environment that is found dead has not seen the call. What ends after its deadline is too
//    late, whether tick() or the end of the process is heard of first.
// 5. An environment's place keeps its files under /tmp until no call has come for WorkerRules::idle.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "functions/environment.h"
#include "functions/function_code.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace stepd::functions {

inline constexpr std::chrono::milliseconds kInitTime{10'000};
/// A process that has answered asks for the next call at once, unless it has more to do.
inline constexpr std::chrono::milliseconds kSettlingTime{10};

/// How a call ended within the function.
struct Outcome {
  std::string payload;  ///< the result, or the error object
  bool failed = false;
  std::string error_type;  ///< of one that failed
  std::string log_tail;    ///< LogStream::tail()
};

struct Call {
  std::string attempt;     ///< names it for Runtime::cancel(); empty: it cannot be cancelled
  std::string request_id;  ///< a UUID
  std::string payload;
  std::string function_arn;
  std::string trace_header;
  std::string client_context;
  Lineage lineage = {};           ///< of what the function writes and starts
  std::function<void()> started;  ///< when there is an environment for it; may be empty
  /// Once. An error is one of the service, by the name of its code: TooManyRequestsException, ServiceException.
  std::function<void(Result<Outcome>)> done;
};

/// Thread: one, the runtime's. `code`, `maker`, `clock` outlive it.
class Pool final : public EnvironmentEvents {
 public:
  /// Calls that wait for a process; further ones are refused.
  static constexpr std::size_t kWaitingMax = 10'000;
  /// Bytes of the payloads of those.
  static constexpr std::size_t kWaitingBytes = 256ull * 1024 * 1024;

  Pool(const FunctionCode& code, const WorkerRules& rules, EnvironmentMaker& maker, const Clock& clock);
  ~Pool() override;

  void submit(Call call);
  /// Drops the call if it still waits for a process; its `done` is called with `ServiceException`.
  void cancel(const std::string& attempt);
  /// Does what has become due.
  void tick();
  /// When tick() has something to do; none: not before something else happens.
  std::optional<SteadyInstant> due() const;

  /// No environment of now gets another call: the code has changed.
  void retire();
  /// Ends an idle environment; false if there is none.
  bool end_one_idle();
  /// Answers all that wait, starts nothing more.
  void close();
  /// Ends all processes and answers all calls; nothing runs any more.
  void end();
  std::size_t processes() const { return places_.size(); }

  void ready(unsigned place) override;
  void answered(unsigned place, Answer answer) override;
  void init_failed(unsigned place, Answer answer) override;
  void ended(unsigned place, Ended ended) override;

 private:
  enum class Standing : unsigned char {
    Starting,
    Idle,
    Busy,
    Settling,  ///< has answered, and has not asked for the next call yet
    Ending     ///< was killed
  };
  struct Place {
    Standing standing = Standing::Starting;
    std::unique_ptr<Environment> environment;
    std::optional<Call> call;
    unsigned starts = 0;     ///< for the sake of `call`
    SteadyInstant since{};   ///< of the standing
    SteadyInstant begun{};   ///< of the process
    SteadyInstant called{};  ///< when the call's time began
    std::optional<SteadyInstant> deadline;
    std::chrono::milliseconds init{-1};  ///< of the cold start, until a call's REPORT has told of it
    std::optional<Answer> verdict;       ///< what the call is answered when the process has ended
    std::string init_status = "error";
    bool retired = false;
  };
  using Places = std::map<unsigned, Place>;
  struct Waiting {
    Call call;
    SteadyInstant since;
  };

  unsigned limit() const;
  bool start(Call&& call);
  void begin(unsigned number, Place& place);
  void give(Place& place, Call call);
  void tell(Place& place);
  void set(Place& place, Standing standing);
  void settle(Place& place, Answer answer, const std::string& status, bool crashed);
  void start_failed(unsigned number, Place& place, const Ended& ended);
  void kill(Place& place, Answer verdict);
  bool judge_lateness(Place& place) const;
  void drop(unsigned number);
  void serve_waiting();
  void wait(Call call);
  Call take_waiting();
  std::optional<Call> next_call(unsigned taker);
  static void tell_started(Call& call);
  static void refuse(Call& call, const std::string& code, const std::string& message);
  static void refuse_for_concurrency(Call& call);

  const FunctionCode& code_;
  const WorkerRules& rules_;
  EnvironmentMaker& maker_;
  const Clock& clock_;
  Places places_;
  std::map<unsigned, SteadyInstant> kept_;  ///< places without a process, whose files are kept, by when that began
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool closed_ = false;
};

}  // namespace stepd::functions
