#include "tasks/image/resize/resize.h"

#include "tasks/image/codec/writable.h"
#include "tasks/image/reduce/recode_webp.h"
#include "tasks/image/reduce/reduce_picture.h"
#include "tasks/image/resize/compose.h"
#include "tasks/image/resize/pixel_operations.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace stepd::tasks::image {
namespace {

AslError corrupt(const FileType& type, const std::string& said) {
  return {"Image.Corrupt", "The content is " + std::string(type.title) + ", but it is damaged or cut short: " + said};
}

AslError named(AslError error, const FileType& type, const std::stop_token& stop) {
  if (!error.name.empty()) return error;
  const auto said = take_vips_error();
  if (stop.stop_requested()) return {"Handler.Cancelled", "The resize was stopped."};
  return corrupt(type, said);
}

/// The mildest damage that shows: to libjpeg lost pixels are a warning, to other decoders an error.
std::size_t strictest(const FileType& type) {
  const auto* word = std::find(kFailLevels.begin(), kFailLevels.end(), type.name == "jpeg" ? "warning" : "error");
  return static_cast<std::size_t>(word - kFailLevels.begin());
}

/// Whether an output must not be made of a JPEG that lacks pixels: they were cut off, or any damage is too much.
bool refuses_missing_pixels(const Resizing& resizing) {
  const std::string_view least = resizing.source.ends ? "warning" : "truncated";
  return std::any_of(resizing.outputs.begin(), resizing.outputs.end(), [&](const ResizePlan& plan) {
    const auto* level = kFailLevels.begin() + plan.selection.fail_on;
    return std::find(kFailLevels.begin(), level + 1, least) != level + 1;
  });
}

/// What serves every output of that selection: the decoded picture, and it at half, a quarter, ... of its size.
struct Decoded {
  Selection selection;
  std::uint32_t grain = 1;
  std::vector<Picture> levels;
};

class Rendering {
 public:
  /// Damage from `least_fail_on` on is an error, whatever an output permits.
  Rendering(const Resizing& resizing, std::span<const std::string_view> marks, const ImageLimits& limits,
            std::size_t least_fail_on, const std::stop_token& stop)
      : resizing_(resizing), marks_(marks), limits_(limits), least_fail_on_(least_fail_on), stop_(stop) {}

  /// An error without a name when libvips failed on the source, or a stop was requested.
  Result<std::vector<Resized>> render() {
    std::vector<Resized> made;
    for (std::size_t at = 0; at < resizing_.outputs.size(); ++at) {
      if (stop_.stop_requested()) return broken();
      STEPD_TRY(auto one, make(at));
      made.push_back(std::move(one));
    }
    return made;
  }

 private:
  Result<Composed> compose_output(std::size_t at) {
    const auto& plan = resizing_.outputs[at];
    return compose(plan, resizing_.stored, decode(plan), marks_[at], limits_, stop_);
  }

  Result<Resized> make(std::size_t at) {
    const auto& plan = resizing_.outputs[at];
    if (auto recoded = recode(plan)) return Resized{*std::move(recoded), plan.canvas, 1};
    if (stop_.stop_requested()) return broken();
    STEPD_TRY(auto composed, compose_output(at));
    auto file = encode(composed.picture, plan.format->name, plan.options->encoding, composed.strip, stop_);
    if (!file) return file.error().name.empty() ? why_not_written(at) : file.error();
    return Resized{*std::move(file), composed.size, plan.selection.frames};
  }

  /// Pixels are computed while they are written, so either may have failed: computing alone tells which.
  AslError why_not_written(std::size_t at) {
    if (stop_.stop_requested()) return broken();
    const auto said = take_vips_error();
    auto again = compose_output(at);
    if (!again || !keep_in_memory(again->picture, stop_)) return again ? broken() : again.error();
    return cannot_write(*resizing_.outputs[at].format, said);
  }

  /// Empty when libvips failed.
  Picture decode(const ResizePlan& plan) {
    const auto& selection = plan.selection;
    for (auto& each : decoded_) {
      if (each.selection == selection) return level_for(plan, each);
    }
    double shrink = plan.shrink;
    std::uint32_t grain = 0;
    std::size_t served = 0;
    for (const auto& each : resizing_.outputs) {
      if (!(each.selection == selection)) continue;
      shrink = std::min(shrink, each.shrink);
      grain = std::gcd(grain, each.grain);
      ++served;
    }
    if (served == 1) {
      if (Picture reduced = reduce_straight(plan); reduced != nullptr || stop_.stop_requested()) return reduced;
    }
    Picture picture = load_shrunk(selection, decoder_shrink(resizing_.source, shrink, grain));
    // Read once from top to bottom it need not be held; but by several outputs, or frame by frame, it must.
    if (picture != nullptr && (served > 1 || selection.frames > 1) && !keep_in_memory(picture, stop_)) return nullptr;
    if (picture == nullptr || served == 1) return picture;
    decoded_.push_back({selection, grain, {}});
    decoded_.back().levels.push_back(std::move(picture));
    return level_for(plan, decoded_.back());
  }

