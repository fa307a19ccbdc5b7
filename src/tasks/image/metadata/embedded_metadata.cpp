#include "tasks/image/metadata/embedded_metadata.h"

#include "tasks/image/metadata/exif.h"
#include "tasks/image/metadata/iptc.h"
#include "tasks/image/metadata/xmp.h"

#include <vips/vips.h>

#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

// Where JPEG is not in the way with its 65,533, programs write some tens of kilobytes.
constexpr std::size_t kBlockBytes = 1'048'576;

/// Empty, and said so, if it is too large.
std::string_view bounded(std::string_view block, const char* member, Json& unread) {
  if (block.size() <= kBlockBytes) return block;
  unread[member] =
      "It has " + std::to_string(block.size()) + " bytes; at most " + std::to_string(kBlockBytes) + " are read.";
  return {};
}

}  // namespace

std::string_view block_of(const Picture& picture, const char* name) {
  const void* block = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(picture.get(), name) == 0 || vips_image_get_blob(picture.get(), name, &block, &size) != 0)
    return {};
  return {static_cast<const char*>(block), size};
}

Json read_embedded(const Header& header, const MetadataRequest& request) {
  Json members = Json::object();
  Json unread = Json::object();
  if (request.exif || request.gps) {
    Json exif = read_exif(bounded(block_of(header.picture, VIPS_META_EXIF_NAME), "exif", unread));
    // Beside the rest, so that a definition can drop the place and keep the camera.
    if (auto gps = exif.find("gps"); gps != exif.end()) {
      if (request.gps) members["gps"] = std::move(*gps);
      exif.erase("gps");
    }
    if (request.exif) members["exif"] = std::move(exif);
  }
  if (request.iptc) {
    const auto block = bounded(block_of(header.picture, VIPS_META_IPTC_NAME), "iptc", unread);
    members["iptc"] = read_iptc(block, request.gps);
  }
  if (request.xmp) {
    std::string why;
    members["xmp"] = read_xmp(block_of(header.picture, VIPS_META_XMP_NAME), request.gps, why);
    if (!why.empty()) unread["xmp"] = std::move(why);
  }
  if (!unread.empty()) members["unread"] = std::move(unread);
  return members;
}

}  // namespace stepd::tasks::image
