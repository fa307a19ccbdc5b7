// What image.metadata says of a picture's pixels: colours, hashes and statistics, all of one small decode.
// Only whether the alpha channel is used takes every pixel.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "tasks/image/format/image_header.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/metadata/metadata_arguments.h"

namespace stepd::tasks::image {

/// `colours`, `hashes` and `statistics` as asked for. Limits and errors are those of decode_small().
Result<Json> describe_pixels(const Header& header, const ImageLimits& limits, const MetadataRequest& request);

}  // namespace stepd::tasks::image
