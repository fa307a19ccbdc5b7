#include "services/invoke.h"

#include "base/encoding.h"
#include "base/http_date.h"
#include "base/limits.h"
#include "base/trace_header.h"
#include "engine/asl/resource.h"
#include "engine/run/uuid.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
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

/// As X-Ray writes it: functions find one in their environment, whoever calls.
std::string made_up_trace() {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  std::string digits = run::make_uuid() + run::make_uuid();
  digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
  char head[32];
  std::snprintf(head, sizeof head, "Root=1-%08llx-", static_cast<unsigned long long>(seconds.count()));
  return head + digits.substr(0, 24) + ";Parent=" + digits.substr(24, 16) + ";Sampled=0";
}

/// Those that AWS sends with a function's answer, of one that was called without HTTP. `trace`: the caller's, or empty.
tasks::HttpFields fields_of(const Invoked& invoked, const std::string& request_id, const std::string& trace) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  tasks::HttpFields fields{{"Connection", "keep-alive"},
                           {"Content-Length", std::to_string(invoked.payload ? invoked.payload->size() : 0)},
                           {"Content-Type", "application/json"},
                           {"Date", to_http_date(now)}};
  if (!invoked.executed_version.empty()) fields.emplace_back("X-Amz-Executed-Version", invoked.executed_version);
  if (!invoked.log_result.empty()) fields.emplace_back("X-Amz-Log-Result", invoked.log_result);
  fields.emplace_back("x-amzn-Remapped-Content-Length", "0");
  fields.emplace_back("x-amzn-RequestId", request_id);
  fields.emplace_back("X-Amzn-Trace-Id", is_field_value(trace) ? trace : made_up_trace());
  return fields;
}

// ---- in this process ------------------------------------------------------------------------------------------------

/// Lambda dev guide, function errors: the cause is the error object as text.
AslError function_error(const AslError& error) {
  return {error.name, print_json(Json{{"errorMessage", error.cause}, {"errorType", error.name}})};
}

Result<Payload> event_of(const Invocation& invocation) {
  if (!invocation.payload.empty()) return Payload::parse(invocation.payload);
  return invocation.event.value_or(Payload());
}

