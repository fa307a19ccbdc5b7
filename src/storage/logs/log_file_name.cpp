// From a log group's name to a file's (CloudWatch Logs API reference, CreateLogGroup: letters, digits and `_-/.#`).
#include "base/digest.h"
#include "base/encoding.h"
#include "storage/logs/log_files.h"

namespace stepd::storage {
namespace {

/// With what rotation puts behind it, below the 255 bytes of a file's name.
constexpr std::size_t kNameBytesMax = 220;

bool stays(char c, bool first) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c == '_' || c == '-' || c == '#' || (c == '.' && !first);
}

}  // namespace

std::filesystem::path log_file_of(const std::filesystem::path& folder, std::string_view group) {
  std::string name;
  for (const char c : group) {
    if (c == '/') {
      name += '+';
    } else if (stays(c, name.empty())) {
      name += c;
    } else {
      name += '%' + to_hex({&c, 1});
    }
  }
  if (name.size() > kNameBytesMax) {
    const auto digest = to_hex(sha256(group));
    name.resize(kNameBytesMax - digest.size());
    name += digest;
  }
  return folder / (name + ".log");
}

}  // namespace stepd::storage
