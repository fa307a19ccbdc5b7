// Reading is done into one flat buffer that the guard sees before all else does: what it or Beast dislikes ends the
// connection, as nobody could say where the next request begins.
#include "api/http_stream.h"

#include "api/server.h"

#include <poll.h>
#include <sys/socket.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace stepd::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;
using Parser = http::request_parser<http::buffer_body>;

namespace {
constexpr std::size_t kLingerBytesMax = 1'048'576;
constexpr std::size_t kLingerPiece = 4'096;
constexpr std::size_t kReadBytesMax = 65'536;
constexpr int kRefusalWaitMs = 10;  // for the request of a client that is refused unread
constexpr int kRefusedReads = 16;
constexpr int kImpatience = 10;  // how much shorter a linger is
}  // namespace

// What has come of a request is taken, as closing with bytes unread would take the answer back.
void refuse_unread(int socket) {
  static constexpr std::string_view kBody = R"({"error":"too many connections"})";
  static const std::string answer =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(kBody.size()) + "\r\n\r\n" + std::string(kBody);
  [[maybe_unused]] const auto sent = ::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(socket, SHUT_WR);
  char dropped[4096];
  pollfd readable{socket, POLLIN, 0};
  for (int i = 0; i<kRefusedReads&& ::poll(&readable, 1, kRefusalWaitMs)> 0; ++i) {
    if (::recv(socket, dropped, sizeof dropped, MSG_DONTWAIT) <= 0) break;
  }
}

struct HttpStream::Parts : std::enable_shared_from_this<Parts> {
  Parts(const asio::any_io_executor& executor, int handle, bool ipv6, const ServerOptions& server_options)
      : options(server_options), socket(executor, ipv6 ? tcp::v6() : tcp::v4(), handle), timer(executor) {
    error_code ignored;
    socket.non_blocking(true, ignored);
  }

  const ServerOptions& options;
  tcp::socket socket;
  asio::steady_timer timer;
  std::optional<steady_clock::time_point> due;    ///< of what is under way, or will be
  std::optional<steady_clock::time_point> armed;  ///< when the timer goes off; it may be before `due`
  beast::flat_buffer buffer;
  std::optional<Parser> parser;
  std::optional<std::size_t> whole;  ///< bytes of the body at the start of the buffer; none: the parser reads it
  bool idle = false;
  bool impatient = false;
  std::function<void()> left;  // set while the client is watched

  std::string_view bytes() const {
    const auto data = buffer.cdata();
    return {static_cast<const char*>(data.data()), data.size()};
  }

  /// To be called before each wait. A deadline moves back with each request, so the timer is mostly left alone.
  void arm() {
    if (!due || (armed && *armed <= *due)) return;
    armed = due;
    timer.expires_at(*due);
    timer.async_wait([weak = weak_from_this()](error_code cancelled) {
      const auto self = weak.lock();
      if (cancelled || !self) return;
      self->armed.reset();
      if (!self->due) return;
      if (*self->due > steady_clock::now()) return self->arm();
      error_code ignored;
      self->socket.close(ignored);
    });
  }

  /// At most `most` bytes more into the buffer.
  Task<void> read(std::size_t most, error_code& error) {
    arm();
    const auto count =
        co_await socket.async_read_some(buffer.prepare(most), asio::redirect_error(asio::use_awaitable, error));
    buffer.commit(count);
  }
};

HttpStream::HttpStream(const asio::any_io_executor& executor, int socket, bool ipv6, const ServerOptions& options)
    : parts_(std::make_shared<Parts>(executor, socket, ipv6, options)) {}
HttpStream::~HttpStream() = default;

/// The size of the head at the start of the buffer; 0 if the client left before one. Throws Refused.
Task<std::size_t> HttpStream::find_head_end(const std::atomic<bool>& finishing) {
  auto& parts = *parts_;
  const auto& options = parts.options;
  HeadScanner scanner(options.head_bytes_max);
  bool begun = false;
  for (;;) {
    if (parts.buffer.size() > 0) {
      const auto scanned = scanner.scan(parts.bytes());
      if (const auto* bad = std::get_if<Refused>(&scanned)) throw *bad;
      if (std::get<std::size_t>(scanned) > 0) co_return std::get<std::size_t>(scanned);
      if (!begun) expires_after(parts.impatient ? options.timeouts.crowded : options.timeouts.header);
      begun = true;
    } else {
      expires_after(parts.impatient ? options.timeouts.crowded : options.timeouts.idle);
      parts.idle = true;
      if (finishing) co_return 0;
    }
    error_code error;
    co_await parts.read(options.head_bytes_max, error);
    parts.idle = false;
    if (error) co_return 0;
  }
}

Task<std::optional<Head>> HttpStream::read_head(const GuardRules& rules, const std::atomic<bool>& finishing) {
  const auto size = co_await find_head_end(finishing);
  if (size == 0) co_return std::nullopt;
  auto& parts = *parts_;
  auto checked = check_head(parts.bytes().substr(0, size), rules);
  if (const auto* bad = std::get_if<Refused>(&checked)) throw *bad;

  auto& head = std::get<Head>(checked);
  parts.whole.reset();
  if (const auto length = head.content_length.value_or(0); !head.chunked && length <= parts.buffer.size() - size) {
    parts.whole = static_cast<std::size_t>(length);
  } else {
    auto& parser = parts.parser.emplace();
    parser.body_limit(boost::none);
    parser.header_limit(static_cast<std::uint32_t>(parts.options.head_bytes_max));
    error_code error;
    const auto consumed = parser.put(asio::buffer(parts.buffer.cdata().data(), size), error);
    if (error || consumed != size || !parser.is_header_done()) throw Refused{400, "malformed request"};
  }
  parts.buffer.consume(size);
  co_return std::move(head);
}

