// The digests of the executions that are looked at, kept so that a page that asks again costs only what is new.
#pragma once

#include "base/mutex.h"
#include "engine/run/digest/execution_digest.h"
#include "storage/store.h"

#include <cstddef>
#include <list>
#include <memory>

namespace stepd::run {

/// Thread: any.
class ExecutionDigests {
 public:
  /// `reader` outlives it. `kept`: how many stay in memory; the largest takes about 1 MB.
  explicit ExecutionDigests(const storage::Reader& reader, std::size_t kept = 8) : reader_(reader), kept_(kept) {}

  /// As the journal is now. Blocks on reads; throws storage::StoreError, core::CodecError.
  std::shared_ptr<const ExecutionDigest> find(storage::ExecutionId id);

 private:
  struct Entry {
    explicit Entry(storage::ExecutionId of) : id(of) {}
    const storage::ExecutionId id;
    Mutex mutex;
    DigestMaker maker STEPD_GUARDED_BY(mutex);
    std::shared_ptr<const ExecutionDigest> made STEPD_GUARDED_BY(mutex);
  };
  std::shared_ptr<Entry> entry_of(storage::ExecutionId id);
  void forget(storage::ExecutionId id);

  const storage::Reader& reader_;
  const std::size_t kept_;
  Mutex mutex_;
  std::list<std::shared_ptr<Entry>> entries_ STEPD_GUARDED_BY(mutex_);  ///< the last one asked for stands first
};

}  // namespace stepd::run
