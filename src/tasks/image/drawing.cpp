#include "tasks/image/drawing.h"

#include "tasks/image/vips.h"

#include <vips/vips.h>

namespace stepd::tasks::image {

Result<std::string> png_of_drawing(const std::string& svg) {
  constexpr double kScale = 2;
  const auto failed = [] { return AslError{"", "the drawing cannot be made a PNG: " + take_vips_error()}; };
  if (VIPS_INIT("stepd") != 0) return failed();
  VipsImage* read = nullptr;
  // libvips's interface has no const.
  auto* bytes = const_cast<char*>(svg.data());
  if (vips_svgload_buffer(bytes, svg.size(), &read, "scale", kScale, nullptr) != 0) return failed();
  Picture picture(read);
  const std::unique_ptr<VipsArrayDouble, void (*)(VipsArrayDouble*)> white(
      vips_array_double_newv(3, 255.0, 255.0, 255.0),
      [](VipsArrayDouble* array) { vips_area_unref(VIPS_AREA(array)); });
  const bool flat = apply(picture, [&](VipsImage* from, VipsImage** to) {
    return vips_flatten(from, to, "background", white.get(), nullptr);
  });
  void* written = nullptr;
  std::size_t size = 0;
  if (!flat || vips_pngsave_buffer(picture.get(), &written, &size, "compression", 9, nullptr) != 0) return failed();
  const std::unique_ptr<void, void (*)(void*)> png(written, [](void* memory) { g_free(memory); });
  return std::string(static_cast<const char*>(written), size);
}

}  // namespace stepd::tasks::image
