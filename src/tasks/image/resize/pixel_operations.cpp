#include "tasks/image/resize/pixel_operations.h"

#include <vips/vips.h>

#include <memory>

namespace stepd::tasks::image {
namespace {

struct UnrefArea {
  void operator()(VipsArrayDouble* array) const { vips_area_unref(VIPS_AREA(array)); }
};
using Doubles = std::unique_ptr<VipsArrayDouble, UnrefArea>;

Doubles doubles(const std::vector<double>& values) {
  return Doubles(vips_array_double_new(values.data(), static_cast<int>(values.size())));
}

int as_int(std::uint32_t number) { return static_cast<int>(number); }

bool cast_to(Picture& picture, VipsBandFormat format) {
  return vips_image_get_format(picture.get()) == format ||
         apply(picture, [&](VipsImage* in, VipsImage** out) { return vips_cast(in, out, format, nullptr); });
}

bool to_space(Picture& picture, VipsInterpretation space) {
  return vips_image_get_interpretation(picture.get()) == space ||
         apply(picture, [&](VipsImage* in, VipsImage** out) { return vips_colourspace(in, out, space, nullptr); });
}

/// `step` on premultiplied pixels, lest the colour of what is transparent bleeds.
template <class Step>
bool premultiplied(Picture& picture, Step step) {
  if (!has_alpha(picture)) return apply(picture, step);
  const auto format = vips_image_get_format(picture.get());
  return apply(picture, [](VipsImage* in, VipsImage** out) { return vips_premultiply(in, out, nullptr); }) &&
         apply(picture, step) &&
         apply(picture, [](VipsImage* in, VipsImage** out) { return vips_unpremultiply(in, out, nullptr); }) &&
         cast_to(picture, format);
}

}  // namespace

Size size_of(const Picture& picture) {
  return {static_cast<std::uint32_t>(vips_image_get_width(picture.get())),
          static_cast<std::uint32_t>(vips_image_get_height(picture.get()))};
}

bool has_alpha(const Picture& picture) { return vips_image_hasalpha(picture.get()) != 0; }

bool cut(Picture& picture, const Rectangle& piece) {
  if (piece.size == size_of(picture)) return true;
  return apply(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_extract_area(in, out, as_int(piece.left), as_int(piece.top), as_int(piece.size.width),
                             as_int(piece.size.height), nullptr);
  });
}

bool scale_to(Picture& picture, Size size, std::size_t kernel) {
  constexpr VipsKernel kKernelOf[] = {VIPS_KERNEL_NEAREST,  VIPS_KERNEL_LINEAR,   VIPS_KERNEL_CUBIC,
                                      VIPS_KERNEL_MITCHELL, VIPS_KERNEL_LANCZOS2, VIPS_KERNEL_LANCZOS3};
  const auto now = size_of(picture);
  if (now == size) return true;
  return premultiplied(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_resize(in, out, double(size.width) / now.width, "vscale", double(size.height) / now.height, "kernel",
                       kKernelOf[kernel], nullptr);
  });
}

bool halve(Picture& picture) {
  return premultiplied(
      picture, [](VipsImage* in, VipsImage** out) { return vips_shrink(in, out, 2, 2, "ceil", TRUE, nullptr); });
}

bool to_srgb(Picture& picture) {
  const bool print = vips_image_get_interpretation(picture.get()) == VIPS_INTERPRETATION_CMYK;
  if (print || vips_image_get_typeof(picture.get(), VIPS_META_ICC_NAME) != 0) {
    // Before the profile, because libvips 8.14 does not scale 16 bits of alpha down with the colours.
    if (vips_image_get_format(picture.get()) == VIPS_FORMAT_USHORT && has_alpha(picture) &&
        !apply(picture, [](VipsImage* in, VipsImage** out) {
          return vips_cast(in, out, VIPS_FORMAT_UCHAR, "shift", TRUE, nullptr);
        })) {
      return false;
    }
    const bool converted = apply(picture, [&](VipsImage* in, VipsImage** out) {
      return vips_icc_transform(in, out, "srgb", "embedded", TRUE, "input_profile", print ? "cmyk" : "srgb", "intent",
                                VIPS_INTENT_RELATIVE, "depth", 8, nullptr);
    });
    // Perhaps the profile is what is broken, and a picture is worth more than its profile.
    if (!converted) static_cast<void>(take_vips_error());
  }
  return to_eight_bits(picture);
}

bool to_eight_bits(Picture& picture) {
  const bool grey = vips_image_get_bands(picture.get()) <= 2;
  return to_space(picture, grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB) &&
         cast_to(picture, VIPS_FORMAT_UCHAR);
}

bool to_linear(Picture& picture) { return to_space(picture, VIPS_INTERPRETATION_scRGB); }

