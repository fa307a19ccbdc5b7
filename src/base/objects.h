// ObjectStore: the interface to objects, which are byte strings with a key in a bucket. Stores implement it; handlers,
// the API and triggers use it.
#pragma once

#include "base/clock.h"
#include "base/lineage.h"
#include "base/result.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd {

struct ObjectRef {
  std::string bucket;
  std::string key;  ///< opaque; only the store may read it as a path

  friend bool operator==(const ObjectRef&, const ObjectRef&) = default;
};

/// User-defined metadata of an object (S3's x-amz-meta-*). stepd does not read it.
using ObjectMetadata = std::map<std::string, std::string>;

/// A checksum that is kept with an object (S3's x-amz-checksum-*).
struct ObjectChecksum {
  std::string algorithm;   ///< `crc32`, `crc64nvme`, `sha256` ...
  std::string value;       ///< base64; of a composite one with `-N`
  bool composite = false;  ///< over the checksums of the parts of an upload, not over the bytes

  friend bool operator==(const ObjectChecksum&, const ObjectChecksum&) = default;
};

/// What is known of an object's bytes since they were written; nothing once somebody else has written to them.
struct ObjectBytes {
  std::optional<ObjectChecksum> checksum;
  std::vector<std::uint64_t> part_sizes;  ///< of a multipart upload, in order, where they are few or alike
  std::vector<std::string> part_sums;     ///< base64, of the algorithm of `checksum`, where they are few
  std::string reason;                     ///< S3's operation, as events tell it; empty: PutObject, or none of S3's
};

/// What S3 keeps with an object besides its metadata. stepd does not read it.
struct ObjectNotes {
  std::map<std::string, std::string> fields;  ///< header fields, names in lower case: cache-control ...
  std::map<std::string, std::string> tags;

  bool empty() const { return fields.empty() && tags.empty(); }
};

struct ObjectStat {
  std::uint64_t size_bytes = 0;
  Instant modified;
  /// Without quotes: the MD5 of the bytes, or of those of the parts of an upload with `-N`, as on S3. Where MD5 is not
  /// to be had, and for a file that may not be read: something else that changes whenever the bytes do.
  std::string etag;
  std::string content_type;        ///< as given when it was put, else guessed from the key's extension
  ObjectMetadata metadata;         ///< empty in a listing
  std::string attempt;             ///< of the task that wrote it, if the writer gave one; empty in a listing
  std::optional<Lineage> lineage;  ///< of the execution that wrote it, and nobody since; none in a listing
  std::string version = {};        ///< changes with every write, also with one of the same bytes
  ObjectBytes bytes = {};
  ObjectNotes notes = {};  ///< empty in a listing
};

enum class IfPresent { Replace, Refuse };

/// Whether a write may go ahead; `present` is the object as it is, null if there is none. The store asks while no other
/// write through it can change that object, and answers the error of a refusal as its own. Empty: it may.
using ObjectCondition = std::function<Result<void>(const ObjectStat* present)>;

/// The properties that a new object is written with.
struct NewObject {
  std::string content_type;  ///< empty: guessed from the key
  ObjectMetadata metadata;   ///< at most limits::kObjectMetadataBytes
  std::string attempt;
  std::optional<Lineage> lineage = {};  ///< of the execution that writes it
  IfPresent if_present = IfPresent::Replace;
  ObjectCondition condition = {};  ///< asked by commit()
  ObjectNotes notes = {};
};

/// An open object. Thread: one at a time.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  virtual const ObjectStat& stat() const = 0;
  /// Up to `size` bytes into `buffer`; 0 at the end.
  virtual Result<std::size_t> read(void* buffer, std::size_t size) = 0;
  /// A descriptor positioned at the start, owned by the reader, where the object is a local file; -1 elsewhere.
  virtual int local_fd() const { return -1; }
};

/// An object that is being written. It is invisible until commit() has returned, and removed if the writer is destroyed
/// before. Thread: one.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual Result<void> write(std::string_view bytes) = 0;
  /// A descriptor of what has been written, owned by the writer, where the object will be a local file; -1 elsewhere.
  virtual int local_fd() const { return -1; }
  /// What is known of the bytes at their end, before commit().
  virtual void describe(ObjectBytes /*bytes*/) {}
  /// Durable when it returns: bytes and name are on stable storage.
  virtual Result<ObjectStat> commit() = 0;
};

