// An object as a file: read through an open descriptor, written under a temporary name and renamed when it is whole.
#pragma once

#include "base/descriptor.h"
#include "base/digest.h"
#include "base/objects.h"
#include "storage/local/bucket.h"
#include "storage/local/byte_facts.h"
#include "storage/local/key_locks.h"

#include <memory>
#include <string>
#include <utility>

namespace stepd::storage::local {

/// What a listing shows of an object, or all there is to know of it.
enum class Detail { Listed, All };
/// `read_bytes`, which may be null, grows by what was read to compute an ETag.
Result<ObjectStat> stat_of(int fd, const ObjectRef& ref, Detail detail, std::uint64_t* read_bytes);

/// As given when the object was put; empty if that was nothing.
std::string given_content_type(int fd);
ObjectMetadata given_metadata(int fd);
ObjectNotes given_notes(int fd);
/// `Object.InvalidMetadata` if the file system does not take them.
Result<void> keep_notes(int fd, const ObjectNotes& notes, const ObjectRef& ref);

/// Asks the condition of a write about the object that is present. Empty conditions hold.
Result<void> check_condition(const BucketDirectory& bucket, const ObjectRef& ref, const ObjectCondition& condition);

/// Positioned at the start.
Result<std::unique_ptr<ObjectReader>> make_reader(Descriptor fd, ObjectRef ref);

/// A new object under a temporary name; it goes again unless commit() gives it its own.
class ObjectFile final : public ObjectWriter {
 public:
  /// `locks` outlives the file.
  static Result<std::unique_ptr<ObjectFile>> create(std::shared_ptr<const BucketDirectory> bucket, KeyLocks& locks,
                                                    ObjectRef ref, IfPresent if_present);
  ObjectFile(const ObjectFile&) = delete;
  ObjectFile& operator=(const ObjectFile&) = delete;
  ~ObjectFile() override;

  Result<void> write(std::string_view bytes) override;
  int local_fd() const override { return fd_.get(); }
  void describe(ObjectBytes bytes) override { facts_.bytes = std::move(bytes); }
  Result<ObjectStat> commit() override;

  /// Empty: what the key says. File systems without extended attributes always answer what the key says.
  void set_content_type(const std::string& content_type);
  /// `Object.InvalidMetadata` if it is more than may be kept. The same holds for file systems without attributes.
  Result<void> set_metadata(const ObjectMetadata& metadata);
  void set_attempt(const std::string& attempt);
  /// `Object.InvalidMetadata` as of keep_notes().
  Result<void> set_notes(const ObjectNotes& notes);
  /// Instead of the MD5 of what was written.
  void set_etag(std::string etag) { facts_.etag = std::move(etag); }
  /// Noted by commit(), with what tells whether the file was written to since.
  void set_lineage(std::optional<Lineage> lineage) { lineage_ = lineage; }
  /// Allows an object whose key is no path: it is then kept as odd_keys.h says. `Object.InvalidKey` where that cannot
  /// be.
  Result<void> allow_odd_key();
  /// Asked by commit().
  void set_condition(ObjectCondition condition) { condition_ = std::move(condition); }
  /// All bytes of `source`, without passing through this process where the file system can do that.
  Result<void> copy_from(int source);
  /// What was written so far, from the start. It must be gone before the next write.
  Result<std::unique_ptr<ObjectReader>> read_back() const;

 private:
  ObjectFile(std::shared_ptr<const BucketDirectory> bucket, KeyLocks& locks, ObjectRef ref, IfPresent if_present,
             Descriptor folder, std::string name, Descriptor fd);
  void note_lineage();
  void note_facts();
  Result<void> publish();
  /// `path` beneath the bucket.
  Result<void> publish_at(const std::string& path);
  /// False: errno says why.
  bool rename_to(int parent, const std::string& leaf);

  const std::shared_ptr<const BucketDirectory> bucket_;
  KeyLocks& locks_;
  const ObjectRef ref_;
  const IfPresent if_present_;
  const Descriptor folder_;
  const std::string name_;
  Descriptor fd_;
  std::string odd_path_;   ///< empty: the key has to be a path
  bool only_odd_ = false;  ///< the key is no path
  ObjectCondition condition_;
  std::optional<Lineage> lineage_;
  std::optional<Digest> md5_ = Digest::begin(DigestKind::Md5);  ///< none once bytes were copied past it
  ByteFacts facts_;                                             ///< without an ETag: that of md5_
  bool published_ = false;
};

}  // namespace stepd::storage::local
