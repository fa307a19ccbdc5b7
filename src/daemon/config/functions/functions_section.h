// The configuration's `functions`: what the Lambda functions of a definition mean here.
#pragma once

#include "daemon/config/mapping.h"
#include "functions/function_code.h"
#include "services/service_options.h"

#include <vector>

namespace stepd::daemon {

/// `arguments`, `result` and the like are payload templates; with `.$` behind the key, one path or intrinsic that is
/// the whole value. Whether handlers of those names exist is not looked into.
/// A function has a `handler` of this process, `steps` of several, or an `endpoint`, a URL where Lambda's Invoke is
/// served. `${NAME}` in it is a value of its `environment`. One with `code` or `command` is described in `own_code` as
/// well.
std::vector<services::Function> read_functions(Mapping& root, std::vector<functions::FunctionCode>& own_code);

/// The configuration's `lambda_endpoint`: serves every function that `functions` does not name. Empty if absent.
std::string read_lambda_endpoint(Mapping& root);

}  // namespace stepd::daemon
