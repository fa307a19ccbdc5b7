#include "tasks/image/codec/frames.h"

#include "tasks/image/resize/resize_options.h"

#include <vips/vips.h>

#include <string>

namespace stepd::tasks::image {
namespace {

std::string shrink_option(const Header& header, double shrink) {
  const double factor = shrink / kLeftToKernel;
  if (header.type->name == "jpeg") {
    for (const int power : {8, 4, 2}) {
      if (factor >= power) return ",shrink=" + std::to_string(power);
    }
  }
  if (header.type->name == "webp" && factor > 1) return ",scale=" + std::to_string(1 / factor);
  return {};
}

bool has_pages(const FileType& type) {
  return type.name == "gif" || type.name == "webp" || type.name == "tiff" || type.name == "heic" ||
         type.name == "heif" || type.name == "avif";
}

}  // namespace

Picture load(const Header& header, std::string_view bytes, const Selection& selection, double shrink) {
  std::string options = "[fail_on=" + std::string(kFailLevels[selection.fail_on]) + shrink_option(header, shrink);
  if (has_pages(*header.type) && (selection.page > 0 || selection.frames > 1))
    options += ",page=" + std::to_string(selection.page) + ",n=" + std::to_string(selection.frames);
  options += "]";
  return Picture(vips_image_new_from_buffer(bytes.data(), bytes.size(), options.c_str(), "access",
                                            VIPS_ACCESS_SEQUENTIAL, nullptr));
}

}  // namespace stepd::tasks::image
