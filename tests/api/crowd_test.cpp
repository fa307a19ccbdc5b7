// More clients than there are seats, of one address and of several: who makes room, who is refused, and how.
#include "api/api_fixture.h"
#include "api/seats.h"

#include <condition_variable>
#include <memory>
#include <thread>

namespace stepd::api::test {
namespace {

constexpr auto kListing = "/buckets/uploads";
const std::string kAskHealth = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string kList = "GET /buckets/uploads HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string kGo =
    "POST /go HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

/// Keeps requests under way until it is destroyed.
class Held {
 public:
  void add(std::function<void()> answer) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
    news_.notify_all();
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!news_.wait_for(lock, std::chrono::seconds(20), [&] { return answers_.size() >= count; })) {
      ADD_FAILURE() << "only " << answers_.size() << " of " << count << " requests have come";
    }
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return answers_.size();
  }
  void answer_all() {
    const std::lock_guard lock(mutex_);
    for (const auto& answer : answers_) answer();
    answers_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::function<void()>> answers_;
};

class Crowd : public Api {
 protected:
  void SetUp() override {
    routes.starts = {{"/go", kMachineArn, {}, {}}};
    gateway.on_start = [this](const run::StartExecution&, const run::Reply<run::StartedExecution>& reply) {
      held.add([reply] { reply(run::StartedExecution{kExecutionArn, kNow}); });
    };
    gateway.on_poll = [this](const run::PollActivity&, const run::Reply<run::ActivityTask>& reply) {
      polls.add([reply] { reply(run::ActivityTask{}); });
      return [this] { withdrawn.add([] {}); };
    };
  }
  void TearDown() override {
    held.answer_all();
    polls.answer_all();
    Api::TearDown();
  }
  Socket& call_from(const char* from, const std::string& request) {
    sockets.push_back(std::make_unique<Socket>(server().port(), from));
    sockets.back()->send(request);
    return *sockets.back();
  }
  static void expect_refused(const Answer& answer) {
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("Retry-After"), "1");
  }
  static std::string poll() {
    const std::string body = R"({"activityArn":"arn:aws:states:us-east-1:123456789012:activity:sort"})";
    return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: "
           "AWSStepFunctions.GetActivityTask\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  Json connections() { return ask("GET", "/health").json().at("connections"); }

  Held held;
  Held polls;
  Held withdrawn;
  std::vector<std::unique_ptr<Socket>> sockets;
};

TEST_F(Crowd, TheOldestIdleConnectionMakesRoom) {
  options.connections_max = 3;
  options.connections_per_peer_max = 3;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call_from("127.0.0.1", kAskHealth).read_answer().status, 200);
  sockets[0]->send(kAskHealth);  // now the second is the one that has been idle longest
  EXPECT_EQ(sockets[0]->read_answer().status, 200);
  EXPECT_EQ(call_from("127.0.0.2", kList).read_answer().status, 200);
  EXPECT_EQ(sockets[1]->read_rest(), "");
  for (const int kept : {0, 2, 3}) {
    sockets[kept]->send(kAskHealth);
    const auto answer = sockets[kept]->read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json().at("connections").at("closedIdle").get<int>(), 1);
  }
}

TEST_F(Crowd, AConnectionThatHasSentHalfAHeadIsIdleToo) {
  options.connections_max = 2;
  options.connections_per_peer_max = 2;
  call_from("127.0.0.1", "GET /hea");
  call_from("127.0.0.1", "");
  EXPECT_EQ(call_from("127.0.0.1", kList).read_answer().status, 200);
  EXPECT_EQ(sockets[0]->read_rest(), "");
}

TEST_F(Crowd, WhereNoneIsIdleHealthIsServedAndTheOthersAreRefused) {
  options.connections_max = 3;
  options.connections_per_peer_max = 3;
  for (int i = 0; i < 3; ++i) call_from("127.0.0.1", kGo);
  held.wait_for(3);
  const auto refused = call_from("127.0.0.1", kList).read_answer();
  expect_refused(refused);
  EXPECT_EQ(refused.field("Connection"), "close");
  EXPECT_NE(refused.json().at("error").get<std::string>().find("too many connections"), std::string::npos);
  expect_refused(call_from("127.0.0.1", poll()).read_answer());
  EXPECT_EQ(call_from("127.0.0.1", kAskHealth).read_answer().status, 200);
  EXPECT_EQ(polls.count(), 0U);
  held.answer_all();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sockets[i]->read_answer().status, 200) << "what is under way is not cut";
  EXPECT_EQ(ask("GET", kListing).status, 200);
}

TEST_F(Crowd, OneAddressCannotTakeTheSeatsOfOthers) {
  options.connections_max = 4;
  options.connections_per_peer_max = 2;
  for (int i = 0; i < 2; ++i) call_from("127.0.0.1", kGo);
  held.wait_for(2);
  expect_refused(call_from("127.0.0.1", kList).read_answer());
  EXPECT_EQ(call_from("127.0.0.2", kList).read_answer().status, 200);
  EXPECT_EQ(call_from("127.0.0.2", kList).read_answer().status, 200);
  // At its own limit an address loses its own idle connection, not another's.
  EXPECT_EQ(call_from("127.0.0.2", kList).read_answer().status, 200);
  EXPECT_EQ(sockets[3]->read_rest(), "");
}

