// EXIF as JSON: plain texts and numbers under the standard's own tag names. It interprets nothing but GPS coordinates
// and skips what only the camera's maker can read.
#pragma once

#include "base/json.h"

#include <string_view>

namespace stepd::tasks::image {

/// `{Name: value, ..., gps: {...}}` of an EXIF block, with or without `Exif\0\0` before it; empty if it holds nothing.
/// Texts are trimmed and valid UTF-8 of at most 1,024 bytes; a rational is a number, null if its denominator is 0;
/// several values are an array, more than 64 are left out. `gps` has every tag of its own block and, where they are
/// there, `latitude` and `longitude` in degrees (south and west negative) and `altitude` in metres.
Json read_exif(std::string_view block);

}  // namespace stepd::tasks::image
