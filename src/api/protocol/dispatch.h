// AWS JSON 1.0 over `POST /`: from the target and the body to an operation, and from its answer to a response.
// It knows no operation by name. Signatures are accepted and not verified.
#pragma once

#include "api/api.h"
#include "api/protocol/api_error.h"
#include "api/router.h"

namespace stepd::api {

Route aws_route(const Backend& backend);

/// An error as the protocol carries it.
Response aws_error(const ApiError& error);

}  // namespace stepd::api
