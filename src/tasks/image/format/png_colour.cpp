#include "tasks/image/format/png_colour.h"

#include "tasks/image/format/file_numbers.h"

#include <algorithm>
#include <cmath>

namespace stepd::tasks::image {
namespace {

// PNG (third edition) §11.3.2.1 and §11.3.2.2: both chunks hold numbers times 100,000.
constexpr double kUnit = 100'000;

// The same edition, §11.3.2.5: what a picture in sRGB says for readers that do not read the sRGB chunk.
constexpr double kSrgbGamma = 0.45455;
constexpr std::array<double, 8> kSrgbChromaticities{0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06};

bool is_near(double a, double b) { return std::abs(a - b) < 0.001; }

bool is_srgb(const PngColour& colour) {
  const bool gamma = colour.gamma == 0 || is_near(colour.gamma, kSrgbGamma);
  const auto& given = colour.chromaticities;
  return gamma && (!given || std::equal(given->begin(), given->end(), kSrgbChromaticities.begin(), is_near));
}

std::array<double, 8> chromaticities_at(std::string_view bytes, std::size_t at) {
  std::array<double, 8> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = big32(bytes, at + 4 * i) / kUnit;
  return values;
}

/// Three primaries that span no area, or no white, describe nothing.
bool is_possible(const std::array<double, 8>& c) {
  const double area = (c[4] - c[2]) * (c[7] - c[3]) - (c[6] - c[2]) * (c[5] - c[3]);
  const bool within = std::all_of(c.begin(), c.end(), [](double value) { return value <= 1; });
  return within && std::abs(area) > 0.001 && c[1] > 0.001 && c[3] > 0 && c[5] > 0 && c[7] > 0;
}

}  // namespace

std::optional<PngColour> find_png_colour(std::string_view bytes) {
  if (!bytes.starts_with("\x89PNG\r\n\x1A\n")) return std::nullopt;
  PngColour colour;
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const auto size = std::size_t{big32(bytes, at)};
    const auto name = slice(bytes, at + 4, 4);
    if (name == "IDAT" || size > bytes.size() - at - 12) break;
    if (name == "cICP" || name == "iCCP" || name == "sRGB") return std::nullopt;
    if (name == "gAMA" && size == 4) colour.gamma = big32(bytes, at + 8) / kUnit;
    if (name == "cHRM" && size == 32) colour.chromaticities = chromaticities_at(bytes, at + 8);
    at += 12 + size;
  }
  if (colour.chromaticities && !is_possible(*colour.chromaticities)) colour.chromaticities.reset();
  if (is_srgb(colour)) return std::nullopt;
  return colour;
}

}  // namespace stepd::tasks::image
