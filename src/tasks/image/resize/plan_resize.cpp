// The half of a resize that looks at headers and numbers only: what is decoded, how it lies and how large it becomes.
#include "tasks/image/codec/accepted_format.h"
#include "tasks/image/codec/writable.h"
#include "tasks/image/resize/resize.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stepd::tasks::image {
namespace {

Turn whole_turn(const Header& source, const ResizeOptions& options) {
  auto turn = options.auto_orient ? turn_of_orientation(source.orientation) : Turn{};
  turn = turn_both(turn, turn_of_degrees(static_cast<int>(options.rotate)));
  return turn_both(turn, {false, options.flop, options.flip});
}

bool may_be_animated(const Header& source) { return source.type->name == "gif" || source.type->name == "webp"; }

std::uint32_t frames_of(const Header& source, const ResizeOptions& options) {
  if (!options.animated || !may_be_animated(source)) return 1;
  const auto left = static_cast<std::uint32_t>(source.pages) - options.page;
  return std::min(left, options.frames.value_or(left));
}

Result<void> check_page(const Header& source, std::uint32_t page) {
  if (page < static_cast<std::uint32_t>(source.pages)) return {};
  return AslError{"Image.NoSuchPage", "The source has " + std::to_string(source.pages) + " pages; page " +
                                          std::to_string(page) + " is asked for, and the first is 0."};
}

Result<void> check_frames(const Header& source, std::uint32_t frames, const ImageLimits& limits) {
  if (frames > limits.max_frames) {
    return AslError{"Image.TooManyFrames", "The animation has " + std::to_string(frames) +
                                               " frames; the limit max_frames is " + std::to_string(limits.max_frames) +
                                               ". The argument frames takes the first ones only."};
  }
  return check_pixels("The source", source.size, frames, limits);
}

/// The region in pixels of the picture as it is turned; what sticks out is left away.
Result<Rectangle> region_of(const ResizeOptions& options, Size whole) {
  if (!options.region) return Rectangle{0, 0, whole};
  const auto& asked = *options.region;
  const double per_x = asked.percent ? whole.width / 100.0 : 1;
  const double per_y = asked.percent ? whole.height / 100.0 : 1;
  const auto pixels = [](double value) { return static_cast<std::uint32_t>(std::lround(value)); };
  Rectangle region{pixels(asked.left * per_x),
                   pixels(asked.top * per_y),
                   {std::max(1u, pixels(asked.width * per_x)), std::max(1u, pixels(asked.height * per_y))}};
  if (region.left >= whole.width || region.top >= whole.height) {
    return AslError{"Image.RegionOutside", "The region begins at " + std::to_string(region.left) + ", " +
                                               std::to_string(region.top) + "; the source is " +
                                               std::to_string(whole.width) + " x " + std::to_string(whole.height) +
                                               " pixels."};
  }
  region.size.width = std::min(region.size.width, whole.width - region.left);
  region.size.height = std::min(region.size.height, whole.height - region.top);
  return region;
}

const FileType* format_of(const Header& source, const ResizeOptions& options, bool animated) {
  if (options.format != nullptr) return options.format;
  const auto name = source.type->name;
  // GIF, TIFF and AVIF sources become what every viewer shows, unless asked for.
  const bool usual = name == "jpeg" || name == "png" || name == "webp" || animated;
  const auto* fallback = type_named(usual ? name : "jpeg");
  if (options.accept.empty()) return fallback;
  return choose_format(options.accept, source.has_alpha && !options.drop_alpha, animated, fallback);
}

/// How many times smaller the region may come out of the decoder.
double shrink_of(const ResizePlan& plan, const Header& source) {
  const auto& options = *plan.options;
  // A border is measured, and light added up, on the pixels themselves; and what makes pixels smaller weighs them by
  // their alpha.
  if (options.accurate || options.trim || options.linear || (options.drop_alpha && source.has_alpha)) return 1;
  const auto target = turned(plan.geometry.scaled, plan.turn);
  return std::max(
      1.0, std::min(double(plan.region.size.width) / target.width, double(plan.region.size.height) / target.height));
}

std::uint32_t grain_of(const Rectangle& region, Size stored) {
  std::uint32_t grain = std::gcd(stored.width, stored.height);
  for (const auto length : {region.left, region.top, region.size.width, region.size.height})
    grain = std::gcd(grain, length);
  return grain;
}

Result<ResizePlan> plan_one(const Resizing& resizing, const ResizeOptions& options, const ImageLimits& limits) {
  const auto& source = resizing.source;
  ResizePlan plan;
  plan.options = &options;
  STEPD_CHECK(check_page(source, options.page));
  const auto frames = frames_of(source, options);
  STEPD_CHECK(check_frames(source, frames, limits));
  plan.selection = {options.page, frames, options.fail_on};
  plan.turn = whole_turn(source, options);
  STEPD_TRY(const Rectangle region, region_of(options, turned(resizing.stored, plan.turn)));
  plan.region = turned_back(region, resizing.stored, plan.turn);
  plan.geometry = lay_out(region.size, options.box);
  plan.format = format_of(source, options, frames > 1);
  STEPD_CHECK(check_writable(*plan.format));
  plan.shrink = shrink_of(plan, source);
  plan.grain = grain_of(plan.region, resizing.stored);
  STEPD_CHECK(check_results(plan, limits));
  plan.canvas = extended(plan.geometry.canvas, options.extend);
  return plan;
}

}  // namespace

Size extended(Size canvas, const Margins& margins) {
  return {canvas.width + margins.left + margins.right, canvas.height + margins.top + margins.bottom};
}

Result<void> check_results(const ResizePlan& plan, const ImageLimits& limits) {
  auto result_limits = limits;
  if (const auto side = abilities_of(plan.format->name).largest_side; side > 0)
    result_limits.max_side = std::min(limits.max_side, side);
  STEPD_CHECK(check_size("The result before cutting", plan.geometry.scaled, limits));
  const auto canvas = extended(plan.geometry.canvas, plan.options->extend);
  STEPD_CHECK(check_size("The result", canvas, result_limits));
  return check_pixels("The result", canvas, plan.selection.frames, limits);
}

Result<Resizing> plan_resize(std::string_view bytes, std::span<const ResizeOptions* const> options,
                             const ImageLimits& limits) {
  Resizing resizing;
  STEPD_TRY(resizing.source, read_header(bytes));
  auto& source = resizing.source;
  STEPD_CHECK(check_size("The source", source.size, limits));
  STEPD_CHECK(check_effort(source, limits));
  source.picture.reset();  // a decoder each for header and pixels, not both at once
  resizing.stored = turned(source.size, turn_of_orientation(source.orientation));
  for (const auto* each : options) {
    STEPD_TRY(auto plan, plan_one(resizing, *each, limits));
    resizing.outputs.push_back(std::move(plan));
  }
  return resizing;
}

}  // namespace stepd::tasks::image