  /// A WebP that is only made smaller, past libvips and without RGB; none where that is not possible.
  std::optional<Encoded> recode(const ResizePlan& plan) const {
    const auto& options = *plan.options;
    const auto& encoding = options.encoding;
    const auto& source = resizing_.source;
    if (source.type->name != "webp" || plan.format->name != "webp" || resizing_.outputs.size() > 1 ||
        !scales_first(plan) || changes_more(plan) || source.has_profile || encoding.lossless || encoding.max_bytes ||
        kSubsamplings[encoding.subsampling] == "4:4:4") {
      return std::nullopt;
    }
    const auto quality = encoding.quality.value_or(default_quality("webp"));
    auto file = recode_webp(source.bytes, resizing_.stored, {plan.canvas, quality, webp_method(encoding)}, stop_);
    return file ? std::optional(Encoded{*std::move(file), quality}) : std::nullopt;
  }

  /// Whether the whole of a still picture is scaled before anything else is done with it.
  bool scales_first(const ResizePlan& plan) const {
    const auto& options = *plan.options;
    const auto& [page, frames, fail_on] = plan.selection;
    const bool is_whole = plan.region == Rectangle{0, 0, resizing_.stored};
    if (options.drop_alpha && resizing_.source.has_alpha) return false;
    return is_whole && page == 0 && frames == 1 && !options.trim && !options.linear && options.kernel == kLanczos3;
  }

  /// Whether anything is done with it afterwards but encoding.
  static bool changes_more(const ResizePlan& plan) {
    const auto& options = *plan.options;
    return !plan.turn.is_none() || plan.canvas != plan.geometry.scaled || options.blur || options.sharpen ||
           options.grayscale || options.watermark || options.keep_colours || options.kept.any();
  }

  /// Past libvips, at the size that it is scaled to; null where that is not possible.
  Picture reduce_straight(const ResizePlan& plan) const {
    if (!scales_first(plan)) return nullptr;
    // Sides need not divide by what the decoder does, as the Reducer knows where its rows and columns lie.
    constexpr std::uint32_t kAnyGrain = 0;
    return reduce_file(resizing_.source, resizing_.stored, turned(plan.geometry.scaled, plan.turn),
                       decoder_shrink(resizing_.source, plan.shrink, kAnyGrain), stop_);
  }

  Picture load_shrunk(Selection selection, double shrink) const {
    selection.fail_on = std::max(selection.fail_on, least_fail_on_);
    return load(resizing_.source, selection, shrink);
  }

  /// The smallest level that leaves a factor of two to the kernel.
  Picture level_for(const ResizePlan& plan, Decoded& decoded) {
    auto& levels = decoded.levels;
    double left = plan.shrink * size_of(levels.front()).width / resizing_.stored.width;
    std::size_t at = 0;
    for (; left / 2 >= kLeftToKernel; left /= 2, ++at) {
      if (at + 1 < levels.size()) continue;
      if (!halves_evenly(decoded)) break;
      Picture smaller = next_level(decoded);
      if (smaller == nullptr || !keep_in_memory(smaller, stop_)) return nullptr;
      levels.push_back(std::move(smaller));
    }
    return another(levels[at]);
  }

  /// How many times smaller than stored the next level would be.
  long next_factor(const Decoded& decoded) const {
    return std::lround(2.0 * resizing_.stored.width / size_of(decoded.levels.back()).width);
  }

  /// Rounded lengths would move what lies at them. Frames lie in one column, and a halving would mix the rows where
  /// they meet.
  bool halves_evenly(const Decoded& decoded) const {
    const auto size = size_of(decoded.levels.back());
    if (decoded.selection.frames > 1 || size.width % 2 != 0 || size.height % 2 != 0) return false;
    return resizing_.source.type->name == "webp" || decoded.grain % next_factor(decoded) == 0;
  }

  /// Half as large as the last one. A JPEG's decoder gives it for a fraction of what averaging all pixels costs.
  Picture next_level(const Decoded& decoded) const {
    constexpr long kDecoderMost = 8;
    const auto factor = next_factor(decoded);
    if (resizing_.source.type->name == "jpeg" && factor <= kDecoderMost)
      return load_shrunk(decoded.selection, static_cast<double>(factor));
    Picture half = another(decoded.levels.back());
    return halve(half) ? std::move(half) : nullptr;
  }

  const Resizing& resizing_;
  const std::span<const std::string_view> marks_;
  const ImageLimits& limits_;
  const std::size_t least_fail_on_;
  const std::stop_token& stop_;
  std::vector<Decoded> decoded_;
};

}  // namespace

Result<Rendered> render(const Resizing& resizing, std::span<const std::string_view> marks, const ImageLimits& limits,
                        const std::stop_token& stop) {
  start_vips();
  static_cast<void>(take_vips_error());  // of whatever was tried before
  const auto& source = resizing.source;
  auto made = Rendering(resizing, marks, limits, strictest(*source.type), stop).render();
  if (!made && (!made.error().name.empty() || stop.stop_requested())) return named(made.error(), *source.type, stop);
  auto said = take_vips_error();
  if (!made) {
    // Once more, as mildly as asked for: damage is rare, and what can be shown is shown.
    made = Rendering(resizing, marks, limits, 0, stop).render();
    if (!made) return named(made.error(), *source.type, stop);
  } else if (!missing_pixels(source, said)) {
    said = source.ends ? "" : "The file stops before its end, but no pixel is missing.";
  } else if (refuses_missing_pixels(resizing)) {
    return corrupt(*source.type, said);
  }
  return Rendered{*std::move(made), std::move(said)};
}

}  // namespace stepd::tasks::image
