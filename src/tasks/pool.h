// The threads that handlers run on: a fixed number, with a queue before them.
// It neither retries nor times out: whoever submits decides that and cancels.
#pragma once

#include "base/payload.h"
#include "base/result.h"
#include "tasks/handler.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace stepd::tasks {

/// Thread: any. Every submit() is answered by exactly one `on_done`; callbacks must neither block nor throw.
class HandlerPool {
 public:
  struct Call {
    Handler& handler;  ///< outlives the pool
    Payload event;
    std::string attempt;               ///< see Invocation::attempt
    std::function<void()> on_started;  ///< on the pool's thread, just before the handler runs; may be empty
    std::function<void(Result<Json>)> on_done;
  };

  /// The threads are named `handler-0`, ... At `queue_limit` waiting calls, further ones are answered `Handler.Busy`.
  explicit HandlerPool(unsigned threads, std::size_t queue_limit = 1'000'000);
  /// Drains without grace; a handler that ignores its stop token is waited for.
  ~HandlerPool();

  /// Answers from within when the pool is draining (`Handler.Cancelled`) or full (`Handler.Busy`).
  void submit(Call call);

  /// A waiting call never starts and is answered `Handler.Cancelled` from within; a running one is asked to stop and
  /// answered so when its handler returns, whatever that returns. An attempt that is not there is ignored.
  void cancel(const std::string& attempt);

  /// Takes no more calls, answers the waiting ones `Handler.Cancelled`, gives the running ones `grace` to finish, then
  /// asks them to stop and waits for the rest of `grace` again. True if nothing runs any more.
  bool drain(std::chrono::milliseconds grace);

  std::size_t queued() const;
  std::size_t running() const;

 private:
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stepd::tasks
