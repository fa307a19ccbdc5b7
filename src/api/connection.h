// One connection: it reads one request after the other, has it routed, and writes its answer.
// How bytes become heads and bodies is the stream's to know (http_stream.h).
#pragma once

#include "api/guard.h"
#include "api/http.h"
#include "api/seats.h"

#include <atomic>
#include <functional>
#include <memory>

namespace boost::asio {
class thread_pool;
}  // namespace boost::asio

namespace stepd::api {

class Connection;
class Gate;
class IoContexts;
class Router;
struct ServerOptions;

/// Who keeps count of what connections are doing. Thread: any.
class Occupancy {
 public:
  virtual ~Occupancy() = default;
  virtual void become_busy(const Connection* connection) = 0;
  virtual void become_idle(const Connection* connection) = 0;
  /// False: too many requests wait already.
  virtual bool begin_waiting(const Connection* connection) = 0;
  virtual void end_waiting(const Connection* connection) = 0;
  /// A request is answered with a refusal for want of a seat.
  virtual void note_refusal() = 0;
};

/// What all connections of a server share.
struct ConnectionContext {
  const ServerOptions& options;
  const Router& router;
  const GuardRules rules;
  IoContexts& io;
  boost::asio::thread_pool& pool;
  Workers& workers;
  Occupancy& occupancy;
  std::shared_ptr<Gate> gate;
  std::function<void(const Connection*)> closed;
  std::atomic<bool> finishing{false};  ///< no further request is read
};

/// Thread: any.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Serves until the end; from here on the connection keeps itself alive.
  virtual void begin(Service service) = 0;
  /// Instead of begin(): says that there is no seat, and ends.
  virtual void refuse() = 0;
  virtual void close_if_idle() = 0;
  /// Ends the connection where no request is under way, else after the answer.
  virtual void dismiss() = 0;
};

/// Takes the ownership of a connected socket.
std::shared_ptr<Connection> make_connection(ConnectionContext& context, int socket, bool ipv6);

}  // namespace stepd::api
