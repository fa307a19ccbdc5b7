#include "functions/code_stamp.h"

#include <sys/stat.h>

#include <array>
#include <functional>
#include <string_view>

namespace stepd::functions {
namespace {

constexpr std::array<std::string_view, 6> kPackages{"node_modules", "site-packages", "__pycache__",
                                                    ".git",         ".venv",         ".aws-sam"};

std::uint64_t mixed(std::uint64_t sum, std::uint64_t value) {
  return (sum ^ value) * 0x9e37'79b9'7f4a'7c15ull + (sum >> 29);
}

}  // namespace

std::uint64_t stamp_of(const std::filesystem::path& folder) {
  std::uint64_t sum = 0;
  std::size_t seen = 0;
  std::error_code failed;
  // What follows is added up without regard to order, which folders do not keep.
  for (std::filesystem::recursive_directory_iterator each(folder, failed), end; each != end && seen < kStampFiles;
       each.increment(failed), ++seen) {
    if (failed) break;
    struct stat about {};
    if (::lstat(each->path().c_str(), &about) != 0) continue;
    const auto name = each->path().filename().string();
    for (const auto package : kPackages) {
      if (name == package) each.disable_recursion_pending();
    }
    std::uint64_t one = std::hash<std::string>{}(each->path().string());
    if (!S_ISDIR(about.st_mode) || each.recursion_pending()) {
      one = mixed(one, static_cast<std::uint64_t>(about.st_size));
      one = mixed(one, static_cast<std::uint64_t>(about.st_mtim.tv_sec));
      one = mixed(one, static_cast<std::uint64_t>(about.st_mtim.tv_nsec));
      one = mixed(one, about.st_ino);
    }
    sum += one;
  }
  return sum;
}

}  // namespace stepd::functions
