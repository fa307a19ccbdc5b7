// image.type: what an object is by its first bytes, beside what its name claims. It decodes nothing, so a picture that
// is damaged further on still has its type.
#include "tasks/arguments.h"
#include "tasks/handlers.h"
#include "tasks/image/sniff.h"
#include "tasks/image/source.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ImageType final : public Handler {
 public:
  explicit ImageType(const ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const ObjectRef ref{arguments.text("bucket"), arguments.text("key")};
    STEPD_CHECK(arguments.finish());
    STEPD_TRY(const std::string start, image::read_start(objects_, ref, image::kSniffBytes));

    const image::FileType* type = image::sniff(start);
    const auto extension = image::name_extension(ref.key);
    return Json{
        {"type", type ? Json(type->name) : Json()},
        {"mediaType", type ? Json(type->media_type) : Json()},
        {"extension", type ? Json(type->extension) : Json()},
        {"nameExtension", extension ? Json(*extension) : Json()},
        {"agrees", type != nullptr && extension && image::is_extension_of(*type, *extension)},
    };
  }

 private:
  const ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_image_type(const Surroundings& surroundings) {
  return std::make_unique<ImageType>(surroundings.objects);
}

}  // namespace stepd::tasks
