// The whole inbox over a real folder and a store in memory: one execution per file, also across a restart.
#include "triggers/inbox.h"
#include "storage/local/local_objects.h"
#include "storage/memory/memory_store.h"
#include "triggers/deliveries.h"
#include "triggers/trigger_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace stepd::triggers {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::json;

Rules any_object() {
  asl::Diagnostics faults;
  return {{"us-east-1", "123456789012"},
          {{"r", Pattern::compile(json(R"({"source":["aws.s3"]})"), "", faults), "arn:m", EventRule::Whole{}}},
          {}};
}

class InboxOverFolder : public testing::Test {
 protected:
  InboxOverFolder()
      : store_(storage::open_memory()), objects_(storage::open_local_objects({{"uploads", folder_.path() / "in"}})) {}

  std::unique_ptr<Inbox> start() {
    return start_inbox({{"uploads", folder_.path() / "in", 1ms, 1s}}, any_object(), gateway_, *store_, *objects_,
                       clock_);
  }

  test::Folder folder_;
  SystemClock clock_;
  test::RememberingGateway gateway_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ObjectStore> objects_;
};

TEST_F(InboxOverFolder, Each_file_starts_one_execution_and_a_restart_starts_none_again) {
  folder_.write("in/before.jpg", "was there");
  auto inbox = start();
  ASSERT_TRUE(gateway_.wait_for(1));
  folder_.write("in/after.jpg", "came later");
  ASSERT_TRUE(gateway_.wait_for(2));
  inbox->stop(30s);
  const auto recorded = store_->reader().arrivals("uploads", "", 10);
  EXPECT_THAT(recorded, testing::ElementsAre("after.jpg", "before.jpg"));
  const int asked = gateway_.asked();

  inbox = start();
  folder_.write("in/third.jpg", "x");
  ASSERT_TRUE(gateway_.wait_for(3));
  inbox->stop(30s);
  EXPECT_EQ(gateway_.asked(), asked + 1);
}

TEST_F(InboxOverFolder, A_crash_between_start_and_record_asks_again_under_the_same_name) {
  folder_.write("in/a.jpg", "x");
  auto inbox = start();
  ASSERT_TRUE(gateway_.wait_for(1));
  inbox->stop(30s);
  store_ = storage::open_memory();  // the record is lost, the execution is not
  inbox = start();
  folder_.write("in/b.jpg", "x");
  ASSERT_TRUE(gateway_.wait_for(2));
  inbox->stop(30s);
  EXPECT_EQ(gateway_.asked(), 3);
  EXPECT_EQ(gateway_.started().size(), 2u);
}

TEST_F(InboxOverFolder, What_an_execution_wrote_starts_one_that_is_further_from_the_beginning) {
  const auto inbox = start();
  NewObject object;
  object.lineage = Lineage{7, 2};
  const auto writer = objects_->create({"uploads", "result.jpg"}, std::move(object)).value();
  ASSERT_TRUE(writer->write("x"));
  ASSERT_TRUE(writer->commit());
  ASSERT_TRUE(gateway_.wait_for(1));
  folder_.write("in/other.jpg", "x");
  ASSERT_TRUE(gateway_.wait_for(2));
  EXPECT_EQ(gateway_.lineages(), (std::vector<Lineage>{{8, 3}, {0, 0}}));
}

TEST_F(InboxOverFolder, A_file_that_comes_while_nobody_watches_is_found_at_the_next_start) {
  start()->stop(30s);
  folder_.write("in/a.jpg", "x");
  const auto inbox = start();
  EXPECT_TRUE(gateway_.wait_for(1));
}

class DeliveriesByHand : public testing::Test {
 protected:
  DeliveriesByHand() : store_(storage::open_memory()), deliveries_(gateway_, *store_) {}
  void offer() { deliveries_.offer(test::object("uploads", "k"), {.requests = {{"arn:m", "name", "{}", ""}}}); }
  std::optional<std::string> recorded() const { return store_->reader().arrival("uploads", "k"); }

