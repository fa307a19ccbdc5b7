// What StartSyncExecution answers (AWS API reference), for the operation and for routes in front of it.
#pragma once

#include "api/protocol/shapes.h"
#include "base/value/value.h"
#include "engine/run/gateway.h"

namespace stepd::api {

Value sync_response(const run::EndedExecution& ended, Inclusion included);

}  // namespace stepd::api
