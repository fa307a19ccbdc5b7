// UploadStore: objects that come in parts (S3's multipart uploads) and are invisible until they are complete.
#pragma once

#include "base/clock.h"
#include "base/objects.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd {

namespace limits {
inline constexpr unsigned kUploadParts = 10'000;                 // of an object, as on S3
inline constexpr std::uint64_t kUploadPartBytesMin = 5'242'880;  // of all but the last, as on S3
inline constexpr std::size_t kOpenUploads = 10'000;              // of a bucket
}  // namespace limits

/// What is known from the beginning.
struct NewUpload {
  std::string content_type;
  ObjectMetadata metadata;
  ObjectNotes notes;
  std::string checksum_algorithm;  ///< empty: the client named none
  bool composite = false;          ///< the checksum is to be one over those of the parts
};

struct UploadStat {
  std::string id;
  std::string key;
  Instant started;
  NewUpload upload;
};

struct UploadPart {
  unsigned number = 0;
  std::uint64_t size_bytes = 0;
  Instant modified;
  std::string md5;       ///< 32 hexadecimal digits
  std::string checksum;  ///< base64, of the algorithm that the writer was given; may be empty
};

/// A part that is being written. Thread: one. Destroyed without commit(): there was none.
class PartWriter {
 public:
  virtual ~PartWriter() = default;
  virtual Result<void> write(std::string_view bytes) = 0;
  /// Replaces a part of the same number. `checksum` in base64.
  virtual Result<UploadPart> commit(const std::string& checksum) = 0;
};

/// How an upload ends.
struct UploadEnd {
  std::vector<UploadPart> parts;  ///< as parts() answered them, in order; others are dropped
  std::string etag;
  ObjectBytes bytes;
  ObjectCondition condition;
  std::optional<Lineage> lineage = {};  ///< of the execution that ends it
};

/// Thread: any; calls block on the file system. Uploads outlive a restart.
/// Errors: as ObjectStore, and `Object.NoSuchUpload`.
class UploadStore {
 public:
  virtual ~UploadStore() = default;
  virtual Result<std::string> begin(const ObjectRef& ref, const NewUpload& upload) = 0;
  virtual Result<UploadStat> find(const ObjectRef& ref, const std::string& id) const = 0;
  /// `number` from 1 to limits::kUploadParts.
  virtual Result<std::unique_ptr<PartWriter>> write_part(const ObjectRef& ref, const std::string& id,
                                                         unsigned number) = 0;
  /// By number.
  virtual Result<std::vector<UploadPart>> parts(const ObjectRef& ref, const std::string& id) const = 0;
  /// The object as it became. An upload that has been completed since the process began answers that again.
  virtual Result<ObjectStat> complete(const ObjectRef& ref, const std::string& id, const UploadEnd& end) = 0;
  /// What complete() answered, if it did since the process began.
  virtual std::optional<ObjectStat> completed(const ObjectRef& ref, const std::string& id) const = 0;
  virtual Result<void> abort(const ObjectRef& ref, const std::string& id) = 0;
  /// By key, then by start.
  virtual Result<std::vector<UploadStat>> list(std::string_view bucket) const = 0;
};

}  // namespace stepd
