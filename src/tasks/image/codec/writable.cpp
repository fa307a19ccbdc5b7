#include "tasks/image/codec/writable.h"

#include "base/mutex.h"
#include "tasks/image/codec/encode.h"
#include "tasks/image/vips.h"

#include <vips/vips.h>

#include <map>

namespace stepd::tasks::image {
namespace {

std::string try_to_write(std::string_view format) {
  start_vips();
  constexpr int kSide = 16;
  constexpr double kColour[] = {200, 100, 50};
  Picture picture;
  VipsImage* black = nullptr;
  if (vips_black(&black, kSide, kSide, nullptr) != 0) return take_vips_error();
  picture.reset(black);
  if (!apply(picture,
             [&](VipsImage* in, VipsImage** out) {
               *out = vips_image_new_from_image(in, kColour, 3);
               return *out == nullptr ? -1 : 0;
             }) ||
      !apply(picture, [](VipsImage* in, VipsImage** out) {
        return vips_copy(in, out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
      })) {
    return take_vips_error();
  }
  if (encode(picture, format, {}, true, {})) return {};
  const auto said = take_vips_error();
  return said.empty() ? "libvips does not say why" : said;
}

std::string writable_formats() {
  std::string names;
  for (const auto format : kWritableFormats) {
    if (why_not_writable(format).empty()) names += (names.empty() ? "" : ", ") + std::string(format);
  }
  return names.empty() ? "none" : names;
}

}  // namespace

const std::string& why_not_writable(std::string_view format) {
  static Mutex mutex;
  static std::map<std::string, std::string, std::less<>> tried;
  const MutexLock lock(mutex);
  if (const auto known = tried.find(format); known != tried.end()) return known->second;
  return tried.emplace(format, try_to_write(format)).first->second;
}

AslError cannot_write(const FileType& format, const std::string& why) {
  return {"Image.CannotWrite", "The result cannot be written as " + std::string(format.name) + ": " + why +
                                   ". The libraries of this stepd write: " + writable_formats() + "."};
}

Result<void> check_writable(const FileType& format) {
  const auto& why = why_not_writable(format.name);
  return why.empty() ? Result<void>() : cannot_write(format, why);
}

}  // namespace stepd::tasks::image
