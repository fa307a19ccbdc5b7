#include "daemon/text_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace stepd::daemon {
namespace {

constexpr std::uintmax_t kBytesMax = 4 * 1024 * 1024;

AslError unreadable(const std::filesystem::path& file, const std::string& why) {
  return AslError{"", "cannot read " + file.string() + ": " + why};
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (error) return unreadable(file, error.message());
  if (!std::filesystem::is_regular_file(status)) return unreadable(file, "it is no regular file");
  if (std::filesystem::file_size(file, error) > kBytesMax) return unreadable(file, "it has more than 4 MiB");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return unreadable(file, std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad()) return unreadable(file, std::strerror(errno));
  return text;
}

}  // namespace stepd::daemon
