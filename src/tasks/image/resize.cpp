#include "tasks/image/resize.h"

#include <vips/vips.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace stepd::tasks::image {
namespace {

// The largest side of the two formats that have one (WebP container specification; ITU T.81 B.2.2).
constexpr std::uint32_t kWebpSide = 16'383;
constexpr std::uint32_t kJpegSide = 65'535;

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

bool is_opaque(const Colour& colour) { return colour.alpha == 255; }

bool writes_alpha(const ResizePlan& plan) { return plan.format->name != "jpeg"; }

/// One step of the pipeline: `step` is given where to put its result and answers 0, as libvips's operations do.
template <class Step>
bool apply(Picture& picture, Step step) {
  VipsImage* result = nullptr;
  if (step(picture.get(), &result) != 0) return false;
  picture.reset(result);
  return true;
}

struct UnrefArea {
  void operator()(VipsArrayDouble* array) const { vips_area_unref(VIPS_AREA(array)); }
};
using Doubles = std::unique_ptr<VipsArrayDouble, UnrefArea>;

Doubles doubles(const std::vector<double>& values) {
  return Doubles(vips_array_double_new(values.data(), static_cast<int>(values.size())));
}

/// Upright, of the planned scale.
Picture decode(const ResizePlan& plan) {
  // FORCE, because the geometry is computed already; libvips still decodes at a reduced size where it can.
  // In the option string, because libvips 8.14 does not pass the argument of that name on to the decoder.
  const auto thumbnail = [&](VipsImage** out, auto... colours) {
    return vips_thumbnail_buffer(const_cast<char*>(plan.bytes.data()), plan.bytes.size(), out,
                                 static_cast<int>(plan.geometry.scaled.width), "height",
                                 static_cast<int>(plan.geometry.scaled.height), "size", VIPS_SIZE_FORCE,
                                 "option_string", "[fail_on=error]", colours..., nullptr);
  };
  VipsImage* out = nullptr;
  // Only with a profile: without one there is nothing to convert from, and libvips would shift the colours all the
  // same.
  if (plan.source.has_profile) {
    if (thumbnail(&out, "export_profile", "srgb") == 0) return Picture(out);
    // Perhaps the profile is what is broken, and a picture is worth more than its profile.
    static_cast<void>(take_vips_error());
  }
  return Picture(thumbnail(&out) == 0 ? out : nullptr);
}

bool to_eight_bit(Picture& picture) {
  const auto space = vips_image_get_interpretation(picture.get());
  const bool grey = vips_image_get_bands(picture.get()) <= 2;
  const auto wanted = grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  if (space != wanted &&
      !apply(picture, [&](VipsImage* in, VipsImage** out) { return vips_colourspace(in, out, wanted, nullptr); })) {
    return false;
  }
  return vips_image_get_format(picture.get()) == VIPS_FORMAT_UCHAR ||
         apply(picture, [](VipsImage* in, VipsImage** out) { return vips_cast_uchar(in, out, nullptr); });
}

bool flatten(Picture& picture, const Colour& colour) {
  if (vips_image_hasalpha(picture.get()) == 0) return true;
  const auto background = doubles({double(colour.red), double(colour.green), double(colour.blue)});
  // A grey picture becomes coloured when what lies behind it is.
  const bool grey_behind = colour.red == colour.green && colour.green == colour.blue;
  if (vips_image_get_bands(picture.get()) == 2 && !grey_behind && !apply(picture, [](VipsImage* in, VipsImage** out) {
        return vips_colourspace(in, out, VIPS_INTERPRETATION_sRGB, nullptr);
      })) {
    return false;
  }
  const auto single = doubles({double(colour.red)});
  auto* chosen = vips_image_get_bands(picture.get()) == 2 ? single.get() : background.get();
  return apply(picture,
               [&](VipsImage* in, VipsImage** out) { return vips_flatten(in, out, "background", chosen, nullptr); });
}

bool cut(Picture& picture, Size scaled, Size canvas) {
  return apply(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_extract_area(in, out, static_cast<int>((scaled.width - canvas.width) / 2),
                             static_cast<int>((scaled.height - canvas.height) / 2), static_cast<int>(canvas.width),
                             static_cast<int>(canvas.height), nullptr);
  });
}

bool pad(Picture& picture, Size scaled, Size canvas, const Colour& colour) {
  if (vips_image_get_bands(picture.get()) <= 2 && !apply(picture, [](VipsImage* in, VipsImage** out) {
        return vips_colourspace(in, out, VIPS_INTERPRETATION_sRGB, nullptr);
      })) {
    return false;
  }
  if (vips_image_hasalpha(picture.get()) == 0 && !is_opaque(colour) &&
      !apply(picture, [](VipsImage* in, VipsImage** out) { return vips_addalpha(in, out, nullptr); })) {
    return false;
  }
  std::vector<double> values{double(colour.red), double(colour.green), double(colour.blue)};
  if (vips_image_hasalpha(picture.get()) != 0) values.push_back(colour.alpha);
  const auto background = doubles(values);
  return apply(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_embed(in, out, static_cast<int>((canvas.width - scaled.width) / 2),
                      static_cast<int>((canvas.height - scaled.height) / 2), static_cast<int>(canvas.width),
                      static_cast<int>(canvas.height), "extend", VIPS_EXTEND_BACKGROUND, "background", background.get(),
                      nullptr);
  });
}

