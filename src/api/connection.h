// One connection: it reads one request after the other, has it routed, and writes its answer.
// How bytes become heads and bodies is the stream's to know (http_stream.h).
#pragma once

#include "api/guard.h"
#include "api/http.h"

#include <atomic>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
class thread_pool;
}  // namespace boost::asio

namespace stepd::api {

class Connection;
class Gate;
class Router;
struct ServerOptions;

/// What all connections of a server share.
struct ConnectionContext {
  const ServerOptions& options;
  const Router& router;
  const GuardRules rules;
  boost::asio::io_context& io;
  boost::asio::thread_pool& pool;
  Workers& workers;
  std::shared_ptr<Gate> gate;
  std::function<void(const Connection*)> closed;
  std::atomic<bool> finishing{false};  ///< no further request is read
};

/// Thread: any.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Serves until the end; from here on the connection keeps itself alive.
  virtual void begin() = 0;
  virtual void close_if_idle() = 0;
};

/// Takes the ownership of a connected socket.
std::shared_ptr<Connection> make_connection(ConnectionContext& context, int socket, bool ipv6);

}  // namespace stepd::api
