#include "services/invoke.h"

#include "base/encoding.h"
#include "engine/asl/resource.h"
#include "engine/run/uuid.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::services {
namespace {

using Shape = std::function<Payload(Invoked)>;

/// What follows the function's name: `f:prod`, `arn:...:function:f:7`.
std::string qualifier_in(std::string_view reference) {
  const auto marker = reference.find("function:");
  if (marker != std::string_view::npos) reference.remove_prefix(marker + 9);
  const auto colon = reference.find(':');
  return colon == std::string_view::npos ? "" : std::string(reference.substr(colon + 1));
}

/// What a client said to be a trace header may be any ASCII: another field must not begin within it.
bool is_field_value(std::string_view text) {
  const auto visible = [](char c) { return c >= ' ' && c <= '~'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), visible);
}

AslError service_error(const std::string& code, const std::string& message, int status, const std::string& request) {
  return {"Lambda." + code, message + " (Service: AWSLambda; Status Code: " + std::to_string(status) +
                                "; Error Code: " + code + "; Request ID: " + request + "; Proxy: null)"};
}

AslError not_found(const Workbench& bench, const std::string& function) {
  const auto arn = bench.function_arn_prefix + function + ":$LATEST";
  return service_error("ResourceNotFoundException", "Function not found: " + arn, 404, run::make_uuid());
}

// ---- in this process ------------------------------------------------------------------------------------------------

/// Lambda dev guide, function errors: the cause is the error object as text.
AslError function_error(const AslError& error) {
  return {error.name, print_json(Json{{"errorMessage", error.cause}, {"errorType", error.name}})};
}

void invoke_handler(const Workbench& bench, run::TaskCall call, tasks::Handler& handler, const std::string& text,
                    Shape shape) {
  auto event = text.empty() ? Result<Payload>(Payload()) : Payload::parse(text);
  if (!event) {
    return call.done(service_error("InvalidRequestContentException",
                                   "Could not parse request body into json: " + event.error().cause, 400,
                                   run::make_uuid()));
  }
  auto done = [done = std::move(call.done), shape = std::move(shape)](Result<Json> result) {
    if (!result) return done(function_error(result.error()));
    Invoked invoked;
    invoked.payload = Payload(*std::move(result));
    invoked.fields = made_up_fields("application/json", invoked.payload->size());
    invoked.executed_version = "$LATEST";
    done(shape(std::move(invoked)));
  };
  bench.pool.submit(
      {handler, *std::move(event), std::move(call.attempt), std::move(call.started), std::move(done), call.lineage});
}

// ---- behind an endpoint ---------------------------------------------------------------------------------------------

/// The function ran and failed: its answer says how.
AslError unhandled(const std::string& body) {
  const auto answer = parse_json(body);
  if (answer && answer->is_object()) {
    const auto type = answer->find("errorType");
    if (type != answer->end() && type->is_string()) return {type->get<std::string>(), body};
  }
  return {"Lambda.Unknown",
          "The cause could not be determined because Lambda did not return an error type. Returned payload: " + body};
}

/// The call failed before or beside the function: `X-Amzn-ErrorType` names how.
AslError refused(const tasks::HttpResponse& response) {
  auto code = response.field("X-Amzn-ErrorType");
  code = code.substr(0, code.find(':'));
  if (code.empty()) code = response.status == 429 ? "TooManyRequestsException" : "ServiceException";
  std::string message = response.body;
  if (const auto body = parse_json(response.body); body && body->is_object()) {
    for (const char* member : {"Message", "message"}) {
      if (body->contains(member) && (*body)[member].is_string()) message = (*body)[member].get<std::string>();
    }
  }
  return service_error(code, message, response.status, response.field("x-amzn-RequestId"));
}

Result<Payload> read_answer(const Result<tasks::HttpResponse>& response, const Shape& shape) {
  if (!response)
    return AslError{"Lambda.SdkClientException", "Unable to execute HTTP request: " + response.error().cause};
  if (response->status >= 300) return refused(*response);
  if (!response->field("X-Amz-Function-Error").empty()) return unhandled(response->body);
  Invoked invoked;
  invoked.status = response->status;
  invoked.fields = response->fields;
  invoked.executed_version = response->field("X-Amz-Executed-Version");
  invoked.log_result = response->field("X-Amz-Log-Result");
  if (!response->body.empty()) {
    auto payload = Payload::parse(response->body);
    if (!payload) return AslError{"Lambda.Unknown", "The function's answer is no JSON: " + payload.error().cause};
    invoked.payload = *std::move(payload);
  }
  return shape(std::move(invoked));
}

tasks::HttpRequest request_of(const std::string& endpoint, const std::string& name, const Invocation& invocation) {
  tasks::HttpRequest request;
  request.url = endpoint;
  while (request.url.ends_with('/')) request.url.pop_back();
  request.url += "/2015-03-31/functions/" + percent_encode(name) + "/invocations";
  const auto qualifier = invocation.qualifier.empty() ? qualifier_in(invocation.function) : invocation.qualifier;
  if (!qualifier.empty()) request.url += "?Qualifier=" + percent_encode(qualifier);
  request.fields = {{"Content-Type", "application/json"},
                    {"X-Amz-Invocation-Type", invocation.type.empty() ? "RequestResponse" : invocation.type}};
  if (!invocation.log_type.empty()) request.fields.emplace_back("X-Amz-Log-Type", invocation.log_type);
  if (!invocation.client_context.empty())
    request.fields.emplace_back("X-Amz-Client-Context", invocation.client_context);
  request.body = invocation.payload;
  return request;
}

}  // namespace

void invoke(const Workbench& bench, run::TaskCall call, Invocation invocation, Shape shape) {
  const auto name = asl::function_name(invocation.function);
  const auto place = bench.functions.find(name);
  if (!place) {
    bench.missing.report(name);
    return call.done(not_found(bench, name));
  }
  if (place->handler != nullptr) {
    return invoke_handler(bench, std::move(call), *place->handler, invocation.payload, std::move(shape));
  }
  auto request = request_of(place->endpoint, name, invocation);
  if (is_field_value(call.trace_header)) request.fields.emplace_back("X-Amzn-Trace-Id", call.trace_header);
  call.started();
  bench.http.send(call.attempt, std::move(request),
                  [done = std::move(call.done), shape = std::move(shape)](const Result<tasks::HttpResponse>& response) {
                    done(read_answer(response, shape));
                  });
}

}  // namespace stepd::services
