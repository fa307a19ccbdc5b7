// HistoryView: the history of an execution as lines for people or programs, event after event.
#pragma once

#include "daemon/cli/remote/remote_command.h"

#include <cstdint>
#include <string>

namespace stepd::daemon {

/// Thread: one.
class HistoryView {
 public:
  HistoryView(Remote& remote, std::string execution_arn) : remote_(remote), arn_(std::move(execution_arn)) {}

  /// Prints the events that have not been printed yet.
  Result<void> print_new();
  /// Prints events as they come until the execution has ended; answers its description. Asks twice a second.
  Result<Json> follow();

 private:
  void print(const Json& event);

  Remote& remote_;
  std::string arn_;
  std::int64_t last_id_ = 0;
  double began_ = 0;  ///< date of the first event, in seconds since 1970
};

/// One line of an execution's end; answers the exit code: 0 if it has succeeded.
int show_end(const Remote& remote, const Json& description);

}  // namespace stepd::daemon
