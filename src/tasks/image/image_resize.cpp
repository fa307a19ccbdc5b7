// image.resize: one picture of a bucket, scaled and written under a key made from a pattern. The result is whole or
// absent, and a repeat with the same arguments writes the same bytes again.
#include "tasks/arguments.h"
#include "tasks/handlers.h"
#include "tasks/image/resize.h"
#include "tasks/image/source.h"
#include "tasks/key_template.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

struct Request {
  ObjectRef source;
  image::ResizeOptions options;
  std::string target_bucket;
  KeyTemplate target_key;
};

void read_box(Arguments& arguments, const ImageLimits& limits, image::Box& box) {
  const auto side = [&](const char* name) -> std::optional<std::uint32_t> {
    const auto given = arguments.optional_integer(name, 1, limits.max_side);
    return given ? std::optional(static_cast<std::uint32_t>(*given)) : std::nullopt;
  };
  const bool asked = arguments.has("width") || arguments.has("height");
  box.width = side("width");
  box.height = side("height");
  if (const auto fit = arguments.optional_choice("fit", image::kFits)) box.fit = static_cast<image::Fit>(*fit);
  box.enlarge = arguments.flag("enlarge", false);
  if (!asked) arguments.refuse("width", "missing, expected width, height or both");
  if (asked && box.fit != image::Fit::Inside && (!arguments.has("width") || !arguments.has("height"))) {
    arguments.refuse(
        arguments.has("width") ? "height" : "width",
        "missing, fit " + std::string(image::kFits[static_cast<std::size_t>(box.fit)]) + " takes both sides");
  }
}

Result<Request> read_request(const Json& event, const ImageLimits& limits) {
  Arguments arguments(event);
  Request request;
  request.source = {arguments.text("bucket"), arguments.text("key")};
  read_box(arguments, limits, request.options.box);
  if (const auto format = arguments.optional_choice("format", image::kWritableFormats)) {
    request.options.format = image::type_named(image::kWritableFormats[*format]);
  }
  if (const auto quality = arguments.optional_integer("quality", 1, 100)) {
    request.options.quality = static_cast<int>(*quality);
  }
  if (const auto background = arguments.optional_text("background")) {
    const auto colour = image::parse_colour(*background);
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

Json describe(const ObjectRef& target, const image::ResizePlan& plan, const ObjectStat& stat) {
  return Json{
      {"bucket", target.bucket},
      {"key", target.key},
      {"width", plan.geometry.canvas.width},
      {"height", plan.geometry.canvas.height},
      {"format", plan.format->name},
      {"mediaType", plan.format->media_type},
      {"bytes", stat.size_bytes},
      {"etag", stat.etag},
      {"source",
       Json{
           {"width", plan.source.size.width}, {"height", plan.source.size.height}, {"format", plan.source.type->name}}},
  };
}

class ImageResize final : public Handler {
 public:
  ImageResize(ObjectStore& objects, const ImageLimits& limits) : objects_(objects), limits_(limits) {}

  Result<Json> invoke(const Invocation& invocation) override {
    STEPD_TRY(const Request request, read_request(invocation.event, limits_));
    STEPD_TRY(const std::string bytes, image::read_whole(objects_, request.source, limits_.max_bytes));
    STEPD_TRY(const image::ResizePlan plan, image::plan_resize(bytes, request.options, limits_));

    const auto [width, height] = plan.geometry.canvas;
    const ObjectRef target{request.target_bucket, request.target_key.fill({request.source.key, plan.format->extension,
                                                                           plan.format->name, width, height})};
    if (target == request.source) {
      return AslError{"Object.Conflict", "The result would replace its source, object " + target.key + " in bucket " +
                                             target.bucket + "."};
    }
    // Opened before the pixels are decoded: a bucket or key that is wrong costs no picture.
    STEPD_TRY(const auto writer, objects_.create(target, std::string(plan.format->media_type)));
    STEPD_TRY(const std::string encoded, image::render(plan, invocation.stop));
    STEPD_CHECK(writer->write(encoded));
    STEPD_TRY(const ObjectStat stat, writer->commit());
    return describe(target, plan, stat);
  }

 private:
  ObjectStore& objects_;
  const ImageLimits limits_;
};

}  // namespace

std::unique_ptr<Handler> make_image_resize(const Surroundings& surroundings) {
  return std::make_unique<ImageResize>(surroundings.objects, surroundings.image_limits);
}

}  // namespace stepd::tasks
