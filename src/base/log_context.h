// LogContext: which execution the log lines of a thread are about, for lines in JSON (daemon/log_format.h).
#pragma once

#include <string_view>

namespace stepd {

/// Lines that this thread logs while it exists are about `execution_arn` and, unless it is empty, about `state`. The
/// texts outlive it. Contexts may be nested: the innermost counts.
class LogContext {
 public:
  explicit LogContext(std::string_view execution_arn, std::string_view state = {})
      : execution_arn_(execution_arn), state_(state), outer_(innermost_) {
    innermost_ = this;
  }
  ~LogContext() { innermost_ = outer_; }
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;

  /// Null: the lines of this thread are about no execution.
  static const LogContext* innermost() { return innermost_; }
  std::string_view execution_arn() const { return execution_arn_; }
  std::string_view state() const { return state_; }

 private:
  static inline thread_local const LogContext* innermost_ = nullptr;

  std::string_view execution_arn_;
  std::string_view state_;
  const LogContext* outer_;
};

}  // namespace stepd
