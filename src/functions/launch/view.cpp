#include "functions/launch/view.h"

#include "base/descriptor.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace stepd::functions {
namespace {

namespace fs = std::filesystem;

// linux/mount.h of newer systems.
struct MountAttributes {
  std::uint64_t set = 0;
  std::uint64_t clear = 0;
  std::uint64_t propagation = 0;
  std::uint64_t user_namespace = 0;
};
constexpr std::uint64_t kReadOnly = 0x1;
constexpr std::uint64_t kNoSetuid = 0x2;
constexpr unsigned kRecursive = 0x8000;  // AT_RECURSIVE
#ifndef SYS_mount_setattr
constexpr long kMountSetattr = 442;
#else
constexpr long kMountSetattr = SYS_mount_setattr;
#endif

void check_done(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

void write_file(const std::string& path, const std::string& text, int flags = 0) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644));
  check_done(file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()), path);
}

/// The kernel counts processes by user, and never root's. Since 6.14 a namespace can bound its process ids instead;
/// before, this setting was the whole system's and must not be touched.
void bound_processes() {
  utsname system{};
  int major = 0;
  int minor = 0;
  if (::uname(&system) != 0 || std::sscanf(system.release, "%d.%d", &major, &minor) != 2) return;
  if (major < 6 || (major == 6 && minor < 14)) return;
  const Descriptor file(::open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC));
  constexpr std::string_view kMost = "1024";
  [[maybe_unused]] const auto written = ::write(file.get(), kMost.data(), kMost.size());
}

/// Of a uid_map or gid_map: the same number inside and outside.
std::string same_number(unsigned number) { return std::to_string(number) + " " + std::to_string(number) + " 1\n"; }

/// A new root, built from folders of the old one.
class Root {
 public:
  explicit Root(std::string at) : at_(std::move(at)) {
    check_done(::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mounts stay shared");
    check_done(::mount("tmpfs", at_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755") == 0,
               "no root of its own");
  }

  /// `from` at `to`; what is absent is left out. Symbolic links of the first level stay such. The place may be there: a
  /// /tmp keeps those of the process before.
  void show(const std::string& from, const std::string& to, bool writable) {
    std::error_code failed;
    const auto kind = fs::symlink_status(from, failed).type();
    const std::string place = at_ + to;
    if (failed) return;
    if (kind == fs::file_type::symlink && fs::path(from).parent_path() == "/") {
      fs::create_symlink(fs::read_symlink(from), place);
      return;
    }
    if (to.starts_with("/tmp/")) refuse_links(to);
    if (fs::is_directory(from, failed)) {
      fs::create_directories(place);
    } else if (fs::exists(from, failed)) {
      fs::create_directories(fs::path(place).parent_path());
      check_done(::mknod(place.c_str(), S_IFREG | 0644, 0) == 0 || errno == EEXIST, place);
    } else {
      return;
    }
    check_done(::mount(from.c_str(), place.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0, from);
    protect(place, writable);
  }

  void show_processes() {
    fs::create_directories(at_ + "/proc");
    check_done(::mount("proc", (at_ + "/proc").c_str(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0,
               "/proc");
  }

  void make_folder(const std::string& path) { fs::create_directories(at_ + path); }

  /// Programs look up who they are; nobody else is anybody's business. The name is Lambda's.
  void name_user(unsigned user) {
    const auto number = std::to_string(user);
    const std::string name = "sbx_user1051";
    make_folder("/etc");
    write_file(at_ + "/etc/passwd",
               "root:x:0:0:root:/root:/sbin/nologin\n" + name + ":x:" + number + ":" + number + "::/home/" + name +
                   ":/sbin/nologin\n",
               O_CREAT | O_EXCL);
    write_file(at_ + "/etc/group", "root:x:0:\n" + name + ":x:" + number + ":\n", O_CREAT | O_EXCL);
  }

  void enter() {
    MountAttributes attributes{kReadOnly, 0, 0, 0};
    ::syscall(kMountSetattr, -1, at_.c_str(), 0, &attributes, sizeof attributes);  // the root itself
    check_done(::chdir(at_.c_str()) == 0, at_);
    check_done(::syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
    check_done(::umount2(".", MNT_DETACH) == 0, "the old root stays");
    check_done(::chdir("/") == 0, "/");
  }

 private:
  /// A function may have put a link into its /tmp, and nothing is made where that leads to.
  void refuse_links(const fs::path& to) const {
    fs::path at = at_;
    for (const auto& part : to.relative_path()) {
      at /= part;
      std::error_code failed;
      if (fs::is_symlink(fs::symlink_status(at, failed))) {
        errno = ELOOP;
        check_done(false, at.string());
      }
    }
  }

  static void protect(const std::string& place, bool writable) {
    MountAttributes attributes{kNoSetuid | (writable ? 0 : kReadOnly), 0, 0, 0};
    if (::syscall(kMountSetattr, -1, place.c_str(), kRecursive, &attributes, sizeof attributes) == 0) return;
    check_done(writable, place + " stays writable");  // Landlock alone would be left
  }

  std::string at_;
};

}  // namespace

std::vector<std::string> system_folders() {
  // Of /etc only what programs need and nobody keeps a secret in.
  return {"/usr",
          "/bin",
          "/sbin",
          "/lib",
          "/lib64",
          "/lib32",
          "/etc/alternatives",
          "/etc/ca-certificates",
          "/etc/ca-certificates.conf",
          "/etc/fonts",
          "/etc/gai.conf",
          "/etc/group",
          "/etc/host.conf",
          "/etc/hosts",
          "/etc/ld.so.cache",
          "/etc/ld.so.conf",
          "/etc/ld.so.conf.d",
          "/etc/localtime",
          "/etc/mime.types",
          "/etc/nsswitch.conf",
          "/etc/os-release",
          "/etc/passwd",
          "/etc/pki/tls",
          "/etc/protocols",
          "/etc/resolv.conf",
          "/etc/services",
          "/etc/ssl/certs",
          "/etc/ssl/openssl.cnf",
          "/etc/timezone",
          "/run/systemd/resolve",
          "/sys/devices/system/cpu",
          "/var/cache/fontconfig"};
}

void map_own_user(unsigned user, unsigned group) {
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", same_number(user));
  write_file("/proc/self/gid_map", same_number(group));
}

void map_lent_user(pid_t pid, unsigned user) {
  const auto process = "/proc/" + std::to_string(pid);
  write_file(process + "/uid_map", same_number(0) + same_number(user));
  write_file(process + "/gid_map", same_number(0) + same_number(user));
}

void enter_view(const Launch& launch, const std::string& staging) {
  ::umask(022);
  Root root(staging);
  // What a function brings lies above what the system has, so it comes first.
  root.show(launch.code, kTaskRoot, false);
  root.show(launch.runtime, kRuntimeFolder, false);
  if (!launch.layers.empty()) root.show(launch.layers, kLayerFolder, false);
  root.show(launch.scratch, "/tmp", true);
  if (launch.user != 0) root.name_user(launch.user);
  for (const auto& each : system_folders()) {
    const bool names_users = each == "/etc/passwd" || each == "/etc/group";
    if (launch.user == 0 || !names_users) root.show(each, each, false);
  }
  for (const auto& each : launch.readable) root.show(each, each, false);
  for (const char* each : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/shm"})
    root.show(each, each, true);
  root.make_folder(kLayerFolder);
  root.show_processes();
  root.enter();
  bound_processes();
}

}  // namespace stepd::functions
