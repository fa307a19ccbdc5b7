// image.resize: one picture of a bucket, scaled and written under a key made from a pattern. The result is whole or
// absent, and a repeat with the same arguments writes the same bytes again.
#include "tasks/handlers.h"
#include "tasks/image/resize_arguments.h"
#include "tasks/image/source.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

/// Asked before the pixels are decoded: a bucket that is wrong costs no picture.
Result<void> check_bucket(const ObjectStore& objects, const std::string& bucket) {
  const auto buckets = objects.buckets();
  if (std::find(buckets.begin(), buckets.end(), bucket) != buckets.end()) return {};
  return AslError{"Object.NoSuchBucket", "There is no bucket " + bucket + "."};
}

class ImageResize final : public Handler {
 public:
  explicit ImageResize(const Surroundings& surroundings)
      : objects_(surroundings.objects), limits_(surroundings.image_limits), workplace_(surroundings.workplace) {}

  Result<Json> invoke(const Invocation& invocation) override {
    STEPD_TRY(const auto request, image::read_resize_request(invocation.event, limits_));
    STEPD_CHECK(check_bucket(objects_, request.target_bucket));
    STEPD_TRY(const std::string bytes, image::read_whole(objects_, request.source, limits_.max_bytes));
    STEPD_TRY(const image::Work work,
              workplace_.perform({"resize", Payload(invocation.event), limits_, {bytes}}, invocation.stop));
    const Json& answer = work.answer.value();
    STEPD_TRY(Json result, write(request, answer.at("outputs").at(0), work.files.at(0)));
    result["source"] = answer.at("source");
    return result;
  }

 private:
  Result<Json> write(const image::ResizeRequest& request, const Json& made, const std::string& encoded) {
    const auto* type = image::type_named(made.at("format").get_ref<const std::string&>());
    const ObjectRef target{
        request.target_bucket,
        request.target_key.fill({request.source.key, type->extension, type->name, made.at("width").get<std::uint32_t>(),
                                 made.at("height").get<std::uint32_t>()})};
    if (target == request.source) {
      return AslError{"Object.Conflict", "The result would replace its source, object " + target.key + " in bucket " +
                                             target.bucket + "."};
    }
    STEPD_TRY(const auto writer, objects_.create(target, std::string(type->media_type)));
    STEPD_CHECK(writer->write(encoded));
    STEPD_TRY(const ObjectStat stat, writer->commit());
    return Json{
        {"bucket", target.bucket},     {"key", target.key},    {"width", made.at("width")},
        {"height", made.at("height")}, {"format", type->name}, {"mediaType", type->media_type},
        {"bytes", stat.size_bytes},    {"etag", stat.etag},
    };
  }

  ObjectStore& objects_;
  const ImageLimits limits_;
  image::Workplace& workplace_;
};

}  // namespace

std::unique_ptr<Handler> make_image_resize(const Surroundings& surroundings) {
  return std::make_unique<ImageResize>(surroundings);
}

}  // namespace stepd::tasks
