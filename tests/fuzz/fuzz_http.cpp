// What clients send: heads, bodies, chunks and trailers, byte by byte as the input has them. The first byte chooses how
// large a body may be.
#include "api/http_stream.h"
#include "api/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace stepd;

namespace {

api::Task<void> serve(api::HttpStream& stream, std::uint64_t body_bytes_max) {
  const std::atomic<bool> finishing{false};
  const api::GuardRules rules;
  char piece[512];
  for (;;) {
    const auto head = co_await stream.read_head(rules, finishing);
    if (!head) co_return;
    stream.limit_body(body_bytes_max);
    std::uint64_t bytes = 0;
    while (!stream.body_done()) bytes += co_await stream.read_some(piece, sizeof piece);
    if (bytes > body_bytes_max || (head->content_length && bytes != *head->content_length)) std::abort();
  }
}

/// What may be thrown is what a connection expects; anything else is a find.
api::Task<void> guard(api::HttpStream& stream, std::uint64_t body_bytes_max) {
  try {
    co_await serve(stream, body_bytes_max);
  } catch (const api::Refused&) {
  } catch (const boost::system::system_error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kBytesMax = 100'000;  // what a socket takes unread
  if (size < 1 || size > kBytesMax) return 0;
  static const api::ServerOptions options;
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) return 0;
  const auto sent = ::send(sockets[1], data + 1, size - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  ::close(sockets[1]);
  if (sent < 0) return ::close(sockets[0]), 0;
  boost::asio::io_context io;
  api::HttpStream stream(io.get_executor(), sockets[0], false, options);
  boost::asio::co_spawn(io, guard(stream, data[0] * 64), [&io](const std::exception_ptr& failure) {
    io.stop();  // the stream's timer is still set
    if (failure) std::rethrow_exception(failure);
  });
  io.run();
  return 0;
}
