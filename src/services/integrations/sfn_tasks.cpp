// aws-sdk:sfn tasks: workers and callbacks that are state machines themselves.
// They take tasks of activities and answer them by their tokens (AWS Step Functions API: GetActivityTask, SendTask...).
#include "services/integrations/engine_call.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

void get_task(const Workbench& bench, run::TaskCall call) {
  const Json input = call.input.json();
  tasks::Arguments parameters(input);
  run::PollActivity request;
  request.activity_arn = parameters.text("ActivityArn");
  request.worker = parameters.optional_text("WorkerName").value_or("");
  if (const auto fit = check_call(bench, call, parameters); !fit) return call.done(fit.error());
  call.started();
  bench.ask_engine([request = std::move(request), done = std::move(call.done)](run::Gateway& gateway) {
    gateway.poll_activity(request, [done](const run::Answer<run::ActivityTask>& task) {
      if (!task.has_value()) return done(engine_error(Dialect::Sdk, task.error()));
      if (task->token.empty()) return done(Payload());
      done(Payload(Json{{"Input", task->input.text()}, {"TaskToken", task->token}}));
    });
  });
}

/// `read` takes what the answer says besides the token.
template <class Read>
void send(const Workbench& bench, run::TaskCall call, Read read) {
  const Json input = call.input.json();
  tasks::Arguments parameters(input);
  run::AnswerTask request;
  request.token = parameters.text("TaskToken");
  request.answer = read(parameters);
  if (const auto fit = check_call(bench, call, parameters); !fit) return call.done(fit.error());
  call.started();
  bench.ask_engine([request = std::move(request), done = std::move(call.done)](run::Gateway& gateway) {
    gateway.answer_task(request, [done](const run::Answer<std::monostate>& taken) {
      if (taken.has_value())
        done(Payload());
      else
        done(engine_error(Dialect::Sdk, taken.error()));
    });
  });
}

void send_success(const Workbench& bench, run::TaskCall call) {
  send(bench, std::move(call),
       [](tasks::Arguments& given) { return run::AnswerTask::Success{json_text(given.any("Output"))}; });
}

void send_failure(const Workbench& bench, run::TaskCall call) {
  send(bench, std::move(call), [](tasks::Arguments& given) {
    return core::Failure{given.optional_string("Error"), given.optional_string("Cause")};
  });
}

void send_heartbeat(const Workbench& bench, run::TaskCall call) {
  send(bench, std::move(call), [](tasks::Arguments&) { return run::AnswerTask::Heartbeat{}; });
}

}  // namespace

extern const Integration sfn_get_activity_task{"aws-sdk:sfn:getActivityTask", get_task};
extern const Integration sfn_send_task_failure{"aws-sdk:sfn:sendTaskFailure", send_failure};
extern const Integration sfn_send_task_heartbeat{"aws-sdk:sfn:sendTaskHeartbeat", send_heartbeat};
extern const Integration sfn_send_task_success{"aws-sdk:sfn:sendTaskSuccess", send_success};

}  // namespace stepd::services::integrations
