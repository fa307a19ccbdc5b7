#include "tasks/image/format/image_header.h"

#include "tasks/image/format/jpeg_scans.h"
#include "tasks/image/format/soundness.h"

#include <vips/vips.h>

#include <algorithm>
#include <array>

namespace stepd::tasks::image {
namespace {

constexpr std::array<std::string_view, 7> kReadable{"jpeg", "png", "gif", "webp", "tiff", "avif", "heic"};
// Encoders write ten or so; a picture of a few kilobytes can hold thousands that cost seconds each.
constexpr std::size_t kMaxScans = 100;

bool is_readable(const FileType& type) {
  return type.name == "heif" || std::find(kReadable.begin(), kReadable.end(), type.name) != kReadable.end();
}

std::string mode_by_bands(const Picture& picture) {
  const auto format = vips_image_get_format(picture.get());
  const int bands = vips_image_get_bands(picture.get());
  if (bands <= 2) {
    if (format == VIPS_FORMAT_USHORT) return bands == 1 ? "I;16" : "LA";
    if (format == VIPS_FORMAT_FLOAT || format == VIPS_FORMAT_DOUBLE) return "F";
    return bands == 1 ? "L" : "LA";
  }
  if (vips_image_get_interpretation(picture.get()) == VIPS_INTERPRETATION_CMYK) return "CMYK";
  return bands == 3 ? "RGB" : "RGBA";
}

/// libvips expands palettes and bits while it reads, so the mode as written is taken from the file itself.
std::string mode_of(const FileType& type, std::string_view bytes, const Picture& picture) {
  if (type.name == "gif") return "P";
  // PNG (third edition) §11.2.1: the header chunk's bit depth and colour type.
  if (type.name == "png" && bytes.size() > 25) {
    if (bytes[25] == 3) return "P";
    if (bytes[25] == 0 && bytes[24] == 1) return "1";
  }
  return mode_by_bands(picture);
}

AslError over_limit(const char* name, std::string_view subject, const std::string& found, const char* setting,
                    std::uint64_t limit) {
  return {name,
          std::string(subject) + " has " + found + "; the limit " + setting + " is " + std::to_string(limit) + "."};
}

/// Decoders give up where bytes end that should not, even if every pixel is there by then.
void end_jpeg(Header& header) {
  constexpr std::string_view kEnd = "\xFF\xD9";
  header.ends = header.type->name != "jpeg" || header.bytes.ends_with(kEnd) || is_whole(*header.type, header.bytes);
  if (header.ends) return;
  header.ended_bytes = std::make_shared<const std::string>(std::string(header.bytes).append(kEnd));
  header.bytes = *header.ended_bytes;
}

std::string dimensions_of(Size size) { return std::to_string(size.width) + " x " + std::to_string(size.height); }

}  // namespace

int integer_or(const Picture& picture, const char* name, int otherwise) {
  int value = otherwise;
  if (vips_image_get_typeof(picture.get(), name) == 0 || vips_image_get_int(picture.get(), name, &value) != 0)
    return otherwise;
  return value;
}

Result<Header> read_header(std::string_view bytes) {
  start_vips();
  const FileType* type = sniff(bytes.substr(0, kSniffBytes));
  if (type == nullptr || !is_readable(*type)) {
    return AslError{"Image.UnsupportedType", "The content is " + describe_content(bytes.substr(0, kSniffBytes)) +
                                                 ", not a JPEG, PNG, GIF, WebP, TIFF, AVIF or HEIC picture."};
  }
  Header header;
  header.type = type;
  header.bytes = bytes;
  end_jpeg(header);
  header.picture.reset(vips_image_new_from_buffer(header.bytes.data(), header.bytes.size(), "", "access",
                                                  VIPS_ACCESS_SEQUENTIAL, nullptr));
  if (header.picture == nullptr) {
    return AslError{"Image.Corrupt", "The content begins as " + std::string(type->title) +
                                         ", but its header cannot be read: " + take_vips_error()};
  }
  const auto width = static_cast<std::uint32_t>(vips_image_get_width(header.picture.get()));
  const auto height = static_cast<std::uint32_t>(vips_image_get_height(header.picture.get()));
  header.orientation = vips_image_get_orientation(header.picture.get());
  header.size = header.orientation >= 5 ? Size{height, width} : Size{width, height};
  header.bands = vips_image_get_bands(header.picture.get());
  header.has_alpha = vips_image_hasalpha(header.picture.get()) != 0;
  header.has_profile = vips_image_get_typeof(header.picture.get(), VIPS_META_ICC_NAME) != 0;
  header.pages = std::max(1, integer_or(header.picture, VIPS_META_N_PAGES, 1));
  header.mode = mode_of(*type, bytes, header.picture);
  return header;
}

Result<void> check_pixels(std::string_view subject, Size size, std::uint32_t frames, const ImageLimits& limits) {
  const auto pixels = std::uint64_t{size.width} * size.height * frames;
  if (pixels <= limits.max_pixels) return {};
  const auto several = frames > 1 ? " in " + std::to_string(frames) + " frames" : std::string();
  return over_limit("Image.TooManyPixels", subject,
                    std::to_string(pixels) + " pixels (" + dimensions_of(size) + several + ")", "max_pixels",
                    limits.max_pixels);
}

Result<void> check_size(std::string_view subject, Size size, const ImageLimits& limits) {
  STEPD_CHECK(check_pixels(subject, size, 1, limits));
  if (std::max(size.width, size.height) > limits.max_side) {
    return over_limit(
        "Image.TooLarge", subject,
        "a side of " + std::to_string(std::max(size.width, size.height)) + " pixels (" + dimensions_of(size) + ")",
        "max_side", limits.max_side);
  }
  return {};
}

Result<void> check_effort(const Header& header, const ImageLimits& limits) {
  if (header.bands > static_cast<int>(limits.max_bands)) {
    return over_limit("Image.TooManyBands", "The picture", std::to_string(header.bands) + " channels", "max_bands",
                      limits.max_bands);
  }
  if (header.type->name == "jpeg" && count_jpeg_scans(header.bytes, kMaxScans + 1) > kMaxScans) {
    return AslError{"Image.TooManyScans", "The JPEG is spread over more than " + std::to_string(kMaxScans) + " scans."};
  }
  return {};
}

}  // namespace stepd::tasks::image
