#include "pictures.h"

#include "tasks/image/vips.h"

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>

namespace stepd::test {
namespace {

using tasks::image::Picture;

Picture owned(VipsImage* image) { return Picture(image); }

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string(what) + ": " + tasks::image::take_vips_error());
}

template <class Step>
Picture applied(Picture picture, Step step) {
  VipsImage* out = nullptr;
  if (step(picture.get(), &out) != 0) fail("drawing");
  return owned(out);
}

std::vector<std::uint8_t> pixels_of(const Drawing& drawing) {
  std::vector<std::uint8_t> samples;
  std::mt19937 random(7);
  const int rows = drawing.height * drawing.frames;
  for (int row = 0; row < rows; ++row) {
    const int y = row % drawing.height;
    for (int x = 0; x < drawing.width; ++x) {
      const bool left = x < drawing.width / 2;
      // Every other frame upside down, because encoders merge equal ones.
      const bool top = (y < drawing.height / 2) == (row / drawing.height % 2 == 0);
      const Pixel& colour = top ? (left ? kRed : kGreen) : (left ? kBlue : kWhite);
      const int colours = drawing.bands <= 2 ? 1 : 3;
      for (int band = 0; band < colours; ++band) {
        samples.push_back(static_cast<std::uint8_t>(drawing.noise  ? random() & 255u
                                                    : colours == 1 ? (top ? 0 : 255)
                                                                   : colour[static_cast<std::size_t>(band)]));
      }
      if (drawing.bands % 2 == 0) samples.push_back(left || drawing.opaque ? 255 : 0);
    }
  }
  return samples;
}

/// `.jpg[Q=90,strip]` of `.jpg[Q=90]`.
std::string with_option(const std::string& suffix, const std::string& option) {
  if (suffix.find('[') == std::string::npos) return suffix + "[" + option + "]";
  return suffix.substr(0, suffix.size() - 1) + "," + option + "]";
}

/// The name in `profile=NAME`, which is removed; empty: there is none.
std::string take_profile(std::string& suffix) {
  static constexpr std::string_view kOption = "profile=";
  const auto begin = suffix.find(kOption);
  if (begin == std::string::npos) return "";
  const auto end = suffix.find_first_of(",]", begin);
  const auto name = suffix.substr(begin + kOption.size(), end - begin - kOption.size());
  // With the comma on one side of it, or with the brackets that hold nothing else.
  if (suffix[end] == ',')
    suffix.erase(begin, end + 1 - begin);
  else if (suffix[begin - 1] == ',')
    suffix.erase(begin - 1, end + 1 - begin);
  else
    suffix.erase(begin - 1);
  return name;
}

/// The inverse of what a viewer does for that orientation (EXIF 2.32 §4.6.4, Orientation).
Picture turned_for(Picture picture, int orientation) {
  const auto turn = [&](VipsAngle angle) {
    picture =
        applied(std::move(picture), [&](VipsImage* in, VipsImage** out) { return vips_rot(in, out, angle, nullptr); });
  };
  const auto flip = [&](VipsDirection direction) {
    picture = applied(std::move(picture),
                      [&](VipsImage* in, VipsImage** out) { return vips_flip(in, out, direction, nullptr); });
  };
  switch (orientation) {
    case 2:
      flip(VIPS_DIRECTION_HORIZONTAL);
      break;
    case 3:
      turn(VIPS_ANGLE_D180);
      break;
    case 4:
      flip(VIPS_DIRECTION_VERTICAL);
      break;
    case 5:
      turn(VIPS_ANGLE_D90);
      flip(VIPS_DIRECTION_HORIZONTAL);
      break;
    case 6:
      turn(VIPS_ANGLE_D270);
      break;
    case 7:
      turn(VIPS_ANGLE_D90);
      flip(VIPS_DIRECTION_VERTICAL);
      break;
    case 8:
      turn(VIPS_ANGLE_D90);
      break;
    default:
      break;
  }
  return picture;
}

