// BlurHash and ThumbHash: a picture in some twenty bytes, which a page shows while the picture itself is on its way.
// It encodes samples only and decodes nothing.
#pragma once

#include "tasks/image/resize/geometry.h"

#include <string>
#include <string_view>

namespace stepd::tasks::image {

/// BlurHash (https://github.com/woltapp/blurhash, Algorithm.md) of RGB samples, with 4 x 3 components, or 3 x 4 if the
/// picture is upright.
std::string make_blurhash(std::string_view rgb, Size size);

/// ThumbHash (https://evanw.github.io/thumbhash/) of RGBA samples, at most 100 px a side, in Base64.
std::string make_thumbhash(std::string_view rgba, Size size);

}  // namespace stepd::tasks::image
