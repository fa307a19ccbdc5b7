// The event that API Gateway makes of a request for a function, and the response that it makes of the function's
// answer: Lambda proxy integration, payload format 2.0 (HTTP APIs) and 1.0 (REST APIs).
#pragma once

#include "api/http.h"
#include "base/clock.h"
#include "base/json.h"

#include <optional>
#include <string>

namespace stepd::api {

struct ProxyRoute {
  std::string pattern;  ///< the path with its {names}
  std::string account;
  std::string stage;  ///< empty: $default
};

/// A body that is no UTF-8 is sent as Base64. There is no `sourceIp`: a request here does not know whence it came.
Json proxy_event(const Request& request, const ProxyRoute& route, Instant now);

/// Payload format 1.0 (API Gateway developer guide: Lambda proxy integrations, "Input format"). `resource` and `path`
/// are without the stage.
Json rest_event(const Request& request, const ProxyRoute& route, Instant now);

/// Without a `statusCode`, the whole answer is the body of a 200. None if the answer cannot be sent: a status that is
/// none, a field with a line break, a body that is no Base64 though it says so. Takes `multiValueHeaders` of format 1.0
/// and `cookies` of format 2.0.
std::optional<Response> proxy_response(const Json& answer);

}  // namespace stepd::api
