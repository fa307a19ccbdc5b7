#include "tasks/image/analysis/sample.h"

#include "tasks/image/codec/encode.h"
#include "tasks/image/codec/frames.h"
#include "tasks/image/resize/pixel_operations.h"

#include <vips/vips.h>

#include <algorithm>
#include <numeric>

namespace stepd::tasks::image {
namespace {

AslError not_whole(const std::string& said) {
  return {"Image.Corrupt", "The picture's header could be read, but not its pixels: " + said};
}

double times_smaller(Size from, Size to) {
  return std::min(double(from.width) / to.width, double(from.height) / to.height);
}

}  // namespace

AslError cannot_decode() { return not_whole(take_vips_error()); }

Result<Picture> decode_small(const Header& header, const ImageLimits& limits, Size box, Fit fit) {
  STEPD_CHECK(check_size("The picture", header.size, limits));
  STEPD_CHECK(check_effort(header, limits));
  const auto geometry =
      lay_out(header.size, {.width = box.width, .height = box.height, .fit = fit, .enlarge = fit != Fit::Inside});
  const auto upright = turn_of_orientation(header.orientation);
  const auto wanted = times_smaller(header.size, geometry.scaled);
  static_cast<void>(take_vips_error());  // of whatever was tried before
  Picture picture = load(header, {}, decoder_shrink(header, wanted, std::gcd(header.size.width, header.size.height)));
  if (picture == nullptr || !scale_to(picture, turned(geometry.scaled, upright), kLanczos3) || !to_srgb(picture) ||
      !to_colour(picture)) {
    return cannot_decode();
  }
  // In memory, so that a fault of the decoder shows here and not in whoever looks.
  if (!keep_in_memory(picture, {}) || !turn(picture, upright) ||
      !cut(picture, place(geometry.canvas, geometry.scaled, {}))) {
    return cannot_decode();
  }
  if (const auto said = take_vips_error(); !header.ends && missing_pixels(header, said)) return not_whole(said);
  return picture;
}

Result<Picture> shrink(const Picture& picture, Size size) {
  return derive([&](VipsImage** out) {
    return vips_thumbnail_image(picture.get(), out, static_cast<int>(size.width), "height",
                                static_cast<int>(size.height), "size", VIPS_SIZE_FORCE, "no_rotate", TRUE, nullptr);
  });
}

Result<Picture> over_white(const Picture& picture) {
  if (vips_image_hasalpha(picture.get()) == 0)
    return derive([&](VipsImage** out) { return vips_copy(picture.get(), out, nullptr); });
  constexpr double kWhite = 255;
  VipsArrayDouble* white = vips_array_double_newv(1, kWhite);
  auto flat = derive([&](VipsImage** out) { return vips_flatten(picture.get(), out, "background", white, nullptr); });
  vips_area_unref(VIPS_AREA(white));
  return flat;
}

Result<Picture> grey(const Picture& picture) {
  STEPD_TRY(const Picture flat, over_white(picture));
  return derive([&](VipsImage** out) { return vips_colourspace(flat.get(), out, VIPS_INTERPRETATION_B_W, nullptr); });
}

Result<std::string> samples_of(const Picture& picture) {
  STEPD_TRY(const Picture bytes,
            derive([&](VipsImage** out) { return vips_cast(picture.get(), out, VIPS_FORMAT_UCHAR, nullptr); }));
  std::size_t size = 0;
  const std::unique_ptr<void, decltype(&g_free)> memory(vips_image_write_to_memory(bytes.get(), &size), g_free);
  if (memory == nullptr) return cannot_decode();
  return std::string(static_cast<const char*>(memory.get()), size);
}

}  // namespace stepd::tasks::image
