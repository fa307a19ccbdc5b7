// The HTTP server: listens, and gives every connection its guard, its limits and its time. The routes are in the router.
#pragma once

#include "api/router.h"
#include "api/seats.h"
#include "base/mutex.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api {

struct Timeouts {
  std::chrono::milliseconds header{10'000};  ///< from a request's first byte to the end of its head
  std::chrono::milliseconds body{30'000};    ///< a whole body; each piece of one that is taken in pieces
  std::chrono::milliseconds write{30'000};   ///< a whole answer; each piece of one that is sent in pieces
  std::chrono::milliseconds idle{60'000};    ///< between two requests
  std::chrono::milliseconds linger{1'000};   ///< for a refused client to read why
  std::chrono::milliseconds crowded{
      3'000};  ///< instead of `header` and `idle` where there is no seat but a reserved one
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8083;               ///< 0: any free one
  bool allow_remote = false;               ///< without it an address that other machines reach is refused
  unsigned threads = 2;                    ///< for sockets
  unsigned workers = 4;                    ///< for what blocks on a disk
  std::vector<std::string> allowed_hosts;  ///< `name` or `name:port`, beside the loopback names
  Timeouts timeouts;
  std::size_t connections_max = 4'096;  ///< at most half of the process's file descriptors
  /// Of one address (of IPv6: one /64); 0: half of all. Half of them, and three quarters of all, may wait in long
  /// polls.
  std::size_t connections_per_peer_max = 0;
  std::size_t connections_reserved = 32;  ///< beyond the others, for vital routes and refusals
  std::size_t head_bytes_max = 16'384;
  std::uint64_t object_bytes_max = 5ULL << 30;
  std::uint64_t body_bytes_per_second_min = 1'024;  ///< of a body taken in pieces, once `timeouts.body` is over
  /// Told of each answer; `route` is the pattern, or empty where there was none. Thread: an I/O thread; must not block.
  std::function<void(std::string_view method, std::string_view route, int status, std::chrono::nanoseconds took)>
      answered = {};
};

/// How many connections there are. It may be asked before there is a server and long after. Thread: any.
class ConnectionCount {
 public:
  SeatTally read() const;
  /// `source` is asked until another one, or none, is set.
  void read_from(std::function<SeatTally()> source);

 private:
  mutable Mutex mutex_;
  std::function<SeatTally()> source_ STEPD_GUARDED_BY(mutex_);
};

/// The address cannot be listened on: in use, not of this machine, not permitted, not loopback. what() is for people.
class ListenError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Server {
 public:
  /// Binds, so that the port is known and a second server fails at once; nothing is accepted yet. Throws ListenError.
  Server(ServerOptions options, Router router, std::shared_ptr<ConnectionCount> count);
  /// Ends every connection and joins every thread. Replies that come later go nowhere.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  void start();
  /// Accepts no more, closes idle connections, and waits for the requests under way, at most `grace`.
  void drain(std::chrono::milliseconds grace);

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace stepd::api
