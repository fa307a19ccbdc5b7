#include "tasks/workers/sandbox.h"

#include "base/landlock.h"
#include "base/lent_user.h"
#include "tasks/workers/sanitized.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace stepd::tasks::workers {
namespace {

constexpr uid_t kNobody = 65'534;
constexpr rlim_t kOpenFiles = 128;
constexpr rlim_t kThreadsPerWorker = 32;
// Text in a picture is drawn with the system's fonts. Nothing in these folders is anybody's secret.
const std::array<FileRule, 5> kFontFolders{{{"/usr/share/fonts"},
                                            {"/usr/local/share/fonts"},
                                            {"/usr/share/fontconfig"},
                                            {"/etc/fonts"},
                                            {"/var/cache/fontconfig"}}};

void check(int code, const char* what) {
  if (code != 0) throw std::system_error(errno, std::generic_category(), what);
}

/// Leaves root behind, if the process is root and may. A user of its own is one that the kernel counts threads of for
/// this process and its children alone; a user namespace that maps few users has none, and leaves `nobody`.
void leave_root(Fences& fences) {
  if (::geteuid() != 0) return;
  fences.thread_limit = become_user(kImageUsers.first + static_cast<uid_t>(::getpid()) % kImageUsers.count);
  fences.own_user = fences.thread_limit || become_user(kNobody);
}

void drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  check(static_cast<int>(::syscall(SYS_capset, &header, none.data())), "capabilities cannot be dropped");
}

std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void limit(int resource, rlim_t most) {
  rlimit given{};
  check(::getrlimit(static_cast<__rlimit_resource>(resource), &given), "a limit cannot be read");
  const rlimit wanted{std::min(most, given.rlim_max), std::min(most, given.rlim_max)};
  check(::setrlimit(static_cast<__rlimit_resource>(resource), &wanted), "a limit cannot be set");
}

void limit_resources(const Confinement& confinement, bool limits_threads) {
  // The sanitizers reserve terabytes of addresses.
  if (!kSanitized) limit(RLIMIT_AS, address_space() + confinement.memory);
  limit(RLIMIT_CPU, confinement.cpu_seconds);
  limit(RLIMIT_FSIZE, confinement.file_bytes);
  limit(RLIMIT_NOFILE, kOpenFiles);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_MEMLOCK, 0);
  // Elsewhere it would count what the same user runs beside stepd. New processes are forbidden in any case.
  if (limits_threads) limit(RLIMIT_NPROC, 1 + kThreadsPerWorker * confinement.processes);
}

/// When memory is short the kernel ends a worker rather than the daemon.
void die_first() { std::ofstream("/proc/self/oom_score_adj") << 800; }

}  // namespace

Fences confine_process(const Confinement& confinement) {
  Fences fences;
  die_first();
  leave_root(fences);
  fences.own_namespace = ::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0;
  fences.thread_limit = fences.thread_limit || fences.own_namespace;
  drop_capabilities();
  check(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs cannot be set");
  check(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "the process stays open to others");
  limit_resources(confinement, fences.thread_limit);
  fences.landlock = restrict_process(kFontFolders, TcpAccess::Taken);
  return fences;
}

std::string describe(const Fences& fences) {
  std::string stands = "seccomp, resource limits";
  std::string missing;
  const auto say = [&](bool holds, const std::string& name) {
    std::string& list = holds ? stands : missing;
    list += (list.empty() ? "" : ", ") + name;
  };
  say(fences.landlock > 0, fences.landlock > 0 ? "Landlock " + std::to_string(fences.landlock) : "Landlock");
  say(fences.own_namespace, "own namespaces");
  say(fences.thread_limit, "a limit of threads");
  if (fences.own_user) say(true, "own user");
  return missing.empty() ? stands : stands + "; not to be had here: " + missing;
}

}  // namespace stepd::tasks::workers