std::string little(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 255u);
  return text;
}

std::string big(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 255u);
  return text;
}

/// TIFF 6.0 §2: a directory at `offset`, values that do not fit behind it.
std::string directory(const std::vector<ExifTag>& tags, std::uint32_t offset) {
  std::string entries = little(static_cast<std::uint32_t>(tags.size()), 2);
  std::string values;
  const auto values_at = offset + 2 + static_cast<std::uint32_t>(tags.size()) * 12 + 4;
  for (const auto& tag : tags) {
    entries += little(tag.tag, 2) + little(tag.type, 2) + little(tag.count, 4);
    if (tag.value.size() <= 4) {
      entries += tag.value + std::string(4 - tag.value.size(), '\0');
    } else {
      entries += little(values_at + static_cast<std::uint32_t>(values.size()), 4);
      values += tag.value;
    }
  }
  return entries + little(0, 4) + values;
}

/// PNG (third edition) annex D.
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t sum = 0xFFFFFFFFu;
  for (const char c : bytes) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = (sum & 1u) != 0 ? 0xEDB88320u ^ sum >> 1 : sum >> 1;
  }
  return ~sum;
}

std::string chunk(const std::string& type, const std::string& content) {
  const auto body = type + content;
  return big(static_cast<std::uint32_t>(content.size()), 4) + body + big(checksum(body), 4);
}

/// Right behind the marker that begins every JPEG.
std::string with_segment(const std::string& jpeg, char marker, const std::string& content) {
  return jpeg.substr(0, 2) + '\xFF' + marker + big(static_cast<std::uint32_t>(content.size()) + 2, 2) + content +
         jpeg.substr(2);
}

}  // namespace

std::string flat(const std::string& suffix, const std::vector<int>& values, std::string_view profile, bool cmyk) {
  tasks::image::start_vips();
  constexpr int kWidth = 96;
  constexpr int kHeight = 64;
  std::vector<std::uint8_t> samples;
  for (int i = 0; i < kWidth * kHeight; ++i) samples.insert(samples.end(), values.begin(), values.end());
  Picture picture = owned(vips_image_new_from_memory_copy(samples.data(), samples.size(), kWidth, kHeight,
                                                          static_cast<int>(values.size()), VIPS_FORMAT_UCHAR));
  const auto space = cmyk                 ? VIPS_INTERPRETATION_CMYK
                     : values.size() <= 2 ? VIPS_INTERPRETATION_B_W
                                          : VIPS_INTERPRETATION_sRGB;
  picture = applied(std::move(picture), [&](VipsImage* in, VipsImage** out) {
    return vips_copy(in, out, "interpretation", space, nullptr);
  });
  if (!profile.empty()) vips_image_set_blob_copy(picture.get(), VIPS_META_ICC_NAME, profile.data(), profile.size());
  return encode(picture, suffix);
}

std::string big_endian(const std::vector<std::uint32_t>& values) {
  std::string text;
  for (const auto value : values) text += big(value, 4);
  return text;
}

std::string with_chunk(const std::string& png, const std::string& type, const std::string& content) {
  constexpr std::size_t kHeader = 33;
  return png.substr(0, kHeader) + chunk(type, content) + png.substr(kHeader);
}

