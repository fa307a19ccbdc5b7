// Serves the console's files: one HTML document for every page, and what it loads under an address that holds the
// digest of all files, so that browsers keep it for good.
#pragma once

#include "api/router.h"

#include <vector>

namespace stepd::api {

std::vector<Route> console_page_routes();

}  // namespace stepd::api
