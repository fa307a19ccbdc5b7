// What image.resize is asked: read by its handler for early errors, and again where the work is done.
// It knows arguments only; what becomes of a picture is resize.h's.
#pragma once

#include "base/json.h"
#include "base/objects.h"
#include "base/result.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/resize/resize_options.h"
#include "tasks/key_template.h"

#include <string>
#include <vector>

namespace stepd::tasks::image {

struct ResizeOutput {
  ResizeOptions options;
  std::string target_bucket;
  KeyTemplate target_key;
};

struct ResizeRequest {
  ObjectRef source;
  std::vector<ResizeOutput> outputs;
  bool single = true;  ///< `outputs` was not given, so the answer is that of the only one
};

/// `event` names no presets any more; see expand_presets(). `Handler.InvalidArguments` names every fault.
Result<ResizeRequest> read_resize_request(const Json& event, const ImageLimits& limits);

/// The objects that lie over the outputs as watermarks, each once, in the order in which the outputs name them.
std::vector<ObjectRef> watermark_objects(const ResizeRequest& request);

}  // namespace stepd::tasks::image
