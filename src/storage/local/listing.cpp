#include "storage/local/listing.h"

#include "base/limits.h"
#include "base/open_beneath.h"
#include "storage/local/local_objects.h"
#include "storage/local/object_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace stepd::storage::local {
namespace {

/// A page ends early once so much was read to compute ETags of files that were put into the folder: a caller must not
/// wait until a whole new tree is read.
constexpr std::uint64_t kReadBytesMax = 256ULL << 20;

/// Bits of `st_mode` that tell what an entry is; 0 if it is gone.
mode_t kind_of(int directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return DTTOIF(entry.d_type);
  struct stat stat {};
  return ::fstatat(directory, entry.d_name, &stat, AT_SYMLINK_NOFOLLOW) == 0 ? stat.st_mode & S_IFMT : 0;
}

class Walk {
 public:
  Walk(const BucketDirectory& directory, const std::string& bucket, const std::string& prefix, const std::string& after,
       std::size_t limit, Folders folders)
      : directory_(directory), bucket_(bucket), prefix_(prefix), after_(after), limit_(limit), folders_(folders) {}

  /// `folder` is empty or ends with `/`.
  Result<void> visit(const std::string& folder) {
    STEPD_TRY(const std::vector<std::string> names, read(folder));
    for (const auto& name : names) {
      if (listing_.more || listing_.entries.size() >= stop_at_) break;
      if (name.back() == '/') {
        STEPD_CHECK(visit_folder(name));
      } else {
        STEPD_CHECK(add(name));
      }
    }
    return {};
  }

  ObjectListing take() { return std::move(listing_); }

 private:
  Result<void> visit_folder(const std::string& name) {
    const bool is_behind = name.size() > prefix_.size() && name.starts_with(prefix_);
    if (folders_ == Folders::Whole || !is_behind) return visit(name);
    const auto outer = std::exchange(stop_at_, std::min(stop_at_, listing_.entries.size() + 1));
    auto visited = visit(name);
    stop_at_ = outer;
    return visited;
  }

  /// Keys, and folders with their `/`: sorted like this, a walk meets the keys in bytewise order.
  Result<std::vector<std::string>> read(const std::string& folder) const {
    std::vector<std::string> names;
    Descriptor fd = open_beneath(directory_.fd(), folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
    if (!fd) {
      // Gone meanwhile, never an honest folder, or closed to this process: no key lies there.
      for (const int absent : {ENOENT, ENOTDIR, ELOOP, EXDEV, EACCES}) {
        if (errno == absent) return names;
      }
      return failure(errno, {bucket_, folder});
    }
    const int copy = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0);
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
    if (!entries) return failure(errno, {bucket_, folder});
    while (const dirent* entry = ::readdir(entries.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      std::string key = folder + std::string(name);
      if (key.size() > limits::kObjectKeyBytes) continue;
      const auto kind = kind_of(fd.get(), *entry);
      if (S_ISDIR(kind)) {
        key += '/';
        if (may_hold_wanted(key)) names.push_back(std::move(key));
      } else if (S_ISREG(kind) && key.starts_with(prefix_) && key > after_) {
        names.push_back(std::move(key));
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  bool may_hold_wanted(const std::string& folder) const {
    for (const auto own : {kTemporaryFolder, kOddKeysFolder}) {
      if (folder == std::string(own) + "/") return false;
    }
    const bool fits_prefix = folder.starts_with(prefix_) || prefix_.starts_with(folder);
    // No key has the byte 0xFF: behind a folder and that byte comes nothing of the folder.
    const bool is_behind = after_.size() > folder.size() && after_[folder.size()] == '\xFF';
    const bool is_ahead = folder > after_ || (after_.starts_with(folder) && !is_behind);
    return fits_prefix && is_ahead;
  }

  Result<void> add(const std::string& key) {
    if (!check_key(key)) return {};
    const ObjectRef ref{bucket_, key};
    // Without O_PATH, so that the content type can be read; with it, so that a file that this process may not read does
    // not spoil the listing of the others.
    Descriptor fd = open_beneath(directory_.fd(), key, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!fd && (errno == EACCES || errno == EPERM)) fd = open_beneath(directory_.fd(), key, O_PATH);
    if (!fd) return {};  // gone meanwhile
    if (listing_.entries.size() == limit_ || read_bytes_ >= kReadBytesMax) {
      listing_.more = true;
      return {};
    }
    STEPD_TRY(ObjectStat stat, stat_of(fd.get(), ref, Detail::Listed, &read_bytes_));
    listing_.entries.push_back({key, std::move(stat)});
    return {};
  }

  const BucketDirectory& directory_;
  const std::string& bucket_;
  const std::string& prefix_;
  const std::string& after_;
  const std::size_t limit_;
  const Folders folders_;
  std::size_t stop_at_ = std::numeric_limits<std::size_t>::max();  ///< so many entries end the visit of a folder
  std::uint64_t read_bytes_ = 0;                                   ///< for ETags that were not known
  ObjectListing listing_;
};

}  // namespace

Result<ObjectListing> list_keys(const BucketDirectory& directory, const std::string& bucket, const std::string& prefix,
                                const std::string& after, std::size_t limit, Folders folders) {
  const std::string folder = prefix.substr(0, prefix.rfind('/') + 1);
  // A folder that cannot be part of a key (`a//`, `../`) holds none.
  if (!folder.empty() && !check_key(std::string_view(folder).substr(0, folder.size() - 1))) return ObjectListing{};
  Walk walk(directory, bucket, prefix, after, limit, folders);
  STEPD_CHECK(walk.visit(folder));
  return walk.take();
}

}  // namespace stepd::storage::local
