#include "engine/run/dispatcher.h"

#include "engine/run/invoke.h"
#include "engine/run/uuid.h"

#include <nlohmann/json.hpp>

namespace stepd::run {

Dispatcher::Dispatcher(const EngineOptions& options, const Handlers& handlers, const Clock& clock,
                       ActivityDesk* activities, GatewayDoor ask_engine)
    : topics_(options.topics),
      functions_(options, handlers, clock),
      activities_(activities),
      pool_(options.task_threads),
      bench_{functions_,
             handlers,
             pool_,
             http_,
             topics_,
             "arn:aws:lambda:" + options.region + ":" + options.account + ":function:",
             std::move(ask_engine)} {}

void Dispatcher::start(TaskCall call) {
  using Kind = asl::Resource::Kind;
  call.done = [this, done = std::move(call.done)](Result<Payload> result) {
    if (!result && draining_) return;
    done(std::move(result));
  };
  if (call.label.kind == Kind::Activity && activities_ != nullptr) return activities_->offer(std::move(call));
  if (call.label.kind == Kind::LambdaFunction) return start_lambda_function(bench_, std::move(call));
  const auto name = call.label.type + ":" + call.label.resource;
  if (const auto* integration = find_integration(name)) return integration->start(bench_, std::move(call));
  const auto what = call.label.kind == Kind::Activity ? call.label.resource : name;
  call.done(AslError{"States.Runtime", "stepd has no integration that serves '" + what + "'."});
}

void Dispatcher::invoke(InvokeFunction request, Reply<InvokedFunction> reply) {
  TaskCall call;
  call.attempt = "invoke-" + make_uuid();
  call.started = [] {};
  call.done = [this, reply = std::move(reply)](Result<Payload> result) {
    if (!result && draining_) return reply(Refusal{RefusalCode::ServiceUnavailable, "This process is ending."});
    reply(InvokedFunction{std::move(result)});
  };
  Invocation invocation;
  invocation.function = std::move(request.function);
  invocation.payload = std::move(request.payload);
  run::invoke(bench_, std::move(call), std::move(invocation),
              [](const Invoked& invoked) { return invoked.payload.value_or(Payload(Json(nullptr))); });
}

void Dispatcher::cancel(const std::string& attempt) {
  if (activities_ != nullptr) activities_->withdraw(attempt);
  pool_.cancel(attempt);
  http_.cancel(attempt);
}

void Dispatcher::drain(std::chrono::milliseconds grace) {
  drop_failures();
  pool_.drain(grace);
}

}  // namespace stepd::run
