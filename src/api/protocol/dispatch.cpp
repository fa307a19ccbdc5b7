// Requests are parsed and run on workers, so that a megabyte of JSON holds up no socket; small ones that block on
// nothing are run where they were read.
#include "api/protocol/dispatch.h"

#include "api/aws/aws_doors.h"
#include "api/protocol/aws_service.h"
#include "api/protocol/caller.h"
#include "api/protocol/form.h"
#include "base/limits.h"
#include "base/payload.h"
#include "base/trace_header.h"
#include "base/value/parse.h"
#include "base/value/print.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::api {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
/// Scopes of services whose paths mean something and whose errors are XML.
constexpr std::array<std::string_view, 3> kRestXml = {"cloudfront", "route53", "s3express"};

Response error_of(const AwsService& service, const ApiError& error, const std::string& request_id) {
  return service.protocol().error(service, error, request_id);
}

/// What the server refuses before an operation is known: named after the status, as AWS's front ends do.
Response refuse_for(const AwsService& service, int status, std::string_view reason) {
  const char* type = status == 413   ? "RequestEntityTooLargeException"
                     : status == 403 ? "AccessDeniedException"
                     : status == 408 ? "RequestTimeoutException"
                     : status == 503 ? "ServiceUnavailable"
                     : status >= 500 ? "InternalError"
                                     : "BadRequestException";
  return error_of(service, ApiError(type, std::string(reason), status), "");
}

std::string scope_of(const Request& request) {
  const auto scope = credential_scope(request);
  return scope ? scope->service : std::string();
}

Checked<const Operation*> find_operation(const AwsService& service, const Request& request) {
  if (service.operations.empty()) return not_served(service, "", scope_of(request));
  const auto name = service.protocol().operation_of(service, request);
  if (!name.has_value()) return name.error();
  for (const Operation* operation : service.operations) {
    if (operation->name == *name) return operation;
  }
  if (service.is_whole) return ApiError("UnknownOperationException", "Unknown operation");
  return not_served(service, *name, "");
}

Waiting waiting(const AwsService& service, const Operation& operation, const Request& request, const Reply& reply) {
  return {[&service, &operation, id = request.id, reply](Checked<Json> answer, std::function<void()> lost) {
            auto response = answer.has_value() ? service.protocol().answer(service, operation.name, *answer, id)
                                               : error_of(service, answer.error(), id);
            if (lost) response.receipt = std::make_shared<Receipt>(std::move(lost));
            reply(std::move(response));
          },
          [reply](std::function<void()> gone) { reply.on_leaving(std::move(gone)); }};
}

void run(const AwsService& service, const Request& request, const Reply& reply, const Backend& backend) {
  const auto found = find_operation(service, request);
  if (!found.has_value()) return reply(error_of(service, found.error(), request.id));
  const Operation& operation = **found;
  auto arguments = service.protocol().arguments_of(service, request);
  if (!arguments.has_value()) return reply(error_of(service, arguments.error(), request.id));
  const auto trace = operation.traced
                         ? trace_header_of(request.field("x-amzn-trace-id"), request.field("traceparent"))
                         : std::string();
  if (!trace.empty()) (*arguments)["traceHeader"] = trace;
  const auto client = waiting(service, operation, request, reply);
  Backend asked = backend;
  asked.caller = lineage_of_caller(request, doors_of(backend));
  try {
    if (operation.wait != nullptr) return operation.wait(*arguments, asked, client);
    operation.run(*arguments, asked, [client](Checked<Json> answer) { client.answer(std::move(answer), {}); });
  } catch (const std::exception& error) {
    spdlog::error("{} {}: {} ({})", service.title, operation.name, error.what(), request.id);
    reply(error_of(service, internal_error(), request.id));
  }
}

/// False: nothing was done.
bool run_at_once(const AwsService& service, const Request& request, const Reply& reply, const Backend& backend) {
  if (request.body.size() > kAtOnceBytes) return false;
  const auto found = find_operation(service, request);
  if (!found.has_value() || (*found)->run_at_once == nullptr) return false;
  const Operation& operation = **found;
  const bool named = !request.field("x-amzn-trace-id").empty() || !request.field("traceparent").empty();
  if (operation.traced && named) return false;
  if (lineage_of_caller(request, doors_of(backend))) return false;
  const auto arguments = parse_value(request.body);
  if (!arguments || !arguments->is_object()) return false;
  const auto answered = [&service, id = request.id, reply](const Checked<Value>& answer) {
    reply(answer.has_value() ? json_answer(service, 200, print(*answer)) : error_of(service, answer.error(), id));
  };
  try {
    return operation.run_at_once(*arguments, backend, answered);
  } catch (const std::exception& error) {
    spdlog::error("{} {}: {} ({})", service.title, operation.name, error.what(), request.id);
    reply(error_of(service, internal_error(), request.id));
    return true;
  }
}

Route route_of(const AwsService& service, const Backend& backend) {
  Route route;
  route.method = "POST";
  route.pattern = "/";
  route.body_bytes_max = service.body_bytes_max;
  route.refuse = [&service](int status, std::string_view reason) { return refuse_for(service, status, reason); };
  route.judges_media_types = true;
  route.handle = [&service, backend](Request request, Reply reply, Workers& workers) {
    if (run_at_once(service, request, reply, backend)) return;
    workers.post([&service, backend, request = std::move(request), reply = std::move(reply)] {
      run(service, request, reply, backend);
    });
  };
  return route;
}

