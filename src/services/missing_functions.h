// Calls of functions that nothing serves. On AWS such a call is an error that a state machine may catch, and then end
// well all the same; so the daemon's log tells of it.
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "services/task_check.h"

#include <map>
#include <string>

namespace stepd::services {

/// Thread: any.
class MissingFunctions {
 public:
  /// `clock` and `inventory` outlive it.
  MissingFunctions(const Clock& clock, const Inventory& inventory) : clock_(clock), inventory_(inventory) {}

  /// One error in the log, unless there was one about the same function within a minute. Of very many names, some are
  /// left out.
  void report(const std::string& function);

 private:
  const Clock& clock_;
  const Inventory& inventory_;
  Mutex mutex_;
  std::map<std::string, Instant> reported_ STEPD_GUARDED_BY(mutex_);
};

}  // namespace stepd::services
