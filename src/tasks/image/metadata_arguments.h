// What image.metadata is asked: read by its handler for early errors, and again where the work is done.
// It knows arguments only; pictures are perform_metadata's.
#pragma once

#include "base/json.h"
#include "base/objects.h"
#include "base/result.h"

namespace stepd::tasks::image {

struct MetadataRequest {
  ObjectRef source;
  bool wants_exif = true;
};

/// `Handler.InvalidArguments` naming every fault.
Result<MetadataRequest> read_metadata_request(const Json& event);

}  // namespace stepd::tasks::image
