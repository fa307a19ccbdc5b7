// The errors that Lambda itself reports about a function, as its callers see them: `{"errorType", "errorMessage"}`.
#pragma once

#include "functions/environment.h"

#include <chrono>
#include <string>
#include <string_view>

namespace stepd::functions {

/// What a function may answer: 6 MiB and 100 bytes (AWS Lambda quotas: invocation payload).
inline constexpr std::size_t kResultBytes = 6'291'556;

Answer timed_out(std::string_view request_id, std::chrono::milliseconds timeout);
Answer too_large_result();
/// Runtime.ExitError, Runtime.OutOfMemory or Runtime.InvalidEntrypoint.
Answer process_ended(std::string_view request_id, const Ended& ended);
/// An error that a process has posted: its body, which should be an object with `errorType`; `type` is that of the
/// header field, if there was one.
Answer posted_error(std::string body, const std::string& type);

}  // namespace stepd::functions
