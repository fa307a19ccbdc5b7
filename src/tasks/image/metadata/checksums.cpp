#include "tasks/image/metadata/checksums.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <zlib.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

Json checksum(DigestKind kind, std::string_view bytes) {
  const auto digest = digest_of(kind, bytes);
  return digest ? Json(to_hex(*digest)) : Json();
}

}  // namespace

Json make_checksums(std::string_view bytes) {
  const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  std::array<char, 9> crc{};
  std::snprintf(crc.data(), crc.size(), "%08lx", sum);
  return {{"md5", checksum(DigestKind::Md5, bytes)},
          {"sha1", checksum(DigestKind::Sha1, bytes)},
          {"sha256", checksum(DigestKind::Sha256, bytes)},
          {"crc32", crc.data()}};
}

}  // namespace stepd::tasks::image
