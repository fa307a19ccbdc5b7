// The buckets of a store by name: those of the configuration, and those that clients have made, each a folder beneath
// one root.
#pragma once

#include "base/mutex.h"
#include "base/objects.h"
#include "storage/local/bucket.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::storage::local {

/// Thread: any.
class BucketSet {
 public:
  /// `made_root` holds the buckets that were made; empty: none can be made. A name of `configured` hides one that was
  /// made. Throws std::invalid_argument for a name that is none, std::system_error.
  BucketSet(const std::map<std::string, std::filesystem::path>& configured, std::filesystem::path made_root);

  std::vector<std::string> names() const;
  bool has(std::string_view name) const;
  /// `Object.NoSuchBucket`.
  Result<std::shared_ptr<const BucketDirectory>> directory(std::string_view name) const;
  Result<BucketStat> describe(std::string_view name) const;
  /// `Object.BucketExists`, `Object.InvalidBucketName`, `Object.AccessDenied`, `Object.Failed`.
  Result<void> make(const std::string& name);
  /// `Object.BucketNotEmpty` if an object is in it; uploads that are open go with it.
  Result<void> remove(const std::string& name);

 private:
  struct Entry {
    std::shared_ptr<const Bucket> bucket;
    std::filesystem::path path;
    bool made = false;
  };
  void take_in_made();
  Result<Entry> find(std::string_view name) const;

  const std::filesystem::path made_root_;
  mutable Mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_ STEPD_GUARDED_BY(mutex_);
};

}  // namespace stepd::storage::local
