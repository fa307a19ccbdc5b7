// Objects over HTTP: put, fetched, asked about, removed and listed. Bodies pass in pieces; no object is ever whole in
// memory. Which keys are allowed is the object store's to say.
#pragma once

#include "api/api.h"
#include "api/router.h"

#include <cstdint>
#include <vector>

namespace stepd::api {

std::vector<Route> bucket_routes(const Backend& backend, std::uint64_t object_bytes_max);

}  // namespace stepd::api
