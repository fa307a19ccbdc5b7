#include "tasks/image/codec/png_writer.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace stepd::tasks::image {
namespace {

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};
using Compressor = std::unique_ptr<libdeflate_compressor, FreeCompressor>;

Compressor make_compressor(int level) { return Compressor(libdeflate_alloc_compressor(level)); }

struct Bytes {
  explicit Bytes(std::size_t count) : bytes(std::make_unique_for_overwrite<std::uint8_t[]>(count)), size(count) {}
  std::unique_ptr<std::uint8_t[]> bytes;
  std::size_t size;
};

/// A row, the one above it, and how far apart a sample and that of the pixel to its left are.
struct FilterInput {
  const std::uint8_t* row;
  const std::uint8_t* above;
  std::size_t length;
  std::size_t bands;
};

/// `predict` is given the samples to the left, above and above to the left.
template <class Predict>
void filter_with(const FilterInput& in, std::uint8_t* out, Predict predict) {
  const auto& [row, above, length, bands] = in;
  const auto difference = [](int sample, int predicted) { return static_cast<std::uint8_t>(sample - predicted); };
  for (std::size_t at = 0; at < bands; ++at) out[at] = difference(row[at], predict(0, above[at], 0));
  for (std::size_t at = bands; at < length; ++at)
    out[at] = difference(row[at], predict(row[at - bands], above[at], above[at - bands]));
}

/// §9.4, in 16 bits and without branches, so that the compiler computes many at once.
std::int16_t nearest(std::int16_t left, std::int16_t above, std::int16_t corner) {
  const auto distance = [](int value) { return static_cast<std::int16_t>(value < 0 ? -value : value); };
  const std::int16_t to_left = distance(above - corner);
  const std::int16_t to_above = distance(left - corner);
  const std::int16_t to_corner = distance(left + above - 2 * corner);
  const std::int16_t other = to_above <= to_corner ? above : corner;
  return to_left <= std::min(to_above, to_corner) ? left : other;
}

void filter_row(std::uint8_t filter, const FilterInput& in, std::uint8_t* out) {
  switch (filter) {
    case 1:
      return filter_with(in, out, [](int left, int, int) { return left; });
    case 2:
      return filter_with(in, out, [](int, int above, int) { return above; });
    case 3:
      return filter_with(in, out, [](int left, int above, int) { return (left + above) >> 1; });
    case 4:
      return filter_with(in, out, [](int left, int above, int corner) {
        return nearest(static_cast<std::int16_t>(left), static_cast<std::int16_t>(above),
                       static_cast<std::int16_t>(corner));
      });
    default:
      std::memcpy(out, in.row, in.length);
  }
}

std::uint32_t differences_in(const std::uint8_t* filtered, std::size_t length) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < length; ++at)
    sum += static_cast<std::uint32_t>(std::abs(static_cast<std::int8_t>(filtered[at])));
  return sum;
}

/// Makes the lines of a PNG out of the rows of a picture.
class LineFilter {
 public:
  LineFilter(const PngPixels& pixels, PngFilter filter)
      : pixels_(pixels), filter_(filter), zeros_(pixels.row_bytes()), best_(zeros_.size()), other_(zeros_.size()) {}

  /// `line` is one byte longer than a row.
  void make_line(std::uint32_t row, std::uint8_t* line) {
    const std::size_t length = zeros_.size();
    const std::uint8_t* at = pixels_.samples + row * length;
    if (filter_ == PngFilter::None) {
      line[0] = 0;
      std::memcpy(line + 1, at, length);
      return;
    }
    constexpr std::uint8_t kFilters = 5;
    const FilterInput in{at, row > 0 ? at - length : zeros_.data(), length, pixels_.bands};
    std::uint32_t least = UINT32_MAX;
    for (std::uint8_t filter = 0; filter < kFilters; ++filter) {
      filter_row(filter, in, other_.data());
      const auto sum = differences_in(other_.data(), length);
      if (sum >= least) continue;
      least = sum;
      line[0] = filter;
      best_.swap(other_);
    }
    std::memcpy(line + 1, best_.data(), length);
  }

