// Paths that call functions of the configuration: as API Gateway does.
// What a function is, and who carries it out, is not known here.
#pragma once

#include "api/api.h"
#include "api/router.h"

namespace stepd::api {

/// A function that fails answers 500 `{"message": "Internal Server Error"}`, as API Gateway does; why is logged.
/// `route` and `backend` are copied.
Route function_route(const FunctionRoute& route, const Backend& backend);

}  // namespace stepd::api
