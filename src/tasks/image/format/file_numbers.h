// Numbers out of bytes of a file, for the readers of headers. What lies beyond the end reads as 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stepd::tasks::image {

inline std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

inline std::uint32_t big16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

inline std::uint32_t big32(std::string_view bytes, std::size_t at) {
  return big16(bytes, at) << 16 | big16(bytes, at + 2);
}

inline std::uint32_t little16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at + 1) << 8 | byte_at(bytes, at);
}

inline std::uint32_t little32(std::string_view bytes, std::size_t at) {
  return little16(bytes, at + 2) << 16 | little16(bytes, at);
}

/// The `size` bytes from `at`, fewer at the end.
inline std::string_view slice(std::string_view bytes, std::size_t at, std::size_t size) {
  return at < bytes.size() ? bytes.substr(at, size) : std::string_view();
}

}  // namespace stepd::tasks::image
