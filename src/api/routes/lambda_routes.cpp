#include "api/routes/lambda_routes.h"

#include "api/aws/aws_doors.h"
#include "api/aws/function_reference.h"
#include "api/protocol/caller.h"
#include "base/encoding.h"
#include "base/payload.h"
#include "base/trace_header.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::uint64_t kInvokeBytesMax = 6'291'456;
constexpr std::size_t kEventBytesMax = 1'048'576;
constexpr std::size_t kClientContextMax = 3'583;
constexpr std::size_t kListMax = 50;
constexpr std::string_view kLatest = "$LATEST";

Response lambda_error(int status, const std::string& type, const std::string& message) {
  auto response = json_response(status, Json{{"Type", "User"}, {"Message", message}});
  response.fields.push_back({"X-Amzn-ErrorType", type});
  return response;
}

Response lambda_error(const ApiError& error) { return lambda_error(error.status, error.type, error.message); }

ApiError too_large(std::uint64_t most) {
  return {"RequestEntityTooLargeException",
          "Request must be smaller than " + std::to_string(most) + " bytes for the InvokeFunction operation", 413};
}

/// What the server refuses before the function is known.
Response refuse_invocation(int status, std::string_view reason) {
  if (status == 413) return lambda_error(too_large(kInvokeBytesMax));
  const char* type = status == 503   ? "ServiceUnavailableException"
                     : status >= 500 ? "ServiceException"
                     : status == 403 ? "AccessDeniedException"
                                     : "InvalidRequestContentException";
  return lambda_error(status, type, std::string(reason));
}

ApiError function_not_found(const AwsDoors& doors, const std::string& name, const std::string& qualifier) {
  const auto version = qualifier.empty() ? std::string(kLatest) : qualifier;
  return {"ResourceNotFoundException",
          "Function not found: " + arn_of(doors, "lambda", "function:" + name + ":" + version), 404};
}

struct Target {
  std::string name;
  std::string qualifier;
};

Checked<Target> read_target(const Request& request, const AwsDoors& doors) {
  auto reference = read_function_reference(request.captures.at("name"));
  if (!reference.has_value()) return reference.error();
  if (!reference->region.empty() && reference->region != doors.region) {
    return ApiError(
        "ResourceNotFoundException",
        "Functions from '" + reference->region + "' are not reachable in this region ('" + doors.region + "')", 404);
  }
  auto qualifier = request.parameter("Qualifier").value_or("");
  if (!qualifier.empty() && !reference->qualifier.empty() && qualifier != reference->qualifier) {
    return ApiError("InvalidParameterValueException",
                    "The derived qualifier from the function name does not match the specified qualifier.");
  }
  if (qualifier.empty()) qualifier = reference->qualifier;
  return Target{std::move(reference->name), std::move(qualifier)};
}

const AwsFunction* find_function(const AwsDoors& doors, const std::string& name) {
  const auto found =
      std::find_if(doors.functions.begin(), doors.functions.end(), [&](const auto& each) { return each.name == name; });
  return found == doors.functions.end() ? nullptr : &*found;
}

// ---- Invoke ---------------------------------------------------------------------------------------------------------

/// The error object of Lambda: what a function's failure carries, else made of its name and cause.
std::string error_object(const AslError& error) {
  constexpr std::string_view kReturned = "Returned payload: ";
  const auto returned = error.cause.find(kReturned);
  if (error.name == "Lambda.Unknown" && returned != std::string::npos) {
    return error.cause.substr(returned + kReturned.size());
  }
  const auto carried = parse_json(error.cause);
  if (carried && carried->is_object() && carried->contains("errorType")) return error.cause;
  return print_json(Json{{"errorMessage", error.cause}, {"errorType", error.name}});
}

Response throttled() {
  // AWS writes `message` here and `Message` elsewhere.
  auto response = json_response(429, Json{{"Reason", "ReservedFunctionConcurrentInvocationLimitExceeded"},
                                          {"Type", "User"},
                                          {"message", "Rate Exceeded."}});
  response.fields.push_back({"X-Amzn-ErrorType", "TooManyRequestsException"});
  return response;
}

/// Errors of the service beside the function. None for the function's own.
std::optional<Response> service_error(const AslError& error, const Target& target, const AwsDoors& doors) {
  if (error.name == "Lambda.TooManyRequestsException" || error.name == "Handler.Busy") return throttled();
  if (error.name == "Lambda.ResourceNotFoundException") {
    return lambda_error(function_not_found(doors, target.name, target.qualifier));
  }
  constexpr std::string_view kPrefix = "Lambda.";
  if (!error.name.starts_with(kPrefix) || !error.name.ends_with("Exception")) return std::nullopt;
  const auto type = error.name.substr(kPrefix.size());
  const int status = type == "InvalidRequestContentException" || type == "InvalidParameterValueException" ? 400
                     : type == "RequestTooLargeException"                                                 ? 413
                     : type == "SdkClientException"                                                       ? 502
                                                                                                          : 500;
  // Without what the SDK for Java puts behind it.
  return lambda_error(status, type, error.cause.substr(0, error.cause.find(" (Service: ")));
}

