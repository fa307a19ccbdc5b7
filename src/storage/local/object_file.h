// An object as a file: read through an open descriptor, written under a temporary name and renamed when it is whole.
#pragma once

#include "base/objects.h"
#include "storage/local/bucket.h"
#include "storage/local/fd.h"

#include <memory>
#include <string>

namespace stepd::storage::local {

/// What there is to know of an open object.
Result<ObjectStat> stat_of(int fd, const ObjectRef& ref);

/// Positioned at the start.
Result<std::unique_ptr<ObjectReader>> make_reader(Fd fd, ObjectRef ref);

/// A new object under a temporary name; it goes again unless commit() gives it its own.
class ObjectFile final : public ObjectWriter {
 public:
  static Result<std::unique_ptr<ObjectFile>> create(std::shared_ptr<const BucketDirectory> bucket, ObjectRef ref);
  ObjectFile(const ObjectFile&) = delete;
  ObjectFile& operator=(const ObjectFile&) = delete;
  ~ObjectFile() override;

  Result<void> write(std::string_view bytes) override;
  Result<ObjectStat> commit() override;

  /// Empty: what the key says. File systems without extended attributes always answer what the key says.
  void set_content_type(const std::string& content_type);
  /// All of `source`, without passing through this process where the file system can do that.
  Result<void> copy_from(int source);

 private:
  ObjectFile(std::shared_ptr<const BucketDirectory> bucket, ObjectRef ref, Fd folder, std::string name, Fd fd);
  Result<void> publish();

  const std::shared_ptr<const BucketDirectory> bucket_;
  const ObjectRef ref_;
  const Fd folder_;
  const std::string name_;
  Fd fd_;
  bool published_ = false;
};

}  // namespace stepd::storage::local
