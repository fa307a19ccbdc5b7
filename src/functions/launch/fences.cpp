#include "functions/launch/fences.h"

#include "base/landlock.h"
#include "base/lent_user.h"
#include "functions/launch/view.h"

#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <initializer_list>
#include <system_error>

// The macros of seccomp.h make compound literals, which are C's.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wc99-extensions"
#endif

namespace stepd::functions {
namespace {

constexpr rlim_t kOpenFiles = 1'024;  // as on Lambda
constexpr rlim_t kProcesses = 1'024;  // processes and threads, where the kernel counts those of the namespace alone
constexpr int kLastCapability = 63;

constexpr const char* kRefusedCalls[] = {
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "kcmp",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "setns",
    "unshare",
    "bpf",
    "perf_event_open",
    "keyctl",
    "add_key",
    "request_key",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "swapon",
    "swapoff",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "pidfd_getfd",
    "acct",
    "quotactl",
    "syslog",
    "sethostname",
    "setdomainname",
    "iopl",
    "ioperm",
    "name_to_handle_at",
    "open_by_handle_at",
    "lookup_dcookie",
    "vhangup",
    "nfsservctl",
    "fanotify_init",
    "mbind",
};

void check_call(int code, const char* what) {
  if (code != 0) throw std::system_error(errno, std::generic_category(), what);
}

void limit(int resource, rlim_t most) {
  rlimit given{};
  check_call(::getrlimit(static_cast<__rlimit_resource>(resource), &given), "a limit cannot be read");
  const rlimit wanted{std::min(most, given.rlim_max), std::min(most, given.rlim_max)};
  check_call(::setrlimit(static_cast<__rlimit_resource>(resource), &wanted), "a limit cannot be set");
}

/// A program that root starts would get its capabilities back.
void bound_capabilities() {
  for (int each = 0; each <= kLastCapability; ++each) ::prctl(PR_CAPBSET_DROP, each, 0, 0, 0);
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

void drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  check_call(static_cast<int>(::syscall(SYS_capset, &header, none.data())), "capabilities cannot be dropped");
}

void restrict_files_of(const Launch& launch, bool view) {
  std::vector<FileRule> rules;
  for (const auto& each : system_folders()) rules.push_back({each, FileRight::ReadAndRun});
  for (const auto& each : launch.readable) rules.push_back({each, FileRight::ReadAndRun});
  rules.push_back({view ? kTaskRoot : launch.code, FileRight::ReadAndRun});
  rules.push_back({view ? kRuntimeFolder : launch.runtime, FileRight::ReadAndRun});
  if (!launch.layers.empty()) rules.push_back({view ? kLayerFolder : launch.layers, FileRight::ReadAndRun});
  rules.push_back({"/proc", FileRight::Read});
  for (const char* each : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/shm"})
    rules.push_back({each, FileRight::Everything});
  // Without a view all functions share the system's /tmp, which their code names.
  rules.push_back({"/tmp", FileRight::Everything});
  if (!view) rules.push_back({launch.scratch, FileRight::Everything});
  restrict_process(rules, TcpAccess::Kept);
}

/// When memory is short the kernel ends a function rather than the daemon.
void go_first() { std::ofstream("/proc/self/oom_score_adj") << 700; }

void refuse(scmp_filter_ctx context, const char* name, int error, std::initializer_list<scmp_arg_cmp> when = {}) {
  const int number = seccomp_syscall_resolve_name(name);
  if (number == __NR_SCMP_ERROR) return;  // a call that this architecture, or library, does not have
  seccomp_rule_add_array(context, SCMP_ACT_ERRNO(static_cast<unsigned>(error)), number,
                         static_cast<unsigned>(when.size()), when.begin());
}

}  // namespace

SystemCallFilter::SystemCallFilter() : context_(seccomp_init(SCMP_ACT_ALLOW)) {
  if (context_ == nullptr) throw std::system_error(ENOMEM, std::generic_category(), "seccomp");
  for (const char* each : kRefusedCalls) refuse(context_, each, EPERM);
  // Its flags lie in memory, where a filter cannot look; the C library then uses clone.
  refuse(context_, "clone3", ENOSYS);
  for (const std::uint64_t flag :
       {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}) {
    refuse(context_, "clone", EPERM, {SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag)});
  }
}

SystemCallFilter::~SystemCallFilter() { seccomp_release(context_); }

void SystemCallFilter::put_in_force() const {
  const int failed = seccomp_load(context_);
  if (failed != 0) throw std::system_error(-failed, std::generic_category(), "seccomp cannot be put in force");
}

void confine_function(const Launch& launch, const FunctionFences& fences, const SystemCallFilter& filter) {
  go_first();
  check_call(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs cannot be set");
  bound_capabilities();
  if (launch.user != 0) check_call(become_user(launch.user) ? 0 : -1, "no user of its own");
  drop_capabilities();
  if (!fences.confined) return;
  if (fences.landlock > 0) restrict_files_of(launch, fences.view);
  filter.put_in_force();
}

/// No address-space limit: V8 reserves more than any function may use, and hangs where it may not.
void limit_function(const Launch& launch, const FunctionFences& fences) {
  limit(RLIMIT_DATA, launch.memory);
  limit(RLIMIT_FSIZE, launch.file_bytes);
  limit(RLIMIT_NOFILE, kOpenFiles);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_MEMLOCK, 65'536);
  if (fences.view) limit(RLIMIT_NPROC, kProcesses);
}

}  // namespace stepd::functions
