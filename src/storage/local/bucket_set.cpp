#include "storage/local/bucket_set.h"

#include "storage/local/local_objects.h"
#include "storage/local/odd_keys.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace stepd::storage::local {
namespace {

AslError no_bucket(std::string_view name) {
  return {"Object.NoSuchBucket", "There is no bucket '" + std::string(name) + "'."};
}

AslError failed(const std::string& name, int error) {
  return {"Object.Failed", "Bucket '" + name + "': " + std::generic_category().message(error) + "."};
}

Instant made_at(int directory) {
  struct statx stat {};
  if (::statx(directory, "", AT_EMPTY_PATH, STATX_BTIME | STATX_MTIME, &stat) != 0) return {};
  const auto& time = (stat.stx_mask & STATX_BTIME) != 0 ? stat.stx_btime : stat.stx_mtime;
  return Instant{std::chrono::milliseconds{time.tv_sec * 1'000 + time.tv_nsec / 1'000'000}};
}

/// Removes folders that hold nothing, from the leaves up. A file that is there stays, with its folders.
void remove_empty_folders(const std::filesystem::path& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_directory(error) && !entry.is_symlink(error)) remove_empty_folders(entry.path());
  }
  ::rmdir(folder.c_str());
}

}  // namespace

BucketSet::BucketSet(const std::map<std::string, std::filesystem::path>& configured, std::filesystem::path made_root)
    : made_root_(std::move(made_root)) {
  for (const auto& [name, path] : configured) {
    if (const auto checked = check_bucket_name(name); !checked) throw std::invalid_argument(checked.error().cause);
    entries_.emplace(name, Entry{std::make_shared<const Bucket>(name, path), path, false});
  }
  if (!made_root_.empty()) take_in_made();
}

void BucketSet::take_in_made() {
  std::error_code none;
  const MutexLock lock(mutex_);
  for (const auto& entry : std::filesystem::directory_iterator(made_root_, none)) {
    const auto name = entry.path().filename().string();
    if (!entry.is_directory() || entry.is_symlink() || !check_bucket_name(name)) continue;
    if (entries_.contains(name)) {
      spdlog::warn("bucket {}: the configuration has one of this name, which hides the one that was made", name);
      continue;
    }
    entries_.emplace(name, Entry{std::make_shared<const Bucket>(name, entry.path()), entry.path(), true});
  }
}

std::vector<std::string> BucketSet::names() const {
  const MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

bool BucketSet::has(std::string_view name) const {
  const MutexLock lock(mutex_);
  return entries_.contains(name);
}

Result<BucketSet::Entry> BucketSet::find(std::string_view name) const {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return no_bucket(name);
  return found->second;
}

Result<std::shared_ptr<const BucketDirectory>> BucketSet::directory(std::string_view name) const {
  STEPD_TRY(const Entry entry, find(name));
  return entry.bucket->directory();
}

Result<BucketStat> BucketSet::describe(std::string_view name) const {
  STEPD_TRY(const Entry entry, find(name));
  BucketStat stat{std::string(name), {}, entry.made};
  if (const auto directory = entry.bucket->directory()) stat.created = made_at((*directory)->fd());
  return stat;
}

Result<void> BucketSet::make(const std::string& name) {
  STEPD_CHECK(check_bucket_name(name));
  if (made_root_.empty()) return AslError{"Object.AccessDenied", "Buckets are made by the configuration alone."};
  const MutexLock lock(mutex_);
  if (entries_.contains(name)) return AslError{"Object.BucketExists", "There is a bucket '" + name + "' already."};
  try {
    const auto path = made_root_ / name;
    auto bucket = std::make_shared<const Bucket>(name, path);
    const Descriptor root(::open(made_root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root || ::fsync(root.get()) != 0) return failed(name, errno);
    entries_.emplace(name, Entry{std::move(bucket), path, true});
  } catch (const std::system_error& error) {
    return failed(name, error.code().value());
  }
  return {};
}

Result<void> BucketSet::remove(const std::string& name) {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return no_bucket(name);
  if (!found->second.made) {
    return AslError{"Object.AccessDenied", "Bucket '" + name + "' is one of the configuration's."};
  }
  const AslError not_empty{"Object.BucketNotEmpty", "There are objects in bucket '" + name + "'."};
  const auto directory = found->second.bucket->directory();
  if (directory) {
    STEPD_TRY(const ObjectListing listing, list_every(**directory, name, "", "", 1));
    if (!listing.entries.empty()) return not_empty;
    std::error_code error;
    std::filesystem::remove_all(found->second.path / kTemporaryFolder, error);
    // An object that is published meanwhile keeps its folder, and so the bucket.
    remove_empty_folders(found->second.path);
    if (std::filesystem::exists(found->second.path, error)) return not_empty;
  }
  entries_.erase(found);
  return {};
}

}  // namespace stepd::storage::local
