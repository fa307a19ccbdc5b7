// An object as the handlers that look at one answer it.
#pragma once

#include "base/json.h"
#include "base/objects.h"

namespace stepd::tasks {

/// `{"bucket", "key", "bytes", "etag", "modified", "contentType", "metadata"}`.
Json describe(const ObjectRef& ref, const ObjectStat& stat);

}  // namespace stepd::tasks
