#include "tasks/image/format/type_variant.h"

#include "tasks/image/format/file_numbers.h"
#include "tasks/image/format/gif_blocks.h"

#include <algorithm>

namespace stepd::tasks::image {
namespace {

using namespace std::string_view_literals;

/// PNG (third edition) §11.3.6.1: acTL stands before the first IDAT.
Variant png_variant(std::string_view bytes) {
  for (std::size_t at = 8; at + 8 <= bytes.size(); at += 12 + std::size_t{big32(bytes, at)}) {
    const auto name = slice(bytes, at + 4, 4);
    if (name == "acTL") return {"apng", true};
    if (name == "IDAT") break;
  }
  return {"png", false};
}

Variant gif_variant(std::string_view bytes) {
  const auto blocks = walk_gif(bytes);
  // What repeats is an animation, unless all of it was seen: some encoders say so of a single frame.
  const bool animated = blocks.frames > 1 || (blocks.loops && !blocks.ended);
  return {bytes.starts_with("GIF87a") ? "gif87a" : "gif89a", animated};
}

/// WebP container specification: the first chunk, and the flags of an extended file.
Variant webp_variant(std::string_view bytes) {
  const auto chunk = slice(bytes, 12, 4);
  if (chunk == "VP8L") return {"lossless", false};
  if (chunk != "VP8X") return {"lossy", false};
  constexpr std::uint32_t kAnimation = 0x02;
  if ((byte_at(bytes, 20) & kAnimation) != 0) return {"animated", true};
  return {bytes.find("VP8L", 30) != std::string_view::npos ? "lossless" : "lossy", false};
}

/// ISO/IEC 14496-12 §4.3: the major brand, and for a sequence one that says so among the compatible ones.
Variant brand_variant(std::string_view bytes) {
  constexpr std::array kSequences{"avis"sv, "msf1"sv, "hevc"sv, "hevx"sv};
  const auto major = slice(bytes, 8, 4);
  return {std::string(major), std::find(kSequences.begin(), kSequences.end(), major) != kSequences.end()};
}

Variant tiff_variant(std::string_view bytes) {
  const bool big = byte_at(bytes, 2) == 43 || byte_at(bytes, 3) == 43;
  return {big ? "bigtiff" : bytes.starts_with("II") ? "little-endian" : "big-endian", false};
}

Variant jxl_variant(std::string_view bytes) {
  return {bytes.starts_with("\xFF\x0A") ? "codestream" : "container", false};
}

Variant jp2_variant(std::string_view bytes) {
  return {bytes.starts_with("\xFF\x4F") ? "codestream" : "container", false};
}

struct VariantFinder {
  std::string_view type;
  Variant (*find)(std::string_view);
};
constexpr VariantFinder kVariantFinders[] = {
    {"png", png_variant},    {"gif", gif_variant},    {"webp", webp_variant},
    {"avif", brand_variant}, {"heic", brand_variant}, {"heif", brand_variant},
    {"tiff", tiff_variant},  {"jxl", jxl_variant},    {"jp2", jp2_variant},
};

}  // namespace

Variant find_variant(const FileType& type, std::string_view prefix) {
  for (const auto& entry : kVariantFinders) {
    if (entry.type == type.name) return entry.find(prefix);
  }
  return {};
}

}  // namespace stepd::tasks::image
