// Short ways to ask for a resize and to look at what came of it.
#pragma once

#include "handler_fixture.h"
#include "pictures.h"
#include "tasks/image/vips.h"

#include <functional>

namespace stepd::test {

/// Arguments of image.resize for an object of `in`, written to `out`.
Json resize_request(const std::string& key, const Json& more, const std::string& target = "{name}.{ext}");

/// The picture that `out` holds after a resize that must succeed and say truly how large it is.
Decoded resized(Workbench& bench, const Json& event);
/// Its bytes.
std::string resized_bytes(Workbench& bench, const Json& event);

using Painter = std::function<Pixel(int x, int y)>;
/// A picture of 3 bands, 4 if `alpha`, or CMYK made of its colours.
std::string paint(const std::string& suffix, int width, int height, const Painter& painter, bool alpha = false,
                  bool cmyk = false);
/// Something to recognise: slopes of colour, a disc and stripes.
Pixel scenery(int x, int y, int width, int height);
std::string paint_scenery(const std::string& suffix, int width, int height);

/// 64 bits that are alike for pictures that look alike.
std::uint64_t difference_hash(const Decoded& picture);
/// How many bits of the two differ.
int hash_distance(const Decoded& a, const Decoded& b);
/// Of all channels of all pixels; the two are of one size.
double mean_difference(const Decoded& a, const Decoded& b);
/// Of two pictures of one size and as many bands, in dB; 99 if they are equal, 0 if they cannot be compared.
double likeness(const tasks::image::Picture& a, const tasks::image::Picture& b);
/// `picture` made smaller by plain averaging: slow, simple, and nothing that the product does.
Decoded averaged(const Decoded& picture, int width, int height);

}  // namespace stepd::test