std::string grey_profile(double gamma) {
  // ICC.1:2001-04: a header of 128 bytes, a table of tags, and what they point at.
  const auto d50 = big_endian({0x0000F6D6, 0x00010000, 0x0000D32D});
  const std::string name = "grey";
  const auto description = "desc" + big(0, 4) + big(5, 4) + name + std::string(1 + 4 + 4 + 2 + 1 + 67 + 2, '\0');
  const auto white = "XYZ " + big(0, 4) + d50;
  const auto curve =
      "curv" + big(0, 4) + big(1, 4) + big(static_cast<std::uint32_t>(std::lround(gamma * 256)), 2) + big(0, 2);
  std::string table = big(3, 4);
  std::string content;
  const std::size_t begin = 128 + 4 + 3 * 12;
  for (const auto& [tag, value] : {std::pair{"desc", description}, {"wtpt", white}, {"kTRC", curve}}) {
    table += tag + big(static_cast<std::uint32_t>(begin + content.size()), 4) +
             big(static_cast<std::uint32_t>(value.size()), 4);
    content += value + std::string((4 - value.size() % 4) % 4, '\0');
  }
  const auto size = big(static_cast<std::uint32_t>(begin + content.size()), 4);
  std::string header = size + big(0, 4) + big(0x02400000, 4) + "mntrGRAYXYZ " + std::string(12, '\0') + "acsp";
  header += std::string(64 - header.size() + 4, '\0') + d50;
  return header + std::string(128 - header.size(), '\0') + table + content;
}

int as_srgb(int sample, double gamma) {
  // IEC 61966-2-1.
  const double light = std::pow(sample / 255.0, gamma);
  const double encoded = light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
  return static_cast<int>(std::lround(255 * encoded));
}

std::string draw(const std::string& suffix, const Drawing& drawing) {
  tasks::image::start_vips();
  const auto samples = pixels_of(drawing);
  Picture picture =
      owned(vips_image_new_from_memory_copy(samples.data(), samples.size(), drawing.width,
                                            drawing.height * drawing.frames, drawing.bands, VIPS_FORMAT_UCHAR));
  if (picture == nullptr) fail("drawing");
  const auto space = drawing.bands <= 2 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  picture = applied(std::move(picture), [&](VipsImage* in, VipsImage** out) {
    return vips_copy(in, out, "interpretation", space, nullptr);
  });
  picture = turned_for(std::move(picture), drawing.stored_turned_for);
  if (drawing.deep || drawing.cmyk) {
    const auto deep = drawing.bands <= 2 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16;
    picture = applied(std::move(picture), [&](VipsImage* in, VipsImage** out) {
      return vips_colourspace(in, out, drawing.cmyk ? VIPS_INTERPRETATION_CMYK : deep, nullptr);
    });
  }
  if (drawing.frames > 1) vips_image_set_int(picture.get(), VIPS_META_PAGE_HEIGHT, drawing.height);
  const bool has_profile = suffix.find("profile=") != std::string::npos;
  return encode(picture, has_profile ? suffix : with_option(suffix, "strip"));
}

std::string encode(const Picture& picture, std::string suffix) {
  if (const auto profile = take_profile(suffix); !profile.empty()) {
    VipsBlob* blob = nullptr;
    if (vips_profile_load(profile.c_str(), &blob, nullptr) != 0) fail(profile.c_str());
    std::size_t size = 0;
    const void* content = vips_blob_get(blob, &size);
    vips_image_set_blob_copy(picture.get(), VIPS_META_ICC_NAME, content, size);
    vips_area_unref(VIPS_AREA(blob));
  }
  void* encoded = nullptr;
  std::size_t size = 0;
  if (vips_image_write_to_buffer(picture.get(), suffix.c_str(), &encoded, &size, nullptr) != 0) fail(suffix.c_str());
  const std::unique_ptr<void, decltype(&g_free)> guard(encoded, g_free);
  return {static_cast<const char*>(encoded), size};
}

Pixel Decoded::at(int x, int y) const {
  const auto* sample =
      samples.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) *
                           static_cast<std::size_t>(bands);
  const int alpha = has_alpha ? sample[bands - 1] : 255;
  if (bands <= 2) return {sample[0], sample[0], sample[0], alpha};
  return {sample[0], sample[1], sample[2], alpha};
}

