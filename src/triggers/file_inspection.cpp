#include "triggers/file_inspection.h"

#include "base/limits.h"
#include "base/open_beneath.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <cerrno>
#include <csignal>
#include <memory>
#include <vector>

namespace stepd::triggers {
namespace {

constexpr unsigned kStatFields = STATX_TYPE | STATX_INO | STATX_SIZE | STATX_MTIME | STATX_BTIME;

std::int64_t to_ns(const statx_timestamp& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

FileIdentity identity_of(const struct statx& stat) {
  const bool has_birth = (stat.stx_mask & STATX_BTIME) != 0;
  return {stat.stx_ino, stat.stx_size, to_ns(stat.stx_mtime), has_birth ? to_ns(stat.stx_btime) : 0};
}

/// The kernel refuses a read lease on a file that is open for writing anywhere (fcntl(2), "Leases"). File systems
/// without leases, and files of other users, give no answer: then only the quiet time protects.
bool is_being_written(int file) {
  ::fcntl(file, F_SETSIG, SIGURG);  // a broken lease would otherwise send SIGIO, which ends the process
  if (::fcntl(file, F_SETLEASE, F_RDLCK) == 0) {
    ::fcntl(file, F_SETLEASE, F_UNLCK);
    return false;
  }
  return errno == EAGAIN;
}

/// The folder is asked by its own name: should it be moved meanwhile, the file is looked at again anyway.
bool may_be_object(int root, const std::string& key, int file, bool kernel_protects) {
  struct stat stat {};
  struct stat folder {};
  if (::fstat(file, &stat) != 0) return false;
  const auto slash = key.rfind('/');
  const Descriptor parent =
      open_beneath(root, slash == std::string::npos ? "." : key.substr(0, slash), O_PATH | O_DIRECTORY);
  if (!parent || ::fstat(parent.get(), &folder) != 0) return false;
  return storage::local::may_be_object(stat, folder, kernel_protects);
}

}  // namespace

Descriptor open_directory(const std::filesystem::path& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_same_directory(int root, const std::filesystem::path& path) {
  struct stat held {};
  struct stat named {};
  return ::fstat(root, &held) == 0 && ::lstat(path.c_str(), &named) == 0 && held.st_dev == named.st_dev &&
         held.st_ino == named.st_ino && held.st_nlink > 0;
}

FileIdentity identity_of(int file) {
  struct statx stat {};
  if (::statx(file, "", AT_EMPTY_PATH, kStatFields, &stat) != 0) return {};
  return identity_of(stat);
}

Look look_at(int root, const std::string& key, bool kernel_protects_links) {
  // O_PATH reaches no driver and waits for no reader; only what turns out to be a regular file is opened for real.
  const Descriptor place = open_beneath(root, key, O_PATH | O_NOFOLLOW);
  if (!place) return {errno == ELOOP || errno == EXDEV ? Found::Unfit : Found::Absent, {}, false};
  struct statx stat {};
  if (::statx(place.get(), "", AT_EMPTY_PATH, kStatFields, &stat) != 0) return {};
  if (!S_ISREG(stat.stx_mode)) return {Found::Unfit, {}, false};
  if (!may_be_object(root, key, place.get(), kernel_protects_links)) return {Found::Linked, {}, false};
  const std::string same_file = "/proc/self/fd/" + std::to_string(place.get());
  const Descriptor file(::open(same_file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) return {Found::Unreadable, {}, false};
  return {Found::File, identity_of(stat), is_being_written(file.get())};
}

bool is_present(int root, const std::string& key) {
  return static_cast<bool>(open_beneath(root, key, O_PATH | O_NOFOLLOW));
}

bool scan(int root, const std::string& prefix, const Visitor& visitor) {
  bool complete = true;
  std::vector<std::string> directories{prefix};
  while (!directories.empty()) {
    const std::string beneath = std::move(directories.back());
    directories.pop_back();
    Descriptor directory = open_beneath(root, beneath.empty() ? "." : beneath, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!directory) {
      complete = complete && errno == ENOENT;  // gone since its parent was read
      continue;
    }
    visitor.directory(directory.get(), beneath);
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(::dup(directory.get())), ::closedir);
    if (listing == nullptr) {
      complete = false;
      continue;
    }
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(listing.get());
      if (entry == nullptr) break;
      const std::string name = entry->d_name;
      // Before the entry is looked at: these are many where programs keep notes beside files.
      if (name == "." || name == ".." || beneath.size() + name.size() > limits::kObjectKeyBytes) continue;
      if (visitor.skips(beneath + name)) continue;
      struct statx stat {};
      if (::statx(directory.get(), name.c_str(), AT_SYMLINK_NOFOLLOW, kStatFields, &stat) != 0) continue;
      if (S_ISDIR(stat.stx_mode)) {
        if (!visitor.skips(beneath + name + "/")) directories.push_back(beneath + name + "/");
      } else if (S_ISREG(stat.stx_mode)) {
        visitor.file(beneath + name, identity_of(stat));
      }
    }
    complete = complete && errno == 0;
  }
  return complete;
}

}  // namespace stepd::triggers
