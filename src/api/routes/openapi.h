// The description of everything that is served, for people's tools. The routes describe themselves.
#pragma once

#include "api/router.h"

namespace stepd::api {

/// GET /openapi.json: OpenAPI 3.1 of `router`'s routes as they are now, and of this one.
Route openapi_route(const Router& router);

}  // namespace stepd::api
