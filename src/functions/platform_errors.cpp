#include "functions/platform_errors.h"

#include "base/payload.h"

#include <sys/wait.h>

#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

namespace stepd::functions {
namespace {

Answer platform_error(std::string_view request_id, const std::string& type, const std::string& text) {
  const auto message = request_id.empty() ? text : "RequestId: " + std::string(request_id) + " Error: " + text;
  return {print_json(Json{{"errorType", type}, {"errorMessage", message}}), true, type, message};
}

/// As Go prints it: Lambda's own words.
std::string signal_name(int signal) {
  switch (signal) {
    case SIGKILL:
      return "killed";
    case SIGABRT:
      return "aborted";
    case SIGSEGV:
      return "segmentation fault";
    case SIGTERM:
      return "terminated";
    case SIGBUS:
      return "bus error";
    case SIGFPE:
      return "floating point exception";
    case SIGILL:
      return "illegal instruction";
    case SIGINT:
      return "interrupt";
    case SIGHUP:
      return "hangup";
    case SIGPIPE:
      return "broken pipe";
    default:
      return "signal " + std::to_string(signal);
  }
}

std::string how_it_exited(int status) {
  if (WIFSIGNALED(status)) return "Runtime exited with error: signal: " + signal_name(WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  if (code == 0) return "Runtime exited without providing a reason";
  return "Runtime exited with error: exit status " + std::to_string(code);
}

}  // namespace

Answer timed_out(std::string_view request_id, std::chrono::milliseconds timeout) {
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.2f", static_cast<double>(timeout.count()) / 1000);
  return platform_error(request_id, "Sandbox.Timedout", std::string("Task timed out after ") + seconds + " seconds");
}

Answer too_large_result() {
  const std::string type = "Function.ResponseSizeTooLarge";
  const std::string text =
      "Response payload size exceeded maximum allowed payload size (" + std::to_string(kResultBytes) + " bytes).";
  return {print_json(Json{{"errorMessage", text}, {"errorType", type}}), true, type, text};
}

Answer process_ended(std::string_view request_id, const Ended& ended) {
  if (!ended.not_started.empty()) return platform_error(request_id, "Runtime.InvalidEntrypoint", ended.not_started);
  if (ended.out_of_memory)
    return platform_error(request_id, "Runtime.OutOfMemory", "Runtime exited with error: signal: killed");
  return platform_error(request_id, "Runtime.ExitError", how_it_exited(ended.status));
}

Answer posted_error(std::string body, const std::string& type) {
  auto named = type.empty() ? std::string("Unhandled") : type;
  if (const auto parsed = parse_json(body); parsed && parsed->is_object()) {
    const auto found = parsed->find("errorType");
    if (found != parsed->end() && found->is_string()) named = found->get<std::string>();
  }
  return {std::move(body), true, std::move(named), ""};
}

}  // namespace stepd::functions
