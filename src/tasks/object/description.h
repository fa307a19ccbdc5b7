// An object as the handlers that look at one answer it.
#pragma once

#include "base/json.h"
#include "base/objects.h"

namespace stepd::tasks {

/// `{"bucket", "key", "bytes", "etag", "s3Etag", "modified", "contentType", "metadata"}`.
Json describe(const ObjectRef& ref, const ObjectStat& stat);

}  // namespace stepd::tasks