void invoke_handler(const Workbench& bench, run::TaskCall call, tasks::Handler& handler, const Invocation& invocation,
                    Shape shape) {
  auto event = event_of(invocation);
  if (!event) {
    return call.done(service_error("InvalidRequestContentException",
                                   "Could not parse request body into json: " + event.error().cause, 400,
                                   run::make_uuid()));
  }
  auto done = [done = std::move(call.done), shape = std::move(shape), wants_fields = invocation.wants_fields,
               trace = call.trace_header](Result<Json> result) {
    if (!result) return done(function_error(result.error()));
    Invoked invoked;
    invoked.payload = Payload(*std::move(result));
    invoked.executed_version = "$LATEST";
    if (wants_fields) invoked.fields = fields_of(invoked, run::make_uuid(), trace);
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

// ---- of one's own code
// -----------------------------------------------------------------------------------------------

/// Lambda quotas: invocation payload.
constexpr std::size_t kEventBytes = 6'291'456;

Result<functions::Call> call_of(const Workbench& bench, const run::TaskCall& call, const std::string& name,
                                Invocation& invocation) {
  functions::Call made;
  made.attempt = call.attempt;
  made.request_id = invocation.request_id.empty() ? run::make_uuid() : std::move(invocation.request_id);
  made.payload = invocation.payload.empty() ? "{}" : std::move(invocation.payload);
  if (made.payload.size() > kEventBytes) {
    return service_error("RequestEntityTooLargeException",
                         "Request must be smaller than 6291456 bytes for the InvokeFunction operation", 413,
                         made.request_id);
  }
  if (const auto parsed = Payload::parse(made.payload); !parsed) {
    return service_error("InvalidRequestContentException",
                         "Could not parse request body into json: " + parsed.error().cause, 400, made.request_id);
  }
  const auto qualifier = invocation.qualifier.empty() ? qualifier_in(invocation.function) : invocation.qualifier;
  made.function_arn = bench.function_arn_prefix + name + (qualifier.empty() ? "" : ":" + qualifier);
  made.lineage = call.lineage;
  made.trace_header = is_field_value(call.trace_header) ? call.trace_header : made_up_trace();
  if (!invocation.client_context.empty()) {
    const auto context = from_base64_leniently(invocation.client_context);
    const auto parsed = context ? parse_json(*context) : Result<Json>(AslError{"", ""});
    if (!parsed || !parsed->is_object()) {
      return service_error("InvalidRequestContentException",
                           "Client context must be a valid Base64-encoded JSON object.", 400, made.request_id);
    }
    made.client_context = print_json(*parsed);
  }
  return made;
}

AslError refused_call(const AslError& error, const std::string& request_id) {
  const int status = error.name == "TooManyRequestsException" ? 429 : 500;
  return service_error(error.name, error.cause, status, request_id);
}

/// What a function of one's own code was called with, as far as its answer tells of it.
struct Asked {
  std::string request_id;
  std::string trace_header;
  bool for_task = false;  ///< of a state
  bool wants_log = false;
  bool wants_fields = false;
  std::shared_ptr<std::string> log_sink;  ///< may be null
};

Result<Payload> outcome_as_task(Result<functions::Outcome> outcome, const Asked& asked, const Shape& shape) {
  if (!outcome) return refused_call(outcome.error(), asked.request_id);
  Invoked invoked;
  if (asked.wants_log) invoked.log_result = to_base64(outcome->log_tail);
  if (asked.log_sink != nullptr) *asked.log_sink = invoked.log_result;
  if (outcome->failed) return unhandled(outcome->payload);
  const auto size = outcome->payload.size();
  auto payload = Payload::parse(std::move(outcome->payload));
  // The engine refuses what is too long for a state's result, and does so whatever that is.
  if (!payload && asked.for_task && size > limits::kPayloadBytes) payload = Payload(Json(std::string(size, ' ')));
  if (!payload) return AslError{"Lambda.Unknown", "The function's answer is no JSON: " + payload.error().cause};
  invoked.payload = *std::move(payload);
  invoked.executed_version = "$LATEST";
  if (asked.wants_fields) invoked.fields = fields_of(invoked, asked.request_id, asked.trace_header);
  return shape(std::move(invoked));
}

/// Answers at once; of Event the function runs all the same, and its outcome is in its log.
void answer_early(const Invocation& invocation, const functions::Call& made,
                  const std::function<void(Result<Payload>)>& done, const Shape& shape) {
  Invoked invoked;
  invoked.status = invocation.type == "Event" ? 202 : 204;
  if (invocation.wants_fields) invoked.fields = fields_of(invoked, made.request_id, made.trace_header);
  done(shape(std::move(invoked)));
}

void invoke_own_code(const Workbench& bench, run::TaskCall call, const std::string& name, Invocation invocation,
                     Shape shape) {
  auto made = call_of(bench, call, name, invocation);
  if (!made) return call.done(made.error());
  if (invocation.type == "DryRun") {
    call.started();
    return answer_early(invocation, *made, call.done, shape);
  }
  if (invocation.type == "Event") {
    call.started();
    made->attempt.clear();  // nobody waits for it, so nobody cancels it
    made->done = [](const Result<functions::Outcome>&) {};
    bench.runtime->invoke(name, *made);
    return answer_early(invocation, *made, call.done, shape);
  }
  made->started = std::move(call.started);
  made->done = [done = std::move(call.done), shape = std::move(shape),
                asked = Asked{made->request_id, made->trace_header, !call.label.resource.empty(),
                              invocation.log_type == "Tail", invocation.wants_fields, invocation.log_sink}](
                   Result<functions::Outcome> outcome) { done(outcome_as_task(std::move(outcome), asked, shape)); };
  bench.runtime->invoke(name, *std::move(made));
}

}  // namespace

void invoke(const Workbench& bench, run::TaskCall call, Invocation invocation, Shape shape) {
  const auto name = asl::function_name(invocation.function);
  const auto place = bench.functions.find(name);
  if (!place) {
    bench.missing.report(name);
    return call.done(not_found(bench, name));
  }
  if (place->handler == nullptr && invocation.event && invocation.payload.empty())
    invocation.payload = invocation.event->text();
  if (place->own_code) return invoke_own_code(bench, std::move(call), name, std::move(invocation), std::move(shape));
  if (place->handler != nullptr) {
    return invoke_handler(bench, std::move(call), *place->handler, invocation, std::move(shape));
  }
  auto request = request_of(place->endpoint, name, invocation);
  if (is_field_value(call.trace_header)) request.fields.emplace_back("X-Amzn-Trace-Id", call.trace_header);
  if (const auto trace = parse_xray_header(call.trace_header)) {
    if (auto parent = to_traceparent(*trace)) request.fields.emplace_back("traceparent", *std::move(parent));
  }
  call.started();
  bench.http.send(call.attempt, std::move(request),
                  [done = std::move(call.done), shape = std::move(shape)](const Result<tasks::HttpResponse>& response) {
                    done(read_answer(response, shape));
                  });
}

}  // namespace stepd::services
