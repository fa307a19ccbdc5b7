// All connections of a server: what they share, how many there are, and their common end.
// It accepts nothing itself: it is handed sockets.
#pragma once

#include "api/connection.h"
#include "api/guard.h"
#include "api/seats.h"
#include "api/server.h"
#include "base/mutex.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

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
class Connections final : public Workers, public Occupancy {
 public:
  /// All given outlive it, and it outlives the running of `io` and `pool`.
  Connections(const ServerOptions& options, SeatLimits limits, const Router& router, IoContexts& io,
              boost::asio::thread_pool& pool);

  /// Takes the ownership of a connected socket. `scarce`: few descriptors are left.
  void serve(int socket, bool ipv6, const std::string& peer, bool scarce);
  /// Closes the oldest idle connection. False if none is idle.
  bool make_room();
  SeatTally tally() const;

  void become_busy(const Connection* connection) override;
  void become_idle(const Connection* connection) override;
  bool begin_waiting(const Connection* connection) override;
  void end_waiting(const Connection* connection) override;
  void note_refusal() override;
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
  void dismiss(const std::vector<std::shared_ptr<Connection>>& connections);
  std::shared_ptr<Connection> find(const Connection* connection) const STEPD_REQUIRES(mutex_);

  ConnectionContext context_;
  std::shared_ptr<Gate> gate_;

  mutable Mutex mutex_;
  ConditionVariable closed_;
  std::unordered_map<const Connection*, std::weak_ptr<Connection>> open_ STEPD_GUARDED_BY(mutex_);
  Seats seats_ STEPD_GUARDED_BY(mutex_);
};

}  // namespace stepd::api
