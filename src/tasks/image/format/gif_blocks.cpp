#include "tasks/image/format/gif_blocks.h"

#include "tasks/image/format/file_numbers.h"

#include <algorithm>

namespace stepd::tasks::image {
namespace {

/// GIF89a §18 and §20: the size of a colour table, by the packed byte before it.
std::size_t table_size(std::uint32_t packed) {
  return (packed & 0x80u) != 0 ? std::size_t{3} << ((packed & 7u) + 1) : 0;
}

/// Behind the empty block that ends a row of them.
std::size_t skip_blocks(std::string_view bytes, std::size_t at) {
  while (at < bytes.size()) {
    const auto size = byte_at(bytes, at);
    at += 1 + size;
    if (size == 0) break;
  }
  return at;
}

constexpr std::uint32_t kExtension = 0x21;
constexpr std::uint32_t kApplication = 0xFF;
constexpr std::uint32_t kImage = 0x2C;
constexpr std::uint32_t kTrailer = 0x3B;

}  // namespace

GifBlocks walk_gif(std::string_view bytes) {
  GifBlocks found;
  std::size_t at = 13 + table_size(byte_at(bytes, 10));
  while (at < bytes.size()) {
    const auto kind = byte_at(bytes, at);
    if (kind == kTrailer) {
      found.ended = true;
      ++at;
      break;
    }
    if (kind == kExtension) {
      const auto application = slice(bytes, at + 3, 11);
      if (byte_at(bytes, at + 1) == kApplication && (application == "NETSCAPE2.0" || application == "ANIMEXTS1.0"))
        found.loops = true;
      at = skip_blocks(bytes, at + 2);
    } else if (kind == kImage) {
      ++found.frames;
      at = skip_blocks(bytes, at + 11 + table_size(byte_at(bytes, at + 9)));
    } else {
      break;
    }
  }
  found.end = std::min(at, bytes.size());
  return found;
}

}  // namespace stepd::tasks::image
