// The event that API Gateway makes of a request for a function, and the response that it makes of the function's
// answer: HTTP API, Lambda proxy integration, payload format 2.0.
#pragma once

#include "api/http.h"
#include "base/clock.h"
#include "base/json.h"

#include <string>

namespace stepd::api {

/// `pattern` is the route's path with its {names}. A body that is no UTF-8 is sent as Base64. There
/// is no `sourceIp`: a request here does not know whence it came.
Json proxy_event(const Request& request, const std::string& pattern, const std::string& account, Instant now);

/// Without a `statusCode`, the whole answer is the body of a 200. None if the answer cannot be sent: a status that is
/// none, a field with a line break, a body that is no Base64 though it says so.
std::optional<Response> proxy_response(const Json& answer);

}  // namespace stepd::api
