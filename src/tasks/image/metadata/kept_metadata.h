// Which metadata of the source a result carries: none unless asked for, and never where it was taken unless asked for
// by that name. It changes no pixel.
#pragma once

#include "tasks/image/resize/resize_options.h"
#include "tasks/image/vips.h"

namespace stepd::tasks::image {

/// Takes every field off `result` but those that `kept` names, which come from `source`; false when libvips failed. The
/// colour profile of `result` describes its pixels and stays if `kept.icc`. EXIF is kept without its orientation, which
/// was applied, its thumbnail and its maker's notes; XMP and IPTC that speak of a place are left out whole unless
/// `kept.gps`.
bool keep_metadata(Picture& result, const Picture& source, const Kept& kept);

}  // namespace stepd::tasks::image
