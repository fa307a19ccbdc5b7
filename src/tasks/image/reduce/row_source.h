// Rows of a picture straight from its file, for whoever needs them once from top to bottom. Each reader takes what it
// knows and nothing that is damaged: libvips reads everything else, and judges damage.
#pragma once

#include "tasks/image/resize/geometry.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace stepd::tasks::image {

class RowSource {
 public:
  virtual ~RowSource() = default;
  Size size() const { return size_; }             ///< of what is read
  std::uint32_t bands() const { return bands_; }  ///< of 8 bits
  /// Size::height times: the next row, behind which kRowPadding bytes may be written. False if something is amiss.
  virtual bool read_row(std::uint8_t* row) = 0;
  /// After the last row: false if something is amiss with what came with it.
  virtual bool finish() = 0;

 protected:
  RowSource(Size size, std::uint32_t bands) : size_(size), bands_(bands) {}

 private:
  Size size_;
  std::uint32_t bands_;
};

/// Grey or RGB, 1, 2, 4 or 8 times smaller than stored, rounded up. Null if it is no such JPEG. `bytes` outlive it.
std::unique_ptr<RowSource> open_jpeg_rows(std::string_view bytes, std::uint32_t shrink);

/// RGB or RGBA of 8 bits, not interlaced. Null if it is no such PNG. `bytes` outlive it.
std::unique_ptr<RowSource> open_png_rows(std::string_view bytes);

}  // namespace stepd::tasks::image
