#include "tasks/image/resize/compose.h"

#include "tasks/image/codec/colour_profile.h"
#include "tasks/image/metadata/kept_metadata.h"
#include "tasks/image/resize/pixel_operations.h"
#include "tasks/image/resize/watermark.h"

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace stepd::tasks::image {
namespace {

Result<void> done(bool well) { return well ? Result<void>() : broken(); }

/// One output being made: what its first frame decided holds for the others, or an animation would jump.
class Making {
 public:
  Making(const ResizePlan& plan, Size stored, std::string_view mark, const ImageLimits& limits,
         const std::stop_token& stop)
      : plan_(plan), options_(*plan.options), stored_(stored), mark_bytes_(mark), limits_(limits), stop_(stop) {}

  Result<void> make(Picture& frame) {
    STEPD_CHECK(done(!options_.drop_alpha || drop_alpha(frame)));
    STEPD_CHECK(take_region(frame));
    STEPD_CHECK(done(scale(frame)));
    STEPD_CHECK(done(plan_.turn.is_none() || turn(frame, plan_.turn)));
    STEPD_CHECK(cut_to_canvas(frame));
    STEPD_CHECK(done(retouch(frame)));
    return lay_mark(frame);
  }

 private:
  Result<void> take_region(Picture& frame) {
    const auto now = size_of(frame);
    const double x = double(now.width) / stored_.width;
    const double y = double(now.height) / stored_.height;
    const auto side = [](double length, std::uint32_t most) {
      return std::clamp(static_cast<std::uint32_t>(std::lround(length)), 1u, most);
    };
    Rectangle piece{
        static_cast<std::uint32_t>(plan_.region.left * x), static_cast<std::uint32_t>(plan_.region.top * y), {}};
    piece.size = {side(plan_.region.size.width * x, now.width - piece.left),
                  side(plan_.region.size.height * y, now.height - piece.top)};
    STEPD_CHECK(done(cut(frame, piece)));
    return options_.trim ? take_trim(frame) : Result<void>();
  }

  Result<void> take_trim(Picture& frame) {
    if (!keep_in_memory(frame, stop_)) return broken();
    if (!trim_) {
      trim_ = find_trim(frame, *options_.trim);
      if (!trim_) return broken();
      plan_.geometry = lay_out(turned(trim_->size, plan_.turn), options_.box);
      STEPD_CHECK(check_results(plan_, limits_));
    }
    return done(cut(frame, *trim_));
  }

  /// Colours last, on the fewer pixels, unless light is to be added up.
  bool scale(Picture& frame) {
    const auto target = turned(plan_.geometry.scaled, plan_.turn);
    const auto colours = [&] { return keeps_colours(frame) ? to_eight_bits(frame) : to_srgb(frame); };
    if (!options_.linear) {
      if (!scale_to(frame, target, options_.kernel, stop_) || !colours()) return false;
    } else {
      if (!colours()) return false;
      const bool grey = is_grey(frame);
      if (!to_linear(frame) || !scale_to(frame, target, options_.kernel, stop_) || !to_eight_bits(frame)) return false;
      if (grey && !to_grey(frame)) return false;
    }
    const bool looks_around = !plan_.turn.is_none() || options_.smart != Smart::No || options_.blur || options_.sharpen;
    return !looks_around || keep_in_memory(frame, stop_);
  }

  /// Whether the result can be what the source's profile describes.
  bool keeps_colours(const Picture& frame) const {
    const auto abilities = abilities_of(plan_.format->name);
    if (!options_.keep_colours || !abilities.profile) return false;
    switch (profile_space(frame)) {
      case ProfileSpace::Grey:
        return abilities.grey;
      case ProfileSpace::Rgb:
        return !options_.grayscale;
      default:
        return false;
    }
  }

  Result<void> cut_to_canvas(Picture& frame) {
    const auto [scaled, canvas] = plan_.geometry;
    if (canvas.width >= scaled.width && canvas.height >= scaled.height) return {};
    if (!cut_) {
      cut_ = place(canvas, scaled, options_.position);
      if (options_.focal) cut_ = cut_around(canvas, scaled, options_.position);
      if (options_.smart != Smart::No) cut_ = find_smart_cut(frame, canvas, options_.smart);
      if (!cut_) return broken();
    }
    return done(cut(frame, *cut_));
  }

  bool retouch(Picture& frame) {
    if (options_.blur && !blur(frame, *options_.blur)) return false;
    if (options_.sharpen && !sharpen(frame, *options_.sharpen)) return false;
    if (options_.grayscale && !to_grey(frame)) return false;
    auto behind = options_.background;
    if (!abilities_of(plan_.format->name).alpha) {
      if (!behind.is_opaque()) behind = Colour{behind.red, behind.green, behind.blue, 255};
      if (!flatten(frame, behind)) return false;
    }
    const auto& margins = options_.extend;
    const auto inner = plan_.geometry.canvas;
    auto at = place(size_of(frame), inner, options_.position);
    at.left += margins.left;
    at.top += margins.top;
    return embed(frame, at, extended(inner, margins), behind);
  }

  Result<void> lay_mark(Picture& frame) {
    if (!options_.watermark) return {};
    if (mark_ == nullptr) {
      STEPD_TRY(mark_, make_mark(*options_.watermark, mark_bytes_, size_of(frame), limits_));
    }
    return done(lay_over(frame, mark_, *options_.watermark));
  }

  ResizePlan plan_;  // its geometry changes when a border is trimmed
  const ResizeOptions& options_;
  const Size stored_;
  const std::string_view mark_bytes_;
  const ImageLimits& limits_;
  const std::stop_token& stop_;
  std::optional<Rectangle> trim_;
  std::optional<Rectangle> cut_;
  Picture mark_;
};

/// The frames of a decoded column of them.
std::vector<Picture> split(const Picture& column, std::uint32_t frames) {
  std::vector<Picture> split;
  const auto size = size_of(column);
  const auto height = size.height / frames;
  for (std::uint32_t at = 0; at < frames; ++at) {
    split.push_back(another(column));
    if (!cut(split.back(), {0, at * height, {size.width, height}})) return {};
  }
  return split;
}

Picture join(const std::vector<Picture>& frames) {
  std::vector<VipsImage*> raw;
  for (const auto& frame : frames) raw.push_back(frame.get());
  VipsImage* joined = nullptr;
  if (vips_arrayjoin(raw.data(), &joined, static_cast<int>(raw.size()), "across", 1, nullptr) != 0) return nullptr;
  return Picture(joined);
}

void keep_animation(const Picture& result, const Picture& source, const Selection& selection, std::uint32_t height) {
  vips_image_set_int(result.get(), VIPS_META_PAGE_HEIGHT, static_cast<int>(height));
  int loop = 0;
  if (vips_image_get_typeof(source.get(), "loop") != 0 && vips_image_get_int(source.get(), "loop", &loop) == 0)
    vips_image_set_int(result.get(), "loop", loop);
  int* delays = nullptr;
  int count = 0;
  if (vips_image_get_typeof(source.get(), "delay") != 0 &&
      vips_image_get_array_int(source.get(), "delay", &delays, &count) == 0 &&
      count >= static_cast<int>(selection.page + selection.frames)) {
    vips_image_set_array_int(result.get(), "delay", delays + selection.page, static_cast<int>(selection.frames));
  }
}

/// What a viewer needs to show the pixels as they are meant.
bool attach_srgb(const Picture& picture) {
  if (vips_image_get_typeof(picture.get(), VIPS_META_ICC_NAME) != 0) return true;
  VipsBlob* profile = nullptr;
  if (vips_profile_load("srgb", &profile, nullptr) != 0) return false;
  std::size_t size = 0;
  const void* bytes = vips_blob_get(profile, &size);
  vips_image_set_blob_copy(picture.get(), VIPS_META_ICC_NAME, bytes, size);
  vips_area_unref(VIPS_AREA(profile));
  return true;
}

}  // namespace

AslError broken() { return {}; }

Result<Composed> compose(const ResizePlan& plan, Size stored, const Picture& decoded, std::string_view mark,
                         const ImageLimits& limits, const std::stop_token& stop) {
  if (decoded == nullptr) return broken();
  Making making(plan, stored, mark, limits, stop);
  auto frames = split(decoded, plan.selection.frames);
  if (frames.empty()) return broken();
  for (auto& frame : frames) STEPD_CHECK(making.make(frame));
  Composed composed;
  composed.size = size_of(frames.front());
  composed.picture = frames.size() == 1 ? std::move(frames.front()) : join(frames);
  auto& picture = composed.picture;
  if (picture == nullptr) return broken();
  auto kept = plan.options->kept;
  kept.icc = kept.icc || plan.options->keep_colours;
  if (kept.icc && !is_grey(picture) && !attach_srgb(picture)) return broken();
  if (!keep_metadata(picture, decoded, kept)) return broken();
  if (plan.selection.frames > 1) keep_animation(picture, decoded, plan.selection, composed.size.height);
  composed.strip = !kept.any();
  return composed;
}

}  // namespace stepd::tasks::image