Decoded decode(const std::string& bytes) {
  tasks::image::start_vips();
  const Picture picture = owned(vips_image_new_from_buffer(bytes.data(), bytes.size(), "", nullptr));
  if (picture == nullptr) fail("decoding");
  Decoded decoded;
  decoded.width = vips_image_get_width(picture.get());
  decoded.height = vips_image_get_height(picture.get());
  decoded.bands = vips_image_get_bands(picture.get());
  decoded.has_alpha = vips_image_hasalpha(picture.get()) != 0;
  std::size_t size = 0;
  const std::unique_ptr<void, decltype(&g_free)> samples(vips_image_write_to_memory(picture.get(), &size), g_free);
  if (samples == nullptr) fail("decoding");
  const auto* first = static_cast<const std::uint8_t*>(samples.get());
  decoded.samples.assign(first, first + size);
  return decoded;
}

int distance(const Pixel& a, const Pixel& b) {
  int most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

std::string exif_short(std::uint16_t value) { return little(value, 2); }

std::string exif_rationals(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& values) {
  std::string text;
  for (const auto& [numerator, denominator] : values) text += little(numerator, 4) + little(denominator, 4);
  return text;
}

std::string exif_block(const std::vector<ExifTag>& picture, const std::vector<ExifTag>& gps) {
  constexpr std::uint32_t kFirst = 8;
  auto tags = picture;
  if (!gps.empty()) {
    tags.push_back({0x8825, 4, 1, little(0, 4)});
    const auto gps_at = kFirst + static_cast<std::uint32_t>(directory(tags, kFirst).size());
    tags.back().value = little(gps_at, 4);
    return "II*" + std::string(1, '\0') + little(kFirst, 4) + directory(tags, kFirst) + directory(gps, gps_at);
  }
  return "II*" + std::string(1, '\0') + little(kFirst, 4) + directory(tags, kFirst);
}

std::string exif_orientation(int orientation) {
  return exif_block({{0x0112, 3, 1, exif_short(static_cast<std::uint16_t>(orientation))}});
}

std::string with_exif(const std::string& jpeg, const std::string& block) {
  return with_segment(jpeg, '\xE1', std::string("Exif\0\0", 6) + block);
}

std::string with_profile(const std::string& picture, const std::string& profile) {
  if (picture.starts_with("\xFF\xD8"))
    return with_segment(picture, '\xE2', std::string("ICC_PROFILE\0\1\1", 14) + profile);
  // RFC 1950 and 1951: one block that is stored as it is, and its checksum.
  const auto size = static_cast<std::uint32_t>(profile.size());
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const char c : profile) {
    low = (low + static_cast<unsigned char>(c)) % 65'521;
    high = (high + low) % 65'521;
  }
  const auto stored =
      "\x78\x01\x01" + little(size, 2) + little(~size & 0xFFFFu, 2) + profile + big(high << 16 | low, 4);
  return with_chunk(picture, "iCCP", std::string("p\0\0", 3) + stored);
}

std::string with_xmp(const std::string& jpeg, const std::string& packet) {
  return with_segment(jpeg, '\xE1', std::string("http://ns.adobe.com/xap/1.0/\0", 29) + packet);
}

std::string with_iptc(const std::string& jpeg, const std::string& records) {
  const auto resource = [](std::uint32_t id, const std::string& name, const std::string& content) {
    auto block = "8BIM" + big(id, 2) + static_cast<char>(name.size()) + name +
                 (name.size() % 2 == 0 ? std::string(1, '\0') : "");
    block += big(static_cast<std::uint32_t>(content.size()), 4) + content;
    return block + (content.size() % 2 != 0 ? std::string(1, '\0') : "");
  };
  return with_segment(
      jpeg, '\xED',
      std::string("Photoshop 3.0\0", 14) + resource(0x03ED, "name", "odd") + resource(0x0404, "", records));
}

std::string iptc_record(int record, int number, const std::string& text) {
  return std::string{'\x1C', static_cast<char>(record), static_cast<char>(number)} +
         big(static_cast<std::uint32_t>(text.size()), 2) + text;
}

