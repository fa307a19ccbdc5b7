// What image.metadata is asked: read by its handler for early errors, and again where the work is done.
// It knows arguments only; pictures are perform_metadata's.
#pragma once

#include "base/json.h"
#include "base/objects.h"
#include "base/result.h"

namespace stepd::tasks::image {

struct MetadataRequest {
  ObjectRef source;
  bool exif = true;
  bool iptc = true;
  bool xmp = true;
  bool gps = true;         ///< in EXIF; false leaves the place out of XMP and IPTC as well
  bool checksums = false;  ///< of the file as it is
  // These decode the picture, and so are held to the limits that decoding is held to.
  bool colours = false;
  bool hashes = false;
  bool statistics = false;

  bool needs_pixels() const { return colours || hashes || statistics; }
};

/// `Handler.InvalidArguments` naming every fault.
Result<MetadataRequest> read_metadata_request(const Json& event);

}  // namespace stepd::tasks::image
