// image.resize: one picture of a bucket becomes one or several, written under keys made from patterns. Each result is
// whole or absent, and a repeat with the same arguments writes the same bytes again.
#include "tasks/handler_factories.h"
#include "tasks/image/read_picture.h"
#include "tasks/image/resize/resize_arguments.h"
#include "tasks/image/resize/resize_presets.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

/// Asked before the pixels are decoded: a bucket that is wrong costs no picture.
Result<void> check_buckets(const ObjectStore& objects, const image::ResizeRequest& request) {
  const auto buckets = objects.buckets();
  for (const auto& output : request.outputs) {
    if (std::find(buckets.begin(), buckets.end(), output.target_bucket) == buckets.end())
      return AslError{"Object.NoSuchBucket", "There is no bucket " + output.target_bucket + "."};
  }
  return {};
}

ObjectRef target_of(const image::ResizeRequest& request, std::size_t at, const Json& made) {
  const auto* type = image::type_named(made.at("format").get_ref<const std::string&>());
  const auto& output = request.outputs[at];
  return {output.target_bucket,
          output.target_key.fill({request.source.key, type->extension, type->name,
                                  made.at("width").get<std::uint32_t>(), made.at("height").get<std::uint32_t>()})};
}

/// Known before anything is written.
Result<std::vector<ObjectRef>> targets_of(const image::ResizeRequest& request, const Json& made) {
  std::vector<ObjectRef> targets;
  for (std::size_t at = 0; at < made.size(); ++at) {
    auto target = target_of(request, at, made.at(at));
    const auto where = ", object " + target.key + " in bucket " + target.bucket + ".";
    if (target == request.source) return AslError{"Object.Conflict", "The result would replace its source" + where};
    if (std::find(targets.begin(), targets.end(), target) != targets.end())
      return AslError{"Object.Conflict", "Two outputs would be the same" + where};
    targets.push_back(std::move(target));
  }
  return targets;
}

class ImageResize final : public Handler {
 public:
  explicit ImageResize(const Surroundings& surroundings)
      : objects_(surroundings.objects),
        limits_(surroundings.image_limits),
        workplace_(surroundings.workplace),
        presets_(surroundings.image_presets) {}

  TaskLane lane() const override { return TaskLane::Images; }

  Result<Json> invoke(const Invocation& invocation) override {
    STEPD_TRY(Json arguments, image::expand_presets(invocation.event, presets_));
    STEPD_TRY(const auto request, image::read_resize_request(arguments, limits_));
    STEPD_CHECK(check_buckets(objects_, request));
    STEPD_TRY(const auto pictures, read_pictures(request));
    image::Job job{"resize", Payload(std::move(arguments)), limits_, {pictures.begin(), pictures.end()}};
    STEPD_TRY(const image::Work work, workplace_.perform(job, invocation.stop));

    const Json answer = work.answer.json();
    const Json& made = answer.at("outputs");
    STEPD_TRY(const auto targets, targets_of(request, made));
    Json written = Json::array();
    for (std::size_t at = 0; at < targets.size(); ++at) {
      STEPD_TRY(Json one, write(targets[at], made.at(at), work.files.at(at), invocation.lineage));
      written.push_back(std::move(one));
    }
    Json result = request.single ? std::move(written.at(0)) : Json{{"outputs", std::move(written)}};
    result["source"] = answer.at("source");
    return result;
  }

 private:
  Result<std::vector<std::string>> read_pictures(const image::ResizeRequest& request) const {
    std::vector<std::string> pictures(1);
    STEPD_TRY(pictures.front(), image::read_whole(objects_, request.source, limits_.max_bytes));
    for (const auto& object : image::watermark_objects(request)) {
      STEPD_TRY(auto bytes, image::read_whole(objects_, object, limits_.max_bytes));
      pictures.push_back(std::move(bytes));
    }
    return pictures;
  }

  Result<Json> write(const ObjectRef& target, const Json& made, const std::string& encoded, const Lineage& lineage) {
    const auto* type = image::type_named(made.at("format").get_ref<const std::string&>());
    NewObject object;
    object.content_type = std::string(type->media_type);
    object.lineage = lineage;
    STEPD_TRY(const auto writer, objects_.create(target, std::move(object)));
    STEPD_CHECK(writer->write(encoded));
    STEPD_TRY(const ObjectStat stat, writer->commit());
    Json result{{"bucket", target.bucket},     {"key", target.key},    {"width", made.at("width")},
                {"height", made.at("height")}, {"format", type->name}, {"mediaType", type->media_type},
                {"bytes", stat.size_bytes},    {"etag", stat.version}};
    for (const char* name : {"frames", "quality"}) {
      if (made.contains(name)) result[name] = made.at(name);
    }
    return result;
  }

  ObjectStore& objects_;
  const ImageLimits limits_;
  image::Workplace& workplace_;
  const ImagePresets presets_;
};

}  // namespace

std::unique_ptr<Handler> make_image_resize(const Surroundings& surroundings) {
  return std::make_unique<ImageResize>(surroundings);
}

}  // namespace stepd::tasks