std::string webp_with_xmp(const std::string& packet) {
  const auto riff = [](const std::string& name, const std::string& content) {
    return name + little(static_cast<std::uint32_t>(content.size()), 4) + content +
           (content.size() % 2 != 0 ? std::string(1, '\0') : "");
  };
  const Drawing drawing;
  const auto plain = draw(".webp", drawing);
  const auto picture = plain.substr(plain.find("VP8 "));
  const auto size = [](int length) { return little(static_cast<std::uint32_t>(length - 1), 3); };
  constexpr std::uint32_t kHasXmp = 4;
  return riff("RIFF", "WEBP" + riff("VP8X", little(kHasXmp, 4) + size(drawing.width) + size(drawing.height)) + picture +
                          riff("XMP ", packet));
}

std::string bmp(std::uint32_t width, std::uint32_t height) {
  const auto row = (width * 3 + 3) / 4 * 4;
  std::string bytes = "BM" + little(54 + row * height, 4) + little(0, 4) + little(54, 4);
  bytes += little(40, 4) + little(width, 4) + little(height, 4) + little(1, 2) + little(24, 2) + std::string(24, '\0');
  for (std::uint32_t y = 0; y < height; ++y) bytes.append(row, static_cast<char>(y));
  return bytes;
}

std::string png_claiming(std::uint32_t width, std::uint32_t height, const std::string& idat) {
  return "\x89PNG\r\n\x1A\n" + chunk("IHDR", big(width, 4) + big(height, 4) + std::string("\x08\x02\0\0\0", 5)) +
         chunk("IDAT", idat) + chunk("IEND", "");
}

std::string jpeg_with_scans(int width, int height, int extra_scans) {
  auto jpeg = draw(".jpg[interlace]", {.width = width, .height = height});
  const auto last = jpeg.rfind("\xFF\xDA");
  const auto scan = jpeg.substr(last, jpeg.size() - 2 - last);
  jpeg.resize(jpeg.size() - 2);
  for (int i = 0; i < extra_scans; ++i) jpeg += scan;
  return jpeg + "\xFF\xD9";
}

const std::vector<Sample>& readable_samples() {
  static const std::vector<Sample> samples = [] {
    const auto exif =
        exif_block({{0x010F, 2, 5, std::string("Maker", 5)},
                    {0x0112, 3, 1, exif_short(6)},
                    {0x011A, 5, 1, exif_rationals({{72, 1}})}},
                   {{1, 2, 2, std::string("N\0", 2)}, {2, 5, 3, exif_rationals({{48, 1}, {51, 1}, {30, 1}})}});
    const std::array<std::string, kSampleNames.size()> bytes{
        draw(".jpg"),
        draw(".jpg[interlace]"),
        draw(".jpg", {.bands = 1}),
        with_exif(draw(".jpg"), exif),
        draw(".png"),
        draw(".png", {.bands = 4}),
        draw(".png[palette]"),
        draw(".png[interlace]", {.bands = 4}),
        draw(".gif"),
        draw(".gif", {.frames = 3}),
        draw(".webp"),
        draw(".webp[lossless]", {.bands = 4}),
        draw(".tif"),
        draw(".tif[compression=deflate,tile,tile-width=16,tile-height=16]"),
        draw(".tif[compression=jpeg]"),
        draw(".avif"),
        draw(".heic"),
    };
    std::vector<Sample> named;
    for (std::size_t i = 0; i < bytes.size(); ++i) named.push_back({std::string(kSampleNames[i]), bytes[i]});
    return named;
  }();
  return samples;
}

}  // namespace stepd::test

// libx265 keeps what it allocated for an encoder, which only the tests use; fontconfig keeps the fonts it has looked
// at.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier): the sanitizer's own name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libx265\nleak:libfontconfig\n";
}  // NOLINT(bugprone-reserved-identifier)
