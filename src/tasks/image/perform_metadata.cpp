// What a picture's header says of it, as JSON. It decodes no pixel, so it also answers for pictures that are larger
// than image.resize would take.
#include "tasks/image/exif.h"
#include "tasks/image/header.h"
#include "tasks/image/metadata_arguments.h"
#include "tasks/image/performers.h"

#include <vips/vips.h>

#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

Json exif_of(const Header& header) {
  const void* block = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(header.picture.get(), VIPS_META_EXIF_NAME) == 0 ||
      vips_image_get_blob(header.picture.get(), VIPS_META_EXIF_NAME, &block, &size) != 0) {
    return Json::object();
  }
  return read_exif({static_cast<const char*>(block), size});
}

}  // namespace

Result<Work> perform_metadata(const Job& job, const std::stop_token&) {
  STEPD_TRY(const MetadataRequest request, read_metadata_request(job.arguments.value()));
  const auto bytes = job.pictures.front();
  STEPD_TRY(const Header header, read_header(bytes));
  Json result{
      {"width", header.size.width},           {"height", header.size.height}, {"format", header.type->name},
      {"mediaType", header.type->media_type}, {"mode", header.mode},          {"bytes", bytes.size()},
      {"orientation", header.orientation},    {"hasAlpha", header.has_alpha}, {"pages", header.pages},
  };
  if (request.wants_exif) {
    Json exif = exif_of(header);
    // Beside the rest, so that a definition can drop the place and keep the camera.
    if (auto gps = exif.find("gps"); gps != exif.end()) {
      result["gps"] = std::move(*gps);
      exif.erase("gps");
    }
    result["exif"] = std::move(exif);
  }
  return Work{Payload(std::move(result)), {}};
}

}  // namespace stepd::tasks::image