void HttpStream::be_impatient() { parts_->impatient = true; }

void HttpStream::refuse_unread() { api::refuse_unread(parts_->socket.native_handle()); }

std::optional<std::string> HttpStream::take_whole_body() {
  if (!parts_->whole) return std::nullopt;
  expires_never();
  const auto size = std::exchange(*parts_->whole, 0);
  std::string body(parts_->bytes().substr(0, size));
  parts_->buffer.consume(size);
  return body;
}

void HttpStream::limit_body(std::uint64_t bytes_max) {
  if (!parts_->whole) parts_->parser->body_limit(bytes_max);
}

bool HttpStream::body_done() const { return parts_->whole ? *parts_->whole == 0 : parts_->parser->is_done(); }

Task<void> HttpStream::say_continue(const Head& head) {
  if (!head.expects_continue || parts_->buffer.size() > 0) co_return;
  expires_after(parts_->options.timeouts.write);
  co_await write("HTTP/1.1 100 Continue\r\n\r\n", "");
}

/// What the parser takes of the bytes that have arrived. Beast throws where a field is too large for its types.
std::size_t HttpStream::parse(boost::system::error_code& error) {
  try {
    const auto consumed = parts_->parser->put(parts_->buffer.cdata(), error);
    parts_->buffer.consume(consumed);
    return consumed;
  } catch (const std::exception&) {
    throw Refused{400, "malformed body"};
  }
}

Task<void> HttpStream::read_more(std::size_t size) {
  // The parser takes a chunk's head and the trailer as wholes, and until one is whole it is kept here.
  if (parts_->buffer.size() >= parts_->options.head_bytes_max)
    throw Refused{431, "a chunk's head or the trailer is too large"};
  error_code error;
  co_await parts_->read(std::min(size, kReadBytesMax), error);
  if (error) throw boost::system::system_error(error);
}

Task<std::size_t> HttpStream::read_some(char* buffer, std::size_t size) {
  if (parts_->whole) {
    const auto count = std::min(size, *parts_->whole);
    parts_->bytes().copy(buffer, count);
    parts_->buffer.consume(count);
    *parts_->whole -= count;
    co_return count;
  }
  auto& parser = *parts_->parser;
  std::size_t filled = 0;
  while (filled == 0 && !parser.is_done()) {
    parser.get().body().data = buffer;
    parser.get().body().size = size;
    parser.get().body().more = true;
    error_code error;
    const auto consumed = parts_->buffer.size() == 0 ? 0 : parse(error);
    filled = size - parser.get().body().size;
    if (error == http::error::body_limit) throw Refused{413, "the body is too large"};
    if (error && error != http::error::need_buffer && error != http::error::need_more)
      throw Refused{400, "malformed body"};
    if (consumed == 0 && filled == 0 && !parser.is_done()) co_await read_more(size);
  }
  co_return filled;
}

void HttpStream::watch(std::shared_ptr<void> owner, std::function<void()> left) {
  parts_->left = std::move(left);
  parts_->buffer.shrink_to_fit();  // it had room for a whole head
  await_news(std::move(owner));
}

void HttpStream::await_news(std::shared_ptr<void> owner) {
  parts_->socket.async_wait(tcp::socket::wait_read, [this, owner = std::move(owner)](error_code error) mutable {
    auto& parts = *parts_;
    const auto most = parts.options.head_bytes_max;
    if (error || !parts.left || parts.buffer.size() >= most) return;
    parts.buffer.commit(parts.socket.read_some(parts.buffer.prepare(most - parts.buffer.size()), error));
    if (!error || error == asio::error::would_block) return await_news(std::move(owner));
    std::exchange(parts.left, nullptr)();
  });
}

void HttpStream::stop_watching() {
  parts_->left = nullptr;
  error_code ignored;
  parts_->socket.cancel(ignored);
}

Task<void> HttpStream::write(std::string_view head, std::string_view body) {
  std::array<asio::const_buffer, 2> both{asio::buffer(head), asio::buffer(body)};
  error_code blocked;
  const auto sent = parts_->socket.write_some(both, blocked);
  if (blocked && blocked != asio::error::would_block) throw boost::system::system_error(blocked);
  const auto of_head = std::min(sent, head.size());
  both = {asio::buffer(head.substr(of_head)), asio::buffer(body.substr(sent - of_head))};
  if (asio::buffer_size(both) == 0) co_return;
  parts_->arm();
  co_await asio::async_write(parts_->socket, both, asio::use_awaitable);
}

Task<void> HttpStream::linger() {
  auto& parts = *parts_;
  error_code error;
  parts.socket.shutdown(tcp::socket::shutdown_send, error);
  const auto linger = parts.options.timeouts.linger;
  expires_after(parts.impatient ? linger / kImpatience : linger);
  std::size_t dropped = 0;
  while (!error && dropped < kLingerBytesMax) {
    parts.buffer.clear();
    co_await parts.read(kLingerPiece, error);
    dropped += parts.buffer.size();
  }
}

void HttpStream::expires_after(std::chrono::milliseconds time) { parts_->due = steady_clock::now() + time; }

void HttpStream::expires_never() { parts_->due.reset(); }

void HttpStream::close_if_idle() {
  if (parts_->idle) close();
}

void HttpStream::close() {
  error_code ignored;
  parts_->socket.close(ignored);
}

}  // namespace stepd::api