 private:
  const PngPixels& pixels_;
  const PngFilter filter_;
  const std::vector<std::uint8_t> zeros_;
  std::vector<std::uint8_t> best_;
  std::vector<std::uint8_t> other_;
};

/// How many bytes every eighth band of sixteen rows has; all rows of a low picture.
std::size_t tried_size(const PngPixels& pixels, PngFilter filter, libdeflate_compressor* quick) {
  constexpr std::uint32_t kBand = 16;
  constexpr std::uint32_t kStep = 8 * kBand;
  const std::uint32_t every = pixels.size.height <= kStep ? kBand : kStep;
  const std::size_t line = pixels.row_bytes() + 1;
  LineFilter lines(pixels, filter);
  const Bytes filtered(kBand * line);
  const Bytes compressed(libdeflate_zlib_compress_bound(quick, filtered.size));
  std::size_t sum = 0;
  for (std::uint32_t top = 0; top < pixels.size.height; top += every) {
    const std::uint32_t rows = std::min(kBand, pixels.size.height - top);
    for (std::uint32_t row = 0; row < rows; ++row) lines.make_line(top + row, filtered.bytes.get() + row * line);
    sum += libdeflate_zlib_compress(quick, filtered.bytes.get(), rows * line, compressed.bytes.get(), compressed.size);
  }
  return sum;
}

void append_number(std::string& file, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) file += static_cast<char>(number >> shift & 255u);
}

/// Of a chunk whose name and content begin at `from`, up to the end of the file.
void append_checksum(std::string& file, std::size_t from) {
  append_number(file, libdeflate_crc32(0, file.data() + from, file.size() - from));
}

void append_chunk(std::string& file, std::string_view name, std::string_view content) {
  append_number(file, static_cast<std::uint32_t>(content.size()));
  const auto from = file.size();
  file.append(name).append(content);
  append_checksum(file, from);
}

/// §11.2.1 and §11.3.4.3.
void append_header(std::string& file, const PngPixels& pixels) {
  constexpr std::array<char, 5> kColours{0, 0, 4, 2, 6};  // by the number of bands
  std::string header;
  append_number(header, pixels.size.width);
  append_number(header, pixels.size.height);
  header += {8, kColours[pixels.bands], 0, 0, 0};
  append_chunk(file, "IHDR", header);
  std::string density;
  append_number(density, pixels.per_metre_x);
  append_number(density, pixels.per_metre_y);
  density += 1;
  append_chunk(file, "pHYs", density);
}

}  // namespace

PngFilter choose_png_filter(const PngPixels& pixels) {
  const auto quick = make_compressor(1);
  if (quick == nullptr) return PngFilter::None;
  const auto plain = tried_size(pixels, PngFilter::None, quick.get());
  return tried_size(pixels, PngFilter::Adaptive, quick.get()) < plain ? PngFilter::Adaptive : PngFilter::None;
}

std::optional<std::string> write_png(const PngPixels& pixels, PngFilter filter, int level) {
  const auto compressor = make_compressor(level);
  if (compressor == nullptr) return std::nullopt;
  const std::size_t line = pixels.row_bytes() + 1;
  const Bytes filtered(line * pixels.size.height);
  LineFilter lines(pixels, filter);
  for (std::uint32_t row = 0; row < pixels.size.height; ++row) lines.make_line(row, filtered.bytes.get() + row * line);

  std::string file("\x89PNG\r\n\x1A\n");
  append_header(file, pixels);
  const auto begun = file.size();
  append_number(file, 0);  // how long the chunk is, which is not yet known
  file += "IDAT";
  const auto stream = file.size();
  file.resize(stream + libdeflate_zlib_compress_bound(compressor.get(), filtered.size));
  const auto size = libdeflate_zlib_compress(compressor.get(), filtered.bytes.get(), filtered.size,
                                             file.data() + stream, file.size() - stream);
  if (size == 0 || size > INT32_MAX) return std::nullopt;
  file.resize(stream + size);
  std::string length;
  append_number(length, static_cast<std::uint32_t>(size));
  file.replace(begun, length.size(), length);
  append_checksum(file, begun + length.size());
  append_chunk(file, "IEND", {});
  return file;
}

}  // namespace stepd::tasks::image
