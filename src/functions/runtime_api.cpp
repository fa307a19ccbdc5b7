// One coroutine per connection of a process.
#include "functions/runtime_api.h"

#include "base/encoding.h"
#include "base/guarded.h"
#include "base/payload.h"
#include "functions/peer_user.h"
#include "functions/platform_errors.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

namespace stepd::functions {

// These two are not in the unnamed namespace, since coroutines of RuntimeApi::Desk keep them.
struct PostedRequest {
  boost::beast::http::verb method = boost::beast::http::verb::unknown;
  std::string target;
  std::string body;
  bool too_large = false;
  bool cut_short = false;
  bool keep_alive = false;
  std::string error_type;
  std::string error_body;  ///< trailer, base64
  std::string response_mode;
};

struct RuntimeReply {
  boost::beast::http::status status = boost::beast::http::status::accepted;
  std::string body = "{\"status\":\"OK\"}\n";
};

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view kRoot = "/2018-06-01/runtime/";
/// X-Ray's cause may be a field of 1 MB.
constexpr std::uint32_t kHeadBytes = 1'300'000;
constexpr std::size_t kPieceBytes = 65'536;
constexpr std::size_t kConnections = 16;
/// The trailers of a stream that broke off.
constexpr std::size_t kTrailerBytes = 65'536;
constexpr const char* kErrorType = "Lambda-Runtime-Function-Error-Type";
constexpr const char* kErrorBody = "Lambda-Runtime-Function-Error-Body";
constexpr const char* kResponseMode = "Lambda-Runtime-Function-Response-Mode";

RuntimeReply refusal(http::status status, const std::string& type, const std::string& message) {
  return {status, print_json(Json{{"errorMessage", message}, {"errorType", type}})};
}

/// What the caller gets of a result that was posted.
Answer answer_of(PostedRequest& posted) {
  if (posted.too_large) return too_large_result();
  if (posted.cut_short) {
    return posted_error(
        print_json(Json{{"errorType", "Runtime.TruncatedResponse"}, {"errorMessage", "The response was cut short."}}),
        "");
  }
  if (!posted.error_type.empty()) {  // of a stream that broke off
    const auto told = from_base64_leniently(posted.error_body);
    const bool is_told = told && parse_json(*told);
    return posted_error(is_told ? *told : print_json(Json{{"errorType", posted.error_type}, {"errorMessage", ""}}),
                        posted.error_type);
  }
  return {std::move(posted.body), false, "", ""};
}

}  // namespace

class RuntimeApi::Desk : public std::enable_shared_from_this<RuntimeApi::Desk> {
 public:
  Desk(asio::io_context& loop, RuntimeApiEvents& events, unsigned user)
      : loop_(loop),
        events_(&events),
        user_(user),
        acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void open() { asio::co_spawn(loop_, accept(shared_from_this()), asio::detached); }

  void close() {
    events_ = nullptr;
    error_code ignored;
    acceptor_.close(ignored);
    for (const auto& each : connections_) {
      if (const auto socket = each.lock()) socket->close(ignored);
    }
    if (waiting_ != nullptr) waiting_->cancel();
  }

  void give(const Invocation& invocation) {
    call_ = invocation;
    standing_ = Standing::Given;
    if (waiting_ != nullptr) waiting_->cancel();
  }

  bool was_told() const { return standing_ != Standing::Given; }

 private:
  using Socket = std::shared_ptr<tcp::socket>;
  enum class Standing : unsigned char {
    Free,
    Given,  ///< there is a call that the process has not been told of
    Told
  };

  static asio::awaitable<void> accept(std::shared_ptr<Desk> self) {
    while (self->events_ != nullptr) {
      error_code error;
      auto socket = co_await self->acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted || !self->acceptor_.is_open()) co_return;
      if (error) {  // no descriptors left: others will close theirs
        asio::steady_timer pause(self->loop_, std::chrono::milliseconds(50));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      auto& open = self->connections_;
      std::erase_if(open, [](const auto& each) { return each.expired(); });
      if (open.size() >= kConnections || !self->may_call(socket)) continue;
      auto shared = std::make_shared<tcp::socket>(std::move(socket));
      shared->set_option(tcp::no_delay(true), error);
      open.push_back(shared);
      asio::co_spawn(self->loop_, serve(self, shared), asio::detached);
    }
  }

  /// Another function has found the port.
  bool may_call(const tcp::socket& socket) const {
    if (user_ == 0) return true;
    error_code failed;
    const auto peer = socket.remote_endpoint(failed);
    if (failed) return false;
    const auto own = socket.local_endpoint(failed);
    if (failed) return false;
    const auto user = user_of_peer(name_of(peer), name_of(own));
    return user && *user == user_;
  }

