// Pictures made for the tests: what they show is known pixel by pixel, and what they claim may be false.
// They are encoded by libvips or written byte by byte; none is stored in the repository.
#pragma once

#include "tasks/image/vips.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::test {

using Pixel = std::array<int, 4>;  ///< red, green, blue, alpha
inline constexpr Pixel kRed{255, 0, 0, 255};
inline constexpr Pixel kGreen{0, 255, 0, 255};
inline constexpr Pixel kBlue{0, 0, 255, 255};
inline constexpr Pixel kWhite{255, 255, 255, 255};
inline constexpr Pixel kBlack{0, 0, 0, 255};

struct Drawing {
  int width = 64;
  int height = 48;
  int bands = 3;              ///< 1 grey, 2 with alpha, 3 colour, 4 with alpha: transparent in the right half
  int stored_turned_for = 1;  ///< the EXIF orientation that shows it upright; not written down itself
  int frames = 1;             ///< one below the other, for GIF and WebP
  bool deep = false;          ///< 16 bits a channel
  bool cmyk = false;
  bool opaque = false;  ///< whatever the alpha channel, nothing is transparent
  bool noise = false;   ///< instead of quarters: something that compresses badly
};

/// Quarters: red and green above, blue and white below. `suffix` as libvips takes it: `.jpg[Q=90]`, `.avif`, ...
std::string draw(const std::string& suffix, const Drawing& drawing = {});
/// `picture` by the writer of `suffix`. An option `profile=NAME` is attached to the picture and not handed to the
/// writer: that of PNG in libvips 8.16 frees the option's profile before it is written. Throws std::runtime_error.
std::string encode(const tasks::image::Picture& picture, std::string suffix);

struct Decoded {
  int width = 0;
  int height = 0;
  int bands = 0;
  bool has_alpha = false;
  std::vector<std::uint8_t> samples;

  Pixel at(int x, int y) const;
};
/// Throws std::runtime_error for what cannot be decoded.
Decoded decode(const std::string& bytes);
/// The largest difference of any channel.
int distance(const Pixel& a, const Pixel& b);

/// One entry of an EXIF block; `value` little-endian as the type lays it out.
struct ExifTag {
  std::uint16_t tag;
  std::uint16_t type;  ///< 2 text, 3 short, 4 long, 5 rational, 7 undefined
  std::uint32_t count;
  std::string value;
};
std::string exif_short(std::uint16_t value);
std::string exif_rationals(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& values);
/// Without the `Exif\0\0` of JPEG.
std::string exif_block(const std::vector<ExifTag>& picture, const std::vector<ExifTag>& gps = {});
std::string exif_orientation(int orientation);
/// `jpeg` with an APP1 segment of that block.
std::string with_exif(const std::string& jpeg, const std::string& block);
/// A JPEG or PNG with an ICC profile, whether it fits or not.
std::string with_profile(const std::string& picture, const std::string& profile);
std::string with_xmp(const std::string& jpeg, const std::string& packet);
/// IPTC-IIM in a resource block of Photoshop's.
std::string with_iptc(const std::string& jpeg, const std::string& records);
/// One data set of IIM.
std::string iptc_record(int record, int number, const std::string& text);
/// A WebP whose XMP may be larger than JPEG's segments allow.
std::string webp_with_xmp(const std::string& packet);

/// The same colour everywhere: `values` for the channels, which are grey, grey and alpha, RGB, RGBA or, if `cmyk`,
/// inks. `profile` is embedded as it is, whether it fits or not.
std::string flat(const std::string& suffix, const std::vector<int>& values, std::string_view profile = {},
                 bool cmyk = false);
/// An ICC profile of grey whose samples are light to the power 1/`gamma`.
std::string grey_profile(double gamma);
/// `png` with a chunk of that type and content before all but its header.
std::string with_chunk(const std::string& png, const std::string& type, const std::string& content);
std::string big_endian(const std::vector<std::uint32_t>& values);
/// Of a sample that is light to the power 1/`gamma`: the one of sRGB for the same light.
int as_srgb(int sample, double gamma);

/// Grey stripes, written by hand because libvips's own writer is not among those allowed.
std::string bmp(std::uint32_t width, std::uint32_t height);
/// A PNG whose header claims that size and whose pixels are `idat`, correctly checksummed.
std::string png_claiming(std::uint32_t width, std::uint32_t height, const std::string& idat = "");
/// A progressive JPEG whose last scan is repeated.
std::string jpeg_with_scans(int width, int height, int extra_scans);

/// One of each type that handlers read. Names apart from the pictures, so that tests can be listed without drawing.
inline constexpr std::array<std::string_view, 17> kSampleNames{
    "baseline.jpg", "progressive.jpg", "grey.jpg",        "exif.jpg",     "colour.png",  "alpha.png",
    "palette.png",  "interlaced.png",  "still.gif",       "animated.gif", "lossy.webp",  "lossless.webp",
    "plain.tif",    "deflated.tif",    "jpeg-inside.tif", "picture.avif", "picture.heic"};
struct Sample {
  std::string name;
  std::string bytes;
};
const std::vector<Sample>& readable_samples();

}  // namespace stepd::test
