#include "tasks/image/analysis/sample.h"

#include <vips/vips.h>

namespace stepd::tasks::image {
namespace {

Result<Picture> thumbnail(std::string_view bytes, Size box, SampleFit fit, bool convert) {
  const auto crop = fit == SampleFit::Cover ? VIPS_INTERESTING_CENTRE : VIPS_INTERESTING_NONE;
  const auto size = fit == SampleFit::Stretch ? VIPS_SIZE_FORCE
                    : fit == SampleFit::Cover ? VIPS_SIZE_BOTH
                                              : VIPS_SIZE_DOWN;
  const auto run = [&](VipsImage** out, auto... colours) {
    return vips_thumbnail_buffer(const_cast<char*>(bytes.data()), bytes.size(), out, static_cast<int>(box.width),
                                 "height", static_cast<int>(box.height), "size", size, "crop", crop, "option_string",
                                 "[fail_on=error]", colours..., nullptr);
  };
  return derive([&](VipsImage** out) { return convert ? run(out, "export_profile", "srgb") : run(out); });
}

/// In memory, so that a fault of the decoder shows here and not in whoever looks.
Result<Picture> finished(const Picture& picture) {
  STEPD_TRY(const Picture plain, derive([&](VipsImage** out) {
              return vips_colourspace(picture.get(), out, VIPS_INTERPRETATION_sRGB, nullptr);
            }));
  STEPD_TRY(const Picture bytes,
            derive([&](VipsImage** out) { return vips_cast(plain.get(), out, VIPS_FORMAT_UCHAR, nullptr); }));
  return derive([&](VipsImage** out) {
    *out = vips_image_copy_memory(bytes.get());
    return *out == nullptr ? -1 : 0;
  });
}

}  // namespace

AslError cannot_decode() {
  return {"Image.Corrupt", "The picture's header could be read, but not its pixels: " + take_vips_error()};
}

Result<Picture> decode_small(const Header& header, std::string_view bytes, const ImageLimits& limits, Size box,
                             SampleFit fit) {
  STEPD_CHECK(check_size("The picture", header.size, limits));
  STEPD_CHECK(check_effort(header, bytes, limits));
  if (header.has_profile) {
    auto picture = thumbnail(bytes, box, fit, true);
    if (picture) {
      if (auto decoded = finished(*picture)) return decoded;
    }
    // Perhaps it is the profile that is broken.
    take_vips_error();
  }
  STEPD_TRY(const Picture picture, thumbnail(bytes, box, fit, false));
  return finished(picture);
}

Result<Picture> shrink(const Picture& picture, Size size) {
  return derive([&](VipsImage** out) {
    return vips_thumbnail_image(picture.get(), out, static_cast<int>(size.width), "height",
                                static_cast<int>(size.height), "size", VIPS_SIZE_FORCE, nullptr);
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
