// image.type: what an object is by its first bytes, beside what its name claims. It decodes nothing, so a picture that
// is damaged further on still has its type, unless asked to verify that it is whole.
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/image/format/sniff.h"
#include "tasks/image/format/type_variant.h"
#include "tasks/image/read_picture.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

Json describe(const std::string& key, const image::FileType* type, std::string_view start) {
  const auto extension = image::name_extension(key);
  const auto variant = type != nullptr ? image::find_variant(*type, start) : image::Variant{};
  return Json{
      {"type", type ? Json(type->name) : Json()},
      {"mediaType", type ? Json(type->media_type) : Json()},
      {"extension", type ? Json(type->extension) : Json()},
      {"variant", variant.name.empty() ? Json() : Json(variant.name)},
      {"animated", variant.animated},
      {"nameExtension", extension ? Json(*extension) : Json()},
      {"agrees", type != nullptr && extension && image::is_extension_of(*type, *extension)},
  };
}

class ImageType final : public Handler {
 public:
  explicit ImageType(const Surroundings& surroundings)
      : objects_(surroundings.objects), limits_(surroundings.image_limits), workplace_(surroundings.workplace) {}

  TaskLane lane() const override { return TaskLane::Images; }

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const ObjectRef ref{arguments.text("bucket"), arguments.text("key")};
    const bool verify = arguments.flag("verify", false);
    STEPD_CHECK(arguments.finish());
    STEPD_TRY(const std::string bytes, verify ? image::read_whole(objects_, ref, limits_.max_bytes)
                                              : image::read_start(objects_, ref, image::kSniffBytes));
    const auto start = std::string_view(bytes).substr(0, image::kSniffBytes);
    const image::FileType* type = image::sniff(start);
    if (verify && type != nullptr) {
      STEPD_CHECK(workplace_.perform({"soundness", Payload(), limits_, {bytes}}, invocation.stop));
    }
    return describe(ref.key, type, start);
  }

 private:
  const ObjectStore& objects_;
  const ImageLimits limits_;
  image::Workplace& workplace_;
};

}  // namespace

std::unique_ptr<Handler> make_image_type(const Surroundings& surroundings) {
  return std::make_unique<ImageType>(surroundings);
}

}  // namespace stepd::tasks
