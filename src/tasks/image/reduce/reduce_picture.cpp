#include "tasks/image/reduce/reduce_picture.h"

#include "tasks/image/reduce/reducer.h"
#include "tasks/image/resize/pixel_operations.h"

#include <vips/vips.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace stepd::tasks::image {
namespace {

struct UnrefRegion {
  void operator()(VipsRegion* region) const { g_object_unref(region); }
};

/// How it would be reduced, if it can be.
std::optional<Reduction> reduction_for(const Picture& picture, Size to) {
  const auto* image = picture.get();
  if (vips_image_get_format(image) != VIPS_FORMAT_UCHAR || vips_image_get_coding(image) != VIPS_CODING_NONE ||
      vips_image_hasalpha(picture.get()) != 0) {
    return std::nullopt;
  }
  const auto reduction = reduction_of(size_of(picture), to, static_cast<std::uint32_t>(vips_image_get_bands(image)));
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

bool feed(Reducer& reducer, const Picture& picture, const std::stop_token& stop) {
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
  return reducer.is_done();
}

}  // namespace

bool can_reduce(const Picture& picture, Size size) { return reduction_for(picture, size).has_value(); }

bool reduce_picture(Picture& picture, Size size, const std::stop_token& stop) {
  const auto reduction = reduction_for(picture, size);
  Picture smaller = blank_like(picture, size);
  if (!reduction || smaller == nullptr) return false;
  Reducer reducer(*reduction, samples_in(smaller));
  if (!feed(reducer, picture, stop)) return false;
  picture = std::move(smaller);
  return true;
}

}  // namespace stepd::tasks::image
