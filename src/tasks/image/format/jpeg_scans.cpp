#include "tasks/image/format/jpeg_scans.h"

#include "tasks/image/format/file_numbers.h"

namespace stepd::tasks::image {
namespace {

// ITU T.81 table B.1.
constexpr unsigned kStartOfScan = 0xDA;
constexpr unsigned kEndOfImage = 0xD9;
constexpr unsigned kTemporary = 0x01;
bool is_restart_or_start(unsigned marker) { return marker >= 0xD0 && marker <= 0xD8; }

}  // namespace

std::size_t count_jpeg_scans(std::string_view bytes, std::size_t enough) {
  std::size_t scans = 0;
  std::size_t at = 2;
  while (scans < enough) {
    // Entropy-coded data has 0xFF only before a stuffed 0, so the next 0xFF that is followed by anything else is a
    // marker.
    at = bytes.find('\xFF', at);
    if (at == std::string_view::npos || at + 4 > bytes.size()) break;
    const unsigned marker = byte_at(bytes, at + 1);
    if (marker == kEndOfImage) break;
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    if (marker == 0 || marker == kTemporary || is_restart_or_start(marker)) {
      at += 2;
      continue;
    }
    if (marker == kStartOfScan) ++scans;
    at += 2 + (byte_at(bytes, at + 2) << 8 | byte_at(bytes, at + 3));
  }
  return scans;
}

}  // namespace stepd::tasks::image
