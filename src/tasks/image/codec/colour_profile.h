// Which colours the samples of a decoded picture mean. It converts none; pixel_operations.h does.
#pragma once

#include "tasks/image/format/image_header.h"
#include "tasks/image/vips.h"

#include <cstdint>

namespace stepd::tasks::image {

/// What an ICC profile describes.
enum class ProfileSpace : std::uint8_t { None, Grey, Rgb, Cmyk, Other };

/// Of the profile that the picture carries.
ProfileSpace profile_space(const Picture& picture);

/// Sees to it that the picture carries a profile only if that describes its samples, as browsers do: a profile of
/// another colour space is taken off (a grey picture may have one of RGB, for three equal samples), and the gamma and
/// chromaticities of a PNG without a profile become one. False when libvips failed.
bool settle_profile(Picture& picture, const Header& header);

/// Takes the profile off. False when libvips failed.
bool drop_profile(Picture& picture);

}  // namespace stepd::tasks::image
