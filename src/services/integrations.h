// The service integrations that stepd has. Each is one file in integrations/ and one line in its registry.
#pragma once

#include "engine/run/task_services.h"
#include "functions/runtime.h"
#include "services/functions.h"
#include "services/missing_functions.h"
#include "tasks/http/http_client.h"
#include "tasks/pool.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace stepd::services {

/// What integrations use. It outlives every call.
struct Workbench {
  const FunctionTable& functions;
  const Handlers& handlers;  ///< the built-in ones, by their own names
  tasks::HandlerPool& pool;
  tasks::HttpClient& http;
  const std::map<std::string, std::string>& topics;  ///< ServiceOptions::topics
  std::string function_arn_prefix;                   ///< `arn:aws:lambda:REGION:ACCOUNT:function:`
  MissingFunctions& missing;
  run::GatewayDoor ask_engine;            ///< empty: no integrations with Step Functions
  functions::Runtime* runtime = nullptr;  ///< none: no function is of one's own code
};

/// AWS's `resourceType:resource` (`lambda:invoke`), and the function that makes the call. start() does not block.
struct Integration {
  std::string_view resource;
  void (*start)(const Workbench& bench, run::TaskCall call);
};

/// Calls the function of a task whose Resource is the ARN or name of a Lambda function.
void start_lambda_function(const Workbench& bench, run::TaskCall call);

/// Finds an integration by `resourceType:resource`; null if stepd does not have it. `.waitForTaskToken` and `.sync`
/// make the same call: the token is in its parameters. Whether the service allows the pattern is checked when the
/// definition is compiled.
const Integration* find_integration(std::string_view resource);

/// A service's response as integrations show it: `members`, then SdkHttpMetadata and SdkResponseMetadata, which are
/// made of the header fields.
Json with_sdk_metadata(Json members, const tasks::HttpFields& fields, int status);
/// Header fields for a response that was made in this process, without HTTP.
tasks::HttpFields made_up_fields(std::string_view content_type, std::size_t content_length);

}  // namespace stepd::services
