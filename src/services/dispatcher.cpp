#include "services/dispatcher.h"

#include "engine/run/uuid.h"
#include "services/invoke.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::services {
namespace {

/// The function that the task calls and waits for; empty: it does something else.
std::string called_function(const core::TaskLabel& label, const Payload& input) {
  if (label.kind == asl::Resource::Kind::LambdaFunction) return asl::function_name(label.resource);
  if (label.type != "lambda" || label.resource != "invoke") return "";
  const auto parameters = input.value();
  const Value* name = parameters.find("FunctionName");
  return name != nullptr && name->is_string() ? asl::function_name(name->string()) : "";
}

}  // namespace

Dispatcher::Dispatcher(const ServiceOptions& options, const Handlers& handlers, const Clock& clock,
                       run::GatewayDoor ask_engine, functions::Runtime* runtime)
    : topics_(options.topics),
      inventory_(options.inventory),
      missing_(clock, inventory_),
      functions_(options, handlers, clock),
      pool_(clock, options.lanes),
      bench_{functions_, handlers,
             pool_,      http_,
             topics_,    "arn:aws:lambda:" + options.region + ":" + options.account + ":function:",
             missing_,   std::move(ask_engine),
             runtime} {}

Dispatcher::~Dispatcher() {
  if (bench_.runtime != nullptr) bench_.runtime->stop();
}

std::optional<Result<Payload>> Dispatcher::compute(const core::TaskLabel& label, const Payload& input) {
  const auto place = functions_.find(called_function(label, input));
  if (!place || place->handler == nullptr || !place->handler->only_computes()) return std::nullopt;
  // The pool answers such a call before submit() returns.
  std::optional<Result<Payload>> answer;
  run::TaskCall call;
  call.label = label;
  call.input = input;
  call.started = [] {};
  call.done = [&answer](Result<Payload> result) { answer.emplace(std::move(result)); };
  start(std::move(call));
  return answer;
}

void Dispatcher::start(run::TaskCall call) {
  if (call.label.kind == asl::Resource::Kind::LambdaFunction) return start_lambda_function(bench_, std::move(call));
  const auto name = call.label.type + ":" + call.label.resource;
  if (const auto* integration = find_integration(name)) return integration->start(bench_, std::move(call));
  call.done(AslError{"States.Runtime", "stepd has no integration that serves '" + name + "'."});
}

void Dispatcher::invoke(run::InvokeFunction request, std::function<void(run::InvokedFunction)> done) {
  run::TaskCall call;
  call.attempt = "invoke-" + (request.request_id.empty() ? run::make_uuid() : request.request_id);
  call.lineage = request.lineage;
  call.trace_header = std::move(request.trace_header);
  call.started = [] {};
  // What the caller is told beside the answer. Written before `done` is called, by the thread that calls it.
  const auto told = std::make_shared<run::InvokedFunction>(run::InvokedFunction{Payload()});
  call.done = [told, done = std::move(done)](Result<Payload> result) {
    told->answer = std::move(result);
    done(std::move(*told));
  };
  Invocation invocation;
  invocation.function = std::move(request.function);
  invocation.qualifier = std::move(request.qualifier);
  invocation.payload = std::move(request.payload);
  invocation.log_type = std::move(request.log_type);
  invocation.client_context = std::move(request.client_context);
  invocation.request_id = std::move(request.request_id);
  invocation.log_sink = std::shared_ptr<std::string>(told, &told->log_result);
  services::invoke(bench_, std::move(call), std::move(invocation), [told](const Invoked& invoked) {
    told->executed_version = invoked.executed_version;
    told->log_result = invoked.log_result;
    return invoked.payload.value_or(Payload(Json(nullptr)));
  });
}

void Dispatcher::cancel(const std::string& attempt) {
  pool_.cancel(attempt);
  http_.cancel(attempt);
  if (bench_.runtime != nullptr) bench_.runtime->cancel(attempt);
}

asl::Diagnostics Dispatcher::check(const Json& definition) const { return check_tasks(definition, &inventory_); }

void Dispatcher::drain(std::chrono::milliseconds grace) {
  const auto until = std::chrono::steady_clock::now() + grace;
  if (bench_.runtime != nullptr) bench_.runtime->drain(grace);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  pool_.drain(std::max(std::chrono::milliseconds{0}, left));
}

std::vector<LaneDepth> Dispatcher::lanes() const { return pool_.depths(); }

run::ServicesFactory make_services_factory(ServiceOptions options, const Handlers& handlers, const Clock& clock,
                                           functions::Runtime* runtime) {
  return [options = std::move(options), &handlers, &clock, runtime](run::GatewayDoor ask_engine) {
    return std::make_unique<Dispatcher>(options, handlers, clock, std::move(ask_engine), runtime);
  };
}

}  // namespace stepd::services
