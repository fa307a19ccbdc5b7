// The system calls that work on pictures needs, and what happens at all others. The rest of the sandbox is sandbox.cpp.
#include "tasks/workers/sandbox.h"
#include "tasks/workers/sanitized.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>
#include <memory>
#include <system_error>

// The macros of seccomp.h make compound literals, which are C's.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wc99-extensions"
#endif

namespace stepd::tasks::workers {
namespace {

/// Memory, threads, time, and the descriptors that are open already.
constexpr const char* kAllowed[] = {
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "lseek",
    "close",
    "fstat",
    "fadvise64",
    "dup",
    "msync",
    "ftruncate",
    "fcntl",
    "memfd_create",
    "sendmsg",
    "recvmsg",
    "sendto",
    "recvfrom",
    "poll",
    "ppoll",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "brk",
    "membarrier",
    "futex",
    "set_robust_list",
    "rseq",
    "set_tid_address",
    "sched_yield",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "eventfd2",
    "getppid",
    "sched_getaffinity",
    "getcpu",
    "gettid",
    "getpid",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "restart_syscall",
    "exit",
    "exit_group",
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    "times",
    "getrandom",
    "getrusage",
    "sysinfo",
    "uname",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
};

/// The sanitizer of undefined behaviour asks the kernel through a pipe whether memory may be read.
constexpr const char* kSanitizers[] = {"pipe", "pipe2"};

/// What libraries try at times and can do without: they are told no, and go on.
struct Refused {
  const char* name;
  int error;
};
constexpr Refused kRefused[] = {
    {"open", EACCES},
    {"openat2", ENOSYS},
    {"creat", EACCES},
    {"readlink", EACCES},
    {"readlinkat", EACCES},
    {"ioctl", ENOTTY},
    {"statfs", EACCES},
    {"fstatfs", ENOSYS},
    {"getcwd", EACCES},
    {"umask", EPERM},
    {"mkdir", EACCES},
    {"mkdirat", EACCES},
    {"unlink", EACCES},
    {"unlinkat", EACCES},
    {"rename", EACCES},
    {"link", EACCES},
    {"symlink", EACCES},
    {"chmod", EACCES},
    {"fchmod", EPERM},
    {"utimensat", EACCES},
    // The C library falls back to clone, whose flags a filter can read.
    {"clone3", ENOSYS},
    {"mlock", EPERM},
    {"mbind", EPERM},
    {"set_mempolicy", EPERM},
    {"get_mempolicy", EPERM},
    {"getpriority", EPERM},
    {"setpriority", EPERM},
    {"sched_setaffinity", EPERM},
    {"sched_getattr", EPERM},
    {"sched_setattr", EPERM},
    {"sched_getparam", EPERM},
    {"sched_getscheduler", EPERM},
    {"sched_setscheduler", EPERM},
};

/// Harmless where Landlock says which files there are, and of use for fonts alone.
constexpr const char* kLooking[] = {"stat", "lstat", "statx", "access", "faccessat", "faccessat2", "getdents64"};

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

void add(const Filter& filter, std::uint32_t action, const char* name,
         std::initializer_list<scmp_arg_cmp> arguments = {}) {
  const int number = seccomp_syscall_resolve_name(name);
  if (number == __NR_SCMP_ERROR) return;  // not on this kind of processor
  const int failed = seccomp_rule_add_array(filter.get(), action, number, static_cast<unsigned>(arguments.size()),
                                            arguments.size() == 0 ? nullptr : arguments.begin());
  // A rule that says what the filter does anyway is refused; no other rule may be missing.
  if (failed != 0 && failed != -EACCES) throw std::system_error(-failed, std::generic_category(), name);
}

void add_rules(const Filter& filter, bool may_look) {
  for (const char* name : kAllowed) add(filter, SCMP_ACT_ALLOW, name);
  if (kSanitized) {
    for (const char* name : kSanitizers) add(filter, SCMP_ACT_ALLOW, name);
  }
  for (const auto& [name, error] : kRefused) add(filter, SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), name);
  for (const char* name : kLooking) add(filter, may_look ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EACCES), name);
  // fstat() is this call with an empty path.
  const auto empty_path = [](std::uint64_t flag) { return SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, flag); };
  add(filter, SCMP_ACT_ALLOW, "newfstatat", {empty_path(AT_EMPTY_PATH)});
  add(filter, may_look ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EACCES), "newfstatat", {empty_path(0)});

  constexpr std::uint64_t kWriting = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
  if (may_look) add(filter, SCMP_ACT_ALLOW, "openat", {SCMP_A2(SCMP_CMP_MASKED_EQ, kWriting, O_RDONLY)});
  for (std::uint64_t bit : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_TMPFILE & ~O_DIRECTORY}) {
    add(filter, SCMP_ACT_ERRNO(EACCES), "openat", {SCMP_A2(SCMP_CMP_MASKED_EQ, bit, bit)});
  }
  if (!may_look) add(filter, SCMP_ACT_ERRNO(EACCES), "openat", {SCMP_A2(SCMP_CMP_MASKED_EQ, kWriting, O_RDONLY)});

  // Threads and no processes; signals to itself, as abort() sends them; a thread's name; limits read, never set.
  add(filter, SCMP_ACT_ALLOW, "clone", {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)});
  add(filter, SCMP_ACT_ALLOW, "tgkill", {SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()))});
  add(filter, SCMP_ACT_ALLOW, "prctl", {SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)});
  add(filter, SCMP_ACT_ERRNO(EPERM), "prctl", {SCMP_A0(SCMP_CMP_NE, PR_SET_NAME)});
  add(filter, SCMP_ACT_ALLOW, "prlimit64", {SCMP_A2(SCMP_CMP_EQ, 0)});
  add(filter, SCMP_ACT_ERRNO(EPERM), "prlimit64", {SCMP_A2(SCMP_CMP_NE, 0)});
}

}  // namespace

void confine_system_calls(const Fences& fences) {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
  if (filter == nullptr) throw std::system_error(ENOMEM, std::generic_category(), "seccomp");
  seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  add_rules(filter, fences.landlock > 0);
  const int failed = seccomp_load(filter.get());
  if (failed != 0) throw std::system_error(-failed, std::generic_category(), "seccomp cannot be put in force");
}

}  // namespace stepd::tasks::workers
