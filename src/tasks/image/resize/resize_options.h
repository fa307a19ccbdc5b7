// What can be asked of one resized picture, as plain values. How arguments are read is resize_arguments.h's, what each
// of them does is said in docs/images.md.
#pragma once

#include "tasks/image/format/sniff.h"
#include "tasks/image/resize/colour_argument.h"
#include "tasks/image/resize/geometry.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::tasks::image {

/// The names of the formats that pictures are written in, the smallest files first.
inline constexpr std::array<std::string_view, 6> kWritableFormats{"avif", "webp", "jpeg", "png", "gif", "tiff"};
inline constexpr std::array<std::string_view, 6> kKernels{"nearest",  "linear",   "cubic",
                                                          "mitchell", "lanczos2", "lanczos3"};
inline constexpr std::size_t kLanczos3 = 5;  ///< of kKernels
inline constexpr std::array<std::string_view, 4> kFailLevels{"none", "truncated", "error", "warning"};
inline constexpr std::array<std::string_view, 3> kSubsamplings{"auto", "4:2:0", "4:4:4"};
inline constexpr std::array<std::string_view, 3> kPngFilters{"auto", "none", "adaptive"};
inline constexpr std::array<std::string_view, 2> kColourSpaces{"srgb", "keep"};
inline constexpr std::array<std::string_view, 2> kAlphas{"keep", "drop"};
inline constexpr std::array<std::string_view, 6> kKeepable{"exif", "gps", "icc", "xmp", "iptc", "copyright"};

/// Where a picture is cut when it fills a box of another shape.
enum class Smart : std::uint8_t { No, Entropy, Attention };

struct Region {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
  bool percent = false;  ///< of the picture's sides, else px
};

/// Pixels added at each side.
struct Margins {
  std::uint32_t top = 0;
  std::uint32_t right = 0;
  std::uint32_t bottom = 0;
  std::uint32_t left = 0;
};

struct Watermark {
  std::string bucket;  ///< of a picture, empty for a text
  std::string key;
  std::string text;
  Colour colour;        ///< of a text
  double opacity = 1;   ///< 0 to 1
  double scale = 0.25;  ///< its width as a part of the result's
  Point position{1, 1};
  std::int32_t offset_x = 0;  ///< px, inwards from the side that `position` names
  std::int32_t offset_y = 0;
  bool tile = false;
};

/// What of the source's metadata goes into the result.
struct Kept {
  bool exif = false;
  bool gps = false;
  bool icc = false;
  bool xmp = false;
  bool iptc = false;
  bool copyright = false;

  bool any() const { return exif || gps || icc || xmp || iptc || copyright; }
};

struct Encoding {
  std::optional<std::uint32_t> quality;  ///< 1 to 100; none: the format's own
  std::optional<std::uint32_t> effort;   ///< 0 (fast) to 10 (small); none: the format's own
  std::optional<std::uint32_t> max_bytes;
  bool progressive = false;
  bool lossless = false;
  bool palette = false;
  std::size_t subsampling = 0;  ///< of kSubsamplings
  std::size_t filter = 0;       ///< of kPngFilters
};

struct ResizeOptions {
  Box box;
  Point position;
  bool focal = false;  ///< `position` is a point to keep in the middle, else a direction
  Smart smart = Smart::No;
  std::optional<Region> region;
  std::optional<std::uint32_t> trim;  ///< how far a pixel may differ from the corner's and still be border
  Margins extend;
  std::uint32_t rotate = 0;
  bool flip = false;
  bool flop = false;
  bool auto_orient = true;
  std::optional<double> blur;
  std::optional<double> sharpen;
  bool grayscale = false;
  std::size_t kernel = kLanczos3;  ///< of kKernels
  std::size_t fail_on = 2;         ///< of kFailLevels
  bool linear = false;
  bool accurate = false;      ///< every pixel of the source reaches the kernel
  bool keep_colours = false;  ///< leave the source's colour space and embed its profile
  bool drop_alpha = false;    ///< colours as they are stored, whatever was transparent
  Kept kept;
  std::uint32_t page = 0;  ///< of a TIFF or an animation, from 0
  bool animated = false;
  std::optional<std::uint32_t> frames;  ///< at most so many of an animation
  const FileType* format = nullptr;     ///< of kWritableFormats; none: by `accept`, else the source's or JPEG
  std::string accept;                   ///< like HTTP's header of that name
  Encoding encoding;
  Colour background;  ///< behind transparent pixels of a JPEG, and round a contained picture
  std::optional<Watermark> watermark;
};

}  // namespace stepd::tasks::image
