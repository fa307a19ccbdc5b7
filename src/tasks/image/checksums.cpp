#include "tasks/image/checksums.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

std::string hex(const unsigned char* bytes, unsigned size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15u];
  }
  return text;
}

Json digest(std::string_view bytes, const EVP_MD* kind) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), value.data(), &size, kind, nullptr) != 1) return nullptr;
  return hex(value.data(), size);
}

}  // namespace

Json make_checksums(std::string_view bytes) {
  const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  std::array<char, 9> crc{};
  std::snprintf(crc.data(), crc.size(), "%08lx", sum);
  return {{"md5", digest(bytes, EVP_md5())},
          {"sha1", digest(bytes, EVP_sha1())},
          {"sha256", digest(bytes, EVP_sha256())},
          {"crc32", crc.data()}};
}

}  // namespace stepd::tasks::image
