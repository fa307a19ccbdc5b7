#include "tasks/pool.h"

#include "support/manual_clock.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <latch>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <thread>

namespace stepd::tasks {
namespace {

using namespace std::chrono_literals;

constexpr auto kDeadline = 60s;

class Lambda final : public Handler {
 public:
  using Body = std::function<Result<Json>(const Invocation&)>;
  explicit Lambda(Body body, TaskLane lane = TaskLane::Quick) : body_(std::move(body)), lane_(lane) {}
  Result<Json> invoke(const Invocation& invocation) override { return body_(invocation); }
  TaskLane lane() const override { return lane_; }

 private:
  Body body_;
  TaskLane lane_;
};

/// A handler that tells when it runs and goes on when it is let go.
class Gate {
 public:
  explicit Gate(TaskLane lane = TaskLane::Quick) : lane_(lane) {}
  Handler& handler() { return handler_; }
  void open() { gate_.set_value(); }
  bool entered() { return entered_.get_future().wait_for(kDeadline) == std::future_status::ready; }

 private:
  std::promise<void> gate_;
  std::shared_future<void> opened_ = gate_.get_future().share();
  std::promise<void> entered_;
  TaskLane lane_;
  Lambda handler_{[this](const Invocation&) -> Result<Json> {
                    entered_.set_value();
                    opened_.wait();
                    return Json("let through");
                  },
                  lane_};
};

const SystemClock kSystemClock;

/// A pool whose two lanes are alike.
class Pool : public HandlerPool {
 public:
  explicit Pool(unsigned slots, std::size_t waiting_max = limits::kWaitingTasks, const Clock& clock = kSystemClock)
      : HandlerPool(clock, {{slots, waiting_max}, {slots, waiting_max}}) {}

