// All connections of a server: what they share, how many there are, and their common end.
// It accepts nothing itself: it is handed sockets.
#pragma once

#include "api/connection.h"
#include "api/guard.h"
#include "api/server.h"
#include "base/mutex.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <unordered_map>

namespace stepd::api {

/// What holds replies of other threads back once the server ends. Thread: any.
class Gate {
 public:
  /// Runs `work` unless the gate is closed; close() waits for it.
  void pass(const std::function<void()>& work);
  void close();

 private:
  Mutex mutex_;
  bool open_ STEPD_GUARDED_BY(mutex_) = true;
};

/// Thread: any.
class Connections final : public Workers {
 public:
  /// All given outlive it, and it outlives the running of `io` and `pool`.
  Connections(const ServerOptions& options, const Router& router, boost::asio::io_context& io,
              boost::asio::thread_pool& pool);

  /// Takes the ownership of a connected socket.
  void serve(int socket, bool ipv6);
  /// At most one piece of work per connection waits here, so the connections' limit is the queue's.
  void post(std::function<void()> work) override;

  std::size_t open() const;
  /// Every connection ends after the answer it owes, at once if it owes none.
  void finish();
  /// False if connections were left at `deadline`.
  bool wait_until_closed(std::chrono::steady_clock::time_point deadline);
  /// From now on replies go nowhere: nothing of `io` is touched by threads that are not its own.
  void detach();

 private:
  void remove(const Connection* connection);

  ConnectionContext context_;
  std::shared_ptr<Gate> gate_;

  mutable Mutex mutex_;
  ConditionVariable closed_;
  std::unordered_map<const Connection*, std::weak_ptr<Connection>> open_ STEPD_GUARDED_BY(mutex_);
};

}  // namespace stepd::api
