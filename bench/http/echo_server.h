// The least that an HTTP server of Boost.Beast does: reads a request, sends an answer of a given size, and so on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace stepd::bench {

class EchoServer {
 public:
  /// `answer_bytes` with head and body. Two threads, as many as stepd has for sockets.
  explicit EchoServer(std::size_t answer_bytes);
  ~EchoServer();
  std::uint16_t port() const;

 private:
  class Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stepd::bench