Response invoke_response(const run::Answer<run::InvokedFunction>& answered, const Target& target, bool with_log,
                         const AwsDoors& doors) {
  if (!answered && answered.error().for_good) {
    return lambda_error(400, "RecursiveInvocationException", answered.error().message);
  }
  if (!answered) return lambda_error(503, "ServiceException", answered.error().message);
  const auto& answer = answered->answer;
  if (!answer) {
    if (auto error = service_error(answer.error(), target, doors)) return *std::move(error);
  }
  Response response;
  const auto& version = answered->executed_version;
  response.fields = {{"Content-Type", "application/json"},
                     {"X-Amz-Executed-Version", version.empty() ? std::string(kLatest) : version},
                     {"x-amzn-Remapped-Content-Length", "0"}};
  if (!answer) response.fields.push_back({"X-Amz-Function-Error", "Unhandled"});
  if (with_log) response.fields.push_back({"X-Amz-Log-Result", answered->log_result});
  response.body = answer ? answer->text() : error_object(answer.error());
  return response;
}

Response empty_response(int status) {
  Response response;
  response.status = status;
  return response;
}

/// Functions that call each other, or themselves, are a loop as one through objects is, as on Lambda.
Lineage lineage_of_call(const Request& request, const AwsDoors& doors) {
  const auto caller = lineage_of_caller(request, doors);
  return caller ? caller->of_echo() : Lineage();
}

Response invoke_later(const Backend& backend, const AwsDoors& doors, const Target& target, Request& request) {
  const auto lineage = lineage_of_call(request, doors);
  if (request.body.size() > kEventBytesMax) return lambda_error(too_large(kEventBytesMax));
  if (!doors.call_later) {
    backend.gateway.invoke_function({target.name, std::move(request.body), lineage}, [](const auto&) {});
    return empty_response(202);
  }
  const auto kept = doors.call_later({target.name, std::move(request.body), request.id, target.qualifier,
                                      std::string(request.field("x-amz-client-context")), lineage});
  if (!kept) return lambda_error(503, "ServiceException", kept.error().cause);
  return empty_response(202);
}

void invoke(const Backend& backend, Request request, const Reply& reply) {
  const auto& doors = doors_of(backend);
  const auto target = read_target(request, doors);
  if (!target.has_value()) return reply(lambda_error(target.error()));
  if (!request.body.empty()) {
    const auto payload = parse_json(request.body);
    if (!payload) {
      return reply(lambda_error(
          400, "InvalidRequestContentException",
          "Could not parse request body into json: Could not parse payload into json: " + payload.error().cause));
    }
  }
  const std::string type(request.field("x-amz-invocation-type"));
  if (!type.empty() && type != "RequestResponse" && type != "Event" && type != "DryRun") {
    return reply(lambda_error(400, "ValidationException",
                              "1 validation error detected: Value '" + type +
                                  "' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value "
                                  "set: [Event, RequestResponse, DryRun]"));
  }
  const std::string context(request.field("x-amz-client-context"));
  if (context.size() > kClientContextMax || (!context.empty() && !from_base64_leniently(context))) {
    return reply(lambda_error(400, "InvalidRequestContentException",
                              "Client context must be a valid Base64-encoded JSON"
                              " object of at most 3583 bytes."));
  }
  const bool known = backend.aws == nullptr || doors.any_function || find_function(doors, target->name) != nullptr;
  const bool waits = type.empty() || type == "RequestResponse";
  if (!known && !waits) return reply(lambda_error(function_not_found(doors, target->name, target->qualifier)));
  if (type == "DryRun") return reply(empty_response(204));
  if (type == "Event") return reply(invoke_later(backend, doors, *target, request));

  run::InvokeFunction wanted{target->name, std::move(request.body)};
  wanted.qualifier = target->qualifier;
  wanted.log_type = request.field("x-amz-log-type");
  wanted.client_context = context;
  wanted.request_id = request.id;
  wanted.trace_header = trace_header_of(request.field("x-amzn-trace-id"), request.field("traceparent"));
  wanted.lineage = lineage_of_call(request, doors);
  const bool with_log = wanted.log_type == "Tail";
  backend.gateway.invoke_function(std::move(wanted), [reply, target = *target, with_log,
                                                      &doors](const run::Answer<run::InvokedFunction>& answered) {
    reply(invoke_response(answered, target, with_log, doors));
  });
}

