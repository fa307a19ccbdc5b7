// Uploads in parts as files: each upload a folder in the bucket's `.stepd-tmp`, each part a file in it whose name says
// what is known of its bytes.
//
// 1. A part becomes visible by one rename, under a name that holds its number, its MD5 and its checksum, so that no
//    second file has to agree with it. Of two files for one part the later counts.
// 2. The object is joined in a file of its own and renamed when it is whole, as every object is.
// 3. The folder survives a restart; only its end, its abort or its age removes it.
#pragma once

#include "base/mutex.h"
#include "base/uploads.h"
#include "storage/local/bucket_set.h"
#include "storage/local/key_locks.h"

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::storage::local {

/// Thread: any.
class LocalUploads final : public UploadStore {
 public:
  /// Uploads that were last added to longer ago than `age` go when another one begins. Both references outlive it.
  LocalUploads(const BucketSet& buckets, KeyLocks& locks, std::chrono::seconds age)
      : buckets_(buckets), locks_(locks), age_(age) {}

  Result<std::string> begin(const ObjectRef& ref, const NewUpload& upload) override;
  Result<UploadStat> find(const ObjectRef& ref, const std::string& id) const override;
  Result<std::unique_ptr<PartWriter>> write_part(const ObjectRef& ref, const std::string& id, unsigned number) override;
  Result<std::vector<UploadPart>> parts(const ObjectRef& ref, const std::string& id) const override;
  Result<ObjectStat> complete(const ObjectRef& ref, const std::string& id, const UploadEnd& end) override;
  std::optional<ObjectStat> completed(const ObjectRef& ref, const std::string& id) const override;
  Result<void> abort(const ObjectRef& ref, const std::string& id) override;
  Result<std::vector<UploadStat>> list(std::string_view bucket) const override;

 private:
  using Directory = std::shared_ptr<const BucketDirectory>;
  struct Ended {
    ObjectRef ref;
    ObjectStat stat;
  };

  Result<Descriptor> open_upload(const BucketDirectory& bucket, const ObjectRef& ref, const std::string& id) const;
  void remove_old(const BucketDirectory& bucket, const ObjectRef& ref);
  void note_end(const ObjectRef& ref, const std::string& id, const ObjectStat& stat);

  const BucketSet& buckets_;
  KeyLocks& locks_;
  KeyLocks ends_;  ///< held while an upload is completed or aborted
  const std::chrono::seconds age_;
  mutable Mutex mutex_;
  std::map<std::string, Ended> ended_ STEPD_GUARDED_BY(mutex_);  ///< by id
  std::deque<std::string> order_ STEPD_GUARDED_BY(mutex_);       ///< of ended_, oldest first
};

}  // namespace stepd::storage::local
