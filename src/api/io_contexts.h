// The threads of a server's sockets. Each runs a context of its own, so that what happens on one connection needs no
// strand, and no thread wakes another to share its work.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace stepd::api {

class IoContexts {
 public:
  /// At least one.
  explicit IoContexts(unsigned threads);
  IoContexts(const IoContexts&) = delete;
  IoContexts& operator=(const IoContexts&) = delete;
  /// stop() has been called.
  ~IoContexts();

  /// Each in turn, so that the connections of a few clients are spread evenly. Thread: any.
  boost::asio::io_context& next();

  /// Runs them until stop().
  void start();
  /// Waits for the handlers that run; what else is queued is dropped by the destructor. Thread: none of its own.
  void stop();

 private:
  struct Context;
  std::vector<std::unique_ptr<Context>> contexts_;
  std::atomic<std::size_t> dealt_{0};
};

}  // namespace stepd::api
