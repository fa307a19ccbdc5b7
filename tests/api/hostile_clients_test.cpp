// What hostile and broken clients send. Each costs its own connection and nothing else.
#include "api/api_fixture.h"

#include <future>
#include <random>

namespace stepd::api::test {
namespace {

const std::string kHealth = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

class Hostile : public Api {
 protected:
  /// Answered with `status`, and what comes behind it on the connection is never read as a request.
  void expect_refused(std::string_view bytes, int status, const std::string& what) {
    Socket socket(server().port());
    socket.send(bytes);
    socket.send("DELETE /buckets/uploads/victim HTTP/1.1\r\nHost: localhost\r\n\r\n");
    socket.shut_sending();
    const auto answer = socket.read_answer();
    EXPECT_EQ(answer.status, status) << what;
    EXPECT_EQ(answer.field("Connection"), "close") << what;
    EXPECT_EQ(socket.read_rest(), "") << what << ": more than one answer";
    EXPECT_TRUE(objects.objects().contains("victim")) << what << ": the smuggled request was served";
  }
  void SetUp() override { objects.put("victim", "alive"); }

  static std::string post(const std::string& fields, const std::string& body = "") {
    return "POST / HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
  }
};

TEST_F(Hostile, FramingThatTwoReadersCouldReadTwoWaysIsRefused) {
  const std::vector<std::pair<std::string, int>> table = {
      {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400},
      {post("Content-Length: 3, 3\r\n", "abc"), 400},
      {post("Content-Length: +3\r\n", "abc"), 400},
      {post("Content-Length: 0x3\r\n", "abc"), 400},
      {post("Content-Length: -1\r\n"), 400},
      {post("Content-Length: 3 \t3\r\n", "abc"), 400},
      {post("Content-Length: 18446744073709551616\r\n"), 400},
      {post("Content-Length:\r\n"), 400},
      {post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},
      {post("Transfer-Encoding: identity\r\n"), 501},
      {post("Transfer-Encoding: chunked, identity\r\n"), 501},
      {post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 501},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {post("Transfer-Encoding:\x0b"
            "chunked\r\n"),
       400},
      {post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400},
      {post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},
      {"POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
      {"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {"HEAD /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
  };
  for (const auto& [bytes, status] : table) expect_refused(bytes, status, bytes);
  expect_alive();
}

TEST_F(Hostile, HeadsThatAreNoHeadsAreRefused) {
  const std::vector<std::pair<std::string, int>> table = {
      {"GET /health HTTP/1.1\nHost: localhost\n\n", 400},
      {"GET /health HTTP/1.1\r\nHost: localhost\r\nA: b\rc: d\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: localhost\r\nA: b\nc: d\r\n\r\n", 400},
      {std::string("GET /health HTTP/1.1\r\nHost: localhost\r\nA: ") + '\0' + "\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: localhost\r\n A: b\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: localhost\r\n: empty name\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: localhost\r\nA b: c\r\n\r\n", 400},
      {"GET /health\r\nHost: localhost\r\n\r\n", 400},
      {"GET  /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /health HTTP/1.1 \r\nHost: localhost\r\n\r\n", 400},
      {" GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"G(T /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /health HTTP/2.0\r\nHost: localhost\r\n\r\n", 505},
      {"GET /health HTTP/1.2\r\nHost: localhost\r\n\r\n", 505},
      {"GET /health HTTQ/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /he\x80lth HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /a%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /a%0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /a%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /health?a=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /../health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: localhost\r\nExpect: 200-maybe\r\n\r\n", 417},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400},
  };
  for (const auto& [bytes, status] : table) expect_refused(bytes, status, bytes);
  expect_alive();
}

TEST_F(Hostile, OnlyNamesOfThisMachineAreServed) {
  for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.evil.example", "",
                           "localhost:port", "localhost@evil.example", "[::2]", "localhost, evil.example", "10.0.0.1",
                           "sync-evil.example", "evillocalhost", "a.127.0.0.1"}) {
    expect_refused("GET /health HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n", 421, host);
  }
  expect_refused("GET /health HTTP/1.1\r\n\r\n", 400, "no host");
  expect_refused("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400, "two hosts");
  for (const char* host :
       {"localhost", "LOCALHOST:8083", "127.0.0.1:1", "127.0.0.53", "[::1]", "[::1]:8083", "sync-localhost:8083"}) {
    EXPECT_EQ(raw("GET /health HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").status, 200) << host;
  }
}

TEST_F(Hostile, ConfiguredNamesAreServedToo) {
  options.allowed_hosts = {"images.home", "box:8083"};
  EXPECT_EQ(raw("GET /health HTTP/1.1\r\nHost: images.home:99\r\n\r\n").status, 200);
  EXPECT_EQ(raw("GET /health HTTP/1.1\r\nHost: box:8083\r\n\r\n").status, 200);
  expect_refused("GET /health HTTP/1.1\r\nHost: box:99\r\n\r\n", 421, "another port");
}

/// Beast's fields are at most 64 KiB, and it throws where one is larger.
TEST_F(Hostile, ATrailerIsDroppedOrRefused) {
  const auto with_trailer = [](const std::string& trailer) {
    return post("Transfer-Encoding: chunked\r\nContent-Type: application/x-amz-json-1.0\r\n",
                "2\r\n{}\r\n0\r\n" + trailer + "\r\n");
  };
  EXPECT_NE(raw(with_trailer("A: b\r\n")).status, 431) << "it is read and dropped";
  const auto expect_refusal = [&](const std::string& trailer) {
    const auto status = raw(with_trailer(trailer)).status;
    EXPECT_TRUE(status == 400 || status == 431) << status << " for " << trailer.size() << " bytes";
  };
  for (const std::size_t size : {20'000U, 65'535U, 65'536U, 70'000U, 1'000'000U}) {
    expect_refusal("A: " + std::string(size, 'x') + "\r\n");
    expect_refusal(std::string(size, 'x') + ": b\r\n");
  }
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "A" + std::to_string(i) + ": b\r\n";
  expect_refusal(many);
  EXPECT_EQ(
      raw(post("Transfer-Encoding: chunked\r\n", "2;a=" + std::string(70'000, 'x') + "\r\n{}\r\n0\r\n\r\n")).status,
      431)
      << "a chunk's extension";
  expect_alive();
}

TEST_F(Hostile, HeadsHaveLimits) {
  const std::string start = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
  expect_refused(start + "A: " + std::string(20'000, 'a') + "\r\n\r\n", 431, "a long field");
  expect_refused(start + std::string(20'000, 'a'), 431, "a head without end");
  expect_refused("GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "a long target");
  std::string many = start;
  for (int i = 0; i < 150; ++i) many += "A: b\r\n";
  expect_refused(many + "\r\n", 431, "many fields");
}

TEST_F(Hostile, ChunksThatAreNoChunksAreRefused) {
  const std::string start = "PUT /buckets/uploads/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string body :
       {"x\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nhello\r\n", " 5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n"}) {
    expect_refused(start + body, 400, body);
  }
  EXPECT_FALSE(objects.objects().contains("k"));
  expect_alive();
}

TEST_F(Hostile, PipelinedRequestsAreAnsweredInTurn) {
  Socket socket(server().port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += i % 2 ? kHealth : "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n";
  socket.send(all);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(socket.read_answer().status, i % 2 ? 200 : 404) << i;
}

TEST_F(Hostile, AClientThatDribblesItsHeadIsCut) {
  options.timeouts.header = std::chrono::milliseconds(100);
  Socket socket(server().port());
  // A server that waited anew for each byte would take a thousand of them.
  int bytes = 0;
  while (bytes < 1'000 && socket.send("A") && !socket.is_cut_within(std::chrono::milliseconds(10))) ++bytes;
  EXPECT_LT(bytes, 1'000);
  EXPECT_EQ(socket.read_rest(), "");
}

TEST_F(Hostile, AClientThatDribblesItsBodyIsCut) {
  options.timeouts.body = std::chrono::milliseconds(50);
  Socket whole(server().port());
  whole.send(post("Content-Type: application/json\r\nContent-Length: 10\r\n", "{"));
  EXPECT_EQ(whole.read_rest(), "");
  Socket pieces(server().port());
  pieces.send("PUT /buckets/uploads/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nx");
  EXPECT_EQ(pieces.read_rest(), "");
  expect_alive();
}

TEST_F(Hostile, AnUploadThatKeepsDribblingIsCutForItsPace) {
  options.timeouts.body = std::chrono::milliseconds(100);
  options.body_bytes_per_second_min = 1'000'000'000;  // no machine keeps this up
  Socket socket(server().port());
  socket.send("PUT /buckets/uploads/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000000\r\n\r\n");
  const std::string piece(1024, 'x');
  for (int i = 0; i < 5'000'000 && socket.send(piece); ++i) {
  }
  server().drain(std::chrono::seconds(10));
  EXPECT_FALSE(objects.objects().contains("k"));
  EXPECT_EQ(objects.open_writers(), 0);
}

TEST_F(Hostile, AnIdleConnectionIsClosedWithoutAWord) {
  options.timeouts.idle = std::chrono::milliseconds(50);
  Socket socket(server().port());
  EXPECT_EQ(socket.read_rest(), "");
}

TEST_F(Hostile, AnAnswerMayTakeLongerThanAnIdleConnectionLasts) {
  options.timeouts.idle = options.timeouts.header = options.timeouts.body = std::chrono::milliseconds(200);
  std::promise<run::Reply<run::StartedExecution>> asked;
  gateway.on_start = [&](const run::StartExecution&, run::Reply<run::StartedExecution> reply) {
    asked.set_value(std::move(reply));
  };
  Socket waiting(server().port());
  const std::string body = R"({"stateMachineArn":")" + kMachineArn + "\"}";
  waiting.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
      "X-Amz-Target: AWSStepFunctions.StartExecution\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  const auto reply = asked.get_future().get();
  Socket idle(server().port());
  EXPECT_TRUE(idle.is_cut_within(std::chrono::seconds(20)));
  reply(run::StartedExecution{kExecutionArn, kNow});
  EXPECT_EQ(waiting.read_answer().status, 200);
  EXPECT_TRUE(waiting.is_cut_within(std::chrono::seconds(20))) << "after the answer it is idle as others";
}

TEST_F(Hostile, AClientThatReadsNothingIsCut) {
  options.timeouts.write = std::chrono::milliseconds(100);
  objects.put("large", std::string(64'000'000, 'x'));
  Socket socket(server().port());
  socket.send("GET /buckets/uploads/large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server().drain(std::chrono::seconds(10));
  EXPECT_LT(socket.read_rest().size(), 64'000'000U);
}

TEST_F(Hostile, AnAnnouncedBodyIsAskedForOnlyWhereItIsWanted) {
  const std::string start = " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  Socket wanted(server().port());
  wanted.send("PUT /buckets/uploads/k" + start);
  std::string_view body = "hello";
  wanted.send(body);
  EXPECT_EQ(wanted.read_answer().status, 200);
  EXPECT_EQ(raw("PUT /nowhere" + start).status, 404);
}

TEST_F(Hostile, DrainingLetsTheRequestUnderWayFinishAndTakesNoOther) {
  std::promise<run::Reply<run::StartedExecution>> asked;
  gateway.on_start = [&](const run::StartExecution&, run::Reply<run::StartedExecution> reply) {
    asked.set_value(std::move(reply));
  };
  routes.starts = {{"/go", kMachineArn, {}, {}}};
  Socket busy(server().port());
  Socket idle(server().port());
  busy.send("POST /go HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  const auto reply = asked.get_future().get();
  auto drained = std::async(std::launch::async, [this] { server().drain(std::chrono::seconds(20)); });
  EXPECT_EQ(idle.read_rest(), "");
  reply(run::StartedExecution{kExecutionArn, kNow});
  const auto answer = busy.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Connection"), "close");
  drained.get();
}

TEST_F(Hostile, AReplyAfterTheServersEndGoesNowhere) {
  std::promise<run::Reply<run::StartedExecution>> asked;
  gateway.on_start = [&](const run::StartExecution&, run::Reply<run::StartedExecution> reply) {
    asked.set_value(std::move(reply));
  };
  routes.starts = {{"/go", kMachineArn, {}, {}}};
  auto socket = std::make_unique<Socket>(server().port());
  socket->send("POST /go HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  const auto reply = asked.get_future().get();
  TearDown();
  reply(run::StartedExecution{kExecutionArn, kNow});
  EXPECT_EQ(socket->read_rest(), "");
}

TEST_F(Hostile, APortInUseAndAnOpenAddressAreRefusedAtOnce) {
  options.port = server().port();
  try {
    make_server(options, {gateway, reader, objects, items, clock}, routes);
    FAIL() << "two servers on one port";
  } catch (const ListenError& error) {
    EXPECT_NE(std::string(error.what()).find("127.0.0.1:" + std::to_string(options.port)), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("already in use"), std::string::npos);
  }
  options.port = 0;
  options.address = "0.0.0.0";
  EXPECT_THROW(make_server(options, {gateway, reader, objects, items, clock}, routes), ListenError);
  options.allow_remote = true;
  EXPECT_NO_THROW(make_server(options, {gateway, reader, objects, items, clock}, routes));
  options.address = "localhost";
  EXPECT_THROW(make_server(options, {gateway, reader, objects, items, clock}, routes), ListenError);
}

/// Valid requests with bytes changed, dropped, doubled and torn: whatever comes of each, the next one is served.
TEST_F(Hostile, MutatedRequestsLeaveTheServerAlive) {
  options.timeouts.header = options.timeouts.body = options.timeouts.idle = std::chrono::milliseconds(200);
  options.timeouts.linger = std::chrono::milliseconds(20);
  const std::vector<std::string> seeds = {
      kHealth,
      post("Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: "
           "AWSStepFunctions.ListExecutions\r\nContent-Length: 23\r\n",
           R"({"stateMachineArn":"a"})"),
      "PUT /buckets/uploads/a%20b HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "GET /buckets/uploads/victim?x=%20y HTTP/1.1\r\nHost: localhost\r\nRange: bytes=1-2\r\nIf-None-Match: "
      "\"x\"\r\n\r\n",
      "GET /buckets/uploads?prefix=a&limit=3 HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close, x\r\n\r\n",
  };
  static constexpr std::string_view kTokens[] = {
      "\r\n", "\r\n\r\n", "%2e", "%00", "chunked", "Content-Length: 7\r\n", "0\r\n\r\n", "HTTP/1.1",
      " ",    ":",        "\"",  "{",   "\xff",    "18446744073709551615"};
  std::mt19937 random(20'251'121);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  for (int round = 0; round < 1'500; ++round) {
    std::string bytes = seeds[below(seeds.size())] + (round % 3 == 0 ? kHealth : "");
    for (auto changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
      const auto at = below(bytes.size());
      switch (below(4)) {
        case 0:
          bytes[at] = static_cast<char>(below(256));
          break;
        case 1:
          bytes.erase(at, 1 + below(8));
          break;
        case 2:
          bytes.insert(at, kTokens[below(std::size(kTokens))]);
          break;
        default:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(24)));
          break;
      }
    }
    Socket socket(server().port());
    socket.send(bytes);
    socket.shut_sending();
    socket.read_rest();
    if (round % 100 == 0) expect_alive();
    if (HasFailure()) FAIL() << "round " << round << ": " << bytes;
  }
  expect_alive();
}

}  // namespace
}  // namespace stepd::api::test
