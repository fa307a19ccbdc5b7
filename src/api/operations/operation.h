// An operation of an AWS service: its name, and what answers it. To add one is a file in the folder of its service and
// a line in registry.cpp there. Nothing of HTTP or of the protocol is known here.
#pragma once

#include "api/api.h"
#include "api/protocol/api_error.h"
#include "base/json.h"
#include "base/value/value.h"

#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>

namespace stepd::api {

using Answered = std::function<void(Checked<Json>)>;

/// A client that waits. Thread: any, for all of it.
struct Waiting {
  /// Called once; `lost`, which may be empty, is called if the answer cannot be sent.
  std::function<void(Checked<Json> answer, std::function<void()> lost)> answer;
  /// Calls `gone` when the client leaves before it is answered, perhaps at once; set once at most.
  std::function<void(std::function<void()> gone)> on_leaving;
};

/// The answer of an operation that is run where its request was read.
using AnsweredAtOnce = std::function<void(Checked<Value>)>;

struct Operation {
  std::string_view name;
  /// `arguments` is a JSON object, gone when this returns as `backend` is; of a form, all its members are texts
  /// (protocol/form.h). `answered` is called once, on any thread. Thread: a worker; may block.
  void (*run)(const Json& arguments, const Backend& backend, Answered answered) = nullptr;
  /// Instead of `run`, for an answer that may be long in coming.
  void (*wait)(const Json& arguments, const Backend& backend, Waiting client) = nullptr;
  /// May be null. For requests of at most kAtOnceBytes that say nothing unusual and need nothing from the store: takes
  /// such a request and answers as `run` would. False: nothing was done, and `run` is called. `arguments` is an object,
  /// gone when this returns. Thread: an I/O thread; must not block.
  bool (*run_at_once)(const Value& arguments, const Backend& backend, AnsweredAtOnce answered) = nullptr;
  /// The header field X-Amzn-Trace-Id of a request, or else its traceparent, stands for its member `traceHeader`,
  /// whatever that says.
  bool traced = false;
};

/// A request whose body is larger is parsed and run on a worker, so that it holds up no socket.
inline constexpr std::size_t kAtOnceBytes = 64 * 1024;

/// A reply that hands the engine's answer on: rendered, or as the error that AWS has for the refusal. `answered` is
/// Answered or AnsweredAtOnce.
template <class T, class Told, class Render>
run::Reply<T> rendered(Told answered, Render render) {
  return [answered = std::move(answered), render = std::move(render)](run::Answer<T> answer) {
    if (answer.has_value()) {
      answered(render(*answer));
    } else {
      answered(to_api_error(answer.error()));
    }
  };
}

}  // namespace stepd::api