// ---- descriptions ---------------------------------------------------------------------------------------------------

Json configuration_of(const AwsFunction& function, const AwsDoors& doors) {
  Json shown{{"FunctionName", function.name}, {"FunctionArn", arn_of(doors, "lambda", "function:" + function.name)}};
  if (!function.runtime.empty()) shown["Runtime"] = function.runtime;
  shown["Role"] = "arn:aws:iam::" + doors.account + ":role/stepd";
  shown["Handler"] = function.handler;
  shown["CodeSize"] = 0;
  shown["Description"] = function.description;
  if (function.timeout_seconds > 0) shown["Timeout"] = function.timeout_seconds;
  if (function.memory_mb > 0) shown["MemorySize"] = function.memory_mb;
  shown["LastModified"] = "1970-01-01T00:00:00.000+0000";
  shown["CodeSha256"] = "";
  shown["Version"] = kLatest;
  shown["State"] = "Active";
  shown["LastUpdateStatus"] = "Successful";
  shown["PackageType"] = "Zip";
  return shown;
}

Response list_functions(const Request& request, const AwsDoors& doors) {
  const auto after = request.parameter("Marker").value_or("");
  const auto wanted = request.parameter("MaxItems").value_or("");
  std::size_t most = kListMax;
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), most);
  most = std::clamp<std::size_t>(most, 1, kListMax);
  Json functions = Json::array();
  Json answer = Json::object();
  for (const auto& function : doors.functions) {
    if (function.name <= after) continue;
    if (functions.size() == most) {
      answer["NextMarker"] = functions.back()["FunctionName"];
      break;
    }
    functions.push_back(configuration_of(function, doors));
  }
  answer["Functions"] = std::move(functions);
  return json_response(200, answer);
}

enum class Part { Whole, Configuration };

Response describe_function(const Request& request, const AwsDoors& doors, Part part) {
  const auto target = read_target(request, doors);
  if (!target.has_value()) return lambda_error(target.error());
  const auto* function = find_function(doors, target->name);
  if (function == nullptr) return lambda_error(function_not_found(doors, target->name, target->qualifier));
  auto configuration = configuration_of(*function, doors);
  if (part == Part::Configuration) return json_response(200, configuration);
  return json_response(
      200, Json{{"Configuration", std::move(configuration)}, {"Code", {{"RepositoryType", "S3"}, {"Location", ""}}}});
}

constexpr auto kInvokeDescription = R"({
  "summary": "AWS Lambda's Invoke, for the functions of the configuration",
  "parameters": [{"name": "X-Amz-Invocation-Type", "in": "header", "schema": {"type": "string", "enum": ["RequestResponse", "Event", "DryRun"]}}],
  "requestBody": {"content": {"application/json": {"schema": {}, "example": {"width": 128}}}},
  "responses": {
    "200": {"description": "What the function answers; its error object where X-Amz-Function-Error is there"},
    "202": {"description": "Of Event: it will be called"},
    "204": {"description": "Of DryRun: nothing is done"}
  }
})";

std::string read_description(const std::string& summary) {
  return print_json(Json{{"summary", summary}, {"responses", {{"200", {{"description", "As AWS Lambda answers"}}}}}});
}

}  // namespace

std::vector<Route> lambda_routes(const Backend& backend) {
  std::vector<Route> routes;
  auto route =
      asking_route("POST", "/2015-03-31/functions/{name}/invocations",
                   [backend](Request request, const Reply& reply) { invoke(backend, std::move(request), reply); });
  route.body_bytes_max = kInvokeBytesMax;
  route.refuse = refuse_invocation;
  route.description = kInvokeDescription;
  routes.push_back(std::move(route));

  const auto add = [&](const char* path, const char* summary, auto answer) {
    auto reading = blocking_route(
        "GET", path, [backend, answer](const Request& request) { return answer(request, doors_of(backend)); });
    reading.description = read_description(summary);
    routes.push_back(std::move(reading));
  };
  add("/2015-03-31/functions", "AWS Lambda's ListFunctions", list_functions);
  add("/2015-03-31/functions/{name}", "AWS Lambda's GetFunction",
      [](const Request& request, const AwsDoors& doors) { return describe_function(request, doors, Part::Whole); });
  add("/2015-03-31/functions/{name}/configuration", "AWS Lambda's GetFunctionConfiguration",
      [](const Request& request, const AwsDoors& doors) {
        return describe_function(request, doors, Part::Configuration);
      });
  return routes;
}

}  // namespace stepd::api