  test::RememberingGateway gateway_;
  std::unique_ptr<storage::Store> store_;
  Deliveries deliveries_;
};

TEST_F(DeliveriesByHand, Nothing_is_recorded_before_the_execution_has_started) {
  gateway_.refuse(run::RefusalCode::ServiceUnavailable, 2);
  offer();
  for (int i = 0; i < 3; ++i) deliveries_.step(at(i));
  EXPECT_EQ(gateway_.asked(), 1);
  EXPECT_EQ(recorded(), std::nullopt);
  deliveries_.step(at(1'100));  // asks again after a second, then after two
  deliveries_.step(at(1'200));
  EXPECT_EQ(gateway_.asked(), 2);
  for (int ms = 3'300; ms < 3'310; ++ms) deliveries_.step(at(ms));
  EXPECT_EQ(gateway_.asked(), 3);
  EXPECT_EQ(recorded(), "1.2.3.4");
  EXPECT_TRUE(deliveries_.is_idle());
}

TEST_F(DeliveriesByHand, A_start_that_is_throttled_is_asked_for_again) {
  gateway_.refuse(run::RefusalCode::ThrottlingException, 1);
  offer();
  for (int i = 0; i < 3; ++i) deliveries_.step(at(i));
  EXPECT_EQ(recorded(), std::nullopt);
  for (int ms = 1'100; ms < 1'110; ++ms) deliveries_.step(at(ms));
  EXPECT_EQ(gateway_.started().size(), 1u);
  EXPECT_EQ(recorded(), "1.2.3.4");
}

/// What the log is told meanwhile.
class LogOf {
 public:
  LogOf() : sink_(std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)) {
    spdlog::default_logger()->sinks().push_back(sink_);
  }
  ~LogOf() { spdlog::default_logger()->sinks().pop_back(); }
  int count(const std::string& words) const {
    int found = 0;
    for (auto at = text_.str().find(words); at != std::string::npos; at = text_.str().find(words, at + 1)) ++found;
    return found;
  }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::sinks::ostream_sink_mt> sink_;
};

TEST_F(DeliveriesByHand, Throttled_starts_are_one_line_of_the_log_in_each_pause) {
  const LogOf log;
  gateway_.refuse(run::RefusalCode::ThrottlingException, 1'000'000);
  for (int i = 0; i < 20; ++i) {
    deliveries_.offer(test::object("uploads", "k" + std::to_string(i)),
                      {.requests = {{"arn:m", "name" + std::to_string(i), "{}", ""}}});
  }
  for (int ms = 0; ms < 900; ms += 100) deliveries_.step(at(ms));
  EXPECT_EQ(log.count("limits.start_execution"), 1);
  for (int ms = 900; ms < 60'000; ms += 100) deliveries_.step(at(ms));
  EXPECT_GE(gateway_.asked(), 20 * 8) << "no pause is longer than ten seconds";
  EXPECT_LE(log.count("limits.start_execution"), 20);
  EXPECT_GE(log.count("limits.start_execution"), 6);
}

TEST_F(DeliveriesByHand, The_last_start_records_the_arrival_and_nothing_else_does) {
  gateway_.records = true;
  deliveries_.offer(test::object("uploads", "k"),
                    {.requests = {{"arn:m", "one"}, {"arn:m", "two"}, {"arn:m", "three"}}});
  for (int i = 0; i < 9; ++i) deliveries_.step(at(i));
  EXPECT_EQ(gateway_.started().size(), 3u);
  EXPECT_EQ(gateway_.arrivals(), (std::map<std::string, std::string>{{"three", "uploads/k"}}));
  EXPECT_TRUE(deliveries_.is_idle());
  EXPECT_EQ(recorded(), std::nullopt);  // no second write: the gateway has done it
}

TEST_F(DeliveriesByHand, A_start_that_is_refused_for_good_holds_up_neither_the_others_nor_the_record) {
  gateway_.records = true;
  gateway_.refuse(run::RefusalCode::InvalidExecutionInput, 1);
  deliveries_.offer(test::object("uploads", "k"), {.requests = {{"arn:m", "one"}, {"arn:m", "two"}}});
  for (int i = 0; i < 9; ++i) deliveries_.step(at(i));
  EXPECT_EQ(gateway_.arrivals(), (std::map<std::string, std::string>{{"two", "uploads/k"}}));
  EXPECT_TRUE(deliveries_.is_idle());
}

TEST_F(DeliveriesByHand, Functions_are_called_before_the_last_start_records_the_arrival) {
  gateway_.records = true;
  deliveries_.offer(test::object("uploads", "k"),
                    {.requests = {{"arn:m", "one"}}, .calls = {{"keep", "{}"}, {"tell", "[]"}}});
  for (int i = 0; i < 9; ++i) deliveries_.step(at(i));
  EXPECT_EQ(gateway_.calls(), (std::vector<std::string>{"keep {}", "tell []"}));
  EXPECT_EQ(gateway_.arrivals(), (std::map<std::string, std::string>{{"one", "uploads/k"}}));
  EXPECT_TRUE(deliveries_.is_idle());
}

TEST_F(DeliveriesByHand, An_arrival_that_calls_functions_alone_is_recorded_when_they_have_answered) {
  gateway_.fail_calls(1);
  deliveries_.offer(test::object("uploads", "k"), {.calls = {{"keep", "{}"}}});
  for (int i = 0; i < 9; ++i) deliveries_.step(at(i));
  EXPECT_EQ(recorded(), std::nullopt);
  for (int ms = 1'100; ms < 1'110; ++ms) deliveries_.step(at(ms));
  EXPECT_EQ(gateway_.calls().size(), 2u);
  EXPECT_EQ(recorded(), "1.2.3.4");
  EXPECT_TRUE(deliveries_.is_idle());
}

TEST_F(DeliveriesByHand, A_function_that_always_fails_is_called_three_times) {
  gateway_.fail_calls(1000);
  deliveries_.offer(test::object("uploads", "k"), {.calls = {{"keep", "{}"}}});
  for (int ms = 0; ms < 100'000; ms += 1000) deliveries_.step(at(ms));
  EXPECT_EQ(gateway_.calls().size(), 3u);
  EXPECT_EQ(recorded(), "1.2.3.4");
}

TEST_F(DeliveriesByHand, An_input_that_is_refused_for_good_is_not_asked_again) {
  gateway_.refuse(run::RefusalCode::InvalidExecutionInput, 1000);
  offer();
  for (int ms = 0; ms < 100'000; ms += 1000) deliveries_.step(at(ms));
  EXPECT_EQ(gateway_.asked(), 1);
  EXPECT_TRUE(recorded().has_value());
}

TEST_F(DeliveriesByHand, A_loop_that_is_ended_is_recorded_and_not_asked_for_again) {
  gateway_.refuse_for_good(run::RefusalCode::ExecutionLimitExceeded, 1);
  offer();
  for (int ms = 0; ms < 100'000; ms += 1000) deliveries_.step(at(ms));
  EXPECT_TRUE(deliveries_.is_idle());
  EXPECT_EQ(gateway_.asked(), 1);
  EXPECT_TRUE(recorded().has_value());
}

TEST_F(DeliveriesByHand, An_object_that_is_gone_meanwhile_leaves_no_record) {
  gateway_.refuse(run::RefusalCode::ServiceUnavailable, 1);
  offer();
  deliveries_.step(at(0));
  deliveries_.step(at(1));
  deliveries_.forget("uploads", "k");
  for (int ms = 2'000; ms < 2'010; ++ms) deliveries_.step(at(ms));
  EXPECT_EQ(gateway_.started().size(), 1u);
  EXPECT_EQ(recorded(), std::nullopt);
}

}  // namespace
}  // namespace stepd::triggers
