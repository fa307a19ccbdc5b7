// Calls of functions that wait in the outbox: those of Lambda's invocation type Event, and those of topics. Who calls
// is the wiring's.
#pragma once

#include "base/lineage.h"
#include "base/outbox.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace stepd::tasks {

struct FunctionCall {
  std::string function;  ///< name
  std::string payload;   ///< JSON text
  std::string request_id;
  std::string qualifier = {};
  std::string client_context = {};
  Lineage lineage = {};  ///< of what the function writes and starts
};

/// Calls a function and tells what became of it. Thread: any; must not block.
using FunctionCaller = std::function<void(FunctionCall call, std::function<void(Verdict)> done)>;

/// For the functions that no configuration names.
inline constexpr const char* kOtherFunctions = "function/*";

/// The destination of a function's calls.
std::string destination_of_function(const std::string& function);

/// A call as the outbox keeps it. Its id is the request's.
OutboxRecord record_of(const FunctionCall& call, const std::string& destination, Instant now);

/// For bodies of record_of().
std::unique_ptr<Post> make_call_post(FunctionCaller call);

}  // namespace stepd::tasks
