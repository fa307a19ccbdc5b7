// Makes libvips' pictures smaller by the Reducer. Which of them libvips scales itself is said here, what becomes of a
// scaled picture is not.
#pragma once

#include "tasks/image/resize/geometry.h"
#include "tasks/image/vips.h"

#include <stop_token>

namespace stepd::tasks::image {

/// Whether reduce_picture() does what libvips would do with Lanczos' kernel of three lobes: 8 bits, grey or three
/// channels, no alpha, and no side that grows.
bool can_reduce(const Picture& picture, Size size);

/// To that size, at once and into memory. can_reduce() holds. False when libvips failed or a stop was requested.
bool reduce_picture(Picture& picture, Size size, const std::stop_token& stop);

}  // namespace stepd::tasks::image
