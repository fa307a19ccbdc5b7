// A photograph for benchmarks that resize, made by libvips. It shows nothing.
#pragma once

#include <vips/vips.h>

#include <stdexcept>
#include <string>

namespace stepd::bench {

inline void check(int code) {
  if (code != 0) throw std::runtime_error(vips_error_buffer());
}

/// Noise on three bands, smooth enough for a photograph's compression.
inline std::string make_photo(int width, int height, const char* suffix) {
  VipsImage* noise = nullptr;
  VipsImage* large = nullptr;
  VipsImage* coloured = nullptr;
  check(vips_gaussnoise(&noise, width / 8, height / 8, nullptr));
  check(vips_resize(noise, &large, 8, nullptr));
  VipsImage* bands[]{large, large, large};
  check(vips_bandjoin(bands, &coloured, 3, nullptr));
  void* bytes = nullptr;
  std::size_t size = 0;
  check(vips_image_write_to_buffer(coloured, suffix, &bytes, &size, nullptr));
  std::string photo(static_cast<const char*>(bytes), size);
  g_free(bytes);
  for (auto* image : {noise, large, coloured}) g_object_unref(image);
  return photo;
}

}  // namespace stepd::bench