/// The service of a form whose head names none.
const AwsService& service_of_form(const Request& request) {
  const auto version = form_field(request.body, "Version").value_or("");
  for (const AwsService* service : services()) {
    if (!service->version.empty() && service->version == version) return *service;
  }
  return unknown_query_service();
}

/// One route for each service, and the choice among them by what a head says.
class ServiceRoutes {
 public:
  explicit ServiceRoutes(const Backend& backend)
      : forms_(route_of(unknown_query_service(), backend)),
        unknown_json_(route_of(unknown_json_service(), backend)),
        states_(route_of(states_service, backend)) {
    for (const AwsService* service : unserved_services())
      named_.insert_or_assign(service->name, route_of(*service, backend));
    for (const AwsService* service : services()) named_.insert_or_assign(service->name, route_of(*service, backend));
    forms_.handle = [backend](Request request, Reply reply, Workers& workers) {
      workers.post([backend, request = std::move(request), reply = std::move(reply)] {
        // Before all else, as any web page could have sent it.
        if (!request.has_field("authorization")) {
          return reply(error_of(unknown_query_service(),
                                ApiError("MissingAuthenticationToken", "Request is missing Authentication Token", 403),
                                request.id));
        }
        run(service_of_form(request), request, reply, backend);
      });
    };
  }

  const Route& choose(const Request& request) const {
    const bool form = request.media_type() == kFormType;
    const auto name = service_of(request, {});
    if (const auto named = named_.find(name); name != ServiceName::None && named != named_.end()) return named->second;
    if (form) return forms_;
    // Signed for a service that nobody here knows, or for one that has no `POST /`.
    return credential_scope(request) ? unknown_json_ : states_;
  }

 private:
  std::map<ServiceName, Route> named_;
  Route forms_;
  Route unknown_json_;
  Route states_;
};

Json description() {
  Json targets = Json::array();
  std::string titles;
  for (const AwsService* service : services()) {
    titles += (titles.empty() ? "" : ", ") + std::string(service->title);
    if (service->target.empty()) continue;
    for (const Operation* operation : service->operations)
      targets.push_back(std::string(service->target) + "." + std::string(operation->name));
  }
  const Json object{{"schema", {{"type", "object"}}}};
  return {{"summary", "The APIs of AWS: " + titles},
          {"description",
           "A service is told by X-Amz-Target, else by the credential scope of the signature, which is not verified. "
           "Services of the query protocol take a form with Action and Version, and answer XML."},
          {"externalDocs", {{"url", "https://docs.aws.amazon.com/step-functions/latest/apireference/"}}},
          {"parameters",
           {{{"name", "X-Amz-Target"},
             {"in", "header"},
             {"required", false},
             {"schema", {{"type", "string"}, {"enum", std::move(targets)}}}}}},
          {"requestBody",
           {{"content",
             {{"application/x-amz-json-1.0", object},
              {"application/x-amz-json-1.1", object},
              {std::string(kFormType), object}}}}},
          {"responses",
           {{"200", {{"description", "The operation's answer"}}},
            {"501", {{"description", "The service or the operation is not served; the message says what is"}}},
            {"default", {{"description", "`__type` names the exception, `message` says more; XML for a form"}}}}}};
}

}  // namespace

ApiError not_served(const AwsService& service, std::string_view operation, std::string_view scope) {
  std::string message = "stepd does not serve ";
  if (service.operations.empty()) {
    const bool known = service.name != ServiceName::None;
    message += known           ? std::string(service.title)
               : scope.empty() ? "this service"
                               : "the service " + std::string(scope);
  } else {
    message += std::string(operation) + " of " + std::string(service.title) + ", only ";
    bool first = true;
    for (const Operation* each : service.operations) {
      message += (std::exchange(first, false) ? "" : ", ") + std::string(each->name);
    }
  }
  message += ".";
  if (!service.advice.empty()) message += " " + std::string(service.advice);
  const bool query = service.media_type.empty();
  return {query ? "NotImplemented" : "NotImplementedException", std::move(message), 501};
}

std::optional<Response> answer_unserved(const Request& request) {
  const auto scope = credential_scope(request);
  if (!scope) return std::nullopt;
  const auto name = service_of(request, {});
  const auto unserved = unserved_services();
  const auto known =
      std::find_if(unserved.begin(), unserved.end(), [&](const auto* each) { return each->name == name; });
  if (name != ServiceName::None && known == unserved.end()) return std::nullopt;
  const bool xml = std::find(kRestXml.begin(), kRestXml.end(), scope->service) != kRestXml.end();
  const AwsService& service = known != unserved.end() ? **known
                              : xml                   ? unknown_query_service()
                                                      : unknown_json_service();
  return error_of(service, not_served(service, "", scope->service), request.id);
}

Response aws_error(const ApiError& error) { return error_of(states_service, error, ""); }

Route aws_route(const Backend& backend) {
  const auto routes = std::make_shared<const ServiceRoutes>(backend);
  auto route = route_of(states_service, backend);
  route.description = print_json(description());
  route.choose = [routes](const Request& request) -> const Route& { return routes->choose(request); };
  return route;
}

}  // namespace stepd::api
