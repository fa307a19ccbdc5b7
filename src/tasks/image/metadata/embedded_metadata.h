// The blocks that travel within a picture's file beside the pixels: EXIF, IPTC and XMP, as JSON.
// How each is read is said in its own file; here is which of them are read at all.
#pragma once

#include "base/json.h"
#include "tasks/image/format/image_header.h"
#include "tasks/image/metadata/metadata_arguments.h"

namespace stepd::tasks::image {

/// Members for the answer: `exif`, `gps`, `iptc`, `xmp` as asked for, and `unread`, `{block: why}`, if one was too
/// large or too strange to be read to its end.
Json read_embedded(const Header& header, const MetadataRequest& request);

/// A block of the header as libvips names it; empty if there is none. Lives as long as `picture`.
std::string_view block_of(const Picture& picture, const char* name);

}  // namespace stepd::tasks::image
