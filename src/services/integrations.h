// What a Task's Resource can reach here: one file per integration in integrations/, one line each in its registry.
#pragma once

#include "engine/run/task_services.h"
#include "services/functions.h"
#include "tasks/http/http_client.h"
#include "tasks/pool.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace stepd::services {

/// What integrations work with. Outlives every call.
struct Workbench {
  const FunctionTable& functions;
  const Handlers& handlers;  ///< the built-in ones, by their own names
  tasks::HandlerPool& pool;
  tasks::HttpClient& http;
  const std::map<std::string, std::string>& topics;  ///< ServiceOptions::topics
  std::string function_arn_prefix;                   ///< `arn:aws:lambda:REGION:ACCOUNT:function:`
  run::GatewayDoor ask_engine;                       ///< empty: there is none to ask
};

/// AWS's `resourceType:resource` (`lambda:invoke`), and how such a task's call is done. start() does not block.
struct Integration {
  std::string_view resource;
  void (*start)(const Workbench& bench, run::TaskCall call);
};

/// Tasks whose Resource is a Lambda function's ARN or name.
void start_lambda_function(const Workbench& bench, run::TaskCall call);

/// By `resourceType:resource`; null if stepd has no such integration. A callback (`.waitForTaskToken`) is the same
/// call, and so is one whose end is awaited (`.sync`): that it hands a token out is in its parameters. Which services
/// allow it is checked when a definition is read.
const Integration* find_integration(std::string_view resource);

/// A service's answer as integrations show it: members, then SdkHttpMetadata and SdkResponseMetadata made of the
/// response's header fields.
Json with_sdk_metadata(Json members, const tasks::HttpFields& fields, int status);
/// Fields for an answer that never was on a wire.
tasks::HttpFields made_up_fields(std::string_view content_type, std::size_t content_length);

}  // namespace stepd::services
