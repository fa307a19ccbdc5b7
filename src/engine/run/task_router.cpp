#include "engine/run/task_router.h"

namespace stepd::run {

TaskRouter::TaskRouter(ActivityDesk& activities, std::unique_ptr<TaskServices> services)
    : activities_(activities), services_(std::move(services)) {}

std::optional<Result<Payload>> TaskRouter::compute(const core::TaskLabel& label, const Payload& input) {
  return label.kind == asl::Resource::Kind::Activity ? std::nullopt : services_->compute(label, input);
}

void TaskRouter::start(TaskCall call) {
  call.done = [this, done = std::move(call.done)](Result<Payload> result) {
    if (!result && draining_) return;
    done(std::move(result));
  };
  if (call.label.kind == asl::Resource::Kind::Activity) return activities_.offer(std::move(call));
  services_->start(std::move(call));
}

void TaskRouter::invoke(InvokeFunction request, Reply<InvokedFunction> reply) {
  services_->invoke(std::move(request), [this, reply = std::move(reply)](InvokedFunction invoked) {
    if (!invoked.answer && draining_) return reply(Refusal{RefusalCode::ServiceUnavailable, "This process is ending."});
    reply(std::move(invoked));
  });
}

void TaskRouter::call(CallService request, Reply<CalledService> reply) {
  TaskCall call;
  call.label = {asl::Resource::Kind::Service, std::move(request.service), std::move(request.action)};
  call.input = std::move(request.parameters);
  call.attempt = std::move(request.attempt);
  call.lineage = request.lineage;
  call.started = [] {};
  call.done = [this, reply = std::move(reply)](Result<Payload> result) {
    if (!result && draining_) return reply(Refusal{RefusalCode::ServiceUnavailable, "This process is ending."});
    reply(CalledService{std::move(result)});
  };
  services_->start(std::move(call));
}

void TaskRouter::cancel(const std::string& attempt) {
  activities_.withdraw(attempt);
  services_->cancel(attempt);
}

void TaskRouter::drain(std::chrono::milliseconds grace) {
  drop_failures();
  services_->drain(grace);
}

}  // namespace stepd::run
