#include "tasks/image/resize/watermark.h"

#include "tasks/image/codec/frames.h"
#include "tasks/image/format/image_header.h"
#include "tasks/image/resize/pixel_operations.h"

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace stepd::tasks::image {
namespace {

AslError faulty(const AslError& error) { return {error.name, "The watermark: " + error.cause}; }

AslError damaged() { return {"Image.Corrupt", "The watermark cannot be made: " + take_vips_error()}; }

/// As wide as asked for, but no higher than the canvas.
Size size_for(Size mark, Size canvas, double scale) {
  const double wanted = std::max(1.0, std::round(canvas.width * scale));
  const double factor = std::min(wanted / mark.width, double(canvas.height) / mark.height);
  const auto side = [&](std::uint32_t length) {
    return static_cast<std::uint32_t>(std::max(1.0, std::round(length * factor)));
  };
  return {side(mark.width), side(mark.height)};
}

Result<Picture> load_mark(std::string_view bytes, const ImageLimits& limits) {
  auto header = read_header(bytes);
  if (!header) return faulty(header.error());
  if (const auto fits = check_size("The watermark", header->size, limits); !fits) return fits.error();
  if (const auto fits = check_effort(*header, limits); !fits) return faulty(fits.error());
  Picture picture = load(*header, {}, 1);
  if (picture == nullptr || !to_srgb(picture) || !to_colour(picture)) return damaged();
  auto* memory = vips_image_copy_memory(picture.get());
  if (memory == nullptr) return damaged();
  picture.reset(memory);
  if (!turn(picture, turn_of_orientation(header->orientation))) return damaged();
  return picture;
}

/// The letters' coverage is their alpha.
Result<Picture> draw_text(const Watermark& mark, Size canvas) {
  const std::unique_ptr<char, decltype(&g_free)> escaped(g_markup_escape_text(mark.text.c_str(), -1), g_free);
  const double width = std::max(1.0, std::round(canvas.width * mark.scale));
  VipsImage* coverage = nullptr;
  // Large enough for the width asked for, then scaled down to it exactly.
  if (vips_text(&coverage, escaped.get(), "font", "sans bold", "dpi", static_cast<int>(std::clamp(width, 72.0, 600.0)),
                nullptr) != 0) {
    return damaged();
  }
  const Picture alpha(coverage);
  const double values[] = {double(mark.colour.red), double(mark.colour.green), double(mark.colour.blue)};
  VipsImage* colour = vips_image_new_from_image(alpha.get(), values, 3);
  if (colour == nullptr) return damaged();
  Picture picture(colour);
  if (!apply(picture, [&](VipsImage* in, VipsImage** out) { return vips_bandjoin2(in, alpha.get(), out, nullptr); }) ||
      !apply(picture, [](VipsImage* in, VipsImage** out) {
        return vips_copy(in, out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
      })) {
    return damaged();
  }
  return picture;
}

bool fade(Picture& picture, double opacity) {
  if (!has_alpha(picture) &&
      !apply(picture, [](VipsImage* in, VipsImage** out) { return vips_addalpha(in, out, nullptr); })) {
    return false;
  }
  const double factors[] = {1, 1, 1, opacity};
  const double offsets[] = {0, 0, 0, 0};
  return apply(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_linear(in, out, factors, offsets, 4, "uchar", TRUE, nullptr);
  });
}

bool repeat_over(Picture& mark, Size canvas) {
  const auto size = size_of(mark);
  const auto times = [](std::uint32_t all, std::uint32_t one) { return static_cast<int>((all + one - 1) / one); };
  return apply(mark,
               [&](VipsImage* in, VipsImage** out) {
                 return vips_replicate(in, out, times(canvas.width, size.width), times(canvas.height, size.height),
                                       nullptr);
               }) &&
         cut(mark, {0, 0, canvas});
}

}  // namespace

Result<Picture> make_mark(const Watermark& mark, std::string_view bytes, Size canvas, const ImageLimits& limits) {
  STEPD_TRY(Picture picture, bytes.empty() ? draw_text(mark, canvas) : load_mark(bytes, limits));
  if (!scale_to(picture, size_for(size_of(picture), canvas, mark.scale), kLanczos3) || !fade(picture, mark.opacity))
    return damaged();
  auto* memory = vips_image_copy_memory(picture.get());
  if (memory == nullptr) return damaged();
  picture.reset(memory);
  return picture;
}

bool lay_over(Picture& picture, const Picture& mark, const Watermark& how) {
  const bool transparent = has_alpha(picture);
  if (!to_colour(picture)) return false;
  const auto canvas = size_of(picture);
  Picture over = another(mark);
  if (how.tile && !repeat_over(over, canvas)) return false;
  const auto size = size_of(over);
  const auto at = [](std::uint32_t mine, std::uint32_t whole, double towards, std::int32_t offset) {
    return static_cast<int>(std::floor((double(whole) - mine) * towards)) + (towards > 0.5 ? -offset : offset);
  };
  const int x = how.tile ? 0 : at(size.width, canvas.width, how.position.x, how.offset_x);
  const int y = how.tile ? 0 : at(size.height, canvas.height, how.position.y, how.offset_y);
  if (!apply(picture, [&](VipsImage* in, VipsImage** out) {
        return vips_composite2(in, over.get(), out, VIPS_BLEND_MODE_OVER, "x", x, "y", y, nullptr);
      })) {
    return false;
  }
  if (!transparent &&
      !apply(picture, [](VipsImage* in, VipsImage** out) { return vips_extract_band(in, out, 0, "n", 3, nullptr); })) {
    return false;
  }
  return to_eight_bits(picture);
}

}  // namespace stepd::tasks::image
