// What comes out of a function's descriptors, cut into the events of its log.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace stepd::functions {

/// The largest event of a log: longer lines and frames are cut (CloudWatch Logs quotas: event size).
inline constexpr std::size_t kEventBytes = 256 * 1024;

using TakeEvent = std::function<void(std::string_view text)>;

/// Standard output: a line is an event.
class OutputLines {
 public:
  void add(std::string_view bytes, const TakeEvent& take);
  /// What came after the last line break.
  void finish(const TakeEvent& take);

 private:
  std::string rest_;
};

/// The descriptor _LAMBDA_TELEMETRY_LOG_FD, to which Lambda's runtime clients write events that may hold several lines:
/// 4 bytes of type, 4 of length, 8 of time (microseconds), all big-endian, then the text.
class OutputFrames {
 public:
  /// What is no frame ends the reading: nothing after it is understood.
  void add(std::string_view bytes, const TakeEvent& take);

 private:
  std::string rest_;
  std::size_t skip_ = 0;  ///< bytes of a frame that is too long
  bool broken_ = false;
};

}  // namespace stepd::functions
