// Executions that cannot go on because of a fault of this program or of what is stored: one bad execution costs one
// execution, and everything else goes on.
//
// 1. An exception that leaves a turn, and a row that cannot be read, quarantine their execution. So does an execution
//    that was in a turn at the last kQuarantineAfter deaths of the process in a row: there is no crash loop.
// 2. A quarantined execution has no turns. It is stored as such, so that the next process leaves it alone, too, until
//    `stepd doctor --release` lets it be tried again.
// 3. DescribeExecution shows why; StopExecution ends it, which is what the tasks that await its end are told then.
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "engine/core/event.h"
#include "engine/run/gateway.h"
#include "engine/run/kin.h"
#include "storage/store.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stepd::run {

inline constexpr std::uint32_t kQuarantineAfter = 2;

class Quarantine {
 public:
  /// All outlive it.
  Quarantine(storage::Store& store, const Clock& clock, Kin& kin) : store_(store), clock_(clock), kin_(kin) {}

  /// Logs it and stores it as quarantined. `state` may be empty; `watchers`: the tasks that await its end. Thread: any;
  /// never blocks.
  void add(storage::ExecutionId id, const std::string& arn, std::string state, std::string cause,
           std::vector<core::ParentLink> watchers = {});
  /// One that the store has as quarantined already. Thread: any.
  void know(storage::ExecutionId id, const std::string& arn);

  /// That task awaits its end. False: no such execution is quarantined. Thread: any.
  bool watch(const std::string& arn, const core::ParentLink& task);

  std::optional<storage::ExecutionId> find(const std::string& arn) const;
  std::size_t count() const;

  /// Ends one as ABORTED. `id`: find(). Thread: any; blocks on reads.
  void stop(storage::ExecutionId id, const StopExecution& request, const Reply<StoppedExecution>& reply);

 private:
  struct Held {
    storage::ExecutionId id;
    std::vector<core::ParentLink> watchers;
    std::optional<storage::QuarantineRecord> unstored;  ///< until the store has it
  };

  /// Stores it as quarantined, if that could not be stored yet.
  void store_mark(const std::string& arn);
  /// It has ended.
  void release(const std::string& arn);

  storage::Store& store_;
  const Clock& clock_;
  Kin& kin_;
  mutable Mutex mutex_;
  std::map<std::string, Held> held_ STEPD_GUARDED_BY(mutex_);
};

}  // namespace stepd::run
