// Whether the store can store: asked by storing something, seldom, and for a while only.
#include "storage/store_probe.h"
#include "storage/faulty/faulty_store.h"
#include "storage/memory/memory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace stepd::storage::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class HandClock final : public Clock {
 public:
  Instant now() const override { return Instant(ms_.load()); }
  SteadyInstant steady() const override { return SteadyInstant(ms_.load()); }
  void advance(std::chrono::milliseconds by) { ms_ = ms_.load() + by; }

 private:
  std::atomic<std::chrono::milliseconds> ms_{1'000'000ms};
};

TEST(StoreProbe, WritesAtMostOnceASecondAndAnswersWhatTheStoreDid) {
  HandClock clock;
  const auto store = make_faulty(open_memory(), {.exactly = {{2, Fault::Unavailable}, {4, Fault::FatalBefore}}});
  StoreProbe probe(*store, clock);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(probe.trouble(), std::nullopt);
  EXPECT_EQ(store->writes(), 1u);
  clock.advance(1s);
  EXPECT_THAT(probe.trouble().value_or(""), HasSubstr("takes no writes at present"));
  EXPECT_TRUE(probe.trouble().has_value());
  EXPECT_EQ(store->writes(), 2u);
  clock.advance(1s);
  EXPECT_EQ(probe.trouble(), std::nullopt) << "it goes on";
  clock.advance(1s);
  EXPECT_THAT(probe.trouble().value_or(""), HasSubstr("out of order"));
}

TEST(StoreProbe, WaitsForAStoreThatDoesNotAnswerForAWhileOnly) {
  HandClock clock;
  const auto store = make_faulty(open_memory(), {.exactly = {{1, Fault::Delayed}}});
  StoreProbe probe(*store, clock, 20ms);
  EXPECT_THAT(probe.trouble().value_or(""), HasSubstr("does not answer"));
  store->release();
  clock.advance(1s);
  EXPECT_EQ(probe.trouble(), std::nullopt);
}

}  // namespace
}  // namespace stepd::storage::test
