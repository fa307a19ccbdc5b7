// A WebP made smaller and written as WebP again, as the luma and chroma that its file holds: converting them to RGB and
// back takes a third of the time and changes nothing that is seen.
#pragma once

#include "tasks/image/resize/geometry.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace stepd::tasks::image {

struct WebpTarget {
  Size size;
  std::uint32_t quality = 80;
  int method = 4;  ///< libwebp's, 0 (fast) to 6 (small)
};

/// `bytes` hold a picture of the size `stored`. None if it is no lossy, opaque, still WebP without damage, if a side
/// would grow or become very small (is_reduction()), or if a stop was requested.
std::optional<std::string> recode_webp(std::string_view bytes, Size stored, const WebpTarget& target,
                                       const std::stop_token& stop);

}  // namespace stepd::tasks::image
