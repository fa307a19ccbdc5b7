// Configured paths that show an item of a table, such as what a workflow found out about an object.
#pragma once

#include "api/api.h"
#include "api/router.h"

namespace stepd::api {

/// Throws std::invalid_argument for a table that is not there and for a key template that its path cannot fill.
Route item_route(const ItemRoute& route, const Backend& backend);

}  // namespace stepd::api