bool turn(Picture& picture, Turn how) {
  // libvips knows quarter turns, which are an exchange of rows and columns and a mirror.
  if (how.transpose) {
    if (!apply(picture, [](VipsImage* in, VipsImage** out) { return vips_rot(in, out, VIPS_ANGLE_D90, nullptr); }))
      return false;
    how.mirror_x = !how.mirror_x;
  }
  const auto mirror = [&](VipsDirection direction) {
    return apply(picture, [&](VipsImage* in, VipsImage** out) { return vips_flip(in, out, direction, nullptr); });
  };
  return (!how.mirror_x || mirror(VIPS_DIRECTION_HORIZONTAL)) && (!how.mirror_y || mirror(VIPS_DIRECTION_VERTICAL));
}

bool blur(Picture& picture, double sigma) {
  return premultiplied(picture,
                       [&](VipsImage* in, VipsImage** out) { return vips_gaussblur(in, out, sigma, nullptr); });
}

bool sharpen(Picture& picture, double sigma) {
  const auto space = vips_image_get_interpretation(picture.get());
  return apply(picture,
               [&](VipsImage* in, VipsImage** out) { return vips_sharpen(in, out, "sigma", sigma, nullptr); }) &&
         to_space(picture, space) && cast_to(picture, VIPS_FORMAT_UCHAR);
}

bool to_grey(Picture& picture) {
  return to_space(picture, VIPS_INTERPRETATION_B_W) && cast_to(picture, VIPS_FORMAT_UCHAR);
}

bool to_colour(Picture& picture) { return to_space(picture, VIPS_INTERPRETATION_sRGB); }

bool flatten(Picture& picture, const Colour& colour) {
  if (!has_alpha(picture)) return true;
  // A grey picture becomes coloured when what lies behind it is.
  if (!colour.is_grey() && !to_colour(picture)) return false;
  const bool grey = vips_image_get_bands(picture.get()) == 2;
  const auto behind =
      grey ? doubles({double(colour.red)}) : doubles({double(colour.red), double(colour.green), double(colour.blue)});
  return apply(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_flatten(in, out, "background", behind.get(), nullptr);
  });
}

bool embed(Picture& picture, const Rectangle& place, Size canvas, const Colour& colour) {
  if (canvas == size_of(picture)) return true;
  if (vips_image_get_bands(picture.get()) <= 2 && !to_colour(picture)) return false;
  if (!has_alpha(picture) && !colour.is_opaque() &&
      !apply(picture, [](VipsImage* in, VipsImage** out) { return vips_addalpha(in, out, nullptr); })) {
    return false;
  }
  std::vector<double> values{double(colour.red), double(colour.green), double(colour.blue)};
  if (has_alpha(picture)) values.push_back(colour.alpha);
  const auto background = doubles(values);
  return apply(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_embed(in, out, as_int(place.left), as_int(place.top), as_int(canvas.width), as_int(canvas.height),
                      "extend", VIPS_EXTEND_BACKGROUND, "background", background.get(), nullptr);
  });
}

std::optional<Rectangle> find_trim(const Picture& picture, std::uint32_t threshold) {
  double* corner = nullptr;
  int bands = 0;
  if (vips_getpoint(picture.get(), &corner, &bands, 0, 0, nullptr) != 0) return std::nullopt;
  const std::unique_ptr<double, decltype(&g_free)> owned(corner, g_free);
  // With alpha libvips lays the picture over the colour before it looks, so the colour has no alpha itself.
  const auto background = doubles({corner, corner + (has_alpha(picture) ? bands - 1 : bands)});
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  if (vips_find_trim(picture.get(), &left, &top, &width, &height, "threshold", double(threshold), "background",
                     background.get(), nullptr) != 0) {
    return std::nullopt;
  }
  if (width <= 0 || height <= 0) return Rectangle{0, 0, size_of(picture)};
  return Rectangle{static_cast<std::uint32_t>(left),
                   static_cast<std::uint32_t>(top),
                   {static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)}};
}

std::optional<Rectangle> find_smart_cut(const Picture& picture, Size piece, Smart how) {
  Picture found = another(picture);
  const auto interesting = how == Smart::Entropy ? VIPS_INTERESTING_ENTROPY : VIPS_INTERESTING_ATTENTION;
  if (!apply(found, [&](VipsImage* in, VipsImage** out) {
        return vips_smartcrop(in, out, as_int(piece.width), as_int(piece.height), "interesting", interesting, nullptr);
      })) {
    return std::nullopt;
  }
  // A cut remembers where it began as a negative offset.
  return Rectangle{static_cast<std::uint32_t>(-vips_image_get_xoffset(found.get())),
                   static_cast<std::uint32_t>(-vips_image_get_yoffset(found.get())), piece};
}

}  // namespace stepd::tasks::image
