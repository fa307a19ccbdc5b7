// A thread that removes, in steps, items that have expired and what dropped tables have left.
#pragma once

#include "base/items.h"
#include "base/mutex.h"

#include <chrono>
#include <thread>

namespace stepd::storage {

class ItemSweeper {
 public:
  /// `items` outlives it. Between two sweeps that leave nothing to do, `pause` passes.
  explicit ItemSweeper(ItemStore& items, std::chrono::milliseconds pause = std::chrono::seconds{5});
  /// Stops.
  ~ItemSweeper();

  void start();
  /// Waits for the step under way. May be called more than once.
  void stop();

 private:
  void run();

  ItemStore& items_;
  const std::chrono::milliseconds pause_;
  Mutex mutex_;
  ConditionVariable stopped_;
  bool stopping_ STEPD_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace stepd::storage
