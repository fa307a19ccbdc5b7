// Between heads and routes: what becomes of a head that passed the guard, and how the head of an answer reads.
// It moves no bytes.
#pragma once

#include "api/guard.h"
#include "api/router.h"

#include <string>
#include <variant>

namespace stepd::api {

/// A version 4 UUID, as AWS's are.
std::string make_request_id();

/// Without captures and body. Takes the fields and the query out of `head`.
Request make_request(Head& head);

/// The route that may read the body, its captures set in `request`; or the answer that ends the request here: no such
/// route, a page of another origin, a body announced to be too large.
std::variant<const Route*, Response> admit(const Router& router, const Head& head, Request& request);

enum class After { Next_request, Close };

/// Status line and fields with the empty line. Characters that would end a field early are left out of its value.
std::string response_head(const Response& response, const std::string& request_id, After after);

}  // namespace stepd::api
