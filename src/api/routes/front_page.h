// GET /: what this is, for a person who opens the address in a browser, in JSON for who accepts that, and otherwise
// DynamoDB's `healthy: HOST `. It has no script and asks nobody else for anything.
#pragma once

#include "api/router.h"

namespace stepd::api {

/// What a browser gets: the page, or the way to the console.
enum class Front { Page, Console };

/// Tells of the routes that `router` has now.
Route front_page_route(const Router& router, Front front);

}  // namespace stepd::api
