// From a log group's name to a file's (CloudWatch Logs API reference, CreateLogGroup: letters, digits and `_-/.#`).
#include "storage/logs/log_files.h"

#include <openssl/sha.h>

#include <array>

namespace stepd::storage {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
/// With what rotation puts behind it, below the 255 bytes of a file's name.
constexpr std::size_t kNameBytesMax = 220;

bool stays(char c, bool first) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c == '_' || c == '-' || c == '#' || (c == '.' && !first);
}

std::string digest_of(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (const auto byte : digest) hex += {kDigits[byte >> 4], kDigits[byte & 15u]};
  return hex;
}

}  // namespace

std::filesystem::path log_file_of(const std::filesystem::path& folder, std::string_view group) {
  std::string name;
  for (const char c : group) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/') {
      name += '+';
    } else if (stays(c, name.empty())) {
      name += c;
    } else {
      name += {'%', kDigits[byte >> 4], kDigits[byte & 15u]};
    }
  }
  if (name.size() > kNameBytesMax) {
    const auto digest = digest_of(group);
    name.resize(kNameBytesMax - digest.size());
    name += digest;
  }
  return folder / (name + ".log");
}

}  // namespace stepd::storage
