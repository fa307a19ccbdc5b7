// Callers that wait for the end of an execution, so that they need not ask again and again. They wait in memory alone:
// who is cut off by the end of the process asks the next one.
//
// 1. A wait begins before the store is read, and listeners hear of a turn after its commit: an end is seen by one of
//    both.
// 2. While nobody waits, a turn costs one look at a counter.
#pragma once

#include "base/clock.h"
#include "engine/run/gateway.h"
#include "engine/run/loop.h"
#include "engine/run/turn_listener.h"
#include "storage/store.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

namespace stepd::run {

/// Thread: any; the work is done on the loop.
class EndWaits final : public TurnListener {
 public:
  /// All outlive it.
  EndWaits(Loop& loop, const Clock& clock, const storage::Store& store) : loop_(loop), clock_(clock), store_(store) {}

  /// Gateway::await_end.
  std::function<void()> wait(AwaitEnd request, Reply<storage::ExecutionRecord> reply);
  void committed(const HeardTurn& turn) override;
  /// Everybody who waits is answered, and so is who comes from now on, without waiting.
  void close();

 private:
  struct Waiter {
    std::string arn;
    Reply<storage::ExecutionRecord> reply;
    TimerId timer{};
  };
  using Number = std::uint64_t;

  void begin(Number number, AwaitEnd request, Reply<storage::ExecutionRecord> reply);
  /// With what is stored.
  void answer(Number number);
  void forget(Number number);
  Answer<storage::ExecutionRecord> read(const std::string& arn) const;

  Loop& loop_;
  const Clock& clock_;
  const storage::Store& store_;
  std::atomic<Number> last_{0};
  std::atomic<std::size_t> count_{0};

  // The loop's.
  std::map<Number, Waiter> waiters_;
  std::unordered_multimap<std::string, Number> by_arn_;
  bool closed_ = false;
};

}  // namespace stepd::run
