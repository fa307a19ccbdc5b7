// AWS services over `POST /`: from a request to its service, the operation, and the response. No service and no
// operation is known by name here. Signatures are accepted and not verified.
#pragma once

#include "api/api.h"
#include "api/protocol/api_error.h"
#include "api/router.h"

#include <optional>

namespace stepd::api {

/// Which service is meant is told by the target, else the credential scope, else the host, else the form's Version. A
/// request that says none of it is for Step Functions, and a form without Authorization is refused: any web page could
/// send one.
Route aws_route(const Backend& backend);

/// What a request gets that is signed for a service that is not served: 501. None for every other one. For paths that
/// nothing here answers.
std::optional<Response> answer_unserved(const Request& request);

/// An error as Step Functions has it.
Response aws_error(const ApiError& error);

}  // namespace stepd::api
