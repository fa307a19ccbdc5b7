// Whether the store can store, found out by storing something: a process that answers is no proof of it.
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "storage/store.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace stepd::storage {

/// Thread: any.
class StoreProbe {
 public:
  /// Both outlive it. `patience` is how long an answer of the store is waited for.
  StoreProbe(Store& store, const Clock& clock, std::chrono::milliseconds patience = std::chrono::seconds{5})
      : store_(store), clock_(clock), patience_(patience) {}

  /// Why nothing can be stored, none if something was. Writes at most once a second, whoever asks; between that, the
  /// last answer holds. Blocks.
  std::optional<std::string> trouble();

 private:
  Store& store_;
  const Clock& clock_;
  const std::chrono::milliseconds patience_;
  Mutex mutex_;
  std::optional<SteadyInstant> asked_ STEPD_GUARDED_BY(mutex_);
  std::optional<std::string> answer_ STEPD_GUARDED_BY(mutex_);
  std::uint64_t count_ STEPD_GUARDED_BY(mutex_) = 0;
};

}  // namespace stepd::storage
