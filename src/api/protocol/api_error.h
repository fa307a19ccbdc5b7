// The errors of the AWS protocol: their names on the wire and their HTTP statuses. When they arise is for others to
// know.
#pragma once

#include "base/json.h"
#include "base/payload.h"
#include "engine/run/gateway.h"

#include <boost/system/result.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace stepd::api {

/// An error as an AWS client sees it: `{"__type": type, "message": message, ...members}`.
struct ApiError {
  ApiError() = default;
  ApiError(std::string error_type, std::string text, int http_status = 400)
      : type(std::move(error_type)), message(std::move(text)), status(http_status) {}

  std::string type;
  std::string message;
  int status = 400;
  std::vector<std::pair<std::string, std::string>> members;  ///< such as the `reason` of a ValidationException
  std::optional<Payload> details;  ///< an object whose members stand beside these, such as `CancellationReasons`
};

[[noreturn]] inline void throw_exception_from_error(const ApiError& error, const boost::source_location&) {
  throw std::logic_error(error.type + ": " + error.message);
}

template <class T>
using Checked = boost::system::result<T, ApiError>;

/// The one table of names and statuses of what the engine refuses.
ApiError to_api_error(const run::Refusal& refusal);

/// `reason` is one of AWS's ValidationExceptionReason; empty where it gives none.
ApiError validation_error(std::string message, const std::string& reason = "");
ApiError invalid_token();
ApiError state_machine_does_not_exist(const std::string& arn);
ApiError execution_does_not_exist(const std::string& arn);
ApiError map_run_not_found(const std::string& arn);
ApiError resource_not_found(const std::string& arn, std::string message);
/// Says nothing about the cause: that goes to the log.
ApiError internal_error();

}  // namespace stepd::api
