// image.metadata: what a picture's header says of it. It decodes no pixel, so it also answers for pictures that are
// larger than image.resize would take.
#include "tasks/arguments.h"
#include "tasks/handlers.h"
#include "tasks/image/exif.h"
#include "tasks/image/header.h"
#include "tasks/image/source.h"

#include <vips/vips.h>

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

Json exif_of(const image::Header& header) {
  const void* block = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(header.picture.get(), VIPS_META_EXIF_NAME) == 0 ||
      vips_image_get_blob(header.picture.get(), VIPS_META_EXIF_NAME, &block, &size) != 0) {
    return Json::object();
  }
  return image::read_exif({static_cast<const char*>(block), size});
}

class ImageMetadata final : public Handler {
 public:
  ImageMetadata(const ObjectStore& objects, const ImageLimits& limits) : objects_(objects), limits_(limits) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const ObjectRef ref{arguments.text("bucket"), arguments.text("key")};
    const bool wants_exif = arguments.flag("exif", true);
    STEPD_CHECK(arguments.finish());
    STEPD_TRY(const std::string bytes, image::read_whole(objects_, ref, limits_.max_bytes));
    STEPD_TRY(const image::Header header, image::read_header(bytes));

    Json result{
        {"width", header.size.width},           {"height", header.size.height}, {"format", header.type->name},
        {"mediaType", header.type->media_type}, {"mode", header.mode},          {"bytes", bytes.size()},
        {"orientation", header.orientation},    {"hasAlpha", header.has_alpha}, {"pages", header.pages},
    };
    if (wants_exif) {
      Json exif = exif_of(header);
      // Beside the rest, so that a definition can drop the place and keep the camera.
      if (auto gps = exif.find("gps"); gps != exif.end()) {
        result["gps"] = std::move(*gps);
        exif.erase("gps");
      }
      result["exif"] = std::move(exif);
    }
    return result;
  }

 private:
  const ObjectStore& objects_;
  const ImageLimits limits_;
};

}  // namespace

std::unique_ptr<Handler> make_image_metadata(const Surroundings& surroundings) {
  return std::make_unique<ImageMetadata>(surroundings.objects, surroundings.image_limits);
}

}  // namespace stepd::tasks
