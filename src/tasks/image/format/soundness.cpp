#include "tasks/image/format/soundness.h"

#include "tasks/image/format/file_numbers.h"
#include "tasks/image/format/gif_blocks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace stepd::tasks::image {
namespace {

using namespace std::string_view_literals;

/// What the containers say of a file.
struct Extent {
  std::optional<std::size_t> end;  ///< of the picture within the bytes; none: cut short
  bool empty = false;              ///< one of its sides is 0
};

/// PNG (third edition) §5.3.
Extent png_extent(std::string_view bytes) {
  Extent extent;
  extent.empty = bytes.size() >= 24 && (big32(bytes, 16) == 0 || big32(bytes, 20) == 0);
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const auto next = at + 12 + std::size_t{big32(bytes, at)};
    if (next > bytes.size()) break;
    if (slice(bytes, at + 4, 4) == "IEND") {
      extent.end = next;
      break;
    }
    at = next;
  }
  return extent;
}

Extent gif_extent(std::string_view bytes) {
  const auto blocks = walk_gif(bytes);
  Extent extent;
  extent.empty = bytes.size() >= 10 && (little16(bytes, 6) == 0 || little16(bytes, 8) == 0);
  if (blocks.ended && blocks.frames > 0) extent.end = blocks.end;
  return extent;
}

bool is_frame_header(std::uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// ITU T.81 B.1.1.2: entropy-coded data has 0xFF only before a stuffed 0 or a restart marker.
Extent jpeg_extent(std::string_view bytes) {
  Extent extent;
  std::size_t at = 2;
  while (at + 1 < bytes.size()) {
    const auto marker = byte_at(bytes, at + 1);
    if (byte_at(bytes, at) != 0xFF || marker == 0 || (marker >= 0xD0 && marker <= 0xD7)) {
      at = bytes.find('\xFF', at + 1);
      if (at == std::string_view::npos) break;
      continue;
    }
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    if (marker == 0xD9) {
      extent.end = at + 2;
      break;
    }
    // A height of 0 is allowed: a later marker says it.
    if (is_frame_header(marker) && at + 9 < bytes.size()) extent.empty = big16(bytes, at + 7) == 0;
    at += 2 + std::size_t{big16(bytes, at + 2)};
  }
  return extent;
}

Extent webp_extent(std::string_view bytes) {
  Extent extent;
  const auto end = std::size_t{little32(bytes, 4)} + 8;
  if (end >= 20 && end <= bytes.size()) extent.end = end;
  // A lossless picture's header counts from 1, so only a lossy one's can be 0 (RFC 6386 §9.1).
  extent.empty = slice(bytes, 12, 4) == "VP8 " && bytes.size() >= 30 &&
                 ((little16(bytes, 26) & 0x3FFFu) == 0 || (little16(bytes, 28) & 0x3FFFu) == 0);
  return extent;
}

/// Those that stand outermost in a picture or a sequence.
bool is_box_name(std::string_view name) {
  constexpr std::array kNames{"ftyp"sv, "meta"sv, "mdat"sv, "moov"sv, "free"sv, "skip"sv,
                              "uuid"sv, "wide"sv, "moof"sv, "mfra"sv, "sidx"sv, "udta"sv};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

/// ISO/IEC 14496-12 §4.2. What does not begin as a box is no longer the picture's.
Extent boxes_extent(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && is_box_name(slice(bytes, at + 4, 4))) {
    std::uint64_t size = big32(bytes, at);
    if (size == 0) return {bytes.size()};
    if (size == 1) size = std::uint64_t{big32(bytes, at + 8)} << 32 | big32(bytes, at + 12);
    if (size < 8 || size > bytes.size() - at) return {};
    at += static_cast<std::size_t>(size);
  }
  return {at};
}

Extent bmp_extent(std::string_view bytes) {
  Extent extent;
  const std::size_t size = little32(bytes, 2);
  if (size <= bytes.size()) extent.end = size == 0 ? bytes.size() : size;
  extent.empty =
      little32(bytes, 14) >= 40 && bytes.size() >= 26 && (little32(bytes, 18) == 0 || little32(bytes, 22) == 0);
  return extent;
}

Extent qoi_extent(std::string_view bytes) {
  Extent extent;
  extent.empty = big32(bytes, 4) == 0 || big32(bytes, 8) == 0;
  if (bytes.size() >= 22 && bytes.ends_with("\0\0\0\0\0\0\0\1"sv)) extent.end = bytes.size();
  return extent;
}

Extent psd_extent(std::string_view bytes) {
  Extent extent{bytes.size() >= 26 ? std::optional(bytes.size()) : std::nullopt};
  extent.empty = bytes.size() >= 22 && (big32(bytes, 14) == 0 || big32(bytes, 18) == 0);
  return extent;
}

struct ExtentFinder {
  std::string_view type;
  Extent (*find)(std::string_view);
};
constexpr ExtentFinder kExtentFinders[] = {
    {"png", png_extent},    {"gif", gif_extent},    {"jpeg", jpeg_extent},  {"webp", webp_extent},
    {"avif", boxes_extent}, {"heic", boxes_extent}, {"heif", boxes_extent}, {"bmp", bmp_extent},
    {"qoi", qoi_extent},    {"psd", psd_extent},
};

struct Stranger {
  std::string_view signature;
  std::string_view title;
};
// What browsers, archivers and interpreters look for behind a picture.
constexpr Stranger kStrangers[] = {
    {"PK\3\4", "a ZIP archive"},
    {"PK\5\6", "a ZIP archive"},
    {"Rar!\x1A\7", "a RAR archive"},
    {"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"},
    {"%PDF-", "a PDF document"},
    {"<script", "a script"},
    {"<?php", "a PHP script"},
    {"<html", "an HTML page"},
    {"\x7F"
     "ELF",
     "a program"},
};

const ExtentFinder* finder_of(const FileType& type) {
  const auto* found = std::find_if(std::begin(kExtentFinders), std::end(kExtentFinders),
                                   [&](const ExtentFinder& each) { return each.type == type.name; });
  return found == std::end(kExtentFinders) ? nullptr : found;
}

}  // namespace

bool is_whole(const FileType& type, std::string_view bytes) {
  const auto* finder = finder_of(type);
  return finder == nullptr || finder->find(bytes).end.has_value();
}

Result<void> check_soundness(const FileType& type, std::string_view bytes) {
  const auto title = std::string(type.title);
  const auto* finder = finder_of(type);
  if (finder == nullptr) return {};
  const auto extent = finder->find(bytes);
  if (extent.empty) return AslError{"Image.NoPixels", "The content is " + title + " with a side of 0 pixels."};
  if (!extent.end) {
    return AslError{"Image.Truncated", "The content is " + title + ", but its " + std::to_string(bytes.size()) +
                                           " bytes end before it does."};
  }
  // Phones put further pictures behind the first, so only what is no picture counts.
  const auto rest = bytes.substr(*extent.end);
  for (const auto& stranger : kStrangers) {
    const auto at = rest.find(stranger.signature);
    if (at == std::string_view::npos) continue;
    return AslError{"Image.Polyglot", "The content is " + title + " of " + std::to_string(*extent.end) +
                                          " bytes, and behind it, at byte " + std::to_string(*extent.end + at) +
                                          ", begins " + std::string(stranger.title) + "."};
  }
  return {};
}

}  // namespace stepd::tasks::image
