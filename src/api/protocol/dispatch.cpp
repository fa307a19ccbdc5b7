// AWS's wire format. Requests are parsed and run on workers, so that a megabyte of JSON holds up no socket.
#include "api/protocol/dispatch.h"

#include "api/operations/operation.h"
#include "base/limits.h"
#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::string_view kTargetPrefix = "AWSStepFunctions.";
constexpr const char* kMediaType = "application/x-amz-json-1.0";

Response aws_response(int status, const Json& body) {
  Response response;
  response.status = status;
  response.fields.push_back({"Content-Type", kMediaType});
  response.body = print_json(body);
  return response;
}

/// What the server refuses before an operation is known: named after the status, as AWS's front ends do.
Response refuse(int status, std::string_view reason) {
  const char* type = status == 413   ? "RequestEntityTooLargeException"
                     : status == 403 ? "AccessDeniedException"
                     : status == 408 ? "RequestTimeoutException"
                     : status == 503 ? "ServiceUnavailable"
                     : status >= 500 ? "InternalError"
                                     : "BadRequestException";
  return aws_error(ApiError(type, std::string(reason), status));
}

Checked<const Operation*> find_operation(const Request& request) {
  static constexpr std::array<std::string_view, 3> kAccepted = {kMediaType, "application/x-amz-json-1.1",
                                                                "application/json"};
  const auto type = request.media_type();
  if (std::find(kAccepted.begin(), kAccepted.end(), type) == kAccepted.end()) {
    return ApiError("UnsupportedMediaTypeException", std::string("The content type must be ") + kMediaType, 415);
  }
  std::string_view target = request.field("x-amz-target");
  if (target.starts_with(kTargetPrefix)) {
    target.remove_prefix(kTargetPrefix.size());
    for (const Operation* operation : operations()) {
      if (operation->name == target) return operation;
    }
  }
  return ApiError("UnknownOperationException", target.empty() ? "No X-Amz-Target" : "Unknown operation");
}

Checked<Json> read_arguments(const std::string& body) {
  if (body.empty()) return Json::object();
  auto arguments = parse_json(body);
  if (!arguments.has_value()) return ApiError("SerializationException", arguments.error().cause);
  if (!arguments->is_object()) return ApiError("SerializationException", "Start of structure expected");
  return std::move(*arguments);
}

Waiting waiting(const Reply& reply) {
  return {[reply](Checked<Json> answer, std::function<void()> lost) {
            auto response = answer.has_value() ? aws_response(200, *answer) : aws_error(answer.error());
            if (lost) response.receipt = std::make_shared<Receipt>(std::move(lost));
            reply(std::move(response));
          },
          [reply](std::function<void()> gone) { reply.on_leaving(std::move(gone)); }};
}

void run(const Request& request, const Reply& reply, const Backend& backend) {
  const auto operation = find_operation(request);
  if (!operation.has_value()) return reply(aws_error(operation.error()));
  auto arguments = read_arguments(request.body);
  if (!arguments.has_value()) return reply(aws_error(arguments.error()));
  const auto trace = (*operation)->traced ? request.field("x-amzn-trace-id") : std::string_view();
  if (!trace.empty()) (*arguments)["traceHeader"] = trace;
  try {
    if ((*operation)->wait != nullptr) return (*operation)->wait(*arguments, backend, waiting(reply));
    (*operation)->run(*arguments, backend, [reply](Checked<Json> answer) {
      reply(answer.has_value() ? aws_response(200, *answer) : aws_error(answer.error()));
    });
  } catch (const std::exception& error) {
    spdlog::error("{}: {} ({})", (*operation)->name, error.what(), request.id);
    reply(aws_error(internal_error()));
  }
}

}  // namespace

Json description() {
  Json targets = Json::array();
  for (const Operation* operation : operations())
    targets.push_back(std::string(kTargetPrefix) + std::string(operation->name));
  return {{"summary", "The AWS Step Functions API, protocol AWS JSON 1.0"},
          {"externalDocs", {{"url", "https://docs.aws.amazon.com/step-functions/latest/apireference/"}}},
          {"parameters",
           {{{"name", "X-Amz-Target"},
             {"in", "header"},
             {"required", true},
             {"schema", {{"type", "string"}, {"enum", std::move(targets)}}}}}},
          {"requestBody", {{"content", {{"application/x-amz-json-1.0", {{"schema", {{"type", "object"}}}}}}}}},
          {"responses",
           {{"200", {{"description", "The operation's answer"}}},
            {"default", {{"description", "`__type` names the exception, `message` says more"}}}}}};
}

Response aws_error(const ApiError& error) {
  Json body{{"__type", error.type}, {"message", error.message}};
  for (const auto& [name, value] : error.members) body[name] = value;
  return aws_response(error.status, body);
}

Route aws_route(const Backend& backend) {
  Route route;
  route.method = "POST";
  route.pattern = "/";
  route.body_bytes_max = limits::kRequestBytes;
  route.refuse = refuse;
  route.judges_media_types = true;
  route.description = print_json(description());
  route.handle = [backend](Request request, Reply reply, Workers& workers) {
    workers.post([backend, request = std::move(request), reply = std::move(reply)] { run(request, reply, backend); });
  };
  return route;
}

}  // namespace stepd::api
