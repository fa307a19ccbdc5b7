// What a Task's Resource can reach here: one file per integration in integrations/, one line each in its registry.
#pragma once

#include "engine/run/functions.h"
#include "engine/run/task_call.h"
#include "tasks/pool.h"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace stepd::run {

/// What integrations work with. Outlives every call.
struct Workbench {
  const FunctionTable& functions;
  tasks::HandlerPool& pool;
  const std::map<std::string, std::string>& topics;  ///< EngineOptions::topics
  std::string function_arn_prefix;                   ///< `arn:aws:lambda:REGION:ACCOUNT:function:`

  using Shape = std::function<Result<Payload>(Result<Json>)>;
  /// Runs `handler` over `event` on the pool; `shape` turns its result or error into the task's.
  void run(TaskCall call, tasks::Handler& handler, Payload event, Shape shape) const;
};

/// AWS's `resourceType:resource` (`lambda:invoke`), and how such a task is done. start() does not block.
struct Integration {
  std::string_view resource;
  void (*start)(const Workbench& bench, TaskCall call);
};

/// Tasks whose Resource is a Lambda function's ARN or name.
void start_lambda_function(const Workbench& bench, TaskCall call);

/// By `resourceType:resource`; null if stepd has no such integration.
const Integration* find_integration(std::string_view resource);

/// What the integrations share.
namespace lambda {

/// AWS's cause of a failed function: `{"errorMessage", "errorType"}` as text (Lambda dev guide: Function errors).
AslError function_error(const AslError& error);
AslError not_found(const Workbench& bench, const std::string& function);

}  // namespace lambda

/// A service's answer as integrations show it: members, then SdkHttpMetadata and SdkResponseMetadata.
Json with_sdk_metadata(Json members, std::string_view content_type, std::size_t content_length);

}  // namespace stepd::run