/// Every field but the picture's own. The savers' own stripping is not enough: that of libvips 8.14 for WebP leaves
/// EXIF in, and with it where a photo was taken.
bool strip(Picture& picture) {
  if (!apply(picture, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); })) return false;
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> fields(vips_image_get_fields(picture.get()), g_strfreev);
  for (gchar** field = fields.get(); *field != nullptr; ++field) vips_image_remove(picture.get(), *field);
  return true;
}

bool compose(Picture& picture, const ResizePlan& plan) {
  const auto [scaled, canvas] = plan.geometry;
  if (!to_eight_bit(picture)) return false;
  const Colour solid{plan.background.red, plan.background.green, plan.background.blue, 255};
  if (!writes_alpha(plan) && !flatten(picture, is_opaque(plan.background) ? plan.background : solid)) return false;
  if (canvas.width < scaled.width || canvas.height < scaled.height) return cut(picture, scaled, canvas);
  if (canvas == scaled) return true;
  return pad(picture, scaled, canvas, writes_alpha(plan) ? plan.background : solid);
}

/// Kills the picture's computation once the token asks for it.
void on_eval(VipsImage* image, VipsProgress*, const std::stop_token* stop) {
  if (stop->stop_requested()) vips_image_set_kill(image, TRUE);
}

int save(const ResizePlan& plan, VipsImage* picture, void** bytes, std::size_t* size) {
  if (plan.format->name == "png") {
    return vips_pngsave_buffer(picture, bytes, size, "strip", TRUE, nullptr);
  }
  if (plan.format->name == "webp") {
    return vips_webpsave_buffer(picture, bytes, size, "Q", plan.quality, "strip", TRUE, nullptr);
  }
  return vips_jpegsave_buffer(picture, bytes, size, "Q", plan.quality, "optimize_coding", TRUE, "strip", TRUE, nullptr);
}

AslError failure(const ResizePlan& plan, const std::stop_token& stop) {
  auto said = take_vips_error();
  if (stop.stop_requested()) return {"Handler.Cancelled", "The resize was stopped."};
  return {"Image.Corrupt",
          "The content is " + std::string(plan.source.type->title) + ", but it is damaged or cut short: " + said};
}

}  // namespace

std::optional<Colour> parse_colour(std::string_view text) {
  if (text == "white") return Colour{};
  if (text == "black") return Colour{0, 0, 0, 255};
  if (text == "transparent") return Colour{255, 255, 255, 0};
  if (!text.starts_with('#') || (text.size() != 4 && text.size() != 7 && text.size() != 9)) return std::nullopt;
  std::vector<std::uint8_t> values;
  const std::size_t digits = text.size() == 4 ? 1 : 2;
  for (std::size_t at = 1; at < text.size(); at += digits) {
    const auto high = hex_digit(text[at]);
    const auto low = hex_digit(text[at + digits - 1]);
    if (!high || !low) return std::nullopt;
    values.push_back(static_cast<std::uint8_t>(*high * 16 + *low));
  }
  return Colour{values[0], values[1], values[2], values.size() == 4 ? values[3] : std::uint8_t{255}};
}

Result<ResizePlan> plan_resize(std::string_view bytes, const ResizeOptions& options, const ImageLimits& limits) {
  ResizePlan plan;
  STEPD_TRY(plan.source, read_header(bytes));
  STEPD_CHECK(check_size("The source", plan.source.size, limits));
  STEPD_CHECK(check_effort(plan.source, bytes));
  plan.source.picture.reset();  // a decoder each for header and pixels, not both at once
  plan.bytes = bytes;
  plan.geometry = lay_out(plan.source.size, options.box);
  plan.quality = options.quality;
  plan.background = options.background;
  plan.format = options.format;
  if (plan.format == nullptr) {
    const auto name = plan.source.type->name;
    const bool writable = std::find(kWritableFormats.begin(), kWritableFormats.end(), name) != kWritableFormats.end();
    plan.format = type_named(writable ? name : "jpeg");
  }
  auto result_limits = limits;
  if (plan.format->name == "webp") result_limits.max_side = std::min(limits.max_side, kWebpSide);
  if (plan.format->name == "jpeg") result_limits.max_side = std::min(limits.max_side, kJpegSide);
  STEPD_CHECK(check_size("The result before cutting", plan.geometry.scaled, limits));
  STEPD_CHECK(check_size("The result", plan.geometry.canvas, result_limits));
  return plan;
}

Result<std::string> render(const ResizePlan& plan, const std::stop_token& stop) {
  start_vips();
  if (stop.stop_requested()) return failure(plan, stop);
  Picture picture = decode(plan);
  if (picture == nullptr || !compose(picture, plan) || !strip(picture)) return failure(plan, stop);

  vips_image_set_progress(picture.get(), TRUE);
  // libvips only reads the token; g_signal_connect takes its argument without const.
  g_signal_connect(picture.get(), "eval", G_CALLBACK(on_eval), const_cast<std::stop_token*>(&stop));
  void* encoded = nullptr;
  std::size_t size = 0;
  const int failed = save(plan, picture.get(), &encoded, &size);
  const std::unique_ptr<void, decltype(&g_free)> owned(encoded, g_free);
  if (failed != 0) return failure(plan, stop);
  return std::string(static_cast<const char*>(encoded), size);
}

}  // namespace stepd::tasks::image
