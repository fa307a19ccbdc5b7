// Rows of a PNG of 8 bits, RGB or RGBA, not interlaced: inflated by ISA-L as they are asked for, and unfiltered.
// Checksums of chunks and of the compressed stream are checked.
#include "tasks/image/format/file_numbers.h"
#include "tasks/image/reduce/png_filters.h"
#include "tasks/image/reduce/row_arithmetic.h"
#include "tasks/image/reduce/row_source.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

namespace stepd::tasks::image {
namespace {

static_assert(kPngPadding <= kRowPadding);

/// What the chunks of a file say.
struct PngLayout {
  Size size;
  std::uint32_t bands = 0;
  std::vector<std::string_view> streams;  ///< the pieces of the compressed stream
};

/// PNG (third edition) §11.2.1. None for what is not read here.
std::optional<PngLayout> read_ihdr(std::string_view content) {
  constexpr std::uint32_t kColour = 2;
  constexpr std::uint32_t kColourAndAlpha = 6;
  if (content.size() != 13) return std::nullopt;
  PngLayout layout;
  layout.size = {big32(content, 0), big32(content, 4)};
  const auto colour = byte_at(content, 9);
  layout.bands = colour == kColour ? 3 : colour == kColourAndAlpha ? 4 : 0;
  const bool plain = byte_at(content, 8) == 8 && content.substr(10) == std::string_view("\0\0\0", 3);
  if (!plain || layout.bands == 0 || layout.size.width == 0 || layout.size.height == 0) return std::nullopt;
  return layout;
}

/// §5.3: a name in capitals marks what a reader has to know.
bool may_be_skipped(std::string_view name) { return name == "PLTE" || (name[0] >= 'a' && name != "tRNS"); }

std::optional<PngLayout> read_layout(std::string_view bytes) {
  if (!bytes.starts_with("\x89PNG\r\n\x1A\n")) return std::nullopt;
  std::optional<PngLayout> layout;
  bool streams_ended = false;
  for (std::size_t at = 8; bytes.size() - at >= 12;) {
    const auto size = std::size_t{big32(bytes, at)};
    if (size > bytes.size() - at - 12) return std::nullopt;
    const auto body = bytes.substr(at + 4, 4 + size);
    if (libdeflate_crc32(0, body.data(), body.size()) != big32(bytes, at + 8 + size)) return std::nullopt;
    at += 12 + size;
    const auto name = body.substr(0, 4);
    const auto content = body.substr(4);
    if (name == "IHDR") {
      if (layout || !(layout = read_ihdr(content))) return std::nullopt;
    } else if (!layout) {
      return std::nullopt;
    } else if (name == "IDAT") {
      if (streams_ended) return std::nullopt;
      layout->streams.push_back(content);
    } else if (name == "IEND") {
      return layout;
    } else if (!may_be_skipped(name)) {
      return std::nullopt;
    } else {
      streams_ended = !layout->streams.empty();
    }
  }
  return std::nullopt;
}

class Inflater {
 public:
  explicit Inflater(std::vector<std::string_view> streams) : streams_(std::move(streams)) {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_ZLIB;  // that is, there is a header, and a checksum to be verified
  }

  /// Exactly `size` bytes.
  bool read(std::uint8_t* bytes, std::size_t size) {
    state_.next_out = bytes;
    state_.avail_out = static_cast<std::uint32_t>(size);
    while (state_.avail_out > 0) {
      if (!go_on()) return false;
    }
    return true;
  }

  /// Whether the stream ends here, and nothing is behind it.
  bool finish() {
    std::uint8_t more = 0;
    state_.next_out = &more;
    state_.avail_out = 1;
    while (state_.block_state != ISAL_BLOCK_FINISH) {
      if (!go_on() || state_.avail_out == 0) return false;
    }
    return state_.avail_in == 0 && next_ == streams_.size();
  }

 private:
  /// False at an error, and where nothing comes any more.
  bool go_on() {
    bool moved = false;
    if (state_.avail_in == 0 && next_ < streams_.size()) {
      const auto stream = streams_[next_++];
      // ISA-L only reads, but says so in its later releases alone.
      state_.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(stream.data()));
      state_.avail_in = static_cast<std::uint32_t>(stream.size());
      moved = true;
    }
    const auto given = state_.avail_in;
    const auto room = state_.avail_out;
    const auto state = state_.block_state;
    if (isal_inflate(&state_) != ISAL_DECOMP_OK) return false;
    return moved || state_.avail_in < given || state_.avail_out < room || state_.block_state != state;
  }

  inflate_state state_;
  std::vector<std::string_view> streams_;
  std::size_t next_ = 0;
};

class PngRows final : public RowSource {
 public:
  explicit PngRows(PngLayout layout)
      : RowSource(layout.size, layout.bands),
        length_(std::size_t{layout.size.width} * layout.bands),
        left_(layout.size.height),
        inflater_(std::make_unique<Inflater>(std::move(layout.streams))),
        lines_(kInflated * (length_ + 1) + kPngPadding) {
    for (auto& row : rows_) row.resize(length_ + kPngPadding);
    above_.resize(length_ + kPngPadding);
  }

  bool read_row(std::uint8_t* row) override {
    if (taken_ == ready_ && !make_rows()) return false;
    std::memcpy(row, rows_[taken_++].data(), length_);
    return true;
  }

  bool finish() override { return inflater_->finish(); }

 private:
  /// ISA-L keeps the last 32 KiB at the end of each call, so calls are few.
  static constexpr std::size_t kInflated = 4 * kPngLines;

  bool inflate_lines() {
    inflated_ = std::min<std::size_t>(kInflated, left_);
    unfiltered_ = 0;
    left_ -= static_cast<std::uint32_t>(inflated_);
    return inflated_ > 0 && inflater_->read(lines_.data(), inflated_ * (length_ + 1));
  }

  bool make_rows() {
    if (unfiltered_ == inflated_ && !inflate_lines()) return false;
    const PngLines lines{lines_.data() + unfiltered_ * (length_ + 1), std::min(kPngLines, inflated_ - unfiltered_),
                         length_, bands()};
    constexpr std::uint8_t kFilters = 5;
    for (std::size_t at = 0; at < lines.count; ++at) {
      if (*lines.line(at) >= kFilters) return false;
    }
    if (ready_ > 0) above_.swap(rows_[ready_ - 1]);
    std::array<std::uint8_t*, kPngLines> rows{};
    for (std::size_t at = 0; at < kPngLines; ++at) rows[at] = rows_[at].data();
    unfilter_best(lines, above_.data(), rows.data());
    unfiltered_ += lines.count;
    ready_ = lines.count;
    taken_ = 0;
    return true;
  }

  const std::size_t length_;
  std::uint32_t left_;  ///< lines that are not yet inflated
  std::unique_ptr<Inflater> inflater_;
  std::vector<std::uint8_t> lines_;
  std::array<std::vector<std::uint8_t>, kPngLines> rows_;
  std::vector<std::uint8_t> above_;
  std::size_t inflated_ = 0;    ///< of `lines_`
  std::size_t unfiltered_ = 0;  ///< of those
  std::size_t ready_ = 0;       ///< of `rows_`
  std::size_t taken_ = 0;
};

}  // namespace

std::unique_ptr<RowSource> open_png_rows(std::string_view bytes) {
  auto layout = read_layout(bytes);
  return layout ? std::make_unique<PngRows>(*std::move(layout)) : nullptr;
}

}  // namespace stepd::tasks::image
