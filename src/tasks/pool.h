// The threads that handlers run on: for each lane a fixed number, with a queue before them.
// It neither retries nor times out: whoever submits decides that and cancels.
#pragma once

#include "base/clock.h"
#include "base/lane_depth.h"
#include "base/payload.h"
#include "base/result.h"
#include "tasks/handler.h"
#include "tasks/lane.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

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
    Lineage lineage = {};  ///< see Invocation::lineage
  };

  /// The threads are named `quick-0`, `images-0`, ... `clock`, which outlives the pool, measures how long calls wait.
  HandlerPool(const Clock& clock, const LaneSizes& sizes);
  /// Drains without grace; a handler that ignores its stop token is waited for.
  ~HandlerPool();

  /// A handler that only computes is called from within. Every other call goes to its handler's lane; while it waits,
  /// its event is packed text. Answers from within when the pool is draining (`Handler.Cancelled`) or the lane has
  /// LaneSize::waiting_max waiting calls already (`Handler.Busy`).
  void submit(Call call);

  /// A waiting call never starts and is answered `Handler.Cancelled` from within; a running one is asked to stop and
  /// answered so when its handler returns, whatever that returns. An attempt that is not there is ignored.
  void cancel(const std::string& attempt);

  /// Takes no more calls, answers the waiting ones `Handler.Cancelled`, gives the running ones `grace` to finish, then
  /// asks them to stop and waits for the rest of `grace` again. True if nothing runs any more.
  bool drain(std::chrono::milliseconds grace);

  /// One for each of kLanes, in that order. Constant time.
  std::vector<LaneDepth> depths() const;

 private:
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stepd::tasks
