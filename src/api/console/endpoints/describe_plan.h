// A laid-out graph as JSON, for the endpoints that answer one.
#pragma once

#include "base/json.h"
#include "engine/asl/graph/graph_layout.h"

namespace stepd::api {

Json describe_plan(const asl::GraphPlan& plan);

}  // namespace stepd::api
