// One coroutine per connection: head, route, body, answer, again. A request that the guard refuses is the last.
#include "api/connection.h"

#include "api/http_stream.h"
#include "api/io_contexts.h"
#include "api/open_connections.h"
#include "api/wire.h"
#include "base/guarded.h"

#include <spdlog/spdlog.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace stepd::api {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;
/// Of the one thread that runs everything of a connection.
using Executor = asio::io_context::executor_type;

namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::string_view kVital = "/health, /livez, /readyz and /metrics";
constexpr std::chrono::milliseconds kFeedPause{50};      // what happens meanwhile is one piece
constexpr std::chrono::milliseconds kFeedQuiet{15'000};  // then a comment keeps proxies and readers from giving up

/// How fast a body came so far.
struct Pace {
  steady_clock::time_point started = steady_clock::now();
  std::uint64_t bytes = 0;
};

/// Where an answer meets the coroutine that waits for it. Touched on the connection's thread alone.
struct Awaited {
  explicit Awaited(const Executor& on) : executor(on), wakes(on, steady_clock::time_point::max()) {}
  Executor executor;
  asio::steady_timer wakes;
  std::optional<Response> response;
  std::function<void()> gone;  ///< to be called if the client leaves before
  bool left = false;
  bool news = false;  ///< of a feed
};

/// Runs `work` on the thread of what the weak pointer leads to, if it is still there.
template <class Work>
void reach(Gate& gate, const std::weak_ptr<Awaited>& to, Work work) {
  gate.pass([&] {
    const auto awaited = to.lock();
    if (!awaited) return;
    asio::dispatch(awaited->executor, [to, work = std::move(work)] {
      const auto waiting = to.lock();
      if (!waiting) return;
      work(*waiting);
      waiting->wakes.cancel();
    });
  });
}

/// May run on any thread and long after the server: only an open gate makes it touch what the weak pointer leads to.
void deliver(Gate& gate, const std::weak_ptr<Awaited>& to, Response response) {
  // A handler may answer before it returns: then the thread is the connection's and the answer is there before it is
  // awaited.
  reach(gate, to, [kept = std::make_shared<Response>(std::move(response))](Awaited& awaited) {
    awaited.response = std::move(*kept);
  });
}

class Served final : public Connection, public std::enable_shared_from_this<Served> {
 public:
  Served(ConnectionContext& context, int socket, bool ipv6)
      : context_(context),
        options_(context.options),
        executor_(context.io.next().get_executor()),
        stream_(executor_, socket, ipv6, context.options) {}
  ~Served() override { context_.closed(this); }

  void begin(Service service) override {
    service_ = service;
    if (service == Service::Reserved) stream_.be_impatient();
    asio::co_spawn(executor_, run(shared_from_this()), asio::detached);
  }

  void refuse() override { stream_.refuse_unread(); }

  void close_if_idle() override {
    asio::post(executor_, [self = shared_from_this()] {
      self->stream_.close_if_idle();
      if (const auto feeding = self->feeding_.lock()) feeding->wakes.cancel();
    });
  }

  void dismiss() override {
    asio::post(executor_, [self = shared_from_this()] {
      self->dismissed_ = true;
      if (const auto feeding = self->feeding_.lock()) feeding->wakes.cancel();
      if (!self->in_request_) self->stream_.close();
    });
  }

 private:
  static Task<void> run(std::shared_ptr<Served> self);
  Task<bool> serve_one();
  Task<bool> answer_request(Head head);
  Task<Response> take_body(const Route& route, Request request, const Head& head);
  Task<void> read_body(std::string& body);
  Task<Response> take_whole(const Route& route, Request request);
  Task<Response> take_pieces(const Route& route, const Request& request);
  Task<std::size_t> fill(std::vector<char>& buffer, Pace& pace);
  void hand_over(const Route& route, Request request, const std::shared_ptr<Awaited>& awaited);
  Task<bool> write(const Head& head, const std::string& id, Response response);
  Task<void> write_source(BodySource& source);
  Task<void> write_feed(Feed& feed);

  /// Runs `work` on a worker and comes back to the connection's thread; what it throws is thrown here.
  template <class Work>
  Task<std::invoke_result_t<Work>> on_worker(Work work) {
    stream_.expires_never();
    std::optional<std::invoke_result_t<Work>> result;
    std::exception_ptr failure;
    co_await asio::post(asio::bind_executor(context_.pool, asio::use_awaitable));
    try {
      result.emplace(work());
    } catch (...) {
      failure = std::current_exception();
    }
    co_await asio::post(asio::bind_executor(executor_, asio::use_awaitable));
    if (failure) std::rethrow_exception(failure);
    co_return std::move(*result);
  }

  ConnectionContext& context_;
  const ServerOptions& options_;
  Executor executor_;
  HttpStream stream_;
  Service service_ = Service::Full;  // set before anything runs
  bool in_request_ = false;          // on its thread, as what follows
  bool dismissed_ = false;
  std::weak_ptr<Awaited> feeding_;  ///< while a feed is sent
};

/// No seat, or too many that wait.
Response crowded(const Route& route, std::string_view reason) {
  auto response = route.refuse(503, reason);
  response.fields.push_back({"Retry-After", "1"});
  return response;
}

Task<void> Served::run(std::shared_ptr<Served> self) {
  try {
    while (co_await self->serve_one()) {
    }
  } catch (const boost::system::system_error& gone) {
    spdlog::debug("connection ended: {}", gone.code().message());
  } catch (const std::exception& error) {
    note_escaped("a connection", error.what());
  } catch (...) {
    note_escaped("a connection", "an exception of an unknown type");
  }
  self->stream_.close();
}

/// False when the connection is to end.
Task<bool> Served::serve_one() {
  std::optional<Refused> refused;
  std::optional<Head> head;
  in_request_ = false;
  context_.occupancy.become_idle(this);
  if (dismissed_) co_return false;
  try {
    head = co_await stream_.read_head(context_.rules, context_.finishing);
    if (!head) co_return false;
  } catch (const Refused& bad) {
    refused = bad;
  }
  in_request_ = true;
  context_.occupancy.become_busy(this);
  if (refused) {
    const auto id = make_request_id();
    spdlog::debug("refused: {} {} {}", refused->status, refused->reason, id);
    auto response = error_response(refused->status, refused->reason);
    response.close = true;
    const Head unknown;  // named: g++ 12 copies a braced temporary in a co_await bytewise, strings included
    co_return co_await write(unknown, id, std::move(response));
  }
  co_return co_await answer_request(std::move(*head));
}

Task<bool> Served::answer_request(Head head) {
  const auto started = steady_clock::now();
  auto request = make_request(head);
  const auto id = request.id;

  auto admitted = admit(context_.router, head, request);
  std::optional<Response> response;
  const Route* known = nullptr;
  if (auto* answer = std::get_if<Response>(&admitted)) {
    response = std::move(*answer);
  } else if (known = std::get<const Route*>(admitted); service_ == Service::Full || known->vital) {
    response = co_await take_body(*known, std::move(request), head);
  } else {
    context_.occupancy.note_refusal();
    response = crowded(*known, "too many connections: this one got a seat for " + std::string(kVital) + " only");
  }
  const int status = response->status;
  const bool kept = co_await write(head, id, std::move(*response));
  const auto took = steady_clock::now() - started;
  spdlog::debug("{} {} {} {} ms {}", head.method, head.path, status,
                std::chrono::duration_cast<std::chrono::milliseconds>(took).count(), id);
  if (options_.answered) {
    options_.answered(known == nullptr ? "" : known->method, known == nullptr ? "" : known->pattern, status, took);
  }
  co_return kept;
}

Task<Response> Served::take_body(const Route& route, Request request, const Head& head) {
  std::optional<Response> failed;
  try {
    stream_.limit_body(route.body_bytes_max);
    co_await stream_.say_continue(head);
    if (route.open_sink) co_return co_await take_pieces(route, request);
    co_return co_await take_whole(route, std::move(request));
  } catch (const Refused& refused) {
    failed = route.refuse(refused.status, refused.reason);
  } catch (const boost::system::system_error&) {
    throw;  // nobody is left to be answered
  } catch (const std::exception& error) {
    note_escaped(route.method + " " + route.pattern, error.what());
    failed = route.refuse(500, "internal error");
  } catch (...) {
    note_escaped(route.method + " " + route.pattern, "an exception of an unknown type");
    failed = route.refuse(500, "internal error");
  }
  failed->close = true;
  co_return std::move(*failed);
}

/// As many bytes as fit into `buffer`, fewer at the body's end. Each read has its own time, the whole its least pace.
Task<std::size_t> Served::fill(std::vector<char>& buffer, Pace& pace) {
  std::size_t filled = 0;
  while (filled < buffer.size() && !stream_.body_done()) {
    stream_.expires_after(options_.timeouts.body);
    const auto count = co_await stream_.read_some(buffer.data() + filled, buffer.size() - filled);
    filled += count;
    pace.bytes += count;
    const std::chrono::duration<double> late = steady_clock::now() - pace.started - options_.timeouts.body;
    if (static_cast<double>(pace.bytes) < late.count() * static_cast<double>(options_.body_bytes_per_second_min)) {
      throw Refused{408, "the body arrives too slowly"};
    }
  }
  co_return filled;
}

void Served::hand_over(const Route& route, Request request, const std::shared_ptr<Awaited>& awaited) {
  const std::weak_ptr to = awaited;
  const Reply reply([gate = context_.gate, to](Response answer) { deliver(*gate, to, std::move(answer)); },
                    [gate = context_.gate, to](std::function<void()> gone) {
                      reach(*gate, to, [gone = std::move(gone)](Awaited& waiting) { waiting.gone = gone; });
                    });
  const auto where = route.method + " " + route.pattern + " (" + request.id + ")";
  if (!run_guarded(where, [&] { route.handle(std::move(request), reply, context_.workers); }))
    reply(route.refuse(500, "internal error"));
}

/// A coroutine of its own, so that its buffer is gone while an answer is awaited.
Task<void> Served::read_body(std::string& body) {
  stream_.expires_after(options_.timeouts.body);
  char piece[16 * 1024];
  while (!stream_.body_done()) {
    const auto count = co_await stream_.read_some(piece, sizeof piece);
    body.append(piece, count);
  }
  stream_.expires_never();
}

Task<Response> Served::take_whole(const Route& route, Request request) {
  if (auto whole = stream_.take_whole_body())
    request.body = *std::move(whole);
  else
    co_await read_body(request.body);

  const auto awaited = std::make_shared<Awaited>(executor_);
  hand_over(route, std::move(request), awaited);
  bool watched = false;
  while (!awaited->response && !awaited->left) {
    if (awaited->gone && !std::exchange(watched, true)) {
      if (!context_.occupancy.begin_waiting(this)) {
        awaited->gone();
        co_return crowded(route, "too many requests wait already");
      }
      stream_.watch(shared_from_this(), [to = std::weak_ptr(awaited)] {
        const auto waiting = to.lock();
        if (!waiting) return;
        waiting->left = true;
        waiting->wakes.cancel();
      });
    }
    error_code cancelled;
    co_await awaited->wakes.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (watched) {
    stream_.stop_watching();
    context_.occupancy.end_waiting(this);
  }
  if (awaited->left) {
    awaited->gone();
    throw boost::system::system_error(asio::error::eof);  // an answer that came meanwhile is lost with its receipt
  }
  co_return std::move(*awaited->response);
}

Task<Response> Served::take_pieces(const Route& route, const Request& request) {
  auto opened = co_await on_worker([&] { return route.open_sink(request); });
  if (auto* answer = std::get_if<Response>(&opened)) {
    answer->close = answer->close || !stream_.body_done();
    co_return std::move(*answer);
  }
  const auto sink = std::get<std::unique_ptr<BodySink>>(std::move(opened));
  std::vector<char> buffer(std::min<std::uint64_t>(kPieceBytes, request.content_length.value_or(kPieceBytes)));
  Pace pace;
  while (!stream_.body_done()) {
    const auto count = co_await fill(buffer, pace);
    if (count == 0) continue;
    auto ended = co_await on_worker([&] { return sink->write({buffer.data(), count}); });
    if (ended) {
      ended->close = ended->close || !stream_.body_done();
      co_return std::move(*ended);
    }
  }
  co_return co_await on_worker([&] { return sink->finish(); });
}

/// False when the connection is to end.
Task<bool> Served::write(const Head& head, const std::string& id, Response response) {
  const bool keep_alive = head.keep_alive && !response.close && !response.feed && !context_.finishing && !dismissed_ &&
                          service_ == Service::Full;
  const bool head_only = head.method == "HEAD";
  const auto bytes = response_head(response, id, keep_alive ? After::Next_request : After::Close);
  stream_.expires_after(options_.timeouts.write);
  co_await stream_.write(bytes, head_only ? std::string_view() : response.body);
  if (response.receipt) response.receipt->sign();
  if (response.source && !head_only) co_await write_source(*response.source);
  if (response.feed && !head_only) co_await write_feed(*response.feed);
  if (!keep_alive) co_await stream_.linger();
  co_return keep_alive;
}

Task<void> Served::write_source(BodySource& source) {
  std::vector<char> buffer(std::min<std::uint64_t>(kPieceBytes, source.size()));
  std::uint64_t left = source.size();
  while (left > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    const auto count = co_await on_worker([&] { return source.read(buffer.data(), wanted); });
    // The length is promised already: only a broken connection can tell the client that the body is not whole.
    if (!count.has_value()) throw std::runtime_error("reading a body failed: " + count.error().name);
    if (*count == 0) throw std::runtime_error("a body ended early");
    stream_.expires_after(options_.timeouts.write);
    co_await stream_.write({buffer.data(), *count}, "");
    left -= *count;
  }
}

/// Holds no worker: it sleeps until the feed has news, its client leaves, or the server ends.
Task<void> Served::write_feed(Feed& feed) {
  const auto awaited = std::make_shared<Awaited>(executor_);
  const std::weak_ptr to = awaited;
  feeding_ = awaited;
  struct Closing {
    Feed& feed;
    ~Closing() {
      run_guarded("a feed", [&] { feed.close(); });
    }
  };
  const Closing closing{feed};
  feed.open([gate = context_.gate, to] { reach(*gate, to, [](Awaited& waiting) { waiting.news = true; }); });
  stream_.expires_never();
  stream_.watch(shared_from_this(), [to] {
    const auto waiting = to.lock();
    if (!waiting) return;
    waiting->left = true;
    waiting->wakes.cancel();
  });
  asio::steady_timer pause(executor_);
  error_code cancelled;
  while (!awaited->left && !context_.finishing && !dismissed_) {
    awaited->news = false;
    auto piece = feed.next();
    if (!piece) break;
    if (piece->empty()) {
      if (!awaited->news) {
        awaited->wakes.expires_after(kFeedQuiet);
        co_await awaited->wakes.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
      }
      if (cancelled || awaited->news) continue;
      piece = ":\n\n";
    }
    stream_.expires_after(options_.timeouts.write);
    co_await stream_.write(*piece, "");
    stream_.expires_never();
    pause.expires_after(kFeedPause);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  stream_.stop_watching();
}

}  // namespace

std::shared_ptr<Connection> make_connection(ConnectionContext& context, int socket, bool ipv6) {
  return std::make_shared<Served>(context, socket, ipv6);
}

}  // namespace stepd::api