  static SocketName name_of(const tcp::endpoint& end) { return {end.address().to_v4().to_uint(), end.port()}; }

  static asio::awaitable<void> serve(std::shared_ptr<Desk> self, Socket socket) {
    boost::beast::flat_buffer buffer(kHeadBytes + kPieceBytes);
    try {
      bool told = false;
      for (bool more = true; more && self->events_ != nullptr;) {
        PostedRequest posted;
        error_code error;
        if (!co_await read(*socket, buffer, posted, error)) {
          // The kernel resets a connection whose end closes it with bytes unread: the process has not seen the call.
          if (told && error == asio::error::connection_reset && self->standing_ == Standing::Told)
            self->standing_ = Standing::Given;
          break;
        }
        more = posted.keep_alive && !posted.cut_short;
        const std::string target = posted.target;
        if (posted.method == http::verb::get && target == std::string(kRoot) + "invocation/next") {
          if (!co_await tell_next(self, socket, posted.keep_alive)) break;
          told = true;
          continue;
        }
        told = false;
        const RuntimeReply reply = self->take(posted);
        co_await write(*socket, reply.status, reply.body, {}, posted.keep_alive);
      }
    } catch (const std::exception&) {
      // The connection is broken, or what came is no HTTP: the process is told by its end.
    }
    error_code ignored;
    socket->close(ignored);
  }

