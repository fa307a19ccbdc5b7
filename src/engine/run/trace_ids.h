// The ids of traces and spans. They follow from an execution's ARN and the numbers of its history, so that a task can
// be told its span before the span is made, and a span that is made again after a restart has the same id.
#pragma once

#include "base/trace_header.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace stepd::run {

/// Thread: any.
class TraceIds {
 public:
  /// `share`, from 0 to 1, of the traces that nobody else has decided about is sampled.
  explicit TraceIds(double share) : share_(share) {}

  /// The trace that the execution belongs to: that of the header it was started with, if it has a valid one, with the
  /// caller's span as parent; else one of its own. `sampled` is decided, as TraceIdRatioBased of OpenTelemetry's SDK
  /// specification does, so that all who see the trace decide alike.
  TraceHeader of(std::string_view arn, std::string_view trace_header) const;
  /// The header for what a task calls: the parent is the task's span.
  std::string task_header(std::string_view arn, std::string_view trace_header, std::uint32_t token) const;

 private:
  double share_;
};

/// What a span is about, and which number tells it from others of its kind.
enum class SpanOf : std::uint8_t {
  Execution,  ///< the redrives before it
  State,      ///< AWS's id of the event StateEntered
  Task        ///< the token: the number of the event TaskScheduled
};

/// 16 hexadecimal digits.
std::string span_id(std::string_view arn, SpanOf kind, std::uint32_t number);

}  // namespace stepd::run
