// The log stream of one environment: what a function prints, and Lambda's own lines about its calls.
#pragma once

#include "base/clock.h"
#include "base/log_groups.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stepd::functions {

/// Of one call, for its REPORT line.
struct CallReport {
  std::string request_id;
  std::chrono::milliseconds duration{0};
  std::chrono::milliseconds init{-1};  ///< below 0: it was no cold start
  std::uint64_t memory = 0;            ///< the limit, in bytes
  std::uint64_t peak = 0;              ///< the most that was seen, in bytes
  std::string status;                  ///< timeout, error; empty: it succeeded
  std::string error_type;              ///< with `error` where the process ended
};

/// Of the start of an environment that failed.
struct InitReport {
  std::chrono::milliseconds duration{0};
  std::string phase;   ///< init, invoke
  std::string status;  ///< timeout, error
  std::string error_type;
};

/// Each event is one line of JSON in the group: `{"timestamp", "logStreamName", "message"}`.
/// Thread: one at a time.
class LogStream {
 public:
  /// What Lambda's Invoke returns of a log (X-Amz-Log-Result).
  static constexpr std::size_t kTailBytes = 4'096;
  /// Of what one call may print; the rest is read and dropped, and a line says so.
  static constexpr std::size_t kCallBytes = 16ull * 1024 * 1024;

  /// `groups` and `clock` outlive it. The name is made of the date and `unique`, 32 hexadecimal digits.
  LogStream(LogGroups& groups, const Clock& clock, std::string group, std::string_view unique);

  const std::string& group() const { return group_; }
  const std::string& name() const { return name_; }

  /// Something that the function has printed; a line break at its end is not part of it.
  void print(std::string_view text);

  void init_start(std::string_view runtime);
  void init_report(const InitReport& report);
  /// Also begins a new tail.
  void start(std::string_view request_id);
  void platform_line(std::string_view text);
  void end(std::string_view request_id);
  void report(const CallReport& report);

  /// The last kTailBytes of the lines since start().
  std::string tail() const;

 private:
  void write(std::string text);

  LogGroups& groups_;
  const Clock& clock_;
  const std::string group_;
  const std::string name_;
  std::string tail_;
  std::size_t printed_ = 0;
};

}  // namespace stepd::functions
