// One socket as HTTP: a head, a body in pieces, bytes out, each within its time. All judgement of heads is the guard's;
// the framing of bodies is Beast's, unless a body of known length has come with its head. What a request means is not
// known here.
#pragma once

#include "api/guard.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace boost::asio {
class any_io_executor;
template <typename T, typename Executor>
class awaitable;
}  // namespace boost::asio
namespace boost::system {
class error_code;
}  // namespace boost::system

namespace stepd::api {

struct ServerOptions;

/// A coroutine of a connection.
template <class T>
using Task = boost::asio::awaitable<T, boost::asio::any_io_executor>;

/// Answers 503 and what else makes a client come back, without reading what it asks. Blocks for a moment at most.
void refuse_unread(int socket);

/// Thread: its executor's, for every member. A connection that breaks or is late is closed without a word and throws
/// boost::system::system_error.
class HttpStream {
 public:
  /// Takes the ownership of a connected socket. `options` outlives it.
  HttpStream(const boost::asio::any_io_executor& executor, int socket, bool ipv6, const ServerOptions& options);
  ~HttpStream();

  /// The next request's head; none if the client left before one was whole, or if `finishing` and none had begun.
  /// Throws Refused.
  Task<std::optional<Head>> read_head(const GuardRules& rules, const std::atomic<bool>& finishing);

  /// From now on a head has `timeouts.crowded` to come, and a client hardly any time to read why it was refused.
  void be_impatient();
  /// As the function of that name.
  void refuse_unread();

  // The body of the head that was read last.
  /// The whole body, if it has come with the head and is not chunked; nothing is waited for then, so it has all time.
  /// None: read_some() has it.
  std::optional<std::string> take_whole_body();
  void limit_body(std::uint64_t bytes_max);
  Task<void> say_continue(const Head& head);
  bool body_done() const;
  /// At least one byte into `buffer`, 0 at the body's end. Throws Refused for a body that is malformed or too large,
  /// and for a chunk's head or a trailer that is larger than a head may be. Trailers are read and dropped.
  Task<std::size_t> read_some(char* buffer, std::size_t size);

  /// Calls `left` if the client leaves, until stop_watching(). What it sends meanwhile is kept for its next request; a
  /// client that sends a whole head's worth is no longer watched. Meanwhile `owner`, which holds the stream, lives on.
  void watch(std::shared_ptr<void> owner, std::function<void()> left);
  void stop_watching();

  /// Sends at once what the socket takes, and waits only with the rest.
  Task<void> write(std::string_view head, std::string_view body);
  /// Lets a client that still sends read the answer: closing with bytes unread would reset the connection and take the
  /// answer with it, so a little is read and dropped.
  Task<void> linger();

  /// For what is read or written next. A timer is set only when that has to wait, and only if none goes off before.
  void expires_after(std::chrono::milliseconds time);
  void expires_never();
  void close_if_idle();
  void close();

 private:
  void await_news(std::shared_ptr<void> owner);
  Task<std::size_t> find_head_end(const std::atomic<bool>& finishing);
  std::size_t parse(boost::system::error_code& error);
  /// `size`: how many bytes of the body are wanted.
  Task<void> read_more(std::size_t size);

  struct Parts;
  std::shared_ptr<Parts> parts_;  ///< no other owner lives longer; a timer looks whether it is still there
};

}  // namespace stepd::api
