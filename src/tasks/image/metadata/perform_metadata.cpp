// What a picture says of itself, as JSON. Its header alone is read, so that it also answers for pictures larger than
// image.resize would take, unless something is asked for that takes pixels.
#include "tasks/image/analysis/pixel_members.h"
#include "tasks/image/format/image_header.h"
#include "tasks/image/format/jpeg_scans.h"
#include "tasks/image/metadata/checksums.h"
#include "tasks/image/metadata/embedded_metadata.h"
#include "tasks/image/metadata/icc.h"
#include "tasks/image/metadata/metadata_arguments.h"
#include "tasks/image/performers.h"

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

constexpr int kDelays = 1'000;

int bit_depth(const Header& header) {
  // libvips widens what has fewer bits than a byte.
  const int widened = static_cast<int>(8 * vips_format_sizeof(vips_image_get_format(header.picture.get())));
  return integer_or(header.picture, "palette-bit-depth", header.mode == "1" ? 1 : widened);
}

bool is_progressive(const Header& header, std::string_view bytes) {
  if (header.type->name == "jpeg") return count_jpeg_scans(bytes, 2) > 1;
  return integer_or(header.picture, "interlaced", 0) != 0;
}

/// In pixels per inch; null where the file says nothing: libvips then takes a JPEG for 72 pixels per inch of no unit,
/// and others for one pixel per millimetre.
Json density(const Header& header) {
  if (header.type->name == "jpeg" && vips_image_get_typeof(header.picture.get(), VIPS_META_RESOLUTION_UNIT) == 0)
    return nullptr;
  const double per_millimetre = vips_image_get_xres(header.picture.get());
  if (!(per_millimetre > 1)) return nullptr;
  return std::round(per_millimetre * 254) / 10;
}

Json text_or_null(const Picture& picture, const char* name) {
  const char* text = nullptr;
  if (vips_image_get_typeof(picture.get(), name) == 0 || vips_image_get_string(picture.get(), name, &text) != 0)
    return nullptr;
  return text;
}

/// `{duration, loop, delays}` in milliseconds; null for a still picture.
Json animation(const Header& header) {
  int* delays = nullptr;
  int count = 0;
  if (header.pages < 2 || vips_image_get_typeof(header.picture.get(), "delay") == 0 ||
      vips_image_get_array_int(header.picture.get(), "delay", &delays, &count) != 0) {
    return nullptr;
  }
  std::int64_t duration = 0;
  for (int i = 0; i < count; ++i) duration += delays[i];
  return {{"duration", duration},
          {"loop", integer_or(header.picture, "loop", 0)},
          {"delays", Json(std::vector<int>(delays, delays + std::min(count, kDelays)))}};
}

/// As people write formats, and many libraries do: JPEG.
std::string upper_case(std::string_view name) {
  std::string upper(name);
  for (auto& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

Json describe_header(const Header& header, std::string_view bytes) {
  const auto* picture = header.picture.get();
  const bool turned = header.orientation >= 5;
  const auto profile = profile_name(block_of(header.picture, VIPS_META_ICC_NAME));
  return {
      {"width", header.size.width},
      {"height", header.size.height},
      {"format", header.type->name},
      {"formatName", upper_case(header.type->name)},
      {"mediaType", header.type->media_type},
      {"mode", header.mode},
      {"bytes", bytes.size()},
      {"orientation", header.orientation},
      {"hasAlpha", header.has_alpha},
      {"pages", header.pages},
      {"storedWidth", turned ? header.size.height : header.size.width},
      {"storedHeight", turned ? header.size.width : header.size.height},
      {"bands", header.bands},
      {"bitDepth", bit_depth(header)},
      {"space", vips_enum_nick(VIPS_TYPE_INTERPRETATION, vips_image_get_interpretation(picture))},
      {"density", density(header)},
      {"hasProfile", header.has_profile},
      {"profile", profile ? Json(*profile) : Json(nullptr)},
      {"progressive", is_progressive(header, bytes)},
      {"palette", header.mode == "P"},
      {"chromaSubsampling", text_or_null(header.picture, "jpeg-chroma-subsample")},
      {"animation", animation(header)},
  };
}

}  // namespace

Result<Work> perform_metadata(const Job& job, const std::stop_token&) {
  STEPD_TRY(const MetadataRequest request, read_metadata_request(job.arguments.json()));
  const auto bytes = job.pictures.front();
  STEPD_TRY(const Header header, read_header(bytes));
  Json result = describe_header(header, bytes);
  result.update(read_embedded(header, request));
  if (request.checksums) result["checksums"] = make_checksums(bytes);
  if (request.needs_pixels()) {
    STEPD_TRY(const Json members, describe_pixels(header, job.limits, request));
    result.update(members);
  }
  return Work{Payload(std::move(result)), {}};
}

}  // namespace stepd::tasks::image
