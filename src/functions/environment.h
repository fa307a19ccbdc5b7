// An environment, as AWS Lambda calls it: a process that runs a function for one call after the other. Pool decides
// what environments do (environment_pool.h); ProcessEnvironment is the real one.
#pragma once

#include "base/clock.h"
#include "base/lineage.h"
#include "functions/log_stream.h"

#include <cstdint>
#include <memory>
#include <string>

namespace stepd::functions {

/// One call as the Runtime API tells it (AWS Lambda dev guide: Runtime API, next invocation).
struct Invocation {
  std::string request_id;
  std::string payload;  ///< sent as it is
  std::string function_arn;
  std::string trace_header;    ///< X-Ray's; may be empty
  std::string client_context;  ///< JSON; empty: none
  Instant deadline;
  Lineage lineage = {};  ///< of what the function writes and starts
};

/// What a process posts, or what is said in its stead.
struct Answer {
  std::string payload;
  bool failed = false;
  std::string error_type;  ///< of one that failed
  std::string log_line;    ///< what Lambda adds to the log; empty: nothing
};

/// How a process ended.
struct Ended {
  int status = 0;              ///< as waitpid() gives it
  bool out_of_memory = false;  ///< it was killed because it took more than its limit
  std::string not_started;     ///< why there was no program; empty: there was
  bool unseen = false;         ///< it was not told of the call that it was given last
};

/// Thread: the runtime's, as all of it. After the destructor no event follows.
class Environment {
 public:
  /// Ends the process and all that it started.
  virtual ~Environment() = default;
  /// Only between EnvironmentEvents::ready() and the next one. Again: the same call is told once more.
  virtual void give(const Invocation& invocation) = 0;
  /// Kills the process and all that it started; ended() follows.
  virtual void kill() = 0;
  /// Takes what was printed until now into the log. Never blocks.
  virtual void collect_output() = 0;
  virtual LogStream& log() = 0;
  /// The most memory that was seen, in bytes.
  virtual std::uint64_t peak_bytes() const = 0;
};

/// `place` tells the environments of a function apart. The calls come from the runtime's loop and never from within a
/// call of the environment.
class EnvironmentEvents {
 public:
  virtual ~EnvironmentEvents() = default;
  /// It asks for the next call.
  virtual void ready(unsigned place) = 0;
  /// Of the call that it was given last; once for each.
  virtual void answered(unsigned place, Answer answer) = 0;
  /// It could not begin; `answer` says why.
  virtual void init_failed(unsigned place, Answer answer) = 0;
  virtual void ended(unsigned place, Ended ended) = 0;
};

class EnvironmentMaker {
 public:
  virtual ~EnvironmentMaker() = default;
  /// Whether one more may be started; an idle environment of another function may be ended for it.
  virtual bool may_start() = 0;
  /// `events` outlives it. What cannot be started ends at once, by an event.
  virtual std::unique_ptr<Environment> start(unsigned place, EnvironmentEvents& events) = 0;
  /// Pool::due() may be another from now on.
  virtual void changed() {}
  /// No environment uses the files of this place any more.
  virtual void clear(unsigned place) = 0;
};

}  // namespace stepd::functions
