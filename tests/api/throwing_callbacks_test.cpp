// Every callback of a server throws once. Each costs its request or its connection, and the next request is served.
#include "api/api_fixture.h"
#include "api/router.h"
#include "api/server.h"
#include "base/guarded.h"

#include <gtest/gtest.h>

namespace stepd::api::test {
namespace {

/// What is thrown: an exception that says something, or one that is no std::exception.
void fail(bool known) {
  if (known) throw std::runtime_error("a test throws");
  throw 7;
}

struct ThrowingSource final : BodySource {
  explicit ThrowingSource(bool is_known) : known(is_known) {}
  std::uint64_t size() const override { return 10; }
  Result<std::size_t> read(void*, std::size_t) override { return fail(known), std::size_t{0}; }
  bool known;
};

struct ThrowingSink final : BodySink {
  ThrowingSink(bool is_known, bool at_write) : known(is_known), in_write(at_write) {}
  std::optional<Response> write(std::string_view) override {
    if (in_write) fail(known);
    return std::nullopt;
  }
  Response finish() override { return fail(known), Response{}; }
  bool known;
  bool in_write;
};

class ThrowingCallbacks : public testing::TestWithParam<bool> {
 protected:
  ThrowingCallbacks() {
    Router router;
    const bool known = GetParam();
    router.add({"GET", "/fine", [](Request, const Reply& reply, Workers&) { reply(Response{200, {}, "fine"}); }});
    router.add({"GET", "/handle", [known](Request, const Reply&, Workers&) { fail(known); }});
    router.add({"GET", "/worker", [known](Request, Reply reply, Workers& workers) {
                  workers.post([known, reply = std::move(reply)] { fail(known); });
                }});
    router.add({"GET", "/source", [known](Request, const Reply& reply, Workers&) {
                  Response response;
                  response.source = std::make_unique<ThrowingSource>(known);
                  reply(std::move(response));
                }});
    router.add({"GET", "/receipt", [known](Request, const Reply& reply, Workers&) {
                  Response response;
                  response.body = std::string(50'000'000, 'x');  // more than a socket takes unread
                  response.receipt = std::make_shared<Receipt>([known] { fail(known); });
                  reply(std::move(response));
                }});
    router.add({"GET", "/leaving", [this, known](Request, Reply reply, Workers&) {
                  reply.on_leaving([known] { fail(known); });
                  kept_ = std::move(reply);
                }});
    add_sink(router, "/open", [known](const Request&) -> OpenedSink { return fail(known), Response{}; });
    add_sink(router, "/write", [known](const Request&) { return std::make_unique<ThrowingSink>(known, true); });
    add_sink(router, "/finish", [known](const Request&) { return std::make_unique<ThrowingSink>(known, false); });
    ServerOptions options;
    options.port = 0;
    server_ = std::make_unique<Server>(options, std::move(router), std::make_shared<ConnectionCount>());
    server_->start();
  }

  static void add_sink(Router& router, const std::string& path, std::function<OpenedSink(const Request&)> open) {
    Route route{"PUT", path};
    route.open_sink = std::move(open);
    route.body_bytes_max = 1'000;
    router.add(std::move(route));
  }

  int ask(const std::string& method, const std::string& path, const std::string& body = "") {
    Socket socket(server_->port());
    const auto length = body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
    socket.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n" + body);
    return socket.read_answer().status;
  }
  /// The client leaves without reading.
  void leave(const std::string& path) {
    Socket socket(server_->port());
    socket.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_FALSE(socket.is_cut_within(std::chrono::milliseconds(1)) && path == "/leaving");
  }
  void expect_served() { EXPECT_EQ(ask("GET", "/fine"), 200); }

  std::optional<Reply> kept_;
  std::unique_ptr<Server> server_;
};

TEST_P(ThrowingCallbacks, CostOneRequestEach) {
  EXPECT_EQ(ask("GET", "/handle"), 500);
  expect_served();
  EXPECT_EQ(ask("GET", "/worker"), 500);
  expect_served();
  ask("GET", "/source");  // its head has been sent
  expect_served();
  for (const auto* path : {"/open", "/write", "/finish"}) {
    EXPECT_EQ(ask("PUT", path, "abc"), 500) << path;
    expect_served();
  }
}

TEST_P(ThrowingCallbacks, CostNothingWhenTheClientHasLeft) {
  for (const auto* path : {"/receipt", "/leaving"}) {
    leave(path);
    expect_served();
  }
  server_.reset();  // whatever is still under way ends here
}

TEST(Guarded, CountsWhatItStops) {
  const auto before = escaped_exceptions();
  EXPECT_TRUE(run_guarded("a test", [] {}));
  EXPECT_FALSE(run_guarded("a test", [] { fail(true); }));
  EXPECT_FALSE(run_guarded("a test", [] { fail(false); }));
  EXPECT_EQ(escaped_exceptions(), before + 2);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ThrowingCallbacks, testing::Values(true, false),
                         [](const auto& kind) { return kind.param ? "known" : "unknown"; });

}  // namespace
}  // namespace stepd::api::test
