#include "tasks/image/codec/encode.h"

#include "tasks/image/codec/png_writer.h"

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace stepd::tasks::image {
namespace {

/// What one call of a saver is given.
struct Saving {
  VipsImage* picture;
  const Encoding& encoding;
  int quality;
  gboolean strip;
  void** bytes;
  std::size_t* size;
};

/// `effort` of 0 to 10 on the scale of the format.
int effort_on(const Encoding& encoding, int least, int most, int otherwise) {
  if (!encoding.effort) return otherwise;
  return least + static_cast<int>(std::lround(double(*encoding.effort) * (most - least) / 10));
}

VipsForeignSubsample subsampling_of(const Encoding& encoding) {
  constexpr VipsForeignSubsample kModes[] = {VIPS_FOREIGN_SUBSAMPLE_AUTO, VIPS_FOREIGN_SUBSAMPLE_ON,
                                             VIPS_FOREIGN_SUBSAMPLE_OFF};
  return kModes[encoding.subsampling];
}

int save_jpeg(const Saving& s) {
  return vips_jpegsave_buffer(s.picture, s.bytes, s.size, "Q", s.quality, "optimize_coding", TRUE, "interlace",
                              gboolean(s.encoding.progressive), "subsample_mode", subsampling_of(s.encoding), "strip",
                              s.strip, nullptr);
}

/// The samples of a picture in memory, if a PNG holds them as they are.
std::optional<PngPixels> png_pixels(const Picture& picture) {
  auto* image = picture.get();
  const int bands = vips_image_get_bands(image);
  const bool has_alpha = vips_image_hasalpha(image) != 0;
  if (vips_image_get_format(image) != VIPS_FORMAT_UCHAR || bands > 4 || has_alpha != (bands % 2 == 0))
    return std::nullopt;
  const auto* samples = static_cast<const std::uint8_t*>(vips_image_get_data(image));
  if (samples == nullptr) return std::nullopt;
  const auto per_metre = [](double per_millimetre) {
    return static_cast<std::uint32_t>(std::clamp(std::round(per_millimetre * 1'000), 0.0, double(INT32_MAX)));
  };
  return PngPixels{samples,
                   {static_cast<std::uint32_t>(vips_image_get_width(image)),
                    static_cast<std::uint32_t>(vips_image_get_height(image))},
                   static_cast<std::uint32_t>(bands),
                   per_metre(vips_image_get_xres(image)),
                   per_metre(vips_image_get_yres(image))};
}

bool is_filtered(const Encoding& encoding) { return kPngFilters[encoding.filter] == "adaptive"; }

/// Past libvips: none if libvips has to write it.
std::optional<std::string> save_plain_png(const Picture& picture, const Encoding& encoding, bool strip) {
  // The lines and their compression are held beside the picture.
  constexpr std::size_t kMostBytes = std::size_t{64} << 20;
  if (encoding.progressive || encoding.palette || !strip) return std::nullopt;
  const auto pixels = png_pixels(picture);
  if (!pixels || pixels->row_bytes() * pixels->size.height > kMostBytes) return std::nullopt;
  return write_png(*pixels, is_filtered(encoding) ? PngFilter::Adaptive : PngFilter::None,
                   effort_on(encoding, 0, 9, 4));
}

int save_png(const Saving& s) {
  const gboolean palette = s.encoding.palette ? TRUE : FALSE;
  // Of filtered rows, zlib's level 6 takes twice the time of 4 for 2 % of the bytes.
  const bool filtered = is_filtered(s.encoding);
  const int usual = filtered ? 4 : 6;
  return vips_pngsave_buffer(s.picture, s.bytes, s.size, "compression", effort_on(s.encoding, 0, 9, usual), "effort",
                             effort_on(s.encoding, 1, 10, 7), "filter",
                             filtered ? VIPS_FOREIGN_PNG_FILTER_ALL : VIPS_FOREIGN_PNG_FILTER_NONE, "interlace",
                             gboolean(s.encoding.progressive), "palette", palette, "Q", palette ? s.quality : 100,
                             "strip", s.strip, nullptr);
}

int save_webp(const Saving& s) {
  return vips_webpsave_buffer(s.picture, s.bytes, s.size, "Q", s.quality, "lossless", gboolean(s.encoding.lossless),
                              "effort", webp_method(s.encoding), "smart_subsample",
                              gboolean(s.encoding.subsampling == 2), "strip", s.strip, nullptr);
}

int save_avif(const Saving& s) {
  return vips_heifsave_buffer(s.picture, s.bytes, s.size, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q",
                              s.quality, "lossless", gboolean(s.encoding.lossless), "bitdepth", 8, "effort",
                              effort_on(s.encoding, 0, 9, 4), "subsample_mode", subsampling_of(s.encoding), "strip",
                              s.strip, nullptr);
}

int save_gif(const Saving& s) {
  return vips_gifsave_buffer(s.picture, s.bytes, s.size, "effort", effort_on(s.encoding, 1, 10, 7), "interlace",
                             gboolean(s.encoding.progressive), "strip", s.strip, nullptr);
}

/// Lossless by default; a quality asks for JPEG inside.
int save_tiff(const Saving& s) {
  const bool lossy = s.encoding.quality && !s.encoding.lossless;
  return vips_tiffsave_buffer(s.picture, s.bytes, s.size, "compression",
                              lossy ? VIPS_FOREIGN_TIFF_COMPRESSION_JPEG : VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "Q",
                              lossy ? s.quality : 75, "predictor",
                              lossy ? VIPS_FOREIGN_TIFF_PREDICTOR_NONE : VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL,
                              "strip", s.strip, nullptr);
}

struct Encoder {
  std::string_view format;
  std::uint32_t default_quality;
  Abilities abilities;
  int (*save)(const Saving&);
};

// The sides: AV1 §5.9.5, the WebP container specification, ITU T.81 B.2.2, GIF89a §18.
constexpr Encoder kEncoders[] = {
    {"avif", 50, {.profile = true, .largest_side = 65'535}, save_avif},
    {"webp", 80, {.animation = true, .profile = true, .largest_side = 16'383}, save_webp},
    {"jpeg", 80, {.alpha = false, .grey = true, .profile = true, .largest_side = 65'535}, save_jpeg},
    {"png", 0, {.grey = true, .profile = true}, save_png},
    {"gif", 0, {.animation = true, .largest_side = 65'535}, save_gif},
    {"tiff", 0, {.grey = true, .profile = true}, save_tiff},
};

const Encoder& encoder_of(std::string_view format) {
  const Encoder* found = std::begin(kEncoders);
  while (found->format != format) ++found;
  return *found;
}

/// Kills the picture's computation once the token asks for it.
void on_eval(VipsImage* image, VipsProgress*, const std::stop_token* stop) {
  if (stop->stop_requested()) vips_image_set_kill(image, TRUE);
}

/// While it lives, a computation of `picture` ends soon after `stop` is requested.
class StopWatch {
 public:
  StopWatch(const Picture& picture, const std::stop_token& stop) : picture_(another(picture)) {
    vips_image_set_progress(picture_.get(), TRUE);
    // libvips only reads the token; g_signal_connect takes its argument without const.
    handler_ = g_signal_connect(picture_.get(), "eval", G_CALLBACK(on_eval), const_cast<std::stop_token*>(&stop));
  }
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;
  ~StopWatch() {
    g_signal_handler_disconnect(picture_.get(), handler_);
    vips_image_set_progress(picture_.get(), FALSE);
  }

 private:
  Picture picture_;
  gulong handler_ = 0;
};

std::optional<std::string> save(const Picture& picture, const Encoder& encoder, const Encoding& encoding,
                                std::uint32_t quality, bool strip, const std::stop_token& stop) {
  if (encoder.format == "png") {
    if (auto file = save_plain_png(picture, encoding, strip)) return file;
  }
  const StopWatch watch(picture, stop);
  void* bytes = nullptr;
  std::size_t size = 0;
  const int failed =
      encoder.save({picture.get(), encoding, static_cast<int>(quality), strip ? TRUE : FALSE, &bytes, &size});
  const std::unique_ptr<void, decltype(&g_free)> owned(bytes, g_free);
  if (failed != 0 || stop.stop_requested()) return std::nullopt;
  return std::string(static_cast<const char*>(bytes), size);
}

/// By trial on a part of the picture, which is in memory: photographs and drawings want opposite things.
std::size_t choose_filter(const Picture& picture) {
  constexpr std::size_t kNone = 1;
  constexpr std::size_t kAdaptive = 2;
  const auto pixels = png_pixels(picture);
  return pixels && choose_png_filter(*pixels) == PngFilter::Adaptive ? kAdaptive : kNone;
}

AslError over_max_bytes(const Encoder& encoder, std::size_t bytes, std::uint32_t max_bytes, std::uint32_t quality) {
  return {"Image.OverMaxBytes", "The result as " + std::string(encoder.format) + " has " + std::to_string(bytes) +
                                    " bytes" +
                                    (quality > 0 ? " even at quality " + std::to_string(quality) : std::string()) +
                                    "; maxBytes is " + std::to_string(max_bytes) + "."};
}

Result<Encoded> search_quality(const Picture& picture, const Encoder& encoder, const Encoding& encoding, bool strip,
                               Encoded first, const std::stop_token& stop) {
  std::uint32_t low = 1;
  std::uint32_t high = first.quality;  // known to be too much
  Encoded best;
  std::size_t least = first.bytes.size();
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    auto bytes = save(picture, encoder, encoding, middle, strip, stop);
    if (!bytes) return AslError{};
    least = std::min(least, bytes->size());
    if (bytes->size() <= *encoding.max_bytes) {
      best = {*std::move(bytes), middle};
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (best.quality == 0) return over_max_bytes(encoder, least, *encoding.max_bytes, 1);
  return best;
}

}  // namespace

Abilities abilities_of(std::string_view format) { return encoder_of(format).abilities; }

std::uint32_t default_quality(std::string_view format) { return encoder_of(format).default_quality; }

int webp_method(const Encoding& encoding) { return effort_on(encoding, 0, 6, 4); }

bool keep_in_memory(Picture& picture, const std::stop_token& stop) {
  const StopWatch watch(picture, stop);
  auto* copied = vips_image_copy_memory(picture.get());
  if (copied == nullptr || stop.stop_requested()) return false;
  picture.reset(copied);
  return true;
}

Result<Encoded> encode(Picture& picture, std::string_view format, Encoding encoding, bool strip,
                       const std::stop_token& stop) {
  const auto& encoder = encoder_of(format);
  const bool png_palette = format == "png" && encoding.palette;
  const bool plain_png = format == "png" && !png_palette;
  if ((encoding.max_bytes || plain_png) && !keep_in_memory(picture, stop)) return AslError{};
  if (plain_png && kPngFilters[encoding.filter] == "auto") encoding.filter = choose_filter(picture);
  const bool lossy_tiff = format == "tiff" && encoding.quality;
  const bool graded = (encoder.default_quality > 0 || png_palette || lossy_tiff) && !encoding.lossless;
  const auto usual = encoder.default_quality > 0 ? encoder.default_quality : 100;
  const auto quality = encoding.quality.value_or(usual);
  auto bytes = save(picture, encoder, encoding, quality, strip, stop);
  if (!bytes) return AslError{};
  Encoded encoded{*std::move(bytes), graded ? quality : 0};
  if (!encoding.max_bytes || encoded.bytes.size() <= *encoding.max_bytes) return encoded;
  if (!graded) return over_max_bytes(encoder, encoded.bytes.size(), *encoding.max_bytes, 0);
  return search_quality(picture, encoder, encoding, strip, std::move(encoded), stop);
}

}  // namespace stepd::tasks::image
