// Executions that cannot go on because of a fault of this program or of what is stored: one bad execution costs one
// execution, and everything else goes on.
//
// 1. An exception that leaves a turn, and a row that cannot be read, quarantine their execution. So does an execution
//    that was in a turn at the last kQuarantineAfter deaths of the process in a row: there is no crash loop.
// 2. A quarantined execution has no turns. It is stored as such, so that the next process leaves it alone, too, until
//    `stepd doctor --release` lets it be tried again.
// 3. DescribeExecution shows why; StopExecution ends it.
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "engine/run/gateway.h"
#include "storage/store.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace stepd::run {

inline constexpr std::uint32_t kQuarantineAfter = 2;

class Quarantine {
 public:
  /// Both outlive it.
  Quarantine(storage::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// Logs it and stores it as quarantined. `state` may be empty. Thread: any; never blocks.
  void add(storage::ExecutionId id, const std::string& arn, std::string state, std::string cause);
  /// One that the store has as quarantined already. Thread: any.
  void know(storage::ExecutionId id, const std::string& arn);

  std::optional<storage::ExecutionId> find(const std::string& arn) const;
  std::size_t count() const;

  /// Ends one as ABORTED. `id`: find(). Thread: any; blocks on reads.
  void stop(storage::ExecutionId id, const StopExecution& request, const Reply<StoppedExecution>& reply);

 private:
  void forget(const std::string& arn);

  storage::Store& store_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<std::string, storage::ExecutionId> held_ STEPD_GUARDED_BY(mutex_);
};

}  // namespace stepd::run
