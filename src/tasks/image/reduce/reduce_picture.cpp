#include "tasks/image/reduce/reduce_picture.h"

#include "tasks/image/codec/frames.h"
#include "tasks/image/reduce/alpha_rows.h"
#include "tasks/image/reduce/reducer.h"
#include "tasks/image/reduce/row_source.h"
#include "tasks/image/resize/pixel_operations.h"

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

namespace stepd::tasks::image {
namespace {

struct UnrefRegion {
  void operator()(VipsRegion* region) const { g_object_unref(region); }
};

/// How it would be reduced, if it can be.
std::optional<Reduction> reduction_for(const Picture& picture, Size from, Size to, double shrink) {
  auto* image = picture.get();
  const auto bands = static_cast<std::uint32_t>(vips_image_get_bands(image));
  // Of four channels the last one is alpha, and not black ink.
  if (vips_image_get_format(image) != VIPS_FORMAT_UCHAR || vips_image_get_coding(image) != VIPS_CODING_NONE ||
      (vips_image_hasalpha(image) != 0) != (bands == kRgbaBands)) {
    return std::nullopt;
  }
  const auto reduction = reduction_of(from, to, bands, shrink);
  return is_reduction(reduction) ? std::optional(reduction) : std::nullopt;
}

/// In memory, of that size and otherwise with the fields of `like`; the samples are still to be written.
Picture blank_like(const Picture& like, Size size) {
  Picture blank(vips_image_new_memory());
  auto* image = blank.get();
  if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_ANY, like.get(), nullptr) != 0) return nullptr;
  image->Xsize = static_cast<int>(size.width);
  image->Ysize = static_cast<int>(size.height);
  vips_image_remove(image, VIPS_META_SEQUENTIAL);
  return vips_image_write_prepare(image) == 0 ? std::move(blank) : nullptr;
}

std::uint8_t* samples_in(const Picture& picture) { return VIPS_IMAGE_ADDR(picture.get(), 0, 0); }

/// A picture in memory that rows are reduced into, those of RGBA through colours multiplied by their alpha.
class Reducing {
 public:
  Reducing(const Reduction& reduction, const Picture& result)
      : width_(reduction.across.from),
        has_alpha_(reduction.bands == kRgbaBands),
        samples_(samples_in(result)),
        pixels_(std::size_t{reduction.across.to} * reduction.down.to),
        reducer_(reduction, samples_) {}

  std::uint8_t* next_row() { return reducer_.next_row(); }
  void push_row() {
    if (has_alpha_ && multiply_by_alpha(next_row(), width_)) multiplied_ = true;
    reducer_.push_row();
  }
  bool is_done() const { return reducer_.is_done(); }
  /// After the last row. False if rows are missing.
  bool finish() {
    if (multiplied_) divide_by_alpha(samples_, pixels_);
    return is_done();
  }

 private:
  const std::size_t width_;
  const bool has_alpha_;
  std::uint8_t* const samples_;
  const std::size_t pixels_;
  Reducer reducer_;
  bool multiplied_ = false;
};

bool feed(Reducing& reducer, const Picture& picture, const std::stop_token& stop) {
  constexpr int kStrip = 16;
  const std::unique_ptr<VipsRegion, UnrefRegion> region(vips_region_new(picture.get()));
  const int width = vips_image_get_width(picture.get());
  const int height = vips_image_get_height(picture.get());
  for (int top = 0; top < height && !reducer.is_done(); top += kStrip) {
    const VipsRect strip{0, top, width, std::min(kStrip, height - top)};
    if (stop.stop_requested() || vips_region_prepare(region.get(), &strip) != 0) return false;
    for (int row = top; row < top + strip.height; ++row) {
      std::memcpy(reducer.next_row(), VIPS_REGION_ADDR(region.get(), 0, row), VIPS_REGION_SIZEOF_LINE(region.get()));
      reducer.push_row();
    }
  }
  return reducer.finish();
}

bool feed(Reducing& reducer, RowSource& rows, const std::stop_token& stop) {
  for (std::uint32_t row = 0; row < rows.size().height; ++row) {
    if (stop.stop_requested() || !rows.read_row(reducer.next_row())) return false;
    reducer.push_row();
  }
  return rows.finish() && reducer.finish();
}

std::unique_ptr<RowSource> open_rows(const Header& header, double shrink) {
  if (header.type->name == "jpeg") return open_jpeg_rows(header.bytes, static_cast<std::uint32_t>(std::lround(shrink)));
  if (header.type->name == "png") return open_png_rows(header.bytes);
  return nullptr;
}

}  // namespace

bool can_reduce(const Picture& picture, Size size) {
  return reduction_for(picture, size_of(picture), size, 1).has_value();
}

bool reduce_picture(Picture& picture, Size size, const std::stop_token& stop) {
  const auto reduction = reduction_for(picture, size_of(picture), size, 1);
  Picture smaller = blank_like(picture, size);
  if (!reduction || smaller == nullptr) return false;
  Reducing reducer(*reduction, smaller);
  if (!feed(reducer, picture, stop)) return false;
  picture = std::move(smaller);
  return true;
}

Picture reduce_file(const Header& header, Size stored, Size size, double shrink, const std::stop_token& stop) {
  const auto rows = open_rows(header, shrink);
  if (rows == nullptr) return nullptr;
  // Of its pixels none is asked for: it lends its fields.
  const Picture like = load(header, {}, 1);
  if (like == nullptr || size_of(like) != stored) return nullptr;
  const auto reduction = reduction_for(like, stored, size, shrink);
  if (!reduction || reduction->bands != rows->bands() ||
      Size{reduction->across.from, reduction->down.from} != rows->size()) {
    return nullptr;
  }
  Picture smaller = blank_like(like, size);
  if (smaller == nullptr) return nullptr;
  Reducing reducer(*reduction, smaller);
  return feed(reducer, *rows, stop) ? std::move(smaller) : nullptr;
}

}  // namespace stepd::tasks::image
