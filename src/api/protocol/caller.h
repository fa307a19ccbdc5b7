// Who sends a request: a function in the course of a call, whose lineage goes on in what it causes, or somebody else.
#pragma once

#include "api/http.h"
#include "base/lineage.h"

#include <optional>

namespace stepd::api {

struct AwsDoors;  // aws/aws_doors.h

/// Told by the session token that AWS's clients send. None: the request comes from outside.
std::optional<Lineage> lineage_of_caller(const Request& request, const AwsDoors& doors);

}  // namespace stepd::api
