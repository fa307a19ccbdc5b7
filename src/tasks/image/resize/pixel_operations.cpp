#include "tasks/image/resize/pixel_operations.h"

#include "tasks/image/codec/colour_profile.h"
#include "tasks/image/reduce/reduce_picture.h"

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

bool is_print(const Picture& picture) {
  return vips_image_get_interpretation(picture.get()) == VIPS_INTERPRETATION_CMYK;
}

/// The `count` bands from `first`.
bool take_bands(Picture& picture, int first, int count) {
  return apply(picture,
               [&](VipsImage* in, VipsImage** out) { return vips_extract_band(in, out, first, "n", count, nullptr); });
}

bool narrow(Picture& picture) {
  return vips_image_get_format(picture.get()) != VIPS_FORMAT_USHORT ||
         apply(picture, [](VipsImage* in, VipsImage** out) {
           return vips_cast(in, out, VIPS_FORMAT_UCHAR, "shift", TRUE, nullptr);
         });
}

bool invert(Picture& picture) {
  return apply(picture, [](VipsImage* in, VipsImage** out) { return vips_invert(in, out, nullptr); });
}

/// Of the light that an ink leaves, black leaves its part.
bool mix_inks(Picture& picture) {
  constexpr int kInks = 4;
  if (!narrow(picture)) return false;
  Picture black = another(picture);
  Picture alpha = has_alpha(picture) ? another(picture) : nullptr;
  return take_bands(black, kInks - 1, 1) && invert(black) && take_bands(picture, 0, kInks - 1) && invert(picture) &&
         apply(picture, [&](VipsImage* in, VipsImage** out) { return vips_multiply(in, black.get(), out, nullptr); }) &&
         apply(picture,
               [](VipsImage* in, VipsImage** out) {
                 return vips_linear1(in, out, 1 / 255.0, 0.5, "uchar", TRUE, nullptr);
               }) &&
         (alpha == nullptr ||
          (take_bands(alpha, kInks, 1) &&
           apply(picture,
                 [&](VipsImage* in, VipsImage** out) { return vips_bandjoin2(in, alpha.get(), out, nullptr); }))) &&
         apply(picture, [](VipsImage* in, VipsImage** out) {
           return vips_copy(in, out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
         });
}

/// Three channels of sRGB out of what the profile describes; unchanged if it is of no use, for a picture is worth more
/// than its profile.
bool use_profile(Picture& picture) {
  // Before the profile, because libvips 8.14 does not scale 16 bits of alpha down with the colours.
  if (has_alpha(picture) && !narrow(picture)) return false;
  if (is_grey(picture) && profile_space(picture) == ProfileSpace::Rgb && !to_space(picture, VIPS_INTERPRETATION_sRGB))
    return false;
  static_cast<void>(apply(picture, [](VipsImage* in, VipsImage** out) {
    return vips_icc_transform(in, out, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE, "depth", 8, nullptr);
  }));
  return drop_profile(picture);
}

}  // namespace

Size size_of(const Picture& picture) {
  return {static_cast<std::uint32_t>(vips_image_get_width(picture.get())),
          static_cast<std::uint32_t>(vips_image_get_height(picture.get()))};
}

bool has_alpha(const Picture& picture) { return vips_image_hasalpha(picture.get()) != 0; }

bool is_grey(const Picture& picture) { return vips_image_get_bands(picture.get()) <= 2; }

bool cut(Picture& picture, const Rectangle& piece) {
  if (piece.size == size_of(picture)) return true;
  return apply(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_extract_area(in, out, as_int(piece.left), as_int(piece.top), as_int(piece.size.width),
                             as_int(piece.size.height), nullptr);
  });
}

bool scale_to(Picture& picture, Size size, std::size_t kernel, const std::stop_token& stop) {
  constexpr VipsKernel kKernelOf[] = {VIPS_KERNEL_NEAREST,  VIPS_KERNEL_LINEAR,   VIPS_KERNEL_CUBIC,
                                      VIPS_KERNEL_MITCHELL, VIPS_KERNEL_LANCZOS2, VIPS_KERNEL_LANCZOS3};
  const auto now = size_of(picture);
  if (now == size) return true;
  if (kernel == kLanczos3 && can_reduce(picture, size)) return reduce_picture(picture, size, stop);
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
  const bool grey = is_grey(picture);
  if (profile_space(picture) != ProfileSpace::None && !use_profile(picture)) return false;
  if (is_print(picture) && !mix_inks(picture)) return false;
  return to_eight_bits(picture) && (!grey || to_grey(picture));
}

bool to_eight_bits(Picture& picture) {
  const bool grey = is_grey(picture) && profile_space(picture) != ProfileSpace::Rgb;
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

bool to_colour(Picture& picture) {
  if (is_grey(picture) && profile_space(picture) == ProfileSpace::Grey && !use_profile(picture)) return false;
  return to_space(picture, VIPS_INTERPRETATION_sRGB);
}

bool drop_alpha(Picture& picture) {
  return !has_alpha(picture) || take_bands(picture, 0, vips_image_get_bands(picture.get()) - 1);
}

bool flatten(Picture& picture, const Colour& colour) {
  if (!has_alpha(picture)) return true;
  // A grey picture becomes coloured when what lies behind it is.
  if (!colour.is_grey() && !to_colour(picture)) return false;
  const bool grey = is_grey(picture);
  const auto behind =
      grey ? doubles({double(colour.red)}) : doubles({double(colour.red), double(colour.green), double(colour.blue)});
  return apply(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_flatten(in, out, "background", behind.get(), nullptr);
  });
}

bool embed(Picture& picture, const Rectangle& place, Size canvas, const Colour& colour) {
  if (canvas == size_of(picture)) return true;
  if (is_grey(picture) && !to_colour(picture)) return false;
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
