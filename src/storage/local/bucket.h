// One bucket's directory: every name beneath it is resolved here, by the kernel, so that none leads out. It does
// not read what objects hold.
#pragma once

#include "base/descriptor.h"
#include "base/mutex.h"
#include "base/objects.h"
#include "base/result.h"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace stepd::storage::local {

/// What a failed system call means to whoever asked for an object.
AslError failure(int error, const ObjectRef& ref);

/// The directory of a bucket as it was when a call began. It stays usable if it is renamed meanwhile.
class BucketDirectory {
 public:
  explicit BucketDirectory(Descriptor fd) : fd_(std::move(fd)) {}
  int fd() const { return fd_.get(); }

  /// A regular file, opened for reading.
  Result<Descriptor> open_object(const ObjectRef& ref) const;
  /// The directory that holds the key's last part; `make` creates what is missing of it, durably.
  enum class Missing { Make, Refuse };
  Result<Descriptor> open_parent(const ObjectRef& ref, Missing missing) const;
  /// Removes the key's parent directories as far as they are empty.
  void prune(std::string_view key) const;
  /// `.stepd-tmp`, made if it is missing.
  Result<Descriptor> open_temporary_folder(const ObjectRef& ref) const;

 private:
  Result<Descriptor> make_parent(const ObjectRef& ref) const;
  Result<void> check_links(const ObjectRef& ref, const struct stat& file) const;

  Descriptor fd_;
};

/// Thread: any.
class Bucket {
 public:
  /// Makes the directory if absent and removes what a crash left half-written. Throws std::system_error.
  Bucket(std::string name, std::filesystem::path path);

  const std::string& name() const { return name_; }
  /// The present directory of the bucket's path: another one if that was replaced. NoSuchBucket if it is gone.
  Result<std::shared_ptr<const BucketDirectory>> directory() const;

 private:
  const std::string name_;
  const std::filesystem::path path_;
  mutable Mutex mutex_;
  mutable std::shared_ptr<const BucketDirectory> directory_ STEPD_GUARDED_BY(mutex_);
  mutable dev_t device_ STEPD_GUARDED_BY(mutex_) = 0;
  mutable ino_t inode_ STEPD_GUARDED_BY(mutex_) = 0;
};

std::string_view parent_of(std::string_view key);
std::string leaf_of(std::string_view key);

}  // namespace stepd::storage::local
