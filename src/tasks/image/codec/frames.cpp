#include "tasks/image/codec/frames.h"

#include "tasks/image/codec/colour_profile.h"
#include "tasks/image/resize/resize_options.h"

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace stepd::tasks::image {
namespace {

std::string shrink_option(const Header& header, double shrink) {
  if (shrink <= 1) return {};
  if (header.type->name == "jpeg") return ",shrink=" + std::to_string(std::lround(shrink));
  return ",scale=" + std::to_string(1 / shrink);
}

bool has_pages(const FileType& type) {
  return type.name == "gif" || type.name == "webp" || type.name == "tiff" || type.name == "heic" ||
         type.name == "heif" || type.name == "avif";
}

/// To libjpeg, pixels that are missing are a warning once there is an end marker; of a file that lacks it, they were
/// cut off.
std::size_t fail_level(const Header& header, std::size_t asked) {
  return header.ends || kFailLevels[asked] == "none" ? asked : kFailLevels.size() - 1;
}

}  // namespace

double decoder_shrink(const Header& header, double wanted, std::uint32_t grain) {
  if (header.type->name == "webp") return std::max(1.0, wanted / kLeftToKernel);
  if (header.type->name != "jpeg") return 1;
  for (const std::uint32_t power : {8u, 4u, 2u}) {
    if (wanted >= power + 1 && grain % power == 0) return power;
  }
  return 1;
}

bool missing_pixels(const Header& header, std::string_view said) {
  return header.type->name == "jpeg" && said.find("VipsJpeg") != std::string_view::npos;
}

Picture load(const Header& header, const Selection& selection, double shrink) {
  const auto level = kFailLevels[fail_level(header, selection.fail_on)];
  std::string options = "[fail_on=" + std::string(level) + shrink_option(header, shrink);
  if (has_pages(*header.type) && (selection.page > 0 || selection.frames > 1))
    options += ",page=" + std::to_string(selection.page) + ",n=" + std::to_string(selection.frames);
  options += "]";
  Picture picture(vips_image_new_from_buffer(header.bytes.data(), header.bytes.size(), options.c_str(), "access",
                                             VIPS_ACCESS_SEQUENTIAL, nullptr));
  return picture != nullptr && settle_profile(picture, header) ? std::move(picture) : nullptr;
}

}  // namespace stepd::tasks::image
