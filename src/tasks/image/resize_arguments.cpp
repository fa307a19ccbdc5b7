#include "tasks/image/resize_arguments.h"

#include "tasks/arguments.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

void read_box(Arguments& arguments, const ImageLimits& limits, Box& box) {
  const auto side = [&](const char* name) -> std::optional<std::uint32_t> {
    const auto given = arguments.optional_integer(name, 1, limits.max_side);
    return given ? std::optional(static_cast<std::uint32_t>(*given)) : std::nullopt;
  };
  const bool asked = arguments.has("width") || arguments.has("height");
  box.width = side("width");
  box.height = side("height");
  if (const auto fit = arguments.optional_choice("fit", kFits)) box.fit = static_cast<Fit>(*fit);
  box.enlarge = arguments.flag("enlarge", false);
  if (!asked) arguments.refuse("width", "missing, expected width, height or both");
  if (asked && box.fit != Fit::Inside && (!arguments.has("width") || !arguments.has("height"))) {
    arguments.refuse(arguments.has("width") ? "height" : "width",
                     "missing, fit " + std::string(kFits[static_cast<std::size_t>(box.fit)]) + " takes both sides");
  }
}

}  // namespace

Result<ResizeRequest> read_resize_request(const Json& event, const ImageLimits& limits) {
  Arguments arguments(event);
  ResizeRequest request;
  request.source = {arguments.text("bucket"), arguments.text("key")};
  read_box(arguments, limits, request.options.box);
  if (const auto format = arguments.optional_choice("format", kWritableFormats)) {
    request.options.format = type_named(kWritableFormats[*format]);
  }
  if (const auto quality = arguments.optional_integer("quality", 1, 100)) {
    request.options.quality = static_cast<int>(*quality);
  }
  if (const auto background = arguments.optional_text("background")) {
    const auto colour = parse_colour(*background);
    if (!colour) {
      arguments.refuse("background",
                       "expected #rgb, #rrggbb, #rrggbbaa, white, black or transparent, got " + *background);
    } else {
      request.options.background = *colour;
    }
  }
  arguments.object("destination", [&](Arguments& destination) {
    request.target_bucket = destination.text("bucket");
    const auto pattern = destination.text("key");
    auto parsed = KeyTemplate::parse(pattern);
    if (parsed) {
      request.target_key = *std::move(parsed);
    } else {
      destination.refuse("key", parsed.error().cause);
    }
  });
  STEPD_CHECK(arguments.finish());
  return request;
}

}  // namespace stepd::tasks::image
