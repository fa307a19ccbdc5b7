// Sessions: who calls the daemon's API from within a function. Each process has a session token of its own
// (AWS_SESSION_TOKEN), which AWS's clients send along, and runs one call at a time: so the token tells the call, and
// the call its lineage.
#pragma once

#include "base/lineage.h"
#include "base/mutex.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::functions {

/// Thread: any.
class Sessions {
 public:
  /// A new token, that nobody can guess.
  std::string open();
  /// The process has been given a call of that lineage.
  void note(const std::string& token, const Lineage& lineage);
  void close(const std::string& token);

  /// Of the call that the process runs, or ran last; none of a token that no process has.
  std::optional<Lineage> lineage_of(std::string_view token) const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, Lineage, std::less<>> lineages_ STEPD_GUARDED_BY(mutex_);
};

}  // namespace stepd::functions
