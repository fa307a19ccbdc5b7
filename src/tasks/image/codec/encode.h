// Finished pixels in, the bytes of a file out: one encoder per writable format. It changes no pixel, and its only
// limit is the one that it is asked to keep.
#pragma once

#include "base/result.h"
#include "tasks/image/resize/resize_options.h"
#include "tasks/image/vips.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

namespace stepd::tasks::image {

struct Abilities {
  bool alpha = true;
  bool animation = false;
  bool grey = false;               ///< one channel of brightness
  bool profile = false;            ///< an ICC profile
  std::uint32_t largest_side = 0;  ///< px; 0: none that matters
};
/// `format` is one of kWritableFormats.
Abilities abilities_of(std::string_view format);

/// The quality that is used where none is asked for; 0 where there is none: PNG without palette, GIF, TIFF.
std::uint32_t default_quality(std::string_view format);

/// libwebp's scale of speed and size, 0 to 6.
int webp_method(const Encoding& encoding);

struct Encoded {
  std::string bytes;
  std::uint32_t quality = 0;  ///< that was used; 0 where the format has none
};

/// `strip`: write no metadata. With `max_bytes` the highest quality that keeps it is searched for, at most the one
/// asked for; `Image.OverMaxBytes` if none does. An empty name when libvips failed or was stopped: the caller knows the
/// cause.
Result<Encoded> encode(Picture& picture, std::string_view format, Encoding encoding, bool strip,
                       const std::stop_token& stop);

/// All pixels of it in memory, so that they are computed once. False when it failed or was stopped.
bool keep_in_memory(Picture& picture, const std::stop_token& stop);

}  // namespace stepd::tasks::image
