// `GET /executions/{arn}/wait`: answers when a STANDARD execution has ended.
#pragma once

#include "api/api.h"
#include "api/router.h"

namespace stepd::api {

Route wait_route(const Backend& backend);

}  // namespace stepd::api
