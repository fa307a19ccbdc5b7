// The paths of AWS Lambda: functions of the configuration are invoked, listed and described (Lambda API reference).
#pragma once

#include "api/router.h"

#include <vector>

namespace stepd::api {

struct Backend;

/// POST /2015-03-31/functions/{name}/invocations: a function that fails is 200 with `X-Amz-Function-Error`. An
/// invocation of the type Event is durable once it is answered, if the wiring has AwsDoors::call_later.
/// GET of /2015-03-31/functions, of {name}, and of {name}/configuration.
std::vector<Route> lambda_routes(const Backend& backend);

}  // namespace stepd::api
