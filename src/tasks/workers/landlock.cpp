#include "tasks/workers/landlock.h"

#include "base/descriptor.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace stepd::tasks::workers {
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
constexpr std::uint64_t kReadFile = 1u << 2;
constexpr std::uint64_t kReadFolder = 1u << 3;

/// All that this version can take away.
Ruleset everything(int version) {
  Ruleset rules{(1u << 13) - 1, 0, 0};
  if (version >= 2) rules.files |= 1u << 13;  // moving between folders
  if (version >= 3) rules.files |= 1u << 14;  // truncating
  if (version >= 4) rules.network = 0b11;     // TCP: binding, connecting
  if (version >= 5) rules.files |= 1u << 15;  // ioctl on devices
  if (version >= 6) rules.scopes = 0b11;      // abstract UNIX sockets, signals
  return rules;
}

std::size_t size_for(int version) {
  if (version >= 6) return sizeof(Ruleset);
  return version >= 4 ? offsetof(Ruleset, scopes) : offsetof(Ruleset, network);
}

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

int restrict_files(std::span<const char* const> readable) {
  const auto version = static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion));
  if (version <= 0) return 0;
  const Ruleset rules = everything(version);
  const Descriptor ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size_for(version), 0)));
  if (!ruleset) fail("Landlock refuses its rules");
  for (const char* path : readable) {
    const Descriptor folder(::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) continue;
    const PathBeneath rule{kReadFile | kReadFolder, folder.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), kRulePathBeneath, &rule, 0) != 0)
      fail("Landlock refuses a rule");
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) fail("Landlock cannot be put in force");
  return version;
}

}  // namespace stepd::tasks::workers
