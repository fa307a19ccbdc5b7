// What image.resize is asked: read by its handler for early errors, and again where the work is done.
// It knows arguments only; what becomes of a picture is resize.h's.
#pragma once

#include "base/json.h"
#include "base/objects.h"
#include "base/result.h"
#include "tasks/image/resize.h"
#include "tasks/key_template.h"

#include <string>

namespace stepd::tasks::image {

struct ResizeRequest {
  ObjectRef source;
  ResizeOptions options;
  std::string target_bucket;
  KeyTemplate target_key;
};

/// `Handler.InvalidArguments` naming every fault.
Result<ResizeRequest> read_resize_request(const Json& event, const ImageLimits& limits);

}  // namespace stepd::tasks::image
