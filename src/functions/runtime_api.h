// The Runtime API of one environment (AWS Lambda dev guide: Using the Lambda runtime API), on a port of its own: no
// request says which process sends it, so the port does. It keeps no time and decides nothing about processes.
#pragma once

#include "functions/environment.h"

#include <cstdint>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace stepd::functions {

/// Called on the loop's thread, never from within a call of RuntimeApi.
class RuntimeApiEvents {
 public:
  virtual ~RuntimeApiEvents() = default;
  virtual void next_asked() = 0;
  /// The process that had asked has closed its connection.
  virtual void next_left() = 0;
  virtual void answer_posted(Answer answer) = 0;
  virtual void init_error_posted(Answer answer) = 0;
};

/// Thread: that of the loop. Bodies beyond kResultBytes are read to their end and dropped: a client that is refused
/// ends, and the caller is told by the answer.
class RuntimeApi {
 public:
  /// Listens on a free port of 127.0.0.1. `events` is called until the destructor. `user`: only processes of that user
  /// are served; 0: all. Throws boost::system::system_error.
  RuntimeApi(boost::asio::io_context& loop, RuntimeApiEvents& events, unsigned user);
  ~RuntimeApi();
  RuntimeApi(const RuntimeApi&) = delete;
  RuntimeApi& operator=(const RuntimeApi&) = delete;

  std::uint16_t port() const;
  /// Answers the request for the next call, now or as soon as it comes.
  void give(const Invocation& invocation);
  /// Whether the process has been told of the last call.
  bool was_told() const;

 private:
  class Desk;
  std::shared_ptr<Desk> desk_;
};

}  // namespace stepd::functions
