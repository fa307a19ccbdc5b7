// Configured paths that start executions. What an execution does with its input is not known here.
#pragma once

#include "api/api.h"
#include "api/router.h"

namespace stepd::api {

/// A body of more than 262,144 bytes is 413, as no execution takes more. `route` and `backend` are copied.
Route start_route(const StartRoute& route, const Backend& backend);

}  // namespace stepd::api
