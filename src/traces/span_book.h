// Makes spans of what executions do: one for each execution, for each state that it passes, and for each task that a
// state schedules (each attempt is a task).
//
// 1. A span is handed on when it ends, so that a long execution shows before its end. What has begun is kept here.
// 2. Ids are those of run/trace_ids.h, so what a task calls can name its span as parent.
// 3. After a restart the states that executions are in are known again from the executions; those that ended in the
//    first turn after it have no span.
// 4. The number of executions, of what is open in one, and of the spans of one are bounded; beyond that spans are left
//    out and counted.
#pragma once

#include "base/mutex.h"
#include "engine/run/trace_ids.h"
#include "engine/run/turn_listener.h"
#include "traces/span.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stepd::traces {

/// Thread: any.
class SpanBook final : public run::TurnListener {
 public:
  static constexpr std::size_t kExecutionsMax = 10'000;
  static constexpr std::size_t kOpenMax = 2'000;  ///< open states and branch points of one execution
  static constexpr std::uint32_t kSpansPerExecution = 5'000;

  /// `sink` takes the spans that have ended; it must not block.
  SpanBook(run::TraceIds ids, std::function<void(std::vector<Span>)> sink);
  ~SpanBook() override;

  void committed(const run::HeardTurn& turn) override;
  /// Executions and spans that the limits left out.
  std::uint64_t left_out() const;

 private:
  class Chapter;  ///< of one execution

  const run::TraceIds ids_;
  const std::function<void(std::vector<Span>)> sink_;
  mutable Mutex mutex_;
  std::map<std::string, std::unique_ptr<Chapter>, std::less<>> chapters_ STEPD_GUARDED_BY(mutex_);
  std::uint64_t left_out_ STEPD_GUARDED_BY(mutex_) = 0;
};

}  // namespace stepd::traces