  LaneDepth depth(TaskLane lane = TaskLane::Quick) const { return depths().at(static_cast<std::size_t>(lane)); }
};

constexpr TaskLane other_than(TaskLane lane) { return lane == TaskLane::Quick ? TaskLane::Images : TaskLane::Quick; }

std::future<Result<Json>> submit(HandlerPool& pool, Handler& handler, const std::string& attempt = "a",
                                 Json event = Json::object()) {
  auto promise = std::make_shared<std::promise<Result<Json>>>();
  auto future = promise->get_future();
  pool.submit({handler, Payload(std::move(event)), attempt, nullptr,
               [promise](Result<Json> result) { promise->set_value(std::move(result)); }});
  return future;
}

Result<Json> answer_of(std::future<Result<Json>>& future) {
  if (future.wait_for(kDeadline) != std::future_status::ready) return AslError{"Test.Deadline", "no answer"};
  return future.get();
}

std::string name_of(std::future<Result<Json>>& future) {
  const auto result = answer_of(future);
  return result ? "value" : result.error().name;
}

TEST(HandlerPool, HandsEventAndAttemptToTheHandlerAndItsResultBack) {
  Lambda echo([](const Invocation& invocation) -> Result<Json> {
    return Json{{"event", invocation.event}, {"attempt", invocation.attempt}};
  });
  Pool pool(2);
  auto future = submit(pool, echo, "attempt-7", Json{{"n", 1}});
  EXPECT_EQ(answer_of(future).value(), Json::parse(R"({"event": {"n": 1}, "attempt": "attempt-7"})"));
}

TEST(HandlerPool, TurnsWhatAHandlerThrowsIntoAFailureAndGoesOn) {
  Lambda throws([](const Invocation&) -> Result<Json> { throw std::runtime_error("out of luck"); });
  Lambda throws_oddly([](const Invocation&) -> Result<Json> { throw 7; });
  Lambda fine([](const Invocation&) -> Result<Json> { return Json(1); });
  Pool pool(1);
  auto first = submit(pool, throws);
  auto second = submit(pool, throws_oddly);
  auto third = submit(pool, fine);
  const auto failure = answer_of(first);
  ASSERT_TRUE(failure.has_error());
  EXPECT_EQ(failure.error().name, "Handler.Failed");
  EXPECT_THAT(failure.error().cause, testing::HasSubstr("out of luck"));
  EXPECT_EQ(name_of(second), "Handler.Failed");
  EXPECT_EQ(name_of(third), "value");
}

TEST(HandlerPool, RunsAsManyAtOnceAsItHasThreadsAndNoMore) {
  constexpr int kThreads = 3;
  constexpr int kCalls = 60;
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::latch all_threads(kThreads);
  std::atomic<int> arrivals = 0;
  Lambda counts([&](const Invocation&) -> Result<Json> {
    int seen = ++inside;
    for (int before = most; before < seen && !most.compare_exchange_weak(before, seen);) seen = std::max(seen, before);
    // The first three wait for each other, so the threads are seen to work at once.
    if (++arrivals <= kThreads) all_threads.arrive_and_wait();
    --inside;
    return Json(1);
  });
  Pool pool(kThreads);
  std::vector<std::future<Result<Json>>> futures;
  for (int i = 0; i < kCalls; ++i) futures.push_back(submit(pool, counts, std::to_string(i)));
  for (auto& future : futures) EXPECT_EQ(name_of(future), "value");
  EXPECT_EQ(most, kThreads);
}

TEST(HandlerPool, SaysThatAHandlerBeginsOnItsOwnThreadAndOnlyThen) {
  Gate gate;
  std::thread::id handler_thread;
  Lambda second([&](const Invocation&) -> Result<Json> {
    handler_thread = std::this_thread::get_id();
    return Json(1);
  });
  Pool pool(1);
  auto held = submit(pool, gate.handler());
  ASSERT_TRUE(gate.entered());
  std::atomic<bool> started = false;
  std::thread::id started_thread;
  std::promise<void> done;
  pool.submit({second, Payload(), "b",
               [&] {
                 started_thread = std::this_thread::get_id();
                 started = true;
               },
               [&](const Result<Json>&) { done.set_value(); }});
  EXPECT_FALSE(started);
  EXPECT_EQ(pool.depth().waiting, 1u);
  EXPECT_EQ(pool.depth().running, 1u);
  gate.open();
  ASSERT_EQ(done.get_future().wait_for(kDeadline), std::future_status::ready);
  EXPECT_TRUE(started);
  EXPECT_EQ(started_thread, handler_thread);
  EXPECT_NE(started_thread, std::this_thread::get_id());
}

TEST(HandlerPool, NeverStartsAWaitingCallThatWasCancelled) {
  Gate gate;
  std::atomic<bool> ran = false;
  Lambda marks([&](const Invocation&) -> Result<Json> {
    ran = true;
    return Json(1);
  });
  {
    Pool pool(1);
    auto held = submit(pool, gate.handler(), "a");
    ASSERT_TRUE(gate.entered());
    auto waiting = submit(pool, marks, "b");
    auto twin = submit(pool, marks, "b");
    pool.cancel("b");
    EXPECT_EQ(waiting.wait_for(0s), std::future_status::ready);
    EXPECT_EQ(name_of(waiting), "Handler.Cancelled");
    EXPECT_EQ(name_of(twin), "Handler.Cancelled");
    EXPECT_EQ(pool.depth().waiting, 0u);
    pool.cancel("nobody");
    gate.open();
    EXPECT_EQ(name_of(held), "value");
  }
  EXPECT_FALSE(ran);
}

TEST(HandlerPool, AsksARunningCallToStopAndDropsItsResult) {
  std::promise<void> entered;
  Lambda waits([&](const Invocation& invocation) -> Result<Json> {
    std::promise<void> stopped;
    const std::stop_callback on_stop(invocation.stop, [&] { stopped.set_value(); });
    entered.set_value();
    stopped.get_future().wait();
    return Json("too late");
  });
  Pool pool(1);
  auto future = submit(pool, waits, "a");
  ASSERT_EQ(entered.get_future().wait_for(kDeadline), std::future_status::ready);
  pool.cancel("b");
  EXPECT_EQ(future.wait_for(0s), std::future_status::timeout);
  pool.cancel("a");
  EXPECT_EQ(name_of(future), "Handler.Cancelled");
  // An attempt of the same name that comes later is another call.
  Lambda fine([](const Invocation& invocation) -> Result<Json> { return Json(invocation.stop.stop_requested()); });
  auto again = submit(pool, fine, "a");
  EXPECT_EQ(answer_of(again).value(), Json(false));
}

TEST(HandlerPool, RefusesMoreThanItsQueueHolds) {
  Gate gate;
  Lambda fine([](const Invocation&) -> Result<Json> { return Json(1); });
  Pool pool(1, 2);
  auto held = submit(pool, gate.handler());
  ASSERT_TRUE(gate.entered());
  auto first = submit(pool, fine);
  auto second = submit(pool, fine);
  auto third = submit(pool, fine);
  EXPECT_EQ(name_of(third), "Handler.Busy");
  gate.open();
  EXPECT_EQ(name_of(first), "value");
  EXPECT_EQ(name_of(second), "value");
}

TEST(HandlerPool, DrainsByCancellingWhatWaitsAndLettingFinishWhatRuns) {
  Gate gate;
  Lambda fine([](const Invocation&) -> Result<Json> { return Json(1); });
  Pool pool(1);
  auto held = submit(pool, gate.handler(), "a");
  ASSERT_TRUE(gate.entered());
  auto waiting = submit(pool, fine, "b");
  auto drained = std::async(std::launch::async, [&] { return pool.drain(kDeadline); });
  EXPECT_EQ(name_of(waiting), "Handler.Cancelled");
  auto late = submit(pool, fine, "c");
  EXPECT_EQ(name_of(late), "Handler.Cancelled");
  gate.open();
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(name_of(held), "value");
  EXPECT_EQ(pool.depth().running, 0u);
}

TEST(HandlerPool, AsksWhatStillRunsAfterTheGraceToStopAndKeepsItsResult) {
  std::promise<void> entered;
  Lambda waits([&](const Invocation& invocation) -> Result<Json> {
    std::promise<void> stopped;
    const std::stop_callback on_stop(invocation.stop, [&] { stopped.set_value(); });
    entered.set_value();
    stopped.get_future().wait();
    return Json("cleaned up");
  });
  Pool pool(1);
  auto future = submit(pool, waits, "a");
  ASSERT_EQ(entered.get_future().wait_for(kDeadline), std::future_status::ready);
  pool.drain(1ms);
  EXPECT_EQ(answer_of(future).value(), Json("cleaned up"));
  EXPECT_TRUE(pool.drain(kDeadline));
}

TEST(HandlerPool, SaysSoWhenAHandlerIgnoresItsStop) {
  Gate gate;
  Pool pool(1);
  auto held = submit(pool, gate.handler(), "a");
  ASSERT_TRUE(gate.entered());
  EXPECT_FALSE(pool.drain(1ms));
  gate.open();
  EXPECT_EQ(name_of(held), "value");
}

TEST(HandlerPool, AnswersEveryCallExactlyOnceUnderRandomUse) {
  constexpr int kCallers = 4;
  constexpr int kCalls = 2'000;
  std::mutex mutex;
  std::map<std::string, int> answers;
  const auto body = [](const Invocation& invocation) -> Result<Json> {
    if (invocation.event.get<int>() % 7 == 0) throw std::runtime_error("seven");
    return invocation.event;
  };
  Lambda quick(body, TaskLane::Quick);
  Lambda image(body, TaskLane::Images);
  {
    Pool pool(3, 500);
    std::vector<std::thread> callers;
    for (int caller = 0; caller < kCallers; ++caller) {
      callers.emplace_back([&, caller] {
        std::mt19937 random(static_cast<unsigned>(caller));
        for (int i = 0; i < kCalls; ++i) {
          const auto attempt = std::to_string(caller) + "/" + std::to_string(i);
          pool.submit(
              {i % 2 == 0 ? quick : image, Payload(Json(i)), attempt, nullptr, [&, attempt](const Result<Json>&) {
                 const std::lock_guard lock(mutex);
                 ++answers[attempt];
               }});
          pool.cancel(std::to_string(random() % kCallers) + "/" + std::to_string(random() % kCalls));
          if (caller == 0 && i == kCalls - 100) pool.drain(0ms);
        }
      });
    }
    for (auto& caller : callers) caller.join();
  }
  EXPECT_EQ(answers.size(), static_cast<std::size_t>(kCallers * kCalls));
  for (const auto& [attempt, count] : answers) EXPECT_EQ(count, 1) << attempt;
}

TEST(HandlerPool, HoldsAHundredThousandWaitingCallsAndCancelsAnyOfThem) {
  constexpr int kCalls = 100'000;
  Gate gate;
  std::atomic<int> done = 0;
  std::atomic<int> cancelled = 0;
  Lambda fine([](const Invocation&) -> Result<Json> { return Json(1); });
  const Payload event(Json{{"shared", "by all"}});
  Pool pool(2);
  auto held = submit(pool, gate.handler(), "held");
  ASSERT_TRUE(gate.entered());
  Gate other;
  auto other_held = submit(pool, other.handler(), "other");
  ASSERT_TRUE(other.entered());
  for (int i = 0; i < kCalls; ++i) {
    pool.submit(
        {fine, event, std::to_string(i), nullptr, [&](const Result<Json>& result) { ++(result ? done : cancelled); }});
  }
  EXPECT_EQ(pool.depth().waiting, static_cast<std::size_t>(kCalls));
  // From the far end: a search through the queue would never end.
  for (int i = kCalls - 1; i >= 0; i -= 2) pool.cancel(std::to_string(i));
  EXPECT_EQ(cancelled, kCalls / 2);
  EXPECT_EQ(pool.depth().waiting, static_cast<std::size_t>(kCalls / 2));
  gate.open();
  other.open();
  Lambda last([](const Invocation&) -> Result<Json> { return Json(2); });
  auto end = submit(pool, last, "end");
  EXPECT_EQ(name_of(end), "value");
  EXPECT_TRUE(pool.drain(kDeadline));
  EXPECT_EQ(done + cancelled, kCalls);
}

/// What is said of one lane holds of the other, too.
class Lanes : public testing::TestWithParam<TaskLane> {};

TEST_P(Lanes, ATaskOfOneLaneEndsWhileTheOtherIsFull) {
  Gate gate(GetParam());
  Lambda same([](const Invocation&) -> Result<Json> { return Json(1); }, GetParam());
  Lambda other([](const Invocation&) -> Result<Json> { return Json(2); }, other_than(GetParam()));
  Pool pool(1, 1);
  auto held = submit(pool, gate.handler(), "held");
  ASSERT_TRUE(gate.entered());
  auto waiting = submit(pool, same, "waiting");
  auto refused = submit(pool, same, "refused");
  EXPECT_EQ(name_of(refused), "Handler.Busy");

  auto free = submit(pool, other, "free");
  EXPECT_EQ(name_of(free), "value");
  EXPECT_EQ(waiting.wait_for(0s), std::future_status::timeout) << "it was there before the one that has ended";

  gate.open();
  EXPECT_EQ(name_of(held), "value");
  EXPECT_EQ(name_of(waiting), "value");
}

TEST_P(Lanes, AnAttemptIsCancelledWhicheverLaneItWaitsOrRunsIn) {
  Gate gate(GetParam());
  Lambda same([](const Invocation&) -> Result<Json> { return Json(1); }, GetParam());
  Pool pool(1);
  auto held = submit(pool, gate.handler(), "held");
  ASSERT_TRUE(gate.entered());
  auto waiting = submit(pool, same, "waiting");
  pool.cancel("waiting");
  EXPECT_EQ(name_of(waiting), "Handler.Cancelled");
  EXPECT_EQ(pool.depth(GetParam()).waiting, 0u);
  pool.cancel("held");
  gate.open();
  EXPECT_EQ(name_of(held), "Handler.Cancelled");
}

TEST_P(Lanes, AreDrainedTogether) {
  Gate gate(GetParam());
  Gate other_gate(other_than(GetParam()));
  Lambda same([](const Invocation&) -> Result<Json> { return Json(1); }, GetParam());
  Pool pool(1);
  auto held = submit(pool, gate.handler(), "held");
  auto other_held = submit(pool, other_gate.handler(), "other held");
  ASSERT_TRUE(gate.entered());
  ASSERT_TRUE(other_gate.entered());
  auto waiting = submit(pool, same, "waiting");
  auto drained = std::async(std::launch::async, [&] { return pool.drain(kDeadline); });
  EXPECT_EQ(name_of(waiting), "Handler.Cancelled");
  other_gate.open();
  EXPECT_EQ(name_of(other_held), "value");
  EXPECT_EQ(drained.wait_for(0s), std::future_status::timeout) << "one lane still runs";
  gate.open();
  EXPECT_EQ(name_of(held), "value");
  EXPECT_TRUE(drained.get());
}

TEST_P(Lanes, TellHowManyRunAndWaitAndForHowLong) {
  test::ManualClock clock;
  Gate gate(GetParam());
  Lambda same([](const Invocation&) -> Result<Json> { return Json(1); }, GetParam());
  Pool pool(1, 7, clock);
  auto held = submit(pool, gate.handler(), "held");
  ASSERT_TRUE(gate.entered());
  EXPECT_EQ(pool.depth(GetParam()).oldest_wait, 0ms) << "nobody waits";
  auto first = submit(pool, same, "first");
  clock.advance(3s);
  auto second = submit(pool, same, "second");
  clock.advance(500ms);

  const auto depth = pool.depth(GetParam());
  EXPECT_EQ(depth.lane, name_of(GetParam()));
  EXPECT_EQ(depth.slots, 1u);
  EXPECT_EQ(depth.running, 1u);
  EXPECT_EQ(depth.waiting, 2u);
  EXPECT_EQ(depth.waiting_max, 7u);
  EXPECT_EQ(depth.oldest_wait, 3500ms);
  const auto other = pool.depth(other_than(GetParam()));
  EXPECT_EQ(other.lane, name_of(other_than(GetParam())));
  EXPECT_EQ(other.running + other.waiting, 0u);

  pool.cancel("first");
  EXPECT_EQ(pool.depth(GetParam()).oldest_wait, 500ms);
  clock.jump(-10s);
  EXPECT_EQ(pool.depth(GetParam()).oldest_wait, 500ms) << "the date was set back";
  gate.open();
  EXPECT_EQ(name_of(held), "value");
  EXPECT_EQ(name_of(second), "value");
}

INSTANTIATE_TEST_SUITE_P(Each, Lanes, testing::ValuesIn(kLanes),
                         [](const auto& lane) { return std::string(name_of(lane.param)); });

}  // namespace
}  // namespace stepd::tasks