  /// False at the end of the connection.
  static asio::awaitable<bool> read(tcp::socket& socket, boost::beast::flat_buffer& buffer, PostedRequest& posted,
                                    error_code& error) {
    http::request_parser<http::buffer_body> parser;
    parser.header_limit(kHeadBytes);
    parser.body_limit(boost::none);
    co_await http::async_read_header(socket, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return false;
    auto& head = parser.get();
    posted.method = head.method();
    posted.target = std::string(head.target());
    posted.keep_alive = head.keep_alive();
    posted.response_mode = std::string(head[kResponseMode]);
    if (boost::beast::iequals(head[http::field::expect], "100-continue") && !parser.is_done()) {
      constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(socket, asio::buffer(kGoOn), asio::use_awaitable);
    }
    std::array<char, kPieceBytes> piece;
    while (!parser.is_done()) {
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      co_await http::async_read_some(socket, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
      const auto count = piece.size() - parser.get().body().size;
      if (posted.body.size() + count <= kResultBytes) {
        posted.body.append(piece.data(), count);
      } else {
        posted.too_large = true;
      }
      if (error && error != http::error::need_buffer) {
        posted.cut_short = true;
        break;
      }
    }
    const auto& fields = parser.get();  // the trailers among them
    posted.error_type = std::string(fields[kErrorType]);
    if (fields[kErrorBody].size() <= kTrailerBytes) posted.error_body = std::string(fields[kErrorBody]);
    co_return true;
  }

  static asio::awaitable<void> write(tcp::socket& socket, http::status status, const std::string& body,
                                     const std::vector<std::pair<std::string, std::string>>& fields, bool keep_alive) {
    http::response<http::string_body> response(status, 11);
    response.set(http::field::content_type, "application/json");
    for (const auto& [name, value] : fields) response.set(name, value);
    response.keep_alive(keep_alive);
    response.body() = body;
    response.prepare_payload();
    co_await http::async_write(socket, response, asio::use_awaitable);
  }

  /// Waits for a call and tells it; false if the connection ended.
  static asio::awaitable<bool> tell_next(std::shared_ptr<Desk> self, Socket socket, bool keep_alive) {
    const auto timer = std::make_shared<asio::steady_timer>(self->loop_, asio::steady_timer::time_point::max());
    if (self->waiting_ != nullptr) self->waiting_->cancel();  // the earlier of two finds nothing to tell
    self->waiting_ = timer;
    const auto left = std::make_shared<bool>(false);
    socket->async_wait(tcp::socket::wait_read, [self, timer, left](const error_code& error) {
      if (self->waiting_ != timer || error == asio::error::operation_aborted) return;
      *left = true;
      timer->cancel();
    });
    // While a call runs, who asks is told the same again.
    if (self->standing_ == Standing::Free) {
      self->event([](RuntimeApiEvents& events) { events.next_asked(); });
    }
    error_code ignored;
    while (self->waiting_ == timer && !*left && self->standing_ == Standing::Free && self->events_ != nullptr) {
      co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (self->waiting_ != timer) co_return false;
    self->waiting_ = nullptr;
    if (self->events_ == nullptr) co_return false;
    if (*left) {
      self->event([](RuntimeApiEvents& events) { events.next_left(); });
      co_return false;
    }
    socket->cancel(ignored);  // the wait for the end
    self->standing_ = Standing::Told;
    const Invocation call = *self->call_;
    std::vector<std::pair<std::string, std::string>> fields{
        {"Lambda-Runtime-Aws-Request-Id", call.request_id},
        {"Lambda-Runtime-Deadline-Ms", std::to_string(call.deadline.time_since_epoch().count())},
        {"Lambda-Runtime-Invoked-Function-Arn", call.function_arn}};
    if (!call.trace_header.empty()) fields.emplace_back("Lambda-Runtime-Trace-Id", call.trace_header);
    if (!call.client_context.empty()) fields.emplace_back("Lambda-Runtime-Client-Context", call.client_context);
    co_await write(*socket, http::status::ok, call.payload, fields, keep_alive);
    co_return true;
  }

  RuntimeReply take(PostedRequest& posted) {
    if (posted.method == http::verb::put &&
        (posted.target == "/2020-08-15/logs" || posted.target == "/2022-07-01/telemetry")) {
      const bool logs = posted.target.ends_with("logs");
      return refusal(http::status::accepted, logs ? "Logs.NotSupported" : "Telemetry.NotSupported",
                     "Extensions are not supported.");
    }
    if (posted.method != http::verb::post || !posted.target.starts_with(kRoot)) return not_found();
    const auto path = std::string_view(posted.target).substr(kRoot.size());
    if (path == "init/error") {
      if (call_) return refusal(http::status::forbidden, "InvalidStateTransition", "Transition is not allowed");
      event([answer = posted_error(std::move(posted.body), posted.error_type)](RuntimeApiEvents& events) mutable {
        events.init_error_posted(std::move(answer));
      });
      return {};
    }
    constexpr std::string_view kInvocation = "invocation/";
    const auto slash = path.rfind('/');
    if (!path.starts_with(kInvocation) || slash < kInvocation.size()) return not_found();
    const auto id = path.substr(kInvocation.size(), slash - kInvocation.size());
    const auto kind = path.substr(slash + 1);
    if (kind != "response" && kind != "error") return not_found();
    if (standing_ != Standing::Told || id != call_->request_id)
      return refusal(http::status::bad_request, "InvalidRequestID", "Invalid request ID");
    if (kind == "response" && !posted.response_mode.empty() && posted.response_mode != "streaming") {
      return finish({print_json(Json{{"errorType", "Runtime.InvalidResponseModeHeader"},
                                     {"errorMessage", "Invalid response mode: " + posted.response_mode}}),
                     true, "Runtime.InvalidResponseModeHeader", ""},
                    refusal(http::status::bad_request, "InvalidFunctionResponseMode", "Invalid response mode"));
    }
    const bool cut = posted.cut_short;
    auto answer = kind == "response" ? answer_of(posted) : error_of(posted);
    return finish(
        std::move(answer),
        cut ? refusal(http::status::bad_request, "TruncatedHTTPRequest", "The request was cut short") : RuntimeReply{});
  }

  static Answer error_of(PostedRequest& posted) {
    if (posted.too_large) return too_large_result();
    return posted_error(std::move(posted.body), posted.error_type);
  }

  RuntimeReply finish(Answer answer, RuntimeReply reply) {
    standing_ = Standing::Free;
    event([answer = std::move(answer)](RuntimeApiEvents& events) mutable { events.answer_posted(std::move(answer)); });
    return reply;
  }

  static RuntimeReply not_found() {
    return refusal(http::status::not_found, "NotFound", "There is no such operation.");
  }

  template <class Tell>
  void event(Tell tell) {
    asio::post(loop_, [self = shared_from_this(), tell = std::move(tell)]() mutable {
      if (self->events_ == nullptr) return;
      run_guarded("a function's Runtime API", [&] { tell(*self->events_); });
    });
  }

  asio::io_context& loop_;
  RuntimeApiEvents* events_;
  const unsigned user_;
  tcp::acceptor acceptor_;
  std::vector<std::weak_ptr<tcp::socket>> connections_;
  std::shared_ptr<asio::steady_timer> waiting_;  ///< of the request for the next call
  std::optional<Invocation> call_;
  Standing standing_ = Standing::Free;
};

RuntimeApi::RuntimeApi(asio::io_context& loop, RuntimeApiEvents& events, unsigned user)
    : desk_(std::make_shared<Desk>(loop, events, user)) {
  desk_->open();
}
RuntimeApi::~RuntimeApi() { desk_->close(); }
std::uint16_t RuntimeApi::port() const { return desk_->port(); }
bool RuntimeApi::was_told() const { return desk_->was_told(); }
void RuntimeApi::give(const Invocation& invocation) { desk_->give(invocation); }

}  // namespace stepd::functions
