#include "storage/local/odd_keys.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/open_beneath.h"
#include "storage/local/local_objects.h"
#include "storage/local/object_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <vector>

namespace stepd::storage::local {
namespace {

constexpr const char* kKey = "user.stepd.key";

/// Empty for a file that has none, and none of ours.
std::string odd_key_of(int fd) {
  std::array<char, limits::kObjectKeyBytes> key;
  const auto size = ::fgetxattr(fd, kKey, key.data(), key.size());
  return size > 0 ? std::string(key.data(), static_cast<std::size_t>(size)) : std::string();
}

std::vector<std::string> entries_of(int bucket, const std::string& folder) {
  std::vector<std::string> names;
  const Descriptor fd = open_beneath(bucket, folder, O_RDONLY | O_DIRECTORY);
  const int copy = fd ? ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0) : -1;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!entries) return names;
  while (const dirent* entry = ::readdir(entries.get())) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  return names;
}

struct OddKey {
  std::string key;
  std::string path;
};

/// By key.
std::vector<OddKey> odd_keys(const BucketDirectory& bucket, const std::string& prefix, const std::string& after) {
  std::vector<OddKey> found;
  const std::string root(kOddKeysFolder);
  for (const auto& folder : entries_of(bucket.fd(), root)) {
    for (const auto& name : entries_of(bucket.fd(), root + "/" + folder)) {
      auto path = root + "/" + folder + "/" + name;
      const Descriptor file = open_beneath(bucket.fd(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
      auto key = file ? odd_key_of(file.get()) : std::string();
      if (key.empty() || !key.starts_with(prefix) || key <= after) continue;
      found.push_back({std::move(key), std::move(path)});
    }
  }
  std::sort(found.begin(), found.end(), [](const OddKey& a, const OddKey& b) { return a.key < b.key; });
  return found;
}

}  // namespace

std::string odd_path(std::string_view key) {
  const auto hash = to_hex(sha256(key));
  return std::string(kOddKeysFolder) + "/" + hash.substr(0, 2) + "/" + hash;
}

Result<void> keep_odd_key(int fd, const ObjectRef& ref) {
  if (::fsetxattr(fd, kKey, ref.key.data(), ref.key.size(), 0) == 0) return {};
  if (errno != ENOTSUP) return failure(errno, ref);
  return AslError{"Object.InvalidKey", "The file system of bucket '" + ref.bucket + "' cannot hold such a key."};
}

Result<Descriptor> open_every(const BucketDirectory& bucket, const ObjectRef& ref) {
  if (check_key(ref.key)) {
    auto opened = bucket.open_object(ref);
    if (opened || opened.error().name != "Object.NotFound") return opened;
  }
  auto opened = bucket.open_object({ref.bucket, odd_path(ref.key)});
  if (!opened) return opened.error().name == "Object.NotFound" ? failure(ENOENT, ref) : opened.error();
  if (odd_key_of(opened->get()) != ref.key) return failure(ENOENT, ref);
  return opened;
}

Result<void> remove_odd(const BucketDirectory& bucket, const ObjectRef& ref) {
  const ObjectRef odd{ref.bucket, odd_path(ref.key)};
  const auto parent = bucket.open_parent(odd, BucketDirectory::Missing::Refuse);
  if (!parent) return {};  // nothing lies there
  if (::unlinkat(parent->get(), leaf_of(odd.key).c_str(), 0) != 0) {
    return errno == ENOENT ? Result<void>() : Result<void>(failure(errno, ref));
  }
  if (::fsync(parent->get()) != 0) return failure(errno, ref);
  bucket.prune(odd.key);
  return {};
}

Result<ObjectListing> list_every(const BucketDirectory& bucket, const std::string& name, const std::string& prefix,
                                 const std::string& after, std::size_t limit, Folders folders) {
  STEPD_TRY(ObjectListing listing, list_keys(bucket, name, prefix, after, limit, folders));
  const auto odd = odd_keys(bucket, prefix, after);
  if (odd.empty()) return listing;
  std::vector<ObjectListing::Entry> merged;
  auto next = odd.begin();
  const auto take_before = [&](const std::string* key) -> Result<void> {
    for (; next != odd.end() && (key == nullptr || next->key <= *key); ++next) {
      if (key != nullptr && next->key == *key) continue;  // the tree's counts
      const Descriptor file = open_beneath(bucket.fd(), next->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
      if (!file) continue;  // gone meanwhile
      if (merged.size() > limit) return {};
      STEPD_TRY(ObjectStat stat, stat_of(file.get(), {name, next->key}, Detail::Listed, nullptr));
      merged.push_back({next->key, std::move(stat)});
    }
    return {};
  };
  for (auto& entry : listing.entries) {
    STEPD_CHECK(take_before(&entry.key));
    merged.push_back(std::move(entry));
  }
  if (!listing.more) STEPD_CHECK(take_before(nullptr));
  listing.more = listing.more || merged.size() > limit;
  if (merged.size() > limit) merged.resize(limit);
  listing.entries = std::move(merged);
  return listing;
}

}  // namespace stepd::storage::local