TEST_F(Crowd, WithoutALimitOfItsOwnAnAddressHasHalfOfTheSeats) {
  options.connections_max = 6;
  for (int i = 0; i < 3; ++i) call_from("127.0.0.1", kGo);
  held.wait_for(3);
  expect_refused(call_from("127.0.0.1", kList).read_answer());
  EXPECT_EQ(call_from("127.0.0.2", kList).read_answer().status, 200);
}

TEST_F(Crowd, LongPollsLeaveSeatsForOtherRequests) {
  options.connections_max = 16;
  options.connections_per_peer_max = 8;
  for (int i = 0; i < 4; ++i) call_from("127.0.0.1", poll());
  polls.wait_for(4);
  // The server counts a poll once it waits, a moment after it was taken on.
  for (int i = 0; i < 1'000 && connections().at("longPolls") != 4; ++i) std::this_thread::yield();
  EXPECT_EQ(connections().at("longPolls").get<int>(), 4);
  const auto refused = call_from("127.0.0.1", poll()).read_answer();
  expect_refused(refused);
  EXPECT_EQ(refused.json().at("__type").get<std::string>(), "ServiceUnavailable");
  withdrawn.wait_for(1);
  EXPECT_EQ(call_from("127.0.0.1", kList).read_answer().status, 200);
  polls.answer_all();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(sockets[i]->read_answer().status, 200);
  EXPECT_EQ(connections().at("longPolls").get<int>(), 0);
  EXPECT_EQ(connections().at("refused").get<int>(), 1);
}

TEST_F(Crowd, HealthShowsTheFigures) {
  options.connections_max = 10;
  options.connections_per_peer_max = 7;
  call_from("127.0.0.2", kGo);
  held.wait_for(1);
  const auto figures = connections();
  EXPECT_EQ(figures.at("open").get<int>(), 2);
  EXPECT_EQ(figures.at("idle").get<int>(), 0);
  EXPECT_EQ(figures.at("clients").get<int>(), 2);
  EXPECT_EQ(figures.at("openMax").get<int>(), 10);
  EXPECT_EQ(figures.at("openMaxPerClient").get<int>(), 7);
  EXPECT_EQ(figures.at("longPollsMax").get<int>(), 6);
  EXPECT_EQ(figures.at("longPollsMaxPerClient").get<int>(), 3);
}

// ---- the seats themselves -------------------------------------------------------------------------------------------

Seats::Holder holder(std::uintptr_t number) {
  return reinterpret_cast<Seats::Holder>(number * 16);  // NOLINT(performance-no-int-to-ptr): a name, never followed
}

TEST(Seats, WhereDescriptorsAreScarceThereIsNoSeatButAReserved) {
  Seats seats({10, 10, 5, 5, 2});
  EXPECT_EQ(seats.take(holder(1), "a", false).service, Service::Full);
  const auto taken = seats.take(holder(2), "b", true);
  EXPECT_EQ(taken.service, Service::Reserved);
  EXPECT_EQ(taken.to_be_closed, std::vector{holder(1)}) << "an idle one makes room all the same";
  EXPECT_EQ(seats.take(holder(3), "b", true).service, Service::Reserved);
  const auto third = seats.take(holder(4), "c", true);
  EXPECT_EQ(third.service, Service::Reserved);
  EXPECT_EQ(third.to_be_closed, std::vector{holder(2)}) << "who holds on to a reserved seat does not need it";
  seats.become_busy(holder(3));
  seats.become_busy(holder(4));
  EXPECT_EQ(seats.take(holder(5), "c", true).service, std::nullopt);
}

TEST(Seats, WhatHasLostItsSeatIsNotCountedTwice) {
  Seats seats({2, 1, 2, 2, 2});
  EXPECT_EQ(seats.take(holder(1), "a", false).service, Service::Full);
  EXPECT_EQ(seats.take(holder(2), "a", false).to_be_closed, std::vector{holder(1)});
  seats.become_busy(holder(1));  // a request came before the connection could be closed
  EXPECT_TRUE(seats.begin_waiting(holder(1)));
  seats.end_waiting(holder(1));
  seats.become_idle(holder(1));
  seats.leave(holder(1));
  EXPECT_EQ(seats.take(holder(3), "b", false).service, Service::Full);
  EXPECT_EQ(seats.tally().open, 2U);
  EXPECT_EQ(seats.tally().peers, 2U);
  seats.leave(holder(2));
  seats.leave(holder(3));
  EXPECT_EQ(seats.tally().open, 0U);
  EXPECT_EQ(seats.tally().peers, 0U);
}

}  // namespace
}  // namespace stepd::api::test
