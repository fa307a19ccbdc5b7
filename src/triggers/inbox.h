// The inbox: starts executions for files that arrive in watched buckets, exactly one per file and rule, across crashes
// and restarts. One thread serves all watched buckets.
#pragma once

#include "base/clock.h"
#include "base/objects.h"
#include "engine/run/gateway.h"
#include "storage/store.h"
#include "triggers/rules.h"
#include "triggers/watched_bucket.h"

#include <chrono>
#include <memory>
#include <vector>

namespace stepd::triggers {

class Inbox {
 public:
  virtual ~Inbox() = default;  ///< stops first
  /// Finds nothing more; waits for at most `grace` until what was found is started and recorded. What is not by then
  /// is found again after the next start. Thread: any but the gateway's.
  virtual void stop(std::chrono::milliseconds grace) = 0;
};

/// Runs at once. Everything given by reference outlives the answer; the gateway must have resumed.
/// Throws storage::StoreError if the arrivals of earlier lives cannot be read.
std::unique_ptr<Inbox> start_inbox(std::vector<WatchedDirectory> directories, Rules rules, run::Gateway& gateway,
                                   storage::Store& store, const ObjectStore& objects, const Clock& clock);

}  // namespace stepd::triggers
