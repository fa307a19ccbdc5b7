// The steps that a picture takes on its way, each one call of libvips or a few. Their order is resize.h's to say.
#pragma once

#include "tasks/image/resize/orientation.h"
#include "tasks/image/resize/resize_options.h"
#include "tasks/image/vips.h"

#include <optional>
#include <vector>

namespace stepd::tasks::image {

/// Each answers false when libvips failed; take_vips_error() says why.
bool cut(Picture& picture, const Rectangle& piece);
/// To exactly that size, through premultiplied alpha.
bool scale_to(Picture& picture, Size size, std::size_t kernel);
/// Half as wide and high, rounded up, by plain averaging through premultiplied alpha.
bool halve(Picture& picture);
/// By its embedded profile if it has one that fits; else a picture without is taken to be sRGB, or CMYK as libvips
/// knows it.
bool to_srgb(Picture& picture);
/// 8 bits a channel, grey or sRGB, whatever the profile.
bool to_eight_bits(Picture& picture);
/// To and from light as it adds up.
bool to_linear(Picture& picture);
bool turn(Picture& picture, Turn how);
bool blur(Picture& picture, double sigma);
bool sharpen(Picture& picture, double sigma);
bool to_grey(Picture& picture);
/// `colour` behind what is transparent.
bool flatten(Picture& picture, const Colour& colour);
/// Where the picture lies on a canvas of that colour.
bool embed(Picture& picture, const Rectangle& place, Size canvas, const Colour& colour);
/// Colour channels where there was grey.
bool to_colour(Picture& picture);

Size size_of(const Picture& picture);
bool has_alpha(const Picture& picture);
/// What is left when the border of the corner's colour is gone; the whole where nothing else is there. Reads every
/// pixel.
std::optional<Rectangle> find_trim(const Picture& picture, std::uint32_t threshold);
/// The most telling piece of that size. Reads every pixel.
std::optional<Rectangle> find_smart_cut(const Picture& picture, Size piece, Smart how);

}  // namespace stepd::tasks::image
