#include "base/landlock.h"

#include "base/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace stepd {
namespace {

// linux/landlock.h, as of version 7 of its interface.
struct Ruleset {
  std::uint64_t files;
  std::uint64_t network;
  std::uint64_t scopes;
};
struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed;
  std::int32_t folder;
};
constexpr unsigned kAskVersion = 1;
constexpr int kRulePathBeneath = 1;
constexpr std::uint64_t kRun = 1u << 0;
constexpr std::uint64_t kWriteFile = 1u << 1;
constexpr std::uint64_t kReadFile = 1u << 2;
constexpr std::uint64_t kReadFolder = 1u << 3;
constexpr std::uint64_t kTruncate = 1u << 14;
constexpr std::uint64_t kDeviceControl = 1u << 15;
/// A rule about a file that is no folder may grant no other rights than these.
constexpr std::uint64_t kOfFiles = kRun | kWriteFile | kReadFile | kTruncate | kDeviceControl;

/// All that this version can take away.
Ruleset everything(int version, TcpAccess tcp) {
  Ruleset rules{(1u << 13) - 1, 0, 0};
  if (version >= 2) rules.files |= 1u << 13;  // moving between folders
  if (version >= 3) rules.files |= kTruncate;
  if (version >= 4 && tcp == TcpAccess::Taken) rules.network = 0b11;  // TCP: binding, connecting
  if (version >= 5) rules.files |= kDeviceControl;
  if (version >= 6) rules.scopes = 0b11;  // abstract UNIX sockets, signals
  return rules;
}

std::size_t size_for(int version) {
  if (version >= 6) return sizeof(Ruleset);
  return version >= 4 ? offsetof(Ruleset, scopes) : offsetof(Ruleset, network);
}

std::uint64_t rights_of(FileRight right) {
  if (right == FileRight::Read) return kReadFile | kReadFolder;
  return right == FileRight::ReadAndRun ? kReadFile | kReadFolder | kRun : ~std::uint64_t{0};
}

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

int landlock_version() {
  return std::max(0, static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion)));
}

int restrict_process(std::span<const FileRule> rules, TcpAccess tcp) {
  const int version = landlock_version();
  if (version == 0) return 0;
  const Ruleset taken = everything(version, tcp);
  const Descriptor ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &taken, size_for(version), 0)));
  if (!ruleset) fail("Landlock refuses its rules");
  for (const auto& each : rules) {
    const Descriptor place(::open(each.path.c_str(), O_PATH | O_CLOEXEC));
    struct stat about {};
    if (!place || ::fstat(place.get(), &about) != 0) continue;
    auto allowed = rights_of(each.right) & taken.files;
    if (!S_ISDIR(about.st_mode)) allowed &= kOfFiles;
    const PathBeneath rule{allowed, place.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), kRulePathBeneath, &rule, 0) != 0)
      fail("Landlock refuses a rule");
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) fail("Landlock cannot be put in force");
  return version;
}

}  // namespace stepd
