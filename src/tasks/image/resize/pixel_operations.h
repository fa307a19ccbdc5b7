// The steps that a picture takes on its way, each one call of libvips or a few. Their order is resize.h's to say.
#pragma once

#include "tasks/image/resize/orientation.h"
#include "tasks/image/resize/resize_options.h"
#include "tasks/image/vips.h"

#include <optional>
#include <stop_token>
#include <vector>

namespace stepd::tasks::image {

/// Each answers false when libvips failed; take_vips_error() says why.
bool cut(Picture& picture, const Rectangle& piece);
/// To exactly that size, through premultiplied alpha. False as well when a stop was requested.
bool scale_to(Picture& picture, Size size, std::size_t kernel, const std::stop_token& stop = {});
/// Half as wide and high, rounded up, by plain averaging through premultiplied alpha.
bool halve(Picture& picture);
/// By its profile, which is taken off; a picture without is in sRGB already, or in inks of which each takes its part of
/// the light, as browsers show it. A grey picture stays grey.
bool to_srgb(Picture& picture);
/// 8 bits a channel, grey or RGB, of the colours that its profile describes: three channels if that is RGB's.
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
/// Colour channels where there was grey, by its profile if it has one.
bool to_colour(Picture& picture);
/// Without its alpha: colours that were transparent become visible.
bool drop_alpha(Picture& picture);
bool is_grey(const Picture& picture);

Size size_of(const Picture& picture);
bool has_alpha(const Picture& picture);
/// What is left when the border of the corner's colour is gone; the whole where nothing else is there. Reads every
/// pixel.
std::optional<Rectangle> find_trim(const Picture& picture, std::uint32_t threshold);
/// The most telling piece of that size. Reads every pixel.
std::optional<Rectangle> find_smart_cut(const Picture& picture, Size piece, Smart how);

}  // namespace stepd::tasks::image
