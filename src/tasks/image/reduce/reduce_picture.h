// Makes pictures smaller by the Reducer: those of libvips, and those whose file it can read past libvips.
// Which pictures libvips scales itself is said here, what becomes of a scaled picture is not.
#pragma once

#include "tasks/image/format/image_header.h"
#include "tasks/image/vips.h"

#include <stop_token>

namespace stepd::tasks::image {

/// Whether reduce_picture() does what libvips would do with Lanczos' kernel of three lobes: 8 bits, grey, three
/// channels or RGBA, and no side that grows.
bool can_reduce(const Picture& picture, Size size);

/// To that size, at once and into memory. can_reduce() holds. False when libvips failed or a stop was requested.
bool reduce_picture(Picture& picture, Size size, const std::stop_token& stop);

/// The whole of a still picture, as it is stored, made `size` large straight from its file: as load() and
/// reduce_picture() would, with the same fields, but in less time and with exact positions whatever `shrink` the
/// decoder makes of it (decoder_shrink()). Null if its file is one that libvips has to read, among them every one with
/// damage, or if a stop was requested.
Picture reduce_file(const Header& header, Size stored, Size size, double shrink, const std::stop_token& stop);

}  // namespace stepd::tasks::image
