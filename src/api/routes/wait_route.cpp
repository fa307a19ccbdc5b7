// A long poll, which holds a connection and no thread. Clients that wait by DescribeExecution ask many times for each
// execution.
#include "api/routes/wait_route.h"

#include "api/protocol/api_error.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/shapes.h"

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace stepd::api {
namespace {

constexpr std::int64_t kDefaultSeconds = 60;
constexpr std::int64_t kMostSeconds = 300;

constexpr auto kWaitDescription = R"({
  "summary": "Waits for the end of an execution of a STANDARD state machine, at most `timeout` seconds",
  "parameters": [{"name": "timeout", "in": "query", "required": false,
                  "schema": {"type": "integer", "minimum": 0, "maximum": 300, "default": 60}}],
  "responses": {
    "200": {"description": "The execution has ended, or the time is over and `status` is RUNNING", "content": {"application/json": {"example": {
      "executionArn": "arn:aws:states:us-east-1:123456789012:execution:resize:photo", "status": "SUCCEEDED",
      "startDate": 1763712345.678, "stopDate": 1763712346.912, "output": "{\"width\":640}"
    }}}},
    "400": {"description": "The ARN is none of such an execution, or the time is out of range"},
    "404": {"description": "There is no such execution"}
  }
})";

std::optional<std::chrono::seconds> read_timeout(const Request& request) {
  const auto text = request.parameter("timeout");
  if (!text) return std::chrono::seconds(kDefaultSeconds);
  std::int64_t seconds = -1;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, seconds);
  if (read.ec != std::errc{} || read.ptr != end || seconds < 0 || seconds > kMostSeconds) return std::nullopt;
  return std::chrono::seconds(seconds);
}

Json render(const storage::ExecutionRecord& record) {
  Json shown{{"executionArn", record.arn},
             {"status", status_name(record.status)},
             {"startDate", to_epoch_seconds(record.started_at)}};
  if (record.stopped_at) shown["stopDate"] = to_epoch_seconds(*record.stopped_at);
  if (record.output) shown["output"] = *record.output;
  if (record.error) shown["error"] = *record.error;
  if (record.cause) shown["cause"] = *record.cause;
  return shown;
}

Response refusal(const run::Refusal& refusal) {
  const int status = refusal.code == run::RefusalCode::ExecutionDoesNotExist ? 404 : to_api_error(refusal).status;
  return error_response(status, refusal.message);
}

}  // namespace

Route wait_route(const Backend& backend) {
  Route route;
  route.method = "GET";
  route.pattern = "/executions/{arn}/wait";
  route.description = kWaitDescription;
  route.handle = [backend](const Request& request, const Reply& reply, Workers&) {
    const auto& arn = request.captures.at("arn");
    const auto parsed = standard_execution_arn(arn);
    if (!parsed.has_value()) return reply(error_response(400, parsed.error().message));
    const auto most = read_timeout(request);
    if (!most) {
      return reply(
          error_response(400, "timeout must be a number of seconds from 0 to " + std::to_string(kMostSeconds)));
    }
    reply.on_leaving(backend.gateway.await_end({arn, *most}, [reply](const run::Answer<storage::ExecutionRecord>& end) {
      reply(end.has_value() ? json_response(200, render(*end)) : refusal(end.error()));
    }));
  };
  return route;
}

}  // namespace stepd::api