/// The properties of a copy.
struct CopyRules {
  std::optional<std::string> content_type;  ///< none: the source's
  std::optional<ObjectMetadata> metadata;   ///< none: the source's
  std::string attempt;
  std::optional<Lineage> lineage = {};  ///< of the execution that copies; the source's does not count
  IfPresent if_present = IfPresent::Replace;
  std::function<Result<void>(ObjectReader& copy)> check;  ///< reads the copy before it is visible; an error discards it
};

struct ObjectListing {
  struct Entry {
    std::string key;
    ObjectStat stat;
  };
  std::vector<Entry> entries;  ///< by key, bytewise
  bool more = false;
};

struct BucketStat {
  std::string name;
  Instant created;
  bool made = false;  ///< by make_bucket(): remove_bucket() takes it
};

class UploadStore;

/// Thread: any; calls block on the file system.
/// Errors: `Object.NoSuchBucket`, `Object.NotFound`, `Object.InvalidKey`, `Object.AccessDenied`, `Object.Conflict` (a
/// key that would be both file and directory), `Object.Exists`, `Object.InvalidMetadata`, `Object.StorageFull`,
/// `Object.Failed`. Causes name bucket and key, never a path of the host.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  /// By name.
  virtual std::vector<std::string> buckets() const = 0;
  /// Does not touch the file system.
  virtual bool has_bucket(std::string_view name) const {
    const auto names = buckets();
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  virtual Result<BucketStat> bucket(std::string_view name) const {
    if (!has_bucket(name)) return AslError{"Object.NoSuchBucket", "There is no bucket '" + std::string(name) + "'."};
    return BucketStat{std::string(name), Instant{}, false};
  }
  /// `Object.BucketExists`, `Object.InvalidBucketName`, `Object.AccessDenied` where none can be made.
  virtual Result<void> make_bucket(const std::string& /*name*/) {
    return AslError{"Object.AccessDenied", "Buckets are made by the configuration."};
  }
  /// `Object.BucketNotEmpty`; `Object.AccessDenied` for a bucket of the configuration.
  virtual Result<void> remove_bucket(const std::string& /*name*/) {
    return AslError{"Object.AccessDenied", "Buckets are removed from the configuration."};
  }
  /// The same objects, and those whose keys are no paths (`a/`, `a//b`, `a` beside `a/b`) where the store keeps such.
  /// Owned by the store.
  virtual ObjectStore& every_key() { return *this; }
  /// Null where objects cannot be uploaded in parts. Owned by the store.
  virtual UploadStore* uploads() { return nullptr; }
  virtual Result<std::unique_ptr<ObjectReader>> open(const ObjectRef& ref) const = 0;
  virtual Result<std::unique_ptr<ObjectWriter>> create(const ObjectRef& ref, NewObject object) = 0;
  /// `content_type` may be empty: then it is guessed from the key.
  Result<std::unique_ptr<ObjectWriter>> create(const ObjectRef& ref, std::string content_type) {
    NewObject object;
    object.content_type = std::move(content_type);
    return create(ref, std::move(object));
  }
  virtual Result<ObjectStat> head(const ObjectRef& ref) const = 0;
  /// Keys that begin with `prefix` and come after `after`, at most `limit`.
  virtual Result<ObjectListing> list(std::string_view bucket, std::string_view prefix, std::string_view after,
                                     std::size_t limit) const = 0;
  /// The same, but of each folder behind the prefix perhaps its first key only: enough to know that there is one,
  /// without a walk through it.
  virtual Result<ObjectListing> list_level(std::string_view bucket, std::string_view prefix, std::string_view after,
                                           std::size_t limit) const {
    return list(bucket, prefix, after, limit);
  }
  /// A key that does not exist is removed with success, as on S3. Empty parent directories of the key go too.
  virtual Result<void> remove(const ObjectRef& ref, const ObjectCondition& condition) = 0;
  Result<void> remove(const ObjectRef& ref) { return remove(ref, {}); }
  /// Replaces the notes of a present object; its bytes stay.
  virtual Result<void> note(const ObjectRef& ref, const ObjectNotes& /*notes*/) {
    return AslError{"Object.Failed", "Nothing can be kept with object '" + ref.key + "'."};
  }
  /// Whole or absent; `source` and `target` may lie in different buckets. Copying onto itself is `Object.Conflict`.
  virtual Result<ObjectStat> copy(const ObjectRef& source, const ObjectRef& target, const CopyRules& rules) = 0;
  Result<ObjectStat> copy(const ObjectRef& source, const ObjectRef& target) { return copy(source, target, {}); }
};

}  // namespace stepd
